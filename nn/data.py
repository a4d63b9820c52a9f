"""Data in columns: checking, splitting, scaling, one-hot targets, mini-batches.

One convention everywhere: **the sample axis is the last axis**. `X` is `(n_x, m)`, `Y` is `(n_y, m)`; column
`i` of `X` is the sample whose target is column `i` of `Y`. (Images are `(channels, height, width, m)`.) Data
in rows are turned once, at the border, by `from_rows`.

All of this is plain NumPy; nothing is recorded for differentiation.
"""

from collections.abc import Iterator
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from autograd import DataError, ShapeError
from autograd.signposts import answering

Array = npt.NDArray[Any]

__all__ = ["batches", "check_columns", "check_data", "from_rows", "one_hot", "split", "standardize"]


def from_rows(X: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
    """Turn data whose samples are rows (as in scikit-learn) into columns.

    Args:
        X: `(m, n_x)`, or `(m, ...)` with any number of axes after the first.
        y: `(m,)`, or `(m, n_y)`.

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
    X, y = _numbers(X, "X"), _numbers(y, "y")
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
    return check_columns(_columns(X), _columns(y))


@answering
def one_hot(labels: npt.ArrayLike, n_classes: int) -> Array:
    """One column per label, with a 1 in the row of its class and 0 elsewhere.

    Args:
        labels: m integers from 0 to `n_classes` − 1, shape `(m,)` or `(1, m)`.
        n_classes: the number of classes.

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
    y = _numbers(labels, "labels")
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
    if low < 0 or high >= n_classes:
        raise DataError(
            f"one_hot with n_classes={n_classes} needs labels from 0 to {n_classes - 1},"
            f" but they go from {low} to {high}."
        )
    return (np.arange(n_classes)[:, None] == y).astype(np.float64)


@answering
def split(X: Any, Y: npt.ArrayLike, *, test: float = 0.2, seed: int = 0) -> tuple[Any, Array, Any, Array]:
    """Shuffle the samples and set some of them aside for testing.

    Args:
        X: `(n_x, m)`.
        Y: `(n_y, m)`.
        test: the fraction of samples to set aside, between 0 and 1. At least one sample goes to each side.
        seed: the same seed gives the same split.

    Returns:
        `X_train, Y_train, X_test, Y_test`, copies, samples in columns.

    Raises:
        ShapeError, DataError: see `check_columns`; also if there are fewer than two samples, or `test` is not
        between 0 and 1.

    Example:
        >>> X, Y = np.arange(10.0).reshape(1, 10), np.ones((1, 10))
        >>> X_train, Y_train, X_test, Y_test = split(X, Y, test=0.3)
        >>> X_train.shape, Y_train.shape, X_test.shape, Y_test.shape
        ((1, 7), (1, 7), (1, 3), (1, 3))
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
    train_columns, test_columns = order[n_test:], order[:n_test]
    return columns(X, train_columns), Y[..., train_columns], columns(X, test_columns), Y[..., test_columns]


@overload
def standardize(X_train: npt.ArrayLike) -> Array: ...
@overload
def standardize(X_train: npt.ArrayLike, other: npt.ArrayLike, /, *others: npt.ArrayLike) -> tuple[Array, ...]: ...
def standardize(X_train: npt.ArrayLike, *others: npt.ArrayLike) -> Array | tuple[Array, ...]:
    """Scale every feature to mean 0 and standard deviation 1 over the training samples.

    The other arrays are scaled with the *training* mean and deviation: measuring the test set's own would let
    it leak into what is tested. A feature that is constant in training is only shifted, not divided by its
    deviation of 0.

    Args:
        X_train: `(n_x, m)`.
        *others: arrays with the same features, `(n_x, any number)`.

    Returns:
        The scaled array if it was the only one, otherwise a tuple of them, in the order given. float32 stays
        float32, integers become float64.

    Raises:
        ShapeError, DataError: see `check_columns`; also if the arrays have different features.

    Example:
        >>> X_train, X_test = standardize(np.array([[1.0, 3.0], [5.0, 5.0]]), np.array([[2.0], [6.0]]))
        >>> X_train
        array([[-1.,  1.],
               [ 0.,  0.]])
        >>> X_test
        array([[0.],
               [1.]])
    """
    names = ["X_train", *(f"others[{i}]" for i in range(len(others)))]
    arrays = [_floating(_check_one(X, name)) for name, X in zip(names, (X_train, *others))]
    train = arrays[0]
    for name, X in zip(names, arrays):
        if X.shape[:-1] != train.shape[:-1]:
            raise ShapeError(
                "standardize needs the same features in every array, but X_train has shape"
                f" {train.shape} and {name} has shape {X.shape}. Only the last axis, the samples, may differ."
            )
    center, unit = _measured(train)
    scaled = tuple(_scaled(X, center, unit) for X in arrays)
    return scaled if others else scaled[0]


def _measured(train: Array) -> tuple[Array, Array]:
    """Mean and deviation of each feature, in double precision: float32 has too few digits for 1e6 + noise."""
    wide = train.astype(np.result_type(train.dtype, np.float64))
    # Told by the range, because the deviation of m equal numbers may come out as 1e-17 instead of 0.
    low, high = wide.min(axis=-1, keepdims=True), wide.max(axis=-1, keepdims=True)
    constant = low == high
    # Away from the middle and in units of the range, whose squares neither overflow nor vanish.
    middle, reach = low / 2 + high / 2, np.where(constant, 1.0, high / 2 - low / 2)
    reach = np.where(reach == 0, 1.0, reach)
    away = (wide - middle) / reach
    center = np.where(constant, low, middle + away.mean(axis=-1, keepdims=True) * reach)
    return center, np.where(constant, 1.0, away.std(axis=-1, keepdims=True) * reach)


def _scaled(X: Array, center: Array, unit: Array) -> Array:
    return np.asarray(((X.astype(center.dtype) - center) / unit).astype(X.dtype))


@answering
def batches(
    X: Any, Y: npt.ArrayLike, batch_size: int, *, seed: int | np.random.Generator
) -> Iterator[tuple[Any, Array]]:
    """One epoch of mini-batches: every sample once, in shuffled order; the last batch may be smaller.

    Args:
        X: `(n_x, m)`, or a tuple of such arrays.
        Y: `(n_y, m)`.
        batch_size: samples per batch, at least 1.
        seed: a number for one epoch that can be repeated, or a `numpy.random.Generator` that goes on from
            epoch to epoch.

    Returns:
        An iterator over pairs `X (n_x, batch_size)`, `Y (n_y, batch_size)`.

    Raises:
        ShapeError, DataError: see `check_columns`; also if batch_size is below 1. At once, not at the first
        batch.

    Example:
        >>> X, Y = np.arange(5.0).reshape(1, 5), np.zeros((1, 5))
        >>> [x.shape for x, y in batches(X, Y, 2, seed=0)]
        [(1, 2), (1, 2), (1, 1)]
    """
    X, Y = check_columns(X, Y)
    if batch_size < 1:
        raise DataError(f"batches needs a batch_size of at least 1, but got {batch_size!r}.")
    order = np.random.default_rng(seed).permutation(Y.shape[-1])
    parts = (order[i : i + batch_size] for i in range(0, len(order), batch_size))
    return ((columns(X, part), Y[..., part]) for part in parts)


def check_data(X: Any, Y: npt.ArrayLike) -> tuple[Any, Array]:
    """Refuse what a network cannot be trained on: what `check_columns` refuses, and targets not floating.

    Integer targets are nearly always class labels that were meant to be one-hot; used as they are, they would
    train something else.

    Args:
        X: `(n_x, m)`, or a tuple of such arrays.
        Y: `(n_y, m)`, floating.

    Returns:
        X and Y as arrays, not copied.

    Raises:
        ShapeError, DataError: with the shapes or dtypes given, and what to do.

    Example:
        >>> X, Y = check_data(np.ones((2, 3)), np.ones((1, 3)))
        >>> check_data(np.ones((2, 3)), np.array([0, 1, 1]))
        Traceback (most recent call last):
        autograd.errors.ShapeError: Y has shape (3,), but samples are columns: Y must be (n_y, m), here
        (1, 3). Write y.reshape(1, -1).
    """
    X, Y = check_columns(X, Y)
    if Y.dtype.kind != "f":
        raise DataError(
            f"Y has dtype {Y.dtype}, but targets must be floating."
            " Class labels: nn.data.one_hot(y, n_classes). Zeros and ones, or quantities: Y.astype(float)."
        )
    return X, Y


def check_columns(X: Any, Y: npt.ArrayLike) -> tuple[Any, Array]:
    """Refuse data that are not real, finite samples in columns, as many in X as in Y.

    Args:
        X: `(n_x, m)`, or `(..., m)`; or a tuple of such arrays, the inputs of a model that takes several.
        Y: `(n_y, m)`, of any real dtype.

    Returns:
        X and Y as arrays, not copied.

    Raises:
        ShapeError: an array of rank 0 or 1, or different numbers of columns.
        DataError: no data, NaN or infinite values, or values that are not real numbers.

    Example:
        >>> X, Y = check_columns([[1.0, 2.0]], [[0, 1]])
        >>> X.shape, Y.shape
        ((1, 2), (1, 2))
    """
    given = inputs(X)
    names = ["X"] if len(given) == 1 else [f"X[{i}]" for i in range(len(given))]
    checked, Y = tuple(map(_check_one, given, names)), _check_one(Y, "Y")
    for name, x in zip(names, checked, strict=True):
        if x.shape[-1] != Y.shape[-1]:
            raise ShapeError(
                f"{name} has shape {x.shape} and Y has shape {Y.shape}, but each column is one sample, and there are"
                f" {x.shape[-1]} columns in {name} and {Y.shape[-1]} in Y. {_hint_for_rows(x, Y)}"
            )
    return (checked if given is X else checked[0]), Y


def inputs(X: Any) -> tuple[Any, ...]:
    """The inputs of a model, one for each argument of its `forward`: a tuple of arrays (…, m) is several.

    Example:
        >>> len(inputs((np.ones((2, 5)), np.ones((3, 5))))), len(inputs(np.ones((2, 5))))
        (2, 1)
    """
    return X if type(X) is tuple and any(getattr(x, "ndim", 0) >= 2 for x in X) else (X,)


def columns(X: Any, chosen: Any) -> Any:
    """These samples of one input, or of each of several."""
    return tuple(x[..., chosen] for x in X) if type(X) is tuple else X[..., chosen]


def _check_one(A: npt.ArrayLike, name: str) -> Array:
    A = _numbers(A, name)
    if A.ndim < 2:
        raise ShapeError(f"{name} has shape {A.shape}, but samples are columns: {_hint_for_rank(A, name)}")
    if A.size == 0:
        raise DataError(f"{name} is empty: it has shape {A.shape}. Give at least one feature and one sample.")
    check_finite(A, name)
    return A


def check_finite(A: Array, name: str) -> None:
    """Raise DataError for data with NaN or infinity in them."""
    bad = ~np.isfinite(A)
    if bad.any():
        first = tuple(int(i) for i in np.argwhere(bad)[0])
        raise DataError(
            f"{name}, shape {A.shape}, has NaN or infinity in {bad.sum()} of its {A.size} values,"
            f" first in {name}[{', '.join(map(str, first))}] = {A[first]}."
            " Remove those samples (columns) or fill the values in."
        )


def _numbers(A: npt.ArrayLike, name: str) -> Array:
    try:
        A = np.asarray(A)
    except ValueError as error:  # for example rows of different lengths
        raise DataError(f"{name} is not an array of numbers: {error}") from None
    if A.dtype.kind not in "fiub":
        raise DataError(
            f"{name} has dtype {A.dtype}, but data must be real numbers. Convert it, for example {name}.astype(float)."
        )
    return A


def _hint_for_rank(A: Array, name: str) -> str:
    if A.ndim == 0:
        return f"{name} must be (n, m). For a single number: np.array([[{name}]])."
    if name == "Y":
        return f"Y must be (n_y, m), here (1, {A.size}). Write y.reshape(1, -1)."
    return (
        f"{name} must be (n_x, m). For one sample with {A.size} features: {name}.reshape(-1, 1);"
        f" for {A.size} samples of one feature: {name}.reshape(1, -1)."
    )


def _hint_for_rows(X: Array, Y: Array) -> str:
    if X.ndim == 2 and X.shape[0] > 1 and X.shape[0] in Y.shape:
        return "X seems to have its samples in rows: X, Y = nn.data.from_rows(X, y) turns them."
    return "Give one target for each sample."


def _columns(rows: Array) -> Array:
    """A contiguous, floating copy with the first axis moved to the end."""
    return np.array(_floating(np.moveaxis(rows, 0, -1)), order="C")


def _floating(A: Array) -> Array:
    return A if A.dtype.kind == "f" else A.astype(np.float64)
