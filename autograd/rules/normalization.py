"""Normalizing: what layer and batch normalization are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.fitting import wide
from autograd.core.types import Value
from autograd.rules.declare import general
from autograd.rules.reductions import widened

__all__ = ["normalize"]


@widened
def normalize(x: Value, axis: Any = None, eps: float = 1e-5) -> Value:
    """(x - mean) / √(variance + eps) over the axes; the shape of x. The variance is the biased one, as papers have it.

    With columns as samples, layer normalization is axis=0, batch normalization axis=-1; of images (c, h, w, m) they
    are axis=(0, 1, 2) and axis=(1, 2, 3). Scale and shift are an ordinary `gamma * … + beta`.

    >>> normalize(np.array([[1.0, 3.0], [2.0, 2.0]]), axis=1, eps=0.1).round(4)
    array([[-0.9535,  0.9535],
           [ 0.    ,  0.    ]])
    """
    centred = x - np.mean(x, axis=axis, keepdims=True)
    return centred * scale(centred, axis, eps)


def scale(centred: Value, axis: Any, eps: float) -> Value:
    """1 / √(variance + eps). From centred values: a mean of squares less the square of the mean would cancel."""
    return 1 / np.sqrt(np.mean(np.square(centred), axis=axis, keepdims=True) + eps)


def through(g: Value, out: Value, x: Value, axis: Any = None, eps: float = 1e-5) -> Value:
    """The derivative, which is symmetric, hence the same in both directions: what g has in common with 1 and with out
    is taken away, and the rest is scaled as x was.
    """
    x = wide(x)
    rest = g - np.mean(g, axis=axis, keepdims=True) - out * np.mean(g * out, axis=axis, keepdims=True)
    return rest * scale(x - np.mean(x, axis=axis, keepdims=True), axis, eps)


normalize = general(normalize, [through], [through])
