"""Where to cut a graph without names, so that lines stay readable."""

from __future__ import annotations

from collections import Counter

from autograd import names
from autograd.node import Node, ancestors
from autograd.read.backward import Gradients, Graph
from autograd.read.samples import Samples
from autograd.read.symbol import Symbol, in_order, never, within

_READABLE = 5  # unnamed operations that hang together; more are cut


def cuts(root: Node, samples: Samples, seed: Symbol) -> list[Node]:
    """The results that get a line: those with a name, and in large parts without names what is used more than once."""
    named = [node for node in ancestors(root) if node.op is not None and names.of(node) is not None]
    large = _large_parts(root)
    if not large:
        return named
    graph = Graph(root, samples, named)
    gradients = Gradients(graph, seed)
    uses = Counter(x for s in in_order(list(gradients.of.values()), never) for x in set(within((s.operands, s.params))))
    owner: dict[Symbol, Node] = {}
    for node in gradients.order():
        owner.setdefault(gradients.of[node], node)
    carried = {node for g, node in owner.items() if uses[g] > 1}
    return [*named, *(node for node in large if uses[graph.inline[node]] > 1 or node in carried)]


def _large_parts(root: Node) -> list[Node]:
    """The unnamed results in parts of the graph that are too large for one line, oldest first."""
    nodes = [node for node in ancestors(root) if node.op is not None and names.of(node) is None and node is not root]
    part: dict[Node, list[Node]] = {node: [node] for node in nodes}
    for node in nodes:
        for parent in node.parents:
            if type(parent) is Node and parent in part and part[parent] is not part[node]:
                small, large = sorted((part[parent], part[node]), key=len)
                large += small
                part.update(dict.fromkeys(small, large))
    return [node for node in nodes if len(part[node]) > _READABLE]
