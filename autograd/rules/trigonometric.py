"""Angles, the hyperbolic functions, and their inverses, elementwise.

Each derivative is written in the form that stays finite and right at the ends of the range: `1 - out*out` for tanh,
where 1/cosh² would overflow; (1 − x)(1 + x) for 1 − x², which would lose its digits near 1.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.types import Value
from autograd.rules.declare import elementwise, linear


@np.errstate(over="ignore")  # the square of 1e200 is inf, and 1/inf the right 0
def bell(x: Value) -> Value:
    """1 / (1 + x²), the derivative of arctan."""
    return 1 / (1 + x * x)


def rest_of_1(x: Value) -> Value:
    """1 − x², to the last digits near 1."""
    return (1 - x) * (1 + x)


# Rows of their own, since the derivatives of these forms lose what the forms keep: −(1 + x) + (1 − x) near 0, ∞ · 0.
bell = elementwise(bell, lambda g, out, x: -2 * (g * out) * (out * x))
rest_of_1 = elementwise(rest_of_1, lambda _out, x: -2 * x)

# --- trigonometric ----------------------------------------------------------------------------------------------
elementwise(np.sin, lambda _out, x: np.cos(x), factored=lambda replace, x: in_sine(replace, x))
elementwise(np.cos, lambda _out, x: -np.sin(x))
elementwise(np.tan, lambda out, _x: 1 + out * out)
elementwise(np.arcsin, lambda _out, x: 1 / np.sqrt(rest_of_1(x)))
elementwise(np.arccos, lambda _out, x: -1 / np.sqrt(rest_of_1(x)))
elementwise(np.arctan, lambda _out, x: bell(x))
elementwise(  # nan at the origin, where there is no angle. Divided twice, since x² + y² may be inf or 0 far out or in
    np.arctan2,
    lambda _out, y, x: x / np.hypot(x, y) / np.hypot(x, y),
    lambda _out, y, x: -y / np.hypot(x, y) / np.hypot(x, y),
)
for degrees in (np.degrees, np.rad2deg):
    linear(degrees, lambda g, _x: np.degrees(g))
for radians in (np.radians, np.deg2rad):
    linear(radians, lambda g, _x: np.radians(g))

# --- hyperbolic -------------------------------------------------------------------------------------------------
elementwise(np.sinh, lambda _out, x: np.cosh(x))
elementwise(np.cosh, lambda _out, x: np.sinh(x))
elementwise(np.tanh, lambda out, _x: 1 - out * out, scalar=math.tanh)
elementwise(np.arcsinh, lambda _out, x: 1 / np.hypot(1.0, x))
elementwise(np.arccosh, lambda _out, x: 1 / (np.sqrt(x - 1) * np.sqrt(x + 1)))
elementwise(np.arctanh, lambda _out, x: 1 / rest_of_1(x))

# --- sin x / x ----------------------------------------------------------------------------------------------------


def bessel(x: Value, order: int = 0) -> Value:
    """jₙ(x) / xⁿ, with jₙ the spherical Bessel function: sin x / x for n = 0, and finite at 0 for all n.

    Its derivative is −x times that of order n + 1 (DLMF 10.51.3), so all derivatives of sin x / x are exact, at 0 too.

    >>> float(bessel(0.0, 1))
    0.3333333333333333
    """
    x = np.asarray(x)
    near = np.abs(x) < 1 + order
    small, large = np.where(near, x, 0.0), np.where(near, 1.0, x)
    term = total = np.ones_like(x) / math.prod(range(1, 2 * order + 2, 2))
    for k in range(1, 20 + 2 * order):  # DLMF 10.53.1
        term = term * small * small / (-2 * k * (2 * order + 2 * k + 1))
        total = total + term
    before, value = np.cos(large), np.sin(large) / large
    for n in range(order):  # upwards (DLMF 10.51.1): exact to rounding while n is below |x|
        before, value = value, ((2 * n + 1) * value - before) / large / large
    return np.where(near, total, value)


def in_sine(replace: Callable[[int], Any], x: Value) -> Value:
    """For cancel.py: sin x is x times a smooth function."""
    found = replace(0)
    return None if found is None else found * bessel(x)


bessel = elementwise(bessel, lambda _out, x, order=0: -x * bessel(x, order + 1))
elementwise(np.sinc, lambda _out, x: -(np.pi**2) * x * bessel(np.pi * x, 1))  # sin πx / πx
