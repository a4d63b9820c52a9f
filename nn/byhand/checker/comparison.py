"""Whether two arrays are equal, up to the rounding of what was handed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from nn.byhand.checker.arrays import Array
from nn.byhand.checker.equation import Equation, Key, Values, with_values

_DOUBLE = 1e-8  # of the largest entry: what another order of the same operations may differ by
_ROUNDING = 16 * float(np.finfo(float).eps)  # of the largest entry: how far double precision may be off
_DRAWS = 6
_SLACK = 5.0


def same_shape(a: Any, b: Any) -> bool:
    """Whether both have the same shape; where one has fewer axes, those of length 1 aside."""
    if np.ndim(a) == np.ndim(b):
        return np.shape(a) == np.shape(b)
    return np.shape(np.squeeze(a)) == np.shape(np.squeeze(b))


def close(array: Array, value: Any, slack: float = 0.0) -> bool:
    """Whether an array that was handed in is this value, up to its own rounding and a slack."""
    if not same_shape(array.value, value):
        return False
    a, b = np.squeeze(array.value), np.squeeze(np.asarray(value, float))
    finite = np.isfinite(b)
    if not np.array_equal(np.isfinite(a), finite):
        return False
    if not finite.all():
        a, b = a[finite], b[finite]
    if not b.size:
        return True
    rounding = float(np.max(array.rounding, initial=0.0))
    return bool(np.max(np.abs(a - b)) <= slack + rounding + _DOUBLE * max(np.max(np.abs(b)), 1e-300))


def slack_of(eq: Equation, values: Values, rounding: Mapping[Key, Any]) -> float:
    """How far the value of a line may be off because the values on its right side are rounded: found by moving them.

    Where terms cancel, as in the sum of what has been centered, that is more than the last digit of the result. No
    value is moved across 0: what is a little more than 0 and what is 0 are different to a ReLU.
    """
    reads = eq.reads & values.keys()
    off = {key: _off(np.abs(np.asarray(values[key], float)), rounding.get(key, 0.0)) for key in reads}
    rounded = any(np.any(rounding.get(key, 0.0)) for key in reads)
    rng, right, worst = np.random.default_rng(0), with_values(eq.forms[0], values).value, 0.0
    for _ in range(_DRAWS if rounded else 1):
        moved = dict(values)
        for key, u in off.items():
            x = np.asarray(values[key], float)
            moved[key] = x + u * rng.choice((-1.0, 1.0), x.shape)
        with np.errstate(all="ignore"):
            difference = np.abs(with_values(eq.forms[0], moved).value - right)
        worst = max(worst, float(np.max(difference[np.isfinite(difference)], initial=0.0)))
    return _SLACK * worst


def _off(size: np.ndarray, rounding: Any) -> Any:
    """How far entries of this size may be off."""
    return np.minimum(rounding + _ROUNDING * np.max(size[np.isfinite(size)], initial=0.0), size / 2)


def is_zero(array: Array) -> bool:
    """Whether nothing but zeros was handed in, up to its rounding."""
    return bool(array.value.size and np.all(np.abs(array.value) <= array.rounding))


def ratio(array: Array, value: Any) -> float | None:
    """The number by which a value has to be multiplied to give an array; None if there is none."""
    if not same_shape(array.value, value):
        return None
    a, b = np.ravel(array.value), np.ravel(np.asarray(value, float))
    total = float(b @ b)
    if not np.isfinite(total) or not total or not np.all(np.isfinite(a)):
        return None
    r = float(a @ b) / total
    rounding = float(np.max(array.rounding, initial=0.0))
    off = float(np.max(np.abs(a - r * b)))
    return r if r and off <= 4 * rounding + 1e-7 * abs(r) * float(np.max(np.abs(b))) else None


def fraction_of(r: float, precision: float = 1e-6) -> Fraction | None:
    """A short fraction that a number is; None if it is not one."""
    near = Fraction(r).limit_denominator(60)
    return near if near and abs(float(near) - r) <= precision * abs(r) else None


def worst_entry(array: Array, value: Any) -> tuple[tuple[int, ...], float, float] | None:
    """Where an array differs most from a value: the place, the number there, and the right one."""
    if array.value.size != np.size(value) or not array.value.size:
        return None
    b = np.asarray(value, float)
    a = array.value if array.value.shape == b.shape else array.value.reshape(b.shape)
    off = np.where(np.isfinite(a), np.abs(a - b), np.inf)
    at = np.unravel_index(int(np.argmax(off)), off.shape)
    return tuple(int(i) for i in at), float(a[at]), float(b[at])


def nearest_words(array: Array, value: Any, names: Iterable[str] = ()) -> str:
    """What can be said of a wrong array where no mistake of the catalogue fits."""
    b = np.asarray(value, float)
    if not same_shape(array.value, b):
        return f"Its shape is {array.value.shape}, but should be {b.shape}."
    a = array.value.reshape(b.shape)
    off = np.abs(a - b) > np.max(array.rounding, initial=0.0) + _DOUBLE * max(1e-300, float(np.max(np.abs(b))))
    if is_zero(array):
        return "All its entries are 0."
    if close(array, -b):
        return "Every entry has the wrong sign."
    if np.allclose(np.sort(a, axis=None), np.sort(b, axis=None), rtol=1e-6, atol=0):
        return "The entries are right, but stand in another order."
    if np.allclose(np.abs(a), np.abs(b), rtol=1e-6, atol=0):
        return f"{int(off.sum())} of {b.size} entries have the wrong sign."
    if off.sum() < off.size:
        return f"{int(off.sum())} of {b.size} entries differ."
    return "No known mistake gives these numbers."
