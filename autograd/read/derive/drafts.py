"""The gradients as the sweep has them, cut at labels: what the lines of a derivation are simplified from.

Two conventions are known. In the "true" one every line is a derivative of the cost. In the course's, dZ = A − Y is m
times that, and 1/m stands in dW and db: its quantities are those of a sweep that starts with m, printed as they come as
long as they keep the axis of the samples; what has summed over the samples gets its 1/m back.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.read.derive.backward import Gradients, Recorded
from autograd.read.derive.samples import Count
from autograd.read.notation import one_axis, row_of
from autograd.read.passes.region import is_fraction
from autograd.read.term import Term, in_order, mapped, never, within
from autograd.rules import cast, identity, logsumexp, softmax
from autograd.rules.special import portion


class Drafts:
    """Labelled gradients of a graph.

    order    the nodes that have a line, in the order of the lines
    drafts   node -> its gradient, a Term with a name that remembers how the rules compute it from other labels
    m        the factor of the course's convention; None in the true one
    """

    def __init__(self, graph: Recorded, gradients: Gradients, m: Any) -> None:
        self.gradients, self.m = gradients, m
        self._graph = graph
        self._owner = self._owners()
        self.order = self._after_what_they_need(self._ordered())
        self.drafts = self._cut()

    def keeps_samples(self, node: Node) -> bool:
        """Whether the line is m times the derivative: in the course's convention, along the axis of the samples.

        The line of a leaf never is: it is what `.grad` has in either convention, be the leaf data or parameters.
        """
        return self.m is None or (node.op is not None and self._graph.samples.keeps(node))

    def _ordered(self) -> list[Node]:
        """The labelled nodes; leaves that are complete at the same time as they were made, W before b."""
        order: list[Node] = []
        leaves: list[Node] = []
        for node in self.gradients.order():
            if node not in self._graph.named or node is self._graph.root:
                continue
            if node.op is None:
                leaves.append(node)
            else:
                order += [*sorted(leaves, key=lambda leaf: leaf.index), node]
                leaves = []
        return order + sorted(leaves, key=lambda leaf: leaf.index)

    def _owners(self) -> dict[Term, Node]:
        """The line that says what a gradient is: that of the first labelled node which has it.

        No line refers to the gradient of a leaf: leaves stand in the order in which they were made.
        """
        seed = self.gradients.of[self._graph.root]
        owner: dict[Term, Node] = {}
        for node in self.gradients.order():
            if node.op is not None and node in self._graph.named and self.gradients.of[node] is not seed:
                owner.setdefault(self.gradients.of[node], node)
        return owner

    def _after_what_they_need(self, order: list[Node]) -> list[Node]:
        """A sum hands its gradient on as it is: of v + w that of w may be known by the name of v's, which then stands
        first, although the sweep comes to v later."""
        done: dict[Node, None] = {}
        stack = order[::-1]
        while stack:
            node = stack[-1]
            gradient = self.gradients.of[node]
            roots = within((gradient.operands, gradient.params)) if self._owner.get(gradient) is node else [gradient]
            known = in_order(roots, self._owner.__contains__)
            waiting = [self._owner[s] for s in known if s in self._owner and self._owner[s] not in done]
            if node in done or not waiting:
                done[stack.pop()] = None
            else:
                stack += waiting[::-1]
        return list(done)

    def _cut(self) -> dict[Node, Term]:
        """The gradients as the sweep has them, cut at labels and scaled by the convention."""
        owner = self._owner
        drafts: dict[Node, Term] = {}
        new: dict[Term, Any] = {}
        for s in in_order([self.gradients.of[node] for node in self.order], never):
            new[s] = self._read(s, new)
            if s in owner:
                node = owner[s]
                drafts[node] = self._labelled(node, new[s])
                new[s] = drafts[node] if self.keeps_samples(node) else self.m * drafts[node]
        for node in self.order:
            if node not in drafts:
                drafts[node] = self._labelled(node, new[self.gradients.of[node]])
        return {node: drafts[node] for node in self.order}

    def _read(self, s: Term, new: dict[Term, Any]) -> Any:
        """A step of the sweep as it is read, on what its operands are read as."""
        if s is self.gradients.of[self._graph.root] and s.shape:  # of a cost (1, 1), which is read as a number
            return Term(1.0) if self.m is None else self.m
        operands, params = mapped((s.operands, s.params), new.__getitem__)
        if s.call is np.broadcast_to and s.size == 1 and np.shape(operands[0]) == () != s.shape:
            return _symbol(operands[0])
        if any(_shrunk(x, y) for x, y in zip(s.operands, operands, strict=True)):
            return _of_numbers(s, operands)
        operands = tuple(map(_literal, operands)) if is_fraction(s) else operands
        if s.call is portion and (axis := _softmax_axis(*operands)) is not None:
            return softmax(operands[0], **({"axis": axis} if axis else {}))
        if s.call is cast and isinstance(operands[0], Term) and not s.shape:
            return operands[0]  # a formula says nothing of the precision of a number
        return _product(s.but(operands=operands, params=params)) if s.operands else s

    def _labelled(self, node: Node, gradient: Term) -> Term:
        """The gradient with its label; m times the true one, or true again."""
        if not self.keeps_samples(node):
            gradient = 1 / self.m * gradient
        if gradient.shape == () != node.shape:
            gradient = _symbol(np.broadcast_to(gradient, node.shape))
        if gradient.call is None or gradient.name is not None:
            gradient = identity(gradient)
        shape = self._graph.samples.shape(node, node.shape)
        return gradient.but(name=self._graph.names(node), gradient=True, shape=shape)


def _product(s: Term) -> Term:
    """A rule may leave the product of a column and a row to broadcasting; it is one of matrices all the same."""
    if s.call is not np.multiply or any(np.ndim(x) != 2 for x in s.operands):
        return s
    left, right = s.operands
    turned = any(isinstance(x, Term) and x.call is np.transpose for x in s.operands)
    n, m = np.shape(left)[0], np.shape(right)[1]
    outer = np.shape(left)[1] == 1 == np.shape(right)[0] and (turned or (n > 1 < m))
    return s.but(function="matmul", call=np.matmul) if outer else s


def _softmax_axis(x: Any, total: Any) -> int | None:
    """The axis along which e^x / e^total is a softmax: that of the total, ln Σ e^x; None where it is none."""
    while isinstance(total, Term) and total.name is None and row_of(total.call).moves:
        total = total.operands[0]
    if not isinstance(total, Term) or total.call is not logsumexp or total.operands[0] is not x:
        return None
    return one_axis(total.params.get("axis"), x.ndim)


def _symbol(x: Any) -> Term:
    return x if isinstance(x, Term) else Term(float(x))


def _shrunk(before: Any, after: Any) -> bool:
    """Whether an array of one entry has become a number."""
    return isinstance(after, Term) and after.shape == () != np.shape(before)


def _of_numbers(s: Term, operands: tuple[Any, ...]) -> Term:
    """An operation on arrays of one entry that have become numbers: a number again, or an array times a number."""
    if s.size == 1 and all(np.shape(x) == () for x in operands):
        if s.call in (np.multiply, np.divide, np.add, np.subtract, np.negative, np.matmul):
            operation = np.multiply if s.call is np.matmul else s.call
            return _symbol(operation(*map(_literal, operands)))
        return _symbol(operands[0])
    if s.call is np.matmul:
        return _symbol(np.reshape(np.multiply(*operands), s.shape))
    return s.but(operands=operands)


def _literal(x: Any) -> Any:
    """An operand as it is written: m by its name, a seed of 1.0 as 1."""
    if isinstance(x, Count):
        return x.symbol
    nameless = isinstance(x, Term) and x.call is None and x.name is None and type(x.value) is float
    return int(x.value) if nameless and x.value.is_integer() else x
