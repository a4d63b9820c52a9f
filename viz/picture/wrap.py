"""A wide picture in rows, as text is set in lines: cut between two layers, and where an arrow is cut, it says where to.

The graph is laid out as one line first. Every row is a part of that layout, moved; nothing is laid out again, so that
what belongs together stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import graphviz

from autograd.printable import printable
from viz.picture.breaks import CUT, ROW_GAP, WIDE, Breaks
from viz.picture.cells import plain
from viz.picture.curves import Curve, Point, curves_of, cut, joined, tips_of
from viz.picture.metrics import room

STAYS = "6"  # the weight of an arrow that is not to be cut
LABEL_ROOM = 48.0  # points beside a row, for the names at cut arrows; more where one is longer
LINE = 1.25  # from one of them to the next below it, in sizes of their text
LONGEST = 28  # characters of a name there

Attributes = dict[str, str]


class Box(NamedTuple):
    """From left to right and from bottom to top, in points."""

    left: float
    low: float
    right: float
    high: float


@dataclass
class Cluster:
    """A frame: what it looks like, where it is, and what is in it."""

    attributes: Attributes
    box: Box
    nodes: list[int] = field(default_factory=list)
    inner: list[Cluster] = field(default_factory=list)


class Row(NamedTuple):
    """The part of the line from one cut to the next, and where it is moved to."""

    left: float
    right: float
    dx: float
    dy: float


def wrapped(laid: dict[str, Any], names: Mapping[str, str]) -> tuple[str, dict[str, str]] | None:
    """The DOT source of the same picture in rows, with all its positions, and titles of what is new in it.

    laid    the picture as one line, laid out (layout.laid_out)
    names   of vertices, for the arrows that leave them

    None where the picture is not wide, or can be cut nowhere.
    """
    line = _Line(laid, names)
    cuts = line.best_cuts()
    return _Rows(line, cuts).written() if cuts else None


class _Line:
    """The layout as one line, read from what Graphviz says of it."""

    def __init__(self, laid: dict[str, Any], names: Mapping[str, str]) -> None:
        self.laid, self.names = laid, names
        self.box = _box(laid["bb"])
        self.edges = laid.get("edges", [])  # a single vertex has none
        objects = laid.get("objects", [])
        self.vertices = {o["_gvid"]: o for o in objects if "nodes" not in o and "pos" in o}
        self.boxes = {id: _vertex_box(o) for id, o in self.vertices.items()}
        frames = {o["_gvid"]: o for o in objects if o["name"].startswith("cluster") and "bb" in o}
        made = {id: Cluster(_kept(o), _box(o["bb"])) for id, o in frames.items()}
        inside: set[int] = set()
        for id, o in frames.items():
            children = [child for child in o.get("subgraphs", ()) if child in made]
            made[id].inner = [made[child] for child in children]
            deeper = {n for child in children for n in frames[child].get("nodes", ())}
            made[id].nodes = [n for n in o.get("nodes", ()) if n not in deeper]
            inside.update(children)
        self.clusters = [cluster for id, cluster in made.items() if id not in inside]
        free = set(self.vertices) - {n for o in frames.values() for n in o.get("nodes", ())}
        self.free = sorted(free)

    def _stays(self, edge: Mapping[str, Any]) -> bool:
        """Whether the two ends are an operation and its result, or a plain number of it."""
        number = "number" in self.vertices[edge["tail"]].get("class", "").split()
        return edge.get("style") != "invis" and (edge.get("weight") == STAYS or number)

    def best_cuts(self) -> list[float]:
        """Where to cut, between layers if that is enough; nowhere if that is best."""
        between, within = (
            Breaks(list(self._gaps(whole)), self.box.left, self.box.right, self.extent) for whole in (True, False)
        )
        cuts = between.best()
        return cuts if between.shape(cuts) <= WIDE else min((cuts, within.best()), key=within.unlike_a_page)

    def _gaps(self, whole: bool) -> Iterator[float]:
        """Where there are gaps between layers: nothing but frames around several layers reaches over them.

        Where there are no layers, and where these need not stay whole, those after a result; an operation is never cut
        from what it gives.
        """
        layers = [c.box for c in _every(self.clusters) if whole and not _may_be_cut(c)]
        solid = [*(self.boxes[n] for n in self.free), *layers]
        solid += [self.boxes[n] for c in _every(self.clusters) if not whole or _may_be_cut(c) for n in c.nodes]
        kept = [(self.boxes[e["tail"]].right, self.boxes[e["head"]].left) for e in self.edges if self._stays(e)]
        reach, before = self.box.left, self.box
        for box in sorted(solid):
            gap = reach + (box.left - reach) * CUT
            beside = not layers or before in layers or box in layers
            apart = box.left > reach + 1 and reach > self.box.left
            if apart and beside and not any(left < gap < right for left, right in kept):
                yield gap
            before = box if box.right > reach else before
            reach = max(reach, box.right)

    def extent(self, left: float, right: float) -> tuple[float, float]:
        """How low and how high the part between two cuts reaches."""
        there = [box for box in self.boxes.values() if left <= (box.left + box.right) / 2 < right]
        there += [c.box for c in _every(self.clusters) if c.box.left < right and c.box.right > left]
        lows, highs = [box.low for box in there], [box.high for box in there]
        for edge in self.edges:
            ys = [y for curve in curves_of(edge.get("pos", "")) for x, y in curve if left <= x < right]
            lows, highs = lows + ys, highs + ys
        return min(lows, default=0.0), max(highs, default=0.0)


class _Rows:
    """The same, moved into rows."""

    def __init__(self, line: _Line, cuts: list[float]) -> None:
        self.line = line
        self.rows: list[Row] = []
        self.titles: dict[str, str] = {}
        self._labelled: list[tuple[int, bool, float, str]] = []
        below = 0.0
        for left, right in pairwise([line.box.left, *cuts, line.box.right + 1]):
            low, high = line.extent(left, right)
            self.rows.append(Row(left, right, -left, below - high))
            below -= high - low + ROW_GAP
        self._called = {id: short(name) for id, name in line.names.items()} | self._numbered()
        self._size = float(line.edges[0].get("fontsize", 9)) if line.edges else 9.0  # of names at cut arrows, in points

    def _numbered(self) -> dict[str, str]:
        """Numbers for what has no name, where several arrows of that kind are cut at one place."""
        ending: dict[int, dict[str, None]] = {}
        for edge in self.line.edges:
            source = self._source(edge)
            if source not in self.line.names and _is_seen(edge):
                for (k, _), (other, _) in pairwise(self._pieces(curves_of(edge["pos"]))):
                    ending.setdefault(min(k, other), {})[source] = None
        several = dict.fromkeys(source for sources in ending.values() if len(sources) > 1 for source in sources)
        return {source: f"({number})" for number, source in enumerate(several, 1)}

    def _source(self, edge: Mapping[str, Any]) -> str:
        """What the computation has at the beginning of an arrow."""
        return self.line.vertices[edge["head" if edge.get("dir") == "back" else "tail"]]["name"]

    def written(self) -> tuple[str, dict[str, str]]:
        made = graphviz.Digraph("graph")
        kept = ("bgcolor", "fontname", "pad", "id", "class")
        made.attr(**{k: v for k, v in self.line.laid.items() if k in kept})
        for cluster in self.line.clusters:
            for k in self._over(cluster):
                self._frame(made, cluster, k)
        for n in self.line.free:
            self._vertex(made, n)
        for edge in self.line.edges:
            self._edge(made, edge)
        return made.source, self.titles

    def _row(self, x: float) -> int:
        return next((k for k, row in enumerate(self.rows) if x < row.right), len(self.rows) - 1)

    def _over(self, cluster: Cluster) -> Iterator[int]:
        for k, row in enumerate(self.rows):
            if cluster.box.left < row.right and cluster.box.right > row.left:
                yield k

    def _frame(self, made: graphviz.Digraph, cluster: Cluster, k: int) -> None:
        row, box = self.rows[k], cluster.box
        first = k == min(self._over(cluster))
        seen = Box(max(box.left, row.left), box.low, min(box.right, row.right), box.high)
        attributes = dict(cluster.attributes)
        words = attributes["label"] if first else f"{attributes['label']} (continued)"
        shift = 0 if first else seen.left - box.left + 30
        x, y = map(float, attributes.pop("lp").split(","))
        name = f"cluster_{attributes['id']}_{k}"
        attributes["id"] = attributes["id"] if first else f"{attributes['id']}_{k}"
        attributes |= {"bb": ",".join(map(_number, self._moved_box(seen, row))), "lp": self._moved((x + shift, y), k)}
        with made.subgraph(name=name) as inside:
            inside.attr(**attributes | {"label": words})
            for n in cluster.nodes:
                if self._row_of(n) == k:
                    self._vertex(inside, n)
            for inner in cluster.inner:
                if k in self._over(inner):
                    self._frame(inside, inner, k)
        self.titles[name] = words

    def _row_of(self, n: int) -> int:
        box = self.line.boxes[n]
        return self._row((box.left + box.right) / 2)

    def _vertex(self, made: graphviz.Digraph, n: int) -> None:
        attributes = _kept(self.line.vertices[n])
        x, y = map(float, attributes.pop("pos").split(","))
        label = f"<{attributes.pop('label')}>"
        made.node(self.line.vertices[n]["name"], label=label, pos=self._moved((x, y), self._row_of(n)), **attributes)

    def _edge(self, made: graphviz.Digraph, edge: dict[str, Any]) -> None:
        if not _is_seen(edge):
            return
        attributes = _kept(edge)
        tail, head = (self.line.vertices[edge[end]]["name"] for end in ("tail", "head"))
        pieces = self._pieces(curves_of(edge["pos"]))
        written = [" ".join(self._moved(point, k) for point in joined(curves)) for k, curves in pieces]
        for mark, place in tips_of(edge["pos"]).items():
            at = -1 if mark == "e" else 0
            written[at] = f"{mark},{self._moved(place, pieces[at][0])} {written[at]}"
        for which in ("lp", "head_lp"):  # what is at the head goes with that
            if which in attributes:
                x, y = map(float, attributes[which].split(","))
                attributes[which] = self._moved((x, y), self._row(x) if which == "lp" else pieces[-1][0])
        name = self._called.get(self._source(edge))
        for (k, curves), (other, _) in pairwise(pieces):
            if name:
                self._label(made, name, curves[-1][-1], k, other)
        made.edge(tail, head, **attributes | {"key": attributes["id"], "pos": ";".join(written)})

    def _pieces(self, curves: Sequence[Curve]) -> list[tuple[int, list[Curve]]]:
        """The parts of an arrow in each row that it passes, in its direction."""
        pieces: list[tuple[int, list[Curve]]] = []
        for curve in curves:
            for part in cut(curve, [row.right for row in self.rows[:-1]]):
                k = self._row((part[0][0] + part[3][0]) / 2)
                if pieces and pieces[-1][0] == k:
                    pieces[-1][1].append(part)
                else:
                    pieces.append((k, [part]))
        return pieces

    def _label(self, made: graphviz.Digraph, name: str, at: Point, k: int, other: int) -> None:
        """What an arrow that is cut here comes from, at both ends of the cut."""
        apart = LINE * self._size
        for row, after in ((k, other > k), (other, other < k)):
            near = [(y, said) for r, a, y, said in self._labelled if (r, a) == (row, after)]
            if any(said == name and abs(y - at[1]) < apart for y, said in near):
                continue
            height = at[1]
            while any(abs(y - height) < apart for y, _ in near):  # another name is there
                height -= apart
            self._labelled.append((row, after, height, name))
            id = f"cut{len(self.titles)}"
            self.titles[id] = f"{name}, continued"
            words = f"{name} …" if after else f"… {name}"
            width = max(LABEL_ROOM, room(words, self._size) + 4)
            made.node(
                id, id=id, label=plain(words), shape="plaintext", fontname=self.line.laid.get("fontname", ""),
                fontsize=f"{self._size:g}", fixedsize="true", width=f"{width / 72:.2f}",
                height=f"{self._size / 60:.2f}",
                pos=self._moved((at[0] + (width / 2 if after else -width / 2), height), row),
                **{"class": "cut"}, fontcolor=self.line.edges[0].get("fontcolor", "black"),
            )  # fmt: skip

    def _moved(self, point: Point, k: int) -> str:
        row = self.rows[k]
        return f"{_number(point[0] + row.dx)},{_number(point[1] + row.dy)}"

    @staticmethod
    def _moved_box(box: Box, row: Row) -> Box:
        return Box(box.left + row.dx, box.low + row.dy, box.right + row.dx, box.high + row.dy)


def short(name: str) -> str:
    """A name as it stands where an arrow is cut."""
    name = printable(name)
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _is_seen(edge: Mapping[str, Any]) -> bool:
    return "pos" in edge and edge.get("style") != "invis"


def _number(x: float) -> str:
    return f"{x:.2f}"


def _box(bb: str) -> Box:
    return Box(*map(float, bb.split(",")))


def _vertex_box(vertex: Mapping[str, str]) -> Box:
    x, y = map(float, vertex["pos"].split(","))
    width, height = (float(vertex[side]) * 72 for side in ("width", "height"))
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _kept(found: Mapping[str, Any]) -> Attributes:
    """The attributes that are Graphviz's own, not what its JSON adds."""
    added = ("name", "tail", "head", "nodes", "edges", "subgraphs")
    return {k: v for k, v in found.items() if not k.startswith("_") and k not in added and isinstance(v, str)}


def _every(clusters: Sequence[Cluster]) -> Iterator[Cluster]:
    for cluster in clusters:
        yield cluster
        yield from _every(cluster.inner)


def _may_be_cut(cluster: Cluster) -> bool:
    """Frames around layers, and those of the forward and of the backward pass, go on in the next row."""
    return bool(cluster.inner) or not cluster.attributes["id"].removeprefix("layer").isdigit()
