"""The runs of a sweep, best first: as a table, as a picture, as data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from nn.sweeps.space import Settings, Values, label


@dataclass(frozen=True)
class Run:
    """One combination of settings, tried out.

    number    of the run, counted from 0
    settings  by their names
    seed      of all that was random in it
    score     on the validation data, the mean over the folds; nan where it failed
    scores    of each fold
    cost      on the validation data, the mean over the folds
    epochs    how many it was trained for, in all folds
    seconds   how long that took
    error     why it failed, if it did
    """

    number: int
    settings: Settings
    seed: int
    score: float = math.nan
    scores: tuple[float, ...] = ()
    cost: float = math.nan
    epochs: int = 0
    seconds: float = 0.0
    error: str | None = None

    @property
    def spread(self) -> float:
        """The standard deviation of the score over the folds."""
        if len(self.scores) < 2:
            return math.nan
        return math.sqrt(sum((s - self.score) ** 2 for s in self.scores) / (len(self.scores) - 1))


@dataclass
class Sweep:
    """The runs of a sweep, the best first; those that failed are the last.

    runs         in this order
    score_name   what they are sorted by
    higher       whether a higher score is better
    space        what each setting was drawn from
    interrupted  whether Ctrl-C ended it
    """

    runs: list[Run]
    score_name: str
    higher: bool
    space: dict[str, Values] = field(default_factory=dict)
    interrupted: bool = False

    def __post_init__(self) -> None:
        self.runs = sorted(self.runs, key=self._rank)

    def _rank(self, run: Run) -> tuple[bool, float, int]:
        failed = math.isnan(run.score)
        return failed, 0.0 if failed else -run.score if self.higher else run.score, run.number

    @property
    def best(self) -> Settings:
        """The settings of the best run."""
        if not self.runs or math.isnan(self.runs[0].score):
            raise ValueError("There is no best run: no run of this sweep has been finished.")
        return dict(self.runs[0].settings)

    def __len__(self) -> int:
        return len(self.runs)

    def __iter__(self) -> Iterator[Run]:
        return iter(self.runs)

    def __getitem__(self, i: int) -> Run:
        return self.runs[i]

    def to_dict(self) -> dict[str, list[Any]]:
        """The table by its columns, as `pandas.DataFrame(sweep.to_dict())` takes it."""
        columns: dict[str, list[Any]] = {name: [run.settings[name] for run in self.runs] for name in self.space}
        for name in ("score", "spread", "cost", "epochs", "seconds", "seed", "error"):
            columns[name if name not in columns else f"{name} of the run"] = [getattr(run, name) for run in self.runs]
        return columns

    def table(self) -> list[list[str]]:
        """The table as text: a line of headings, and one for each run."""
        heads = [*self.space, self.score_name, "±", "cost", "epochs", "seconds"]
        if self.score_name == "cost":
            heads.remove("cost")
        lines = [heads]
        for run in self.runs:
            found = [label(run.settings[name]) for name in self.space]
            if run.error is not None:
                lines.append([*found, "failed", *[""] * (len(heads) - len(found) - 1)])
                continue
            figures = [run.score, run.spread, *([run.cost] if self.score_name != "cost" else [])]
            shown = ["" if math.isnan(x) else f"{x:.4g}" for x in figures]
            lines.append([*found, *shown, str(run.epochs), f"{run.seconds:.1f}"])
        return lines

    def plot(self) -> Any:
        """A matplotlib figure of parallel coordinates: an axis for each setting and for the score, a line for each run.
        Needs the extra `notebook`."""
        from nn.sweeps.parallel import parallel_coordinates

        return parallel_coordinates(self)

    def __repr__(self) -> str:
        return "\n".join([*_aligned(self.table()), *self._notes()])

    def _repr_html_(self) -> str:
        head, *lines = self.table()
        cells = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in lines)
        notes = "".join(f"<p>{escape(note)}</p>" for note in self._notes())
        return f"<table><tr>{''.join(f'<th>{escape(name)}</th>' for name in head)}</tr>{cells}</table>{notes}"

    def _notes(self) -> list[str]:
        """What the table does not show: why runs failed, and that it is not complete."""
        failed = [run for run in self.runs if run.error is not None]
        notes = [f"run {run.number} failed: {run.error}" for run in failed[:1]]
        if len(failed) > 1:
            notes.append(f"{len(failed) - 1} more failed")
        if self.interrupted:
            notes.append("interrupted: not all runs were made")
        return notes


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  ".join(cell.rjust(width) for cell, width in zip(line, widths)).rstrip() for line in table]
