"""A computation in NumPy's own functions, each different step once.

The engine's own functions are written in NumPy, so they are read as the rules are: run on Terms. Nothing is said a
second time of what sigmoid is. That is right only for functions that never look at a value to decide; the others stay
what they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.fitting import HALF
from autograd.core.op import OPS
from autograd.read.notation import row_of
from autograd.read.passes.share import sharing
from autograd.read.passes.tidy import unshaped
from autograd.read.term import Term, kind_of, named, never, rebuilt
from autograd.rules import binary_cross_entropy


def expanded(roots: Sequence[Any], exact: bool = True, stop: Callable[[Term], bool] = named) -> list[Any]:
    """The same computations in NumPy's functions, as far as those say it. Equal steps become one Term.

    exact   to the last bit. Otherwise log_loss and its kin are opened, too, with 0·ln 0 and 0/0 as they count here
    stop    which Terms are not looked into
    """
    once = sharing(stop)
    with np.errstate(all="ignore"):
        opened = rebuilt(roots, lambda s: _opened(s, None if stop(s) else _definition(s.call, exact)), stop)
    return rebuilt(opened, lambda s: once(s if stop(s) else unshaped(s)), stop)


def _definition(call: Any, exact: bool) -> Callable[..., Any] | None:
    """What a function is written out as: see expanded. None for what stays as it is called."""
    row = row_of(call)
    written = OPS[call].kernel if row.expands else None
    return written if exact else row.runs_as or written


def _opened(s: Term, kernel: Callable[..., Any] | None) -> Term:
    """What a step is in NumPy's terms: its kernel is run on the Terms that it was applied to."""
    if kind_of(s) is type(None):
        s = s.but(value=np.broadcast_to(1.0, s.shape) if s.shape else 1.0)  # kernels read shapes; no value decides
    if kernel is None:
        return s
    result: Term = kernel(*s.operands, **s.params)
    return result.but(name=s.name, gradient=s.gradient, shape=s.shape)  # in that shape samples may have a name


# --- where that is known to be quicker --------------------------------------------------------------------------------


def with_quick_costs(roots: Sequence[Any]) -> list[Any]:
    """The same computations with binary_cross_entropy written out."""
    with np.errstate(all="ignore"):
        return rebuilt(roots, _quick, never)


def _quick(s: Term) -> Any:
    """A step, or the steps that it is made of."""
    if s.call is not binary_cross_entropy or s.dtype == HALF or not all(isinstance(x, Term) for x in s.operands):
        return s
    a, y = s.operands
    hits, misses = _products(s, y, np.log(a)), _products(s, 1 - y, np.log(1 - a))
    total = -(hits + misses) / a.shape[-1]
    return s.but(call=unless_nan, function="unless_nan", operands=(total, total, a, y))  # used twice, so on a line


def _products(s: Term, x: Term, y: Term) -> Term:
    """The sum of the products of all entries, in one step as the engine has it."""
    return type(s)(np.vdot(x.example, y.example), function="vdot", call=np.vdot, operands=(x, y))


def unless_nan(total: Any, _: Any, a: Any, y: Any) -> Any:
    """binary_cross_entropy, of which `total` is the quick form; that is nan where 0·ln 0 came up, which counts as 0."""
    return total if total == total else binary_cross_entropy(a, y)
