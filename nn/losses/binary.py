"""Costs of probabilities, each unit a question of its own."""

from __future__ import annotations

from typing import Any

import autograd as ag
from nn.losses.record import loss
from nn.losses.targets import PROBABILITIES

__all__ = ["binary_cross_entropy", "binary_cross_entropy_logits"]


@loss(target=PROBABILITIES, is_mean=True, entries=ag.log_loss)  # one node instead of nine
def binary_cross_entropy(A: Any, Y: Any) -> ag.Tensor:
    """J = (1/m) Σ −(Y ln A + (1−Y) ln(1−A)), for probabilities A (n, m) and targets Y (n, m) between 0 and 1.

    Document 002, formulas 4 and 6. Where A may reach 0 or 1, binary_cross_entropy_logits is the exact form.

    >>> import numpy as np, nn
    >>> nn.losses.binary_cross_entropy(ag.Tensor([[0.5, 0.5]]), np.array([[1.0, 0.0]]))
    Tensor(0.6931471805599453)

    Raises autograd.ShapeError, DtypeError or DataError where A and Y do not fit, A is not a probability, or the cost is
    not finite.
    """
    return ag.binary_cross_entropy(A, Y)


@loss(target=PROBABILITIES, logits=True, threshold=0.0)
def binary_cross_entropy_logits(Z: Any, Y: Any) -> ag.Tensor:
    """binary_cross_entropy(σ(Z), Y), exact also where σ(Z) rounds to 0 or 1.

    >>> import numpy as np, nn
    >>> nn.losses.binary_cross_entropy_logits(ag.Tensor([[-1000.0]]), np.array([[1.0]]))
    Tensor(1000.0)
    """
    return ag.log_loss_logits(Z, Y)
