"""Weights of samples, and of classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

import autograd as ag
from nn.losses.checks import looked_at


def weights_of_samples(weights: Any, losses: Any) -> Any:
    """Weights (m,) as w (…, 1, m), which multiplies losses (…, n, m): a constant, unless they are a Tensor.

    Raises ShapeError or DataError unless there is one finite number of at least 0 for each sample.
    """
    w = weights if hasattr(weights, "dtype") and hasattr(weights, "reshape") else np.asarray(weights)
    m = losses.shape[-1]
    if w.shape not in ((m,), (1, m)):
        raise ag.ShapeError(
            f"weights need one number for each of the {m} samples, shape ({m},), but have shape {w.shape}."
        )
    if not ag.tracing():  # else no values are known
        _check(looked_at(w))
    w = w.reshape(*[1] * (len(losses.shape) - 1), m).astype(losses.dtype)
    return w if isinstance(w, ag.Tensor) else ag.Tensor(w, name="w", requires_grad=False)


def _check(weights: Any) -> None:
    if weights.dtype.kind not in "fiub":
        raise ag.DtypeError(f"weights must be numbers, but hold {weights.dtype} values.")
    if not (np.isfinite(weights) & (weights >= 0)).all():
        at = int(np.argmin(np.ravel(np.isfinite(weights) & (weights >= 0))))
        raise ag.DataError(
            f"weights must be finite numbers of at least 0, but that of sample {at} is {np.ravel(weights)[at]}."
        )


def class_weights(Y: Any, weights: Any) -> np.ndarray[Any, Any]:
    """The weight (m,) of each sample by its class, to be given to a loss as weights=.

    Y        targets: class numbers (m,) or (1, m), one-hot columns (n, m), or a row (1, m) of 0 and 1, or −1 and 1
    weights  a dict {class: weight}, where classes that are not in it have 1; a list, a weight for each class from 0 on;
             or "balanced": m / (number of classes · samples of the class), so that all classes count alike and the mean
             of the weights is 1

    >>> import numpy as np, nn
    >>> nn.losses.class_weights([0, 1, 1, 1], "balanced").round(3).tolist()
    [2.0, 0.667, 0.667, 0.667]
    >>> nn.losses.class_weights(np.array([[0.0, 1.0, 1.0]]), {1: 3})
    array([1., 3., 3.])

    Raises DataError or ValueError where a column is not of one class, or weights are of classes that there are not.
    """
    classes, n = _classes(np.asarray(looked_at(Y)))
    if isinstance(weights, str):
        if weights != "balanced":
            raise ValueError(f'class weights must be a dict, a list or "balanced", but got {weights!r}.')
        counts = np.bincount(classes)
        return np.asarray(len(classes) / (np.count_nonzero(counts) * counts[classes]))
    if isinstance(weights, Mapping):
        unknown = [c for c in weights if c not in range(n)]
        if unknown:
            raise ValueError(
                f"class weights must be of the classes 0 to {n - 1}, but got one of {unknown[0]!r}. Number the "
                "classes: Y, names = nn.data.class_numbers(Y)."
            )
        weights = [weights.get(c, 1.0) for c in range(n)]
    each = np.asarray(weights)
    if each.shape != (n,):
        raise ValueError(
            f"class weights must be a dict, or one number for each of the {n} classes, but got shape {each.shape}."
        )
    _check(each)
    return each.astype(float)[classes]


def _classes(Y: Any) -> tuple[Any, int]:
    """The class of each sample, from 0 on, and how many there are."""
    if Y.dtype.kind in "iu" and (Y.ndim == 1 or Y.shape[:-1] == (1,)) and Y.size and Y.min() >= 0:
        return Y.ravel(), int(Y.max()) + 1
    if Y.dtype.kind in "fiub" and Y.ndim == 2 and Y.size:
        ones = (Y == 1).sum(axis=0)
        if len(Y) == 1 and (((Y == 0) | (Y == 1)).all() or ((Y == -1) | (Y == 1)).all()):
            return (Y[0] == 1).astype(int), 2
        if len(Y) > 1 and ((Y == 0) | (Y == 1)).all() and (ones == 1).all():
            return Y.argmax(axis=0), len(Y)
    raise ag.DataError(
        "class weights need targets of one class each: class numbers (m,), one-hot columns (n, m), or a row (1, m) of "
        f"0 and 1, but got {Y.dtype} values of shape {Y.shape}. Give weights of the samples instead."
    )
