"""The graph that a Tensor was computed by, as plain data for whoever draws it.

`graph_of(J)` reads a recorded graph into a `Graph`: a list of `Vertex` (values and operations) and a list of `Edge`.
Nothing here knows Graphviz, SVG or HTML; `dot.py` turns a Graph into a picture and `story.py` steps through it.

Ids are "n0", "n1" … for vertices and "e0", "e1" … for edges, counted in the order of recording: an operand comes
directly before the first operation that uses it, an operation directly before its result. They depend on nothing else,
so the same program gives the same ids each time. They are also the ids of the elements in the SVG.

Each recorded operation gives two vertices, the operation and its result; each leaf, constant array and number one.
A Tensor or array that is used several times is one vertex with several edges; a plain number is drawn at each use.
Large graphs are folded by `fold.py`, which puts a vertex of kind "group" in place of many.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import Constant, GraphError, Node, Tensor, ancestors, names, values
from autograd.read import notation
from autograd.read.notation import Notation

# A value with such a name belongs to that layer. Lower-case names do not: x1, x2 are two features, not two layers.
_LAYER = re.compile(r"[ZAWbD](?:_?(\d+)|\[(\d+)\])")


@dataclass(slots=True)
class Vertex:
    """A value, or an operation, or (in a folded graph) a group of both.

    id      "n0", "n1" …; of a group "g0", "g1" …
    kind    "value", "operation" or "group"
    role    of a value: "parameter" (gradients are wanted for it), "data" (a constant array or named constant), "number"
            (a plain number), "result" (computed), "output" (the Tensor the graph is of); of the others ""
    name    the name of a value, None if it has none; of an operation the name of the function; of a group its title
    notation   how an operation is written and read
    params  axis=, keepdims= … of an operation
    shape, dtype   of a value; dtype as text ("float64")
    value   an array or a float; None where it was not kept
    grad    an array or a float; None before `backward()`, and always for constants
    wants_grad   whether gradients flow to this value
    updated      a leaf whose data was set after this graph had used it; `value` is the one that was used
    layer   "1", "2" … or None
    members of a group: the vertices that it stands for
    """

    id: str
    kind: str
    role: str = ""
    name: str | None = None
    notation: Notation = notation.PLAIN
    params: dict[str, Any] = field(default_factory=dict)
    shape: tuple[int, ...] = ()
    dtype: str = "float64"
    value: Any = None
    grad: Any = None
    wants_grad: bool = False
    updated: bool = False
    layer: str | None = None
    members: list[Vertex] = field(default_factory=list)

    @property
    def symbol(self) -> str:
        """What to write in an operation's circle."""
        return (self.notation.symbol or self.name or "") if self.kind == "operation" else ""


@dataclass(slots=True)
class Edge:
    """From an operand to an operation (`position` says which operand), or from an operation to its result (None).

    In a folded graph an edge may stand for several (`count`).
    """

    id: str
    source: str
    target: str
    position: int | None = None
    count: int = 1


@dataclass(slots=True)
class Graph:
    """Vertices and edges in the order of recording; `root` is the id of the value that the graph is of.

    value_ids, operation_ids   the ids of an engine's Node: of its value, and of the operation that computed it
    operand_edges              the edge by which operand i enters the operation of a Node, by (node, i)
    """

    vertices: list[Vertex] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    root: str = ""
    value_ids: dict[Node, str] = field(default_factory=dict)
    operation_ids: dict[Node, str] = field(default_factory=dict)
    operand_edges: dict[tuple[Node, int], Edge] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Vertex]:
        return iter(self.vertices)

    def __len__(self) -> int:
        return len(self.vertices)

    def __getitem__(self, id: str) -> Vertex:
        """The vertex with this id."""
        place = int(id[1:])
        if place < len(self.vertices) and self.vertices[place].id == id:
            return self.vertices[place]
        return next(v for v in self.vertices if v.id == id)  # a folded graph has gaps

    @property
    def layers(self) -> list[str]:
        """The layers that occur, in order."""
        return sorted({v.layer for v in self.vertices if v.layer is not None}, key=int)


