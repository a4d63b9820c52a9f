"""The fully connected layer."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn.layers.settings import check_counts, filled, shape_of, weights
from nn.module import Module

__all__ = ["Linear"]


def linear(X: Any, W: Any, b: Any = None) -> Any:
    """Z = W X + b: X (n_in, …, m), W (n_out, n_in), b (n_out, 1) -> (n_out, …, m), each column by itself.

    >>> import numpy as np
    >>> linear(np.ones((3, 2)), np.ones((1, 3)), np.array([[0.5]]))
    array([[3.5, 3.5]])
    """
    ndim = X.ndim
    if ndim == 2:
        Z = W @ X
    else:
        Z = np.tensordot(W, X, 1)
        b = None if b is None else np.reshape(b, (-1, *(1,) * (ndim - 1)))
    return Z if b is None else Z + b


class Linear(Module):
    """Z = W X + b: every output is a weighted sum of all inputs.

    Arguments:
        n_in, n_out  number of inputs and of outputs
        bias         False leaves b out
        init         initializer of W: "xavier", "he", "normal", "zeros", or a function (rng, n_out, n_in) -> array
        seed         a number or a numpy Generator; None draws from nn's own generator (see nn.init.seed)
        dtype        of the parameters

    X (n_in, m) -> Z (n_out, m), with W (n_out, n_in) and b (n_out, 1), which starts as 0. Document 001, formulas 1–2.
    Of sequences (n_in, T, m) each column by itself: (n_out, T, m).

    >>> import numpy as np, nn
    >>> layer = nn.Linear(3, 2, init="zeros")
    >>> layer(np.ones((3, 5))).shape, layer.W.shape, layer.b.shape
    ((2, 5), (2, 3), (2, 1))

    Raises autograd.ShapeError unless X has n_in rows.
    """

    symbol = "Z"

    def __init__(
        self, n_in: int, n_out: int, *, bias: bool = True, init: Any = "xavier", seed: Any = None, dtype: Any = float
    ) -> None:
        check_counts("Linear", "the numbers of inputs and of outputs", n_in=n_in, n_out=n_out)
        self.n_in, self.n_out, self.bias = n_in, n_out, bool(bias)
        self.W = weights("Linear", (n_out, n_in), init, seed, dtype)
        self.b = filled("Linear", 0.0, (n_out, 1), "b", dtype) if bias else None

    def forward(self, X: Any) -> Any:
        """X (n_in, m) -> Z (n_out, m)."""
        shape = shape_of(X)
        if len(shape) < 2 or shape[0] != self.n_in:
            raise ag.ShapeError(self._advice(shape))
        return linear(X, self.W, self.b)

    def _advice(self, shape: tuple[int, ...]) -> str:
        start = f"{self!r} takes X of shape ({self.n_in}, m), one column per sample, but got {shape}."
        if shape == (self.n_in,):
            return f"{start} One sample is a column: X.reshape(-1, 1)."
        if len(shape) == 2 and shape[1] == self.n_in:
            return f"{start} That looks like one row per sample: X.T, or nn.data.from_rows(X, y)."
        if len(shape) > 2 and np.prod(shape[:-1]) == self.n_in:
            return f"{start} Put nn.Flatten() before it."
        return f"{start} Compare n_in with the size of the layer before."
