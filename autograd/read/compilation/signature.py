"""The arguments of a compiled function: what tells one call from another, and the code that takes them apart.

A program is made for arguments of certain shapes, dtypes and structure. Whether a call's arguments are of that kind is
asked at every call, so that question is compiled, too.
"""

from __future__ import annotations

import enum
import keyword
import re
import types
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import DtypeError, GraphError
from autograd.read.compilation.trace import StandIn
from autograd.tensor import Tensor

RESERVED = {"np", "ag", "float", "values"}  # what a program uses itself
_PLAIN = (bool, np.bool_, str, bytes, type(None), type, np.dtype, enum.Enum, slice, np.ufunc)
_CODE = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)


class Parameter(NamedTuple):
    """One argument: its name in the program, whether it is given by keyword, and its leaves in a structure."""

    name: str
    by_keyword: bool
    structure: Any


class Leaf(NamedTuple):
    """One array or number of the arguments, or a static value.

    name     in the program
    value    that of the call that was traced
    static   whether the program is made for just this value
    """

    name: str
    value: Any
    static: bool


class Signature:
    """The kind of arguments that a program is for.

    names     of the arguments, as f has them
    args, kwargs   of the call that the program is read off
    static    names of arguments that are values of their own
    """

    def __init__(self, names: list[str], args: tuple[Any, ...], kwargs: dict[str, Any], static: frozenset[str]) -> None:
        self.leaves: list[Leaf] = []
        self._taken: set[str] = set()
        for name in kwargs:
            if name in RESERVED:
                raise GraphError(f"An argument called {name} cannot be given by keyword: the program needs that name.")
        self._taken.update(RESERVED, kwargs)
        safe = [*(self._named(name, "x") for name in names), *kwargs]
        given = [*zip(names, args, strict=True), *kwargs.items()]
        self.parameters = [
            Parameter(own, i >= len(args), self._structure(value, own, name in static))
            for i, (own, (name, value)) in enumerate(zip(safe, given, strict=True))
        ]

    def _structure(self, value: Any, name: str, static: bool) -> Any:
        """The argument with a Leaf in place of each value. Lists are numbered from 1, as layers are."""
        if not static:
            if type(value) is dict:
                return {k: self._structure(v, self._named(str(k), name), False) for k, v in value.items()}
            if type(value) in (list, tuple) or hasattr(value, "_fields"):
                dash = "_" if name[-1].isdigit() else ""
                parts = [
                    self._structure(v, self._named(f"{name}{dash}{i + 1}", name), False) for i, v in enumerate(value)
                ]
                return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
        leaf = _leaf(name, value, static)
        self.leaves.append(leaf)
        return leaf

    def _named(self, wanted: str, within: str) -> str:
        """A name that is no other's and can stand in a program."""
        if not wanted.isidentifier() or keyword.iskeyword(wanted):
            wanted = f"{within}_{re.sub('[^A-Za-z0-9]+', '_', wanted)}"
        name, k = wanted, 2
        while name in self._taken:
            name, k = f"{wanted}_{k}", k + 1
        self._taken.add(name)
        return name

    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any], list[StandIn]]:
        """Arguments with stand-ins in place of values, and the stand-ins in order."""
        stand_ins: list[StandIn] = []

        def of(leaf: Leaf) -> Any:
            if leaf.static:
                return leaf.value
            stand_ins.append(StandIn(leaf.value, leaf.name))
            return stand_ins[-1]

        built = [(p, _map(p.structure, of)) for p in self.parameters]
        args = tuple(value for p, value in built if not p.by_keyword)
        return args, {p.name: value for p, value in built if p.by_keyword}, stand_ins

    def __str__(self) -> str:
        return ", ".join(self.lines())

    def lines(self) -> list[str]:
        """The same, a line for each argument."""
        return [f"{p.name}: {_kind(p.structure)}" for p in self.parameters]

    # --- code -------------------------------------------------------------------------------------------------------

    @property
    def header(self) -> str:
        """The parameters, as they stand in a `def`."""
        plain = [p.name for p in self.parameters if not p.by_keyword]
        by_keyword = [p.name for p in self.parameters if p.by_keyword]
        return ", ".join(plain + (["*", *by_keyword] if by_keyword else []))

    def unpacking(self) -> Iterator[str]:
        """Lines that take the arguments apart, to the names of the leaves."""
        for p in self.parameters:
            for expression, container in _containers(p.name, p.structure):
                yield from _unpacked(expression, container)

    def question(self) -> tuple[str, dict[str, Any]]:
        """The source of `fits(…)`, which says whether arguments are of this kind, and the names it uses."""
        builtin = (type, list, tuple, dict, len, set, map, float, int)  # the arguments may have these names
        scope: dict[str, Any] = {f"_{thing.__name__}": thing for thing in (*builtin, np.ndarray, told)}
        scope["_FLOATS"] = {float}
        lines = []
        for p in self.parameters:
            for expression, container in _containers(p.name, p.structure):
                lines.append(f"if _type({expression}) is not {_type(container, scope)}: return False")
                if isinstance(container, dict):
                    lines.append(f"if _list({expression}) != {list(container)!r}: return False")
                if _all_floats(container):
                    lines.append(f"if _len({expression}) != {len(container)}: return False")
                    lines.append(f"if _set(_map(_type, {expression})) != _FLOATS: return False")
                else:
                    lines.extend(_unpacked(expression, container))
                    lines.extend(_same_kind(leaf, scope) for leaf in _leaves_of(container))
            if isinstance(p.structure, Leaf):
                lines.append(_same_kind(p.structure, scope))
        body = "\n    ".join([*lines, "return True"])
        return f"def fits({self.header}):\n    {body}\n", scope


