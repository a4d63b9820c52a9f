"""What stands at the head of an arrow, "2nd" or "×3", stands beside that arrow: nearer to it than to any other.

Graphviz puts it at a fixed angle, whatever else comes in there. So the graph is laid out once, each place along the
arrow and on either side of it is looked at, and the best one is said to Graphviz. Marks take no part in the layout: it
is the same afterwards. Where one of them finds no place, there is more room between the vertices.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from viz.picture.curves import curves_of, tips_of
from viz.picture.layout import PLACED, laid_out
from viz.picture.metrics import room

ROOMIER = (1.0, 1.5, 2.2)  # times the distance between the ends of an arrow
LARGE = 300  # vertices: with more, there is no time to try that
UNIT = 10.0  # points: Graphviz counts distances of marks in these
FAR = 150.0  # points: what is further from the tip is not looked at
DENSE = 3.0  # points from one place of a curve to the next that is looked at

# In sizes of the type of a mark:
ALONG = (1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 4.0, 5.0, 6.0, 7.5)  # from the tip, at which places are tried
BESIDE = 0.17  # between a mark and its arrow
CLEAR = 0.45  # how much further away every other arrow is, if possible
FREE = 0.33  # between a mark and a vertex, on which something may be written


class Mark(NamedTuple):
    """A text at the head of an arrow: of which one, how large its type is, half of how wide and high it is."""

    edge: str
    size: float
    half: np.ndarray


class Arrow(NamedTuple):
    """The course of an arrow, which may be cut: points along all of it, and along the last part from its tip backwards;
    and the direction in which Graphviz sees it leave the tip."""

    points: np.ndarray
    last: np.ndarray
    angle: float


class Place(NamedTuple):
    """Where the middle of a mark is, and how good that is: nearest to its own arrow, on no vertex, how clearly."""

    at: np.ndarray
    goodness: tuple[bool, bool, float]


Titles = dict[str, str]
InRows = Callable[[dict[str, Any]], tuple[str, Titles] | None]


def settled(source: str, in_rows: InRows = lambda laid: None) -> tuple[str, Titles | None]:
    """The picture, in the DOT language, with every mark at its arrow; in rows, that has all positions in it.

    in_rows   sets what is laid out in rows: gives the source of these and titles of what is new; None where it does not
    """
    best: tuple[tuple[float, float], str, Titles | None] = (math.inf, math.inf), source, None
    laid, wider = laid_out(source), source
    for times in ROOMIER if len(laid.get("objects", ())) < LARGE else (1.0,):
        if times > 1:
            wider = _with(source, [f"ranksep={times * float(laid['ranksep']):.3f}"])
        line = laid if times == 1 else laid_out(wider)
        rows = in_rows(line)
        final, titles = rows or (wider, None)
        last = line if rows is None else laid_out(final, *PLACED, "-Gnotranslate=true")
        found = places(last)
        goods = [place.goodness for place in found.values()]
        lost = sum(not nearest for nearest, _, _ in goods), sum(not free for _, free, _ in goods)
        if lost < best[0]:
            best = lost, _placed(final, last, found), titles
        if lost == (0, 0):
            break
    return best[1:]


def _placed(source: str, laid: Mapping[str, Any], found: Mapping[str, Place]) -> str:
    """The same picture with its marks in these places. Edges have their ids as keys."""
    names = {o["_gvid"]: o["name"] for o in laid.get("objects", ())}
    edges = {e["id"]: e for e in laid.get("edges", ()) if "id" in e}
    said = []
    for edge, place in found.items():
        ends = " -> ".join(names[edges[edge][end]] for end in ("tail", "head"))
        at, arrow = place.at, _arrow(edges[edge]["pos"])
        away = at - arrow.last[0]
        angle = (math.degrees(math.atan2(away[1], away[0]) - arrow.angle) + 180) % 360 - 180
        how = (
            f'labelangle="{angle:.1f}" labeldistance="{math.hypot(*away) / UNIT:.3f}" head_lp="{at[0]:.2f},{at[1]:.2f}"'
        )
        said.append(f"{ends} [key={edge} {how}]")
    return _with(source, said)


def _with(source: str, statements: list[str]) -> str:
    """The source with some more at its end, which goes before what it says itself."""
    if not statements:
        return source
    return source.rstrip().removesuffix("}") + "".join(f"\t{s}\n" for s in statements) + "}\n"


def places(laid: Mapping[str, Any]) -> dict[str, Place]:
    """Where the mark of each edge has to stand, in a graph that is laid out as JSON."""
    marks = [_mark(e) for e in laid.get("edges", ()) if "headlabel" in e]
    if not marks:
        return {}
    arrows = {e["id"]: _arrow(e["pos"]) for e in laid["edges"] if "id" in e and "pos" in e}
    course = np.concatenate([arrow.points for arrow in arrows.values()])
    owners = np.repeat(list(arrows), [len(arrow.points) for arrow in arrows.values()])
    taken = np.array([_vertex(o, marks[0].size * FREE) for o in laid["objects"] if "pos" in o])
    found = {}
    for mark in marks:
        own = arrows[mark.edge].last
        near = np.abs(course - own[0]).max(axis=1) < FAR
        found[mark.edge] = _best(mark, own, course[near & (owners != mark.edge)], taken)
        taken = np.concatenate([taken, [[*found[mark.edge].at, *mark.half, False]]])
    return found


def _best(mark: Mark, own: np.ndarray, others: np.ndarray, taken: np.ndarray) -> Place:
    """The first place that is as good as can be; where there is none, the best one."""
    best = Place(own[0], (False, False, -math.inf))
    for sides in _tried(mark, own):
        for at in sorted(sides, key=lambda at: -_gap(at, mark.half, others)):  # away from the others first
            clear = min(_gap(at, half, others) - _gap(at, half, own) for half in (mark.half, 0.0)) / mark.size
            free = not bool(np.any(_beyond(at, mark.half, taken) < 1))
            place = Place(at, (clear > 0, free, min(clear, CLEAR)))
            if place.goodness > best.goodness:
                best = place
            if best.goodness == (True, True, CLEAR):
                return best
    return best


def _gap(at: np.ndarray, half: np.ndarray | float, points: np.ndarray) -> float:
    """How far a box of this half width and height is from the nearest of these points; 0 where one is in it."""
    return float(np.hypot(*np.maximum(np.abs(points - at) - half, 0).T).min(initial=math.inf))


def _beyond(at: np.ndarray, half: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """How far a box is from the middle of each vertex, in parts of the vertex's half width and height."""
    across, down = (np.maximum(np.abs(taken[:, :2] - at) - half, 0) / taken[:, 2:4]).T
    return np.where(taken[:, 4] > 0, np.hypot(across, down), np.maximum(across, down))


