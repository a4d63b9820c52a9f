"""Names for what has none: read from the variables of whoever asks.

A Tensor carries its own name, if it was given one. For all else there are two ways. `Names` holds what the variables
of a caller say, for the time of one question (`derive`, `chain`, `J.graph()`, a picture, a page), and changes nothing.
`here()` is for whoever wants the names to stay: it writes them into the Tensors, and keeps those of plain arrays, which
cannot carry one, by identity as long as the arrays live.
"""

from __future__ import annotations

import sys
import weakref
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from types import CodeType, FrameType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from autograd.callers import user_frame
from autograd.core.node import Constant, Node, ancestors
from autograd.core.op import TRACED
from autograd.core.types import Value

_MOST = 4000  # items of one variable, a list or the like, that are looked at
_DEPTH = 3  # containers within containers
_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_FRAMES = 100  # callers that are asked for their variables
_NOTEBOOK = frozenset({"In", "Out", "exit", "quit"})  # what IPython keeps among the user's variables
_WITHOUT_PARTS = (type, ModuleType, str, bytes, int, float, complex, np.ndarray, np.generic)
_arrays: dict[int, tuple[weakref.ref[Any], str]] = {}


class Names:
    """What variables call the Tensors and arrays that they hold, and those in their lists, dicts and objects.

    scopes   the variables (name -> value), innermost first: an inner variable hides an outer one of that name
    code     of the function that has the innermost variables, if that is known

    A value that several variables hold is called after the first, where those of an inner scope come before those of an
    outer one; a name that was given to a Tensor comes before all.
    An item of a list is called `W[0]`; one of a dict or an object is called by its key, or by the whole way to it
    where something else has that name.

    >>> import numpy as np, autograd as ag
    >>> X, Ws = np.ones((2, 3)), [ag.Tensor(1.0), ag.Tensor(2.0, name="w")]
    >>> names = Names([{"X": X, "Ws": Ws, "parameters": {"b": (b := ag.Tensor(0.0))}}])
    >>> [names.of(value) for value in (X, *Ws, b)], Ws[0].name
    (['X', 'Ws[0]', 'w', 'b'], None)
    """

    def __init__(self, scopes: Iterable[Mapping[str, Any]] = (), code: CodeType | None = None) -> None:
        self._names: dict[int, str] = {}
        variables: dict[str, Any] = {}
        for scope in scopes:
            for name, value in _usable(scope).items():  # in this order: the names of the innermost come first
                variables.setdefault(name, value)
        self.variables, self.code = variables, code
        self._held: Any = variables  # ids stay valid as long as what they belong to lives
        self._read(variables)

    def of(self, operand: Value) -> str | None:
        """The name of a Tensor, a node, or an operand of a node."""
        carries = isinstance(operand, (Node, Constant)) or type(operand) in TRACED
        own = operand.name if carries else array_name(operand)
        return own or self._names.get(_key(operand))

    def beside(self, root: Any) -> Names:
        """The same without the names that something else in the graph of `root` was given."""
        given = {name for name in map(NONE.of, _operands(root)) if name} if self._names else set()
        made = self._made(((key, name) for key, name in self._names.items() if name not in given), self._held)
        made.variables, made.code = self.variables, self.code
        return made

    def within(self, root: Any) -> Names:
        """Only the names in the graph of `root`: whoever keeps them keeps nothing else of the caller's alive."""
        ids = {id(operand) for operand in _operands(root)} if self._names else set()
        return self._made(((key, name) for key, name in self._names.items() if key in ids), root)

    @classmethod
    def _made(cls, names: Iterable[tuple[int, str]], held: Any) -> Names:
        made = cls()
        made._names, made._held = dict(names), held
        return made

    def _read(self, variables: dict[str, Any]) -> None:
        found = [_Found(name, name, _key(value), i) for i, (name, value) in enumerate(variables.items()) if _is(value)]
        direct = {f.key: f for f in reversed(found)}
        found = list(direct.values())
        for i, (name, value) in enumerate(variables.items()):
            items = [_Found(short, path, _key(x), i) for short, path, x in _items(name, value)]
            if any(item.key not in direct for item in items):  # else each has a variable of its own
                found += items
        first: dict[int, _Found] = {}
        for f in sorted(found, key=lambda f: f.place):
            first.setdefault(f.key, f)
        often = Counter(f.short for f in first.values())
        for key, f in first.items():
            alone = often[f.short] == 1 and (f.short == f.path or f.short not in variables)
            whole = direct[key].short if key in direct else f.path
            self._names[key] = f.short if alone or f.short == f.path else whole


class _Found(NamedTuple):
    """A value under the name it has where it is, and by the whole way to it; `place` is that of the variable."""

    short: str
    path: str
    key: int
    place: int


def _usable(scope: Mapping[str, Any]) -> dict[str, Any]:
    """Without what tools keep among the variables of the user."""
    ignored: frozenset[str] = _NOTEBOOK if "get_ipython" in scope else frozenset()
    return {k: v for k, v in scope.items() if k.isidentifier() and not k.startswith("_") and k not in ignored}


