"""Entry-by-entry operations: one local derivative for each input.

Each derivative is written in the form that stays exact at the ends of the range: `1 - out*out` for tanh, where 1/cosh²
would overflow. The value at a kink is stated in the comment.
"""

import math
import operator
from typing import Any

import numpy as np

from autograd.op import constant, elementwise

# --- arithmetic -------------------------------------------------------------------------------------------------
elementwise(np.add, 1, 1, kernel=operator.add)
elementwise(np.subtract, 1, -1, kernel=operator.sub)
elementwise(np.multiply, lambda _out, _x, y: y, lambda _out, x, _y: x, kernel=operator.mul)
elementwise(np.divide, lambda _out, _x, y: 1 / y, lambda out, _x, y: -out / y, kernel=operator.truediv)
elementwise(np.negative, -1, kernel=operator.neg)
elementwise(np.positive, 1, kernel=operator.pos)
elementwise(np.square, lambda _out, x: 2 * x)
elementwise(np.sqrt, lambda out, _x: 0.5 / out, scalar=math.sqrt)


def power(x: Any, y: Any) -> Any:
    """x ** y; a negative base with a fractional exponent gives nan as in NumPy, not Python's complex number."""
    out = x**y
    return out if type(out) is not complex else np.power(x, y)


def lowered(y: Any) -> Any:
    """The exponent y - 1 of the derivative; 1 where y is 0, since 0·x^-1 would be nan at x = 0."""
    if isinstance(y, (int, float)):
        return y - 1 if y != 0 else 1
    return np.where(y == 0, 1, y - 1)


# By x: y·x^(y-1), which is 0 for y = 0 also at x = 0. By y: out·ln x, taken as 0 where x = 0 (its limit for y > 0).
elementwise(
    np.power,
    lambda _out, x, y: y * power(x, lowered(y)),
    lambda out, x, _y: out * np.log(np.where(x == 0, 1, x)),
    kernel=power,
)

# --- exponentials and logarithms --------------------------------------------------------------------------------
elementwise(np.exp, lambda out, _x: out, scalar=math.exp)
elementwise(np.expm1, lambda out, _x: out + 1)
elementwise(np.log, lambda _out, x: 1 / x)
elementwise(np.log1p, lambda _out, x: 1 / (1 + x))

# --- trigonometric and hyperbolic -------------------------------------------------------------------------------
elementwise(np.sin, lambda _out, x: np.cos(x))
elementwise(np.cos, lambda _out, x: -np.sin(x))
elementwise(np.tanh, lambda out, _x: 1 - out * out, scalar=math.tanh)

# --- with a kink ------------------------------------------------------------------------------------------------
elementwise(np.absolute, lambda _out, x: np.sign(x))  # 0 at 0
elementwise(np.maximum, lambda _out, x, y: share(x, y), lambda _out, x, y: share(y, x))  # ½ each at a tie
elementwise(np.minimum, lambda _out, x, y: share(y, x), lambda _out, x, y: share(x, y))  # ½ each at a tie
elementwise(  # 1 also at the bounds, as far as they are part of the range
    np.clip,
    lambda _out, x, low, high: (x >= low) & (x <= high),
    lambda _out, x, low, _high: x < low,
    lambda _out, x, _low, high: x > high,
    prepare=lambda a, a_min=None, a_max=None, *, min=None, max=None: (
        (a, first(a_min, min, -np.inf), first(a_max, max, np.inf)),
        {},
    ),
)


def first(*candidates: Any) -> Any:
    """The first that is not None."""
    return next(c for c in candidates if c is not None)


def share(x: Any, y: Any) -> Any:
    """1 where x is the larger, 0 where y is, ½ where they tie."""
    return (x > y) + 0.5 * (x == y)


# --- piecewise constant: the derivative is zero wherever there is one ----------------------------------------------
elementwise(np.sign, 0)
elementwise(np.floor, 0)
elementwise(np.ceil, 0)
elementwise(np.rint, 0)
elementwise(np.trunc, 0)

# --- no derivative: the result is a truth value ------------------------------------------------------------------
constant(np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal)
constant(np.isnan, np.isinf, np.isfinite, np.signbit, np.logical_not, np.logical_and, np.logical_or)
