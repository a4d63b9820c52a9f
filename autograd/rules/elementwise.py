"""Entry-by-entry operations: one local derivative for each input. Angles and hyperbolic ones: trigonometric.py.

Each derivative is written in the form that stays finite and right at the ends of the range: sigmoid(x − y) for
logaddexp, where eˣ / (eˣ + eʸ) would overflow. A quotient divides the gradient g: in g / x nothing leaves the range
that is in it, while 1 / x may be inf, and its product with a g that is as small as x. A power of the result meets g one
factor at a time: g · out is what the cost changes by where out changes by a part of itself, so it is in range where the
cost is. The value at a kink is stated in the comment.
"""

import math
import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.core.op import OPS, WRAP
from autograd.core.types import Value
from autograd.errors import Unsupported
from autograd.rules.cancel import in_both, in_either, in_numerator, in_operand, in_power, in_square, uncast
from autograd.rules.declare import composite, constant, elementwise, linear
from autograd.rules.reductions import optional, refuse_keywords
from autograd.rules.special import cast, logsumexp, ratio, sigmoid, undetermined, unless_known, zero_counts

LN2, LN10 = math.log(2), math.log(10)

# --- arithmetic -------------------------------------------------------------------------------------------------
elementwise(np.add, 1, 1, kernel=operator.add, factored=in_both(np.add))
elementwise(np.subtract, 1, -1, kernel=operator.sub, factored=in_both(np.subtract))
elementwise(
    np.multiply,
    lambda _out, _x, y: y,
    lambda _out, x, _y: x,
    both=lambda g, _out, x, y: (g * y, g * x),
    kernel=operator.mul,
    factored=in_either,
)
elementwise(
    np.divide,
    lambda g, _out, _x, y: g / y,
    lambda g, out, _x, y: -(g * out) / y,
    kernel=operator.truediv,
    factored=in_numerator,
)
elementwise(np.negative, -1, kernel=operator.neg, factored=in_operand(np.negative))
elementwise(np.positive, 1, kernel=operator.pos, factored=in_operand(np.positive))
elementwise(np.square, lambda _out, x: 2 * x, factored=in_square)
elementwise(np.sqrt, lambda out, _x: 0.5 / out, scalar=math.sqrt)
elementwise(np.cbrt, lambda out, _x: 1 / (3 * out * out))
elementwise(np.reciprocal, lambda g, out, _x: -(g * out) * out)


def leg(x: Value, y: Value) -> Value:
    """x / √(x² + y²), the derivative of hypot by x: 0 at the origin, as that of abs is at 0."""
    return ratio(x, np.hypot(x, y))


def over_hypot(x: Value, y: Value, node: Node) -> Value:
    """What is left of hypot(x, y) divided by itself, for cancel.py."""
    return 1.0 if node.op is OPS[np.hypot] and set(map(uncast, node.parents)) == {uncast(x), uncast(y)} else None


elementwise(np.hypot, lambda _out, x, y: leg(x, y), lambda _out, x, y: leg(y, x), kinked=undetermined)
leg = elementwise(  # y²/h³ by x: not 1/h − x²/h³, of which nothing may be left
    leg,
    lambda _out, x, y: leg(y, x) / np.hypot(x, y) * leg(y, x),
    lambda out, x, y: -out * (leg(y, x) / np.hypot(x, y)),
    quotient=lambda node, x, y: (x, partial(over_hypot, *node.parents), lambda _other: None),
    factored=lambda replace, x, y: in_leg(replace(0), x, y),
)


def in_leg(found: Value, x: Value, y: Value) -> Value:
    """For cancel.py: x / √(x² + y²) with a factor of the numerator replaced."""
    return None if found is None or isinstance(found, float) else ratio(found, np.hypot(x, y))


linear(np.ldexp, lambda g, _x, i: np.ldexp(g, i), None)  # x · 2ⁱ
linear(np.conjugate, lambda g, _x: g)
composite(np.real, lambda val: np.positive(val))
composite(np.real_if_close, lambda a, tol=100: np.positive(a))
composite(np.astype, lambda x, dtype, *, copy=True: cast(x, dtype))  # a Tensor is never changed, copied or not


def power(x: Value, y: Value) -> Value:
    """x ** y; a negative base with a fractional exponent gives nan as in NumPy, not Python's complex number."""
    out = x**y
    return out if type(out) is not complex else np.power(x, y)


