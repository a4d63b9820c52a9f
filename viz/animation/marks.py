"""What a picture shows after so many steps: numbers as far as they are known, what has just changed, what comes next.

It is the same as on the step page (`picture.mjs` and `style.css`), except that arrowheads turn round where a gradient
goes back, because nothing moves within a frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import hypot

from viz.animation.shapes import Picture, Point, Shape, Text
from viz.picture.theme import THEMES
from viz.seen import text
from viz.seen.frames import Frame, Gradient
from viz.seen.graph import Graph
from viz.seen.steps import Step

LOOK = THEMES["light"]
NOW, NOW_SOFT, NEXT, PASSED = "#b45309", "#fef3c7", "#6d28d9", "#0f766e"
_UNKNOWN, _PARTIAL, _COMING = (2.0, 2.0), (6.0, 2.0), (5.0, 3.0)  # dashes
_ARROW = 8.0  # how long an arrowhead is


@dataclass(frozen=True, eq=False)
class Stage:
    """A picture, and which of its vertices and edges stand for those of the graph that the story is about.

    picture   the shapes of the graph after the last step
    graph     the graph that is in the picture; of a large one this is folded
    shown_as  for a vertex or edge that is folded away, what stands for it, if anything does
    """

    picture: Picture
    graph: Graph
    shown_as: dict[str, str] = field(default_factory=dict)

    def at(self, frame: Frame, done: Sequence[Step]) -> list[Shape | Text]:
        """The shapes after some steps, of which `done` were the last move."""
        now = {self._place(id) for s in done for id in (s.operation, s.changes) if id}
        flow = {self._place(id): s.phase for s in done for id in s.edges}
        coming = self._place(frame.next.changes) if frame.next else ""
        known = _Known(self.graph, frame)
        made: list[Shape | Text] = []
        for shape in self.picture.shapes:
            if isinstance(shape, Text):
                made.append(known.text(shape))
            elif shape.owner in flow:
                made += _flowing(shape, flow[shape.owner] == "backward")
            else:
                made.append(_marked(known.shape(shape), shape.owner in now, shape.owner == coming))
        return made

    def boxes(self, frame: Frame, done: Sequence[Step]) -> list[tuple[float, float, float, float]]:
        """Where something happens: what was changed, from where, and what comes next."""
        wanted = [id for s in done for id in (s.changes, s.node)]
        if frame.next and not wanted:
            wanted.append(frame.next.changes)
        return [box for id in wanted if (box := self.picture.box(self._place(id)))]

    def _place(self, id: str) -> str:
        return self.shown_as.get(id, id)


def stage_of(graph: Graph, drawn: Graph, picture: Picture) -> Stage:
    """A picture of `drawn`, which is `graph`, or a folded one made of it."""
    shown_as = {member.id: v.id for v in drawn for member in v.members}
    between = {(e.source, e.target): e.id for e in drawn.edges}
    kept = {e.id for e in drawn.edges}
    for e in graph.edges:
        ends = shown_as.get(e.source, e.source), shown_as.get(e.target, e.target)
        if e.id not in kept and ends in between:
            shown_as[e.id] = between[ends]
    return Stage(picture, drawn, shown_as)


class _Known:
    """What the rows of a picture say, at one frame."""

    def __init__(self, graph: Graph, frame: Frame) -> None:
        self.frame = frame
        self.vertices = {v.id: v.outcome or v.id for v in graph if v.kind != "operation"}

    def text(self, shape: Text) -> Text:
        """A text of a row, with what is known now."""
        if not shape.row or shape.entry is None or shape.owner not in self.vertices:
            return shape
        if shape.row == "norm":
            gradient = self.gradient(shape.owner)
            return shape if gradient and gradient.complete else replace(shape, words="grad not yet")
        if not self.is_known(shape):
            words = "not yet" if shape.entry == 0 else ""
            return replace(shape, words=words, colour=LOOK.muted, size=9.0)
        partial = shape.row == "grad" and not self._complete(shape.owner)
        cells = text.cells(self._array(shape))
        entries = [x for row in cells for x in row] if cells else [text.summary(self._array(shape))]
        written = entries[shape.entry] if shape.entry < len(entries) else shape.words
        return replace(shape, words=f"{written} …" if partial and len(entries) == 1 else written)

    def shape(self, shape: Shape) -> Shape:
        """An outline, dashed where it stands for what is not known; bars beside numbers only where there are some."""
        if shape.owner not in self.vertices:
            return shape
        if shape.row:
            return shape if self.is_known(shape) else replace(shape, stroke=None, fill=None)
        if self.vertices[shape.owner] not in self.frame.values:
            return replace(shape, dash=_UNKNOWN)
        return shape if self._complete(shape.owner) else replace(shape, dash=_PARTIAL)

    def is_known(self, shape: Shape | Text) -> bool:
        """Whether a row has anything to show yet."""
        id = self.vertices[shape.owner]
        return id in (self.frame.values if shape.row == "value" else self.frame.gradients)

    def gradient(self, owner: str) -> Gradient | None:
        """The gradient of what a vertex shows, as far as it has arrived."""
        return self.frame.gradients.get(self.vertices[owner])

    def _complete(self, owner: str) -> bool:
        gradient = self.gradient(owner)
        return gradient is None or gradient.complete

    def _array(self, shape: Text) -> object:
        id = self.vertices[shape.owner]
        if shape.row == "value":
            return self.frame.values[id]
        return self.frame.gradients[id].value


def _marked(shape: Shape, now: bool, coming: bool) -> Shape:
    """An outline of a vertex that has just changed, or comes next."""
    if shape.row or not (now or coming):
        return shape
    if now:
        operation = shape.fill is not None and shape.fill == shape.stroke
        fill = shape.fill if operation or shape.fill is None else NOW_SOFT
        return replace(shape, fill=fill, stroke=NOW, width=3.0, dash=())
    return replace(shape, stroke=NEXT, width=2.4, dash=_COMING)


def _flowing(shape: Shape, backward: bool) -> Iterator[Shape]:
    """An edge that a step goes along; going back, its arrowhead is at the other end."""
    if not shape.closed:
        yield replace(shape, stroke=NOW, width=3.0)
        if backward:
            yield _arrowhead(shape)
    elif not backward:
        yield replace(shape, fill=NOW, stroke=NOW)


def _arrowhead(line: Shape) -> Shape:
    """An arrowhead at the beginning of a line."""
    (x, y), (a, b) = line.points[0], line.points[min(4, len(line.points) - 1)]
    length = hypot(a - x, b - y) or 1.0
    u, v = (a - x) / length * _ARROW, (b - y) / length * _ARROW
    corners: tuple[Point, ...] = ((x, y), (x + u - v / 2, y + v + u / 2), (x + u + v / 2, y + v - u / 2))
    return Shape(line.owner, corners, True, NOW, NOW)