def _tried(mark: Mark, own: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Places beside the arrow, one on each side of it, from its tip on."""
    length = _length(own)
    within = [along * mark.size for along in ALONG if along * mark.size < length[-1]]
    for along in within or [length[-1]]:
        at = np.array([np.interp(along, length, axis) for axis in own.T])
        i = int(np.searchsorted(length, along))
        ahead = own[i] - own[i - 1]
        across = ahead[::-1] * (1, -1) / np.hypot(*ahead)
        reach = np.abs(across) @ mark.half + BESIDE * mark.size
        yield at + across * reach, at - across * reach


def _mark(edge: Mapping[str, str]) -> Mark:
    size = float(edge["fontsize"])
    return Mark(edge["id"], size, np.array([room(edge["headlabel"], size), size]) / 2)


def _vertex(found: Mapping[str, Any], free: float) -> list[float]:
    """The middle of a vertex, half of the room that it needs across and down, and whether it is round."""
    x, y = map(float, found["pos"].split(","))
    is_round = found.get("shape") in ("circle", "ellipse")
    return [x, y, float(found["width"]) * 36 + free, float(found["height"]) * 36 + free, is_round]


def _arrow(pos: str) -> Arrow:
    """From the text that Graphviz writes."""
    parts = pos.split(";")
    courses = [_course(part) for part in parts]
    last = np.array(curves_of(parts[-1])[-1])
    tips = tips_of(parts[-1])
    tip, before = (tips["e"], last[3]) if "e" in tips else (last[3], _at(last, np.array([0.9]))[0])
    return Arrow(np.concatenate(courses), courses[-1][::-1], math.atan2(before[1] - tip[1], before[0] - tip[0]))


def _course(pos: str) -> np.ndarray:
    """Points along a part of an arrow, from its start to its end, one every few points of its length."""
    tips = {tip: np.array([at]) for tip, at in tips_of(pos).items()}
    between = [_at(np.array(curve), np.linspace(0, 1, 16)) for curve in curves_of(pos)]
    line = np.concatenate([tips.get("s", between[0][:1]), *between, tips.get("e", between[-1][-1:])])
    length = _length(line)
    even = np.linspace(0, length[-1], max(2, math.ceil(length[-1] / DENSE) + 1))
    return np.stack([np.interp(even, length, axis) for axis in line.T], axis=1)


def _at(curve: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Points of a Bézier curve."""
    t = times[:, None]
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return sum((w * p for w, p in zip(weights, curve)), np.zeros(2))


def _length(points: np.ndarray) -> np.ndarray:
    """How far each of the points is from the first, along the line."""
    return np.concatenate([[0.0], np.hypot(*np.diff(points, axis=0).T).cumsum()])
