"""The elementwise rows as SymPy has them, exactly: what their values and derivatives are to as many digits as wanted.

A twin gives, for a place, the formula of the branch that holds around it; None where there is no derivative (a kink, a
jump, a pole, outside of the domain). So what a row says at a kink is not asked here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import mpmath
import numpy as np
import sympy

from autograd import rules
from autograd.rules import activations, elementwise, special, statistics, trigonometric

X, Y = sympy.symbols("x y", real=True)
ORDER = 3


def everywhere(expression: Any) -> Callable[..., Any]:
    return lambda *place: expression


def where(condition: Callable[..., bool], expression: Any) -> Callable[..., Any]:
    return lambda *place: expression if condition(*place) else None


def by_sign(positive: Any, negative: Any) -> Callable[..., Any]:
    return lambda x, *_: positive if x > 0 else negative if x < 0 else None


def larger(x: Any, y: Any, first: Any, second: Any) -> Any:
    return first if x > y else second if y > x else None


def steps(x: float) -> Any:
    """Away from integers and halves nothing jumps."""
    return sympy.Integer(round(x)) if abs(x) < 1e3 and x * 2 != round(x * 2) else None


def stepped(function: Callable[[float], float]) -> Callable[..., Any]:
    return lambda x: None if steps(x) is None else sympy.Integer(int(function(x)))


def quotient(x: float, y: float, rounding: Callable[[float], float]) -> Any:
    """x − n·y where x/y is not near an integer, which n is."""
    if y == 0 or abs(x) > 1e3 * abs(y) or abs(x / y - round(x / y)) < 1e-3:
        return None
    return int(rounding(x / y))


def remainder(rounding: Callable[[float], float]) -> Callable[..., Any]:
    def twin(x: float, y: float) -> Any:
        n = quotient(x, y, rounding)
        return None if n is None else X - n * Y

    return twin


def floor_divide(x: float, y: float) -> Any:
    n = quotient(x, y, np.floor)
    return None if n is None else sympy.Integer(n)


def power(x: float, y: float) -> Any:
    """By y there is a derivative only for positive x; see `fixed` for integer powers of others."""
    return sympy.exp(Y * sympy.log(X)) if x > 0 else None


def sinc(x: float) -> Any:
    if abs(x) > 4:
        return None  # πx is rounded: a phase that is off by its last digits
    return sympy.sin(sympy.pi * X) / (sympy.pi * X) if abs(x) > 1e-3 else series(lambda k: (-(sympy.pi**2)) ** k, 1)


def series(coefficient: Callable[[int], Any], extra: int) -> Any:
    """Σ c_k x^2k / (2k + extra)!"""
    return sum(coefficient(k) * X ** (2 * k) / sympy.factorial(2 * k + extra) for k in range(9))


def spherical(x: float) -> Any:
    return None if abs(x) > 30 else sympy.sin(X) / X if abs(x) > 1e-3 else series(lambda k: (-1) ** k, 1)


def copysign(x: float, y: float) -> Any:
    return None if x == 0 or y == 0 else X * int(np.sign(x) * np.sign(y))


def angle(x: float, y: float) -> Any:
    """np.arctan2 of the first operand over the second."""
    if y:
        return sympy.atan(X / Y) + (sympy.pi * int(np.copysign(1, x)) if y < 0 else 0)
    return sympy.pi / 2 * int(np.sign(x)) - sympy.atan(Y / X) if x else None


def softplus(x: Any) -> Any:
    return sympy.log(1 + sympy.exp(x))


SIGMOID = 1 / (1 + sympy.exp(-X))
LOSS = -(Y * sympy.log(X) + (1 - Y) * sympy.log(1 - X))

TWINS: dict[Any, Callable[..., Any]] = {
    np.negative: everywhere(-X),
    np.positive: everywhere(X),
    np.square: everywhere(X**2),
    np.sqrt: where(lambda x: x > 0, sympy.sqrt(X)),
    np.cbrt: by_sign(X ** sympy.Rational(1, 3), -((-X) ** sympy.Rational(1, 3))),
    np.reciprocal: where(bool, 1 / X),
    np.exp: everywhere(sympy.exp(X)),
    np.expm1: everywhere(sympy.exp(X) - 1),
    np.exp2: everywhere(2**X),
    np.log: where(lambda x: x > 0, sympy.log(X)),
    np.log1p: where(lambda x: x > -1, sympy.log(1 + X)),
    np.log2: where(lambda x: x > 0, sympy.log(X) / sympy.log(2)),
    np.log10: where(lambda x: x > 0, sympy.log(X) / sympy.log(10)),
    np.absolute: by_sign(X, -X),
    np.fabs: by_sign(X, -X),
    np.sign: by_sign(sympy.Integer(1), sympy.Integer(-1)),
    np.floor: stepped(np.floor),
    np.ceil: stepped(np.ceil),
    np.rint: stepped(np.rint),
    np.round: stepped(np.rint),
    np.around: stepped(np.rint),
    np.trunc: stepped(np.trunc),
    np.fix: stepped(np.trunc),
    np.angle: by_sign(sympy.Integer(0), sympy.pi),
    np.nan_to_num: everywhere(X),
    np.sin: everywhere(sympy.sin(X)),
    np.cos: everywhere(sympy.cos(X)),
    np.tan: everywhere(sympy.tan(X)),
    np.arcsin: where(lambda x: abs(x) < 1, sympy.asin(X)),
    np.arccos: where(lambda x: abs(x) < 1, sympy.acos(X)),
    np.arctan: everywhere(sympy.atan(X)),
    np.sinh: everywhere(sympy.sinh(X)),
    np.cosh: everywhere(sympy.cosh(X)),
    np.tanh: everywhere(sympy.tanh(X)),
    np.arcsinh: everywhere(sympy.asinh(X)),
    np.arccosh: where(lambda x: x > 1, sympy.acosh(X)),
    np.arctanh: where(lambda x: abs(x) < 1, sympy.atanh(X)),
    np.sinc: sinc,
    trigonometric.bessel: spherical,
    rules.sigmoid: everywhere(SIGMOID),
    rules.log_sigmoid: everywhere(-softplus(-X)),
    rules.relu: by_sign(X, sympy.Integer(0)),
    rules.leaky_relu: by_sign(X, X * sympy.Float("0.01", 60)),
    rules.elu: by_sign(X, sympy.exp(X) - 1),
    rules.normal_cdf: everywhere(sympy.erfc(-X / sympy.sqrt(2)) / 2),
    activations.normal_pdf: everywhere(sympy.exp(-(X**2) / 2) / sympy.sqrt(2 * sympy.pi)),
    rules.identity: everywhere(X),
    trigonometric.bell: everywhere(1 / (1 + X**2)),
    trigonometric.rest_of_1: everywhere(1 - X**2),
    elementwise.leg: where(lambda x, y: x != 0 or y != 0, X / sympy.sqrt(X**2 + Y**2)),
    statistics.root: where(lambda x: x > 0, sympy.sqrt(X)),
    statistics.root_slope: where(lambda x: x > 0, 1 / (2 * X)),
    np.add: everywhere(X + Y),
    np.subtract: everywhere(X - Y),
    elementwise.gap: everywhere(X - Y),
    np.multiply: everywhere(X * Y),
    np.divide: where(lambda x, y: y != 0, X / Y),
    rules.ratio: where(lambda x, y: y != 0, X / Y),
    np.power: power,
    np.hypot: where(lambda x, y: x != 0 or y != 0, sympy.sqrt(X**2 + Y**2)),
    np.arctan2: angle,
    np.logaddexp: everywhere(sympy.log(sympy.exp(X) + sympy.exp(Y))),
    np.logaddexp2: everywhere(sympy.log(2**X + 2**Y) / sympy.log(2)),
    np.maximum: lambda x, y: larger(x, y, X, Y),
    np.fmax: lambda x, y: larger(x, y, X, Y),
    np.minimum: lambda x, y: larger(x, y, Y, X),
    np.fmin: lambda x, y: larger(x, y, Y, X),
    np.copysign: copysign,
    np.heaviside: lambda x, y: sympy.Integer(int(x > 0)) if x else Y,
    np.remainder: remainder(np.floor),
    np.fmod: remainder(np.trunc),
    np.floor_divide: floor_divide,
    rules.xlogy: where(lambda x, y: y > 0, X * sympy.log(Y)),
    rules.log_loss: where(lambda a, y: 0 < a < 1 and 0 <= y <= 1, LOSS),
    rules.log_loss_slope: where(lambda a, y: 0 < a < 1, sympy.diff(LOSS, X)),
    rules.log_loss_logits: where(lambda _, y: 0 <= y <= 1, Y * softplus(-X) + (1 - Y) * softplus(X)),
    special.portion: everywhere(sympy.exp(X - Y)),
}
WITHOUT = {
    statistics.nonzero: "raises where the number is 0; its derivative is 1",
    elementwise.power_partial: "the derivatives of power, to which they are compared",
    np.clip: "three operands; a choice among them, tested at its bounds in test_edges.py",
    np.unwrap: "adds constants; not elementwise in its value",
    special.kinked: "x; tested in test_smooth.py",
    special.kinked_slope: "1; tested in test_smooth.py",
    special.undetermined: "0; what it is at a kink is tested in test_smooth.py",
}


@cache
def formula(expression: Any, orders: tuple[int, ...]) -> Callable[..., Any]:
    """A partial derivative as a function of mpmath's numbers."""
    symbols = (X, Y)[: len(orders)]
    for symbol, k in zip(symbols, orders, strict=True):
        expression = sympy.diff(expression, symbol, k) if k else expression
    return sympy.lambdify(symbols, expression, "mpmath")


