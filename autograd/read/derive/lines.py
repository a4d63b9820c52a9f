"""The lines of a derivation: each labelled gradient in its simplest form, in terms of those before it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.read.derive.backward import Gradients, Recorded
from autograd.read.derive.drafts import Drafts
from autograd.read.derive.running import running
from autograd.read.notation import one_axis
from autograd.read.onehot import one_hot
from autograd.read.passes import through, to_be_read
from autograd.read.passes.region import is_fraction
from autograd.read.passes.simplify import Known, simplified, simplify_all
from autograd.read.passes.textbook import added, body_of, gradients_in, in_turn, scale_in_front, terms_of
from autograd.read.printing.formula import write
from autograd.read.sizes import as_numbers
from autograd.read.term import Term, in_order, rebuilt
from autograd.rules import getitem


class Lines(Drafts):
    """Labelled gradients of a graph, simplified.

    found      node -> its gradient, a Term with a name that remembers how it was computed, as it is read
    running    node -> the right side of its line, as the program computes it
    as_read    the nodes whose line the program computes in the form in which it is read
    """

    def __init__(self, graph: Recorded, gradients: Gradients, m: Any) -> None:
        super().__init__(graph, gradients, m)
        self._drafts = dict(zip(self.drafts, as_numbers(list(self.drafts.values())), strict=True))
        self._data = {id(s) for s in graph.inputs.values()} - {id(graph.named[n]) for n in graph.nodes if n.op is None}
        self._facts: list[Term] = []
        self.found = self._simplified(self._known)
        self._without_facts = self._simplified(None) if self._facts else self.found
        count = None if graph.samples.m is None else graph.samples.m.symbol
        program = running(graph, self.drafts, {n: self.body(n) for n in self.order}, count, self._known)
        self.running, self.as_read = program.bodies, program.as_read

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
            return in_turn(scale_in_front(simplify_all([line], known=known)[0]))
        plain = simplify_all(terms, known=known)
        simple = list(zip(calls, (self._as_multiplied(node, term) for term in plain), strict=True))
        turns = [(call, term) for call, term in reversed(simple) if not self._counts(term)]
        others = [(call, simplified(scale * term)) for call, term in simple if self._counts(term)]
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
