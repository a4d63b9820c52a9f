"""One step of training after another, and what is said where one goes wrong."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

import autograd as ag
from nn import losses
from nn.module import Module
from nn.optim import Optimizer

Metric = Callable[[Any, Any], float]


class TrainingError(losses.CostError):
    """Training that cannot go on, because a cost, or a parameter, is not finite.

    epoch, batch  where, counted from 1; batch is None for the validation data
    history       the epochs before
    """

    epoch: int
    batch: int | None
    history: Any


class Trainer:
    """Takes a model through its batches: forward, backward, step. Where that goes wrong, the model and the optimiser
    are as of the last step after which the cost was finite."""

    def __init__(self, model: Module, loss: losses.Loss, optimizer: Optimizer, metric: Metric) -> None:
        self.model, self.loss, self.optimizer, self.metric = model, loss, optimizer, metric
        self.costs: list[float] = []  # the first, the least and the last finite one
        self.undo: Callable[[], Any] | None = None  # takes back the last step
        self.checked = False

    def epoch(self, batches: Iterable[tuple[Any, Any]], number: int) -> tuple[float, float]:
        """Cost and metric, averaged over the batches, each taken just before its step."""
        cost = right = count = 0.0
        for batch, (X, Y) in enumerate(batches, start=1):
            J, value, share = self._forward(X, Y, number, batch)
            if not self.checked:
                self._check_leaves(J)
            self.optimizer.zero_grad()
            J.backward()
            self.undo = self.optimizer.snapshot()
            self.optimizer.step()
            self._check_parameters(number, batch)
            m = X.shape[-1]
            cost, right, count = cost + m * value, right + m * share, count + m
        return cost / count, right / count

    def test(self, X: Any, Y: Any, number: int) -> tuple[float, float]:
        """Cost and metric on data that the model is not trained on."""
        with ag.no_grad():
            _, value, share = self._forward(X, Y, number, None)
        return value, share

    def _forward(self, X: Any, Y: Any, epoch: int, batch: int | None) -> tuple[ag.Tensor, float, float]:
        A = self.model(X)
        try:
            J = self.loss(A, Y)
            value = self._value(J)
            if not np.isfinite(value):
                raise losses.CostError(f"The cost is {value}: {self._of_own_loss(A, Y)}")
        except losses.CostError as cause:
            raise self._stopped(str(cause), X, A, epoch, batch) from None
        if batch is not None:
            self.costs = [*self.costs[:1], min([*self.costs, value]), value] if self.costs else [value] * 3
        with ag.no_grad():
            return J, value, as_number(self.metric(A, Y), "metric")

    def _value(self, J: Any) -> float:
        if not isinstance(J, ag.Tensor):
            raise TypeError(f"The loss must return a Tensor; {self._loss_name()} returned {type(J).__name__}.")
        return J.item()

    def _loss_name(self) -> str:
        return getattr(self.loss, "__name__", "it")

    def _of_own_loss(self, A: Any, Y: Any) -> str:
        predicted = A.data if isinstance(A, ag.Tensor) else A
        if not np.isfinite(predicted).all():
            return losses.why_not_finite(A, Y, of_probabilities=False)
        return (
            f"the loss {self._loss_name()} gives that for predictions between {np.min(predicted):.3g} and "
            f"{np.max(predicted):.3g}. Where it divides, takes a logarithm or a root, keep these away from 0; "
            "`with autograd.anomaly():` around fit names the operation and its entry."
        )

    def _check_parameters(self, epoch: int, batch: int) -> None:
        """Refuse a step that made a parameter NaN or infinite, though the cost was finite."""
        for i, p in enumerate(self.optimizer.parameters):
            if p.requires_grad and not np.isfinite(p.data).all():
                what = f"the step made {p.name or f'parameter {i}'} NaN or infinite, though the cost was finite"
                if np.isfinite(p.grad).all():
                    raise self._stopped(f"{what}.", None, None, epoch, batch)
                at = tuple(np.argwhere(~np.isfinite(p.grad))[0].tolist())
                what += f": its gradient is {np.asarray(p.grad)[at]} at {at}"
                hint = "`with autograd.anomaly():` around fit names the operation that it comes from."
                raise self._stopped(f"{what}. {hint}", None, None, epoch, batch)

    def _stopped(self, what: str, X: Any, A: Any, epoch: int, batch: int | None) -> TrainingError:
        """The error, with the likely reason; the last step is taken back."""
        place = f"batch {batch}" if batch is not None else "on the validation data"
        reason = self._reason(X) if self._diverged(A) else what[:1].upper() + what[1:]
        cost = "" if reason.startswith("The cost is") else f" {what.partition(':')[0].rstrip('.')}."
        kept = "The model is as it was before training."
        if self.undo is not None:
            self.undo()
            self.undo = None
            kept = "The model is as of the last step after which the cost was finite."
        error = TrainingError(f"Training stopped in epoch {epoch}, {place}.{cost} {reason} {kept}")
        error.epoch, error.batch = epoch, batch
        return error

    def _diverged(self, A: Any) -> bool:
        """Whether the cost has grown before, or the last step has thrown the predictions out of range."""
        if not self.costs:
            return False
        _, least, last = self.costs
        predicted = A.data if isinstance(A, ag.Tensor) else A
        return last > 10 * abs(least) or (predicted is not None and not np.isfinite(predicted).all())

    def _reason(self, X: Any) -> str:
        _, least, last = self.costs
        lr = self.optimizer.lr
        grew = f", as the cost had grown from {least:.3g} to {last:.3g}" if last > least else ""
        reason = f"The learning rate lr={lr:g} is probably too high{grew}. Try lr={lr / 10:g}"
        largest = 0.0 if X is None else float(np.max(np.abs(X)))
        scale = f", or scale the data, which reach {largest:.3g}: nn.data.standardize(X)" if largest > 3 else ""
        return f"{reason}{scale}."

    def _check_leaves(self, J: ag.Tensor) -> None:
        """Refuse a model with parameters that would never be trained, since nothing finds them."""
        self.checked = True
        if not isinstance(J.node, ag.Node):
            return
        known = {p.node for p in (*self.model.parameters(), *self.optimizer.parameters)}
        for node in ag.ancestors(J.node):
            if node.op is None and node not in known:
                raise ag.GraphError(
                    f"The cost depends on {node.name or 'a Tensor'} {node.shape}, which would never be trained: "
                    "neither model.parameters() nor the optimizer has it. Keep it in an attribute of a Module (a list, "
                    "dict or set there is searched, too), or make it a constant: requires_grad=False."
                )


def as_number(result: Any, what: str) -> float:
    """What a metric returned as a float, without the graph that a Tensor would keep alive."""
    if isinstance(result, ag.Tensor):
        result = result.data
    if isinstance(result, np.ndarray) and result.size == 1:
        result = result.item()
    if not isinstance(result, (numbers.Real, np.bool_)):
        given = f"an array of shape {result.shape}" if isinstance(result, np.ndarray) else f"{result!r}"
        raise TypeError(f"{what} must return a number, but returned {given}. Take its mean: float(np.mean(…)).")
    return float(result)


def quiet() -> AbstractContextManager[Any]:
    """NumPy's warnings of overflow and the like are silent within: what they would be about is said by TrainingError.
    Whoever has set NumPy to raise them still gets them."""
    warned: dict[str, Any] = {kind: "ignore" for kind, how in np.geterr().items() if how == "warn"}
    return np.errstate(**warned)