def lowered(x: Value, y: Value) -> Value:
    """The exponent y - 1 of the derivative; 1 where y and x are 0, since 0·0^-1 would be nan.

    Where x is not 0 it must be y - 1 also for y = 0: the derivative of x^(y-1) by y is wanted, too.
    """
    if isinstance(y, (int, float)):
        return y - 1 if y != 0 else 1
    return np.where((y == 0) & (x == 0), 1, y - 1)


def power_by_base(g: Value, out: Value, x: Value, y: Value) -> Value:
    """g·y·x^(y-1), which is 0 for y = 0 also at x = 0. Of a negative power by a division, as that of a reciprocal."""
    exponent = y._value if type(y) in WRAP else y
    if isinstance(exponent, (int, float)) and exponent < 0:
        return y * (g * out) / x
    if type(y) in WRAP:
        return g * power_partial(x, y, 1, 0)
    return g * (y * power(x, lowered(x, y)))


def power_by_exponent(out: Value, x: Value, y: Value) -> Value:
    """out·ln x, taken as 0 where x = 0: its limit for y > 0."""
    if type(x) in WRAP or type(y) in WRAP:
        return power_partial(x, y, 0, 1)
    return times_log(out, x)


def times_log(out: Value, x: Value) -> Value:
    """out·ln x, and 0 where x = 0."""
    return out * np.log(np.where(x == 0, 1, x))


elementwise(
    np.power,
    power_by_base,
    power_by_exponent,
    kernel=power,
    factored=in_power,
)


def power_partial(x: Value, y: Value, k: int = 1, n: int = 1) -> Value:
    """The derivative of x^y, k times by x and n times by y: the derivatives of one row, so that mixed ones agree.

    It is the sum over j of (n over j) · (the j-th derivative of y(y−1)…(y−k+1)) · x^(y−k) · (ln x)^(n−j). A factor of 0
    in front counts, whatever x^(y−k) is; so does x^(y−k) = 0, whatever ln x is.

    >>> float(power_partial(0.0, 2.0, 1, 1)), float(power_partial(0.0, 1.0, 1, 1))
    (0.0, -inf)
    """
    x = np.float64(x) if isinstance(x, float) and x == 0 else x  # Python's 0.0**-1 raises
    if (k, n) == (1, 0):
        return y * power(x, lowered(x, y))
    if (k, n) == (0, 1):
        return times_log(power(x, y), x)
    total: Any = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        falling = np.polynomial.Polynomial.fromroots(range(k)) if k else np.polynomial.Polynomial([1.0])
        for j in range(min(n, k) + 1):
            factor = math.prod((y - i for i in range(k)), start=1.0) if j == 0 else by_horner(falling.deriv(j).coef, y)
            logs = np.where(np.equal(x, 0) & (y >= 0 if k == 0 else y > k), 0.0, np.log(x)) if n > j else 1.0
            total = total + np.where(np.equal(factor, 0), 0.0, math.comb(n, j) * factor * logs ** (n - j))
        raised = times_power(total, x, np.where(np.equal(total, 0), 1.0, y - k), k)
    return np.where(np.equal(total, 0), 0.0, raised)


def times_power(factor: Any, x: Value, exponent: Any, most: int) -> Value:
    """factor·x^exponent. Of a negative power at most so many factors 1/x are divisions, made one by one: x^-2 may be
    inf where the product is not.

    >>> float(times_power(1e-200, 1e-200, -2.0, 2))
    1e+200
    """
    divisions = np.clip(np.ceil(-1 - exponent), 0, most)
    out = factor * (np.power(x, exponent + divisions) * 1.0)
    for i in range(most):
        out = out / np.where(divisions > i, x, 1.0)
    return out


def by_horner(coefficients: Any, y: Value) -> Value:
    """The polynomial with these coefficients, that of y⁰ first."""
    value = 0.0
    for c in coefficients[::-1]:
        value = value * y + float(c)
    return value


power_partial = elementwise(
    power_partial,
    lambda _out, x, y, k=1, n=1: power_partial(x, y, k + 1, n),
    lambda _out, x, y, k=1, n=1: power_partial(x, y, k, n + 1),
)
composite(np.float_power, lambda x, y: np.power(cast(x, np.float64), cast(y, np.float64)))

# --- exponentials and logarithms --------------------------------------------------------------------------------
elementwise(np.exp, lambda out, _x: out, scalar=math.exp)
elementwise(np.expm1, lambda _out, x: np.exp(x))  # out + 1 loses its digits below -30
elementwise(np.log, lambda g, _out, x: g / x)
elementwise(np.log1p, lambda g, _out, x: g / (1 + x))
elementwise(np.exp2, lambda g, out, _x: g * out * LN2)
elementwise(np.log2, lambda g, _out, x: g / LN2 / x)
elementwise(np.log10, lambda g, _out, x: g / LN10 / x)


