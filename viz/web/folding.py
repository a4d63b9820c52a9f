"""What the step page needs to fold and unfold its picture: every fold, drawn and laid out (`stepper/arrange.mjs`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from autograd.printable import printable
from viz.picture.dot import DRAWABLE, READABLE
from viz.picture.insides import insides_of
from viz.picture.stamps import stamps_of
from viz.picture.wrap import short
from viz.seen.folds import ROOT, Folds, folds_of
from viz.seen.graph import Graph
from viz.web.rows import FRAME, Opened, rows_of

DRAWN = 2500  # vertices and folds in one page: what lies deeper in a larger graph stays folded
LEVELS = ("none", "operation", "neuron", "layer")  # of what is folded, from nothing on


def folding(graph: Graph, names: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
    """The folds of a graph for the page.

    folds     {id: what it is, what it is called, the fold around it, the value that flows out of it, how much is in it}
    parents   {id of a vertex: the fold that it is in}, where it is in one
    stamps    {id of a vertex or fold: its SVG, the middle of that, its width and its height}
    insides   {id of a fold, or "": the layout of what is in it}; of a fold without one nothing can be shown
    rows      the layout of what is outermost, in rows, where it would be too wide in one; otherwise []
    level     what is folded at first, so that the picture can be read
    frame     how much room there is around what is in an open fold, and between rows

    names     what values are called that have no name in the graph, by their ids
    """
    folds = folds_of(graph)
    shown_in = list(_laid_out(folds))
    stamps = stamps_of(folds.vertex(child) for id in shown_in for child in folds.children[id])
    insides = insides_of(folds, shown_in, stamps)
    level = next((level for level in LEVELS if shown(folds, level) <= READABLE), LEVELS[-1])
    opened = Opened(folds, insides, stamps, lambda id: id in insides and not is_closed(folds, id, level))
    called = {**names, **{v.id: v.name for v in graph if v.name}}
    return {
        "folds": {id: _fold(folds, id) for id in folds.boxes},
        "parents": {v.id: folds.parents[v.id] for v in graph if folds.parents[v.id] != ROOT},
        "stamps": {
            id: [s.svg, round(s.x, 2), round(s.y, 2), round(s.width, 1), round(s.height, 1)] for id, s in stamps.items()
        },
        "insides": {id: inside.data() for id, inside in insides.items()},
        "rows": [row.data() for row in rows_of(opened, partial(_said, called=called))],
        "level": level,
        "frame": FRAME,
    }


def _said(values: Sequence[str], called: Mapping[str, str]) -> str:
    """What some values are called where an arrow is cut: nothing where none of them has a name."""
    return short(", ".join(dict.fromkeys(called[id] for id in values if id in called)))


def _laid_out(folds: Folds) -> Iterator[str]:
    """The folds whose inside can be shown, from the outside to the inside, as long as there is room for more."""
    waiting, drawn = deque([ROOT]), 0
    while waiting:
        id = waiting.popleft()
        drawn += len(folds.children[id])
        if drawn > DRAWN and id != ROOT:
            return
        yield id
        waiting.extend(child for child in folds.children[id] if child in folds.boxes)


def _fold(folds: Folds, id: str) -> dict[str, Any]:
    box = folds.boxes[id]
    return {
        "kind": box.fold,
        "title": printable(box.name or ""),
        "parent": folds.parents[id],
        "outcome": box.outcome,
        "size": len(box.members),
        "levels": [level for level in LEVELS if is_closed(folds, id, level)],
    }


def is_closed(folds: Folds, id: str, level: str) -> bool:
    """Whether a fold is closed where everything is folded by layer, neuron or operation, or nothing is.

    Layers around others are open, blocks are closed unless the whole can be drawn.
    """
    kind = folds.boxes[id].fold
    if kind == "block":
        return level != "none" or len(folds.graph) > DRAWABLE
    if kind == "layer" and any(c in folds.boxes and folds.boxes[c].fold == "layer" for c in folds.children[id]):
        return False
    return LEVELS.index(level) >= LEVELS.index(kind)


def shown(folds: Folds, level: str) -> int:
    """How many vertices are seen at a level."""
    count, waiting = 0, [ROOT]
    while waiting:
        for child in folds.children[waiting.pop()]:
            if child in folds.boxes and not is_closed(folds, child, level):
                waiting.append(child)
            else:
                count += 1
    return count
