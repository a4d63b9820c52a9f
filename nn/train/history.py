"""History: the figures of a training, epoch by epoch."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

_OURS = {"loss": "cost", "acc": "accuracy", "history": "to_dict()"}  # what others call the figures


@dataclasses.dataclass
class History:
    """One number per epoch: cost and metrics on the training data, and on the validation data if there are any.

    Training figures are those just before the step of each batch.

    cost, accuracy  of the training data. accuracy is what `metric=` gives, if there is one, and empty where targets are
                    not classes
    validation_cost, validation_accuracy    of the validation data
    metrics, validation_metrics   of the further `metrics`, by name; history.f1 and history.validation_f1 find them, too
    interrupted     whether Ctrl-C ended the training
    stopped         why it ended before the last epoch, in words
    best_epoch      from which early stopping took the parameters, counted from 1
    compiled        whether a compiled program computed the steps
    backend         what ran it, "numpy" or "c"
    why_not         why none did, or why it was not C where that was asked for
    source          the text of that program, in NumPy
    c               the text of the C, if C ran

    >>> import nn
    >>> nn.History(cost=[0.7, 0.2], accuracy=[0.5, 1.0])
    History of 2 epochs: cost 0.7 → 0.2, accuracy 0.5 → 1
    """

    cost: list[float] = dataclasses.field(default_factory=list)
    accuracy: list[float] = dataclasses.field(default_factory=list)
    validation_cost: list[float] = dataclasses.field(default_factory=list)
    validation_accuracy: list[float] = dataclasses.field(default_factory=list)
    metrics: dict[str, list[Any]] = dataclasses.field(default_factory=dict)
    validation_metrics: dict[str, list[Any]] = dataclasses.field(default_factory=dict)
    interrupted: bool = False
    stopped: str | None = None
    best_epoch: int | None = None
    compiled: bool = dataclasses.field(default=False, compare=False)
    why_not: str | None = dataclasses.field(default=None, compare=False)
    source: str | None = dataclasses.field(default=None, compare=False)
    backend: str | None = dataclasses.field(default=None, compare=False)
    c: str | None = dataclasses.field(default=None, compare=False)

    def add(
        self, training: tuple[float, Mapping[str, Any]], validation: tuple[float, Mapping[str, Any]] | None = None
    ) -> None:
        """The figures of one more epoch: the cost, and the metrics by name."""
        _add(training, self.cost, self.accuracy, self.metrics)
        if validation is not None:
            _add(validation, self.validation_cost, self.validation_accuracy, self.validation_metrics)

    @property
    def epochs(self) -> int:
        """How many epochs are whole."""
        return len(self.cost)

    @property
    def how(self) -> str:
        """What computed the steps, in words: "compiled as C", "compiled as NumPy" or "not compiled"."""
        return f"compiled as {'C' if self.backend == 'c' else 'NumPy'}" if self.compiled else "not compiled"

    @property
    def judged(self) -> list[float]:
        """The cost that a model is judged by: of the validation data, if there are any."""
        return self.validation_cost or self.cost

    def curves(self) -> dict[str, list[Any]]:
        """All figures by name, those that there are: cost, accuracy, further metrics, and of each the validation_…"""
        named = {"cost": self.cost, "accuracy": self.accuracy, **self.metrics}
        tested = {
            "cost": self.validation_cost,
            "accuracy": self.validation_accuracy,
            **self.validation_metrics,
        }
        both = named | {f"validation_{name}": values for name, values in tested.items()}
        return {name: values for name, values in both.items() if values}

    def to_dict(self) -> dict[str, Any]:
        """All there is, as numbers, strings, lists and dicts, so that it can be written as JSON.

        >>> import nn
        >>> nn.History(cost=[0.5]).to_dict()["cost"]
        [0.5]
        """
        return {field.name: _plain(getattr(self, field.name)) for field in dataclasses.fields(self)}

    def plot(self) -> Any:
        """A matplotlib figure of the cost and of each metric against the epoch. Needs the extra `notebook`."""
        try:
            from matplotlib.figure import Figure
        except ImportError:
            raise ImportError("History.plot() needs matplotlib: pip install 'chalkgrad[notebook]'.") from None
        curves = {name: values for name, values in self.curves().items() if np.ndim(values[0]) == 0}
        panels = [name for name in curves if not name.startswith("validation_")] or ["cost"]
        figure = Figure(figsize=(4 * len(panels), 3), layout="constrained")
        for axes, what in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
            for label in (what, f"validation_{what}"):
                if label in curves:
                    axes.plot(range(1, len(curves[label]) + 1), curves[label], label=label.replace("_", " "))
            if what == "cost" and self.best_epoch is not None:
                axes.axvline(self.best_epoch, linestyle=":", color="grey", label="best")
            axes.set(xlabel="epoch", ylabel=what)
            if what in curves:
                axes.legend()
        return figure

    def __getitem__(self, name: Any) -> Any:
        raise TypeError(
            f"A History has its figures as attributes, but got history[{name!r:.60}]. Write history.{name}."
        )

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            tested = name.removeprefix("validation_")
            for kind, key in ((self.validation_metrics, tested), (self.metrics, name)):
                if key in kind and (kind is self.metrics) == (tested == name):
                    return kind[key]
        ours = _OURS.get(name.removeprefix("val_"), name.removeprefix("val_"))
        ours = f"validation_{ours}" if name.startswith("val_") else ours
        if ours != name:
            raise AttributeError(f"A History has no {name!r}: here it is history.{ours}.")
        known = ", ".join(self.curves()) if not name.startswith("_") else ""
        raise AttributeError(f"A History has no figures {name!r}" + (f"; it has {known}." if known else "."))

    def __repr__(self) -> str:
        n = self.epochs
        changes = [
            f"{name.replace('_', ' ')} {values[0]:.4g} → {values[-1]:.4g}"
            for name, values in self.curves().items()
            if np.ndim(values[0]) == 0
        ]
        notes = [self.stopped] if self.stopped else []
        notes += [f"the parameters are those of epoch {self.best_epoch}"] if self.best_epoch else []
        notes += ["interrupted"] if self.interrupted else []
        notes += [self.how] if self.compiled else []
        return f"History of {n} epoch{'' if n == 1 else 's'}: " + ", ".join(changes) + "".join(f"; {x}" for x in notes)


def _add(
    figures: tuple[float, Mapping[str, Any]], cost: list[float], accuracy: list[float], further: dict[str, list[Any]]
) -> None:
    """The figures of an epoch, each to its curve."""
    cost.append(figures[0])
    for name, value in figures[1].items():
        (accuracy if name == "accuracy" else further.setdefault(name, [])).append(value)


def _plain(x: Any) -> Any:
    """Numbers, strings, lists and dicts, without any array."""
    if isinstance(x, dict):
        return {key: _plain(value) for key, value in x.items()}
    if isinstance(x, list):
        return [_plain(value) for value in x]
    return x.tolist() if isinstance(x, (np.ndarray, np.generic)) else x
