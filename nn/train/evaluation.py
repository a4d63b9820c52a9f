"""evaluate: what a model is worth on data, without any training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import autograd as ag
from nn import data
from nn.losses import Loss, find
from nn.module import Module
from nn.train.data import are_classes, are_labels, check_judged, check_numbers, checked
from nn.train.metrics import all_measured
from nn.train.sources import Batch, checked_cost, plain
from nn.train.trainer import Seen, summed_up


def evaluate(
    model: Module, X: Any, Y: Any, *, loss: Any = None, metrics: Any = None, batch_size: int | None = None
) -> dict[str, Any]:
    """See Module.evaluate."""
    check_numbers(batch_size=batch_size)
    loss = None if loss is None else find(loss)
    X, Y = data.check_data(X, Y) if loss is None else checked(X, Y, loss)
    threshold, logits = (0.5, False) if loss is None else (loss.threshold, loss.of_class_logits)
    if metrics is None:
        metrics = ["accuracy"] if are_classes(loss, Y) else []
    wanted = all_measured(metrics, threshold, are_labels(Y), of_class_logits=logits)
    check_judged(wanted, loss, Y)
    if loss is None and not wanted:
        raise ag.DataError('evaluate needs a loss or metrics where targets are quantities. Give one: loss="mse".')
    with ag.no_grad(), model.mode(training=False):
        seen = [_seen(model, loss, batch, wanted) for batch in _parts(X, Y, batch_size)]
    cost, found = summed_up(seen, wanted)
    return found if loss is None else {"cost": cost, **found}


def _seen(model: Module, loss: Loss | None, batch: Batch, wanted: Any) -> Seen:
    A = model(*data.inputs(batch.X))
    cost = 0.0 if loss is None else checked_cost(loss, loss(A, batch.Y)).item()
    return Seen(cost, batch.Y.shape[-1], [metric.keep(plain(A), batch.Y) for metric in wanted])


def _parts(X: Any, Y: Any, batch_size: int | None) -> Iterator[Batch]:
    """The columns in their order, so many at once."""
    m = Y.shape[-1]
    for start in range(0, m, batch_size or m):
        part = slice(start, start + (batch_size or m))
        yield Batch(data.columns(X, part), Y[..., part])
