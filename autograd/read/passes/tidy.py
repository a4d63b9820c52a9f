"""What can be left out of a program without changing a bit of its results: steps that are done twice, or do nothing.

    x * 1, x / 1, x ** 1, -(-x), a copy, a cast to the dtype that x has      are x
    an array full of ones times x of its shape                              is 1 * x
    a function of small constants alone                                     is computed once, here

What is only equal on paper ((a - y) / (a(1 - a)) * a(1 - a) = a - y) is the business of simplify.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.read.notation import axes_of, row_of
from autograd.read.passes.share import sharing
from autograd.read.term import Term, kind_of, never, rebuilt, result_of
from autograd.rules import identity

_LARGE = 64  # entries of a constant array; a larger one is better made by the program than kept


def tidied(roots: Sequence[Any]) -> list[Any]:
    """The same computations with as few steps as can be, to the last bit; equal steps become one Term."""
    once = sharing()
    return rebuilt(roots, lambda s: once(x) if isinstance(x := _shorter(s), Term) else x, never)


def _shorter(s: Term) -> Any:
    """A step, or what its result is without it: an operand, a constant."""
    if s.call is None:
        return s
    if not s.inner and s.size <= _LARGE:
        return result_of(s)
    s = _with_single_numbers(s)
    x, *others = s.operands or (None,)
    row = row_of(s.call)
    if _alike(x, s) and (row.transparent or (row.unit and _is_one(*others))):
        return x
    if s.call is np.multiply and _is_one(x) and _alike(others[0], s):
        return others[0]
    if s.call is np.negative and isinstance(x, Term) and x.call is np.negative:
        return x.operands[0]
    return s


def _alike(x: Any, s: Term) -> bool:
    """Whether an operand has the form of the result."""
    return (
        isinstance(x, Term)
        and x.shape == s.shape
        and x.dtype == s.dtype
        and (kind_of(x) is float) == (kind_of(s) is float)  # NumPy's number decides the dtype
    )


def _is_one(x: Any) -> bool:
    """Whether it is a 1 that leaves the other operand's dtype as it is."""
    return type(x) in (int, float) and x == 1


def _with_single_numbers(s: Term) -> Term:
    """With a number in place of an array full of it (or of NumPy's number), where the other operand says the rest."""
    if not row_of(s.call).stretches:
        return s
    for i, x in enumerate(s.operands):
        if isinstance(x, Term) or not isinstance(x, (np.ndarray, np.generic)):
            continue
        other = s.operands[1 - i]
        number = _uniform(np.asarray(x)) if _alike(other, s) and x.dtype == s.dtype else None
        if number is not None:
            return s.but(operands=(other, number) if i else (number, other))
    return s


def _uniform(x: Any) -> float | None:
    """The number that an array is full of, if it is one."""
    if x.size == 0 or x.dtype.kind != "f" or x.dtype.itemsize > 8:
        return None
    first = x.flat[0]
    same = np.all(x == first) and (first != 0 or np.all(np.signbit(x) == np.signbit(first)))
    return float(first) if same else None


# --- what is done for shapes ------------------------------------------------------------------------------------------


def unshaped(s: Term) -> Term:
    """A step without what is done for shapes and comes to nothing."""
    operand = s.operands[0] if s.call is identity or row_of(s.call).reshapes else None
    if not isinstance(operand, Term) or s.name is not None or s.params.get("order", "C") != "C":
        return s
    if operand.shape == s.shape:
        return operand
    if s.call is np.reshape and _drops_summed_axes(operand, s.shape):
        of_sum = {"function": operand.function, "call": operand.call, "operands": operand.operands}
        return s.but(params=operand.params | {"keepdims": False}, gradient=operand.gradient, **of_sum)
    return s


def _drops_summed_axes(total: Term, shape: tuple[int, ...]) -> bool:
    """Whether a sum is reshaped to what it would be without keepdims."""
    if total.name is not None or total.call is not np.sum or not total.params.get("keepdims"):
        return False
    axes = axes_of(total.params.get("axis"), total.ndim)
    return tuple(n for i, n in enumerate(total.shape) if i not in axes) == shape
