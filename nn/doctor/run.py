"""Run: some steps of training, on copies of the model and of the optimizer."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn import data, random
from nn.losses import Loss
from nn.module import Module
from nn.optim import Optimizer
from nn.train.sources import Batch
from nn.train.stopping import TrainingError
from nn.train.trainer import Trainer

TESTS = 20  # how often the validation cost is taken


@dataclass(frozen=True)
class Task:
    """What is trained, and on what; nothing of it is changed."""

    model: Module
    loss: Loss
    optimizer: Optimizer
    training: Batch
    validation: Batch | None
    batch_size: int | None
    seed: int

    def copied(self) -> tuple[Module, Optimizer]:
        """A model and its optimizer, as they are now."""
        return copy.deepcopy((self.model, self.optimizer))

    def batches(self, rng: np.random.Generator) -> Iterator[tuple[Any, Any]]:
        """Batches without end."""
        X, Y, _ = self.training
        while True:
            if self.batch_size is None or self.batch_size >= Y.shape[-1]:
                yield X, Y
            else:
                yield from data.batches(X, Y, self.batch_size, seed=rng)


@dataclass(frozen=True)
class Run:
    """A short training.

    costs       before each step, on its batch
    validation  [(step, cost), …]
    failed      why it could not go on, in words
    model       as it is afterwards
    """

    costs: list[float]
    validation: list[tuple[int, float]]
    failed: str | None
    model: Module

    @property
    def trained(self) -> float:
        """The training cost at the end: the mean of the last tenth of the steps."""
        return self.after(len(self.costs))

    def after(self, steps: int) -> float:
        """The cost after so many steps, as the mean of the last tenth of them; infinite where the run has failed."""
        if self.failed or not self.costs:
            return np.inf
        last = self.costs[:steps]
        return float(np.mean(last[-max(1, len(last) // 10) :]))


def run(task: Task, steps: int, lr: float | None = None) -> Run:
    """Train copies for so many steps, at another learning rate if one is given."""
    model, optimizer = task.copied()
    if lr is not None:
        optimizer.lr = lr
    trainer = Trainer(model, task.loss, optimizer, metric=lambda A, Y: 0.0)
    costs: list[float] = []
    validation: list[tuple[int, float]] = []
    every = max(1, steps // TESTS)
    failed = None
    with random.seeded(task.seed) as rng, model.mode(training=True):
        batches = task.batches(rng)
        try:
            for step in range(steps):
                if task.validation is not None and step % every == 0:
                    validation.append((step, trainer.test(task.validation[:2]).cost))
                costs.append(trainer.step(next(batches)).cost)
            if task.validation is not None:
                validation.append((steps, trainer.test(task.validation[:2]).cost))
        except TrainingError as error:
            failed = str(error)
    return Run(costs, validation, failed, model)
