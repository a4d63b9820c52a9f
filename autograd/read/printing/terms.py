"""A computation in NumPy's own functions, each different step once.

The engine's own functions are written in NumPy, so they are read as the rules are: run on Terms. Nothing is said a
second time of what sigmoid is. That is right only for functions that never look at a value to decide; the others stay
what they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from autograd.core.op import OPS
from autograd.read.notation import row_of
from autograd.read.sizes import Size
from autograd.read.term import SMALL, Term, named, rebuilt
from autograd.rules import identity


def numpy_terms(roots: Sequence[Any], exact: bool | None = True, stop: Callable[[Term], bool] = named) -> list[Any]:
    """The same computations in NumPy's functions, as far as those say it. Equal steps become one Term.

    exact   to the last bit. Otherwise log_loss and its kin are opened too, into what books write: there 0·ln 0 is nan.
            None: up to rounding, and with 0·ln 0 and 0/0 as they count here
    stop    which Terms are not looked into
    """
    steps: dict[Hashable, Term] = {}
    with np.errstate(all="ignore"):
        opened = rebuilt(roots, lambda s: _opened(s, None if stop(s) else _definition(s.call, exact)), stop)
    tidied = rebuilt(opened, lambda s: s if stop(s) else _tidy(s), stop)
    return rebuilt(tidied, lambda s: steps.setdefault(_key(s, stop(s)), s), stop)


def how_computed(s: Term) -> Hashable:
    """Equal for Terms that are computed alike. Their operands are one and the same where they are equal."""
    return (s.call, s.name, *(part(o) for o in s.operands), *((k, part(v)) for k, v in s.params.items()))


def _definition(call: Any, exact: bool | None) -> Callable[..., Any] | None:
    """What a function is written out as: see numpy_terms. None for what stays as it is called."""
    row = row_of(call)
    kernel: Any = OPS[call].kernel if row.expands or row.convention else None
    if exact is False:
        return row.reads_as or (kernel.__wrapped__ if row.convention else kernel)
    written = kernel if row.expands else None
    return written if exact else row.runs_as or written


def _opened(s: Term, kernel: Callable[..., Any] | None) -> Term:
    """What a step is in NumPy's terms: its kernel is run on the Terms that it was applied to."""
    if s.value is None:
        s = s.but(value=np.broadcast_to(1.0, s.shape) if s.shape else 1.0)  # kernels read shapes; no value decides
    if kernel is None:
        return s
    result: Term = kernel(*s.operands, **s.params)
    return result.but(name=s.name, gradient=s.gradient, shape=s.shape)  # in that shape samples may have a name


def _tidy(s: Term) -> Any:
    """Without what is done for shapes and comes to nothing."""
    operand = s.operands[0] if s.call is identity or row_of(s.call).reshapes else None
    if not isinstance(operand, Term) or s.name is not None or s.params.get("order", "C") != "C":
        return s
    if operand.shape == s.shape:
        return operand
    if s.call is np.reshape and _drops_summed_axes(operand, s.shape):
        return operand.but(value=s.value, shape=s.shape, params=operand.params | {"keepdims": False})
    return s


def _drops_summed_axes(total: Term, shape: tuple[int, ...]) -> bool:
    """Whether a sum is reshaped to what it would be without keepdims."""
    if total.name is not None or total.call is not np.sum or not total.params.get("keepdims"):
        return False
    axis, ndim = total.params.get("axis"), total.ndim
    axes = range(ndim) if axis is None else [a % ndim for a in (axis if isinstance(axis, tuple) else (axis,))]
    return tuple(n for i, n in enumerate(total.shape) if i not in axes) == shape


def _key(s: Term, stopped: bool) -> Hashable:
    if s.call is None or stopped:
        return ("name", s.name, s.gradient) if s.name is not None else id(s)
    return how_computed(s)


_PLAIN = (bool, int, float, str, type(None), type(Ellipsis), np.generic, np.dtype)


def part(x: Any) -> Hashable:
    """Equal for operands and parameters that are equal to the last bit: repr tells 0.0 from -0.0, and 1 from True."""
    if type(x) in (tuple, list):
        return (type(x), *map(part, x))
    if type(x) is slice:
        return (slice, part(x.start), part(x.stop), part(x.step))
    if type(x) is Size:
        return (Size, x.key)
    if type(x) is np.ndarray and x.size <= SMALL:
        return (x.dtype.str, x.shape, x.tobytes())
    return (type(x), repr(x)) if isinstance(x, _PLAIN) else ("id", id(x))
