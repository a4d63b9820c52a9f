"""Reading a program off a function: f is called once with arguments that only stand for arrays, and every step is kept.

The stand-ins are Terms, so an operation on them is run and remembered; Tensors made of them record as always, and a
sweep runs the very rules of the table on them. What comes out is f as a graph of Terms: forward, backward and
whatever f does with both.
"""

from __future__ import annotations

import copy
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np

from autograd.core.draws import source
from autograd.core.fitting import HALF, settle
from autograd.core.modes import Observer, Switched
from autograd.core.node import Node, next_index
from autograd.core.op import COMPOSITES, Op
from autograd.debug.lines import user_line
from autograd.errors import DtypeError, GraphError, Undecided, Unsupported, describe
from autograd.read.notation import row_of
from autograd.read.term import Term, step_of, within
from autograd.tensor import Tensor
from autograd.transforms.tree import flatten

# Whose variables give no names: the engine's, NumPy's and Python's own.
_OTHERS = (
    str(Path(__file__).resolve().parents[1]),
    np.__path__[0],
    os.path.dirname(os.__file__),
    "<",
)


class StandIn(Term):
    """A Term that refuses to say what its value is: the program has to be right for other values, too."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """What isinstance sees: an array, where it stands for one."""
        return np.ndarray if type(self.value) is np.ndarray else type(self)

    @classmethod
    def check(cls, op: Op, operands: tuple[Any, ...], params: dict[str, Any]) -> None:
        """Refuse an operation whose result has a shape that depends on values, and arrays that compute differently."""
        for x in operands:
            if isinstance(x, np.ndarray) and not isinstance(x, Term):
                refuse_subclass("An array that f uses", x)
        for k, v in params.items():
            for s in _deciding(v) if k == "index" else within(v) if k != "where" else ():
                cls._undecided(s, f"How many entries {op.name} chooses" if k == "index" else f"{op.name}({k}=…)")  # type: ignore[arg-type]
        if row_of(op.function).any_size:
            cls._undecided(next(within(operands)), f"How many entries {op.name} finds")  # type: ignore[arg-type]

    def _undecided(self, what: str, advice: str = "") -> NoReturn:
        line = user_line()
        where = f"  ({line[0]}, line {line[1]})" if line else ""
        raise Undecided(
            f"{what} needs the value of {_called(self)}, which differs from call to call; a compiled program cannot "
            f"depend on it. {advice}Choose between values with np.where(condition, a, b), pass what decides as a "
            f"static argument, or compile the parts between the decisions.{where}",
            _whole,
        )

    def __bool__(self) -> bool:
        self._undecided("A decision (if, while, and, or, assert)")

    def __float__(self) -> float:
        self._undecided("float()")

    def __int__(self) -> int:
        self._undecided("int()")

    def __index__(self) -> int:
        self._undecided("A size, an axis, a range, a place in a list", _LOOKING_UP)

    def __complex__(self) -> complex:
        self._undecided("complex()")

    def __format__(self, spec: str) -> str:
        return repr(self)

    def item(self, *index: Any) -> NoReturn:
        """Refused: see StandIn."""
        self._undecided("item()")

    def tolist(self) -> NoReturn:
        """Refused: see StandIn."""
        self._undecided("tolist()")

    def __round__(self, digits: int = 0) -> Any:
        return np.round(self, digits)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        self._undecided(
            "What makes a plain array of it (np.asarray, an index or a method of an array of your own, a function that "
            "takes no others)",
            _LOOKING_UP,
        )

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        """What NumPy itself is to do, since no gradient is asked for, is one step of the program: to look up a table;
        and in half precision what Tensors count in single, as a norm, which may overflow in NumPy."""
        wider = getattr(COMPOSITES.get(function), "wider_than_numpy", False)
        by_numpy = row_of(function).looks_up or (wider and _in_half_precision(args, kwargs))
        if by_numpy and Tensor not in types and not _has_tensors(args, kwargs):
            operands, params = _sorted(function, args, kwargs)
            return self.run(step_of(function), operands, params)
        return super().__array_function__(function, types, args, kwargs)

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        raise Unsupported(
            f"Assignment into {_called(self)} cannot be compiled: a program makes new arrays. "
            "Use np.where(mask, value, x) or autograd.put(x, index, value)."
        )

    def _in_place(self, other: Any) -> NoReturn:
        raise Unsupported(
            f"{_called(self)} is changed in place, which would change the caller's array, too; a compiled program "
            "makes new arrays: x = x + 1 in place of x += 1."
        )

    __iadd__ = __isub__ = __imul__ = __itruediv__ = __ifloordiv__ = __imod__ = __ipow__ = __imatmul__ = _in_place
    __iand__ = __ior__ = __ixor__ = __ilshift__ = __irshift__ = _in_place


def refuse_subclass(name: str, array: np.ndarray[Any, Any]) -> None:
    """Raise DtypeError for an array of a class of its own, in which * or a sum may mean something else."""
    kind = type(array)
    if isinstance(array, np.ma.MaskedArray):
        raise DtypeError(
            f"{name} is a masked array; a compiled function needs plain arrays, in which its mask would be lost. Use "
            "np.where(mask, 0.0, x.data), or x.filled(…)."
        )
    if kind not in (np.ndarray, np.memmap, StandIn):
        raise DtypeError(
            f"{name} is a {kind.__name__}, a class of arrays that may compute in a way of its own; a compiled function "
            f"needs plain arrays. Pass np.asarray(x)."
        )


_LOOKING_UP = (
    "To look up a table of your own, make it an argument of f, or a constant once before: "
    "table = autograd.Tensor(table, requires_grad=False); then table[i] and np.take(table, i) are part of the program. "
    "Of methods use NumPy's functions: np.searchsorted(table, x). "
)


def _in_half_precision(args: Any, kwargs: Any) -> bool:
    return any(getattr(x, "dtype", None) == HALF for x in flatten((args, kwargs))[0])


def _has_tensors(args: Any, kwargs: Any) -> bool:
    return any(type(x) is Tensor for x in flatten((args, kwargs))[0])


def _sorted(function: Callable[..., Any], args: Any, kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call up to the last one with stand-ins in it, and the others by name."""
    bound = inspect.signature(function).bind(*args, **kwargs)
    given = dict(bound.arguments)
    bound.apply_defaults()
    names = list(bound.arguments)
    last = max(i for i, name in enumerate(names) if next(within(bound.arguments[name]), None) is not None)
    first = {name: bound.arguments[name] for name in names[: last + 1]}
    return tuple(first.values()), {k: v for k, v in given.items() if k not in first}


