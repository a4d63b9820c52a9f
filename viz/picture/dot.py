"""A graph as a Graphviz picture: `draw(J)` shows itself in a notebook and saves itself to a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeGuard

import graphviz
import numpy as np

from autograd import Chain, GraphError, Node, Tensor, ancestors, names
from viz.errors import ArgumentError
from viz.picture.branches import grow
from viz.picture.drawing import (
    FONT,
    FONTS as FONTS,
    Drawing,
    accessible,
    refuse_folders as refuse_folders,
    write_whole as write_whole,
)
from viz.picture.labels import Labels, described
from viz.picture.layout import run_dot
from viz.picture.marks import settled
from viz.picture.theme import PLAIN, Look, theme_of
from viz.picture.wrap import STAYS
from viz.seen.around import around
from viz.seen.collecting import without_collection
from viz.seen.fold import folded, shortened
from viz.seen.graph import Edge, Graph, Vertex, graph_of, root_of
from viz.seen.levels import LEVELS, levelled, open_to
from viz.seen.scopes import Scope, title

if TYPE_CHECKING:
    from nn.byhand.checker.report import Report
    from viz.seen.story import Story

READABLE = 150  # more vertices than this are folded
LAYERS = 8  # so are more layers than this
DRAWABLE = 1500  # more than this are never laid out: it would take minutes
RECORDED = 250_000  # recorded operations in the largest graph that is read at all
# Where the mark at a head is at first (marks.py moves it): one that is nowhere, Graphviz puts where it is free, slowly.
HEAD = {"labeldistance": "1.6", "labelangle": "28"}
EXACT = 50  # of more, Graphviz stops looking for the shortest edges after a while: of 100 that took 18 s, then 0.7 s
DIRECTIONS = {"right": "LR", "down": "TB"}
FOLDS = ("auto", "none", *LEVELS)


def draw(
    tensor: Tensor | Graph | Chain | Report,
    fold: str = "auto",
    *,
    depth: int | None = None,
    focus: tuple[Tensor | str, int] | None = None,
    direction: str = "right",
    values: bool = True,
    gradients: bool = True,
    shapes: bool = True,
    heat: bool = False,
    backward: bool = False,
    theme: str = "light",
) -> Drawing:
    """A picture of the graph that a Tensor was computed by: values, gradients, shapes, names, operations, layers.

    It shows itself in a notebook; `draw(J).save("graph.svg")` writes it to a file, as .svg, .png, .pdf or .dot. Values
    without a name are called by the variables of the caller that hold them. A wide picture is set in rows, cut between
    layers.

    tensor   the Tensor, or a Graph that was read from one; of the chain rule (`ag.chain`) it is the tree; of the report
             of `byhand.check`, the layers in which a line is wrong, with the line as it should be and as it was written
    fold     "auto": graphs of more than 150 vertices or 8 layers are folded, by layer and then by operations, and of
             many layers those in the middle together; "layer", "neuron", "operation": one box for each; "none": all is
             drawn
    depth    how many levels of layers within layers are open: 0 draws the outermost ones as boxes
    focus    a value (the Tensor or its name) and a radius: only what so many operations lead to from there is drawn
    direction   in which the computation goes: "right" or "down"
    values, gradients, shapes   whether they are shown
    heat     whether small arrays are heat maps: orange is positive, blue negative, zero neutral
    backward   whether the backward pass is drawn beside the graph: each gradient, and the rules by which it is computed
    theme    "light", "dark", "print" (black on white), "slides" and "dark slides" (large type)

    >>> import autograd as ag
    >>> w = ag.Tensor(2.0, name="w")
    >>> picture = draw(w * 3.0)
    >>> "grad: not computed yet" in picture.source
    True
    >>> "rankdir=TB" in draw(w * 3.0, direction="down", fold="operation").source
    True

    Raises TypeError for what is not a Tensor, GraphError for a constant or a graph that is too large, ValueError for an
    argument that means nothing.
    """
    if fold not in FOLDS:
        known = ", ".join(f'"{known}"' for known in FOLDS)
        raise ArgumentError(f"fold= must be one of {known}, but got {fold!r}.")
    if direction not in DIRECTIONS:
        raise ArgumentError(f'direction= must be "right" or "down", but got {direction!r}.')
    if depth is not None and (isinstance(depth, bool) or not isinstance(depth, int) or depth < 0):
        raise ArgumentError(f"depth= must be an integer that is not negative, but got {depth!r}.")
    shown = {"values": values, "gradients": gradients, "shapes": shapes, "heat": heat, "backward": backward}
    for name, wanted in shown.items():
        if not isinstance(wanted, (bool, np.bool_)):
            raise ArgumentError(f"{name}= must be True or False, but got {wanted!r}.")
    look = Look(values, gradients, shapes, heat, theme_of(theme))
    if isinstance(tensor, Chain):
        return tree(tensor)
    if _is_report(tensor):
        return _drawing(_blamed(tensor), look, direction)
    assert not isinstance(tensor, Chain)
    if isinstance(tensor, Graph):
        return _drawing(_seen(tensor, fold, depth, focus), look, direction)
    with names.asking(tensor):
        story = _watched(tensor) if backward else None
        graph = _seen(_read(tensor) if story is None else story.graph, fold, depth, focus)
    return _drawing(graph if story is None else _beside(graph, story), look, direction)


@without_collection()
def _seen(graph: Graph, fold: str, depth: int | None, focus: Any) -> Graph:
    """The part of the graph that is drawn, folded."""
    if focus is not None:
        graph = around(graph, *_place(graph, focus))
    if depth is not None:
        graph = open_to(graph, depth)
    if fold in LEVELS:
        graph = levelled(graph, fold)
    if fold == "auto":
        graph = shortened(folded(graph, READABLE), LAYERS)
    elif len(graph) > DRAWABLE:
        raise GraphError(
            f"This graph has {len(graph):,} vertices; more than {DRAWABLE:,} cannot be laid out in reasonable time. "
            'Use fold="auto", focus=, or draw an intermediate Tensor.'
        )
    return graph


def tree(*chains: Chain) -> Drawing:
    """The chain rule as a tree: the number on top, below each value what it was computed from, the factors between.

    chains   one or several of the same number; what they have in common is drawn once

    >>> import autograd as ag
    >>> w = ag.Tensor(2.0, name="w")
    >>> z = w * 3.0
    >>> J = z * z
    >>> picture = tree(ag.chain(J, w))
    >>> "dw = dz · 3" in picture.source
    True

    Raises ArgumentError for chains of different numbers, GraphError for more paths than can be looked at.
    """
    theme = PLAIN.theme
    made = Drawing("tree")
    made.attr(rankdir="TB", bgcolor="white", fontname=FONT, nodesep="0.3", ranksep="0.35", pad="0.2")
    made.attr("node", fontname=FONT, fontsize="12", fontcolor=theme.text, height="0.36")
    made.attr("edge", fontname=FONT, fontsize="10", color=theme.line, fontcolor=theme.text, arrowsize="0.6")
    made.titles = {"tree": "Tree of the chain rule"} | grow(made, chains)
    return made


def svg_of(graph: Graph) -> str:
    """The SVG of a graph, for pages to embed: each vertex and edge is an element with its id, rows have `data-row`.

    Texts have no length of their own in it: a page brings its font, and writes other texts in their places.
    """
    made = _drawing(graph)
    return accessible(run_dot(settled(made.source)[0], "svg").decode(), made.titles)


def _read(tensor: Any) -> Graph:
    """The graph of a Tensor, refused before it is read if it is hopelessly large."""
    recorded = len(ancestors(root_of(tensor)))
    if recorded > RECORDED:
        raise GraphError(
            f"This graph has {recorded:,} recorded operations; a picture is drawn of at most {RECORDED:,}. "
            "Draw an intermediate Tensor, or run the computation on fewer steps."
        )
    return graph_of(tensor)


def _watched(tensor: Any) -> Story:
    from viz.seen.story import record  # stories are only needed for the backward pass

    return record(tensor)


def _beside(graph: Graph, story: Story) -> Graph:
    """The graph with its backward pass."""
    from viz.seen.backward import gradients_of, rules_of, with_backward

    return with_backward(graph, rules_of(story), gradients_of(story))


def _place(graph: Graph, focus: Any) -> tuple[str, int]:
    """The id and the radius that `focus` names."""
    if not isinstance(focus, tuple) or len(focus) != 2 or not isinstance(focus[1], int) or focus[1] < 0:
        raise ArgumentError(f'focus= must be a value and a radius, as in focus=("Z1", 2), but got {focus!r}.')
    where, radius = focus
    if isinstance(where, Tensor):
        found = graph.value_ids.get(where.node) if isinstance(where.node, Node) else None
    else:
        found = next((v.id for v in graph if where in (v.name, v.id) and v.kind != "operation"), None)
    if found is None:
        said = names.of(where) or "this Tensor" if isinstance(where, Tensor) else repr(where)
        known = ", ".join(dict.fromkeys(v.name for v in graph if v.name and v.kind == "value"))
        raise ArgumentError(f"focus= must be in the graph, but {said} is not. Named values in it: {known or 'none'}.")
    return found, radius


def _is_report(x: Any) -> TypeGuard[Report]:
    if isinstance(x, (Tensor, Graph)):
        return False
    from nn.byhand.checker.report import Report  # not before: who draws a Tensor needs no checker

    return isinstance(x, Report)


def _blamed(report: Report) -> Graph:
    from viz.seen.blame import blamed

    with names.asking(report.cost):
        return blamed(report, READABLE, LAYERS)


def _drawing(graph: Graph, look: Look = PLAIN, direction: str = "right") -> Drawing:
    theme = look.theme
    made = Drawing("graph")
    made.graph = graph
    large = len(graph) > 2 * READABLE
    made.wraps = not large and direction == "right"
    apart = theme.points(0.7 if any(v.kind == "group" for v in graph) else 0.32)
    made.attr(rankdir=DIRECTIONS[direction], newrank="true", bgcolor=theme.paper, fontname=FONT)
    made.attr(nodesep=theme.points(0.22), ranksep=apart, pad="0.2")
    if len(graph) > EXACT:
        tries = "1" if large else "2"
        made.attr(nslimit=tries, nslimit1=tries)
    made.attr("node", fontname=FONT, fontsize=theme.points(11), fontcolor=theme.text, height="0.2", width="0.2")
    made.attr("edge", fontname=FONT, fontsize=theme.points(9), color=theme.line, fontcolor=theme.muted, arrowsize="0.6")
    swept = graph.swept or any(v.grad is not None and v.role == "output" for v in graph)
    frames = _Frames(made, Labels(look, swept))
    both = any(v.role == "gradient" for v in graph)
    for part in (False, True) if both else (None,):
        frames.fill([v for v in graph if part is None or _is_backward(v) is part], part, large)
    made.titles = {
        "graph": "Graph of a computation",
        **{v.id: described(v) for v in graph},
        **frames.titles,
    }
    for edge in graph.edges:
        made.edge(edge.source, edge.target, **_edge(edge, graph[edge.source], graph[edge.target], look))
    for v in graph:
        if v.role == "gradient":  # beside the value that it is the gradient of
            made.body.append(f"\t{{rank=same; {v.outcome}; {v.id}}}\n")
    if not large:
        _one_layer_after_the_other(made, graph)
    return made


def _is_backward(v: Vertex) -> bool:
    return v.role in ("gradient", "rule")


@dataclass
class _Frames:
    """Puts vertices into a picture, each in the frames of the scopes that it belongs to."""

    made: Drawing
    labels: Labels

    def __post_init__(self) -> None:
        self.titles: dict[str, str] = {}

    def fill(self, vertices: list[Vertex], part: bool | None, flat: bool) -> None:
        """All of these; `part` says that they are the backward pass, or the forward one beside it."""
        if part is None:
            self._scope(self.made, vertices, (), flat)
            return
        words = "Backward pass" if part else "Forward pass"
        with self._frame(self.made, words, "backward" if part else "forward") as inside:
            self._scope(inside, vertices, (), flat or part)

    def _scope(self, made: graphviz.Digraph, vertices: list[Vertex], scope: Scope, flat: bool) -> None:
        """These vertices, which belong to a scope; those of a scope within it in a frame."""
        inner: dict[str | None, list[Vertex]] = {}
        for v in vertices:
            frame = () if flat else v.scope[:-1] if v.fold == "layer" else v.scope
            inner.setdefault(frame[len(scope)] if len(frame) > len(scope) else None, []).append(v)
        for level, belonging in inner.items():
            if level is None:
                for v in belonging:
                    made.node(v.id, **self.labels.attributes(v))
                continue
            deeper, shown = (*scope, level), len(scope)
            while shared := _only(belonging, len(deeper)):  # a frame with nothing but a frame in it is one of both
                deeper = (*deeper, shared)
            number = len(self.titles) + 1
            with self._frame(made, title(deeper[shown:]), str(number)) as inside:
                self._scope(inside, belonging, deeper, flat)

    @contextmanager
    def _frame(self, made: graphviz.Digraph, words: str, number: str) -> Iterator[graphviz.Digraph]:
        theme = self.labels.look.theme
        self.titles[f"cluster_{number}"] = words
        style = "rounded,filled" if number.isdigit() else "rounded,filled,dashed"
        fill = theme.frame_fill if number.isdigit() else theme.paper
        with made.subgraph(name=f"cluster_{number}") as inside:
            label = graphviz.escape(words)
            inside.attr(id=f"layer{number}", label=label, style=style, color=theme.frame, fillcolor=fill)
            inside.attr(labeljust="l", fontcolor=theme.muted, fontsize=theme.points(11), margin="10")
            yield inside


def _only(vertices: list[Vertex], depth: int) -> str | None:
    """The scope that all of these belong to at this depth, if it is a single one and none is drawn outside of it."""
    ends = {v.scope[:-1][depth] if v.fold == "layer" else v.scope[depth] for v in vertices if _deep(v) > depth}
    return ends.pop() if len(ends) == 1 and all(_deep(v) > depth for v in vertices) else None


def _deep(v: Vertex) -> int:
    return len(v.scope) - (v.fold == "layer")


def _one_layer_after_the_other(made: Drawing, graph: Graph) -> None:
    """Unseen edges from what enters a layer to its parameters: without them neighbouring layers would overlap."""
    forward = [e for e in graph.edges if not e.back]
    fed = {e.target for e in forward}
    first: dict[Scope, list[str]] = {}
    for v in graph:
        if v.id not in fed and not _is_backward(v):
            first.setdefault(v.scope, []).append(v.id)
    entering = {(e.source, graph[e.target].scope) for e in forward if e.source in fed}
    for source, scope in sorted(entering):
        if scope and scope != graph[source].scope:
            for leaf in first.get(scope, ()):
                made.edge(source, leaf, style="invis", weight="0")


def _edge(edge: Edge, source: Vertex, target: Vertex, look: Look) -> dict[str, str]:
    theme = look.theme
    how = {"id": edge.id, "key": edge.id}
    if edge.back:
        how |= {"dir": "back", "class": "back"} | dict(theme.backward)
    elif edge.cut:
        how |= {"style": "dotted"}
    if edge.position is None and not edge.back:
        how["weight"] = STAYS  # an operation stays beside its result
    elif source.role == "result":
        how["weight"] = "3"  # and the chain of results is straight
    if edge.position == 1 and target.notation.ordered:
        how |= {"headlabel": "2nd"} | HEAD
    if edge.note:
        how |= {
            "class": "marked",
            "color": theme.marked,
            "fontcolor": theme.marked,
            "penwidth": "3",
            "label": f"× {edge.note}",
        }
    if edge.count > 1:
        how |= {"headlabel": f"×{edge.count}", "penwidth": "1.8"} | HEAD
    return how
