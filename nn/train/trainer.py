"""Trainer: one step of training after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from nn.data import check_finite, inputs
from nn.losses import CostError, find
from nn.losses.checks import why_not_finite
from nn.module import Module
from nn.optim import Optimizer
from nn.train.leaves import check_leaves
from nn.train.metrics import Metric, accuracy, as_number
from nn.train.stopping import Place, Watch, quiet

Batch = tuple[Any, Any]


class Figures(NamedTuple):
    """Cost and metric of m columns."""

    cost: float
    metric: float
    m: int


class Trainer:
    """Takes a model through batches (X, Y): forward, backward, step. X is a tuple where the model takes several inputs.

    Where that goes wrong, the model and the optimizer are as of the last step after which the cost was finite.

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
        metric: Metric | None = None,
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
        self.metric = partial(accuracy, threshold=self.loss.threshold) if metric is None else metric
        if not callable(self.metric):
            raise TypeError(f"metric must be a function (A, Y) -> number, but got {metric!r:.60}. None is accuracy.")
        self.watch = Watch(optimizer)
        self.epoch, self.batch = 1, 0
        self.checked = False

    def begin(self, epoch: int) -> None:
        """The batches that follow are those of this epoch."""
        self.epoch, self.batch = epoch, 0

    def step(self, batch: Batch) -> Figures:
        """One step; cost and metric are those just before it."""
        self.batch += 1
        place = self.epoch, self.batch
        with quiet():
            J, figures = self._forward(batch, place)
            if not self.checked:
                check_leaves(J, self.model, self.optimizer, self.loss)
                self.checked = True
            self.optimizer.zero_grad()
            J.backward()
            self.watch.step()
            self.watch.check_parameters(place)
        return figures

    def test(self, batch: Batch) -> Figures:
        """Cost and metric on data that the model is not trained on, in evaluation."""
        with quiet(), ag.no_grad(), self.model.mode(training=False):
            return self._forward(batch, (self.epoch, None))[1]

    def _forward(self, batch: Batch, place: Place) -> tuple[ag.Tensor, Figures]:
        X, Y = _arrays(batch)
        A = self.model(*X)
        try:
            J = self.loss(A, Y)
            value = self._value(J)
            if not np.isfinite(value):
                raise CostError(f"The cost is {value}: {self._of_own_loss(A, Y)}")
        except CostError as cause:
            said, _, reason = str(cause).partition(": ")
            reason = _not_finite(X, Y) or self.watch.reason(reason[:1].upper() + reason[1:], X, A)
            raise self.watch.stopped(f"{said}. {reason}", place) from None
        except ag.DataError as cause:  # what the loss has to say of the predictions
            raise self.watch.stopped(str(cause), place) from None
        if place[1] is not None:
            self.watch.cost(value)
        with ag.no_grad():
            return J, Figures(value, as_number(self.metric(A, Y), "metric"), np.shape(X[0])[-1])

    def _value(self, J: Any) -> float:
        if not isinstance(J, ag.Tensor):
            raise TypeError(f"The loss must return a Tensor, but {self.loss.name} returned {type(J).__name__}.")
        if J.size != 1:
            raise ag.ShapeError(
                f"The loss must return a single number, but {self.loss.name} returned shape {J.shape}. Take its "
                "mean: np.mean(…)."
            )
        return J.item()

    def _of_own_loss(self, A: Any, Y: Any) -> str:
        predicted = A.data if isinstance(A, ag.Tensor) else A
        if not np.isfinite(predicted).all():
            return why_not_finite(A, Y)
        return (
            f"the loss {self.loss.name} gives that for predictions between {np.min(predicted):.3g} and "
            f"{np.max(predicted):.3g}. Where it divides, takes a logarithm or a root, keep these away from 0; "
            "`with autograd.anomaly():` around fit names the operation and its entry."
        )


def _arrays(batch: Any) -> tuple[tuple[Any, ...], Any]:
    """The inputs and the targets of a batch as arrays; Tensors stay what they are."""
    if not isinstance(batch, (tuple, list)) or len(batch) != 2:
        raise TypeError(
            f"A batch must be a pair (X, Y) of arrays, a column per sample, but got {type(batch).__name__}"
            f"{f' of {len(batch)}' if isinstance(batch, (tuple, list)) else ''}. Write trainer.step((X, Y))."
        )
    X, Y = batch
    given = [x if isinstance(x, ag.Tensor) else np.asarray(x) for x in (*inputs(X), Y)]
    return tuple(given[:-1]), given[-1]


def _not_finite(X: tuple[Any, ...], Y: Any) -> str | None:
    """That the data themselves are NaN or infinite, if they are."""
    names = ["X"] if len(X) == 1 else [f"X[{i}]" for i in range(len(X))]
    for name, x in zip([*names, "Y"], (*X, Y), strict=True):
        try:
            check_finite(x.data if isinstance(x, ag.Tensor) else x, name)
        except ag.DataError as error:
            return str(error)
    return None


def mean(steps: Sequence[Figures]) -> Figures:
    """Their figures, averaged over the columns."""
    m = sum(step.m for step in steps)
    cost, metric = (sum(step.m * step[i] for step in steps) / m for i in range(2))
    return Figures(cost, metric, m)
