"""What lies around one vertex of a graph; the rest is left out, and it is said where."""

from __future__ import annotations

from collections import defaultdict, deque

from viz.seen.graph import Edge, Graph, Vertex


def around(graph: Graph, id: str, radius: int) -> Graph:
    """The vertices that at most `radius` operations lead to from this one, in either direction.

    Where more was computed, or more is computed from a value, a vertex of kind "rest" says so.

    >>> import autograd as ag, numpy as np
    >>> from viz.seen.graph import graph_of
    >>> y = x = ag.Tensor(1.0, name="x")
    >>> for _ in range(4):
    ...     y = np.sin(y)
    >>> [v.name for v in around(graph_of(y), "n4", 1)]
    [None, 'sin', None, 'sin', None, '… sin', '… sin']
    """
    beside: dict[str, list[str]] = defaultdict(list)
    for edge in graph.edges:
        beside[edge.source].append(edge.target)
        beside[edge.target].append(edge.source)
    near = _near(beside, id, 2 * radius)
    small = Graph(root=graph.root if graph.root in near else id, swept=graph.swept)
    small.vertices = [v for v in graph if v.id in near]
    small.edges = [e for e in graph.edges if e.source in near and e.target in near]
    beyond = [e for e in graph.edges if (e.source in near) != (e.target in near)]
    before = {e.target: [e] for e in beyond if e.target in near}
    after: dict[str, list[Edge]] = defaultdict(list)
    for edge in beyond:
        if edge.source in near:
            after[edge.source].append(edge)
    for cut in [*before.values(), *after.values()]:
        _leave_out(small, graph, cut)
    return small


def _near(beside: dict[str, list[str]], id: str, furthest: int) -> set[str]:
    distance, waiting = {id: 0}, deque([id])
    while waiting:
        here = waiting.popleft()
        for other in beside[here] if distance[here] < furthest else ():
            if other not in distance:
                distance[other] = distance[here] + 1
                waiting.append(other)
    return set(distance)


def _leave_out(small: Graph, graph: Graph, cut: list[Edge]) -> None:
    """Put a vertex in place of what these edges lead to, which all begin or all end at the same vertex."""
    first = cut[0]
    inside = first.source if first.source in {v.id for v in small} else first.target
    outside = graph[first.target if inside == first.source else first.source]
    said = f"… {outside.symbol}" if len(cut) == 1 else f"… {len(cut):,} more"
    rest = Vertex(f"d{len(small.vertices)}", "rest", name=said, scope=graph[inside].scope)
    small.vertices.append(rest)
    ends = (inside, rest.id) if inside == first.source else (rest.id, inside)
    small.edges.append(Edge(first.id, *ends, cut=True))
