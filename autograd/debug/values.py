"""The values of a recorded graph, also those that no rule reads and that the graph has therefore not kept."""

from __future__ import annotations

from typing import Any

from autograd.core.handle import before
from autograd.core.node import Constant, Node, ancestors
from autograd.core.types import Value


def values(root: Node) -> dict[Node, Any]:
    """The value of every node that `root` was computed from.

    A node keeps its result only where its rule reads it, so the others are run again here, from the very arrays that
    the forward pass used (operations are pure, so the values are the same to the last bit).

    Raises GraphError where a leaf was given new data after it was used and nothing has kept the old.
    """
    found: dict[Node, Any] = {}
    for node in ancestors(root):
        if node.op is None or node.out is not None:
            found[node] = node.out
        else:
            found[node] = node.op.run([_operand(node, i, found) for i in range(len(node.parents))], node.params)
    return found


def _operand(node: Node, i: int, found: dict[Node, Any]) -> Value:
    parent, kept = node.parents[i], node.inputs[i]
    if kept is not None and not isinstance(kept, tuple):  # a tuple is a shape
        return kept
    if type(parent) is not Node:
        return parent.out if type(parent) is Constant else parent
    return found[parent] if parent.index < node.index else before(parent, node)