def truth(function: Any, place: tuple[float, ...], orders: tuple[int, ...]) -> Any:
    """The partial derivative there; None where there is none. Digits are added until two in a row agree."""
    return _truth(function, tuple(x.hex() for x in place), orders)  # -0.0 is not 0.0


@cache
def _truth(function: Any, written: tuple[str, ...], orders: tuple[int, ...]) -> Any:
    place = tuple(map(float.fromhex, written))
    expression = TWINS[function](*place)
    if expression is None:
        return None
    run, before = formula(expression, orders), None
    for digits in (50, 200, 800):
        with mpmath.workdps(digits):
            try:
                found = run(*(mpmath.mpf(x) for x in place))
            except (OverflowError, ZeroDivisionError, mpmath.libmp.NoConvergence):
                before = None
                continue
            if before and abs(found - before) <= abs(before) * mpmath.mpf(10) ** -30:
                return +found  # (0 may be what cancelled)
            before = found
    return before


def places(dtype: Any, n: int, few: bool) -> list[tuple[float, ...]]:
    """0, ±1, integers, the ends of the dtype's range and where functions saturate in it; pairs of such numbers."""
    info = np.finfo(dtype)
    tiny, large, eps = float(info.tiny), float(info.max), float(info.eps)
    if n == 2:  # to where the square of a reciprocal is still a number
        positive = [0.5, 1.0, 3.0, tiny**0.45, large**0.3] + ([] if few else [0.3, 2.0, 10.0, 40.0, eps, 1 + eps])
    else:
        positive = [0.5, 1.0, 2.0, 3.0, 10.0, 40.0, tiny, large, eps, 1 - eps, 1 + eps, 0.3]
        if not few:
            positive += [float(info.smallest_subnormal), 1.5, 4.0, 0.01, 20.0, 100.0, 800.0, 2.5, 0.99, 7.0]
            positive += [eps / 2, *(end**p for end in (tiny, large) for p in (0.25, 0.35, 0.5, 0.75))]
    exact = sorted({float(dtype(x)) for x in positive})
    return list(product([0.0, -0.0, *exact, *(-x for x in exact)], repeat=n))
