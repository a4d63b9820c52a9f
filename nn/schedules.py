"""Schedules: the learning rate of each epoch, from the one that the optimizer was given.

A schedule is a value: what it answers depends on the epoch and on the costs of those before, on nothing else. So a
training that is resumed needs no state of it.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Cosine", "Decay", "Exponential", "Plateau", "Schedule", "Step", "WarmUp"]


class Schedule:
    """What schedules share. One of your own defines `rate`.

    >>> import nn
    >>> class Halved(nn.schedules.Schedule):
    ...     def rate(self, epoch, base, costs=()):
    ...         return base / 2 ** epoch
    >>> Halved().rate(2, base=0.4)
    0.1
    """

    def rate(self, epoch: int, base: float, costs: Sequence[float] = ()) -> float:
        """The learning rate of an epoch, counted from 0.

        base   the learning rate that the optimizer was given
        costs  of the epochs before; those on the validation data where there are some
        """
        raise NotImplementedError(f"{type(self).__name__} must define rate(self, epoch, base, costs).")


@dataclass(frozen=True)
class Step(Schedule):
    """base · factor^⌊epoch / every⌋: multiplied by a factor once in `every` epochs.

    >>> import nn
    >>> [nn.schedules.Step(every=2, factor=0.5).rate(epoch, base=0.8) for epoch in range(5)]
    [0.8, 0.8, 0.4, 0.4, 0.2]
    """

    every: int
    factor: float = 0.1

    def __post_init__(self) -> None:
        _check_count(self, "every")
        _check_factor(self, "factor")

    def rate(self, epoch: int, base: float, costs: Sequence[float] = ()) -> float:
        return float(base * self.factor ** (epoch // self.every))


@dataclass(frozen=True)
class Exponential(Schedule):
    """base · factor^epoch, as in the course (0.95^epoch · α₀).

    >>> import nn
    >>> [nn.schedules.Exponential(0.5).rate(epoch, base=0.8) for epoch in range(3)]
    [0.8, 0.4, 0.2]
    """

    factor: float

    def __post_init__(self) -> None:
        _check_factor(self, "factor")

    def rate(self, epoch: int, base: float, costs: Sequence[float] = ()) -> float:
        return float(base * self.factor**epoch)


@dataclass(frozen=True)
class Decay(Schedule):
    """base / (1 + decay · ⌊epoch / every⌋), the course's learning rate decay; with every=1 in each epoch.

    >>> import nn
    >>> [nn.schedules.Decay(1.0).rate(epoch, base=0.5) for epoch in range(3)]
    [0.5, 0.25, 0.16666666666666666]
    """

    decay: float
    every: int = 1

    def __post_init__(self) -> None:
        _check(self, "decay", "a number of at least 0", _is_number(self.decay) and 0 <= self.decay < math.inf)
        _check_count(self, "every")

    def rate(self, epoch: int, base: float, costs: Sequence[float] = ()) -> float:
        return float(base / (1 + self.decay * (epoch // self.every)))


@dataclass(frozen=True)
class Cosine(Schedule):
    """Half a wave of a cosine, from base to `least` in so many epochs; after them, least (Loshchilov and Hutter, 2017).

    >>> import nn
    >>> [round(nn.schedules.Cosine(epochs=4).rate(epoch, base=0.8), 3) for epoch in range(6)]
    [0.8, 0.683, 0.4, 0.117, 0.0, 0.0]
    """

    epochs: int
    least: float = 0.0

    def __post_init__(self) -> None:
        _check_count(self, "epochs")
        _check_least(self)

    def rate(self, epoch: int, base: float, costs: Sequence[float] = ()) -> float:
        share = min(epoch / self.epochs, 1.0)
        return float(self.least + (base - self.least) * (1 + math.cos(math.pi * share)) / 2)


@dataclass(frozen=True)
class WarmUp(Schedule):
    """In so many epochs in equal steps up to base; after them the schedule `then`, which counts from 0 again.

    >>> import nn
    >>> warm = nn.schedules.WarmUp(epochs=2, then=nn.schedules.Exponential(0.5))
    >>> [warm.rate(epoch, base=0.8) for epoch in range(4)]
    [0.4, 0.8, 0.8, 0.4]
    """

    epochs: int
    then: Schedule | None = None

    def __post_init__(self) -> None:
        _check_count(self, "epochs")
        _check(self, "then", "a schedule or None", self.then is None or callable(getattr(self.then, "rate", None)))

    def rate(self, epoch: int, base: float, costs: Sequence[float] = ()) -> float:
        if epoch < self.epochs:
            return float(base * (epoch + 1) / self.epochs)
        if self.then is None:
            return float(base)
        return self.then.rate(epoch - self.epochs, base, list(costs)[self.epochs :])


@dataclass(frozen=True)
class Plateau(Schedule):
    """Multiplied by a factor whenever the cost has not become better for more than `patience` epochs; never below
    `least`. Better is a cost below (1 − tolerance) times the best one.

    >>> import nn
    >>> costs = [1.0, 0.5, 0.6, 0.5, 0.5, 0.4]
    >>> [nn.schedules.Plateau(factor=0.5, patience=1).rate(k, base=0.8, costs=costs[:k]) for k in range(7)]
    [0.8, 0.8, 0.8, 0.8, 0.4, 0.4, 0.4]
    """

    factor: float = 0.1
    patience: int = 10
    tolerance: float = 1e-4
    least: float = 0.0

    def __post_init__(self) -> None:
        _check_factor(self, "factor")
        _check_count(self, "patience", least=0)
        _check(self, "tolerance", "a number from 0 to 1", _is_number(self.tolerance) and 0 <= self.tolerance < 1)
        _check_least(self)

    def rate(self, epoch: int, base: float, costs: Sequence[float] = ()) -> float:
        rate, best, waited = float(base), math.inf, 0
        for cost in costs:
            # A cost below 0, as of a likelihood, becomes better by the same share of its size.
            if cost < best - self.tolerance * abs(best) or best == math.inf:
                best, waited = cost, 0
            else:
                waited += 1
            if waited > self.patience:
                rate, waited = max(rate * self.factor, min(self.least, rate)), 0
        return rate


def _is_number(x: Any) -> bool:
    return isinstance(x, numbers.Real) and not isinstance(x, (bool, np.bool_))


def _check(schedule: Schedule, name: str, needs: str, holds: bool) -> None:
    if not holds:
        raise ValueError(
            f"{type(schedule).__name__} needs {name}, {needs}, but got {name}={getattr(schedule, name)!r:.60}."
        )


def _check_count(schedule: Schedule, name: str, least: int = 1) -> None:
    n = getattr(schedule, name)
    integer = isinstance(n, (int, np.integer)) and not isinstance(n, bool)
    _check(schedule, name, f"an integer of at least {least}", integer and n >= least)


def _check_factor(schedule: Schedule, name: str) -> None:
    factor = getattr(schedule, name)
    _check(schedule, name, "a number above 0 and at most 1", _is_number(factor) and 0 < factor <= 1)


def _check_least(schedule: Any) -> None:
    _check(schedule, "least", "a number of at least 0", _is_number(schedule.least) and 0 <= schedule.least < math.inf)
