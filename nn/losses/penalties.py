"""What is added to a cost for the weights themselves."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

import autograd as ag
from nn.losses.record import countable, like, named

__all__ = ["l2"]


def l2(weights: Iterable[ag.Tensor], strength: float, m: int) -> ag.Tensor:
    """λ/(2m) Σ W², to be added to a cost over m samples; its share of dW is (λ/m) W.

    >>> import autograd as ag, nn
    >>> nn.losses.l2([ag.Tensor([[1.0, 2.0]])], strength=0.5, m=5)
    Tensor(0.25)

    Raises ValueError where there are no weights or no samples.
    """
    weights = list(weights)
    squares = [np.sum(countable(W) ** 2) for W in weights]
    if not squares:
        raise ValueError("l2 needs at least one weight, but got none. Give a list: [model[0].W, model[2].W].")
    if not m > 0:
        raise ValueError(f"m, the number of samples, must be at least 1, but got m={m!r}.")
    total = sum(squares[1:], squares[0])
    J = total * named("lambda", strength, total) / 2 / named("m", m, total)
    return like(J, weights[0]) if all(W.dtype == np.float16 for W in weights) else J
