"""The picture of a page in rows, where it would be too wide in one: what is outermost in it, cut between two things.

The cuts are made once, for the folds that are open at first, and stay where they are whatever is opened or closed then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from viz.picture.breaks import CUT, ROW_GAP, Breaks
from viz.picture.curves import Curve, Point, cut, joined
from viz.picture.insides import Inside, Piece
from viz.picture.stamps import Stamp
from viz.seen.folds import ROOT, Folds

# Points around what is in an open fold; before the circle of an operation that is unfolded, for the arrows that come to
# it; between two rows.
FRAME = {"side": 20.0, "top": 36.0, "bottom": 14.0, "lead": 13.0, "gap": ROW_GAP}

Said = Callable[[Sequence[str]], str]  # what some values are called, by their ids


@dataclass(frozen=True)
class Opened:
    """How large what is in folds is with some of them open, as the page arranges it (`stepper/arrange.mjs`)."""

    folds: Folds
    insides: Mapping[str, Inside]
    stamps: Mapping[str, Stamp]
    is_open: Callable[[str], bool]

    def size(self, id: str) -> tuple[float, float]:
        """Of what is in a fold."""
        across, down = self.stretches(id)
        return across(self.insides[id].width), down(self.insides[id].height)

    def stretches(self, id: str) -> tuple[Callable[[float], float], Callable[[float], float]]:
        """Where a place in the layout of a fold is, across and down, once everything in it has its room."""
        across, down = [], []
        for child, (x, y) in things(self.insides[id]):
            stamp, (wide, high) = self.stamps[child], self._needs(child)
            across.append((x - stamp.width / 2, x + stamp.width / 2, wide))
            down.append((y - stamp.height / 2, y + stamp.height / 2, high))
        return stretched(across), stretched(down)

    def _needs(self, id: str) -> tuple[float, float]:
        if not self.is_open(id):
            return self.stamps[id].width, self.stamps[id].height
        width, height = self.size(id)
        if self.folds.boxes[id].fold == "operation":
            return width + FRAME["lead"], height
        return width + 2 * FRAME["side"], height + FRAME["top"] + FRAME["bottom"]


def stretched(intervals: Sequence[tuple[float, float, float]]) -> Callable[[float], float]:
    """Where a coordinate is once each interval (from, to, needs) is as long as it needs to be; intervals side by side
    share.

    >>> at = stretched([(0.0, 10.0, 30.0), (20.0, 30.0, 5.0)])
    >>> at(10.0), at(20.0), at(30.0)
    (30.0, 40.0, 50.0)
    """
    grown = [(start, end, needs) for start, end, needs in intervals if end > start and needs > end - start + 0.01]
    ends = sorted({end for interval in grown for end in interval[:2]})
    parts = [
        (a, b, max([0.0, *(needs / (end - start) - 1 for start, end, needs in grown if start <= a and end >= b)]))
        for a, b in pairwise(ends)
    ]
    return lambda x: x + sum(more * max(0.0, min(x, b) - a) for a, b, more in parts)


def things(inside: Inside) -> Iterator[tuple[str, Point]]:
    """What is in a fold, without its ports."""
    return ((id, at) for id, at in inside.at.items() if id[0] not in "<>")


def rows_of(opened: Opened, said: Said) -> list[Inside]:
    """What is outermost, in rows; nothing where one is best. Arrows from one row to another are in two pieces, each
    with the name of what comes along it."""
    whole = opened.insides[ROOT]
    across, down = opened.stretches(ROOT)
    gaps = list(_gaps(opened))
    boxes = [(across(x), down(y), *opened._needs(id)) for id, (x, y) in things(whole)]

    def extent(left: float, right: float) -> tuple[float, float]:
        there = [(y - high / 2, y + high / 2) for x, y, _, high in boxes if left <= x < right]
        return min((low for low, _ in there), default=0.0), max((high for _, high in there), default=0.0)

    wide = {across(gap): gap for gap in gaps}
    cuts = [wide[x] for x in Breaks(list(wide), 0.0, across(whole.width), extent).best()]
    return _Rows(opened, [0.0, *cuts, whole.width]).made(said) if cuts else []


def _gaps(opened: Opened) -> Iterator[float]:
    """Where there is nothing from top to bottom: beside a layer; where there are none, anywhere."""
    boxes = opened.folds.boxes
    found = sorted(
        (x - opened.stamps[id].width / 2, x + opened.stamps[id].width / 2, id in boxes and boxes[id].fold == "layer")
        for id, (x, _) in things(opened.insides[ROOT])
    )
    layers, reach, before = any(layer for _, _, layer in found), 0.0, False
    for left, right, layer in found:
        if left > reach + 1 and reach > 0 and (layer or before or not layers):
            yield reach + (left - reach) * CUT
        before = layer if right > reach else before
        reach = max(reach, right)


class _Rows:
    """What is outermost, between the places where it is cut."""

    def __init__(self, opened: Opened, edges: Sequence[float]) -> None:
        self.opened, self.edges = opened, edges
        self.whole = opened.insides[ROOT]

    def made(self, said: Said) -> list[Inside]:
        rows = [Inside(right - left) for left, right in pairwise(self.edges)]
        for id, (x, y) in things(self.whole):
            k = self._row(x)
            rows[k].at[id] = (x - self.edges[k], y)
        for piece in self.whole.pieces:
            for k, part in self._parts(piece, said(list(piece.carries))):
                part.points = [(x - self.edges[k], y) for x, y in part.points]
                rows[k].pieces.append(part)
        for row in rows:
            self._close(row)
        return rows

    def _row(self, x: float) -> int:
        return next((k for k, right in enumerate(self.edges[1:]) if x < right), len(self.edges) - 2)

    def _parts(self, piece: Piece, name: str) -> Iterator[tuple[int, Piece]]:
        """An arrow in its row; or the part of it that leaves its row, and the one that comes to its target."""
        first, last = (self._row(self.whole.at[id][0]) for id in (piece.source, piece.target))
        if first == last:
            yield first, piece
            return
        points = piece.points
        curves = [part for i in range(0, len(points) - 1, 3) for part in cut(points[i : i + 4], self.edges[1:-1])]
        leaving = list(_until(curves, self.edges[first + 1]))
        coming = [c[::-1] for c in _until([c[::-1] for c in curves[::-1]], self.edges[last], -1)][::-1]
        port = f"{piece.source}_{piece.target}"
        yield first, replace(piece, target=f">{port}", points=joined(leaving), label="", said=f"{name} …".lstrip())
        yield last, replace(piece, source=f"<{port}", points=joined(coming), said=f"… {name}".rstrip())

    def _close(self, row: Inside) -> None:
        """The row as high as what is in it."""
        boxes = [(y, self.opened.stamps[id].height / 2) for id, (_, y) in things(row)]
        ys = [y for piece in row.pieces for _, y in piece.points]
        top = min([y - half for y, half in boxes] + ys)
        row.height = max([y + half for y, half in boxes] + ys) - top
        row.at = {id: (x, y - top) for id, (x, y) in row.at.items()}
        for piece in row.pieces:
            piece.points = [(x, y - top) for x, y in piece.points]


def _until(curves: Sequence[Curve], x: float, towards: int = 1) -> Iterator[Curve]:
    """The curves up to where they pass a line; at least the first one."""
    for k, curve in enumerate(curves):
        if k and (curve[0][0] + curve[3][0] - 2 * x) * towards > 0:
            return
        yield curve
