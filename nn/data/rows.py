"""Data whose samples are rows, turned into columns."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from autograd import ShapeError
from nn.data.checks import as_columns, check_columns, numbers_of
from nn.data.frames import is_frame, without

Array = npt.NDArray[Any]


def from_rows(X: Any, y: Any) -> tuple[Array, Array]:
    """Turn data whose samples are rows (as in scikit-learn) into columns.

    Args:
        X: `(m, n_x)`, or `(m, ...)` with any number of axes after the first; or a frame of pandas or polars.
        y: `(m,)`, or `(m, n_y)`; or the name of the column of the frame that holds the targets.

    Returns:
        `X (n_x, m)` (or `(..., m)`) and `Y (1, m)` (or `(n_y, m)`): floating, contiguous, and independent of
        the arguments. float32 stays float32; integers and booleans become float64. Labels of more than two
        classes go through `one_hot` instead.

    Raises:
        ShapeError: X has fewer than two axes, y has none, or their numbers of rows differ.
        DataError: a value is not a real, finite number, or there are no data.

    Example:
        >>> X, Y = from_rows([[1, 2], [3, 4], [5, 6]], [0, 1, 1])
        >>> X
        array([[1., 3., 5.],
               [2., 4., 6.]])
        >>> Y
        array([[0., 1., 1.]])
    """
    if isinstance(y, str):
        X, y = without(X, y)
    X, y = _rows(X, "X"), _rows(y, "y")
    if X.ndim < 2:
        raise ShapeError(
            f"from_rows needs X with samples as rows, shape (m, n_x), but X has shape {X.shape}."
            " For one feature: X.reshape(-1, 1)."
        )
    if y.ndim == 0 or y.shape[0] != X.shape[0]:
        raise ShapeError(
            f"from_rows needs as many rows in y as in X, but X has shape {X.shape} and y has shape {y.shape}."
        )
    y = y.reshape(-1, 1) if y.ndim == 1 else y
    return check_columns(as_columns(X), as_columns(y))


def _rows(A: Any, name: str) -> Array:
    return numbers_of(A, name).T if is_frame(A) else numbers_of(A, name)