def graph_of(tensor: Tensor) -> Graph:
    """The graph that `tensor` was computed by, with the values and gradients that are known now.

    >>> import autograd as ag
    >>> a = ag.Tensor(3.0, name="a")
    >>> J = a * a + 2.0
    >>> for v in graph_of(J):
    ...     print(v.id, v.kind, v.role, v.name, v.value)
    n0 value parameter a 3.0
    n1 operation  multiply None
    n2 value result None 9.0
    n3 value number None 2.0
    n4 operation  add None
    n5 value output None 11.0
    >>> [(e.source, e.target, e.position) for e in graph_of(J).edges][:3]
    [('n0', 'n1', 0), ('n0', 'n1', 1), ('n1', 'n2', None)]

    Raises TypeError for what is not a Tensor, GraphError for a Tensor that nothing was recorded for.
    """
    root = root_of(tensor)
    nodes = ancestors(root)
    builder = _Builder(_kept(root, nodes), _layers(root, nodes))
    if root.op is None:
        builder.leaf(root)
    for node in nodes:
        if node.op is not None:
            builder.operation(node)
    graph = builder.graph
    graph.root = graph.value_ids[root]
    graph[graph.root].role = "output"
    return graph


def root_of(tensor: Any) -> Node:
    """The recorded node of a Tensor, or an error that says why there is none."""
    if not isinstance(tensor, Tensor):
        raise TypeError(f"Only a Tensor has a graph, not {type(tensor).__name__}. Pass the result, not its .data.")
    if not isinstance(tensor.node, Node):
        raise GraphError(
            f"{names.of(tensor) or 'This Tensor'} is a constant: nothing was recorded for it. Compute it from an "
            "autograd.Tensor(...), outside of no_grad()."
        )
    return tensor.node


class _Builder:
    """Adds vertices and edges in order."""

    def __init__(self, kept: dict[Node, Any], layers: dict[Node, str | None]) -> None:
        self.graph = Graph()
        self.kept = kept
        self.layers = layers
        self.constants: dict[int, str] = {}

    def operation(self, node: Node) -> None:
        assert node.op is not None
        layer = self.layers[node]
        sources = [self._operand(node, i, layer) for i in range(len(node.parents))]
        made = self._add(
            kind="operation",
            name=node.op.name,
            notation=notation.row_of(node.op.function),
            params=dict(node.params),
            layer=layer,
        )
        for i, source in enumerate(sources):
            self.graph.operand_edges[node, i] = self._connect(source, made, i)
        self.graph.operation_ids[node] = made
        self._connect(made, self._result(node, "result"), None)

    def leaf(self, node: Node) -> str:
        return self._result(node, "parameter")

    def _operand(self, node: Node, i: int, layer: str | None) -> str:
        parent = node.parents[i]
        if isinstance(parent, Node):
            known = self.graph.value_ids.get(parent)
            if known is None:
                known = self.leaf(parent)
                if parent.index > node.index:  # its data was set since; show what this graph was computed from
                    vertex = self.graph[known]
                    vertex.updated, vertex.value = True, _used(node.inputs[i])
            return known
        return self._constant(parent, layer)

    def _constant(self, operand: Any, layer: str | None) -> str:
        key = None if isinstance(operand, (int, float)) else id(operand)
        if key not in self.constants:
            value = operand.out if isinstance(operand, Constant) else operand
            name = names.of(operand)
            number = np.ndim(value) == 0 and name is None
            made = self._add(
                kind="value",
                role="number" if number else "data",
                name=name,
                shape=np.shape(value),
                dtype=str(getattr(value, "dtype", "float64")),
                value=value,
                layer=_layer_of(name) if name else layer,
            )
            if key is None:
                return made
            self.constants[key] = made
        return self.constants[key]

    def _result(self, node: Node, role: str) -> str:
        made = self._add(
            kind="value",
            role=role,
            name=names.of(node),
            shape=node.shape,
            dtype=str(node.dtype or "float64"),
            value=self.kept.get(node),
            grad=node.grad.data if isinstance(node.grad, Tensor) else node.grad,
            wants_grad=True,
            layer=self.layers[node],
        )
        self.graph.value_ids[node] = made
        return made

    def _add(self, **what: Any) -> str:
        vertex = Vertex(f"n{len(self.graph.vertices)}", **what)
        self.graph.vertices.append(vertex)
        return vertex.id

    def _connect(self, source: str, target: str, position: int | None) -> Edge:
        edge = Edge(f"e{len(self.graph.edges)}", source, target, position)
        self.graph.edges.append(edge)
        return edge


