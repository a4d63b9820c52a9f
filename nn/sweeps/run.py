"""nn.sweep: different values tried out, in one call."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from nn.losses import Loss, find
from nn.sweeps import optuna
from nn.sweeps.job import Job, check_names, check_options, in_folds
from nn.sweeps.pools import Pool, pool
from nn.sweeps.progress import shown
from nn.sweeps.results import Run, Sweep
from nn.sweeps.space import Settings, Values, product, space
from nn.sweeps.store import Store
from nn.train.data import are_classes, checked, tested


class Plan(Protocol):
    """Which settings are tried, in which order."""

    total: int

    def ask(self, number: int) -> Settings:
        """The settings of a run."""

    def tell(self, run: Run) -> None:
        """A run is made."""


class Listed:
    """Settings that are known from the beginning."""

    def __init__(self, settings: list[Settings]) -> None:
        self.settings, self.total = settings, len(settings)

    def ask(self, number: int) -> Settings:
        """See Plan."""
        return self.settings[number]

    def tell(self, run: Run) -> None:
        """See Plan."""


def sweep(
    build: Callable[..., Any],
    X: Any,
    Y: Any,
    *,
    loss: str | Loss | Callable[..., Any],
    grid: Mapping[str, Any] | None = None,
    sample: Mapping[str, Any] | None = None,
    trials: int = 20,
    folds: int | None = None,
    validation: Any = None,
    score: Any = None,
    workers: int = 1,
    client: Any = None,
    sampler: Any = None,
    seed: int = 0,
    path: str | os.PathLike[str] | None = None,
    progress: bool = True,
    **options: Any,
) -> Sweep:
    """Try different values: each combination of settings is trained and judged on samples that it has not seen.

    Arguments:
        build       a function of the settings that returns a model and its optimizer (or a model, for Adam). Settings
                    that it does not take go to nn.fit, as batch_size or epochs
        X, Y, loss  as in nn.fit
        grid        {name: list of values}: all combinations are tried
        sample      {name: values}: `trials` combinations are drawn, from lists, nn.sweeps.Uniform, LogUniform, Integers
                    and Choice, or distributions of scipy.stats
        folds       cross-validation: each combination is trained so many times, and judged each time on another part
                    of the samples. 5, unless there is validation=
        validation  (X, Y) to judge by instead, or the share of the samples to set aside
        score       what runs are sorted by: a metric or its name, the more the better; "cost", the less the better.
                    None is accuracy for classes, and else the cost
        workers     how many processes make runs at the same time
        client      of a Dask cluster, whose workers make the runs instead
        sampler     one of Optuna's samplers, which learns from the runs that are finished what to try next
        seed        of the folds, of what is drawn, and, with its number, of each run: so a run is the same whoever
                    makes it
        path        a file to keep finished runs in. Called again with the same arguments, sweep makes those that are
                    missing
        progress    show a bar, where there is a terminal
        options     of nn.fit for all runs: epochs, batch_size, patience …

    >>> import nn
    >>> X, Y = nn.datasets.xor(m=80)
    >>> def build(hidden, lr):
    ...     model = nn.Sequential(nn.Linear(2, hidden), nn.Tanh(), nn.Linear(hidden, 1), nn.Sigmoid())
    ...     return model, nn.optim.Adam(model.parameters(), lr=lr)
    >>> sweep = nn.sweep(build, X, Y, grid={"hidden": [1, 8], "lr": [0.05]}, folds=2, loss="binary_cross_entropy",
    ...                  epochs=80, progress=False)
    >>> sweep.best
    {'hidden': 8, 'lr': 0.05}

    A training that fails, as by a learning rate too high, is a run that failed, the last in the table. Ctrl-C ends the
    sweep, not the program: the table has the runs that are finished.
    """
    if (grid is None) == (sample is None):
        raise TypeError("sweep needs either grid= or sample=: {'lr': [0.01, 0.1]}, or ranges to draw from.")
    for name, number in (("trials", trials), ("workers", workers), ("folds", folds)):
        least = 2 if name == "folds" else 1
        if not (name == "folds" and number is None) and not _is_count(number, least):
            raise ValueError(f"{name} must be an integer of at least {least}, but got {number!r}.")
    values = space(grid, "grid") if sample is None else space(sample, "sample")
    check_names(build, dict.fromkeys(values))
    check_options(options)
    job, score_name = _job(build, X, Y, find(loss), folds, validation, score, seed, options)
    store = Store(path, job, values, _order(grid is not None, sampler))
    plan = _plan(values, grid is not None, trials, sampler, seed, job.score is not None)
    for run in store.runs:
        plan.tell(run)
    interrupted = False
    try:
        with pool(job, workers, client) as where, shown(progress, plan.total, job.score is not None) as show:
            _make(plan, store, where, show)
    except KeyboardInterrupt:
        interrupted = True
    return Sweep(store.runs, score_name, job.score is not None, values, interrupted)


def _make(plan: Plan, store: Store, where: Pool, show: Callable[[list[Run]], None]) -> None:
    """Make all runs that there are not yet, as many at a time as the pool has room for."""
    there = {run.number for run in store.runs}
    waiting = [number for number in range(plan.total) if number not in there]
    running = 0
    show(store.runs)
    while waiting or running:
        while waiting and running < where.size:
            number = waiting.pop(0)
            where.submit(number, plan.ask(number))
            running += 1
        for run in where.finished():
            running -= 1
            plan.tell(run)
            store.add(run)
        show(store.runs)


def _job(
    build: Any, X: Any, Y: Any, loss: Loss, folds: int | None, validation: Any, score: Any, seed: int, options: Any
) -> tuple[Job, str]:
    """What all runs have in common, and the name of the score."""
    X, Y = checked(X, Y, loss)
    if validation is not None and folds is not None:
        raise TypeError("sweep needs either folds= or validation=, but got both. Leave one of them out.")
    parts: list[tuple[Any, Any]] = []
    if isinstance(validation, float) and 0 < validation < 1:
        aside = max(1, round(validation * Y.shape[-1]))
        order = np.random.default_rng(seed).permutation(Y.shape[-1])
        parts, validation = [(np.sort(order[aside:]), np.sort(order[:aside]))], None
    elif validation is not None:
        held_out = tested(validation, loss)
        validation = None if held_out is None else (held_out.X, held_out.Y)
    else:
        folds = folds or 5
        if folds > Y.shape[-1]:
            raise ValueError(f"folds must be at most the number of samples, {Y.shape[-1]}, but got {folds}.")
        parts = in_folds(Y, folds, seed)
    if score is None:
        score = "accuracy" if are_classes(loss, Y) else "cost"
    name = score if isinstance(score, str) else getattr(score, "__name__", "score")
    return Job(build, X, Y, loss, parts, validation, None if score == "cost" else score, seed, options), name


def _plan(values: dict[str, Values], is_grid: bool, trials: int, sampler: Any, seed: int, higher: bool) -> Plan:
    if sampler is not None:
        total = len(product(values)) if is_grid else trials
        return optuna.Suggested(values, total, sampler, higher)
    if is_grid:
        return Listed(product(values))
    rngs = (np.random.default_rng([seed, number]) for number in range(trials))
    return Listed([{name: v.draw(rng) for name, v in values.items()} for rng in rngs])


def _order(is_grid: bool, sampler: Any) -> str:
    if sampler is not None:
        return type(sampler).__name__
    return "grid" if is_grid else "sample"


def _is_count(number: Any, least: int) -> bool:
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool) and bool(number >= least)
