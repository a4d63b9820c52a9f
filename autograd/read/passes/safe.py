"""What a derived program has, in place of what the rules give: it has to be right wherever floats go.

x/y² overflows where (x/y)/y does not, a sum over one denominator where its terms do not, and what cancels on paper may
be inf/inf. So the program computes what the sweep computes, except for what holds in floats (see floats.py), for
factors of 1 and m·(1/m), for what broadcasting repeats anyhow, and for two limits that are better than the rules one
after the other: A − Y of the logistic loss at a sigmoid and of the cross-entropy at a softmax.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from autograd.core.op import OPS
from autograd.read.notation import one_axis
from autograd.read.passes.floats import in_floats
from autograd.read.passes.simplify import Known, named_as, untransposed
from autograd.read.sizes import Size
from autograd.read.term import Term, never, rebuilt
from autograd.rules.special import ratio, softmax

_FINEST = 1024  # a multiple of 1/1024 up to 1024 is a simple number


def safe(roots: Sequence[Any], m: Term | None, known: Known) -> list[Any]:
    """The same computations as a program may have them.

    m      the number of samples
    known  the number that a sum over data comes to, or None
    """
    limits = _Limits(known)

    def change(s: Term) -> Term:
        new = limits.of(_plain(in_floats(untransposed(_thin(s))), m))
        return s if new is s or (new.shape, new.dtype) != (s.shape, s.dtype) else named_as(new, s)

    with np.errstate(all="ignore"):
        return rebuilt(roots, change, never)


def is_simple(x: Any) -> bool:
    """Whether it is a number that may be merged with other factors: hardly anything is lost by that."""
    return type(x) in (int, float, Size) and abs(x) <= _FINEST and float(x * _FINEST).is_integer()


# --- shapes and numbers ----------------------------------------------------------------------------------------------


def _thin(s: Term) -> Term:
    """Without repeating what broadcasting repeats: that would say how many samples there are."""
    op = OPS.get(s.call)
    if s.call is np.broadcast_to and type(s.operands[0]) is int and s.dtype.kind == "f":
        return s.but(operands=(float(s.operands[0]), *s.operands[1:]))  # of an int there would be an array of ints
    if op is None or op.kind != "elementwise" or not any(map(_repeats, s.operands)):
        return s
    if all(np.shape(x) != s.shape or _repeats(x) for x in s.operands):
        return s
    result: Term = s.run(op, tuple(x.operands[0] if _repeats(x) else x for x in s.operands), s.params)
    return result


def _repeats(x: Any) -> bool:
    return isinstance(x, Term) and x.call is np.broadcast_to and x.name is None


def _plain(s: Term, m: Term | None) -> Term:
    """Without m·(1/m), and without a factor or exponent of 1: the convention multiplies by m what was divided by it."""
    if s.call is np.power and _is(s.operands[1], 1, m) and isinstance(s.operands[0], Term):
        return s.operands[0]
    scale = _number(s, m)
    if scale is not None and scale[1] == 0:
        return type(s)(float(scale[0]))
    if s.call is np.multiply:
        for number, of in (s.operands, s.operands[::-1]):
            if not isinstance(of, Term) or of.shape != s.shape:
                continue
            if _is(number, 1, m):
                return of
            if _is(number, -1, m):
                result: Term = -of
                return result
    return s


def _is(x: Any, number: int, m: Term | None) -> bool:
    found = _number(x, m)
    return found is not None and found[0] == number and found[1] == 0


def _number(x: Any, m: Term | None) -> tuple[Fraction, int] | None:
    """A simple number times a power of m; None of what is something else."""
    if not isinstance(x, Term):
        return (Fraction(x), 0) if is_simple(x) and type(x) is not Size else None  # a size may be another one
    if m is not None and (x is m or (x.call is None and x.name is not None and x.name == m.name)):
        return Fraction(1), 1
    if x.shape != () or x.name is not None:
        return None
    if x.call is None:
        return _number(x.value, m)
    parts = [_number(y, m) for y in x.operands] if x.call in (np.multiply, np.divide, np.negative) else [None]
    if None in parts:
        return None
    (first, power), *rest = (p for p in parts if p is not None)
    if not rest:
        return -first, power
    ((second, other),) = rest
    if x.call is np.multiply:
        return first * second, power + other
    return (first / second, power - other) if second else None


# --- the cross-entropy at a softmax -----------------------------------------------------------------------------------


class _Limits:
    """c·(A·ΣY − Y) for what the sweep computes as A·(dA − Σ dA·A), where dA is −c·Y/A: where A is 0, that is 0·∞."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def of(self, s: Term) -> Term:
        """A Term as that, or as it is."""
        if s.call is not np.multiply:
            return s
        for A, inner in (s.operands, s.operands[::-1]):
            if isinstance(A, Term) and A.call is softmax and isinstance(inner, Term):
                found = self._limit(A, inner)
                return s if found is None else found
        return s

    def _limit(self, A: Term, inner: Term) -> Term | None:
        if inner.call is not np.subtract or inner.name is not None:
            return None
        dA, total = inner.operands
        axis = A.params.get("axis", 0)
        if not (isinstance(dA, Term) and isinstance(total, Term) and total.call is np.sum):
            return None
        product: Any = total.operands[0]
        over: Any = total.params.get("axis")
        same_axis = one_axis(over, A.ndim) == axis % A.ndim and (over is None or total.params.get("keepdims"))
        if not (same_axis and isinstance(product, Term) and product.call is np.multiply):
            return None
        if not any(x is dA and y is A for x, y in (product.operands, product.operands[::-1])):
            return None
        found = _multiple_of_quotient(dA, A)
        if found is None:
            return None
        scale, Y = found
        columns = np.sum(Y, axis=axis, keepdims=True)
        number = self._known(columns)
        difference = A * columns - Y if number is None else A - Y if number == 1 else number * A - Y
        result: Term = prod(scale) * difference if scale else difference
        return result


def _multiple_of_quotient(dA: Term, A: Term) -> tuple[list[Any], Term] | None:
    """The c and the Y of −c·Y/A."""
    scale: list[Any] = []
    sign = -1
    x: Any = dA
    while isinstance(x, Term):
        if x.call is np.negative:
            sign, x = -sign, x.operands[0]
        elif x.call is np.multiply and any(np.shape(y) == () for y in x.operands):
            number, x = sorted(x.operands, key=np.ndim)
            scale.append(number)
        elif x.call in (np.divide, ratio) and x.operands[1] is A:
            Y = x.operands[0]
            if isinstance(Y, Term) and Y.call is np.negative and Y.name is None:
                sign, Y = -sign, Y.operands[0]
            if not isinstance(Y, Term) or Y.shape != A.shape:
                return None
            return ([-scale[0], *scale[1:]] if scale else [-1]) if sign < 0 else scale, Y
        elif x.call is np.divide and np.shape(x.operands[1]) == ():
            scale.append(1 / x.operands[1])
            x = x.operands[0]
        else:
            break
    return None
