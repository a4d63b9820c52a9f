"""Which part of the whole each value of a graph belongs to: its scope, as it was recorded.

A graph that was written by hand, without any scope, is looked at by names: `guess.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import takewhile
from typing import Any, NamedTuple

from autograd import Constant, Node, scope_of
from viz.seen.guess import guessed, layer_of, layers_named

Scope = tuple[str, ...]


def title(scope: Scope) -> str:
    """A scope in words.

    >>> title(("encoder", "layer 2"))
    'Encoder · layer 2'
    """
    words = " · ".join(scope)
    return words[:1].upper() + words[1:]


class Scopes(NamedTuple):
    """The scopes of a graph: of each node; layers: those that names tell of, where names decided, else none."""

    nodes: dict[Node, Scope]
    layers: set[str]

    def of(self, node: Node) -> Scope:
        """The scope of a node."""
        return self.nodes[node]

    def of_constant(self, operand: Any, name: str | None, consumer: Scope) -> Scope:
        """The scope of a constant: its own; one without a name, as a number, belongs to what it is used in."""
        own = scope_of(operand) if isinstance(operand, Constant) else ()
        if own or not name:
            return own or consumer
        layer = layer_of(name)
        return _layer(layer if layer in self.layers else None)


def scopes_of(root: Node, nodes: list[Node]) -> Scopes:
    """The scope of each of these nodes, oldest first."""
    if not any(map(scope_of, nodes)):
        layers = layers_named(nodes)
        if not layers:
            return Scopes(dict.fromkeys(nodes, ()), layers)
        return Scopes({node: _layer(layer) for node, layer in guessed(root, nodes, layers).items()}, layers)
    found: dict[Node, Scope] = {}
    used: dict[Node, set[Scope]] = defaultdict(set)
    for node in nodes:
        for parent in node.parents if scope_of(node) else ():
            if isinstance(parent, Node) and parent.op is None:
                used[parent].add(scope_of(node))
    for node in nodes:
        # A leaf has a scope where it was made within one, or was given to a Module from outside; else it belongs to
        # what it is used in, such as a parameter, which is older than any scope.
        by_use = node.op is None and not hasattr(node, "scope")
        found[node] = common(used[node]) if by_use and used[node] else scope_of(node)
    return Scopes(found, set())


def common(scopes: Iterable[Scope]) -> Scope:
    """The part that they all belong to; () for no scopes."""
    together = takewhile(lambda level: len(set(level)) == 1, zip(*scopes, strict=False))
    return tuple(level[0] for level in together)


def _layer(number: str | None) -> Scope:
    return () if number is None else (f"layer {number}",)
