"""Diagnosis: what the doctor has found, as a report."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from nn.doctor.finding import Finding
from nn.doctor.rates import RangeTest
from nn.reports import Shown

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

HEADINGS = ("problem", "where", "what is seen", "what to do")


@dataclass(frozen=True)
class Diagnosis(Shown):
    """What was found, the likely causes first; prints as a table, in notebooks, too.

    findings     what is wrong, if anything
    costs        of the short run: the training cost before each step
    validation   [(step, cost), …] on the samples that the run was not trained on
    rates        the range test: the cost against the learning rate; None where no run was possible

    >>> import nn
    >>> X, Y = nn.datasets.xor(m=100)
    >>> model = nn.Sequential(nn.Linear(2, 8, init="zeros"), nn.Tanh(), nn.Linear(8, 1, init="zeros"), nn.Sigmoid())
    >>> report = nn.diagnose(model, X, Y, loss="binary_cross_entropy", optimizer=nn.optim.SGD(model.parameters(), lr=1))
    >>> report.ok, report.findings[0].problem, report.findings[0].layer
    (False, 'symmetric units', 'layer 1')
    """

    WIDTH: ClassVar[int] = 110

    findings: tuple[Finding, ...]
    costs: tuple[float, ...] = ()
    validation: tuple[tuple[int, float], ...] = field(default=())
    rates: RangeTest | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    @property
    def problems(self) -> list[str]:
        """What was found, by name."""
        return [finding.problem for finding in self.findings]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __bool__(self) -> bool:
        return True

    @property
    def summary(self) -> str:
        """One line: how many findings there are, and how the run went."""
        n = len(self.findings)
        found = "no finding" if n == 0 else f"{n} finding{'s' if n > 1 else ''}: {', '.join(self.problems)}"
        if not self.costs:
            return f"{found}; no run was possible"
        took = "1 step" if len(self.costs) == 1 else f"{len(self.costs)} steps"
        return f"{found}; in {took} the cost went from {self.costs[0]:.4g} to {self.costs[-1]:.4g}"

    def plot(self) -> Any:
        """A matplotlib figure: the costs of the short run, and the range test. Needs the extra `notebook`."""
        try:
            from matplotlib.figure import Figure
        except ImportError:
            raise ImportError("Diagnosis.plot() needs matplotlib: pip install 'chalkgrad[notebook]'.") from None
        figure = Figure(figsize=(9, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2)
        left.plot(range(1, len(self.costs) + 1), self.costs, label="cost")
        if self.validation:
            left.plot(*zip(*self.validation, strict=True), label="validation cost")
        left.set(xlabel="step", ylabel="cost", title="short run")
        if self.costs:
            left.legend()
        if self.rates is not None:
            self.rates.draw(right)
        return figure

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """For rich.print: a little colour where there is a terminal; the words say it all without."""
        from rich import box
        from rich.table import Table
        from rich.text import Text

        if self.findings:
            table = Table(box=box.SIMPLE_HEAD, expand=True)
            for heading, ratio in zip(HEADINGS, (3, 2, 6, 6), strict=True):
                table.add_column(heading, ratio=ratio)
            for finding in self.findings:
                table.add_row(Text(finding.problem, "bold red"), *map(Text, _cells(finding)[1:]))
            yield table
        yield Text(self.summary, "bold" if self.ok else "")

    def _repr_html_(self) -> str:
        """The same as an HTML table, for notebooks."""
        rows = [("th", HEADINGS), *(("td", _cells(finding)) for finding in self.findings)]
        body = "".join(
            f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>" for tag, cells in rows
        )
        return f"<p>{html.escape(self.summary)}</p>" + (f"<table>{body}</table>" if self.findings else "")


def _cells(finding: Finding) -> tuple[str, ...]:
    return finding.problem, finding.layer, finding.words, finding.advice
