"""Where the operands of recorded operations stand in a graph: the vertex of each, and the value that was used."""

from __future__ import annotations

from typing import Any, NamedTuple

from autograd import Node
from viz.seen.graph import Graph


class Slot(NamedTuple):
    """A value of the graph by its id, or its gradient."""

    vertex: str
    gradient: bool


class Places:
    """The vertices of the operands of nodes."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._constants = {
            (id(node), id(node.parents[i])): edge.source
            for (node, i), edge in graph.operand_edges.items()
            if not isinstance(node.parents[i], Node)
        }

    def id_of(self, operand: Any, user: Node) -> str:
        """The vertex of an operand of a node, or of the node itself."""
        return self.graph.value_ids[operand] if isinstance(operand, Node) else self._constants[id(user), id(operand)]

    def operands(self, node: Node) -> list[Any]:
        """The values that a node was computed from."""
        return [self.graph[self.id_of(parent, node)].value for parent in node.parents]
