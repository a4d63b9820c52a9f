"""The layers of a graph that was written by hand, without scopes: a guess by the names W1, b1, Z1, A1 of the course.

A value belongs to the layer that its own name says, or else to that of the nearest named value computed from it, as far
back as the weights of that layer.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np

from autograd import Node, names
from autograd.read import notation

Layers = dict[Node, str | None]

# Lower-case names do not count: x1, x2 are two features, not two layers.
_LAYER = re.compile(r"[ZAWbD](?:_?(\d+)|\[(\d+)\])")


def layer_of(name: str | None) -> str | None:
    """The number of the layer that a value of this name belongs to."""
    found = _LAYER.fullmatch(name) if name else None
    return None if found is None else found[1] or found[2]


def layers_named(nodes: list[Node]) -> set[str]:
    """The layers that names tell of. A bias alone makes none: beside w1 and z1 of scalars, b1 is another of them."""
    called = {names.of(node) for node in nodes}
    called |= {names.of(x) for node in nodes for x in node.parents if type(x) not in (Node, int, float)}
    return {layer for name in called if name and not name.startswith("b") and (layer := layer_of(name))}


def guessed(root: Node, nodes: list[Node], layers: set[str]) -> Layers:
    """The layer of each node, one of `layers`."""
    nearest: dict[Node, tuple[int, str | None]] = {root: (0, None)}
    beyond = len(nodes), None
    found: Layers = {}
    for node in sorted(nodes, key=_after_consumers, reverse=True):
        name = names.of(node)
        own = layer_of(name)
        steps, layer = (0, own if own in layers else None) if name else nearest.get(node, beyond)
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


def _spread(nodes: list[Node], layers: Layers) -> None:
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


def _adds_own(node: Node, layer: str | None, layers: Layers) -> bool:
    """Whether all operands that gradients flow to are of the layer."""
    return all(layers[p] == layer for p in node.parents if isinstance(p, Node)) and any(
        isinstance(p, Node) and p.op is None for p in node.parents
    )


def _after_consumers(node: Node) -> int:
    """Sorts leaves before everything else: setting their data gives them a newer number than their consumers have."""
    return -1 if node.op is None else node.index
