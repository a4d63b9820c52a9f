"""What is inside each fold, laid out by itself: the page puts it where its fold is opened (`folds.mjs`).

Arrows that lead into a fold enter by ports at its left edge and leave by ports at its right edge, one for each value
that is used across the border. In every layout, all folds in it are closed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil
from time import monotonic
from typing import Any

from viz.errors import LayoutError
from viz.picture.curves import Point
from viz.picture.labels import SMALL
from viz.picture.layout import run_dot
from viz.picture.metrics import room
from viz.picture.stamps import Stamp
from viz.seen.folds import ROOT, Folds

SECONDS = 4.0  # after this no further layout is begun: what is left cannot be opened, and says so
TOGETHER = 100  # layouts in one run of the engine
GAP = 21.0  # between an operation and its result, in points
NUMBER = 26.0  # how far below the way of other operands a plain number stands


@dataclass
class Piece:
    """An arrow, or the part of one that lies inside one fold.

    source, target   ids, or ports: "<n3" is where the value n3 comes in, ">n3" where it goes out
    carries          the values that come along it
    edges            the edges of the graph that it is a part of
    label            what stands at its head
    points           its course: the points of Bézier curves
    said             what stands at the end that it does not have: it goes on in another row of the picture
    """

    source: str
    target: str
    carries: dict[str, None] = field(default_factory=dict)
    edges: list[str] = field(default_factory=list)
    label: str = ""
    points: list[Point] = field(default_factory=list)
    said: str = ""


@dataclass
class Inside:
    """The layout of what is in a fold: its size, where the middles are, the ports, and the arrows."""

    width: float = 0.0
    height: float = 0.0
    at: dict[str, Point] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "size": [round(self.width, 1), round(self.height, 1)],
            "at": {id: [round(x, 1), round(y, 1)] for id, (x, y) in self.at.items()},
            "pieces": [
                [
                    p.source,
                    p.target,
                    list(p.carries),
                    p.edges,
                    p.label,
                    [round(c, 1) for point in p.points for c in point],
                    *([[p.said, ceil(room(p.said, SMALL))]] if p.said else []),
                ]
                for p in self.pieces
            ],
        }


def insides_of(
    folds: Folds, ids: Iterable[str], stamps: Mapping[str, Stamp], seconds: float = SECONDS
) -> dict[str, Inside]:
    """The layouts of these folds, ordered from the outside to the inside; without those that there was no time for."""
    pieces = _pieces(folds)
    made: dict[str, Inside] = {}
    waiting: list[str] = []
    for id in ids:
        if id in folds.boxes and folds.boxes[id].fold == "operation":
            made[id] = _operation(folds, id, stamps, pieces[id])
        else:
            waiting.append(id)
    end = monotonic() + seconds
    while waiting and (ROOT not in made or monotonic() < end):
        count = 1 if ROOT not in made else TOGETHER  # the whole is shown in any case
        some, waiting = waiting[:count], waiting[count:]
        sources = [_source(folds, id, stamps, pieces[id]) for id in some]
        left = {} if ROOT not in made else {"seconds": max(0.5, end - monotonic())}
        try:
            laid = run_dot("\n".join(sources), "plain", **left).decode()
        except LayoutError:
            if ROOT in made:
                break
            raise
        made |= {id: _read(found, pieces[id]) for id, found in zip(some, laid.split("stop\n"))}
    return made


def _pieces(folds: Folds) -> dict[str, list[Piece]]:
    """The arrows in each fold, joined where they lead from the same to the same."""
    graph = folds.graph
    found: dict[str, dict[tuple[str, str], Piece]] = defaultdict(dict)
    chains: dict[str, list[str]] = {}

    def chain(id: str) -> list[str]:
        if id not in chains:
            chains[id] = [id, *folds.around(id)]
        return chains[id]

    def add(fold: str, source: str, target: str, value: str, edge: str, label: str = "") -> None:
        piece = found[fold].setdefault((source, target), Piece(source, target))
        piece.carries[value] = None
        piece.edges.append(edge)
        piece.label = label or piece.label

    for edge in graph.edges:
        out, into = chain(edge.source), chain(edge.target)
        shared = next(fold for fold in into[1:] if fold in out)
        a, b = out[out.index(shared) - 1], into[into.index(shared) - 1]
        target = graph[edge.target]
        label = "2nd" if edge.position == 1 and target.notation.ordered else ""
        add(shared, a, b, edge.source, edge.id, label)
        for child, fold in pairwise(out[: out.index(shared)]):
            add(fold, child, f">{edge.source}", edge.source, edge.id)
        for child, fold in pairwise(into[: into.index(shared)]):
            add(fold, f"<{edge.source}", child, edge.source, edge.id, label)
    return {fold: list(found[fold].values()) for fold in folds.children}


def _source(folds: Folds, id: str, stamps: Mapping[str, Stamp], pieces: list[Piece]) -> str:
    """The DOT source of what is in a fold: boxes of the right size, without what stands in them."""
    groups = any(child in folds.boxes and folds.boxes[child].fold != "operation" for child in folds.children[id])
    lines = [f"digraph {{ rankdir=LR; nodesep=0.26; ranksep={0.62 if groups else 0.36}; nslimit=2; nslimit1=2;"]
    lines.append('node [shape=box fixedsize=true label=""]; edge [arrowhead=none];')
    for child in folds.children[id]:
        stamp = stamps[child]
        shape = " shape=ellipse" if folds.vertex(child).kind == "operation" else ""
        lines.append(f'"{child}" [width={stamp.width / 72:.3f} height={stamp.height / 72:.3f}{shape}];')
    ports = dict.fromkeys(end for p in pieces for end in (p.source, p.target) if end[0] in "<>")
    for side, rank in (("<", "min"), (">", "max")):
        there = [f'"{port}"' for port in ports if port[0] == side]
        if there:
            lines.append(f"{{ rank={rank}; node [width=0.01 height=0.01]; {' '.join(there)} }}")
    for piece in pieces:
        weight = 3 if piece.source in stamps and folds.vertex(piece.source).role == "result" else 1
        lines.append(f'"{piece.source}" -> "{piece.target}" [weight={weight}];')
    return "\n".join([*lines, "}"])


def _read(laid: str, pieces: list[Piece]) -> Inside:
    """The layout of one graph, as Graphviz says it in plain text: in inches, from the lower left corner."""
    made = Inside()
    courses: dict[tuple[str, str], list[Point]] = {}
    for line in laid.splitlines():
        kind, *words = line.replace('"', "").split(" ")
        if kind == "graph":
            made.width, made.height = float(words[1]) * 72, float(words[2]) * 72
        elif kind == "node":
            made.at[words[0]] = (float(words[1]) * 72, made.height - float(words[2]) * 72)
        elif kind == "edge":
            numbers = [float(x) * 72 for x in words[3 : 3 + 2 * int(words[2])]]
            courses[words[0], words[1]] = [(x, made.height - y) for x, y in zip(numbers[::2], numbers[1::2])]
    for piece in pieces:
        piece.points = courses[piece.source, piece.target]
    made.pieces = pieces
    return made


def _operation(folds: Folds, id: str, stamps: Mapping[str, Stamp], pieces: list[Piece]) -> Inside:
    """An operation, with its result at its right, and its plain numbers at its left, below the way of what comes in."""
    numbers = [child for child in folds.children[id] if folds.vertex(child).role == "number"]
    operation = next(child for child in folds.children[id] if folds.vertex(child).kind == "operation")
    result = next(child for child in folds.children[id] if child not in (operation, *numbers))
    circle, box = stamps[operation], stamps[result]
    before = max((stamps[n].width for n in numbers), default=0.0) + (GAP if numbers else 0.0)
    height = max(box.height, circle.height, 2 * (NUMBER * len(numbers) + 8) if numbers else 0.0)
    made = Inside(before + circle.width + GAP + box.width, height)
    middle = height / 2
    made.at = {n: (stamps[n].width / 2, middle + NUMBER * (k + 1)) for k, n in enumerate(numbers)}
    made.at[operation] = (before + circle.width / 2, middle)
    made.at[result] = (made.width - box.width / 2, middle)
    for piece in pieces:
        if piece.source in made.at and piece.target in made.at:
            piece.points = _straight(made.at[piece.source], made.at[piece.target], stamps, piece)
            made.pieces.append(piece)
    return made


def _straight(a: Point, b: Point, stamps: Mapping[str, Stamp], piece: Piece) -> list[Point]:
    """From the right edge of one box to the left edge of another."""
    start, end = (a[0] + stamps[piece.source].width / 2, a[1]), (b[0] - stamps[piece.target].width / 2, b[1])
    if a[1] != b[1]:  # a number comes from below
        end = (b[0] - stamps[piece.target].width / 2 * 0.75, b[1] + stamps[piece.target].height / 2 * 0.66)
    between = [(start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t) for t in (1 / 3, 2 / 3)]
    return [start, *between, end]