def _operands(root: Any) -> Iterator[Any]:
    """All that is in the graph of a node: nodes, constants, plain values."""
    if type(root) is Node:
        for node in ancestors(root):
            yield node
            yield from (p for p in node.parents if type(p) is not Node)


def _is(value: Value) -> bool:
    return type(value) in TRACED or type(value) is np.ndarray


def _key(value: Value) -> int:
    """What a graph knows of a value: the node of a Tensor, all else itself."""
    return id(getattr(value, "node", value) if type(value) in TRACED else value)


def _items(name: str, value: Value) -> Iterator[tuple[str, str, Any]]:
    """The Tensors and arrays in a list, tuple, dict or object, and in those within it: (short name, whole way, it)."""
    waiting, seen = deque([(name, name, value, 0)]), 0
    while waiting:
        short, path, value, depth = waiting.popleft()
        for inner, way, item in _parts(short, path, value):
            seen += 1
            if _is(item):
                yield inner, way, item
            elif depth < _DEPTH:
                waiting.append((inner, way, item, depth + 1))
            if seen == _MOST:
                return


def _parts(short: str, path: str, value: Value) -> Iterator[tuple[str, str, Any]]:
    """What a container holds directly. Only what can be written as it stands makes a name."""
    if isinstance(value, (list, tuple)):
        for i, item in enumerate(value):
            yield f"{short}[{i}]", f"{path}[{i}]", item
    elif isinstance(value, dict):
        for key, item in value.items():
            if type(key) is int:
                yield f"{short}[{key}]", f"{path}[{key}]", item
            elif type(key) is str and key.isidentifier() and not key.startswith("_"):
                yield key, f"{path}[{key!r}]", item
    elif not isinstance(value, _WITHOUT_PARTS) and hasattr(value, "__dict__"):
        for key, item in vars(value).items():
            if key.isidentifier() and not key.startswith("_"):
                yield key, f"{path}.{key}", item


# --- for the time of one question -------------------------------------------------------------------------------------

NONE = Names()
_ASKED: ContextVar[Names | None] = ContextVar("autograd names", default=None)


class asking:
    """Within this block, which lasts as long as one question, `of` knows the names of the caller's variables.

    root    the Tensor or node that is asked about: what was given a name in its graph keeps that name for itself
    names   in place of those of the caller
    """

    def __init__(self, root: Any = None, names: Names | None = None) -> None:
        self.root = getattr(root, "node", root) if type(root) in TRACED else root
        self.names = names

    def __enter__(self) -> None:
        names = self.names or _ASKED.get()  # a question within a question is that of the same caller
        if names is None:
            names = of_caller(sys._getframe(1)).beside(self.root)
        self._token = _ASKED.set(names)

    def __exit__(self, *error: Any) -> None:
        _ASKED.reset(self._token)


def asked() -> Names:
    """The names that the question at hand is answered in."""
    return _ASKED.get() or NONE


def of(operand: Value) -> str | None:
    """The name of a Tensor, a node, or an operand of a node."""
    return asked().of(operand)


def of_caller(frame: FrameType | None) -> Names:
    """The names that the first frame outside of these packages gives: its own variables, then those of the functions
    that it was called by and that stand in the same module, then the module's, and last those of a comprehension."""
    frame = user_frame(frame)
    if frame is None:
        return NONE
    module = frame.f_globals
    scopes: list[Mapping[str, Any]] = []
    passing: list[Mapping[str, Any]] = []  # [ag.derive(J) for J in costs]: what has a name of its own keeps that
    above: FrameType | None = frame
    while above is not None and len(scopes) < _FRAMES:
        if above.f_globals is module and above.f_locals is not module:
            (passing if above.f_code.co_name in _COMPREHENSIONS else scopes).append(above.f_locals)
        above = above.f_back
    return Names([*scopes, module, *passing], frame.f_code)


# --- to stay ----------------------------------------------------------------------------------------------------------


def here() -> None:
    """Name the Tensors and arrays that the caller's variables hold after those variables; names that exist stay.

    >>> import autograd as ag
    >>> def cost():
    ...     w = ag.Tensor(2.0)
    ...     z = w * 3
    ...     ag.names.here()
    ...     return z
    >>> cost().name
    'z'
    """
    given(sys._getframe(1).f_locals)


def given(variables: Mapping[str, Any]) -> None:
    """Name Tensors and arrays after the variables (name -> value) that hold them; names that exist stay."""
    for name, value in _usable(variables).items():
        if type(value) in TRACED and value.name is None:
            value.name = name
        elif type(value) is np.ndarray and array_name(value) is None:
            _arrays[id(value)] = (weakref.ref(value, _forget(id(value))), name)


def _forget(key: int) -> Callable[[Any], object]:
    return lambda _: _arrays.pop(key, None)


def array_name(array: Value) -> str | None:
    """The name of a plain array, if `here` or `given` gave it one."""
    entry = _arrays.get(id(array))
    return entry[1] if entry is not None and entry[0]() is array else None
