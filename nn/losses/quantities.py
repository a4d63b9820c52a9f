"""Costs of quantities: how far predictions are from them."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn.losses.checks import positive
from nn.losses.record import loss
from nn.losses.targets import QUANTITIES

__all__ = ["huber", "mae", "mse", "squared_error"]


@loss(target=QUANTITIES)
def squared_error(A: Any, Y: Any) -> ag.Tensor:
    """J = (1/m) Σ (A − Y)²/2, the course's form: its dA is A − Y (document 002, formula 5).

    >>> import numpy as np, nn
    >>> nn.losses.squared_error(ag.Tensor([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
    Tensor(1.0)
    """
    return (A - Y) ** 2 / 2


@loss(target=QUANTITIES)
def mse(A: Any, Y: Any) -> ag.Tensor:
    """J = (1/m) Σ (A − Y)²: twice squared_error.

    >>> import numpy as np, nn
    >>> nn.losses.mse(ag.Tensor([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
    Tensor(2.0)
    """
    return (A - Y) ** 2


@loss(target=QUANTITIES)
def mae(A: Any, Y: Any) -> ag.Tensor:
    """J = (1/m) Σ |A − Y|, the mean absolute error (L1). Its derivative where A = Y is 0.

    >>> import numpy as np, nn
    >>> nn.losses.mae(ag.Tensor([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
    Tensor(1.0)
    """
    return np.abs(A - Y)


@loss(target=QUANTITIES)
def huber(A: Any, Y: Any, delta: float = 1.0) -> ag.Tensor:
    """J = (1/m) Σ E²/2 where |E| = |A − Y| ≤ δ, else δ (|E| − δ/2): squared near the target and linear far from it, so
    that outliers pull less (Huber, 1964).

    >>> import numpy as np, nn
    >>> nn.losses.huber(ag.Tensor([[3.0, 1.5]]), np.array([[0.0, 1.0]]), delta=1.0)
    Tensor(1.3125)
    """
    E, delta = A - Y, positive("delta", delta)
    C = np.clip(E, -delta, delta)
    return C * (E - C / 2)  # E²/2 where C is E; E² of large errors, which may overflow, is never computed
