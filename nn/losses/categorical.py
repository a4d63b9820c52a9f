"""Costs of the probabilities of classes, one of which is right."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn.losses.record import loss
from nn.losses.targets import ONE_HOT

__all__ = ["cross_entropy", "cross_entropy_logits", "kl_divergence", "kl_divergence_logits"]


@loss(target=ONE_HOT)
def cross_entropy(A: Any, Y: Any) -> ag.Tensor:
    """J = (1/m) Σ −Y ln A, for the probabilities A (n, m) of n classes and one-hot targets Y (n, m), or class
    numbers: integers (m,) from 0 to n − 1.

    >>> import numpy as np, nn
    >>> nn.losses.cross_entropy(ag.Tensor([[0.5], [0.5]]), np.array([[1.0], [0.0]]))
    Tensor(0.6931471805599453)
    >>> nn.losses.cross_entropy(ag.Tensor([[0.5, 1.0], [0.5, 0.0]]), [1, 0])
    Tensor(0.34657359027997264)
    """
    return -ag.xlogy(Y, A)


@loss(target=ONE_HOT, logits=True)
def cross_entropy_logits(Z: Any, Y: Any) -> ag.Tensor:
    """cross_entropy(softmax(Z), Y), with the same targets, exact also where a probability rounds to 0.

    >>> import numpy as np, nn
    >>> nn.losses.cross_entropy_logits(ag.Tensor([[0.0], [1000.0]]), np.array([[1.0], [0.0]]))
    Tensor(1000.0)
    """
    return Y * (ag.logsumexp(Z, axis=0, keepdims=True) - Z)


@loss(target=ONE_HOT)
def kl_divergence(A: Any, Y: Any) -> ag.Tensor:
    """J = (1/m) Σ Y ln(Y/A): how far distributions A (n, m) are from those of the targets Y (n, m), whose columns sum
    to 1 (Kullback and Leibler, 1951). It is cross_entropy less the entropy of Y: the gradients are the same.

    >>> import numpy as np, nn
    >>> nn.losses.kl_divergence(ag.Tensor([[0.5], [0.5]]), np.array([[0.5], [0.5]]))
    Tensor(0.0)
    """
    # A probability may miss 0 by rounding, also to below.
    return ag.xlogy(Y, np.abs(Y)) - ag.xlogy(Y, A)


@loss(target=ONE_HOT, logits=True)
def kl_divergence_logits(Z: Any, Y: Any) -> ag.Tensor:
    """kl_divergence(softmax(Z), Y), exact also where a probability rounds to 0.

    >>> import numpy as np, nn
    >>> nn.losses.kl_divergence_logits(ag.Tensor([[0.0], [1000.0]]), np.array([[1.0], [0.0]]))
    Tensor(1000.0)
    """
    return ag.xlogy(Y, np.abs(Y)) + Y * (ag.logsumexp(Z, axis=0, keepdims=True) - Z)