def exact_gap(x: Value, y: Value) -> Value:
    """x − y, where ∞ − ∞ counts as 0."""
    same = np.equal(x, y)
    return np.where(same, 0.0, np.subtract(x, np.where(same, 0.0, y)))


@zero_counts(exact_gap)
def gap(x: Value, y: Value) -> Value:
    """x − y, where ∞ − ∞ counts as 0: two logarithms of nothing are equal.

    >>> float(gap(-np.inf, -np.inf))
    0.0
    """
    return np.subtract(x, y)  # Python's floats would not raise at ∞ − ∞


gap = elementwise(gap, 1, -1)
elementwise(np.logaddexp, lambda _out, x, y: sigmoid(gap(x, y)), lambda _out, x, y: sigmoid(gap(y, x)))
elementwise(np.logaddexp2, lambda _out, x, y: sigmoid(LN2 * gap(x, y)), lambda _out, x, y: sigmoid(LN2 * gap(y, x)))


def bounds(
    a: Value,
    a_min: Any = np._NoValue,
    a_max: Any = np._NoValue,
    out: None = None,
    *,
    min: Any = np._NoValue,
    max: Any = np._NoValue,
) -> tuple[tuple[Any, Any, Any], dict[str, Any]]:
    """The arguments of np.clip: both bounds by place, or either of them by its new name; None stands for no bound."""
    refuse_keywords("clip", out=out)
    given = [bound is not np._NoValue for bound in (a_min, a_max)]
    if any(given) and not all(given):
        raise TypeError(f"one bound alone is given by its name: min= or max=, not {'a_min' if given[0] else 'a_max'}")
    if any(given) and (min is not np._NoValue or max is not np._NoValue):
        raise ValueError("clip takes its bounds either by place (a_min, a_max) or as min= and max=, not both.")
    low, high = (a_min, a_max) if any(given) else (min, max)
    return (a, optional(low, -np.inf), optional(high, np.inf)), {}


# --- with a kink ------------------------------------------------------------------------------------------------
elementwise(np.absolute, lambda _out, x: np.sign(x), kinked=undetermined)  # 0 at 0
elementwise(np.fabs, lambda _out, x: np.sign(x), kinked=undetermined)  # 0 at 0
elementwise(  # |x| with the sign of y: 0 at 0
    np.copysign, lambda _out, x, y: np.sign(x) * np.copysign(1.0, y), 0, kinked=undetermined
)
elementwise(np.maximum, lambda _out, x, y: share(x, y), lambda _out, x, y: share(y, x))  # ½ each at a tie
elementwise(np.minimum, lambda _out, x, y: share(y, x), lambda _out, x, y: share(x, y))  # ½ each at a tie
elementwise(np.fmax, lambda _out, x, y: passed(x, y, share(x, y)), lambda _out, x, y: passed(y, x, share(y, x)))
elementwise(np.fmin, lambda _out, x, y: passed(x, y, share(y, x)), lambda _out, x, y: passed(y, x, share(x, y)))
elementwise(  # 1 also at the bounds, as far as they are part of the range
    np.clip,
    lambda _out, x, low, high: (x >= low) & (x <= high),
    lambda _out, x, low, high: (x < low) & (low <= high),
    lambda _out, x, low, high: np.maximum(x, low) > high,  # also where the bounds are crossed
    prepare=bounds,
)


def over_absolute(x: Node, node: Node) -> Value:
    """What is left of |x|, or of |x| with another sign, divided by |x|: cancel.py has sign(x) as x / |x|."""
    if node.op is None or node.op.function not in (np.absolute, np.fabs, np.copysign):
        return None
    if uncast(node.parents[0]) is not uncast(x):
        return None
    return 1.0 if len(node.parents) == 1 else np.copysign(1.0, node.inputs[1])


def sign_as_quotient(node: Node, x: Value) -> tuple[Any, Callable[..., Any], Callable[..., Any]]:
    """sign(x) as x / |x|, for cancel.py."""
    length = partial(over_absolute, node.parents[0])
    return x, length, lambda factor: unless_known(factor, np.sign(x), x)


def share(x: Value, y: Value) -> Value:
    """1 where x is the larger, 0 where y is, ½ where they tie."""
    return (x > y) + 0.5 * (x == y)


def passed(x: Value, y: Value, otherwise: Any) -> Value:
    """1 where x was taken since y is nan (0 where both are), else `otherwise`."""
    return np.where(np.isnan(y), x == x, otherwise)


