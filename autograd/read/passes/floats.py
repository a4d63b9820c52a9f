"""What may be rewritten in a program that runs: identities that hold in floats, whatever the values and the precision.

A program has to give what its function gives: finite where that is finite, and equal to rounding; inf and nan where
those come up. Little of school's algebra does that. (x + c) - c is not x, a/y² overflows where (a/y)/y does not, 0/0 is
nan until it is cancelled, a·x + b·x may be inf - inf where (a + b)·x is 0, and c·(d·x) rounds in another way than
(cd)·x, which a rounding trick behind it makes large. So no value decides here and nothing is tried: a rewriting is on
the list below with the reason why it holds, or it is not done.

    a - (-b)  is a + b, (-a)·(-b) is a·b and so on: signs are exact, those of zeros as well
    c·slope·a(1 - a)  is c·(a - y) for the slope of log_loss(a, y) at the result a of a sigmoid: the one exception

The exception is for accuracy: of a certain and wrong prediction, where a is 0 or 1, the two rules multiply ∞ by 0, and
a - y is the limit. A sweep that computes takes both in one step (see `in_one_step` in rules/declare.py); this is for
formulas, which show both. Nowhere else does a program give a number where its function gives nan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from autograd.read.term import Term, kind_of, never, rebuilt
from autograd.rules.special import log_loss_slope, sigmoid


def rewritten(roots: Sequence[Any]) -> list[Any]:
    """The same computations in fewer steps, where that holds in floats."""
    with np.errstate(all="ignore"):
        return rebuilt(roots, in_floats, never)


def in_floats(s: Term) -> Term:
    """One step, rewritten; what it is applied to is left as it is."""
    rule = _RULES.get(s.call)
    if rule is None or s.params or s.dtype.kind != "f":
        return s
    new = rule(s)
    fits = isinstance(new, Term) and (new.shape, new.dtype) == (s.shape, s.dtype)
    return new if fits and issubclass(kind_of(new), float) == issubclass(kind_of(s), float) else s


# --- signs ------------------------------------------------------------------------------------------------------------


def _sum(s: Term) -> Any:
    left, right = s.operands
    if _is_negative(right):
        return left - right.operands[0]
    return right - left.operands[0] if _is_negative(left) else s


def _difference(s: Term) -> Any:
    left, right = s.operands
    return left + right.operands[0] if _is_negative(right) else s


def _quotient(s: Term) -> Any:
    left, right = s.operands
    return left.operands[0] / right.operands[0] if _is_negative(left) and _is_negative(right) else s


def _is_negative(x: Any) -> bool:
    return isinstance(x, Term) and x.call is np.negative


# --- products ---------------------------------------------------------------------------------------------------------


def _product(s: Term) -> Any:
    left, right = s.operands
    if _is_negative(left) and _is_negative(right):
        return left.operands[0] * right.operands[0]
    for c, x in ((left, right), (right, left)):
        if type(c) in (int, float) and isinstance(x, Term):
            return _multiple(c, x, s)
    return _to_difference(s)


def _multiple(c: float, x: Term, s: Term) -> Any:
    if _is_negative(x):
        return -c * x.operands[0]
    return s


def _to_difference(s: Term) -> Any:
    """c·slope·a(1 - a), in the order in which the sweep multiplies, as c·(a - y)."""
    incoming, local = s.operands
    a = _sigmoid_of_slope(local)
    if a is None:
        return s
    *others, slope = _factors(incoming)
    if not isinstance(slope, Term) or slope.call is not log_loss_slope or slope.operands[0] is not a:
        return s
    difference = a - slope.operands[1]
    return reduce(np.multiply, others) * difference if others else difference


def _sigmoid_of_slope(x: Any) -> Term | None:
    """The result a of a sigmoid whose slope a(1 - a) this is."""
    if not isinstance(x, Term) or x.call is not np.multiply:
        return None
    a, rest = x.operands
    if not isinstance(a, Term) or a.call is not sigmoid or not isinstance(rest, Term):
        return None
    return a if rest.call is np.subtract and rest.operands[0] == 1 and rest.operands[1] is a else None


def _factors(x: Any) -> list[Any]:
    """What is multiplied from the left."""
    found = []
    while isinstance(x, Term) and x.call is np.multiply:
        x, last = x.operands
        found.append(last)
    return [x, *reversed(found)]


_RULES: dict[Any, Callable[[Term], Any]] = {
    np.add: _sum,
    np.subtract: _difference,
    np.multiply: _product,
    np.divide: _quotient,
}
