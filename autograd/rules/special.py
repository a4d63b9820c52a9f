"""Functions of networks that NumPy lacks, in forms that stay finite and exact where the naive ones do not."""

import math
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from autograd.core.fitting import HALF, is_half, wide
from autograd.core.modes import tracing
from autograd.core.op import VALUE
from autograd.core.types import Value
from autograd.errors import ShapeError
from autograd.rules.cancel import depends, has_kink, in_operand, over
from autograd.rules.declare import elementwise, general, in_one_step, linear, variadic
from autograd.rules.reductions import spread, widened

__all__ = [
    "binary_cross_entropy",
    "leaky_relu",
    "log_loss",
    "log_loss_logits",
    "log_sigmoid",
    "logsumexp",
    "relu",
    "sigmoid",
    "softmax",
    "xlogy",
]

quiet = np.errstate(divide="ignore", invalid="ignore")


@np.errstate(over="ignore")  # e^1000 is inf, and 1/(1 + inf) is the right 0
def sigmoid(x: Value) -> Value:
    """1 / (1 + e^-x), elementwise.

    >>> float(sigmoid(0.0))
    0.5
    >>> float(sigmoid(-1000.0))
    0.0
    """
    return 1 / (1 + np.exp(-x))


sigmoid = elementwise(
    sigmoid, lambda out, _x: out * (1 - out), scalar=lambda x: 1 / (1 + math.exp(-x)), probabilities=True
)


def relu(x: Value) -> Value:
    """max(x, 0), elementwise; its derivative at 0 is 0."""
    return np.maximum(x, 0.0)


relu = elementwise(relu, lambda out, _x: out > 0)


def leaky_relu(x: Value, slope: float = 0.01) -> Value:
    """x where x > 0, else slope·x; its derivative at 0 is the slope."""
    return np.where(x > 0, x, slope * x)


leaky_relu = elementwise(leaky_relu, lambda _out, x, slope=0.01: np.where(x > 0, 1.0, slope))


def log_sigmoid(x: Value) -> Value:
    """ln σ(x) without overflow: at -1000 it is -1000, at +1000 it is -0."""
    return np.minimum(x, 0.0) - np.log1p(np.exp(-np.abs(x)))


log_sigmoid = elementwise(
    log_sigmoid,
    lambda _out, x: sigmoid(-x),
    scalar=lambda x: min(x, 0.0) - np.log1p(math.exp(-abs(x))),  # as a compiled program computes it
)


def counted(x: Value, y: Value) -> Value:
    """Where a factor of 0 decides the result: not against nan, of which nothing is known."""
    return np.equal(x, 0) & ~np.isnan(y)


