"""Folds within folds: what can be opened and closed in a picture, from the layers to single operations.

A fold is a vertex that stands for others, its children; these are folds, too, or vertices of the graph. Every vertex
has a path of folds around it: its layers from the outermost, its neuron, its operation. Where a fold has too many
children, neighbours in the order of recording are put into blocks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viz.seen.fold import by_neuron, by_operation, by_scope, group
from viz.seen.graph import Graph, Vertex

MANY = 120  # more children than this are put into blocks
ROOT = ""  # the id of what holds everything

Key = tuple[str, Hashable]  # "layer", "neuron" or "operation", and which


@dataclass
class Folds:
    """The folds of a graph.

    boxes      {id of a fold: the vertex that is drawn where it is closed}; `fold` of that says what it is
    children   {id of a fold: the ids of what is in it}, in the order of recording; "" of what is in none
    parents    {id of a vertex or fold: the id of the fold that it is in}
    """

    graph: Graph
    boxes: dict[str, Vertex] = field(default_factory=dict)
    children: dict[str, list[str]] = field(default_factory=lambda: {ROOT: []})
    parents: dict[str, str] = field(default_factory=dict)

    def vertex(self, id: str) -> Vertex:
        """The vertex or fold with this id."""
        return self.boxes[id] if id in self.boxes else self.graph[id]

    def around(self, id: str) -> Iterator[str]:
        """The folds around a vertex or fold, from the innermost; the last is ""."""
        while id != ROOT:
            id = self.parents[id]
            yield id


def folds_of(graph: Graph) -> Folds:
    """All folds of a graph.

    >>> import autograd as ag, numpy as np
    >>> from viz.seen.graph import graph_of
    >>> with ag.scope("layer 1"):
    ...     y = np.tanh(ag.Tensor(2.0, name="w") * 3.0)
    >>> folds = folds_of(graph_of(y))
    >>> [(v.fold, folds.children[id]) for id, v in folds.boxes.items()]
    [('layer', ['n0', 'g7', 'g8']), ('operation', ['n1', 'n2', 'n3']), ('operation', ['n4', 'n5'])]
    """
    paths = _paths(graph)
    return _tree(graph, paths)


def _paths(graph: Graph) -> dict[str, tuple[Key, ...]]:
    """The folds around each vertex, from the outermost."""
    depth = max((len(v.scope) for v in graph), default=0)
    scopes = [by_scope(graph, level) for level in range(1, depth + 1)]
    operations, neurons = by_operation(graph), _neurons(graph)
    paths: dict[str, tuple[Key, ...]] = {}
    for v in graph:
        neuron, operation = neurons.get(v.id), operations.get(v.id)
        like = str(neuron or operation or v.id)  # what decides to which layer it belongs
        layers = [keys[like] for keys in scopes if like in keys]
        path: list[Key] = [("layer", key) for level, key in enumerate(layers, 1) if len(key.scope) == level]
        path += [("neuron", neuron)] if neuron else []
        paths[v.id] = (*path, ("operation", operation)) if operation else tuple(path)
    return paths


def _neurons(graph: Graph) -> dict[str, Hashable]:
    """Weighted sums of numbers with what is added to them and their activation; none where there is only one."""
    members: dict[Hashable, list[Vertex]] = defaultdict(list)
    for id, key in by_neuron(graph).items():
        members[key].append(graph[id])
    found = {key: group for key, group in members.items() if _is_neuron(group)}
    return {v.id: key for key, group in found.items() for v in group} if len(found) > 1 else {}


def _is_neuron(group: list[Vertex]) -> bool:
    operations = [v for v in group if v.kind == "operation"]
    return (
        len(operations) > 1
        and any(v.notation.algebra == "product" for v in operations)
        and all(not v.shape for v in group)
    )


def _tree(graph: Graph, paths: Mapping[str, tuple[Key, ...]]) -> Folds:
    """The folds, from what is around each vertex."""
    inside: dict[tuple[Key, ...], list[Vertex]] = defaultdict(list)  # all vertices, in the order of recording
    below: dict[tuple[Key, ...], dict[Any, None]] = defaultdict(dict)  # the children: paths, and ids of vertices
    for v in graph:
        path = paths[v.id]
        for depth in range(len(path) + 1):
            inside[path[:depth]].append(v)
            below[path[:depth]][path[: depth + 1] if depth < len(path) else v.id] = None
    folds = Folds(graph)
    waiting: list[tuple[tuple[Key, ...], str]] = [((), ROOT)]
    while waiting:
        path, id = waiting.pop()
        children: list[str] = []
        for child in below[path]:
            if isinstance(child, str):
                children.append(child)
                continue
            path_of, titled = _lone(below, child)
            if len(below[path_of]) == 1:  # a fold with a single vertex in it is none
                children += [only for only in below[path_of] if isinstance(only, str)]
                continue
            box = group(f"g{len(graph) + len(folds.boxes)}", titled[-1][1], inside[child], titled[-1][0])
            folds.boxes[box.id] = box
            children.append(box.id)
            waiting.append((path_of, box.id))
        _adopt(folds, id, children)
    return folds


def _lone(below: Mapping[Any, Mapping[Any, None]], path: tuple[Key, ...]) -> tuple[tuple[Key, ...], tuple[Key, ...]]:
    """Where the children of a fold are: in itself, or in the only fold that is in it. And the path by which it is
    called: the innermost layer of these."""
    titled = path
    while len(below[path]) == 1:
        (only,) = below[path]
        if isinstance(only, str):
            break
        path = only
        titled = path if path[-1][0] == "layer" else titled
    return path, titled


def _adopt(folds: Folds, id: str, children: list[str]) -> None:
    """Put these into a fold, in blocks where they are many."""
    while len(children) > MANY:
        size = max(2, -(-len(children) // MANY), min(MANY, round(len(children) ** 0.5)))
        blocks = [children[i : i + size] for i in range(0, len(children), size)]
        children = [_block(folds, block) if len(block) > 1 else block[0] for block in blocks]
    folds.children[id] = children
    folds.parents.update(dict.fromkeys(children, id))


def _block(folds: Folds, block: list[str]) -> str:
    members = [m for child in block for m in (folds.vertex(child).members or [folds.vertex(child)])]
    box = group(f"g{len(folds.graph) + len(folds.boxes)}", None, members, "block")
    folds.boxes[box.id] = box
    folds.children[box.id] = block
    folds.parents.update(dict.fromkeys(block, box.id))
    return box.id
