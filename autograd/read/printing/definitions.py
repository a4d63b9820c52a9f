"""The engine's own functions as text, so that a program which uses them needs only NumPy.

A function is written out as it stands in its file, without annotations, and with it whatever it calls: nothing is said
a second time of what `scatter` does. Only what computes is kept: an error is raised as the built-in one that it is, and
what another error would be reported as is left to that one.
"""

from __future__ import annotations

import ast
import builtins
import copy
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np

from autograd.core.op import OPS
from autograd.errors import AutogradError

_PACKAGE = "autograd"
_MOST = 40  # definitions: a function that needs more of them is part of the engine, and is imported
_PLAIN = (bool, int, float, str, type(None))

Definition = ast.FunctionDef | ast.ClassDef


class Unwritten(LookupError):
    """A function that cannot be written out by itself."""


def written_out(call: Any, exact: bool = True) -> dict[str, str]:
    """The definitions of a function of the engine's and of what it needs, by their names, what is called first first.

    exact   to the last bit. Otherwise where 0/0 counts as 0 there is the formula that says so, which raises nothing

    Raises Unwritten for one that is not the engine's, or that needs more of the engine than can be shown.
    """
    module, name = getattr(call, "__module__", None) or "", getattr(call, "__name__", "")
    found = _found(module, name, exact) if module.split(".")[0] == _PACKAGE else None
    if found is None:
        raise Unwritten(name)
    return dict(found)


@cache
def _found(module: str, name: str, exact: bool) -> dict[str, str] | None:
    """The same by where it is defined, None where it cannot be; once, since the engine does not change as it runs."""
    found: dict[str, str] = {}
    try:
        _write(module, name, found, [], exact)
    except Unwritten:
        return None
    return found


