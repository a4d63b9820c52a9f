"""A picture by Graphviz as shapes: the few kinds that its SVG consists of, each with its vertex or edge."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin
from typing import NamedTuple
from xml.etree import ElementTree

Point = tuple[float, float]
_SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?[\d.]+(?:e-?\d+)?")
_CURVE = 12  # straight pieces of one Bézier curve
_CIRCLE = 48  # and of an ellipse


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline, filled or not.

    owner    the id of the vertex, edge or layer that it is part of; "" of the background
    points   its corners; curves are made of many
    closed   whether the last is joined to the first
    fill, stroke   colours, None for none; width of the stroke, and how long its dashes and gaps are
    row      of the bars beside the numbers of an array: which row it is in (rows.py)
    """

    owner: str
    points: tuple[Point, ...]
    closed: bool
    fill: str | None
    stroke: str | None
    width: float = 1.0
    dash: tuple[float, ...] = ()
    row: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Words at a place.

    owner, row     as of a Shape
    entry, part    which entry of the row it is, None for none; "name" for what the row is called
    at, anchor     a point of the baseline, and what part of the text stands there: "start", "middle" or "end"
    """

    owner: str
    at: Point
    anchor: str
    words: str
    size: float
    bold: bool
    colour: str
    row: str = ""
    entry: int | None = None
    part: str = ""


class Picture(NamedTuple):
    """All shapes of a picture, in the order in which they are drawn; the first corner is at (0, 0)."""

    width: float
    height: float
    shapes: tuple[Shape | Text, ...]

    def box(self, owner: str) -> tuple[float, float, float, float] | None:
        """The smallest box around a vertex or edge: left, top, right, bottom; None where it is not in the picture."""
        points = [p for s in self.shapes if isinstance(s, Shape) and s.owner == owner for p in s.points]
        if not points:
            return None
        xs, ys = zip(*points)
        return min(xs), min(ys), max(xs), max(ys)


def picture_of(svg: str) -> Picture:
    """The shapes of an SVG as `svg_of` makes it."""
    root = ElementTree.fromstring(svg)
    _, _, width, height = _numbers(root.get("viewBox", ""))
    (graph,) = root.findall(f"{_SVG}g")
    moved = re.search(r"translate\(([-\d.]+)[ ,]+([-\d.]+)\)", graph.get("transform", ""))
    shift = (float(moved[1]), float(moved[2])) if moved else (0.0, 0.0)
    return Picture(width, height, tuple(_shapes(graph, "", "", shift)))


def _shapes(element: ElementTree.Element, owner: str, row: str, shift: Point) -> Iterator[Shape | Text]:
    for child in element:
        kind = child.tag.removeprefix(_SVG)
        if kind == "g":
            named = {"node", "edge", "cluster"} & set(child.get("class", "").split())
            yield from _shapes(child, child.get("id", "") if named else owner, child.get("data-row", row), shift)
        elif kind == "a":
            yield from _shapes(child, owner, row, shift)
        elif kind == "text":
            yield _text(child, owner, row, shift)
        elif kind in _OUTLINES:
            points = tuple((x + shift[0], y + shift[1]) for x, y in _OUTLINES[kind](child))
            closed = kind in ("polygon", "ellipse") or (points[0] == points[-1] and _colour(child, "fill") is not None)
            yield _shape(child, owner, row, points, closed)


def _shape(element: ElementTree.Element, owner: str, row: str, points: tuple[Point, ...], closed: bool) -> Shape:
    return Shape(
        owner,
        points,
        closed,
        _colour(element, "fill"),
        _colour(element, "stroke"),
        float(element.get("stroke-width", "1")),
        tuple(_numbers(element.get("stroke-dasharray", ""))),
        row,
    )


def _text(element: ElementTree.Element, owner: str, row: str, shift: Point) -> Text:
    entry = element.get("data-entry")
    return Text(
        owner,
        (float(element.get("x", "0")) + shift[0], float(element.get("y", "0")) + shift[1]),
        element.get("text-anchor", "start"),
        element.text or "",
        float(element.get("font-size", "14")),
        element.get("font-weight") == "bold",
        _colour(element, "fill") or "#000000",
        row,
        None if entry is None else int(entry),
        element.get("data-part", ""),
    )


def _colour(element: ElementTree.Element, what: str) -> str | None:
    colour = element.get(what)
    see_through = element.get(f"{what}-opacity") == "0"
    return None if colour in (None, "none", "transparent") or see_through else colour


def _numbers(text: str) -> list[float]:
    return [float(x) for x in _NUMBER.findall(text)]


def _pairs(text: str) -> list[Point]:
    numbers = _numbers(text)
    return list(zip(numbers[::2], numbers[1::2]))


def _polygon(element: ElementTree.Element) -> list[Point]:
    return _pairs(element.get("points", ""))


def _path(element: ElementTree.Element) -> list[Point]:
    """Graphviz writes M, and then only C: cubic curves."""
    points = _pairs(element.get("d", ""))
    made = points[:1]
    for i in range(1, len(points) - 2, 3):
        made += _bezier(points[i - 1], *points[i : i + 3])
    return made


def _bezier(a: Point, b: Point, c: Point, d: Point) -> Iterator[Point]:
    pieces = 1 if (a == b and c == d) else _CURVE
    for k in range(1, pieces + 1):
        t = k / pieces
        weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        yield tuple(sum(w * p[axis] for w, p in zip(weights, (a, b, c, d))) for axis in (0, 1))  # type: ignore[misc]


def _ellipse(element: ElementTree.Element) -> list[Point]:
    x, y, rx, ry = (float(element.get(name, "0")) for name in ("cx", "cy", "rx", "ry"))
    angles = [2 * pi * k / _CIRCLE for k in range(_CIRCLE)]
    return [(x + rx * cos(angle), y + ry * sin(angle)) for angle in angles]


_OUTLINES = {"polygon": _polygon, "polyline": _polygon, "path": _path, "ellipse": _ellipse}


def dashes(points: tuple[Point, ...], pattern: tuple[float, ...]) -> Iterator[list[Point]]:
    """The pieces of a line that are drawn when it is dashed: lengths drawn and left out, in turn.

    >>> list(dashes(((0.0, 0.0), (10.0, 0.0)), (4.0, 2.0)))
    [[(0.0, 0.0), (4.0, 0.0)], [(6.0, 0.0), (10.0, 0.0)]]
    """
    lengths = pattern if len(pattern) % 2 == 0 else pattern * 2
    place, left, piece = 0, lengths[0], [points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        done = 0.0
        while length - done > left:
            done += left
            here = (x0 + (x1 - x0) * done / length, y0 + (y1 - y0) * done / length)
            if place % 2 == 0:
                yield [*piece, here]
            place, piece = (place + 1) % len(lengths), [here]
            left = lengths[place]
        left -= length - done
        if length:
            piece.append((x1, y1))
    if place % 2 == 0 and len(piece) > 1:
        yield piece
