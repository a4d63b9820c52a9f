"""What every run of a sweep has in common, and how one is made."""

from __future__ import annotations

import inspect
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import ref

import numpy as np

import autograd as ag
from nn import data
from nn.losses import Loss
from nn.module import Module
from nn.optim import Adam, Optimizer
from nn.seeds import seeded
from nn.sweeps.results import Run
from nn.sweeps.space import Settings, label
from nn.train import Trainer, TrainingError, fit

# What nn.fit takes and each run may be given of its own; the rest is the sweep's.
_OF_FIT = frozenset(inspect.signature(fit).parameters) - {
    *("model", "X", "Y", "loss", "optimizer", "seed", "validation", "progress", "checkpoint", "resume", "cluster"),
}


@dataclass(frozen=True)
class Job:
    """What every run has in common. It is sent to other processes once.

    build    (**settings) -> model, or (model, optimizer)
    folds    for each the numbers of the columns that are trained on and of those that are tested on; none where there
             are validation data
    score    a metric (A, Y) -> number or its name; None is the cost
    options  of nn.fit
    """

    build: Callable[..., Any]
    X: Any
    Y: Any
    loss: Loss
    folds: Sequence[tuple[Any, Any]]
    validation: tuple[Any, Any] | None
    score: Any
    seed: int
    options: dict[str, Any]

    def run(self, number: int, settings: Settings) -> Run:
        """Try these settings out. Training that fails is a run that failed; any other error is the caller's."""
        start, seed = time.perf_counter(), self._seed(number)
        found: list[tuple[float, float, int]] = []
        try:
            for training, tested in self._parts():
                found.append(self._fitted(settings, seed, training, tested))
        except TrainingError as error:
            return Run(number, settings, seed, seconds=time.perf_counter() - start, error=str(error))
        scores, costs, epochs = zip(*found, strict=True)
        return Run(
            number,
            settings,
            seed,
            float(np.mean(scores)),
            scores,
            float(np.mean(costs)),
            sum(epochs),
            time.perf_counter() - start,
        )

    def _seed(self, number: int) -> int:
        """The seed of a run, whoever makes it and in whatever order."""
        return int(np.random.SeedSequence([self.seed, number]).generate_state(1)[0])

    def _parts(self) -> list[tuple[Any, Any]]:
        """What is trained on and what is tested on, each as a pair (X, Y)."""
        if self.validation is not None:
            return [((self.X, self.Y), self.validation)]
        return [(_chosen(self.X, self.Y, a), _chosen(self.X, self.Y, b)) for a, b in self.folds]

    def _fitted(self, settings: Settings, seed: int, training: Any, tested: Any) -> tuple[float, float, int]:
        """Score and cost on what is tested on, and the number of epochs."""
        own = parameters_of(self.build)
        options = {**self.options, **{k: v for k, v in settings.items() if k not in own and not takes_all(self.build)}}
        given = {k: v for k, v in settings.items() if k not in options}
        if "seed" in own and "seed" not in given:
            given["seed"] = seed
        with seeded(seed):
            model, optimizer = _pair(self.build(**given))
            if options.get("patience") is not None:
                options["validation"] = tested
            check_untrained(model)
            try:
                history = fit(
                    model, *training, loss=self.loss, optimizer=optimizer, seed=seed, progress=False, **options
                )
            finally:
                _remember(model)
        if history.interrupted:  # fit answers Ctrl-C by itself, but what was trained half is not a run
            raise KeyboardInterrupt
        figures = Trainer(model, self.loss, optimizer, self.score).test(tested)
        return (figures.cost if self.score is None else figures.metric), figures.cost, len(history.cost)


