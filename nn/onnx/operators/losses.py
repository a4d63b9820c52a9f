"""Losses, of predictions (N, C, …) and integers (N, …)."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn.onnx.operators.row import defines, plain


@defines("NegativeLogLikelihoodLoss")
def negative_log_likelihood(
    x: Any, target: Any, weight: Any = None, *, ignore_index: int | None = None, reduction: str = "mean"
) -> Any:
    """−x at the target, weighted by its class; the mean is weighted as well."""
    target = plain(target)
    counts = np.ones(np.shape(target), bool) if ignore_index is None else target != ignore_index
    chosen = np.where(counts, target, 0)
    weights = counts.astype(plain(x).dtype)
    if weight is not None:
        weights = weights * np.take(weight, chosen)
    losses = -np.take_along_axis(x, np.expand_dims(chosen, 1), axis=1)[:, 0] * weights
    if reduction == "none":
        return losses
    return np.sum(losses) / np.sum(weights) if reduction == "mean" else np.sum(losses)


@defines("SoftmaxCrossEntropyLoss")
def softmax_cross_entropy(
    x: Any,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int | None = None,
    reduction: str = "mean",
    n_outputs: int = 1,
) -> Any:
    """The same of ln softmax(x), which is a second output."""
    logs = x - ag.logsumexp(x, axis=1, keepdims=True)
    loss = negative_log_likelihood(logs, target, weight, ignore_index=ignore_index, reduction=reduction)
    return loss if n_outputs == 1 else (loss, logs)
