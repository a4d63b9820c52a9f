"""Why a training cannot go on: what is seen of its costs and steps, and what is said of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from math import isfinite
from typing import Any

import numpy as np

import autograd as ag
from nn.buffers import Buffer
from nn.losses import CostError
from nn.optim import Optimizer

Place = tuple[int, int | None]  # the epoch and the batch, counted from 1; no batch for the validation data


class Stopped(ag.AutogradError):
    """Training that cannot go on. The model is as of the last step.

    epoch, batch  where, counted from 1; batch is None for the validation data
    history       the epochs before
    """

    epoch: int
    batch: int | None
    history: Any


class TrainingError(Stopped, CostError):
    """Training that cannot go on, because a cost, or a parameter, is not finite. See Stopped."""


class Watch:
    """Watches the costs and the steps of a training. Where that goes wrong, the model and the optimizer are as of the
    last step after which the cost was finite."""

    def __init__(self, optimizer: Optimizer) -> None:
        self.optimizer = optimizer
        self.costs: list[float] = []  # the first, the least and the last finite one
        self.undo: Callable[[], Any] | None = None  # takes back the last step
        self.before: list[Any] = []  # the values of the parameters before it
        self.buffers: Mapping[Buffer, Any] = {}  # the Buffers that it changed, and their numbers before it

    def cost(self, value: float) -> None:
        """Note a cost of a batch, which is finite."""
        costs = self.costs
        if not costs:
            costs += [value] * 3
        if value < costs[1]:
            costs[1] = value
        costs[2] = value

    def step(self, place: Place, buffers: Mapping[Buffer, Any]) -> None:
        """Take a step that can be taken back; Buffers get their new numbers with it, and not without it."""
        steps = self.optimizer.steps
        before = [p.node.out for p in self.optimizer.parameters]
        try:
            self.undo = self._taken()
            self.before, self.buffers = before, {}
            self.check_parameters(place)
            self.check_buffers(place, buffers)
        finally:  # also where Ctrl-C comes between
            if buffers and self.optimizer.steps != steps:
                self.buffers = {buffer: buffer.value for buffer in buffers}
                for buffer, value in buffers.items():
                    buffer.restore(value)

    def _taken(self) -> Callable[[], Any]:
        """Take a step; returns what takes it back."""
        optimizer = self.optimizer
        if type(optimizer).step is Optimizer.step:
            return optimizer.take_step()
        undo = optimizer.snapshot()
        optimizer.step()
        return undo

    def remember(self, buffers: Sequence[Buffer]) -> None:
        """A step is taken now, by somebody else."""
        self.before = [p.node.out for p in self.optimizer.parameters]
        self.undo = self.optimizer.snapshot()
        self.buffers = {buffer: buffer.value for buffer in buffers}

    def check_parameters(self, place: Place) -> None:
        """Refuse a step that made a parameter NaN or infinite, though the cost was finite."""
        broken = self._broken()
        if broken is None:
            return
        p, name = broken
        what = f"The step made {name} NaN or infinite, though the cost was finite"
        if np.isfinite(p.grad).all():
            raise self.stopped(f"{what}. {self._rate()}", place)
        at = tuple(np.argwhere(~np.isfinite(p.grad))[0].tolist())
        hint = "`with autograd.anomaly():` around fit names the operation that it comes from."
        what += f": its gradient is {np.asarray(p.grad)[at]} at {at}. "
        raise self.stopped(what + (self._rate() if self._grew() else hint), place)

    def check_buffers(self, place: Place, new: Mapping[Buffer, Any]) -> None:
        """Refuse a step that gives a Buffer what it cannot keep, though the cost was finite."""
        for buffer, value in new.items():
            try:
                buffer.checked(value)
            except (ag.DataError, ag.DtypeError) as error:
                raise self.stopped(str(error), place) from None

    def _broken(self) -> tuple[ag.Tensor, str] | None:
        """A parameter that is NaN or infinite somewhere, and what it is called."""
        # A sum of squares shows at once that all are finite; where it overflows, the entries are looked at.
        if isfinite(sum(float(np.vdot(p.node.out, p.node.out)) for p in self.optimizer.parameters)):
            return None
        for i, p in enumerate(self.optimizer.parameters):
            if p.requires_grad and not np.isfinite(p.data).all():
                return p, p.name or f"parameter {i}"
        return None

    def stopped(self, what: str, place: Place) -> TrainingError:
        """The error; the last step is taken back."""
        epoch, batch = place
        where = f"batch {batch}" if batch is not None else "on the validation data"
        kept = "The model is as it was before training."
        if self.undo is not None:
            self.undo()
            self.undo = None
            for buffer, value in self.buffers.items():
                buffer.restore(value)
            kept = "The model is as of the last step after which the cost was finite."
        error = TrainingError(f"Training stopped in epoch {epoch}, {where}. {what} {kept}")
        error.epoch, error.batch = place
        return error

    def reason(self, otherwise: str, X: Sequence[Any], A: Any) -> str:
        """Why a cost is likely not to be finite: what the loss says of it, unless something before it went wrong."""
        broken = self._broken()
        if self.undo is None and broken is not None:
            return f"{broken[1]} is NaN or infinite before the first step. Initialize it with finite numbers."
        lost = A is not None and not np.isfinite(A).all()
        if self._grew() or (self.undo is not None and (self._leapt() or lost)):
            return self._rate(X)
        reach = max(map(_reach, X), default=0.0)
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

    def _rate(self, X: Sequence[Any] = ()) -> str:
        """That the learning rate is too high, by what it is seen, and what to try."""
        lr, least, last = self.optimizer.lr, *self.costs[1:]
        if last > least:
            seen, smaller = f", as the cost had grown from {least:.3g} to {last:.3g}", lr / 10
        else:
            change, largest = self._last_step()
            seen = f", as the last step changed a parameter by {change:.3g}, where the largest was {largest:.3g}"
            smaller = min(lr / 10, 0.01)
        reach = max(map(_reach, X), default=0.0)
        scale = f", or scale the data, which reach {reach:.3g}: nn.data.standardize(X)" if reach > 3 else ""
        return f"The learning rate lr={lr:g} is probably too high{seen}. Try lr={smaller:g}{scale}."


def _reach(x: Any) -> float:
    """The largest absolute value."""
    return float(np.max(np.abs(x.data if isinstance(x, ag.Tensor) else x), initial=0.0))


def quiet() -> AbstractContextManager[Any]:
    """NumPy's warnings of overflow and the like are silent within: what they would be about is said by TrainingError.
    Whoever has set NumPy to raise them still gets them."""
    warned: dict[str, Any] = {kind: "ignore" for kind, how in np.geterr().items() if how == "warn"}
    return np.errstate(**warned)
