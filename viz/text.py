"""Numbers and arrays as the short texts that stand on pictures."""

from __future__ import annotations

from typing import Any

import numpy as np

ROWS, COLUMNS = 5, 5  # an array of at most this size is written out


def number(x: Any) -> str:
    """A number in at most four significant digits.

    >>> [number(x) for x in (2.0, -0.123456, 1234567.0, 0.00001234, float("nan"))]
    ['2', '-0.1235', '1.235e+06', '1.234e-05', 'nan']
    """
    return f"{x:.4g}"


def shape(dims: tuple[int, ...]) -> str:
    """A shape as NumPy writes it, nothing for a scalar.

    >>> shape((3, 1)), shape(())
    ('(3, 1)', '')
    """
    return str(dims) if dims else ""


def cells(value: Any) -> list[list[str]] | None:
    """The entries of a small array, all with the same number of decimals; None if it is too large to be written out.

    >>> cells(np.array([[1.0, -2.5], [0.25, 10.0]]))
    [['1.00', '-2.50'], ['0.25', '10.00']]
    >>> cells(2.0)
    [['2']]
    """
    array = np.asarray(value)
    if array.size == 1:
        return [[number(array.item())]]
    if array.ndim > 2 or array.size == 0:
        return None
    rows = array.reshape(-1, array.shape[-1])
    if len(rows) > ROWS or rows.shape[1] > COLUMNS:
        return None
    pattern = _pattern(array)
    return [[format(x, pattern) for x in row] for row in rows.tolist()]


def _pattern(array: np.ndarray[Any, Any]) -> str:
    """The format that shows all entries in one style, with about three digits after the leading one of the largest."""
    finite = np.abs(array[np.isfinite(array)])
    largest = float(finite.max()) if finite.size else 0.0
    if largest == 0.0 or (largest < 1e6 and np.all(finite == np.rint(finite))):
        return ".0f"
    if not 1e-3 <= largest < 1e6:
        return ".2e"
    decimals = int(np.clip(3 - np.floor(np.log10(largest)), 0, 4))
    shortest = next((d for d in range(decimals) if np.allclose(finite, np.round(finite, d), rtol=0, atol=1e-12)), None)
    return f".{decimals if shortest is None else shortest}f"


def summary(value: Any) -> str:
    """The range of a large array, or what is wrong with it.

    >>> summary(np.linspace(-1, 2, 50))
    '-1 … 2'
    >>> summary(np.array([1.0, np.nan, np.nan]))
    '2 of 3 entries are nan or inf'
    >>> summary(np.zeros((3, 0)))
    'empty'
    """
    array = np.asarray(value)
    if array.size == 0:
        return "empty"
    bad = array.size - int(np.isfinite(array).sum())
    if bad:
        return f"{bad} of {array.size} entries are nan or inf"
    low, high = array.min(), array.max()
    return f"all {number(low)}" if low == high else f"{number(low)} … {number(high)}"


def norm(value: Any) -> str:
    """The Euclidean length of an array, as it stands beside its name.

    >>> norm(np.array([3.0, 4.0]))
    'norm 5'
    """
    return f"norm {number(np.linalg.norm(np.asarray(value).ravel()))}"
