"""The values of a recorded graph, also those that no rule reads and that the graph has therefore not kept."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.errors import GraphError
from autograd.node import Constant, Node, ancestors


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


def _operand(node: Node, i: int, found: dict[Node, Any]) -> Any:
    parent, kept = node.parents[i], node.inputs[i]
    if kept is not None and not isinstance(kept, tuple):  # a tuple is a shape
        return kept
    if type(parent) is not Node:
        return parent.out if type(parent) is Constant else parent
    return found[parent] if parent.index < node.index else before(parent, node)


def past_of(node: Node | Constant) -> list[tuple[int, Callable[[], Any]]]:
    """What a leaf is to remember as its past when it is given new data.

    The old array is referred to weakly: it lives as long as a graph that was recorded from it, and no longer. Of a
    number the last one is kept.
    """
    if type(node) is not Node:
        return []
    old = node.out
    if not isinstance(old, np.ndarray):
        return [(node.index, lambda: old)]
    alive = [known for known in getattr(node, "past", ()) if known[1]() is not None]
    return [(node.index, weakref.ref(old)), *alive]


def before(leaf: Node, node: Node) -> Any:
    """The value that a leaf had when `node` was computed from it, where the leaf was given new data since.

    Raises GraphError where nothing has kept it.
    """
    for index, reference in getattr(leaf, "past", ()):
        if index < node.index:
            value = reference()
            if value is not None:
                return value
            break
    raise GraphError(
        f"{leaf.name or 'a leaf'} was given new data after {node.name or node} was computed from it; "
        "look at a graph before the update, or record it again."
    )