def zero_counts(exact: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator: the function as it stands, or `exact` where 0/0 or 0·∞ comes up in it.

    Letting NumPy raise there costs nothing; looking for nan in the result would cost a pass over it.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        quick = np.errstate(divide="ignore", invalid="raise")(function)

        @wraps(function)
        def either(x: Value, y: Value) -> Value:
            try:
                return quick(x, y)
            except ArithmeticError:  # FloatingPointError by NumPy, ZeroDivisionError by Python's floats
                return quiet(exact)(x, y)

        either.exact = exact  # type: ignore[attr-defined]  # which programs have in its place: it does not raise
        return either

    return decorate


def exact_ratio(x: Value, y: Value) -> Value:
    """x/y, where 0/0 counts as 0."""
    is_zero = counted(x, y)
    return np.where(is_zero, 0.0, np.divide(x, np.where(is_zero, 1.0, y)))


@zero_counts(exact_ratio)
def ratio(x: Value, y: Value) -> Value:
    """x / y, where 0/0 counts as 0: the derivative of x·ln y by y.

    >>> ratio(np.array([0.0, 1.0]), np.array([0.0, 2.0]))
    array([0. , 0.5])
    """
    return np.divide(x, y)


def over_power(y: Value, x: Value, *others: Any) -> Value:
    """x·t·u·… / yⁿ, one division for each of the n factors, since yⁿ may be 0 or inf where the result is neither.

    0/0 counts as 0. In the derivatives of x/y the factors are x and the gradients that have arrived, in that order.

    >>> float(over_power(1e-200, 1e-200, 1.0))
    1e+200
    """
    out = PLAIN_RATIO(x, y)
    for t in others:
        out = PLAIN_RATIO(out * t, y)
    return out


def _one_of(i: int, g: Value, y: Value, *factors: Any) -> Value:
    """Its derivative with respect to operand i: for y one more factor, for a factor g in its place."""
    if i == 0:
        return -len(factors) * over_power(y, *factors, g)
    return over_power(y, *factors[: i - 1], g, *factors[i:])


PLAIN_RATIO = ratio
over_power = variadic(
    over_power,
    _one_of,
    _one_of,
    VALUE,
    {},
    kernel=lambda operands, plain=over_power: plain(*operands),
    prepare=lambda *operands: (operands, {}),
)
# By y not -(g·out)/y: passing through out would make 1/y·0 = inf·0 of the second derivative at 0/0.
ratio = elementwise(
    ratio,
    lambda g, _out, _x, y: g / y,
    lambda g, _out, x, y: -over_power(y, x, g),
    quotient=lambda _node, x, y: over(x, y),
    factored=lambda replace, x, y: in_ratio(replace, x, y),
)


def in_ratio(replace: Any, _x: Value, y: Value) -> Value:
    """For cancel.py: a factor of the numerator. By itself 1/y would be inf at 0/0."""
    found = replace(0)
    return None if found is None or isinstance(found, float) else ratio(found, y)


def undetermined(x: Value, at: Any) -> Value:
    """0, and so its derivative; where `at` is true that is nan."""
    return np.zeros_like(x)


undetermined = elementwise(undetermined, lambda _out, _x, at: np.where(at, np.nan, 0.0), 0)


def unless_known(factor: Any, quotient: Any, x: Value) -> Value:
    """For cancel.py: the product of a factor with a quotient whose derivative counts as 0 where x is 0.

    That is a convention for kinks. Where the factor falls to 0 with a length there may be none, and the derivative of
    the product has a limit, which is not 0 and is not known: nan. None for the plain product, where nothing is so.
    While a program is read off a function no values are known: there the program decides where that is.
    """
    at = (x == 0) & (factor == 0)
    if (not tracing() and not np.any(at)) or not depends(factor.node, has_kink):
        return None
    return factor * (quotient + undetermined(x, at))


def kinked_slope(x: Value) -> Value:
    """1, the slope of a length by itself."""
    return np.ones_like(x)


def kinked(x: Value) -> Value:
    """x, a length whose own rule does not say that it has a kink at 0: what is smooth there is not known then."""
    return x


kinked_slope = elementwise(
    kinked_slope,
    0,
    keeps=True,
    quotient=lambda _node, x: (x, lambda _n: None, lambda factor: unless_known(factor, kinked_slope(x), x)),
)
kinked = elementwise(kinked, lambda _out, x: kinked_slope(x), kinked=undetermined)


def exact_xlogy(x: Value, y: Value) -> Value:
    """x·ln y, where 0·ln y counts as 0."""
    is_zero = counted(x, y)
    return np.where(is_zero, 0.0, x * np.log(np.where(is_zero, 1.0, y)))


@zero_counts(exact_xlogy)
def xlogy(x: Value, y: Value) -> Value:
    """x ln y, elementwise, where 0·ln 0 counts as 0.

    >>> float(xlogy(2.0, 1.0))
    0.0
    """
    return x * np.log(y)


xlogy = elementwise(xlogy, lambda _out, _x, y: np.log(y), lambda _out, x, y: ratio(x, y))


def exact_log_loss(a: Value, y: Value) -> Value:
    """−(y ln a + (1−y) ln(1−a)), where 0·ln 0 counts as 0."""
    return -(xlogy(y, a) + xlogy(1 - y, 1 - a))


@zero_counts(exact_log_loss)
def log_loss(a: Value, y: Value) -> Value:
    """−(y ln a + (1−y) ln(1−a)), elementwise, where 0·ln 0 counts as 0: a sure and right prediction costs nothing.

    >>> float(log_loss(0.5, 1.0))
    0.6931471805599453
    >>> bool(log_loss(1.0, 1.0) == 0)
    True
    """
    return -(y * np.log(a) + (1 - y) * np.log(1 - a))


log_loss = elementwise(
    log_loss,
    lambda _out, a, y: log_loss_slope(a, y),
    lambda _out, a, _y: np.log(1 - a) - np.log(a),
)


def exact_log_loss_slope(a: Value, y: Value) -> Value:
    """(1−y)/(1−a) − y/a, where 0/0 counts as 0."""
    return ratio(1 - y, 1 - a) - ratio(y, a)


@zero_counts(exact_log_loss_slope)
def log_loss_slope(a: Value, y: Value) -> Value:
    """The derivative of log_loss by a: (1−y)/(1−a) − y/a, where 0/0 counts as 0."""
    return (a - y) / (a * (1 - a))  # the same over a common denominator


log_loss_slope = elementwise(
    log_loss_slope,
    lambda g, _out, a, y: over_power(1 - a, 1 - y, g) + over_power(a, y, g),
    lambda g, _out, a, _y: -g / (1 - a) - g / a,
)


in_one_step(log_loss, 0, sigmoid, lambda g, a, y: g * (a - y), lambda t, a, y: t * (a - y))


def log_loss_logits(z: Value, y: Value) -> Value:
    """log_loss(σ(z), y), exact also where σ(z) rounds to 0 or 1.

    >>> float(log_loss_logits(-1000.0, 1.0))
    1000.0
    """
    return y * np.logaddexp(0.0, -z) + (1 - y) * np.logaddexp(0.0, z)


# Not σ(z) − y, which is 0 where σ(z) rounds to y.
log_loss_logits = elementwise(
    log_loss_logits, lambda _out, z, y: (1 - y) * sigmoid(z) - y * sigmoid(-z), lambda _out, z, _y: -z
)


@quiet
def binary_cross_entropy(a: Value, y: Value) -> Value:
    """The mean over the last axis of the summed log_loss: (1/m) Σ −(y ln a + (1−y) ln(1−a)), one number.

    >>> float(binary_cross_entropy(np.array([[0.5, 1.0]]), np.array([[1.0, 1.0]])))
    0.34657359027997264
    """
    a, y = np.asarray(a), np.asarray(y)
    if a.shape != y.shape or a.shape == ():
        raise ShapeError(f"Predictions and targets must have the same shape, (…, m), but got {a.shape} and {y.shape}.")
    half = is_half(a.dtype) and is_half(y.dtype)
    if half:
        a, y = wide(a), wide(y)
    total = -(np.vdot(y, np.log(a)) + np.vdot(1 - y, np.log(1 - a)))
    cost = (total if total == total else np.sum(log_loss(a, y))) / a.shape[-1]  # only nan differs from itself
    return cost.astype(HALF) if half else cost


binary_cross_entropy = general(
    binary_cross_entropy,
    [
        lambda g, _out, a, y: g / a.shape[-1] * log_loss_slope(a, y),
        lambda g, _out, a, y: g / a.shape[-1] * (np.log(1 - a) - np.log(a)),
    ],
    [
        lambda t, _out, a, y: np.sum(t * log_loss_slope(a, y)) / a.shape[-1],
        lambda t, _out, a, y: np.sum(t * (np.log(1 - a) - np.log(a))) / a.shape[-1],
    ],
)


in_one_step(
    binary_cross_entropy,
    0,
    sigmoid,
    lambda g, a, y: g / a.shape[-1] * (a - y),
    lambda t, a, y: np.sum(t * (a - y)) / a.shape[-1],
)


@widened
def softmax(x: Value, axis: int = 0) -> Value:
    """e^x / Σ e^x along the axis; axis 0 by default, since columns are samples."""
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


softmax = general(
    softmax,
    [lambda g, out, _x, axis=0: out * (g - np.sum(g * out, axis=axis, keepdims=True))],
    [lambda t, out, _x, axis=0: out * (t - np.sum(t * out, axis=axis, keepdims=True))],
    probabilities=True,
)


in_one_step(
    xlogy,
    1,
    softmax,
    lambda g, x, a, axis=0: g * x - a * np.sum(g * x, axis=axis, keepdims=True),
    lambda t, x, a, axis=0: x * (t - np.sum(a * t, axis=axis, keepdims=True)),
)


@widened
def logsumexp(x: Value, axis: Any = None, keepdims: bool = False) -> Value:
    """ln Σ e^x along the axis, without overflow."""
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)  # all -inf: ln 0 = -inf, not nan
    out = quiet(np.log)(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return out if keepdims else np.squeeze(out, axis=axis)


def equal_portions(x: Value, total: Value) -> Value:
    """portion, where a total may be infinite: the entries that are as large share equally."""
    infinite, largest = np.isinf(total), x == total
    axes = tuple(k for k, n in enumerate(np.shape(total)) if n == 1) if np.ndim(total) else None
    count = np.maximum(np.sum(largest, axis=axes, keepdims=True), 1)
    equal = np.divide(largest, count, dtype=np.result_type(x, total))  # in the precision of the quick form
    return np.where(infinite, equal, np.exp(np.where(infinite, 0.0, x) - np.where(infinite, 0.0, total)))


@zero_counts(equal_portions)
def portion(x: Value, total: Value) -> Value:
    """e^x / e^total, the derivative of logsumexp. Where a total is infinite, those that are as large share equally,
    along its axes of size 1.

    >>> portion(np.array([-np.inf, np.inf, np.inf]), np.array([np.inf]))
    array([0. , 0.5, 0.5])
    """
    return np.exp(np.subtract(x, total))  # Python's floats would not raise at ∞ − ∞


portion = elementwise(
    portion,
    lambda out, _x, total: out * np.isfinite(total),
    lambda out, _x, total: -out * np.isfinite(total),
)


logsumexp = general(
    logsumexp,
    [lambda g, out, x, axis=None, keepdims=False: spread(g, axis, keepdims) * portion(x, spread(out, axis, keepdims))],
    [
        lambda t, out, x, axis=None, keepdims=False: np.sum(
            t * portion(x, spread(out, axis, keepdims)), axis=axis, keepdims=keepdims
        )
    ],
)


def identity(x: Value) -> Value:
    """x itself, as a result of its own in the graph."""
    return x


identity = elementwise(identity, 1, factored=in_operand(np.positive))


def cast(x: Value, dtype: Any) -> Value:
    """x in another floating dtype."""
    return np.asarray(x).astype(dtype)


cast = linear(cast, lambda g, _x, dtype: g, factored=in_operand(lambda x, dtype: cast(x, dtype)))