def _leaf(name: str, value: Any, static: bool) -> Leaf:
    if isinstance(value, Tensor):
        raise GraphError(
            f"A compiled function takes plain arrays, and {name} is a Tensor. Pass `{name}.data`; gradients are taken "
            "inside: autograd.compile(autograd.value_and_grad(f))."
        )
    if not static and isinstance(value, np.ndarray) and value.dtype.kind not in "fiub":
        raise DtypeError(f"{name} is an array of {value.dtype}; a compiled function takes arrays of real numbers.")
    number = isinstance(value, (np.ndarray, np.generic, int, float)) and not isinstance(value, (bool, np.bool_))
    if number and not static:
        return Leaf(name, value, False)
    if not static and not isinstance(value, (*_PLAIN, *_CODE)) and value is not Ellipsis:
        raise GraphError(
            f"{name} is a {type(value).__name__}. A compiled function takes arrays, numbers, lists, tuples and dicts "
            "of them, and text, truth values and functions, each of which has a program of its own. Pass the arrays "
            f"that the {type(value).__name__} holds; or declare it by static= if it never changes."
        )
    try:
        hash(told(value))
    except TypeError:
        raise GraphError(f"static {name} is a {type(value).__name__}, which cannot be told from others.") from None
    return Leaf(name, value, True)


def told(value: Any) -> Any:
    """What a static value is told from others by: 2, 2.0 and True are equal, and so are 0.0 and -0.0."""
    if isinstance(value, (tuple, list)):
        return type(value), tuple(map(told, value))
    if isinstance(value, slice):
        return slice, told(value.start), told(value.stop), told(value.step)
    return (type(value), repr(value)) if isinstance(value, float) else (type(value), value)


def _map(structure: Any, of: Callable[[Leaf], Any]) -> Any:
    if isinstance(structure, Leaf):
        return of(structure)
    if isinstance(structure, dict):
        return {k: _map(v, of) for k, v in structure.items()}
    parts = [_map(v, of) for v in structure]
    return type(structure)(*parts) if hasattr(structure, "_fields") else type(structure)(parts)


def _containers(expression: str, structure: Any) -> Iterator[tuple[str, Any]]:
    """Each list, tuple and dict of an argument, outer ones first, with the expression for it."""
    waiting = [(expression, structure)]
    while waiting:
        at, container = waiting.pop(0)
        if isinstance(container, Leaf):
            continue
        yield at, container
        items = container.items() if isinstance(container, dict) else enumerate(container)
        waiting.extend((f"{at}[{k!r}]", part) for k, part in items)


def _leaves_of(container: Any) -> list[Leaf]:
    parts = container.values() if isinstance(container, dict) else container
    return [part for part in parts if isinstance(part, Leaf)]


def _unpacked(expression: str, container: Any) -> Iterator[str]:
    """Lines that give the leaves of one container their names."""
    if isinstance(container, dict):
        for k, part in container.items():
            if isinstance(part, Leaf):
                yield f"{part.name} = {expression}[{k!r}]"
    elif _leaves_of(container):
        targets = [part.name if isinstance(part, Leaf) else "_" for part in container]
        yield f"{', '.join(targets)}{',' if len(targets) == 1 else ''} = {expression}"


def _all_floats(container: Any) -> bool:
    return (
        isinstance(container, (list, tuple))
        and len(container) > 3
        and all(isinstance(part, Leaf) and not part.static and type(part.value) is float for part in container)
    )


def _type(container: Any, scope: dict[str, Any]) -> str:
    kind = type(container)
    name = f"_{kind.__name__}"
    scope.setdefault(name, kind)
    return name


def _same_kind(leaf: Leaf, scope: dict[str, Any]) -> str:
    name, value = leaf.name, leaf.value
    if leaf.static:
        scope[f"{name}_"] = told(value)
        return f"if _told({name}) != {name}_: return False"
    if type(value) in (int, float):
        return f"if _type({name}) is not _{type(value).__name__}: return False"
    scope[f"{name}_type"], scope[f"{name}_dtype"] = type(value), value.dtype
    if isinstance(value, np.ndarray):
        kind = "_ndarray" if type(value) is np.ndarray else f"{name}_type"
        return (
            f"if _type({name}) is not {kind} or {name}.shape != {value.shape} or {name}.dtype is not {name}_dtype"
            f" and {name}.dtype != {name}_dtype: return False"
        )
    return f"if _type({name}) is not {name}_type: return False"


def _kind(structure: Any) -> str:
    """The arguments in words: `[(4, 2), (1, 4)] float64`."""
    if isinstance(structure, Leaf):
        value = structure.value
        if structure.static:
            return repr(value)[:40]
        return f"{value.shape} {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
    if isinstance(structure, dict):
        return "{" + ", ".join(f"{k}: {_kind(v)}" for k, v in structure.items()) + "}"
    parts = [_kind(v) for v in structure]
    if len(parts) > 6:
        parts = [*parts[:3], f"… {len(parts)} in all"]
    return f"({', '.join(parts)})" if isinstance(structure, tuple) else f"[{', '.join(parts)}]"
