"""A progress bar with the latest figures beside it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from nn.train.history import History


def progress_bar(epochs: int, shown: bool) -> AbstractContextManager[Callable[[History], None]]:
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
