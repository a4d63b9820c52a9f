"""How a graph is folded when a reader asks for it: by layer, by neuron, by operation, or to a depth of its scopes."""

from __future__ import annotations

from viz.seen.fold import by_neuron, by_operation, by_scope, merged
from viz.seen.graph import Graph

LEVELS = ("layer", "neuron", "operation")


def levelled(graph: Graph, level: str) -> Graph:
    """The graph with one vertex for each layer, neuron or operation.

    A neuron is a weighted sum with what is added to it and its activation; an operation is folded with its result.

    >>> import autograd as ag, numpy as np
    >>> from viz.seen.graph import graph_of
    >>> w, b = ag.Tensor(2.0, name="w"), ag.Tensor(1.0, name="b")
    >>> graph = graph_of(np.tanh(w * 3.0 + b))
    >>> len(graph), [len(levelled(graph, level)) for level in LEVELS]
    (9, [9, 1, 5])
    """
    if level == "layer":
        return merged(graph, by_scope(graph))
    if level == "neuron":
        return merged(graph, by_neuron(graph), "neuron")
    return merged(graph, by_operation(graph), "operation")


def open_to(graph: Graph, depth: int) -> Graph:
    """The graph with so many levels of scopes open, from the outermost; what lies deeper is one vertex for each scope.

    >>> import autograd as ag
    >>> from viz.seen.graph import graph_of
    >>> with ag.scope("encoder", "layer 1"):
    ...     y = ag.Tensor(1.0, name="x") * 2.0 * 3.0
    >>> [len(open_to(graph_of(y + 1.0), depth)) for depth in (0, 1, 2)]
    [4, 4, 10]
    """
    deeper = {v.id for v in graph if len(v.scope) > depth}
    return merged(graph, {id: key for id, key in by_scope(graph, depth + 1).items() if id in deeper})
