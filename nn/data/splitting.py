"""Samples set aside for testing."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError
from autograd.signposts import answering
from nn.data.checks import check_columns, columns

Array = npt.NDArray[Any]


@answering
def split(
    X: Any, Y: npt.ArrayLike, *, test: float = 0.2, seed: int = 0, stratify: bool = False
) -> tuple[Any, Array, Any, Array]:
    """Shuffle the samples and set some of them aside for testing.

    Args:
        X: `(n_x, m)`.
        Y: `(n_y, m)`.
        test: the fraction of samples to set aside, between 0 and 1. At least one sample goes to each side.
        seed: the same seed gives the same split.
        stratify: whether each class has its share on both sides, as near as can be. Y holds class numbers, 0 and
            1, or one-hot columns; of several labels in a column, each combination is a class.

    Returns:
        `X_train, Y_train, X_test, Y_test`, copies, samples in columns.

    Raises:
        ShapeError, DataError: see `check_columns`; also if there are fewer than two samples, `test` is not
        between 0 and 1, or Y is to be stratified and holds quantities.

    Example:
        >>> X, Y = np.arange(10.0).reshape(1, 10), np.ones((1, 10))
        >>> X_train, Y_train, X_test, Y_test = split(X, Y, test=0.3)
        >>> X_train.shape, Y_train.shape, X_test.shape, Y_test.shape
        ((1, 7), (1, 7), (1, 3), (1, 3))
        >>> rare = np.array([[1.0, 1, 0, 0, 0, 0, 0, 0, 0, 0]])
        >>> [float(y.sum()) for y in split(X, rare, test=0.5, stratify=True)[1::2]]
        [1.0, 1.0]
    """
    X, Y = check_columns(X, Y)
    m = Y.shape[-1]
    if not 0 < test < 1:
        raise DataError(
            f"split needs a fraction between 0 and 1 for test, but got {test!r}. For 20 % of the samples: test=0.2."
        )
    if m < 2:
        raise DataError(f"split needs at least two samples (columns), but there is {m}.")
    n_test = min(max(round(test * m), 1), m - 1)
    order = np.random.default_rng(seed).permutation(m)
    if stratify:
        order = _mixed(order, _classes(Y))
    train_columns, test_columns = order[n_test:], order[:n_test]
    return columns(X, train_columns), Y[..., train_columns], columns(X, test_columns), Y[..., test_columns]


def _classes(Y: Array) -> Array:
    """The class of each column, from 0."""
    flat = Y.reshape(-1, Y.shape[-1])
    if not np.array_equal(flat, np.round(flat)):
        raise DataError(
            "split with stratify=True needs class numbers, 0 and 1, or one-hot columns in Y, but got quantities. Leave "
            "stratify out."
        )
    return np.unique(flat, axis=1, return_inverse=True)[1].reshape(-1)


def _mixed(order: Array, classes: Array) -> Array:
    """The same order with the classes spread evenly: each part from the start has about its share of each of them."""
    place = np.empty(len(order))
    found = classes[order]
    for number in np.unique(found):
        mine = np.flatnonzero(found == number)
        place[mine] = (np.arange(len(mine)) + 0.5) / len(mine)
    return order[np.argsort(place, kind="stable")]