def _deciding(index: Any) -> Iterator[Any]:
    """What in an index decides how many entries it chooses: masks, and the ends of slices."""
    for part in index if type(index) is tuple else (index,):
        if type(part) is slice:
            yield from within(part)
        elif isinstance(part, Term) and part.dtype.kind == "b":
            yield part


def _called(symbol: Term) -> str:
    return symbol.name or f"the result {symbol.shape} of {symbol.function}"


def _whole(name: str, rule: Callable[..., Any], operands: Sequence[Any], params: dict[str, Any]) -> Any:
    """A rule that looks at the values, as one step of the program: it is called as it stands, under that name."""
    if any(type(x) is Tensor for x in operands):
        raise Unsupported(
            "This derivative of a derivative cannot be compiled: its rule looks at values. Compile the parts around it."
        )
    return StandIn.run(step_of(_under(name, rule), "rule"), tuple(operands), params)


@cache
def _under(name: str, rule: Callable[..., Any]) -> Callable[..., Any]:
    def called(*operands: Any, **params: Any) -> Any:
        return rule(*operands, **params)

    called.__name__ = called.__qualname__ = name
    return called


class Trace(NamedTuple):
    """What a function did when it was called with stand-ins.

    inputs     the stand-ins, one for each array or number of the arguments, in order
    outputs    what f returned, flattened: Terms, and what did not depend on the arguments
    structure  of what f returned
    tensors    for each output whether it was a Tensor
    names      what the values are called: by name=, by nn, by the variables of f; gradients after what they belong to
    draws      random numbers that it drew, and what draws them anew
    state      each question that it asked about state from outside: what about, and the first answer
    """

    inputs: list[StandIn]
    outputs: list[Any]
    structure: Any
    tensors: list[bool]
    names: dict[Term, str]
    draws: list[tuple[StandIn, Callable[[], Any]]]
    state: dict[Callable[[], Any], tuple[str, Any]]


def trace(
    f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], inputs: list[StandIn], naming: bool = True
) -> Trace:
    """Call f, whose arguments have the stand-ins `inputs` in them, and keep what it does.

    naming   whether the variables of f are looked at for names, which takes time

    Raises GraphError where f uses a Tensor from outside, or asks for values (a subclass, Undecided).
    """
    observer = _Observer()
    given, _ = flatten((args, kwargs))
    with Switched(record=True, observer=observer, alone=True), observer.variables() if naming else nullcontext():
        out = f(*args, **kwargs)
    left, _ = flatten((args, kwargs))
    if len(left) != len(given) or any(a is not b for a, b in zip(left, given)):
        raise GraphError(
            "f changes a list or a dict that it was given, which a compiled program would do only once. Return the new "
            "values instead: state = step(state)."
        )
    leaves, structure = flatten(out)
    _of_use(leaves, structure)
    outputs = [x.data if type(x) is Tensor else x for x in leaves]
    tensors = [type(x) is Tensor for x in leaves]
    return Trace(inputs, outputs, structure, tensors, observer.names(), observer.draws, observer.state)


