"""Costs of scores, whose sign is the answer."""

from __future__ import annotations

from typing import Any

import autograd as ag
from nn.losses.record import loss
from nn.losses.targets import SIGNS

__all__ = ["hinge"]


@loss(target=SIGNS, threshold=0.0)
def hinge(Z: Any, Y: Any) -> ag.Tensor:
    """J = (1/m) Σ max(0, 1 − Y Z), for scores Z (n, m) and targets Y (n, m) that are −1 or 1: support vector machines
    (Cortes and Vapnik, 1995). Its derivative where Y Z = 1 is 0.

    >>> import numpy as np, nn
    >>> nn.losses.hinge(ag.Tensor([[3.0, 0.5]]), np.array([[1.0, -1.0]]))
    Tensor(0.75)
    """
    return ag.relu(1 - Y * Z)
