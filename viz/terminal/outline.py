"""The graph of a story as an outline: a row for each value, under its layer, with what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rich.table import Table
from rich.text import Text

from autograd.printable import printable
from autograd.read import TEXT
from viz.seen import text
from viz.seen.frames import Frame, Gradient
from viz.seen.graph import Vertex
from viz.seen.scopes import Scope, title
from viz.seen.story import Story

NOW, NEXT, COMPLETE, UNKNOWN = "▶", "○", "✓", "·"
INSIDE = " "  # before what belongs to a layer


class _Row(NamedTuple):
    """A value, with the formula that computes it; a row without one is the title of a layer."""

    vertex: Vertex | None
    says: str


class Outline:
    """The rows of a story, in the order of computation; `of(frame, rows)` shows some of them around what happens."""

    def __init__(self, story: Story) -> None:
        self._rows = list(_rows(story))
        self._places = {row.vertex.id: i for i, row in enumerate(self._rows) if row.vertex}

    def __len__(self) -> int:
        return len(self._rows)

    def of(self, frame: Frame, rows: int) -> Table:
        """At most so many rows, those around what the last step has changed."""
        first = self._first(frame, rows)
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        for ratio in (None, 4, None, 4, 5):
            table.add_column(ratio=ratio, no_wrap=True, overflow="ellipsis")
        head = ["", "value", "shape", "is", "gradient"]
        table.add_row(*(Text(word, "dim") for word in head))
        shown = self._rows[first : first + rows]
        for row in shown:
            table.add_row(*_cells(row, frame))
        return table

    def beyond(self, frame: Frame, rows: int) -> str:
        """How many rows are not shown, in words; "" where all are."""
        first = self._first(frame, rows)
        after = max(0, len(self._rows) - first - rows)
        said = [f"{first} above"] * bool(first) + [f"{after} below"] * bool(after)
        return f"{' and '.join(said)} not shown" if said else ""

    def _first(self, frame: Frame, rows: int) -> int:
        step = frame.now or frame.next
        here = self._places[step.changes] if step else 0
        return max(0, min(here - rows // 2, len(self._rows) - rows))


def _rows(story: Story) -> Iterator[_Row]:
    """What is given and belongs to no layer, then results in the order of computation: those of a layer together, under
    its title and further in, where the first of them is."""
    results = [step for step in story.steps if step.phase == "forward"]
    formulas = {step.changes: step.formula.names(TEXT) for step in results}
    layers: dict[Scope, list[Vertex]] = {}
    for v in story.graph:
        if v.kind == "value" and v.name and (v.scope or v.id not in formulas):
            layers.setdefault(v.scope, []).append(v)
    yield from (_row(v, formulas) for v in layers.pop((), []))
    for scope, id in [*((story.graph[id].scope, id) for id in formulas), *((scope, "") for scope in layers)]:
        if not scope:
            yield _row(story.graph[id], formulas)
        elif scope in layers:
            yield _Row(None, printable(title(scope)))
            yield from (_row(v, formulas, INSIDE) for v in layers.pop(scope))


def _row(v: Vertex, formulas: Mapping[str, str], before: str = "") -> _Row:
    formula = formulas.get(v.id, "")
    return _Row(
        v, before + (formula if " = " in formula else v.name or "")
    )  # one without a name is called by its formula


def _cells(row: _Row, frame: Frame) -> Sequence[Text]:
    v = row.vertex
    if v is None:
        return [Text(), Text(row.says, "bold")]
    now = frame.now is not None and frame.now.changes == v.id
    mark = NOW if now else NEXT if frame.next is not None and frame.next.changes == v.id else ""
    known = v.id in frame.values
    value = _said(frame.values[v.id]) if known else UNKNOWN
    style = "bold" if now else "" if known else "dim"
    return [
        Text(mark, "bold"),
        Text(row.says, style),
        Text(text.shape(v.shape).replace(" ", ""), style),
        Text(value, style),
        _gradient(v, frame.gradients.get(v.id), style),
    ]


def _gradient(v: Vertex, gradient: Gradient | None, style: str) -> Text:
    if not v.wants_grad:
        return Text("constant", "dim")
    if gradient is None:
        return Text(UNKNOWN, "dim")
    state = COMPLETE if gradient.complete else f"{gradient.turn} of {gradient.turns}"
    return Text(f"{state} {_said(gradient.value)}", style)


def _said(value: Any) -> str:
    """A number, or the range of an array."""
    return "not kept" if value is None else text.summary(value)
