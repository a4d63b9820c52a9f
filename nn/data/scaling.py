"""Features scaled to mean 0 and standard deviation 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from autograd import DataError, ShapeError, Tensor
from nn.data.checks import check_one, floating
from nn.data.disk import is_on_disk, pieces

Array = npt.NDArray[Any]


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
    arrays = [floating(check_one(X, name)) for name, X in zip(names, (X_train, *others))]
    train = arrays[0]
    for name, X in zip(names, arrays):
        if X.shape[:-1] != train.shape[:-1]:
            raise ShapeError(
                "standardize needs the same features in every array, but X_train has shape"
                f" {train.shape} and {name} has shape {X.shape}. Only the last axis, the samples, may differ."
            )
    scaling = Scaling(*_measured(train))
    scaled = tuple(scaling(X) for X in arrays)
    return scaled if others else scaled[0]


@dataclass(frozen=True, eq=False)
class Scaling:
    """How features are scaled to mean 0 and standard deviation 1: to keep it, to undo it, or to put it before a model.

    center, unit   (n_x, 1), the mean and the deviation of each feature; of a constant one the unit is 1

    >>> X = np.array([[1.0, 3.0], [5.0, 5.0]])
    >>> scaling = Scaling.of(X)
    >>> scaling(X), scaling.undo(scaling(X))
    (array([[-1.,  1.],
           [ 0.,  0.]]), array([[1., 3.],
           [5., 5.]]))

    `nn.Sequential(nn.Lambda(scaling), nn.Linear(2, 1))` takes X as it is.
    """

    center: Array
    unit: Array

    @classmethod
    def of(cls, X: npt.ArrayLike) -> Scaling:
        """The scaling that fits these samples `(n_x, m)`; a memory map is read piece by piece."""
        X = check_one(X, "X")
        return cls(*(_measured_in_pieces(X) if is_on_disk(X) else _measured(floating(X))))

    def __call__(self, X: Any) -> Any:
        """X `(n_x, any number)`, scaled; an array or a Tensor."""
        self._check(X)
        if isinstance(X, Tensor):
            return (X - self.center.astype(X.dtype)) / self.unit.astype(X.dtype)
        X = floating(np.asarray(X))
        return np.asarray(((X.astype(self.center.dtype) - self.center) / self.unit).astype(X.dtype))

    def undo(self, X: Any) -> Any:
        """What was scaled, as it was before."""
        self._check(X)
        return X * self.unit.astype(X.dtype) + self.center.astype(X.dtype)

    def _check(self, X: Any) -> None:
        if np.shape(X)[:-1] != self.center.shape[:-1]:
            raise ShapeError(
                f"This scaling is of features of shape {(*self.center.shape[:-1], 'm')}, but X has {np.shape(X)}. "
                "Only the last axis, the samples, may differ.".replace("'", "")
            )


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


def _measured_in_pieces(X: Array) -> tuple[Array, Array]:
    """The same of an array that is not read at once."""
    low = np.min([part.min(axis=-1, keepdims=True) for part in pieces(X)], axis=0).astype(float)
    high = np.max([part.max(axis=-1, keepdims=True) for part in pieces(X)], axis=0).astype(float)
    if not (np.isfinite(low) & np.isfinite(high)).all():
        raise DataError("X has NaN or infinity in it. Remove those samples (columns) or fill the values in.")
    constant = low == high
    middle, reach = low / 2 + high / 2, np.where(constant, 1.0, high / 2 - low / 2)
    total, squares = np.zeros(low.shape), np.zeros(low.shape)
    for part in pieces(X):
        away = (part - middle) / reach
        total += away.sum(axis=-1, keepdims=True)
        squares += np.square(away).sum(axis=-1, keepdims=True)
    mean = total / X.shape[-1]
    deviation = np.sqrt(np.maximum(squares / X.shape[-1] - mean**2, 0))
    return np.where(constant, low, middle + mean * reach), np.where(constant, 1.0, deviation * reach)
