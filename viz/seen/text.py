"""Numbers and arrays as the short texts that stand on pictures."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from autograd.read import decimal

ROWS, COLUMNS = 5, 5  # an array of at most this size is written out


def number(x: Any) -> str:
    """A number in at most four significant digits, with the sign that formulas have.

    >>> number(-0.123456), number(-1e-7)
    ('−0.1235', '−1.0e-07')
    """
    return re.sub(r"^-", "−", decimal(x))


def literal(x: Any) -> str:
    """A number that stands in the program itself, as formulas show it.

    >>> literal(2.0), literal(0.5)
    ('2', '0.5')
    """
    return number(x).removesuffix(".0")


def shape(dims: tuple[int, ...]) -> str:
    """A shape as NumPy writes it, nothing for a scalar.

    >>> shape((3, 1)), shape(())
    ('(3, 1)', '')
    """
    return str(dims) if dims else ""


def cells(value: Any) -> list[list[str]] | None:
    """The entries of a small array, each in four significant digits; None if it is too large to be written out.

    >>> cells(np.array([[1.0, -2.5], [0.25, 1e-7]]))
    [['1.0', '−2.5'], ['0.25', '1.0e-07']]
    >>> cells(2.0)
    [['2.0']]
    """
    array = np.asarray(value)
    if array.size == 1:
        return [[number(array.item())]]
    if array.ndim > 2 or array.size == 0:
        return None
    rows = array.reshape(-1, array.shape[-1])
    if len(rows) > ROWS or rows.shape[1] > COLUMNS:
        return None
    return [[number(x) for x in row] for row in rows.tolist()]


def summary(value: Any) -> str:
    """The range of a large array, or what is wrong with it; of one with a single entry, that.

    >>> summary(np.linspace(-1, 2, 50))
    '−1.0 … 2.0'
    >>> summary(np.array([1.0, np.nan, np.nan]))
    '2 of 3 entries are nan or inf'
    >>> summary(np.zeros((3, 0)))
    'empty'
    """
    array = np.asarray(value)
    if array.size == 0:
        return "empty"
    if array.size == 1:
        return number(array.item())
    bad = array.size - int(np.isfinite(array).sum())
    if bad:
        return f"{bad} of {array.size} entries are nan or inf"
    low, high = array.min(), array.max()
    return f"all {number(low)}" if low == high else f"{number(low)} … {number(high)}"


def norm(value: Any) -> str:
    """The Euclidean length of an array, as it stands beside its name.

    >>> norm(np.array([3.0, 4.0]))
    'norm 5.0'
    """
    return f"norm {number(np.linalg.norm(np.asarray(value).ravel()))}"
