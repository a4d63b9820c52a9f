"""How much each column counts in the cost, by its class or by itself."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn.losses.weighting import class_weights as weights_by_class


def column_weights(Y: Any, class_weights: Any = None, sample_weights: Any = None) -> Any:
    """The weight of each column, (m,), or None where all count the same.

    class_weights    see nn.losses.class_weights
    sample_weights   (m,), at least 0

    >>> column_weights(np.array([[1.0, 0.0, 0.0, 0.0]]), "balanced", [1.0, 1.0, 1.0, 3.0]).round(3).tolist()
    [2.0, 0.667, 0.667, 2.0]
    """
    weights = None if sample_weights is None else _checked(sample_weights, Y.shape[-1])
    if class_weights is not None:
        by_class = weights_by_class(Y, class_weights)
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
