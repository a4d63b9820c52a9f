"""fit: the training loop, with a progress bar and a history."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import numpy as np

import autograd as ag
from nn import data, losses
from nn.module import Module
from nn.optim import Optimizer
from nn.trainer import Metric, Trainer, TrainingError, quiet


def accuracy(A: Any, Y: Any, threshold: float = 0.5, multi_label: bool | None = None) -> float:
    """The share of columns that are predicted right: by the largest unit, or by a single unit above the threshold. A
    column with nan in it is not.

    A, Y         (n, m)
    multi_label  whether each unit is a question of its own; a column is then right if all its units are on the right
                 side of the threshold. None: where Y holds only 0 and 1, and not one 1 in every column

    >>> accuracy(np.array([[0.9, 0.2, 0.6]]), np.array([[1.0, 0.0, 0.0]])) == 2 / 3
    True
    >>> accuracy(np.array([[0.9, 0.2], [0.8, 0.6]]), np.array([[1.0, 1.0], [1.0, 1.0]]))
    0.5

    Raises ShapeError unless both have the same shape (n, m).
    """
    A, Y = (np.asarray(x.data if isinstance(x, ag.Tensor) else x) for x in (A, Y))
    if A.shape != Y.shape or A.ndim != 2 or not A.size:
        hint = f" For one unit: Y.reshape(1, -1), shape (1, {Y.size})." if Y.ndim == 1 else ""
        raise ag.ShapeError(
            f"accuracy needs predictions and targets of the same shape (n, m), but got {A.shape} and {Y.shape}.{hint}"
        )
    if multi_label is None:
        multi_label = _several_labels(Y)
    if len(Y) == 1 or multi_label:
        right = np.equal(threshold < A, Y > 0.5).all(axis=0)
    else:
        right = A.argmax(axis=0) == Y.argmax(axis=0)
    known = ~(_is_nan(A) | _is_nan(Y)).any(axis=0)
    return float(np.mean(right & known))


def _is_nan(A: Any) -> Any:
    return A != A


def _several_labels(Y: Any) -> bool:
    """Whether the columns of Y say yes or no to each unit, and not to just one."""
    return len(Y) > 1 and bool(((Y == 0) | (Y == 1)).all() and (Y.sum(axis=0) != 1).any())


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


def fit(
    model: Module,
    X: Any,
    Y: Any,
    *,
    loss: str | losses.Loss,
    optimizer: Optimizer,
    epochs: int = 100,
    batch_size: int | None = None,
    seed: int = 0,
    validation: tuple[Any, Any] | None = None,
    metric: Metric | None = None,
    progress: bool = True,
) -> History:
    """Train a model: for each batch forward, backward, step; returns the history.

    Arguments:
        X (n_x, m), Y (n_y, m)  the data, a column per sample
        loss        a name or function of nn.losses, or any (A, Y) -> Tensor
        batch_size  None takes all m columns at once
        seed        of the shuffling: the same seed gives the same training, to the last bit
        validation  (X, Y) that the model is only tested on, after each epoch
        metric      (A, Y) -> number in place of accuracy
        progress    show a bar, where there is a terminal

    Ctrl-C ends the training, not the program: the model is as of the last whole step, and
    `history.interrupted` is True.

    >>> import nn
    >>> X, Y = nn.datasets.xor(m=200)
    >>> model = nn.Sequential(nn.Linear(2, 8, seed=1), nn.Tanh(), nn.Linear(8, 1, seed=2), nn.Sigmoid())
    >>> history = nn.fit(model, X, Y, loss="binary_cross_entropy", optimizer=nn.optim.Adam(model.parameters(), lr=0.05),
    ...                  epochs=100, progress=False)
    >>> history.accuracy[-1] > 0.95
    True

    Raises ShapeError, DtypeError, DataError for data that do not fit, with what to do; TrainingError where the cost is
    not finite: with the likely reason, and the model as of the last step after which it was.
    """
    loss = losses.find(loss)
    X, Y = _checked(X, Y, loss)
    if validation is not None:
        if not isinstance(validation, (tuple, list)) or len(validation) != 2:
            raise TypeError(
                "validation must be a pair (X, Y) of arrays, a column per sample, but got "
                f"{_described(validation)}. None leaves it out."
            )
        try:
            validation = _checked(*validation, loss)
        except (ag.ShapeError, ag.DataError) as error:
            raise type(error)(f"validation: {error}") from None
    for name, number in (("epochs", epochs), ("batch_size", batch_size)):
        integer = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        if not (integer and number is not None and number >= 1) and not (name == "batch_size" and number is None):
            raise ValueError(f"{name} must be an integer of at least 1, but got {number!r}.")
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"optimizer must be one of nn.optim, as nn.optim.Adam(model.parameters()), but got {optimizer!r}."
        )
    metric = metric or partial(accuracy, threshold=losses.threshold(loss), multi_label=_several_labels(Y))
    trainer, history, rng = Trainer(model, loss, optimizer, metric), History(), np.random.default_rng(seed)
    with quiet(), _bar(epochs, progress and sys.stderr.isatty()) as advance:
        try:
            for epoch in range(1, epochs + 1):
                batches = data.batches(X, Y, batch_size or X.shape[-1], seed=rng)
                cost, right = trainer.epoch(batches, epoch)
                history.cost.append(cost)
                history.accuracy.append(right)
                if validation:
                    cost, right = trainer.test(*validation, epoch)
                    history.validation_cost.append(cost)
                    history.validation_accuracy.append(right)
                advance(history)
        except KeyboardInterrupt:
            history.interrupted = True
        except TrainingError as error:
            error.history = history
            raise
    return history


def _described(given: Any) -> str:
    if isinstance(given, (tuple, list)):
        return f"a {type(given).__name__} of {len(given)}"
    return f"an array of shape {given.shape}" if isinstance(given, np.ndarray) else f"{given!r}"


def _checked(X: Any, Y: Any, loss: losses.Loss) -> tuple[Any, Any]:
    """The data as arrays, if they can be trained on."""
    if isinstance(X, ag.Tensor) or isinstance(Y, ag.Tensor):
        raise TypeError("fit takes plain arrays as data; of a Tensor, pass its .data.")
    X, Y = np.asarray(X), np.asarray(Y)
    data.check_data(X, Y)
    losses.check_targets(loss, Y)
    return X, Y


def _bar(epochs: int, shown: bool) -> Any:
    """A context manager that gives the function to call after each epoch."""
    if not shown:
        return nullcontext(lambda history: None)
    return _Bar(epochs)


class _Bar:
    """rich's progress bar, with the latest figures beside it."""

    def __init__(self, epochs: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("epoch {task.completed}/{task.total}"), BarColumn(), TextColumn("{task.description}"))
        self.progress = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
        self.task = self.progress.add_task("", total=epochs)

    def __enter__(self) -> Callable[[History], None]:
        self.progress.start()
        return self.advance

    def advance(self, history: History) -> None:
        """Move on by one epoch."""
        text = f"cost {history.cost[-1]:.4f}  accuracy {history.accuracy[-1]:.1%}"
        if history.validation_accuracy:
            text += f"  validation {history.validation_accuracy[-1]:.1%}"
        self.progress.update(self.task, advance=1, description=text)

    def __exit__(self, *error: Any) -> None:
        self.progress.stop()
