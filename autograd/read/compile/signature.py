"""The arguments of a compiled function: what tells one call from another, and the code that takes them apart.

A program is made for arguments of certain shapes, dtypes and structure. Whether a call's arguments are of that kind is
asked at every call, so that question is compiled, too.
"""

from __future__ import annotations

import enum
import types
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from autograd.errors import DtypeError, GraphError
from autograd.printable import printable
from autograd.read.printing.identifiers import Identifiers, identifier
from autograd.read.printing.source import NumPyWriter
from autograd.read.standin import StandIn, refuse_subclass
from autograd.tensor import Tensor

_PLAIN = (bool, np.bool_, str, bytes, type(None), type, np.dtype, enum.Enum, slice, np.ufunc)
_CODE = (types.FunctionType, types.BuiltinFunctionType, types.MethodType)


class Parameter(NamedTuple):
    """One argument: its name in the program, the keyword by which it is given if it is, its leaves in a structure."""

    name: str
    keyword: str | None
    structure: Any

    @property
    def as_it_is(self) -> bool:
        """Whether it can stand in a `def`: a keyword that is not an identifier, or means something there, cannot."""
        return self.keyword in (None, self.name)


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
        self._variables = Identifiers()
        by_keyword = {k: self._variables.new(k) for k in kwargs}  # first: these should be called what they are
        own = [*map(self._variables.new, names), *by_keyword.values()]
        given = [*zip(names, args, strict=True), *kwargs.items()]
        self.parameters = [
            Parameter(name, wanted if i >= len(args) else None, self._structure(value, name, wanted in static))
            for i, (name, (wanted, value)) in enumerate(zip(own, given, strict=True))
        ]

    def _structure(self, value: Any, name: str, static: bool) -> Any:
        """The argument with a Leaf in place of each value. Lists are numbered from 1, as layers are."""
        if not static:
            if type(value) is dict:
                return {k: self._structure(v, self._named(label(k), name), False) for k, v in value.items()}
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
        """A variable for a part of an argument: called as the part is, or else after the argument and the part."""
        return self._variables.new(wanted if identifier(wanted) == wanted else f"{within}_{wanted}")

    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any], list[StandIn]]:
        """Arguments with stand-ins in place of values, and the stand-ins in order."""
        stand_ins = [
            StandIn(np.asarray(leaf.value) if _is_mapped(leaf) else leaf.value, leaf.name)
            for leaf in self.leaves
            if not leaf.static
        ]
        built = [*zip(self.parameters, self.filled(stand_ins), strict=True)]
        args = tuple(value for p, value in built if p.keyword is None)
        return args, {p.keyword: value for p, value in built if p.keyword is not None}, stand_ins

    def filled(self, values: Sequence[Any]) -> list[Any]:
        """The arguments with these in the places of arrays and numbers; static values as they are."""
        left = iter(values)
        return [_map(p.structure, lambda leaf: leaf.value if leaf.static else next(left)) for p in self.parameters]

    def __str__(self) -> str:
        return ", ".join(self.lines())

    def lines(self) -> list[str]:
        """The same, a line for each argument."""
        return [printable(f"{p.keyword or p.name}: {_kind(p.structure)}") for p in self.parameters]

    # --- code -------------------------------------------------------------------------------------------------------

    @property
    def header(self) -> str:
        """The parameters, as they stand in a `def`."""
        plain = [p.name for p in self.parameters if p.keyword is None]
        by_keyword = [p.name for p in self.parameters if p.keyword == p.name]
        others = ["**others"] * any(not p.as_it_is for p in self.parameters)
        return ", ".join([*plain, *(["*", *by_keyword] if by_keyword else []), *others])

    def passing_on(self, own: str, to: str) -> str:
        """The source of a function of the arguments that hands them to another one, one behind the other."""
        return f"def {own}({self.header}):\n    return {to}({', '.join(p.name for p in self.parameters)})\n"

    def unpacking(self, writer: NumPyWriter) -> Iterator[str]:
        """Lines that take the arguments apart, to the names of the leaves."""
        yield from self._renamed(writer)
        for p in self.parameters:
            for expression, container in _containers(p.name, p.structure, writer):
                yield from _unpacked(expression, container, writer)
        yield from (f"{leaf.name} = np.asarray({leaf.name})" for leaf in self.leaves if _is_mapped(leaf))

    def _renamed(self, writer: NumPyWriter) -> Iterator[str]:
        for p in self.parameters:
            if not p.as_it_is:
                yield f"{p.name} = others[{writer.literal(p.keyword)}]"

    @property
    def variables(self) -> list[str]:
        """All variables that the arguments have in the program."""
        return sorted(self._variables.taken)

    def question(self) -> tuple[str, dict[str, Any]]:
        """The source of `fits(…)`, which says whether arguments are of this kind, and the names it uses."""
        writer = NumPyWriter()
        for name in self.variables:
            writer.reserved(name, ("argument", name))
        others = sum(not p.as_it_is for p in self.parameters)
        lines = [f"if {writer.constant(len, 'len')}(others) != {others}: return False"] * bool(others)
        lines += self._renamed(writer)
        asked: set[int] = set()  # containers that are asked about with others
        for p in self.parameters:
            for expression, container in _containers(p.name, p.structure, writer):
                if id(container) in asked:
                    continue
                lines.extend(_same_container(expression, container, writer))
                if _are_rows(container):
                    lines.extend(_same_rows(expression, container, writer))
                    asked.update(map(id, container))
                elif not _all_floats(container):
                    lines.extend(_unpacked(expression, container, writer))
                    lines.extend(_same_kind(leaf, writer) for leaf in _leaves_of(container))
            if isinstance(p.structure, Leaf):
                lines.append(_same_kind(p.structure, writer))
        body = "\n    ".join([*lines, "return True"])
        return f"def fits({self.header}):\n    {body}\n", writer.namespace


