"""Costs of quantities: how far predictions are from them."""

from __future__ import annotations

from typing import Any

import autograd as ag
from nn.losses.record import loss
from nn.losses.targets import QUANTITIES

__all__ = ["mse", "squared_error"]


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
