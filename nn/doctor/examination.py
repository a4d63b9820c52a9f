"""diagnose: a short run of a training, looked at from all sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import autograd as ag
from nn.data import columns
from nn.doctor import flow, inputs, predictions, rates, samples, targets, units
from nn.doctor.case import Case
from nn.doctor.finding import Finding
from nn.doctor.look import Look
from nn.doctor.report import Diagnosis
from nn.doctor.run import Task, run
from nn.losses import Loss, find
from nn.module import Module
from nn.optim import Optimizer
from nn.train.data import check_numbers, prepared
from nn.train.sources import Batch
from nn.train.trainer import Trainer

MOST = 2000  # columns that are looked at

# The families of findings; causes stand before what follows from them.
FAMILIES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    targets.unfit,
    samples.leaks,
    inputs.unscaled,
    units.symmetric,
    units.dead,
    units.saturated,
    flow.gradients,
    rates.learning_rate,
    predictions.constant,
    predictions.overfitting,
)


def diagnose(
    model: Module,
    X: Any,
    Y: Any,
    *,
    loss: str | Loss | Callable[..., Any],
    optimizer: Optimizer,
    steps: int = 200,
    batch_size: int | None = None,
    validation: tuple[Any, Any] | float | None = 0.2,
    seed: int = 0,
) -> Diagnosis:
    """Look at a short run of a training, and say in words what is wrong with it and what to do, with figures.

    Arguments:
        model, X, Y, loss, optimizer, batch_size, seed   as for nn.fit
        steps       how many steps the run takes. Overfitting may need more than the 200 of the default
        validation  (X, Y), or the share of the samples to set aside, for overfitting; None leaves it out

    It finds dead and saturated units, symmetric units, vanishing and exploding gradients, inputs that are not scaled, a
    learning rate that is too high or too low (by a range test; see the report's plot()), labels that do not fit the
    loss, samples that leak into each other, constant predictions, and overfitting. Each finding names the layer.

    Model, optimizer and data stay as they are: the run trains copies. At most 2000 samples, by chance, are looked at.
    Returns a Diagnosis, which prints as a table.

    >>> import nn
    >>> X, Y = nn.datasets.moons(m=200)
    >>> model = nn.Sequential(nn.Linear(2, 8, init="he", seed=1), nn.ReLU(), nn.Linear(8, 1, seed=2), nn.Sigmoid())
    >>> healthy = nn.optim.Adam(model.parameters(), lr=0.05)
    >>> print(nn.diagnose(model, X, Y, loss="binary_cross_entropy", optimizer=healthy))
    no finding; in 200 steps the cost went from ... to ...
    >>> slow = nn.optim.SGD(model.parameters(), lr=1e-6)
    >>> for finding in nn.diagnose(model, X, Y, loss="binary_cross_entropy", optimizer=slow):
    ...     print(finding)
    learning rate too low (optimizer): At lr=1e-06 the cost fell by ... in 60 steps, 0.0% of what it can: ...
    """
    if steps is None:
        raise ValueError("steps must be an integer of at least 1, but got None.")
    check_numbers(steps=steps, batch_size=batch_size)
    loss = find(loss)
    Trainer(model, loss, optimizer)  # which checks them
    try:
        training, held = prepared(X, Y, loss, validation=_enough(Y, validation), seed=seed)
    except ag.AutogradError as error:
        return Diagnosis((targets.refused(error, "Y" if "Y" in str(error).split()[:3] or _of_targets(error) else "X"),))
    training = _some(training, seed)
    task = Task(model, loss, optimizer, training, held, batch_size, seed)
    try:
        fresh, _ = task.copied()
        with fresh.mode(training=True):
            start = Look(fresh, loss, training.X, training.Y, seed)
    except (ag.ShapeError, ag.DataError, ag.DtypeError) as error:
        return Diagnosis((targets.refused(error, "Y" if _of_targets(error) else "X"),))
    taken = run(task, int(steps))
    end = None
    if not taken.failed:
        with taken.model.mode(training=False):
            end = Look(taken.model, loss, training.X, training.Y, seed)
    case = Case(model, optimizer, loss, training.X, training.Y, start, taken, end, rates.range_test(task, taken))
    findings = tuple(finding for family in FAMILIES for finding in family(case))
    return Diagnosis(findings, tuple(taken.costs), tuple(taken.validation), case.rates)


def _enough(Y: Any, validation: Any) -> Any:
    """The share to set aside; None where there are too few samples for one."""
    share = isinstance(validation, float)
    return None if share and (np.ndim(Y) == 0 or np.shape(Y)[-1] < 10) else validation


def _some(batch: Batch, seed: int) -> Batch:
    m = batch.Y.shape[-1]
    if m <= MOST:
        return batch
    chosen = np.random.default_rng(seed).choice(m, MOST, replace=False)
    return Batch(columns(batch.X, chosen), batch.Y[..., chosen])


def _of_targets(error: Exception) -> bool:
    """Whether an error is about targets."""
    return "target" in str(error)
