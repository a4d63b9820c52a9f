"""Stand-ins and traced Terms: what a function is called with while a program is read off it, and what is kept of it.

A StandIn stands for an array or a number. It has a value, on which what f does is run, but does not say which. What is
kept of it is its TracedTerm: how it was computed and what form it has, without the value. So a value lives exactly as
long as it would if f were simply called: until f, its Tensors and their graph have done with it.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NoReturn

import numpy as np

from autograd.core.fitting import HALF
from autograd.core.op import COMPOSITES, Op
from autograd.debug.lines import user_line
from autograd.errors import DtypeError, Undecided, Unsupported
from autograd.read.notation import row_of
from autograd.read.term import Term, mapped, step_of, within
from autograd.tensor import Tensor
from autograd.transforms.tree import flatten


class TracedTerm(Term):
    """A Term without a value, which refuses whatever asks for one: the program has to be right for all values.

    value   None; of several results at once, examples of them; of a constant, which has neither name nor call, its own
    """

    __slots__ = ("dtype", "is_view", "kind")
    dtype: Any
    kind: type
    is_view: bool

    def __init__(self, value: Any, name: str | None = None, **how: Any) -> None:
        """`value` shows what form it has, and is not kept."""
        super().__init__(value, name, **how)
        several = isinstance(value, tuple)
        self.dtype = None if several else _FLOAT if type(value) is float else np.asarray(value).dtype
        self.kind = type(value)
        self.is_view = getattr(value, "base", None) is not None
        if self.call is not None or name is not None:
            self.value = tuple(map(_example_of, value)) if several else None

    @property
    def example(self) -> Any:
        """See Term. It takes no memory."""
        return _example(self.kind, self.dtype, self.shape) if self.value is None else self.value

    @classmethod
    def outcome(cls, op: Op, raws: tuple[Any, ...], params: dict[str, Any]) -> tuple[Any, tuple[int, ...] | None]:
        """See Term. Of an elementwise operation one entry shows all but the shape."""
        if cls is not TracedTerm or params or not _is_elementwise(op) or not any(map(np.ndim, raws)):
            return super().outcome(op, raws, params)
        value, _ = super().outcome(op, tuple(map(_single, raws)), params)
        return value, np.broadcast_shapes(*map(np.shape, raws))

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        """What isinstance sees: an array, where it stands for one."""
        return np.ndarray if self.kind is np.ndarray else type(self)

    @classmethod
    def check(cls, op: Op, operands: tuple[Any, ...], params: dict[str, Any]) -> None:
        """Refuse an operation whose result has a shape that depends on values, and arrays that compute differently."""
        for x in operands:
            if type(x) is not np.ndarray and not isinstance(x, Term) and isinstance(x, np.ndarray):
                refuse_subclass("An array that f uses", x)
        for k, v in params.items():
            for s in _deciding(v) if k == "index" else within(v) if k != "where" else ():
                cls._undecided(s, f"How many entries {op.name} chooses" if k == "index" else f"{op.name}({k}=…)")  # type: ignore[arg-type]
        if row_of(op.function).any_size:
            cls._undecided(within(operands)[0], f"How many entries {op.name} finds")  # type: ignore[arg-type]

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


class StandIn(TracedTerm):
    """What f is given in place of an array or a number. What is made of it is computed, and remembered as TracedTerms.

    value   on which operations are run
    traced  what is kept when this is gone
    """

    __slots__ = ("traced",)

    def __init__(
        self,
        value: Any,
        name: str | None = None,
        *,
        operands: tuple[Any, ...] = (),
        params: dict[str, Any] | None = None,
        **how: Any,
    ) -> None:
        params = mapped(params, kept) if params else params
        super().__init__(value, name, operands=mapped(operands, kept), params=params, **how)
        self.traced: TracedTerm = self.as_kind(TracedTerm)
        self.value = value

    @property
    def example(self) -> Any:
        """See Term: the value itself."""
        return self.value


def kept(x: Any) -> Any:
    """What is kept of a stand-in: its TracedTerm. Anything else is what it is."""
    return x.traced if type(x) is StandIn else x


_FLOAT = np.dtype(float)


def _is_elementwise(op: Op) -> bool:
    ufunc = isinstance(op.function, np.ufunc) and op.function.signature is None and op.function.nout == 1
    return ufunc or op.kind == "elementwise"


def _example_of(value: Any) -> Any:
    """A value of the same form."""
    if not isinstance(value, (np.ndarray, np.generic)):
        return value
    return _example(type(value), value.dtype, value.shape)


def _example(kind: type, dtype: Any, shape: tuple[int, ...]) -> Any:
    """A value of this form. An array has one entry in memory: 1, or an integer that is an index into any array."""
    if not issubclass(kind, (np.ndarray, np.generic)):
        return kind(1)  # type: ignore[call-arg]
    entry = np.zeros((), dtype) if dtype.kind in "iu" else np.ones((), dtype)
    return np.broadcast_to(entry, shape) if kind is np.ndarray else entry[()]


def _single(x: Any) -> Any:
    """A single entry in place of an array, along as many axes."""
    return _example(np.ndarray, x.dtype, (1,) * x.ndim) if np.ndim(x) else x


def refuse_subclass(name: str, array: np.ndarray[Any, Any]) -> None:
    """Raise DtypeError for an array of a class of its own, in which * or a sum may mean something else."""
    kind = type(array)
    if "numpy.ma" in sys.modules and isinstance(array, np.ma.MaskedArray):  # np.ma is slow to import
        raise DtypeError(
            f"{name} is a masked array; a compiled function needs plain arrays, in which its mask would be lost. Use "
            "np.where(mask, 0.0, x.data), or x.filled(…)."
        )
    if kind not in (np.ndarray, np.memmap, StandIn, TracedTerm):
        raise DtypeError(
            f"{name} is of type {kind.__name__}, a class of arrays that may compute in a way of its own; a compiled "
            f"function needs plain arrays. Pass np.asarray(x)."
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
    last = max(i for i, name in enumerate(names) if within(bound.arguments[name]))
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
