"""What is shown of a sweep while it runs: how many runs are made, and the best so far."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nn.sweeps.job import describe, is_better
from nn.sweeps.results import Run


@contextmanager
def shown(progress: bool, total: int, higher: bool) -> Iterator[Callable[[list[Run]], None]]:
    """A function to call with the runs that are made; it shows a bar where there is a terminal."""
    if not (progress and sys.stderr.isatty()):
        yield lambda runs: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("run {task.completed}/{task.total}"), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=total)
        yield lambda runs: bar.update(task, completed=len(runs), description=best(runs, higher))


def best(runs: list[Run], higher: bool) -> str:
    """The best score so far and its settings, in a line.

    >>> best([Run(0, {"lr": 0.1}, 1, score=0.5), Run(1, {"lr": 0.2}, 2, score=0.75)], higher=True)
    'best 0.75: lr=0.2'
    """
    found: Run | None = None
    for run in runs:
        if is_better(run.score, float("nan") if found is None else found.score, higher):
            found = run
    return "" if found is None else f"best {found.score:.4g}: {describe(found.settings)}"
