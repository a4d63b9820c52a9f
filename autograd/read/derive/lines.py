"""The lines of a derivation: each labelled gradient in terms of those before it, in its simplest form.

Two conventions are known. In the "true" one every line is a derivative of the cost. In the course's, dZ = A − Y is m
times that, and 1/m stands in dW and db: its quantities are those of a sweep that starts with m, printed as they come as
long as they keep the axis of the samples; what has summed over the samples gets its 1/m back.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.read.derive.backward import Gradients, Recorded
from autograd.read.derive.running import running
from autograd.read.derive.samples import Count
from autograd.read.notation import one_axis, row_of
from autograd.read.onehot import one_hot
from autograd.read.passes import through, to_be_read
from autograd.read.passes.region import is_fraction
from autograd.read.passes.simplify import Known, simplified, simplify_all
from autograd.read.passes.textbook import added, body_of, gradients_in, in_turn, scale_in_front, terms_of
from autograd.read.printing.formula import write
from autograd.read.sizes import as_numbers
from autograd.read.term import Term, in_order, mapped, never, rebuilt, within
from autograd.rules import cast, getitem, identity, logsumexp, softmax
from autograd.rules.special import portion


class Lines:
    """Labelled gradients of a graph.

    order      the nodes that have a line, in the order of the lines
    found      node -> its gradient, a Term with a name that remembers how it was computed, as it is read
    running    node -> the right side of its line, as the program computes it
    as_read    the nodes whose line the program computes in the form in which it is read
    m          the factor of the course's convention; None in the true one
    """

    def __init__(self, graph: Recorded, gradients: Gradients, m: Any) -> None:
        self.gradients, self.m = gradients, m
        self._graph = graph
        self._owner = self._owners()
        self.order = self._after_what_they_need(self._ordered())
        drafts = self._cut()
        self._drafts = dict(zip(drafts, as_numbers(list(drafts.values())), strict=True))
        self._data = {id(s) for s in graph.inputs.values()} - {id(graph.named[n]) for n in graph.nodes if n.op is None}
        self._facts: list[Term] = []
        self.found = self._simplified(self._known)
        self._without_facts = self._simplified(None) if self._facts else self.found
        count = None if graph.samples.m is None else graph.samples.m.symbol
        program = running(graph, drafts, {n: self.body(n) for n in self.order}, count, self._known)
        self.running, self.as_read = program.bodies, program.as_read

    def keeps_samples(self, node: Node) -> bool:
        """Whether the line is m times the derivative: in the course's convention, along the axis of the samples.

        The line of a leaf never is: it is what `.grad` has in either convention, be the leaf data or parameters.
        """
        return self.m is None or (node.op is not None and self._graph.samples.keeps(node))

    def body(self, node: Node) -> Term:
        """The right side of a line."""
        return body_of(self.found[node])

    def draft(self, node: Node) -> Term:
        """The right side as the rules give it."""
        return body_of(self._drafts[node])

    def forms(self, node: Node) -> list[Term]:
        """The right side with what it was simplified from; or, where it says itself what it comes from, one step on."""
        draft, body = body_of(self._drafts[node]), self.body(node)
        gone = gradients_in(draft) - gradients_in(body)
        if gone:
            return [self._written_out(draft, gone), body]
        entries = {body.name} if body.gradient else _factors(body)
        return [body, self._written_out(body, entries)] if entries else [body]

    def note(self, node: Node) -> str:
        """What the line takes for granted of the data."""
        if write(self.body(node)) == write(body_of(self._without_facts[node])):
            return ""
        return "; ".join(dict.fromkeys(map(_said, self._facts)))

    def _written_out(self, s: Term, which: Collection[str | None]) -> Term:
        bodies = {found.name: self.body(node) for node, found in self.found.items()}
        (result,) = rebuilt([s], lambda x: bodies[x.name] if x.gradient and x.name in which else x)
        return result  # type: ignore[no-any-return]

    def _simplified(self, known: Known | None) -> dict[Node, Term]:
        together = [node for node in self.order if not self._is_of_a_loop(node)]
        simple = through(to_be_read(known), [self._drafts[node] for node in together])
        found = {node: self._as_multiplied(node, s) for node, s in zip(together, simple, strict=True)}
        return {node: found[node] if node in found else self._over_turns(node, known) for node in self.order}

    def _is_of_a_loop(self, node: Node) -> bool:
        """Whether the line is the sum of what the turns of a loop over samples contribute."""
        return self._graph.samples.loop is not None and not self.keeps_samples(node)

    def _over_turns(self, node: Node, known: Known | None) -> Term:
        """(1/m) (x[0] dz_0 + x[1] dz_1 + …), and what does not come from samples."""
        line = self._drafts[node]
        body = body_of(line)
        scale, total = body.operands if body.call is np.multiply else (None, body)
        calls, terms = zip(*terms_of(total), strict=True) if scale is not None else ((), ())
        if len(terms) < 2:
            return in_turn(scale_in_front(simplify_all([line], pull=True, known=known)[0]))
        plain = simplify_all(terms, pull=True, known=known)
        simple = list(zip(calls, (self._as_multiplied(node, term) for term in plain), strict=True))
        turns = [(call, term) for call, term in reversed(simple) if not self._counts(term)]
        others = [(call, simplified(scale * term, pull=True)) for call, term in simple if self._counts(term)]
        return added([(np.add, scale * added(turns))] * bool(turns) + others).but(
            name=line.name, gradient=True, shape=line.shape
        )

    def _counts(self, s: Term) -> bool:
        """Whether m stands in a formula."""
        return any(x is self.m for x in in_order([s]))

    def _as_multiplied(self, node: Node, line: Term) -> Term:
        """For a weight that is a number: x1 dz where x1 w1 was computed, dz x1 where w1 x1 was, as the notes do."""
        body, edges = body_of(line), self.gradients.edges.get(node, ())
        if node.op is not None or body.call is not np.multiply or line.shape != () or not edges:
            return line
        left, right = body.operands
        places = {i for user, i in edges if user.op is not None and user.op.function is np.multiply}
        plain = isinstance(left, Term) and left.gradient and isinstance(right, Term) and _is_datum(right)
        return line.but(operands=(right, left)) if places == {1} and plain and line.call is np.multiply else line

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

    def _known(self, s: Term) -> float | None:
        """The number that a sum over data comes to: the columns of one-hot targets sum to 1."""
        if s.call is not np.sum or not np.allclose(s.value, 1, 0, 1e-12):
            return None
        of = s.operands[0]
        if isinstance(of, Term) and of.call is one_hot:
            return 1.0  # whatever the labels are
        if id(of) not in self._data:
            return None
        self._facts.append(s)
        return 1.0


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


def _is_datum(s: Term) -> bool:
    """Whether it is something with a name, or an entry of that."""
    of = s.operands[0] if s.call is getitem else s
    return isinstance(of, Term) and of.name is not None


def _factors(body: Term) -> set[str | None]:
    """The labels of those gradients whose entries a formula multiplies and adds, and does nothing else with."""
    inner = [body] if is_fraction(body) else []
    found: set[str | None] = set()
    for s in inner:
        for x in s.operands:
            if isinstance(x, Term) and x.gradient:
                found.add(x.name)
            elif isinstance(x, Term) and x.name is None and is_fraction(x):
                inner.append(x)
    return found


def _said(total: Term) -> str:
    (data,) = total.operands
    axis = one_axis(total.params.get("axis"), data.ndim)
    each = ("column", "row")[axis] if data.ndim == 2 and axis is not None else None
    said = f"the sum of {data.name} is 1" if each is None else f"each {each} of {data.name} sums to 1"
    return f"{said}, as in these data"


def _literal(x: Any) -> Any:
    """An operand as it is written: m by its name, a seed of 1.0 as 1."""
    if isinstance(x, Count):
        return x.symbol
    nameless = isinstance(x, Term) and x.call is None and x.name is None and type(x.value) is float
    return int(x.value) if nameless and x.value.is_integer() else x
