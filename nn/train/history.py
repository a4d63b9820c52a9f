"""History: the figures of a training, epoch by epoch."""

from __future__ import annotations

import dataclasses
from typing import Any

from nn.train.trainer import Figures


@dataclasses.dataclass
class History:
    """One number per epoch: cost and accuracy on the training data, and on the validation data if there are any.

    Training figures are averages over the batches of the epoch, each taken just before its step.
    """

    cost: list[float] = dataclasses.field(default_factory=list)
    accuracy: list[float] = dataclasses.field(default_factory=list)
    validation_cost: list[float] = dataclasses.field(default_factory=list)
    validation_accuracy: list[float] = dataclasses.field(default_factory=list)
    interrupted: bool = False

    def add(self, training: Figures, validation: Figures | None = None) -> None:
        """The figures of one more epoch."""
        self.cost.append(training.cost)
        self.accuracy.append(training.metric)
        if validation is not None:
            self.validation_cost.append(validation.cost)
            self.validation_accuracy.append(validation.metric)

    def plot(self) -> Any:
        """A matplotlib figure of cost and accuracy against the epoch. Needs the extra `notebook`."""
        try:
            from matplotlib.figure import Figure
        except ImportError:
            raise ImportError("History.plot() needs matplotlib: pip install 'chalkgrad[notebook]'.") from None
        figure = Figure(figsize=(8, 3), layout="constrained")
        for axes, what in zip(figure.subplots(1, 2), ("cost", "accuracy"), strict=True):
            for label, values in (
                (what, getattr(self, what)),
                (f"validation {what}", getattr(self, f"validation_{what}")),
            ):
                if values:
                    axes.plot(range(1, len(values) + 1), values, label=label)
            axes.set(xlabel="epoch", ylabel=what)
            axes.legend()
        return figure
