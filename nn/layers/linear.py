"""The fully connected layer."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn import init as initializers
from nn.module import Module

__all__ = ["Linear"]


class Linear(Module):
    """Z = W X + b: every output is a weighted sum of all inputs.

    Arguments:
        n_in, n_out  number of inputs and of outputs
        init         initializer of W: "xavier", "he", "normal", "zeros", or a function (rng, n_out, n_in) -> array
        seed         a number or a numpy Generator; None draws from nn's own generator (see nn.init.seed)
        dtype        of the parameters

    X (n_in, m) -> Z (n_out, m), with W (n_out, n_in) and b (n_out, 1), which starts as 0. Document 001, formulas 1–2.

    >>> import numpy as np, nn
    >>> layer = nn.Linear(3, 2, init="zeros")
    >>> layer(np.ones((3, 5))).shape, layer.W.shape, layer.b.shape
    ((2, 5), (2, 3), (2, 1))

    Raises autograd.ShapeError unless X has n_in rows.
    """

    symbol = "Z"

    def __init__(self, n_in: int, n_out: int, *, init: Any = "xavier", seed: Any = None, dtype: Any = float) -> None:
        if not all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= 1 for n in (n_in, n_out)):
            raise ag.ShapeError(
                "Linear needs the numbers of inputs and of outputs, integers of at least 1, but got "
                f"n_in={n_in!r}, n_out={n_out!r}."
            )
        if np.dtype(dtype).kind != "f":
            raise ag.DtypeError(
                f"The parameters of Linear need a floating dtype, but got {np.dtype(dtype)}: rounded, weights "
                "would be 0, and have no derivative. Use dtype=float or dtype=np.float32."
            )
        self.n_in, self.n_out = n_in, n_out
        W = initializers.weights(init, seed, n_out, n_in)
        self.W = ag.Tensor(W.astype(dtype), name="W")
        self.b = ag.Tensor(np.zeros((n_out, 1), dtype), name="b")

    def forward(self, X: Any) -> Any:
        """X (n_in, m) -> Z (n_out, m)."""
        shape = X.shape if hasattr(X, "shape") else np.shape(X)
        if len(shape) != 2 or shape[0] != self.n_in:
            raise ag.ShapeError(self._advice(shape))
        return self.W @ X + self.b

    def _advice(self, shape: tuple[int, ...]) -> str:
        start = f"{self!r} takes X of shape ({self.n_in}, m), one column per sample, but got {shape}."
        if shape == (self.n_in,):
            return f"{start} One sample is a column: X.reshape(-1, 1)."
        if len(shape) == 2 and shape[1] == self.n_in:
            return f"{start} That looks like one row per sample: X.T, or nn.data.from_rows(X, y)."
        return f"{start} Compare n_in with the size of the layer before."

    def __repr__(self) -> str:
        return f"Linear({self.n_in}, {self.n_out})"
