"""What is shown while a model is trained: in a terminal a bar, in a notebook the same as HTML; the latest figures, how
many steps a second and what runs them, and how long it will still take."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from html import escape
from typing import Any

from nn.train.history import History
from nn.train.sources import Source

_PAUSE = 0.1  # seconds between two looks: a step of a small network takes a thousandth of that


class Progress:
    """Counts steps, and shows now and then where the training is. Here it shows nothing.

    epochs, steps   how many epochs there are, and steps in each
    done            epochs that a training that is resumed has already
    source          what computes the steps; None where that is not to be shown
    """

    def __init__(self, epochs: int, steps: int, done: int = 0, source: Source | None = None) -> None:
        self.epochs, self.steps, self.epoch, self.source = epochs, steps, done, source
        self.taken, self.all = 0, (epochs - done) * steps
        self.history: History | None = None
        self.began = self.shown = time.perf_counter()

    def step(self) -> None:
        """A step was taken."""
        self.taken += 1
        now = time.perf_counter()
        if now - self.shown >= _PAUSE:
            self.shown = now
            self.show()

    def end_epoch(self, history: History) -> None:
        """An epoch is over, with these figures."""
        self.epoch = history.epochs
        self.history = history

    def show(self) -> None:
        """Show where the training is."""

    def close(self) -> None:
        """The training is over."""

    @property
    def words(self) -> str:
        """Figures, rate and remaining time."""
        rate = self.taken / max(time.perf_counter() - self.began, 1e-9)
        left = (self.all - self.taken) / rate if rate else 0.0
        pace = f"{rate:,.0f} steps/s" if rate >= 10 else f"{rate:.2g} steps/s"
        latest = [figures(self.history)] if self.history is not None and self.history.cost else []
        remaining = f"{_clock(left)} left"
        # The more there is room for, the more is said.
        ways = [*latest, pace + self._runs(), remaining], [*latest, pace, remaining], [*latest, remaining], latest
        lines = ["  ".join(parts) for parts in ways]
        return next((line for line in lines if len(line) <= self.room), lines[-1])

    @property
    def room(self) -> float:
        """How many letters `words` may have."""
        return math.inf

    def _runs(self) -> str:
        """What runs the steps, in a word or two."""
        if self.source is None or not self.taken:
            return ""
        return " eager" if not self.source.compiled else " in C" if self.source.backend == "c" else " in NumPy"

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()


def figures(history: History) -> str:
    """The latest cost and accuracy, in a line.

    >>> figures(History(cost=[0.5], accuracy=[0.75], validation_cost=[0.6], validation_accuracy=[0.5]))
    'cost 0.5000  accuracy 75.0%  validation cost 0.6000  accuracy 50.0%'
    """
    parts = [f"cost {history.cost[-1]:.4f}"]
    parts += [f"accuracy {history.accuracy[-1]:.1%}"] if history.accuracy else []
    parts += [f"validation cost {history.validation_cost[-1]:.4f}"] if history.validation_cost else []
    parts += [f"accuracy {history.validation_accuracy[-1]:.1%}"] if history.validation_accuracy else []
    return "  ".join(parts)


def _clock(seconds: float) -> str:
    """Seconds as 0:07, or 1:02:03.

    >>> _clock(7.2), _clock(3723)
    ('0:07', '1:02:03')
    """
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


class Terminal(Progress):
    """rich's progress bar on the standard error stream."""

    def __init__(self, epochs: int, steps: int, done: int = 0, source: Source | None = None) -> None:
        super().__init__(epochs, steps, done, source)
        from rich.console import Console
        from rich.progress import BarColumn, Progress as Bar, TextColumn
        from rich.table import Column

        # Where there is no room, it is the figures that are cut off.
        epoch = Column(min_width=len(f"epoch {epochs}/{epochs}"), no_wrap=True)
        columns = (
            TextColumn("epoch {task.fields[epoch]}", table_column=epoch),
            BarColumn(),
            TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis")),
        )
        self.bar = Bar(*columns, console=Console(stderr=True), auto_refresh=False)
        self.task = self.bar.add_task("", total=self.all, epoch=f"{done}/{epochs}")
        self.bar.start()

    @property
    def room(self) -> float:
        """See Progress. The bar itself keeps a few letters."""
        return self.bar.console.width - len(f"epoch {self.epochs}/{self.epochs} {'━' * 8} ")

    def show(self) -> None:
        """See Progress."""
        at = f"{self.epoch}/{self.epochs}"
        self.bar.update(self.task, completed=self.taken, description=self.words, epoch=at, refresh=True)

    def close(self) -> None:
        """See Progress."""
        self.show()
        self.bar.stop()


class Notebook(Progress):
    """A bar in the output of a notebook's cell, which is replaced by the next."""

    def __init__(self, epochs: int, steps: int, done: int = 0, source: Source | None = None) -> None:
        super().__init__(epochs, steps, done, source)
        from IPython.display import HTML, display

        self.html: Any = HTML
        self.handle: Any = display(HTML(self.markup()), display_id=True)

    def markup(self) -> str:
        """The bar as HTML."""
        at = f"epoch {self.epoch}/{self.epochs}"
        return (
            f'<div><progress value="{self.taken}" max="{self.all}" aria-label="{at}"></progress> '
            f"{at} &nbsp; {escape(self.words)}</div>"
        )

    def show(self) -> None:
        """See Progress."""
        self.handle.update(self.html(self.markup()))

    def close(self) -> None:
        """See Progress."""
        self.show()


def progress_of(wanted: bool, epochs: int, steps: int, done: int, source: Source | None = None) -> Progress:
    """What shows the progress, if that is wanted and there is somewhere to show it."""
    kind: Callable[..., Progress] = Progress
    if wanted and _in_notebook():
        kind = Notebook
    elif wanted and sys.stderr.isatty():
        kind = Terminal
    return kind(epochs, steps, done, source)


def _in_notebook() -> bool:
    """Whether a notebook's kernel runs this."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return type(shell).__name__ == "ZMQInteractiveShell"
