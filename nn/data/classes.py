"""Class labels: as numbers, and as one-hot columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, ShapeError
from autograd.signposts import answering
from nn.data.checks import numbers_of

Array = npt.NDArray[Any]


@answering
def one_hot(labels: npt.ArrayLike, n_classes: int | None = None) -> Array:
    """One column per label, with a 1 in the row of its class and 0 elsewhere.

    Args:
        labels: m integers from 0 to `n_classes` − 1, shape `(m,)` or `(1, m)`.
        n_classes: the number of classes; None: as many as the largest label says.

    Returns:
        `(n_classes, m)`, float64.

    Raises:
        ShapeError: labels is neither `(m,)` nor `(1, m)`.
        DataError: a label is not an integer, or is out of range, or there are none.

    Example:
        >>> one_hot([2, 0, 1], 3)
        array([[0., 1., 0.],
               [0., 0., 1.],
               [1., 0., 0.]])
    """
    y = numbers_of(labels, "labels")
    if y.ndim == 2 and y.shape[0] == 1:
        y = y[0]
    if y.ndim != 1:
        raise ShapeError(f"one_hot needs labels of shape (m,) or (1, m), but got shape {y.shape}.")
    if y.size == 0:
        raise DataError("one_hot needs at least one label, but got shape (0,).")
    if y.dtype.kind not in "iu":
        raise DataError(
            f"one_hot needs integer labels, but got dtype {y.dtype}. If they are integers in value: labels.astype(int)."
        )
    low, high = int(y.min()), int(y.max())
    n_classes = high + 1 if n_classes is None else n_classes
    if low < 0 or high >= n_classes:
        raise DataError(
            f"one_hot with n_classes={n_classes} needs labels from 0 to {n_classes - 1},"
            f" but they go from {low} to {high}."
        )
    return (np.arange(n_classes)[:, None] == y).astype(np.float64)


def class_numbers(labels: Any) -> tuple[Array, Array]:
    """Numbers for the names of classes, from 0, in the order of the names; and these.

    Args:
        labels: m names or numbers, `(m,)` or `(1, m)`.

    Returns:
        the number of the class of each sample, `(m,)`, and the names: `names[numbers]` are the labels.

    Raises:
        ShapeError: labels is neither `(m,)` nor `(1, m)`. DataError: a label is missing, or they are not of one kind.

    Example:
        >>> numbers, names = class_numbers(["cat", "dog", "cat", "bird"])
        >>> numbers, names
        (array([1, 2, 1, 0]), array(['bird', 'cat', 'dog'], dtype='<U4'))
        >>> one_hot(numbers).shape
        (3, 4)
    """
    y = np.asarray(labels)
    y = y[0] if y.ndim == 2 and len(y) == 1 else y
    if y.ndim != 1:
        raise ShapeError(f"class_numbers needs labels of shape (m,) or (1, m), but got shape {y.shape}.")
    if y.dtype == object:
        kinds = {type(x) for x in y.tolist()}
        if kinds - {str}:
            got = ", ".join(sorted(kind.__name__ for kind in kinds))
            raise DataError(f"class_numbers needs a name for each sample, but got {got}. Fill in what is missing.")
        y = y.astype(str)
    if y.dtype.kind == "f" and np.isnan(y).any():
        raise DataError("class_numbers needs a label for each sample, but got NaN. Fill in what is missing.")
    names, numbers = np.unique(y, return_inverse=True)
    return numbers, names
