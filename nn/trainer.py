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
    """Takes a model through its batches: forward, backward, step. Where that goes wrong, the model and the optimizer
    are as of the last step after which the cost was finite."""

    def __init__(self, model: Module, loss: losses.Loss, optimizer: Optimizer, metric: Metric) -> None:
        self.model, self.loss, self.optimizer, self.metric = model, loss, optimizer, metric
        self.costs: list[float] = []  # the first, the least and the last finite one
        self.undo: Callable[[], Any] | None = None  # takes back the last step
        self.before: list[Any] = []  # the values of the parameters before it
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
            self.before = [p.data for p in self.optimizer.parameters]
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
            said, _, reason = str(cause).partition(": ")
            reason = self._reason(reason[:1].upper() + reason[1:], X, A)
            raise self._stopped(f"{said}. {reason}", epoch, batch) from None
        except ag.DataError as cause:  # what the loss has to say of the predictions
            raise self._stopped(str(cause), epoch, batch) from None
        if batch is not None:
            self.costs = [*self.costs[:1], min([*self.costs, value]), value] if self.costs else [value] * 3
        with ag.no_grad():
            return J, value, as_number(self.metric(A, Y), "metric")

    def _value(self, J: Any) -> float:
        if not isinstance(J, ag.Tensor):
            raise TypeError(f"The loss must return a Tensor, but {self._loss_name()} returned {type(J).__name__}.")
        if J.size != 1:
            raise ag.ShapeError(
                f"The loss must return a single number, but {self._loss_name()} returned shape {J.shape}. Take its "
                "mean: np.mean(…)."
            )
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
        broken = self._broken()
        if broken is None:
            return
        p, name = broken
        what = f"The step made {name} NaN or infinite, though the cost was finite"
        if np.isfinite(p.grad).all():
            raise self._stopped(f"{what}. {self._rate()}", epoch, batch)
        at = tuple(np.argwhere(~np.isfinite(p.grad))[0].tolist())
        hint = "`with autograd.anomaly():` around fit names the operation that it comes from."
        what += f": its gradient is {np.asarray(p.grad)[at]} at {at}. "
        raise self._stopped(what + (self._rate() if self._grew() else hint), epoch, batch)

    def _broken(self) -> tuple[ag.Tensor, str] | None:
        """A parameter that is NaN or infinite somewhere, and what it is called."""
        for i, p in enumerate(self.optimizer.parameters):
            if p.requires_grad and not np.isfinite(p.data).all():
                return p, p.name or f"parameter {i}"
        return None

    def _stopped(self, what: str, epoch: int, batch: int | None) -> TrainingError:
        """The error; the last step is taken back."""
        place = f"batch {batch}" if batch is not None else "on the validation data"
        kept = "The model is as it was before training."
        if self.undo is not None:
            self.undo()
            self.undo = None
            kept = "The model is as of the last step after which the cost was finite."
        error = TrainingError(f"Training stopped in epoch {epoch}, {place}. {what} {kept}")
        error.epoch, error.batch = epoch, batch
        return error

    def _reason(self, otherwise: str, X: Any, A: Any) -> str:
        """Why a cost is likely not to be finite: what the loss says of it, unless something before it went wrong."""
        broken = self._broken()
        if self.undo is None and broken is not None:
            return f"{broken[1]} is NaN or infinite before the first step. Initialize it with finite numbers."
        predicted = A.data if isinstance(A, ag.Tensor) else A
        if self._grew() or (self.undo is not None and (self._leapt() or not np.isfinite(predicted).all())):
            return self._rate(X)
        reach = _reach(X)
        if reach > 30 and "standardize" not in otherwise:
            return (
                f"{otherwise} The data reach {reach:.3g}, which may be the reason: nn.data.standardize(X) scales them."
            )
        return otherwise

    def _grew(self) -> bool:
        """Whether the cost has grown so much that the steps are likely to be too long."""
        return bool(self.costs) and self.costs[2] > 10 * abs(self.costs[1])

    def _leapt(self) -> bool:
        """Whether the last step was far longer than the parameters were large."""
        change, largest = self._last_step()
        return not change <= 3 * max(largest, 1.0)

    def _last_step(self) -> tuple[float, float]:
        """The largest change of a parameter in the last step, and the largest absolute value before it."""
        pairs = list(zip(self.optimizer.parameters, self.before))
        change = max((float(np.max(np.abs(p.data - old), initial=0.0)) for p, old in pairs), default=0.0)
        return change, max((_reach(old) for _, old in pairs), default=0.0)

    def _rate(self, X: Any = None) -> str:
        """That the learning rate is too high, by what it is seen, and what to try."""
        lr, least, last = self.optimizer.lr, *self.costs[1:]
        if last > least:
            seen, smaller = f", as the cost had grown from {least:.3g} to {last:.3g}", lr / 10
        else:
            change, largest = self._last_step()
            seen = f", as the last step changed a parameter by {change:.3g}, where the largest was {largest:.3g}"
            smaller = min(lr / 10, 0.01)
        reach = _reach(X) if X is not None else 0.0
        scale = f", or scale the data, which reach {reach:.3g}: nn.data.standardize(X)" if reach > 3 else ""
        return f"The learning rate lr={lr:g} is probably too high{seen}. Try lr={smaller:g}{scale}."

    def _check_leaves(self, J: ag.Tensor) -> None:
        """Refuse a model with parameters that would never be trained, since nothing finds them."""
        self.checked = True
        if not isinstance(J.node, ag.Node):
            return
        if J.node.op is None:
            raise ag.GraphError(
                f"The cost needs to be computed from the predictions, but {self._loss_name()} returned a Tensor that "
                "was made anew. Compute it from its first argument."
            )
        self._check_optimizer(J.node)
        known = {p.node for p in (*self.model.parameters(), *self.optimizer.parameters)}
        for node in ag.ancestors(J.node):
            if node.op is None and node not in known:
                raise ag.GraphError(
                    f"The cost depends on {node.name or 'a Tensor'} {node.shape}, which would never be trained: "
                    "neither model.parameters() nor the optimizer has it. Keep it in an attribute of a Module (a list, "
                    "dict or set there is searched, too), or make it a constant: requires_grad=False."
                )

    def _check_optimizer(self, cost: ag.Node) -> None:
        """Refuse an optimizer of another model: its parameters would never move."""
        leaves = set(ag.ancestors(cost))
        for i, p in enumerate(self.optimizer.parameters):
            if p.requires_grad and p.node not in leaves:
                raise ag.GraphError(
                    f"The optimizer needs parameters that the cost depends on, but it does not depend on "
                    f"{p.name or f'parameter {i}'} {p.shape}. Pass the parameters() of the model that is trained, "
                    "without those of layers that it does not use."
                )


def _reach(x: Any) -> float:
    """The largest absolute value."""
    return float(np.max(np.abs(x), initial=0.0))


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
