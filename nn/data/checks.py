"""What data must be: samples in columns, real and finite, as many in X as in Y; and the samples of several inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, ShapeError
from nn.data.disk import is_on_disk
from nn.data.frames import is_frame, turned

Array = npt.NDArray[Any]


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
        >>> check_data(np.ones((2, 3)), np.array([0.0, 1.0, 1.0]))
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

    Frames of pandas and polars, whose samples are rows, are turned. Of a memory map (`numpy.memmap`) the values are not
    looked at, since that would read the whole file.

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
    if isinstance(X, list) and len(X) > 1 and all(isinstance(x, np.ndarray) and x.ndim > 1 for x in X):
        raise DataError(
            f"X is a list of {len(X)} arrays, of shapes {', '.join(str(x.shape) for x in X)}. Several inputs are "
            "a tuple: (X1, X2). Samples that are arrays each: np.stack(X, axis=-1)."
        )
    given = inputs(X)
    names = ["X"] if len(given) == 1 else [f"X[{i}]" for i in range(len(given))]
    check_turned(given[0], Y)
    checked, Y = tuple(map(check_one, given, names)), check_one(Y, "Y")
    for name, x in zip(names, checked, strict=True):
        if x.shape[-1] != Y.shape[-1]:
            raise ShapeError(
                f"{name} has shape {x.shape} and Y has shape {Y.shape}, but each column is one sample, and there are"
                f" {x.shape[-1]} columns in {name} and {Y.shape[-1]} in Y. {_hint_for_rows(x, Y)}"
            )
    return (checked if _are_several(X) else checked[0]), Y


def inputs(X: Any) -> tuple[Any, ...]:
    """The inputs of a model, one for each argument of its `forward`: a tuple of arrays (…, m) is several. Frames are
    turned into columns.

    Example:
        >>> len(inputs((np.ones((2, 5)), np.ones((3, 5))))), len(inputs(np.ones((2, 5))))
        (2, 1)
    """
    if type(X) is np.ndarray:
        return (X,)
    return tuple(turned(x, "X") if is_frame(x) else x for x in (X if _are_several(X) else (X,)))


def _are_several(X: Any) -> bool:
    return type(X) is tuple and any(getattr(x, "ndim", 0) >= 2 or is_frame(x) for x in X)


def columns(X: Any, chosen: Any) -> Any:
    """These samples of one input, or of each of several."""
    return tuple(x[..., chosen] for x in X) if type(X) is tuple else X[..., chosen]


def check_turned(X: Any, Y: Any) -> None:
    """Refuse samples in rows with a number, or a name, for each: (150, 4) with (150,). All is said at once."""
    rows, labels = _shape(X), _shape(Y)
    if is_frame(X) or len(rows) != 2 or rows[0] == rows[1] or labels != rows[:1]:
        return
    names = np.asarray(Y).dtype.kind in "USO"
    raise ShapeError(
        f"X has shape {rows} and Y has shape {labels}: samples are rows, but must be columns. "
        f"{'y, names = nn.data.class_numbers(y) numbers the classes. Then ' if names else ''}"
        f"X, Y = nn.data.from_rows(X, y) turns both, into {rows[::-1]} and {(1, *labels)}; cross_entropy also takes "
        "class numbers as they are: X.T and y."
    )


def _shape(A: Any) -> tuple[int, ...]:
    """The shape, () where there is none."""
    try:
        return tuple(A.shape) if hasattr(A, "shape") else np.shape(A)
    except ValueError:  # rows of different lengths, of which more is said elsewhere
        return ()


def check_one(A: npt.ArrayLike, name: str) -> Array:
    """One array of samples in columns, checked."""
    A = numbers_of(A, name)
    if A.ndim < 2:
        raise ShapeError(f"{name} has shape {A.shape}, but samples are columns: {_hint_for_rank(A, name)}")
    if A.size == 0:
        raise DataError(f"{name} is empty: it has shape {A.shape}. Give at least one feature and one sample.")
    if not is_on_disk(A):
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


def numbers_of(A: Any, name: str) -> Array:
    """An array of real numbers, of whatever can be one; a frame is turned."""
    if is_frame(A):
        return turned(A, name)
    if isinstance(A, np.ma.MaskedArray) and (missing := int(np.ma.count_masked(A))):
        raise DataError(
            f"{name} has {missing} masked value{'s' if missing > 1 else ''}, but data must be known. Fill them in, "
            "or leave those samples out."
        )
    try:
        A = np.asarray(A)
    except ValueError as error:  # for example rows of different lengths
        raise DataError(f"{name} is not an array of numbers: {error}") from None
    if A.dtype.kind not in "fiub":
        raise DataError(f"{name} has dtype {A.dtype}, but data must be real numbers. {_hint_for_dtype(A, name)}")
    return A


def _hint_for_dtype(A: Array, name: str) -> str:
    if A.dtype.kind == "c":
        return f"Take {name}.real and {name}.imag, each as rows of its own."
    try:
        A.reshape(-1)[:1].astype(float)
    except (ValueError, TypeError):
        return f"For names of classes: numbers, names = nn.data.class_numbers({name})."
    return f"Convert it, for example {name}.astype(float)."


def _hint_for_rank(A: Array, name: str) -> str:
    if A.ndim == 0:
        return f"{name} must be (n, m). For a single number: np.array([[{name}]])."
    if name == "Y":
        start = f"Y must be (n_y, m), here (1, {A.size})."
        if A.dtype.kind == "f":
            return f"{start} Write y.reshape(1, -1)."
        return (
            f"{start} Zeros and ones, or quantities: y.reshape(1, -1).astype(float). Numbers of several classes: "
            "nn.data.one_hot(y, n_classes)."
        )
    return (
        f"{name} must be (n_x, m). For one sample with {A.size} features: {name}.reshape(-1, 1);"
        f" for {A.size} samples of one feature: {name}.reshape(1, -1)."
    )


def _hint_for_rows(X: Array, Y: Array) -> str:
    if Y.ndim == 2 and Y.shape[0] == X.shape[-1]:
        return "Y seems to have its samples in rows: Y.T turns them."
    if X.ndim == 2 and X.shape[0] > 1 and X.shape[0] in Y.shape:
        return "X seems to have its samples in rows: X, Y = nn.data.from_rows(X, y) turns them."
    return "Give one target for each sample."


def as_columns(rows: Array) -> Array:
    """A contiguous, floating copy with the first axis moved to the end."""
    return np.array(floating(np.moveaxis(rows, 0, -1)), order="C")


def floating(A: Array) -> Array:
    """The array itself where it is floating, else in double precision."""
    return A if A.dtype.kind == "f" else A.astype(np.float64)
