"""The arrows of a picture as Graphviz writes them: Bézier curves, each from where the one before it ends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Point = tuple[float, float]
Curve = list[Point]  # the four points of a cubic Bézier curve


def curves_of(pos: str) -> list[Curve]:
    """The curves of an arrow: each three points after the first are one more.

    >>> curves_of("e,5,0 0,0 1,0 2,0 3,0")
    [[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0)]]
    """
    points = [_point(part) for part in pos.split() if part[0] not in "es"]
    return [points[i : i + 4] for i in range(0, len(points) - 1, 3)]


def tips_of(pos: str) -> dict[str, Point]:
    """Where its tips are: "e" at its end, "s" at its start.

    >>> tips_of("e,5,0 0,0 1,0 2,0 3,0")
    {'e': (5.0, 0.0)}
    """
    return {part[0]: _point(part[2:]) for part in pos.split() if part[0] in "es"}


def _point(text: str) -> Point:
    x, y = text.split(",")
    return float(x), float(y)


def joined(curves: Sequence[Curve]) -> list[Point]:
    """The points of curves that follow one another, each of them once."""
    return [curves[0][0], *(point for curve in curves for point in curve[1:])]


def cut(curve: Curve, at: Sequence[float]) -> list[Curve]:
    """The curve in parts that pass none of these lines, by de Casteljau's rule."""
    for x in at:
        if min(curve[0][0], curve[3][0]) < x < max(curve[0][0], curve[3][0]):
            first, second = _halved(curve, _time(curve, x))
            return [*cut(first, [a for a in at if a != x]), *cut(second, [a for a in at if a != x])]
    return [curve]


def _time(curve: Curve, x: float) -> float:
    """When the curve passes this line, by halving."""
    rising = curve[3][0] > curve[0][0]
    low, high = 0.0, 1.0
    for _ in range(40):
        t = (low + high) / 2
        if (_halved(curve, t)[0][3][0] < x) == rising:
            low = t
        else:
            high = t
    return (low + high) / 2


def _halved(curve: Curve, t: float) -> tuple[Curve, Curve]:
    def between(a: Point, b: Point) -> Point:
        return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t

    first, second = [curve[0]], [curve[3]]
    points = list(curve)
    while len(points) > 1:
        points = [between(a, b) for a, b in pairwise(points)]
        first.append(points[0])
        second.insert(0, points[-1])
    return first, second
