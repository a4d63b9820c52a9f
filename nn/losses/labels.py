"""Class numbers as targets, and what is said of targets that are not numbers at all."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag


def are_labels(Y: Any, predicted: tuple[int, ...]) -> bool:
    """Whether these are class numbers for predictions of this shape: integers, one in place of each column of classes.

    >>> are_labels(np.array([2, 0]), (3, 2)), are_labels(np.array([[2, 0]]), (3, 2)), are_labels(np.eye(2), (2, 2))
    (True, True, False)
    """
    return Y.dtype.kind in "iu" and Y.shape in (predicted[1:], (1, *predicted[1:]))


def one_hot(Y: Any, predicted: tuple[int, ...], dtype: Any) -> Any:
    """Class numbers as columns with a 1 in the row of the class, in the shape of the predictions."""
    labels = Y.reshape(1, *predicted[1:])
    columns = (np.arange(predicted[0]).reshape(-1, *[1] * (len(predicted) - 1)) == labels).astype(dtype)
    if not ag.tracing():
        return columns
    # A program looks at no values: where a class number is wrong, its cost is nan, and not that of no class.
    return np.where((labels >= 0) & (labels < predicted[0]), columns, np.nan)


def check_labels(loss: str, Y: Any, n: int | None = None) -> None:
    """Refuse class numbers below 0, or of more classes than there are."""
    if not Y.size:
        raise ag.DataError(f"{loss} needs at least one class number, but got an empty array of shape {Y.shape}.")
    low, high = int(Y.min()), int(Y.max())
    if low < 0 or (n is not None and high >= n):
        most = "0 and more" if n is None else f"0 to {n - 1}, a row of the predictions for each class,"
        fix = "For labels −1 and 1 take binary_cross_entropy with (Y + 1) / 2." if (low, high) == (-1, 1) else ""
        fix = fix or "Number the classes from 0: Y, names = nn.data.class_numbers(Y)."
        raise ag.DataError(f"{loss} needs class numbers from {most} but they go from {low} to {high}. {fix}")


def strings_in(Y: Any) -> str | None:
    """The first of an array of strings, as it is shown; None if it does not begin with one."""
    first = Y.flat[0] if isinstance(Y, np.ndarray) and Y.size and Y.ndim and Y.dtype.kind in "USO" else None
    return repr(str(first)[:40]) if isinstance(first, (str, bytes)) else None