# --- with jumps: the derivative is that beside the jump -------------------------------------------------------------
elementwise(np.remainder, 1, lambda _out, x, y: -np.floor_divide(x, y))  # x − ⌊x/y⌋·y
# x − trunc(x/y)·y. The quotient is formed from the result: x/y itself may round up to the next integer.
elementwise(np.fmod, 1, lambda out, x, y: -np.rint((x - out) / y))
composite(np.divmod, lambda x, y: (np.floor_divide(x, y), np.remainder(x, y)))
elementwise(np.unwrap, lambda _out, _p, discont=None, axis=-1, period=2 * math.pi: 1.0)  # adds multiples of the period


def modf(x: Value) -> tuple[Any, Any]:
    """np.modf: the fractional and the whole part, both with the sign of x; the fraction of ∞ is 0."""
    finite = np.where(np.isinf(x), np.copysign(0.0, x), x)
    return np.fmod(finite, 1.0), np.trunc(x)


composite(np.modf, modf)
elementwise(  # 1 where x stays as it is, 0 where it was replaced
    np.nan_to_num,
    lambda _out, x, nan=0.0, posinf=None, neginf=None: np.isfinite(x),
)

# --- piecewise constant: the derivative is zero wherever there is one ----------------------------------------------
elementwise(np.sign, 0, keeps=True, quotient=sign_as_quotient)
elementwise(np.floor, 0)
elementwise(np.ceil, 0)
elementwise(np.rint, 0)
elementwise(np.trunc, 0)
elementwise(np.fix, 0, kernel=np.trunc)  # the same, under a name that NumPy 2.5 deprecates
elementwise(np.round, lambda _out, _x, decimals=0: 0.0)
elementwise(np.around, lambda _out, _x, decimals=0: 0.0)
elementwise(np.floor_divide, 0, 0)
elementwise(np.heaviside, 0, lambda _out, x, _at_0: x == 0)
elementwise(np.angle, lambda _out, _x, deg=False: 0.0)  # of real numbers: 0 or π

# --- no derivative: the result is a boolean, or says something of the numbers' form -----------------------------
constant(np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal)
constant(np.isnan, np.isinf, np.isfinite, np.isposinf, np.isneginf, np.signbit, np.spacing)
constant(np.logical_not, np.logical_and, np.logical_or, np.logical_xor)
constant(np.isclose, np.allclose, np.array_equal, np.array_equiv, np.isin, "np.in1d")
constant(np.isreal, np.iscomplex, np.isrealobj, np.iscomplexobj, np.imag)
constant(np.result_type, np.common_type, np.min_scalar_type, np.may_share_memory, np.shares_memory)


# --- methods of ufuncs: what a Tensor calls in place of `ufunc.method` ----------------------------------------------


def reduction(function: Callable[..., Any]) -> Callable[..., Any]:
    """`ufunc.reduce` by the function that goes over all axes: the method goes along the first unless told."""
    return lambda x, axis=0, **how: function(x, axis=axis if np.ndim(x) else None, **how)


def accumulation(function: Callable[..., Any]) -> Callable[..., Any]:
    """`ufunc.accumulate` by the function that flattens: the method goes along the first axis unless told."""

    def method(x: Value, axis: int = 0, **how: Any) -> Value:
        if np.ndim(x) == 0:
            raise Unsupported("accumulate needs an axis to go along; this is a scalar.")
        return function(x, axis=axis, **how)

    return method


def outer(ufunc: Callable[..., Any]) -> Callable[..., Any]:
    """`ufunc.outer`: each entry of a with each of b."""

    def method(a: Value, b: Value, **how: Any) -> Value:
        return ufunc(np.reshape(a, (*np.shape(a), *(1,) * np.ndim(b))), b, **how)

    return method


UFUNC_METHODS: dict[tuple[Any, str], Callable[..., Any]] = {
    (np.add, "reduce"): reduction(np.sum),
    (np.multiply, "reduce"): reduction(np.prod),
    (np.maximum, "reduce"): reduction(np.max),
    (np.minimum, "reduce"): reduction(np.min),
    (np.logaddexp, "reduce"): reduction(logsumexp),
    (np.logical_and, "reduce"): reduction(np.all),
    (np.logical_or, "reduce"): reduction(np.any),
    (np.add, "accumulate"): accumulation(np.cumsum),
    (np.multiply, "accumulate"): accumulation(np.cumprod),
    **{(f, "outer"): outer(f) for f in OPS if isinstance(f, np.ufunc) and f.nin == 2 and f.signature is None},
}