def _kept(root: Node, nodes: list[Node]) -> dict[Node, Any]:
    """The value of every node, as far as it can be known."""
    try:
        return values(root)
    except GraphError:  # a leaf was updated since, so what was not kept cannot be computed again
        return {node: node.out for node in nodes}


def _used(kept: Any) -> Any:
    """What an operation has kept of an operand, if that is its value (a tuple is only its shape)."""
    return None if isinstance(kept, tuple) else kept


def _layers(root: Node, nodes: list[Node]) -> dict[Node, str | None]:
    """The layer of each node: by its own name, or else that of the nearest named value computed from it, as far back as
    the weights of that layer."""
    nearest: dict[Node, tuple[int, str | None]] = {root: (0, None)}
    beyond = len(nodes), None
    found: dict[Node, str | None] = {}
    for node in sorted(nodes, key=_after_consumers, reverse=True):
        name = names.of(node)
        steps, layer = (0, _layer_of(name)) if name else nearest.get(node, beyond)
        found[node] = layer
        weights = _weights(node)
        for parent in node.parents:
            if not isinstance(parent, Node) or (weights and parent not in weights):
                continue  # what a layer is given belongs to the layer before
            if parent not in nearest or steps + 1 < nearest[parent][0]:
                nearest[parent] = (steps + 1, layer)
    _spread(nodes, found)
    return found


def _weights(node: Node) -> list[Node]:
    """The operands of a product that are weights, where a layer begins with it: leaves, also transposed or reshaped."""
    if node.op is None or len(node.parents) < 2:
        return []
    function = node.op.function
    if not notation.row_of(function).begins_layer and (node.shape or function is not np.multiply):
        return []
    return [parent for parent in node.parents if isinstance(parent, Node) and _is_leaf_moved(parent)]


def _is_leaf_moved(node: Node) -> bool:
    while node.op is not None and len(node.parents) == 1 and isinstance(node.parents[0], Node):
        node = node.parents[0]
    return node.op is None


def _layer_of(name: str | None) -> str | None:
    found = _LAYER.fullmatch(name) if name else None
    return None if found is None else found[1] or found[2]


def _spread(nodes: list[Node], layers: dict[Node, str | None]) -> None:
    """Where only the parameters of a layer have its number, give it to what is computed with them: W1 X, + b1, tanh.

    It ends at what has a name, at what is used more than once, and at sums over samples: those belong to the cost.
    """
    computed = {layers[node] for node in nodes if node.op is not None and layers[node] is not None}
    uses = Counter(parent for node in nodes for parent in node.parents if isinstance(parent, Node))
    for node in nodes:
        if node.op is None or layers[node] is not None or names.of(node) is not None or not node.shape:
            continue
        for parent in node.parents:
            if not isinstance(parent, Node) or layers[parent] is None or layers[parent] in computed:
                continue
            if (
                parent.op is None
                or (uses[parent] == 1 and len(node.parents) == 1)
                or _adds_own(node, layers[parent], layers)
            ):
                layers[node] = layers[parent]


def _adds_own(node: Node, layer: str | None, layers: dict[Node, str | None]) -> bool:
    """Whether all operands that gradients flow to are of the layer."""
    return all(layers[p] == layer for p in node.parents if isinstance(p, Node)) and any(
        isinstance(p, Node) and p.op is None for p in node.parents
    )


def _after_consumers(node: Node) -> int:
    """Sorts leaves before everything else: setting their data gives them a newer number than their consumers have."""
    return -1 if node.op is None else node.index
