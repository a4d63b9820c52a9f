"""The learning rate: the range test, and what is said of the rate that was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nn import random
from nn.doctor.finding import Finding
from nn.doctor.run import Run, Task, run
from nn.train.stopping import TrainingError
from nn.train.trainer import Trainer

if TYPE_CHECKING:
    from nn.doctor.case import Case

TRIED = 50  # rates
LEAST, MOST = 1e-6, 100.0
COMPARED = 60  # steps
LITTLE, TOO_LITTLE = 0.1, 0.02  # of what another rate gains: where a rate is too high, and too low
WORTH = 0.05  # of the first cost: what the better rate has to gain


@dataclass(frozen=True)
class RangeTest:
    """The cost while the learning rate grows from step to step (Smith, 2017), and runs at some rates.

    rates, costs   the rate of each step, and the cost before it
    lr             the rate of the optimizer
    best           the rate that gained most in a run of its own
    gains          {rate: by how much the cost has fallen in these runs}; −inf where it was not finite any more
    """

    rates: list[float]
    costs: list[float]
    lr: float
    best: float
    gains: dict[float, float]

    def plot(self) -> Any:
        """A matplotlib figure of the cost against the learning rate. Needs the extra `notebook`."""
        try:
            from matplotlib.figure import Figure
        except ImportError:
            raise ImportError("RangeTest.plot() needs matplotlib: pip install 'chalkgrad[notebook]'.") from None
        figure = Figure(figsize=(4.5, 3.2), layout="constrained")
        self.draw(figure.subplots())
        return figure

    def draw(self, axes: Any) -> None:
        """The same on axes of matplotlib."""
        axes.plot(self.rates, self.costs)
        axes.axvline(self.lr, color="tab:red", linestyle=":", label=f"lr = {self.lr:.2g}")
        axes.axvline(self.best, color="tab:green", linestyle="--", label=f"best of the runs: {self.best:.2g}")
        axes.set(xscale="log", xlabel="learning rate", ylabel="cost", title="range test")
        axes.legend()


def range_test(task: Task, taken: Run) -> RangeTest:
    """The range test, and a run at each rate that it speaks for."""
    rates, costs = _sweep(task)
    steps = min(COMPARED, max(len(taken.costs), 1)) if not taken.failed else COMPARED
    lr = float(task.optimizer.lr)
    first = costs[0] if costs else np.nan
    gains = {lr: first - taken.after(steps)}
    for rate in _candidates(rates, costs, lr):
        if rate not in gains:
            gains[rate] = first - run(task, steps, rate).after(steps)
    best = max(gains, key=lambda rate: gains[rate])
    return RangeTest(rates, costs, lr, best, gains)


def _sweep(task: Task) -> tuple[list[float], list[float]]:
    """The cost before each step, while the rate grows; the sweep ends where the cost has."""
    model, optimizer = task.copied()
    trainer = Trainer(model, task.loss, optimizer, metric=lambda A, Y: 0.0)
    rates: list[float] = []
    costs: list[float] = []
    with random.seeded(task.seed) as rng, model.mode(training=True):
        batches = task.batches(rng)
        batch = next(batches)  # always the same, so that the rate is all that changes
        for rate in np.geomspace(LEAST, MOST, TRIED):
            optimizer.lr = float(rate)
            try:
                cost = trainer.step(batch).cost
            except TrainingError:
                break
            rates.append(float(rate))
            costs.append(cost)
            if cost > costs[0] + 4 * abs(costs[0]):
                break
    return rates, costs


def _candidates(rates: list[float], costs: list[float], lr: float) -> list[float]:
    """Where the cost falls steepest, a tenth of where it is least, and ten times less and more than what was chosen."""
    found = [lr / 10, lr * 10]
    if len(costs) > 5:
        smooth = np.convolve(costs, np.ones(3) / 3, mode="same")[1:-1]
        least = int(np.argmin(smooth)) + 1
        found.append(rates[least] / 10)
        if least > 1:
            found.append(rates[int(np.argmin(np.gradient(smooth)[:least])) + 1])
    return found


def learning_rate(case: Case) -> Iterator[Finding]:
    """A rate at which the cost hardly falls, where at another one it does."""
    test, run = case.rates, case.run
    mine, gain = test.gains[test.lr], test.gains[test.best]
    if test.best == test.lr or not gain > WORTH * abs(test.costs[0]):
        return
    figures = {"lr": test.lr, "best": test.best, "gain": mine, "best gain": gain}
    advice = f"Try lr={test.best:.1g}; the range test is plotted by report.plot()."
    compared = f"at lr={test.best:.1g} it falls by {gain:.3g}"
    steps = min(COMPARED, len(run.costs))
    if test.best < test.lr and not mine > LITTLE * gain:
        if run.failed:
            seen = f"At lr={test.lr:g} the cost is not finite any more after {len(run.costs)} steps"
        else:
            end = test.costs[0] - mine
            seen = f"At lr={test.lr:g} the cost went from {test.costs[0]:.3g} to {end:.3g} in {steps} steps"
        yield Finding("learning rate too high", "optimizer", f"{seen}; {compared}.", advice, figures)
    if test.best > test.lr and mine < TOO_LITTLE * gain:
        seen = f"At lr={test.lr:g} the cost fell by {mine:.2g} in {steps} steps, {mine / gain:.1%} of what it can"
        yield Finding("learning rate too low", "optimizer", f"{seen}: {compared}.", advice, figures)
