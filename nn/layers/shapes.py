"""Layers that only change the form of their input."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd as ag
from nn.layers.settings import check_counts, shape_of
from nn.module import Module

__all__ = ["Flatten", "Reshape"]


def flatten(X: Any) -> Any:
    """(…, m) -> (n, m): every sample as one column, its last axis running fastest.

    >>> import numpy as np
    >>> flatten(np.zeros((3, 4, 4, 7))).shape
    (48, 7)
    """
    shape = shape_of(X)
    if not shape:
        raise ag.ShapeError("flatten needs samples along the last axis, but got a single number.")
    return np.reshape(X, (math.prod(shape[:-1]), shape[-1]))


def reshape(X: Any, shape: tuple[int, ...]) -> Any:
    """(…, m) -> (*shape, m): every sample in another form.

    >>> import numpy as np
    >>> reshape(np.zeros((48, 7)), (3, 4, 4)).shape
    (3, 4, 4, 7)
    """
    given = shape_of(X)
    if not given or math.prod(given[:-1]) != math.prod(shape):
        raise ag.ShapeError(
            f"Reshape needs samples of {math.prod(shape)} numbers for the form {tuple(shape)}, but got X of shape "
            f"{given}, with {math.prod(given[:-1])} in each. Compare the sizes with those of the layer before."
        )
    return np.reshape(X, (*shape, given[-1]))


class Flatten(Module):
    """Every sample as one column: (…, m) -> (n, m), the last axis of a sample running fastest.

    >>> import numpy as np, nn
    >>> nn.Flatten()(np.ones((3, 4, 4, 7))).shape
    (48, 7)
    """

    def forward(self, X: Any) -> Any:
        """(…, m) -> (n, m)."""
        return flatten(X)


class Reshape(Module):
    """Every sample in another form: (…, m) -> (*shape, m).

    Arguments:
        shape  of one sample: its sizes, one after the other

    >>> import numpy as np, nn
    >>> nn.Reshape(1, 8, 8)(np.ones((64, 7))).shape
    (1, 8, 8, 7)
    """

    def __init__(self, *shape: int) -> None:
        shape = tuple(shape[0]) if len(shape) == 1 and isinstance(shape[0], (tuple, list)) else shape
        check_counts("Reshape", "the sizes of a sample", **{f"size {k}": n for k, n in enumerate(shape)})
        self.shape = shape

    def forward(self, X: Any) -> Any:
        """(…, m) -> (*shape, m)."""
        return reshape(X, self.shape)