def _of_use(leaves: list[Any], structure: Any) -> None:
    """Raise GraphError where f returned what a program cannot give."""
    for leaf in leaves:
        if type(leaf) is slice or isinstance(leaf, (set, frozenset)):
            raise GraphError(f"f returned a {type(leaf).__name__}; return arrays, numbers, lists, tuples and dicts.")
    waiting = [structure]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict) and any(isinstance(k, Term) for k in part):
            raise GraphError("f returned a dict with values as keys; keys have to be the same at every call.")
        waiting += part.values() if isinstance(part, dict) else part if isinstance(part, (list, tuple)) else ()


class _Observer(Observer):
    """Who looks on while f runs: refuses Tensors from outside, and finds names."""

    hides_values = True

    def __init__(self) -> None:
        self.start = next_index()
        self.values: list[tuple[Node, Any]] = []  # each recorded operation, with its result
        self.gradients: list[tuple[Node, Any]] = []  # each time that a gradient grew, what it became
        self.draws: list[tuple[StandIn, Callable[[], Any]]] = []
        self.state: dict[Callable[[], Any], tuple[str, Any]] = {}
        self.bound: dict[str, list[Any]] = {}  # what each variable of f was bound to, one after the other

    def recorded(self, node: Node | None, what: str, operands: Any, raws: Any, out: Any) -> None:
        """See autograd.core.modes.Observer."""
        if node is None:
            return
        for parent in node.parents:
            if type(parent) is Node and parent.index < self.start:
                raise GraphError(
                    f"f uses {describe(parent, parent.name or 'a Tensor')} from outside. A compiled program would go "
                    "on with the numbers that it has now; make it an argument of f (plain arrays: t.data)."
                )
        self.values.append((node, out))

    def drawn(self, draw: Callable[..., Any], rng: Any, name: str | None) -> Callable[..., Any]:
        """See autograd.core.modes.Observer. An example shows shape and dtype; the generator itself is left alone."""
        stand_in = StandIn(settle(draw(copy.deepcopy(source(rng)))), name or "drawn")
        self.draws.append((stand_in, lambda: draw(source(rng))))
        return lambda _rng: stand_in

    def asked(self, what: str, question: Callable[[], Any], answer: Any) -> None:
        """See autograd.core.modes.Observer. Of a state that f changes itself, the answer before that is what counts."""
        self.state.setdefault(question, (what, answer))

    def edge(self, node: Node, position: int, incoming: Any, contribution: Any, fitted: Any, total: Any) -> None:
        """See autograd.core.modes.Observer."""
        self.gradients.append((node.parents[position], total))

    @contextmanager
    def variables(self) -> Iterator[None]:
        """Within this block, whatever the user's functions bind to their variables is kept, for its name.

        Not while a debugger or a coverage tool is watching the program by the same means.
        """
        if sys.gettrace() is not None:
            yield
            return
        sys.settrace(self._entered)
        try:
            yield
        finally:
            sys.settrace(None)

    def _entered(self, frame: Any, event: str, _arg: Any) -> Any:
        return None if frame.f_code.co_filename.startswith(_OTHERS) else self._line

    def _line(self, frame: Any, event: str, _arg: Any) -> Any:
        for name, value in frame.f_locals.items():
            if isinstance(value, (Tensor, Term)):
                bound = self.bound.setdefault(name, [])
                if not any(value is x for x in bound):
                    bound.append(value)
        return self._line

    def names(self) -> dict[Term, str]:
        """The names of the program's values, in the order in which they came up."""
        found = self._found()
        came_up = [x.data if type(x) is Tensor else x for _, x in (*self.values, *self.gradients)]
        in_order = dict.fromkeys([*(x for x in came_up if isinstance(x, Term)), *found])
        return {s: found[s] for s in in_order if s in found}

    def _found(self) -> dict[Term, str]:
        found: dict[Term, str] = {}
        for node, out in self.values:
            if node.name and isinstance(out, Term):
                found.setdefault(out, node.name)
        for name, values in self.bound.items():
            symbols = [v.data if type(v) is Tensor else v for v in values]
            fresh = [s for s in symbols if isinstance(s, Term) and s.name is None and s not in found]
            for k, symbol in enumerate(fresh):
                found[symbol] = name if len(fresh) == 1 else f"{name}{k + 1}"
        results = dict(self.values)
        for node, total in dict(self.gradients).items():  # of a gradient that grew, what it became at last
            value = total.data if type(total) is Tensor else total
            if isinstance(value, Term):
                of = self._name(node, results, found)
                if of and value.name is None:
                    found[value] = f"d{of}"
        return found

    def _name(self, node: Node, results: dict[Node, Any], found: dict[Term, str]) -> str | None:
        if node.op is None:
            return node.name or (node.out.name if isinstance(node.out, Term) else None)
        out = results.get(node)
        return found.get(out) if isinstance(out, Term) else None
