"""Whether the cost of a batch is the mean of the costs of its columns. Only then is the sum of what workers compute
what one machine would have computed; a layer that normalizes over the batch breaks it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nn import data, random
from nn.cluster.draws import OfBatch
from nn.train.sources import Batch, Eager


def why_not_additive(eager: Eager, batch: Batch, generator: Callable[[], np.random.BitGenerator]) -> str | None:
    """What is wrong, if the cost or a gradient of these columns is not the mean of those of two parts; else None."""
    m = batch.Y.shape[-1]
    if m < 2:
        return None
    whole = _computed(eager, batch, np.arange(m), m, generator)
    parts = [np.arange(m // 2), np.arange(m // 2, m)]
    halves = [_computed(eager, _part(batch, part), part, m, generator) for part in parts]
    shares = [len(part) / m for part in parts]
    if not _close(whole[0], sum(s * cost for s, (cost, _) in zip(shares, halves))):
        return "the cost of a batch is not the mean of the costs of its columns"
    for p, g, *gs in zip(eager.optimizer.parameters, whole[1], *(gs for _, gs in halves)):
        if g is not None and not _close(g, sum(s * part for s, part in zip(shares, gs))):
            return f"the gradient with respect to {p.name or 'a parameter'} depends on which columns are in a batch"
    return None


def _computed(
    eager: Eager, batch: Batch, positions: Any, m: int, generator: Callable[[], np.random.BitGenerator]
) -> tuple[float, list[Any]]:
    with random.seeded(OfBatch(generator(), m, positions)):
        computed = eager.compute(batch)
    return computed.cost, [None if g is None else np.asarray(g, dtype=float) for g in computed.gradients]


def _part(batch: Batch, part: Any) -> Batch:
    X, Y, weights = batch
    return Batch(data.columns(X, part), Y[..., part], None if weights is None else weights[part])


def _close(a: Any, b: Any) -> bool:
    """Equal but for rounding, in single precision or better; statistics of a batch differ by far more."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    scale = float(np.max(np.abs(a), initial=0.0))
    return bool(np.max(np.abs(a - b), initial=0.0) <= 1e-3 * scale + 1e-12)
