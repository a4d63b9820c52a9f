"""A run's results in the terminal, and all machines' as a page with charts: `page.md` filled in."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from string import Template
from typing import Any

import bounds
import machine
import tables
from networks import SAMPLES
from rich.console import Console
from rich.table import Table as TerminalTable
from roster import titled

PAGE = Path(__file__).with_name("page.md")
MACHINES = Path(__file__).with_name("machines")  # a file for each machine: its latest whole run
Results = dict[str, Any]


def show(results: Results, verdicts: list[bounds.Verdict]) -> None:
    """Print what was measured, and which bounds are missed."""
    console = Console(width=None if sys.stdout.isatty() else 140)  # 80 where it cannot know: too narrow for these
    console.print(described(results), markup=False, highlight=False)
    if "steps" in results:
        for dtype in dict.fromkeys(race["dtype"] for race in results["steps"]):
            title = f"{dtype}: times of a training step, of NumPy by hand = 1; best turn / mean"
            console.print(terminal(tables.steps(results, dtype), title))
    if "scalars" in results:
        console.print(terminal(tables.scalars([results]), "a 2-16-16-1 network on scalars; best pass / mean"))
    if "images" in results:
        console.print(terminal(tables.images([results]), "a convolutional network on 8×8 images"))
    if "compiling" in results and "deriving" in results:
        console.print(terminal(tables.compiling([results]), "until the first result, in a fresh process"))
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


def store(results: Results, folder: Path = MACHINES) -> None:
    """Keep the figures of a whole run as those of its machine."""
    text = json.dumps(rounded(results), indent=1, ensure_ascii=False)
    save(folder / f"{machine.slug(results['machine']['name'])}.json", text + "\n")


def stored(folder: Path = MACHINES) -> list[Results]:
    """The latest whole run of each machine."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]


def beside_others(results: Results, folder: Path = MACHINES) -> list[Results]:
    """A run, and those that are kept of other machines."""
    name = results["machine"]["name"]
    return sorted(
        [results, *(other for other in stored(folder) if other["machine"]["name"] != name)],
        key=lambda one: machine.slug(one["machine"]["name"]),
    )


def rounded(value: Any) -> Any:
    """The figures to five digits: the others are noise."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {key: rounded(part) for key, part in value.items()}
    return [rounded(part) for part in value] if isinstance(value, list) else value


def write(machines: Sequence[Results], page: Path, pictures: Path) -> None:
    """Write the page of these machines' runs, and the charts beside it."""
    import charts  # matplotlib is slow to load, and a partial run draws nothing

    pictures.mkdir(parents=True, exist_ok=True)
    for old in pictures.glob("bench-*.svg"):
        old.unlink()
    for results in machines:
        charts.draw(results, pictures, machine.slug(results["machine"]["name"]))
    save(page, text(machines, pictures.name))


def text(machines: Sequence[Results], pictures: str) -> str:
    """The page."""
    return Template(PAGE.read_text("utf-8")).substitute(fields(machines, pictures))


def fields(machines: Sequence[Results], pictures: str) -> dict[str, Any]:
    """What the page's gaps are filled with."""

    def of_each(table: Callable[[Results], str]) -> str:
        return "\n\n".join(f"{results['machine']['name']}:\n\n{table(results)}" for results in machines)

    def picture(kind: str, words: str) -> str:
        files = [f"bench-{kind}-{machine.slug(results['machine']['name'])}.svg" for results in machines]
        return "\n\n".join(f"![{words}]({pictures}/{file})" for file in files)

    return {
        "machines": "\n".join(f"- {described(results)}" for results in machines),
        "verdicts": "\n".join(f"- {results['machine']['name']}: {verdict(results)}" for results in machines),
        "missed": of_each(lambda results: bullets(missed(bounds.verdicts(results)), "no bound")),
        "ahead": ahead(),
        "steps": "\n\n".join(
            f"**{network}**, {m} samples:\n\n{markdown(tables.steps_of(network, machines))}"
            for network, m in SAMPLES.items()
        ),
        "failures": of_each(lambda results: bullets(tables.failures(results), "nothing")),
        "steps_picture": picture("steps", "Times of a training step of every way, in units of the step by hand"),
        "depth_picture": picture("depth", "Time and memory against the depth of the graph"),
        "size_picture": picture("size", "Time and memory of a training step against width and batch"),
        "memory": of_each(lambda results: markdown(tables.memory(results))),
        "depth": of_each(lambda results: markdown(tables.depth(results))),
        "width": of_each(lambda results: markdown(tables.size(results, "width"))),
        "batch": of_each(lambda results: markdown(tables.size(results, "batch"))),
        **{
            table.__name__: markdown(table(machines))
            for table in (tables.ways, tables.compiling, tables.scalars, tables.images)
        },
    }


def described(results: Results) -> str:
    """The machine, the state of the code, and how much was measured."""
    here, made, plan = results["machine"], results["made"], results["plan"]
    return (
        f"{here['name']}, {here['threads']} threads: commit {made['commit']}, {made['date']}; Python {here['python']}, "
        f"NumPy {here['numpy']} in every environment; {settings(here)}; {plan['rounds']} turns of each way in each of "
        f"{plan['launches']} launches"
    )


def ahead() -> str:
    """What our ways mean to be ahead of."""
    return "; ".join(
        f"{titled(way)} of {', '.join(' or '.join(map(titled, rival)) for rival in others)}, on "
        + ("all networks" if way == bounds.COMPILED_C else "the three smaller networks")
        for way, others in bounds.AHEAD.items()
    )


def bullets(lines: Sequence[str], none: str) -> str:
    """The lines as a list, or the word for none."""
    return "\n".join(f"- {line}" for line in lines) or f"- {none}"


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


def verdict(results: Results) -> str:
    """How many bounds that run misses."""
    return summary(bounds.verdicts(results))


def summary(verdicts: list[bounds.Verdict]) -> str:
    """How many bounds there are, and how many are missed."""
    return f"{sum(v.missed for v in verdicts)} of {len(verdicts)} bounds are missed."


def save(path: Path, text: str) -> None:
    """Write the file under a temporary name, then rename it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