def _leaf(name: str, value: Any, static: bool) -> Leaf:
    if isinstance(value, Tensor):
        raise GraphError(
            f"A compiled function takes plain arrays, and {name} is a Tensor. Pass `{name}.data`; gradients are taken "
            "inside: autograd.compile(autograd.value_and_grad(f))."
        )
    if not static and _is_number(name, value):
        return Leaf(name, value, False)
    if not static and not isinstance(value, (*_PLAIN, *_CODE)) and value is not Ellipsis:
        raise GraphError(
            f"{name} is of type {type(value).__name__}. A compiled function takes arrays, numbers, lists, tuples and "
            "dicts of them, and text, booleans and functions, each of which has a program of its own. Pass the arrays "
            f"that the {type(value).__name__} holds; or declare it by static= if it never changes."
        )
    try:
        hash(told(value))
    except TypeError:
        raise GraphError(
            f"static {name} is of type {type(value).__name__}, which cannot be told from others."
        ) from None
    return Leaf(name, value, True)


def _is_number(name: str, value: Any) -> bool:
    """Whether it is an array of real numbers or one of them; what is nearly that is refused."""
    if isinstance(value, np.ndarray):
        refuse_subclass(name, value)
    elif type(value) in (int, float):
        return True
    elif not isinstance(value, np.generic) or isinstance(value, (np.bool_, np.str_, np.bytes_)):
        return False
    if value.dtype.kind not in "fiub":
        what = "an array" if isinstance(value, np.ndarray) else "a number"
        raise DtypeError(f"{name} is {what} of {value.dtype}; a compiled function takes arrays of real numbers.")
    return True


def _is_mapped(leaf: Leaf) -> bool:
    """Whether it is an array in a file, which is read as any other."""
    return not leaf.static and isinstance(leaf.value, np.memmap)


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


def label(key: Any) -> str:
    """What a key of a dict is called: text as it is, a number as it is written, anything else by its type."""
    if isinstance(key, enum.Enum):
        return key.name
    if isinstance(key, str):
        return str.__str__(key)
    parts = key if type(key) is tuple else (key,)
    plain = all(type(part) in (bool, int, float, str, type(None)) for part in parts)
    return repr(key) if plain else type(key).__name__


def _containers(expression: str, structure: Any, writer: NumPyWriter) -> Iterator[tuple[str, Any]]:
    """Each list, tuple and dict of an argument, outer ones first, with the expression for it."""
    waiting = [(expression, structure)]
    while waiting:
        at, container = waiting.pop(0)
        if isinstance(container, Leaf):
            continue
        yield at, container
        items = container.items() if isinstance(container, dict) else enumerate(container)
        waiting.extend((f"{at}[{writer.key(k)}]", part) for k, part in items)


def _leaves_of(container: Any) -> list[Leaf]:
    parts = container.values() if isinstance(container, dict) else container
    return [part for part in parts if isinstance(part, Leaf)]


def _unpacked(expression: str, container: Any, writer: NumPyWriter) -> Iterator[str]:
    """Lines that give the leaves of one container their names."""
    if isinstance(container, dict):
        for k, part in container.items():
            if isinstance(part, Leaf):
                yield f"{part.name} = {expression}[{writer.key(k)}]"
    elif _leaves_of(container):
        targets = [part.name if isinstance(part, Leaf) else "_" for part in container]
        yield f"{', '.join(targets)}{',' if len(targets) == 1 else ''} = {expression}"


