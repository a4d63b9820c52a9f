"""Dropout: units left out by chance, in training."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

import autograd as ag
from nn import random
from nn.module import Module
from nn.naming import numbered

__all__ = ["Dropout"]


class Dropout(Module):
    """A := A ∘ D / keep_prob in training, where each entry of the mask D is 1 with probability keep_prob, else 0;
    A itself in evaluation. (Inverted dropout: the expected value stays the same.)

    Arguments:
        keep_prob  the probability that a unit is kept, above 0 and at most 1
        seed       of a generator of its own; None draws from that of `nn.fit`, of `nn.random.seeded`, or nn's own

    A of any shape gives the same shape. The mask is drawn by `autograd.drawn`, so a compiled function draws it anew at
    each call.

    >>> import numpy as np, nn
    >>> layer = nn.Dropout(keep_prob=0.8, seed=0)
    >>> layer(np.ones((2, 3)))
    array([[1.25, 1.25, 1.25],
           [1.25, 0.  , 0.  ]])
    >>> layer.eval()(np.ones((2, 3)))
    array([[1., 1., 1.],
           [1., 1., 1.]])
    """

    def __init__(self, keep_prob: float = 0.5, *, seed: int | np.random.Generator | None = None) -> None:
        real = isinstance(keep_prob, numbers.Real) and not isinstance(keep_prob, (bool, np.bool_))
        if not real or not 0 < keep_prob <= 1:
            raise ValueError(
                f"Dropout needs the probability of keeping a unit, above 0 and at most 1, but got {keep_prob!r}. "
                "To drop 20 %: keep_prob=0.8."
            )
        self.keep_prob = float(keep_prob)
        self.generator = None if seed is None else np.random.default_rng(seed)

    def forward(self, A: Any) -> Any:
        """A of any shape -> the same shape."""
        return dropout(A, self.keep_prob, training=self.training, generator=self.generator)


def dropout(
    A: Any, keep_prob: float = 0.5, *, training: bool = True, generator: np.random.Generator | None = None
) -> Any:
    """A ∘ D / keep_prob in training, A itself otherwise. See nn.Dropout.

    >>> import numpy as np, nn
    >>> dropout(np.ones((1, 3)), 0.8, generator=np.random.default_rng(0))
    array([[1.25, 1.25, 1.25]])
    """
    if not training or keep_prob == 1:
        return A
    shape, dtype = np.shape(A), A.dtype if isinstance(A, (ag.Tensor, np.ndarray)) else np.dtype(float)
    name = numbered("D")
    D = ag.drawn(lambda rng: (rng.random(shape) < keep_prob).astype(dtype), lambda: generator or random.current(), name)
    return A * (ag.Tensor(D, name=name, requires_grad=False) if isinstance(A, ag.Tensor) else D) / keep_prob
