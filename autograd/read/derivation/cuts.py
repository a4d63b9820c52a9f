"""Where to cut a graph without names, so that lines stay readable."""

from __future__ import annotations

from collections import Counter

from autograd import names
from autograd.node import Node, ancestors
from autograd.read.derivation.backward import Gradients, Recorded
from autograd.read.derivation.copied import Copied
from autograd.read.derivation.samples import Samples
from autograd.read.symbol import Symbol, in_order, never, within

_READABLE = 5  # unnamed operations that hang together; more are cut


def cuts(copied: Copied, samples: Samples, seed: Symbol) -> list[Node]:
    """The results that get a line: those with a name, and in large parts without names what is used more than once."""
    root = copied.root
    named = [node for node in ancestors(root) if node.op is not None and names.of(node) is not None]
    large = _large_parts(root)
    if not large:
        return named
    graph = Recorded(copied, samples, named)
    gradients = Gradients(graph, seed)
    order = in_order(list(gradients.of.values()), never)
    uses = Counter(x for s in order for x in set(within((s.operands, s.params))))
    of_arrays: set[Symbol] = set()  # what is more than a number repeated
    for s in order:
        if (s.name is not None and s.shape) or any(x in of_arrays for x in within((s.operands, s.params))):
            of_arrays.add(s)
    owner: dict[Symbol, Node] = {}
    for node in gradients.order():
        owner.setdefault(gradients.of[node], node)
    carried = {node for g, node in owner.items() if uses[g] > 1 and (g in of_arrays or not g.shape)}
    arrays = any(node.shape for node in large)  # where there are any, a single number is no line of its own
    shared = (node for node in large if uses[graph.inline[node]] > 1 or node in carried)
    return [*named, *(node for node in shared if node.shape or not arrays)]


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