def _same_container(expression: str, container: Any, writer: NumPyWriter) -> Iterator[str]:
    """Lines that ask for a container of this type, with this many parts and these keys."""
    yield _unless_type(expression, type(container), writer)
    if isinstance(container, dict):
        if all(type(key) is str for key in container):
            yield _unless(f"[*{expression}] == {writer.literal(list(container))}")
            yield _unless(f"{{*{_types(expression, writer)}}} <= {writer.constant(_TEXT, 'text')}")
        else:
            keys, exact = writer.constant([*map(told_key, container)], "keys"), writer.constant(told_key, "exactly")
            yield _unless(f"[*{writer.constant(map, 'map')}({exact}, {expression})] == {keys}")
    elif not _leaves_of(container) or _all_floats(container):  # others are unpacked, by which they are counted
        yield _unless(f"{writer.constant(len, 'len')}({expression}) == {len(container)}")
    if _all_floats(container):
        yield _unless(f"{{*{_types(expression, writer)}}} == {writer.constant(_FLOATS, 'floats')}")


_FLOATS, _TEXT = {float}, {str}


def _unless(question: str) -> str:
    return f"if not {question}: return False"


def _unless_type(expression: str, kind: type, writer: NumPyWriter) -> str:
    return _unless(f"{writer.constant(type, 'type')}({expression}) is {writer.constant(kind, kind.__name__)}")


def _types(expression: str, writer: NumPyWriter) -> str:
    return f"{writer.constant(map, 'map')}({writer.constant(type, 'type')}, {expression})"


def told_key(key: Any) -> Any:
    """What a key is told from others by, 1 from 1.0 and True; one nan is not another, nor do they find each other."""
    if isinstance(key, tuple):
        return type(key), tuple(map(told_key, key))
    return (type(key), key, repr(key)) if type(key) is float else (type(key), key)


def _all_floats(container: Any) -> bool:
    """Whether it is a list or tuple of many floats, which are asked about at once."""
    return _of_floats(container) and len(container) > 3


def _of_floats(container: Any) -> bool:
    return isinstance(container, (list, tuple)) and all(
        isinstance(part, Leaf) and not part.static and type(part.value) is float for part in container
    )


def _are_rows(container: Any) -> bool:
    """Whether it is a list or tuple of several lists or tuples of floats, which are asked about at once."""
    return (
        isinstance(container, (list, tuple))
        and len(container) > 1
        and all(map(_of_floats, container))
        and len({*map(type, container)}) == 1
        and type(container[0]) in (list, tuple)
    )


def _same_rows(expression: str, rows: Any, writer: NumPyWriter) -> Iterator[str]:
    """Lines that ask for rows of this type and these lengths, and for floats in all of them."""
    kind, sizes, asked = type(rows[0]), [*map(len, rows)], writer.constant(len, "len")
    yield _unless(f"{{*{_types(expression, writer)}}} == {{{writer.constant(kind, kind.__name__)}}}")
    yield _unless(f"[*{writer.constant(map, 'map')}({asked}, {expression})] == {writer.constant(sizes, 'sizes')}")
    values = f"{writer.constant(chain, 'chain')}(*{expression})"
    yield _unless(f"{{*{_types(values, writer)}}} {'==' if any(sizes) else '<='} {writer.constant(_FLOATS, 'floats')}")


def _same_kind(leaf: Leaf, writer: NumPyWriter) -> str:
    name, value = leaf.name, leaf.value
    if leaf.static:
        return _unless(f"{writer.constant(told, 'told')}({name}) == {writer.constant(told(value), 'value')}")
    if not isinstance(value, np.ndarray):
        return _unless_type(name, type(value), writer)
    dtype = writer.constant(value.dtype, "dtype")
    return (
        f"{_unless_type(name, type(value), writer).removesuffix(': return False')} or {name}.shape != {value.shape} "
        f"or {name}.dtype is not {dtype} and {name}.dtype != {dtype}: return False"
    )


def _kind(structure: Any) -> str:
    """The arguments in words: `[(4, 2), (1, 4)] float64`."""
    if isinstance(structure, Leaf):
        value = structure.value
        if structure.static:
            return repr(value)[:40]
        return f"{value.shape} {value.dtype}" if isinstance(value, np.ndarray) else type(value).__name__
    if isinstance(structure, dict):
        return "{" + ", ".join(f"{label(k)}: {_kind(v)}" for k, v in structure.items()) + "}"
    parts = [_kind(v) for v in structure]
    if len(parts) > 6:
        parts = [*parts[:3], f"… {len(parts)} in all"]
    return f"({', '.join(parts)})" if isinstance(structure, tuple) else f"[{', '.join(parts)}]"
