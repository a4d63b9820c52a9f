"""A run's results in the terminal, and as a page with charts: `page.md` filled in."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from string import Template
from typing import Any

import bounds
import tables
from networks import SAMPLES
from rich.console import Console
from rich.table import Table as TerminalTable
from roster import titled

PAGE = Path(__file__).with_name("page.md")


def show(results: dict[str, Any], verdicts: list[bounds.Verdict]) -> None:
    """Print what was measured, and which bounds are missed."""
    console = Console(width=None if sys.stdout.isatty() else 120)  # 80 where it cannot know: too narrow for these
    here = results["machine"]
    console.print(f"{here['cpu']}, {here['threads']} threads ({settings(here)}); Python {here['python']}")
    if "steps" in results:
        for dtype in dict.fromkeys(race["dtype"] for race in results["steps"]):
            console.print(
                terminal(tables.steps(results, dtype), f"{dtype}: times of a training step, of NumPy by hand = 1")
            )
    if "scalars" in results:
        console.print(terminal(tables.scalars(results), "a 2-16-16-1 network on scalars"))
    if "images" in results:
        console.print(terminal(tables.images(results), "a convolutional network on 8×8 images"))
    if "memory" in results:
        console.print(terminal(tables.memory(results), "memory of training steps (and of the whole process), MB"))
    if "growth" in results:
        console.print(terminal(tables.depth(results), "a chain of scalar operations"))
        for what in ("width", "batch"):
            console.print(terminal(tables.size(results, what), f"a training step against {what}"))
    for line in [*tables.failures(results), *missed(verdicts), summary(verdicts)]:
        console.print(line, markup=False, highlight=False)


def terminal(table: tables.Table, title: str) -> TerminalTable:
    """The table as rich prints it."""
    shown = TerminalTable(title=title)
    for i, head in enumerate(table.head):
        shown.add_column(head, justify="left" if i < table.text else "right")
    for row in table.rows:
        shown.add_row(*(cell.replace("**", "") for cell in row))
    return shown


def write(results: dict[str, Any], verdicts: list[bounds.Verdict], page: Path, pictures: Path) -> None:
    """Write the page, and the charts beside it."""
    import charts  # matplotlib is slow to load, and a partial run draws nothing

    pictures.mkdir(parents=True, exist_ok=True)
    charts.draw(results, pictures)
    text = Template(PAGE.read_text("utf-8")).substitute(fields(results, verdicts), pictures=pictures.name)
    save(page, text)


def fields(results: dict[str, Any], verdicts: list[bounds.Verdict]) -> dict[str, Any]:
    """What the page's gaps are filled with."""
    here = results["machine"]
    return {
        **{name: here[name] for name in ("cpu", "threads", "python", "numpy")},
        **results["plan"],
        "settings": settings(here),
        "verdict": "\n".join([summary(verdicts), "", *(f"- {line}" for line in missed(verdicts))]).strip(),
        "ahead": "; ".join(
            f"{titled(way)} of {', '.join(map(titled, others))}, on the three smaller networks"
            for way, others in bounds.AHEAD.items()
        ),
        "samples": ", ".join(f"{m} for {network}" for network, m in SAMPLES.items()),
        "failures": "\n".join(f"- {line}" for line in tables.failures(results)),
        "largest": bounds.LARGEST_READ,
        **{f"steps_{dtype}": markdown(tables.steps(results, dtype)) for dtype in ("float64", "float32")},
        **{name: markdown(tables.size(results, name)) for name in ("width", "batch")},
        **{
            table.__name__: markdown(table(results))
            for table in (tables.ways, tables.readings, tables.scalars, tables.images, tables.memory, tables.depth)
        },
    }


def markdown(table: tables.Table) -> str:
    """The table as Markdown."""
    rule = ["---" if i < table.text else "---:" for i in range(len(table.head))]
    lines = [table.head, rule, *table.rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def settings(here: dict[str, Any]) -> str:
    """The variables that change speed."""
    return (
        ", ".join(f"{name}={value}" for name, value in here["settings"].items())
        or "no variable that changes speed is set"
    )


def missed(verdicts: list[bounds.Verdict]) -> list[str]:
    """One line for each bound that is missed."""
    return [
        f"{v.text}: {'not measured' if v.value is None else f'{v.value:.3g} {v.unit}'}, bound {v.bound:.3g} {v.unit}"
        for v in verdicts
        if v.missed
    ]


def summary(verdicts: list[bounds.Verdict]) -> str:
    """How many bounds there are, and how many are missed."""
    return f"{sum(v.missed for v in verdicts)} of {len(verdicts)} bounds are missed."


def save(path: Path, text: str) -> None:
    """Write the file under a temporary name, then rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