def with_names(definitions: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """The same definitions, of which those are called otherwise that `names` tells of."""
    names = {old: new for old, new in names.items() if new != old}
    if not names:
        return dict(definitions)
    renamer = _Renamer(names)
    return {names.get(key, key): ast.unparse(renamer.visit(ast.parse(text))) for key, text in definitions.items()}


class _Renamer(ast.NodeTransformer):
    """Calls functions otherwise; within one that has an argument of that name, the name is the argument's."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.names.get(node.name, node.name)
        own = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
        node.decorator_list = [self.visit(decorator) for decorator in node.decorator_list]
        self.generic_visit(node.args)
        within = _Renamer({old: new for old, new in self.names.items() if old not in own})
        node.body = [within.visit(line) for line in node.body]
        return node

    def visit_alias(self, node: ast.alias) -> ast.alias:
        if (node.asname or node.name) in self.names:
            node.asname = self.names[node.asname or node.name]
        return node


def _definition(module: str, name: str, exact: bool) -> Definition | None:
    op = OPS.get(getattr(sys.modules[module], name, None))
    formula = None if op is None or exact else getattr(op.kernel, "exact", None)
    if formula is None:
        return _definitions(module).get(name)
    definition = copy.copy(_definitions(module)[formula.__name__])
    definition.name = name
    return definition


def _write(module: str, name: str, found: dict[str, str], open_: list[str], exact: bool) -> None:
    if name in open_:
        return
    definition = _definition(module, name, exact) if module.split(".")[0] == _PACKAGE else None
    if definition is None or len(found) > _MOST or found.get(name, ast.unparse(definition)) != ast.unparse(definition):
        raise Unwritten(name)  # the last of these: two modules have a function of that name
    if name in found:
        return
    for needed in _free_names(definition):
        value = getattr(sys.modules[module], needed, None)
        if needed in ("np", "Any", name) or (value is not None and getattr(np, needed, None) is value):
            continue
        if inspect.ismodule(value):
            found[needed] = f"import {value.__name__}" + ("" if value.__name__ == needed else f" as {needed}")
        elif isinstance(value, _PLAIN) and needed in vars(sys.modules[module]):
            found[needed] = f"{needed} = {value!r}"
        elif (assigned := _assigned(needed, value)) is not None:
            found[needed] = assigned
        elif callable(value):
            home = getattr(value, "__module__", "")
            if home.split(".")[0] == _PACKAGE:
                _write(home, getattr(value, "__name__", needed), found, [*open_, name], exact)
                own = getattr(value, "__name__", needed)
                if own != needed:
                    found[needed] = f"{needed} = {own}"
            else:
                public = home.lstrip("_")  # functools for _functools
                found[needed] = f"from {public if hasattr(sys.modules.get(public), needed) else home} import {needed}"
        else:
            raise Unwritten(needed)
    found[name] = ast.unparse(definition)


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[module]))


@cache
def _definitions(module: str) -> dict[str, Definition]:
    """The functions and classes of a module as they are defined, without annotations and errors of the engine's."""
    found = (node for node in _tree(module).body if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
    plain = _PlainErrors(module)
    return {node.name: plain.visit(_without_annotations(node)) for node in found}


@cache
def _assignments(module: str) -> dict[str, str]:
    """What is assigned in a module and needs nothing else: quiet = np.errstate(…)."""
    found = {}
    for node in _tree(module).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Name) and isinstance(node, ast.Assign) and set(_names(node.value)) <= {"np"}:
            found[target.id] = ast.unparse(node)
    return found


def _assigned(name: str, value: Any) -> str | None:
    """The line that assigns a value, in whichever module of the engine that is; none defines functions so."""
    if inspect.isfunction(value) or inspect.isclass(value):
        return None
    ours = [m for key, m in sys.modules.items() if key.split(".")[0] == _PACKAGE and vars(m).get(name) is value]
    return next((_assignments(m.__name__)[name] for m in ours if name in _assignments(m.__name__)), None)


def _without_annotations(node: Any) -> Any:
    for inner in ast.walk(node):
        if isinstance(inner, ast.arg):
            inner.annotation = None
        elif isinstance(inner, ast.FunctionDef):
            inner.returns = None
            body = inner.body
            inner.body = body[1:] if len(body) > 1 and ast.get_docstring(inner) is not None else body
    return node


class _PlainErrors(ast.NodeTransformer):
    """Has a definition raise built-in errors: ValueError for ShapeError.

    module   where it is defined
    """

    def __init__(self, module: str) -> None:
        self._names = vars(sys.modules[module])

    def visit_Try(self, node: ast.Try) -> Any:
        """What is tried, where all that is caught is reported in other words."""
        self.generic_visit(node)
        reported = all(len(h.body) == 1 and isinstance(h.body[0], ast.Raise) for h in node.handlers)
        return node.body if node.handlers and reported and not (node.orelse or node.finalbody) else node

    def visit_Raise(self, node: ast.Raise) -> ast.Raise:
        """The built-in error that an error of the engine's is."""
        call = node.exc
        name = call.func if isinstance(call, ast.Call) else None
        error = self._names.get(name.id) if isinstance(name, ast.Name) else None
        if isinstance(name, ast.Name) and isinstance(error, type) and issubclass(error, AutogradError):
            bases = [base.__name__ for base in error.__mro__ if base.__module__ == "builtins"]
            name.id = bases[0]
        return node


def _names(node: ast.AST) -> Iterator[str]:
    return (inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))


def _free_names(definition: Definition) -> list[str]:
    """The names that a definition takes from its module, in the order of the text."""
    bound = {inner.arg for inner in ast.walk(definition) if isinstance(inner, ast.arg)}
    for inner in ast.walk(definition):
        if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Load):
            bound.add(inner.id)
        elif isinstance(inner, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)) and inner is not definition:
            bound.add(str(inner.name))
    free = [name for name in _names(definition) if name not in bound]
    return [name for name in dict.fromkeys(free) if not hasattr(builtins, name)]
