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

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd import Constant, GraphError, Node, Tensor, ancestors, names, values
from autograd.read import notation
from autograd.read.notation import Notation
from viz.seen.collecting import without_collection
from viz.seen.scopes import Scope, Scopes, scopes_of, title


@dataclass(slots=True)
class Vertex:
    """A value, or an operation, or (in a folded graph) a group of both.

    id      "n0", "n1" …; of a group "g0", "g1" …; of what is drawn beside the graph "d…" and "r…"
    kind    "value", "operation" or "group"; "rest" stands for what is left out
    role    of a value: "parameter" (gradients are wanted for it), "data" (a constant array or named constant), "number"
            (a plain number), "result" (computed), "output" (the Tensor the graph is of), "gradient" (drawn as a vertex
            of its own); of an operation that passes a gradient on "rule"; of the others ""
    name    the name of a value, None if it has none; of an operation the name of the function; of a group its title
    notation   how an operation is written and read
    params  axis=, keepdims= … of an operation
    shape, dtype   of a value; dtype as text ("float64")
    value   an array or a float; None where it was not kept
    grad    an array or a float; None before `backward()`, and always for constants
    sums    of a value in a story: what its gradient is as long as not all of it has arrived
    wants_grad   whether gradients flow to this value
    updated      a leaf whose data was set after this graph had used it; `value` is the one that was used
    scope   the part of the whole that it belongs to, from the outermost: ("encoder", "layer 2"); () for none
    fold    of a group: "layer", "neuron", "operation", "block" (neighbours in the order of recording) or "layers"
    members of a group: the vertices that it stands for
    outcome of a group: the id of the member whose value and gradient it shows
    notes   what is said of it below the rest, a line each
    marked  whether it is what the picture is about: a thick border says so
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
    sums: list[Any] = field(default_factory=list)
    wants_grad: bool = False
    updated: bool = False
    scope: Scope = ()
    fold: str = ""
    members: list[Vertex] = field(default_factory=list)
    outcome: str = ""
    notes: tuple[str, ...] = ()
    marked: bool = False

    @property
    def layer(self) -> str | None:
        """Its scope in words, None if it has none."""
        return title(self.scope) if self.scope else None

    @property
    def symbol(self) -> str:
        """What to write in an operation's circle."""
        return (self.notation.symbol or self.name or "") if self.kind == "operation" else ""

    @property
    def sole_operation(self) -> Vertex | None:
        """Of a group that is one operation with its result, that operation; a layer is shown as a layer."""
        if self.fold in ("layer", "layers"):
            return None
        operations = [m for m in self.members if m.kind == "operation"]
        others = {m.role for m in self.members if m.kind == "value" and m.id != self.outcome}
        return operations[0] if len(operations) == 1 and others <= {"number"} else None


@dataclass(slots=True)
class Edge:
    """From an operand to an operation (`position` says which operand), or from an operation to its result (None).

    In a folded graph an edge may stand for several (`count`). `note` is what is said of it; an edge with one is thick.
    Along a `back` edge a gradient flows from its target to its source; one that is `cut` leads to what is left out.
    """

    id: str
    source: str
    target: str
    position: int | None = None
    count: int = 1
    note: str = ""
    back: bool = False
    cut: bool = False


@dataclass(slots=True)
class Graph:
    """Vertices and edges in the order of recording; `root` is the id of the value that the graph is of.

    swept                      whether `backward()` had been called on it
    value_ids, operation_ids   the ids of an engine's Node: of its value, and of the operation that computed it
    operand_edges              the edge by which operand i enters the operation of a Node, by (node, i)
    """

    vertices: list[Vertex] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    root: str = ""
    swept: bool = False
    value_ids: dict[Node, str] = field(default_factory=dict)
    operation_ids: dict[Node, str] = field(default_factory=dict)
    operand_edges: dict[tuple[Node, int], Edge] = field(default_factory=dict)
    _places: dict[str, Vertex] = field(default_factory=dict, repr=False)

    def __iter__(self) -> Iterator[Vertex]:
        return iter(self.vertices)

    def __len__(self) -> int:
        return len(self.vertices)

    def __getitem__(self, id: str) -> Vertex:
        """The vertex with this id."""
        place = int(id[1:])
        if place < len(self.vertices) and self.vertices[place].id == id:
            return self.vertices[place]
        if len(self._places) != len(self.vertices):  # a folded graph has gaps
            self._places = {v.id: v for v in self.vertices}
        return self._places[id]

    @property
    def layers(self) -> list[str]:
        """The layers that occur, in the order in which something is computed in them."""
        inside = sorted(self.vertices, key=lambda v: v.kind == "value" and v.role != "result")
        return list(dict.fromkeys(v.layer for v in inside if v.layer is not None))


@without_collection()
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
    builder = _Builder(_kept(root, nodes), scopes_of(root, nodes))
    if root.op is None:
        builder.leaf(root)
    for node in nodes:
        if node.op is not None:
            builder.operation(node)
    graph = builder.graph
    graph.root = graph.value_ids[root]
    graph[graph.root].role = "output"
    graph.swept = graph[graph.root].grad is not None
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

    def __init__(self, kept: dict[Node, Any], scopes: Scopes) -> None:
        self.graph = Graph()
        self.kept = kept
        self.scopes = scopes
        self.constants: dict[int, str] = {}

    def operation(self, node: Node) -> None:
        assert node.op is not None
        scope = self.scopes.of(node)
        sources = [self._operand(node, i, scope) for i in range(len(node.parents))]
        made = self._add(
            kind="operation",
            name=node.op.name,
            notation=notation.row_of(node.op.function),
            params=dict(node.params),
            scope=scope,
        )
        for i, source in enumerate(sources):
            self.graph.operand_edges[node, i] = self._connect(source, made, i)
        self.graph.operation_ids[node] = made
        self._connect(made, self._result(node, "result"), None)

    def leaf(self, node: Node) -> str:
        return self._result(node, "parameter")

    def _operand(self, node: Node, i: int, scope: Scope) -> str:
        parent = node.parents[i]
        if isinstance(parent, Node):
            known = self.graph.value_ids.get(parent)
            if known is None:
                known = self.leaf(parent)
                if parent.index > node.index:  # its data was set since; show what this graph was computed from
                    vertex = self.graph[known]
                    vertex.updated, vertex.value = True, _used(node.inputs[i])
            return known
        return self._constant(parent, scope)

    def _constant(self, operand: Any, scope: Scope) -> str:
        if type(operand) in (int, float):  # a plain number has no name
            where = self.scopes.of_constant(operand, None, scope)
            return self._add(kind="value", role="number", value=operand, scope=where)
        key = id(operand)
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
                scope=self.scopes.of_constant(operand, name, scope),
            )
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
            scope=self.scopes.of(node),
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
