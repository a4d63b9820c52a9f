"""Report: what the check of hand-derived arrays found, for people and for programs."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from autograd import Node, Tensor
from nn.reports import Shown

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

RIGHT, CAUSE, CONSEQUENCE, WRONG, OPEN = "right", "cause", "consequence", "wrong", "open"
MARKS = {RIGHT: "ok", CAUSE: "CAUSE", CONSEQUENCE: "follows", WRONG: "WRONG", OPEN: "not yet"}
STYLES = {RIGHT: "green", CAUSE: "bold red", CONSEQUENCE: "yellow", WRONG: "red", OPEN: "dim"}
BARS = {RIGHT: "#2e9e5b", CAUSE: "#d63a3a", CONSEQUENCE: "#c98a00", WRONG: "#d63a3a", OPEN: "#8a8f98"}
HEADINGS = ("array", "verdict", "what was found")
SAID = {
    "course": "The course's convention: dZ is m times the derivative of the cost, and 1/m stands in dW and db.",
    "true": "The true convention: every line is a derivative of the cost.",
    "mixed": "Two conventions are mixed: 1/m belongs either into dZ of the output or into dW and db.",
}
IN_ROWS = "Samples are in rows; the formulas below have them in columns."


@dataclass(frozen=True)
class Finding:
    """What was found of one array.

    name         as the course calls it: "dZ1"
    value        what is called so, or what it is the gradient of: "Z1"
    gradient     whether it is a gradient
    verdict      "right"; "cause": this line is wrong; "consequence": the line is right for what was handed in before
                 it; "wrong": it is not an array that can be checked; "open": it is the `...` of an exercise
    mistake      a key of byhand.mistakes, or None
    mistakes     all that were made in the line
    candidates   the mistakes that these data cannot tell apart
    inseparable  those of them that no data tell from `mistake`: they give one and the same line
    factor       by which number the array differs from the right one, where it is one number
    message      in words
    expected, expected_latex   the line as it should be
    written, written_latex     the line as the student seems to have written it, or ""
    entry        the worst entry: its place, the number there, the right number; None if there is none
    """

    name: str
    verdict: str
    message: str
    mistake: str | None = None
    mistakes: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    inseparable: tuple[str, ...] = ()
    factor: float | None = None
    expected: str = ""
    expected_latex: str = ""
    written: str = ""
    written_latex: str = ""
    entry: tuple[tuple[int, ...], float, float] | None = None
    value: str = ""
    gradient: bool = False

    def __str__(self) -> str:
        return f"{MARKS[self.verdict]:<8} {self.message}"


@dataclass(frozen=True, repr=False)
class Report(Shown):
    """All findings, in the order of the passes; prints as a table.

    convention   "course", "true" or "mixed"
    layout       "columns" or "rows": how the samples lie
    cost         the cost that was checked against: `viz.draw(report)` marks in its graph where the causes are
    called       the nodes of that graph by their names
    left_out     what was not done, because the cost is too large
    """

    WIDTH: ClassVar[int] = 100

    findings: tuple[Finding, ...]
    convention: str = "course"
    layout: str = "columns"
    cost: Tensor | None = field(default=None, repr=False, compare=False)
    called: Mapping[str, Node] = field(default_factory=dict, repr=False, compare=False)
    left_out: str = ""

    @property
    def ok(self) -> bool:
        """Whether everything that was handed in is right."""
        return all(finding.verdict == RIGHT for finding in self.findings)

    @property
    def causes(self) -> tuple[Finding, ...]:
        """The lines that are wrong themselves."""
        return tuple(finding for finding in self.findings if finding.verdict in (CAUSE, WRONG))

    def __repr__(self) -> str:
        return str(self)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __contains__(self, name: object) -> bool:
        return any(finding.name == name for finding in self.findings)

    def __getitem__(self, name: str) -> Finding:
        """The finding of that name."""
        for finding in self.findings:
            if finding.name == name:
                return finding
        raise KeyError(f"There is no finding {name!r}; there are {', '.join(f.name for f in self.findings)}.")

    @property
    def summary(self) -> str:
        """One line: how much is right, and what is not."""
        if not self.findings:
            return "Nothing was handed in."
        right = sum(finding.verdict == RIGHT for finding in self.findings)
        start = f"{right} of {len(self.findings)} right"
        causes = ", ".join(dict.fromkeys(finding.name for finding in self.causes))
        left = ", ".join(finding.name for finding in self.findings if finding.verdict == OPEN)
        return (
            "; ".join([start, *([f"to fix: {causes}"] if causes else []), *([f"to do: {left}"] if left else [])]) + "."
        )

    @property
    def said(self) -> tuple[str, ...]:
        """What holds of all lines."""
        rows, left_out = self.layout == "rows", self.left_out
        return (SAID[self.convention], *([IN_ROWS] if rows else []), *([left_out] if left_out else []))

    def json(self) -> str:
        """Everything, as JSON."""
        found = {"ok": self.ok, "convention": self.convention, "layout": self.layout, "summary": self.summary}
        found["left_out"] = self.left_out
        return json.dumps(found | {"findings": [_plain(asdict(finding)) for finding in self.findings]}, indent=2)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        for line in self.said:
            yield Text(line)
        table = Table(box=box.SIMPLE_HEAD, expand=True)
        for heading, (ratio, widest) in zip(HEADINGS, ((None, 30), (None, None), (1, None)), strict=True):
            table.add_column(heading, ratio=ratio, no_wrap=ratio is None, max_width=widest)
        for finding in self.findings:
            style = STYLES[finding.verdict] if console.color_system else ""
            cells = finding.name, MARKS[finding.verdict], finding.message
            table.add_row(*(Text(cell, style if i < 2 else "") for i, cell in enumerate(cells)))
        yield table
        yield Text(self.summary)

    def _repr_html_(self) -> str:
        """An HTML table, for notebooks; the formulas are set by MathJax."""
        head = "".join(f'<th style="{_CELL}">{html.escape(heading)}</th>' for heading in HEADINGS)
        body = "".join(f"<tr>{_row(finding)}</tr>" for finding in self.findings)
        said = "".join(f"<p>{html.escape(line)}</p>" for line in self.said)
        return f"{said}<table>\n<tr>{head}</tr>\n{body}</table><p><strong>{html.escape(self.summary)}</strong></p>"


# Notebooks are light or dark, and set tables to the right: the text keeps their color, a bar has that of the verdict.
_CELL = "text-align: left; vertical-align: top; white-space: normal"


def _row(finding: Finding) -> str:
    bar = f"border-left: 4px solid {BARS[finding.verdict]}; padding-left: 0.6em"
    verdict = html.escape(MARKS[finding.verdict])
    cells = [
        (f"{_CELL}; {bar}", f"<strong>{html.escape(finding.name)}</strong>"),
        (_CELL, f"<strong>{verdict}</strong>" if finding.verdict in (CAUSE, WRONG) else verdict),
        (_CELL, html.escape(finding.message) + _formulas(finding)),
    ]
    return "".join(f'<td style="{style}">{cell}</td>' for style, cell in cells)


def _formulas(finding: Finding) -> str:
    """Both lines of a cause, set by MathJax."""
    if finding.verdict != CAUSE or not finding.expected_latex:
        return ""
    lines = [("should be", finding.expected_latex), ("yours seems to be", finding.written_latex)]
    rows = "".join(f"<br>{label}: ${html.escape(latex)}$" for label, latex in lines if latex)
    return f"<div>{rows.removeprefix('<br>')}</div>"


def _plain(x: Any) -> Any:
    """Numbers that JSON has no word for, as text."""
    if isinstance(x, dict):
        return {key: _plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [_plain(value) for value in x]
    return str(x) if isinstance(x, float) and x - x != 0 else x
