"""Costs of the probabilities of classes, one of which is right."""

from __future__ import annotations

from typing import Any

import autograd as ag
from nn.losses.record import loss
from nn.losses.targets import ONE_HOT

__all__ = ["cross_entropy", "cross_entropy_logits"]


@loss(target=ONE_HOT)
def cross_entropy(A: Any, Y: Any) -> ag.Tensor:
    """J = (1/m) Σ −Y ln A, for the probabilities A (n, m) of n classes and one-hot targets Y (n, m).

    >>> import numpy as np, nn
    >>> nn.losses.cross_entropy(ag.Tensor([[0.5], [0.5]]), np.array([[1.0], [0.0]]))
    Tensor(0.6931471805599453)
    """
    return -ag.xlogy(Y, A)


@loss(target=ONE_HOT, logits=True)
def cross_entropy_logits(Z: Any, Y: Any) -> ag.Tensor:
    """cross_entropy(softmax(Z), Y), exact also where a probability rounds to 0.

    >>> import numpy as np, nn
    >>> nn.losses.cross_entropy_logits(ag.Tensor([[0.0], [1000.0]]), np.array([[1.0], [0.0]]))
    Tensor(1000.0)
    """
    return Y * (ag.logsumexp(Z, axis=0, keepdims=True) - Z)
