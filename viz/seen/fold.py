"""Folding: a large graph becomes a small one in which one vertex stands for many.

Three ways, each tried only while the graph is still too large: one group for each scope (innermost ones first, then
those around them); one for each neuron (a sum of products, and the activation of it); and, for whatever is left, blocks
of operations that were recorded one after the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping
from typing import NamedTuple

from viz.seen.graph import Edge, Graph, Vertex
from viz.seen.scopes import Scope, common, title

Groups = Mapping[str, Hashable]  # the id of a vertex -> the key of the group it goes into


def folded(graph: Graph, limit: int) -> Graph:
    """The same graph with at most about `limit` vertices.

    >>> import autograd as ag
    >>> from viz.seen.graph import graph_of
    >>> x = y = ag.Tensor(1.0, name="x")
    >>> for _ in range(400):
    ...     y = y + x * 0.5
    >>> graph = graph_of(y)
    >>> len(graph), len(folded(graph, 150)) <= 150
    (2001, True)
    """
    for depth in range(max((len(v.scope) for v in graph), default=0), 0, -1):
        if len(graph) > limit:
            graph = merged(graph, by_scope(graph, depth))
    if len(graph) > limit:
        graph = merged(graph, by_neuron(graph), "neuron")
    if len(graph) > limit:
        graph = merged(graph, _by_block(graph, limit), "block")
    return graph


def shortened(graph: Graph, layers: int) -> Graph:
    """The same graph as a picture that is read from left to right can show it: with more than `layers` layers each of
    them becomes one vertex, and with many more those in the middle one together.

    >>> import nn, numpy as np
    >>> from viz.seen.graph import graph_of
    >>> model = nn.Sequential(*[nn.Linear(1, 1, seed=l) for l in range(60)])
    >>> [v.name for v in shortened(graph_of(model(np.ones((1, 1)))), 4) if v.kind == "group"]
    ['Layer 1', 'Layer 2', 'Layer 3', 'Layers 4 to 57', 'Layer 58', 'Layer 59', 'Layer 60']
    """
    if len(graph.layers) > layers:
        graph = merged(graph, by_scope(graph))
    ends = layers // 2 + 1
    middle = [v for v in graph if v.fold == "layer"][ends:-ends]
    if len(middle) < 2:
        return graph
    key = Titled(_span(middle[0].name or "", middle[-1].name or ""), ())
    return merged(graph, {v.id: key for v in middle}, "layers")


def focused(graph: Graph, scopes: Collection[Scope], layers: int) -> Graph:
    """The same graph with the layers of these scopes as they are, and every other one as one vertex; where there are
    more than `layers` in all, those that follow one another together.

    >>> import nn, numpy as np
    >>> from viz.seen.graph import graph_of
    >>> model = nn.Sequential(*[nn.Linear(1, 1, seed=l) for l in range(20)])
    >>> small = focused(graph_of(model(np.ones((1, 1)))), {("layer 3",)}, 8)
    >>> [v.name for v in small if v.kind == "group"], small.layers
    (['Layers 1 to 2', 'Layers 4 to 20'], ['Layer 3'])
    """
    small = merged(graph, {id: key for id, key in by_scope(graph).items() if key.scope not in scopes})
    if len(small.layers) <= layers:
        return small
    runs: list[list[Vertex]] = [[]]
    for v in small:
        if v.fold == "layer":
            runs[-1].append(v)
        elif v.scope in scopes:
            runs.append([])
    keys = ((run, Titled(_span(run[0].name or "", run[-1].name or ""), ())) for run in runs if len(run) > 1)
    return merged(small, {v.id: key for run, key in keys for v in run}, "layers")


class Titled(NamedTuple):
    """The key of a group that has a title of its own; others are called as their last value is."""

    title: str
    scope: Scope
    turn: int = 0


def by_scope(graph: Graph, depth: int | None = None) -> dict[str, Titled]:
    """A group for each scope, or for each of those `depth` levels from the outermost; groups join their group."""
    return {v.id: Titled(title(v.scope[:depth]), v.scope[:depth], turn) for v, turn in _turns(graph, depth)}


def _turns(graph: Graph, depth: int | None) -> Iterator[tuple[Vertex, int]]:
    """Each vertex within a scope, and how often the computation had come back to the scope by then: a shared layer is
    one group for each time that it is used, or else arrows would lead out of the group and into it again."""
    sources: dict[str, list[Vertex]] = defaultdict(list)
    for edge in graph.edges:
        sources[edge.target].append(graph[edge.source])
    latest: dict[str, dict[Scope, int]] = {}  # of what each vertex was computed from: the last turn of each scope
    for v in graph:
        before = [(s, latest[s.id]) for s in sources[v.id] if s.id in latest]
        turns = before[0][1] if len(before) == 1 else _latest([turns for _, turns in before])
        if own := v.scope[:depth]:
            turn = max((found[own] + (s.scope[:depth] != own) for s, found in before if own in found), default=0)
            turns = turns if turns.get(own) == turn else {**turns, own: turn}
            yield v, turn
        latest[v.id] = turns


def _latest(found: list[dict[Scope, int]]) -> dict[Scope, int]:
    together: dict[Scope, int] = {}
    for turns in found:
        for scope, turn in turns.items():
            together[scope] = max(turn, together.get(scope, 0))
    return together


def _span(first: str, last: str) -> str:
    """The title of a row of groups: "Layers 4 to 57", where a number at the end is all that differs."""
    stem, number = first.rstrip("0123456789"), len(last.rstrip("0123456789"))
    numbered = stem == last[:number] and stem.endswith(" ") and first != stem
    return f"{stem.rstrip()}s {first[len(stem) :]} to {last[number:]}" if numbered else f"{first} to {last}"


def by_neuron(graph: Graph) -> Groups:
    """Each vertex goes where its only consumer goes, up to what is neither a sum nor a product, or named, or data; and
    not out of its layer, unless it is of none.
    """
    weigh = {v.id for v in graph if v.notation.weighs}
    ends = {e.target for e in graph.edges if e.position is None and e.source not in weigh}
    consumers: dict[str, set[str]] = defaultdict(set)
    for edge in graph.edges:
        consumers[edge.source].add(edge.target)
    closed = {v.id for v in graph if v.kind == "group"}  # nothing joins a group, and it joins nothing
    groups: dict[str, Hashable] = {}
    for v in reversed(graph.vertices):
        shown = v.kind == "group" or (v.name and v.role in ("result", "data")) or v.id in ends or v.id == graph.root
        only = next(iter(consumers[v.id])) if len(consumers[v.id]) == 1 and not shown else None
        if only is None or only in closed or (v.scope and v.scope != graph[only].scope):
            groups[v.id] = v.id
        else:
            groups[v.id] = groups[only]
    return groups


def by_operation(graph: Graph) -> Groups:
    """Each operation with its result, and with the plain numbers that it is given."""
    made: dict[str, Hashable] = {v.id: v.id for v in graph if v.kind == "operation"}
    for edge in graph.edges:
        if edge.source in made and edge.position is None:
            made[edge.target] = edge.source
        elif edge.target in made and graph[edge.source].role == "number":
            made[edge.source] = edge.target
    return made


def _by_block(graph: Graph, limit: int) -> Groups:
    """Neighbours in the order of recording, a result with its operation; the root and named parameters and data stay
    visible if there is room."""
    named = [v.id for v in graph if v.name and v.role in ("parameter", "data")]
    shown = {graph.root, *(named if len(named) < limit // 4 else ())}
    rest = [v.id for v in graph if v.id not in shown]
    size = -(-len(rest) // (limit // 4))
    made: dict[str, Hashable] = {id: i // size for i, id in enumerate(rest)}
    return made | {
        e.target: made[e.source] for e in graph.edges if e.position is None and e.source in made and e.target in made
    }


def merged(graph: Graph, groups: Groups, fold: str = "layer") -> Graph:
    """The graph with one vertex for each group of two or more; it stands where its last member stood. `fold` is what
    such a group is (see Vertex)."""
    members: dict[Hashable, list[Vertex]] = defaultdict(list)
    for v in graph:
        members[groups.get(v.id, v.id)].append(v)
    last = {gathered[-1].id: key for key, gathered in members.items()}
    target: dict[str, str] = {}
    small = Graph(root=graph.root, swept=graph.swept)
    for v in graph:
        if v.id not in last:
            continue
        key, gathered = last[v.id], members[last[v.id]]
        vertex = v if len(gathered) == 1 else group(f"g{gathered[-1].id[1:]}", key, gathered, fold)
        small.vertices.append(vertex)
        target.update((m.id, vertex.id) for m in gathered)
    small.root = target[graph.root]
    small.edges = _edges(graph, target, {v.id for v in small if v.kind == "group"})
    return small


def group(id: str, key: Hashable, vertices: list[Vertex], fold: str) -> Vertex:
    """The vertex that stands for a group: what flows out of it is its last value."""
    members = [m for v in vertices for m in (v.members or [v])]
    results = [m for m in members if m.role in ("result", "output")] or members
    out = next((m for m in results if m.role == "output"), results[-1])
    return Vertex(
        id,
        "group",
        role=out.role,
        name=key.title if isinstance(key, Titled) else out.name,
        fold=fold,
        scope=key.scope if isinstance(key, Titled) else common(v.scope for v in vertices if v.scope),
        shape=out.shape,
        dtype=out.dtype,
        value=out.value,
        grad=out.grad,
        sums=out.sums,
        wants_grad=out.wants_grad,
        members=members,
        outcome=out.id,
    )


def _edges(graph: Graph, target: dict[str, str], groups: set[str]) -> list[Edge]:
    """The edges between different vertices of the folded graph, each pair joined once."""
    kept: dict[tuple[str, str, int | None], Edge] = {}
    for edge in graph.edges:
        source, end = target[edge.source], target[edge.target]
        if source == end:
            continue
        key = (source, end, None if {source, end} & groups else edge.position)
        if key in kept:
            kept[key].count += edge.count
        else:
            kept[key] = Edge(edge.id, *key, count=edge.count, back=edge.back, cut=edge.cut)
    return list(kept.values())
