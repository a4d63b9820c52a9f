"""Case: all that is known of a training when it is judged."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from nn.doctor.look import Look
from nn.doctor.rates import RangeTest
from nn.doctor.run import Run
from nn.losses import Loss
from nn.module import Module
from nn.optim import Optimizer


@dataclass(frozen=True)
class Case:
    """A training that was looked at.

    model, optimizer   as they were given; nothing changes them
    X, Y               the samples that were trained on
    start              a look in training, before the first step
    run                the short run
    end                a look in evaluation, after it; None where the run failed
    rates              the range test
    """

    model: Module
    optimizer: Optimizer
    loss: Loss
    X: Any
    Y: Any
    start: Look
    run: Run
    end: Look | None
    rates: RangeTest

    @property
    def steps(self) -> int:
        """How many steps the run has taken."""
        return len(self.run.costs)

    def fresh(self) -> Module:
        """A copy of the model as it was given."""
        return copy.deepcopy(self.model)
