"""Trainer: one step of training after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from autograd.core.handle import give_gradients
from nn.data import check_finite
from nn.losses import CostError, find
from nn.module import Module
from nn.optim import Optimizer
from nn.train.metrics import Measured, Metric, measured
from nn.train.sources import Eager, Source, plain, unpacked
from nn.train.stopping import Place, Stopped, TrainingError, Watch, quiet


class Figures(NamedTuple):
    """Cost and (first) metric of m columns."""

    cost: float
    metric: float
    m: int


class Seen(NamedTuple):
    """What is kept of m columns: their cost, and what each metric keeps of them (see nn.train.metrics.Measured)."""

    cost: float
    m: int
    kept: Sequence[Any]


class Trainer:
    """Takes a model through batches (X, Y): forward, backward, step. X is a tuple where the model takes several inputs.

    Where that goes wrong, the model and the optimizer are as of the last step after which the cost was finite.

    metric   a name of nn.metrics or a function (A, Y) -> number, or several of them; None is accuracy
    source   where the gradients of a batch come from, an nn.train.Source; None: from here, operation by operation

    >>> import nn
    >>> X, Y = nn.datasets.xor(m=50)
    >>> model = nn.Sequential(nn.Linear(2, 1, seed=0), nn.Sigmoid())
    >>> optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    >>> trainer = nn.train.Trainer(model, "binary_cross_entropy", optimizer, nn.accuracy)
    >>> costs = [trainer.step((X, Y)).cost for _ in range(20)]
    >>> costs[-1] < costs[0]
    True

    Raises TrainingError where a cost or a parameter is not finite.
    """

    def __init__(
        self,
        model: Module,
        loss: str | Callable[[Any, Any], Any],
        optimizer: Optimizer,
        metric: str | Metric | Sequence[Measured] | None = None,
        *,
        source: Source | None = None,
    ) -> None:
        if not isinstance(model, Module):
            raise TypeError(
                f"model must be an nn.Module, but got {model!r:.60}. Make a function the forward of a Module that "
                "holds its parameters."
            )
        if not isinstance(optimizer, Optimizer):
            raise TypeError(
                f"optimizer must be one of nn.optim, as nn.optim.Adam(model.parameters()), but got {optimizer!r:.60}."
            )
        self.model, self.loss, self.optimizer = model, find(loss), optimizer
        if isinstance(metric, Sequence) and not isinstance(metric, str):
            self.metrics = metric
        else:
            wanted, logits = "accuracy" if metric is None else metric, self.loss.of_class_logits
            self.metrics = [measured(wanted, self.loss.threshold, of_class_logits=logits)]
        self.eager = Eager(model, self.loss, optimizer)
        self.source = source or self.eager
        self.watch = self.source.watch = Watch(optimizer)
        self.epoch, self.batch = 1, 0
        self.quiet = False  # whether NumPy's warnings are off already, around many steps

    def __repr__(self) -> str:
        return f"Trainer({self.model!r}, {self.loss.name}, {self.optimizer!r})"

    def begin(self, epoch: int) -> None:
        """The batches that follow are those of this epoch."""
        self.epoch, self.batch = epoch, 0

    def step(self, batch: Any) -> Figures:
        """One step; cost and metric are those just before it."""
        return self._figures(self.take(batch))

    def test(self, batch: Any) -> Figures:
        """Cost and metric on data that the model is not trained on, in evaluation."""
        return self._figures(self.judge(batch))

    def take(self, batch: Any) -> Seen:
        """The same as `step`, with what all metrics keep of the batch."""
        if self.quiet:
            return self._taken(batch)
        with quiet():
            return self._taken(batch)

    def _taken(self, batch: Any) -> Seen:
        self.batch += 1
        source = self.source
        try:
            cost, A, Y, m, gradients, buffers, kept, after = source.compute(batch)
        except ag.DataError as cause:
            raise self._stopped(cause, source, batch, (self.epoch, self.batch)) from None
        except Stopped as error:
            error.epoch, error.batch = self.epoch, self.batch
            raise
        self.watch.cost(cost)
        if kept is None:
            kept = [metric.keep(A, Y) for metric in self.metrics]
        if after is None:
            give_gradients(self.optimizer.parameters, gradients)
            self.watch.step((self.epoch, self.batch), buffers)
        elif not source.move(after):
            self.watch.step((self.epoch, self.batch), buffers)
        return Seen(cost, m, kept)

    def judge(self, batch: Any) -> Seen:
        """The same as `test`, with what all metrics keep of the batch."""
        X, Y, weights = unpacked(batch)
        place = self.epoch, None
        with quiet(), ag.no_grad(), self.model.mode(training=False):
            try:
                A, J = self.eager.forward(X, Y, weights)
            except ag.DataError as cause:
                raise self._stopped(cause, self.eager, batch, place) from None
            kept = [metric.keep(plain(A), plain(Y)) for metric in self.metrics]
            return Seen(J.item(), np.shape(X[0])[-1], kept)

    def _figures(self, seen: Seen) -> Figures:
        first = self.metrics[0].result(seen.kept[0]) if seen.kept else float("nan")
        return Figures(seen.cost, first, seen.m)

    def _stopped(self, cause: ag.DataError, source: Source, batch: Any, place: Place) -> TrainingError:
        """The error for a cost that is not finite, or for predictions that a loss cannot use."""
        if not isinstance(cause, CostError):
            return self.watch.stopped(str(cause), place)
        X, Y = source.arrays(batch)
        said, _, reason = str(cause).partition(": ")
        reason = _not_finite(X, Y) or self.watch.reason(reason[:1].upper() + reason[1:], X, source.predicted)
        return self.watch.stopped(f"{said}. {reason}", place)


def _not_finite(X: tuple[Any, ...], Y: Any) -> str | None:
    """That the data themselves are NaN or infinite, if they are here and are that."""
    if Y is None:
        return None
    names = ["X"] if len(X) == 1 else [f"X[{i}]" for i in range(len(X))]
    for name, x in zip([*names, "Y"], (*X, Y), strict=True):
        try:
            check_finite(x.data if isinstance(x, ag.Tensor) else x, name)
        except ag.DataError as error:
            return str(error)
    return None


def summed_up(steps: Sequence[Seen], metrics: Sequence[Measured]) -> tuple[float, dict[str, Any]]:
    """The cost of all their columns, and each metric by its name."""
    if len(steps) == 1:
        cost, _, kept = steps[0]
        return cost, {metric.name: metric.result(own) for metric, own in zip(metrics, kept)}
    cost = sum(step.m * step.cost for step in steps) / sum(step.m for step in steps)
    columns = zip(*(step.kept for step in steps))
    return cost, {metric.name: metric.result(reduce(add, all_kept)) for metric, all_kept in zip(metrics, columns)}
