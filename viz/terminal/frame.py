"""A story on paper or on a screen: one frame for each position, which says what has just happened and what is known.

A frame is a pure function of a story, a position, a width and, where there is a screen, its height:

>>> import autograd as ag
>>> from viz.seen.story import record
>>> a = ag.Tensor(3.0, name="a")
>>> print(printed(TextFrames(record(a * 2.0))(3, 60), 60))
Step by step: a·2                          done, step 3 of 3
forward ━━━━━━━━━━━━━━┃━━━━━━━━━━━━━━━━━━━━━━━━━━━━ backward
▶ From a·2 back to a
The gradient of a·2 passes through the product to a.
Rule     da = d(a · 2) · 2
Numbers  1.0 · 2 = 2.0
✓ Every gradient is complete.
<BLANKLINE>
   value           shape  is              gradient
▶  a                      3.0             ✓ 2.0
   a·2                    6.0             ✓ 1.0
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from autograd.printable import printable
from autograd.read import TEXT
from viz.seen import text
from viz.seen.flow import flow
from viz.seen.frames import Frame
from viz.seen.scopes import title
from viz.seen.steps import Contribute, Step
from viz.seen.story import Story
from viz.terminal.cells import explained, shaded
from viz.terminal.outline import NEXT, NOW, Outline
from viz.terminal.program import excerpt

WIDE = 120  # from here on the outline stands beside the step
ROWS = 9  # of the outline, where the height does not decide
PASSES = {
    "start": "before the first step",
    "forward": "forward pass",
    "seed": "backward pass",
    "backward": "backward pass",
}
OPENING = (
    "Only parameters and data are known. First every value is computed, then the gradient of {} is carried back from "
    "each result to what it was computed from."
)


class TextFrames:
    """The frames of a story: `frames(position, width)`."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self._outline, self._flow = Outline(story), flow(story)
        self._backward = next(i for i, step in enumerate(story.steps) if step.phase != "forward")

    def __call__(self, position: int, width: int, height: int | None = None) -> RenderableType:
        """What is known after so many steps; with a height, the outline takes what room is left."""
        frame = self.story.frame(position)
        head = Group(self._head(frame, width), self._line(frame, width))
        if width < WIDE:
            told = self._told(frame, width)
            rows = ROWS if height is None else max(4, height - _height(Group(head, told), width) - 3)
            return Group(head, told, Text(), *self._graph(frame, rows))
        side = width // 2 - 1
        rows = 2 * ROWS if height is None else max(4, height - 6)
        both = Table.grid(padding=(0, 2, 0, 0))
        both.add_column(width=side)
        both.add_column(width=width - side - 2)
        told = Group(self._told(frame, width - side - 2), *self._program(frame.now))
        both.add_row(Group(*self._graph(frame, rows)), told)
        return Group(head, Text(), both)

    def _head(self, frame: Frame, width: int) -> Table:
        n = len(self.story)
        table = Table.grid(expand=True)
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        table.add_column(no_wrap=True, justify="right")
        where = "done" if frame.next is None else PASSES[frame.phase]
        table.add_row(Text(f"Step by step: {self.story.title}", "bold"), Text(f"{where}, step {frame.position} of {n}"))
        return table

    def _line(self, frame: Frame, width: int) -> Text:
        """Both passes as a line, done as far as the reader is."""
        n = len(self.story)
        room = max(2, width - len("forward  backward"))
        parting, here = round(self._backward / n * room), round(frame.position / n * room)
        marks = ["━" if i < here else "╌" for i in range(room)]
        marks[min(parting, room - 1)] = "┃"
        return Text.assemble(("forward ", "dim"), "".join(marks), (" backward", "dim"))

    def _graph(self, frame: Frame, rows: int) -> Iterator[RenderableType]:
        yield self._outline.of(frame, rows)
        if beyond := self._outline.beyond(frame, rows):
            yield Text(beyond, "dim")

    def _told(self, frame: Frame, width: int) -> Group:
        """What the last step has done."""
        step = frame.now
        last = Text(f"{NEXT} Next: {frame.next.title}" if frame.next else "✓ Every gradient is complete.", "bold")
        if step is None:
            return Group(Text("Before the first step", "bold"), Text(OPENING.format(self.story.title)), last)
        scope = self.story.graph[step.node].scope
        heading = Text.assemble(
            (f"{NOW} {step.title}", "bold"), (f"   {printable(title(scope))}" if scope else "", "dim")
        )
        lines, arrays = self._lines(step, frame.position), self._arrays(step, width)
        return Group(heading, Text(step.words), lines, *arrays, last)

    def _program(self, step: Step | None) -> Iterator[Text]:
        if step is not None and step.line is not None and (lines := excerpt(self.story, step.line)):
            yield Text()
            yield from lines

    def _lines(self, step: Step, position: int) -> Table:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for label, said in self._said(step, position):
            table.add_row(Text(label), Text(said))
        return table

    def _said(self, step: Step, position: int) -> Iterator[tuple[str, str]]:
        yield ("Formula" if step.phase == "forward" else "Rule"), step.formula.names(TEXT)
        numbers, shapes = step.formula.numbers(TEXT), step.formula.shapes(TEXT)
        if numbers is not None:
            yield "Numbers", numbers
        elif shapes is not None:
            yield "Shapes", shapes
        if isinstance(step, Contribute) and step.turns > 1:
            added = step.accumulation.numbers(TEXT)
            if added is not None:
                yield "Adding up", added
            yield "Arrived", f"{step.turn} of {step.turns} contributions" + (": complete" if step.complete else "")
        if step.line:
            yield "Program", f"{step.line.file}:{step.line.number}  {step.line.text}".rstrip()
        mark = self._flow.marks.get(step.changes)
        if mark is not None and mark.since == position:
            yield "Flow", f"{mark.kind}: {mark.reason}"
        before = self.story.steps[position - 2] if position > 1 else None
        if step.why and (before is None or (before.phase, before.node) != (step.phase, step.node)):
            yield "Why now", step.why

    def _arrays(self, step: Step, width: int) -> Iterable[RenderableType]:
        """The arrays of a step, side by side where they fit."""
        figures = [made for name, value in self._values(step) if (made := _figure(name, value, width))]
        row: list[list[Text]] = []
        for made in figures:
            if row and sum(map(_wide, [*row, made])) + 4 * len(row) > width:
                yield _beside(row)
                row = []
            row.append(made)
        if row:
            yield _beside(row)

    def _values(self, step: Step) -> Iterator[tuple[str, Any]]:
        """What a step is about: the gradient that arrives, what becomes of it, and the sum where there are several."""
        if not isinstance(step, Contribute):
            yield (step.called if step.phase == "forward" else self._gradient(step.node)), step.arrived
            return
        name = self._gradient(step.to)
        yield self._gradient(step.node), step.incoming
        yield (name if step.turns == 1 else f"added to {name}"), step.contribution
        if step.turns > 1:
            yield (name if step.complete else f"{name} so far"), step.after

    def _gradient(self, id: str) -> str:
        return self.story.spelling.gradient(self.story.names[id])


