"""Where to cut a graph without names, so that lines stay readable."""

from __future__ import annotations

from collections import Counter

from autograd.core.node import Node, ancestors
from autograd.debug import names
from autograd.errors import GraphError
from autograd.read.derive.backward import Gradients, Recorded
from autograd.read.derive.copied import Copied
from autograd.read.derive.samples import Samples
from autograd.read.term import Term, in_order, never, within

_LONG, _LONGEST = 24, 100  # operations in a line: of what is written more than once, of any
_READABLE = 5  # unnamed operations that hang together; more are cut
MOST = 500  # of these: a derivation of more lines without names takes long, and nobody reads it


def cuts(copied: Copied, samples: Samples, seed: Term) -> list[Node]:
    """The results that get a line: those with a name, and in large parts without names what is used more than once."""
    root = copied.root
    named = [node for node in ancestors(root) if node.op is not None and names.of(node) is not None]
    large = _large_parts(root, samples)
    if not large:
        return named + _long(root, set(named))
    graph = Recorded(copied, samples, named)
    gradients = Gradients(graph, seed)
    order = in_order(list(gradients.of.values()), never)
    uses = Counter(x for s in order for x in set(within((s.operands, s.params))))
    of_arrays: set[Term] = set()  # what is more than a number repeated
    for s in order:
        if (s.name is not None and s.shape) or any(x in of_arrays for x in within((s.operands, s.params))):
            of_arrays.add(s)
    owner: dict[Term, Node] = {}
    for node in gradients.order():
        owner.setdefault(gradients.of[node], node)
    carried = {node for g, node in owner.items() if uses[g] > 1 and (g in of_arrays or not g.shape)}
    arrays = any(node.shape for node in large)  # where there are any, a single number is no line of its own
    shared = (node for node in large if uses[graph.inline[node]] > 1 or node in carried)
    found = [*named, *(node for node in shared if node.shape or not arrays)]
    return found + _long(root, set(found))


def _long(root: Node, cut: set[Node]) -> list[Node]:
    """The results that need a line because they would be too long: written out wherever they are used, y = y + y eleven
    times over has 2048 terms."""
    nodes = ancestors(root)
    uses = Counter(p for node in nodes for p in node.parents if type(p) is Node)
    size: dict[Node, int] = {}
    found: list[Node] = []
    for node in nodes:
        size[node] = 1 + sum(size[p] for p in node.parents if type(p) is Node)
        if node in cut or node.op is None:
            size[node] = 1
        elif node is not root and (size[node] > _LONGEST or (size[node] > _LONG and uses[node] > 1)):
            size[node] = 1
            found.append(node)
    return found


def _large_parts(root: Node, samples: Samples) -> list[Node]:
    """The unnamed results in parts of the graph that are too large for one line, oldest first.

    What a loop over samples has for each of them is a part of its own, however many there are.

    Raises GraphError where a part has more than 500 operations.
    """
    nodes = [node for node in ancestors(root) if node.op is not None and names.of(node) is None and node is not root]
    if samples.loop is not None:
        nodes = [node for node in nodes if samples.keeps(node)]
    part: dict[Node, list[Node]] = {node: [node] for node in nodes}
    for node in nodes:
        for parent in node.parents:
            if type(parent) is Node and parent in part and part[parent] is not part[node]:
                small, large = sorted((part[parent], part[node]), key=len)
                large += small
                part.update(dict.fromkeys(small, large))
    longest = max(map(len, part.values()), default=0)
    if longest > MOST:
        raise GraphError(
            f"derive needs names on the way from the parameters to {names.of(root) or 'the cost'}: at most {MOST} "
            f"operations without a name may follow one another, but got {longest:,}. Name some of the values between "
            'them, as with y.name = f"y{i}" in a loop, or keep them in a list of yours.'
        )
    return [node for node in nodes if len(part[node]) > _READABLE]