def check_names(build: Callable[..., Any], settings: Settings) -> None:
    """Refuse settings that nobody takes, and values that are missing."""
    own = parameters_of(build)
    for name in settings:
        if name not in own and name not in _OF_FIT and not takes_all(build):
            raise TypeError(
                f"build must take the setting {name!r}, or nn.fit must, but build takes {', '.join(own) or 'nothing'}. "
                f"Write def build({', '.join([*own, name])})."
            )
    needed = [name for name, p in own.items() if p.default is p.empty and name not in settings and name != "seed"]
    if needed:
        raise TypeError(
            f"The sweep needs values for {needed[0]!r}, which build takes, but got {', '.join(settings)}. Add it to "
            f"the grid: {{{needed[0]!r}: […]}}."
        )


_TRAINED: list[tuple[ref[ag.Tensor], Any]] = []
"""The parameters that runs in this process have trained, while they exist, and the numbers that they were left with."""


def check_untrained(model: Module) -> None:
    """Refuse a model that an earlier run has trained: it has seen the samples that this one is tested on."""
    left = {id(p): numbers for known, numbers in _TRAINED if (p := known()) is not None}
    if any(np.array_equal(p.data, left[id(p)], equal_nan=True) for p in model.parameters() if id(p) in left):
        raise ValueError(
            "build must return a new model each time, but it returned parameters that an earlier run has trained: they "
            "know the samples that this run is tested on. Make the layers within build."
        )


def _remember(model: Module) -> None:
    """That its parameters are trained."""
    _TRAINED[:] = [known for known in _TRAINED if known[0]() is not None]
    _TRAINED.extend((ref(p), p.data.copy()) for p in model.parameters())


def check_options(options: dict[str, Any]) -> None:
    """Refuse what nn.fit does not take, or the sweep decides."""
    for name in options:
        if name not in _OF_FIT:
            raise TypeError(f"sweep passes its further arguments on to nn.fit, but {name!r} cannot be one of them.")


def parameters_of(build: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    """What a function takes by name."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {name: p for name, p in inspect.signature(build).parameters.items() if p.kind in kinds}


def takes_all(build: Callable[..., Any]) -> bool:
    """Whether a function takes any name, by **settings."""
    return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(build).parameters.values())


def in_folds(Y: Any, k: int, seed: int) -> list[tuple[Any, Any]]:
    """For each of k folds the columns to train on and those to test on. Each class is spread evenly over the folds.

    >>> [tested.tolist() for _, tested in in_folds(np.array([[0.0, 0, 0, 0, 1, 1]]), 2, seed=0)]
    [[0, 3, 5], [1, 2, 4]]
    """
    m = Y.shape[-1]
    order = np.random.default_rng(seed).permutation(m)
    flat = Y.reshape(-1, m)
    if len(np.unique(flat, axis=1).T) <= m / k:  # else they are quantities
        kinds = np.unique(flat, axis=1, return_inverse=True)[1].reshape(-1)
        order = order[np.argsort(kinds[order], kind="stable")]
    tested = [np.sort(order[i::k]) for i in range(k)]
    return [(np.setdiff1d(order, part), part) for part in tested]


def describe(settings: Settings) -> str:
    """Settings in a line."""
    return ", ".join(f"{name}={label(value)}" for name, value in settings.items())


def _chosen(X: Any, Y: Any, numbers: Any) -> tuple[Any, Any]:
    return data.columns(X, numbers), Y[..., numbers]


def _pair(built: Any) -> tuple[Module, Optimizer]:
    if isinstance(built, Module):
        return built, Adam(built.parameters())
    if isinstance(built, (tuple, list)) and [isinstance(*x) for x in zip(built, (Module, Optimizer))] == [True] * 2:
        return built[0], built[1]
    raise TypeError(
        f"build must return a model, or a model and its optimizer, but returned {built!r:.60}. Write "
        "return model, nn.optim.Adam(model.parameters(), lr=lr)."
    )


def is_better(a: float, b: float, higher: bool) -> bool:
    """Whether a score is better than another; nan is not."""
    return not math.isnan(a) and (math.isnan(b) or (a > b if higher else a < b))
