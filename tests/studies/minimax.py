"""The polynomials of autograd/read/native/functions.h, by the exchange algorithm of Remez (1934), with 40 digits.

python -m tests.studies.minimax
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import mpmath
import numpy as np
from mpmath import mpf

Function = Callable[[mpf], mpf]
PLACES = 1000  # at which the error is looked at


def minimax(f: Function, weight: Function, degree: int, low: mpf, high: mpf) -> tuple[list[mpf], mpf]:
    """The polynomial p with the smallest largest |weight · (p − f)| between low and high: coefficients, that error."""

    def at(k: int, n: int) -> mpf:
        return (low + high) / 2 - (high - low) / 2 * mpmath.cos(mpmath.pi * k / n)

    places = [at(k, PLACES) for k in range(PLACES + 1)]
    values, weights = [f(x) for x in places], [weight(x) for x in places]
    extremes = [round(k * PLACES / (degree + 1)) for k in range(degree + 2)]
    while True:
        equations = mpmath.matrix(degree + 2, degree + 2)
        for row, k in enumerate(extremes):
            for power in range(degree + 1):
                equations[row, power] = places[k] ** power
            equations[row, degree + 1] = (-1) ** row / max(weights[k], mpf(10) ** -9)
        *coefficients, error = mpmath.lu_solve(equations, mpmath.matrix([values[k] for k in extremes]))
        errors = [
            w * (mpmath.polyval(coefficients[::-1], x) - y) for x, y, w in zip(places, values, weights, strict=True)
        ]
        largest = max(map(abs, errors))
        if largest < 1.0001 * abs(error):
            return coefficients, largest
        extremes = _alternating(errors, degree + 2)


def _alternating(errors: list[mpf], count: int) -> list[int]:
    """Where the error is largest between its changes of sign: so many places."""
    found: list[int] = []
    for k, error in enumerate(errors):
        if found and (errors[found[-1]] > 0) == (error > 0):
            found[-1] = max(found[-1], k, key=lambda i: abs(errors[i]))
        else:
            found.append(k)
    while len(found) > count:
        found.pop(0 if abs(errors[found[0]]) < abs(errors[found[-1]]) else -1)
    return found


def exp_rest(r: mpf) -> mpf:
    """(e^r − 1 − r) / r²."""
    return mpf(1) / 2 + r / 6 if abs(r) < mpf(10) ** -15 else (mpmath.expm1(r) - r) / r**2


def log_rest(z: mpf) -> mpf:
    """(ln((1 + s)/(1 − s)) − 2s) / s³ for z = s²."""
    s = mpmath.sqrt(z)
    return mpf(2) / 3 + mpf(2) / 5 * z if z < mpf(10) ** -15 else (2 * mpmath.atanh(s) - 2 * s) / s**3


def main() -> int:
    """Print the coefficients, rounded to each precision, and the error relative to the function."""
    mpmath.mp.dps = 40
    half, root = mpmath.log(2) / 2 * mpf("1.0001"), mpmath.sqrt(2)
    tasks = [
        ("cg_exp_rest", exp_rest, abs, -half, half, (10, 5)),
        ("cg_log_rest", log_rest, lambda z: z / 2, mpf(0), ((root - 1) / (root + 1)) ** 2 * mpf("1.0001"), (6, 2)),
    ]
    for name, f, weight, low, high, degrees in tasks:
        for degree, kind in zip(degrees, (np.float64, np.float32), strict=True):
            coefficients, error = minimax(f, weight, degree, low, high)
            print(f"{name}, {kind.__name__}: to 2^{float(mpmath.log(error, 2)):.1f}")
            print(*(f"    {float(kind(float(c))).hex()}" for c in coefficients), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