def _figure(name: str, value: Any, width: int) -> list[Text]:
    """The name of an array over its entries; nothing for a number, which the formulas show."""
    shape = getattr(value, "shape", ())
    if not shape:
        return []
    said = [text.shape(shape).replace(" ", ""), text.summary(value), explained(value, width)]
    head = Text.assemble((name, "bold"), " ", (", ".join(filter(None, said)), "dim"))
    head.truncate(width, overflow="ellipsis")
    return [head, *shaded(value, width)]


def _wide(lines: list[Text]) -> int:
    return max(cell_len(line.plain) for line in lines)


def _beside(figures: list[list[Text]]) -> Table:
    table = Table.grid(padding=(0, 4, 0, 0))
    for _ in figures:
        table.add_column(no_wrap=True)
    table.add_row(*(Group(*lines) for lines in figures))
    return table


def console(width: int | None, **how: Any) -> Console:
    """A console that takes text as it is: in names of the user's nothing is markup."""
    return Console(width=width, markup=False, emoji=False, highlight=False, **how)


def printed(frame: RenderableType, width: int = 80) -> str:
    """A frame as plain text, without blanks at the ends of lines."""
    out = io.StringIO()
    console(width, file=out, color_system=None).print(frame)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _height(frame: RenderableType, width: int) -> int:
    return len(printed(frame, width).splitlines())
