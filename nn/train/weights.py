"""How much each column counts in the cost, by its class or by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import autograd as ag


def column_weights(Y: Any, class_weights: Any = None, sample_weights: Any = None) -> Any:
    """The weight of each column, (m,), or None where all count the same.

    class_weights    "balanced", a dict of the weights of classes (1 for those that are left out), or one for each class
    sample_weights   (m,), at least 0

    >>> column_weights(np.array([[1.0, 0.0, 0.0, 0.0]]), "balanced").tolist()
    [2.0, 0.6666666666666666, 0.6666666666666666, 0.6666666666666666]
    """
    weights = None
    if sample_weights is not None:
        weights = _checked(sample_weights, Y.shape[-1])
    if class_weights is not None:
        labels, n = _classes(Y)
        by_class = _of_classes(class_weights, labels, n)[labels]
        weights = by_class if weights is None else weights * by_class
    if weights is not None and not weights.any():
        raise ag.DataError("The weights of the columns are all 0, so that nothing would be learnt. Give positive ones.")
    return None if weights is None else weights.astype(Y.dtype if Y.dtype.kind == "f" else float)


def _checked(given: Any, m: int) -> Any:
    weights = np.asarray(given)
    if weights.dtype.kind not in "fiub" or weights.shape not in ((m,), (1, m)):
        raise ag.ShapeError(
            f"sample_weights needs a number for each of the {m} columns, shape ({m},), but got shape {weights.shape} "
            f"of {weights.dtype}."
        )
    weights = weights.reshape(m).astype(float)
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise ag.DataError("sample_weights must be finite numbers of at least 0. Leave a sample out by the weight 0.")
    return weights


def _classes(Y: Any) -> tuple[Any, int]:
    """The class of each column, and how many there are."""
    if Y.dtype.kind in "iu":
        labels = Y.reshape(-1)
        return labels, int(labels.max()) + 1
    if Y.ndim == 2 and len(Y) == 1 and ((Y == 0) | (Y == 1)).all():
        return (Y[0] > 0.5).astype(int), 2
    if Y.ndim == 2 and len(Y) > 1 and (Y.sum(axis=0) == 1).all():
        return Y.argmax(axis=0), len(Y)
    raise ag.DataError(
        f"class_weights needs targets that are classes, 0 and 1 or one-hot columns, but got Y of shape {Y.shape}. "
        "For weights of each column: sample_weights=."
    )


def _of_classes(given: Any, labels: Any, n: int) -> Any:
    if isinstance(given, str):
        if given != "balanced":
            raise ValueError(f'class_weights must be "balanced", a dict or a list, but got {given!r}.')
        counts = np.bincount(labels, minlength=n)
        return len(labels) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    weights = np.ones(n)
    if isinstance(given, Mapping):
        unknown = [key for key in given if not (isinstance(key, (int, np.integer)) and 0 <= key < n)]
        if unknown:
            raise ag.DataError(f"class_weights has classes from 0 to {n - 1}, but got a weight for {unknown[0]!r}.")
        for key, weight in given.items():
            weights[key] = weight
    else:
        weights = np.asarray(given, dtype=float)
        if weights.shape != (n,):
            raise ag.ShapeError(f"class_weights needs a weight for each of the {n} classes, but got {weights.shape}.")
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise ag.DataError(f"class_weights must be finite numbers of at least 0, but got {weights.tolist()}.")
    return weights
