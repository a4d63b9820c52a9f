"""The lines of a derivation: each labelled gradient in terms of those before it, in its simplest form.

Two conventions are known. In the "true" one every line is a derivative of the cost. In the course's, dZ = A − Y is m
times that, and 1/m stands in dW and db: its quantities are those of a sweep that starts with m, printed as they come as
long as they keep the axis of the samples; what has summed over the samples gets its 1/m back.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.node import Node
from autograd.read.backward import Gradients, Graph
from autograd.read.samples import Count
from autograd.read.simplify import simplified, simplify_all
from autograd.read.symbol import Symbol, in_order, mapped
from autograd.rules import identity


class Lines:
    """Labelled gradients of a graph.

    order    the nodes that have a line, in the order of the lines
    found    node -> its gradient, a Symbol with a name that remembers how it was computed
    """

    def __init__(self, graph: Graph, gradients: Gradients, m: Symbol | None) -> None:
        self._graph, self._gradients, self._m = graph, gradients, m
        self.order = self._ordered()
        drafts = self._drafts()
        self._data = {id(s) for s in graph.inputs.values()} - {id(graph.named[n]) for n in graph.nodes if n.op is None}
        self.facts: dict[Symbol, Symbol] = {}
        simple = simplify_all(list(drafts.values()), pull=True, known=self._known)
        self.found = {
            node: s if self.keeps_samples(node) else _distributed(s) for node, s in zip(drafts, simple, strict=True)
        }

    def keeps_samples(self, node: Node) -> bool:
        """Whether the line is m times the derivative: in the course's convention, along the axis of the samples."""
        return self._m is None or self._graph.samples.axis(node) is not None

    def _ordered(self) -> list[Node]:
        """The labelled nodes; leaves that are complete at the same time as they were made, W before b."""
        order: list[Node] = []
        leaves: list[Node] = []
        for node in self._gradients.order():
            if node not in self._graph.named or node is self._graph.root:
                continue
            if node.op is None:
                leaves.append(node)
            else:
                order += [*sorted(leaves, key=lambda leaf: leaf.index), node]
                leaves = []
        return order + sorted(leaves, key=lambda leaf: leaf.index)

    def _drafts(self) -> dict[Node, Symbol]:
        """The gradients as the sweep has them, cut at labels and scaled by the convention."""
        seed = self._gradients.of[self._graph.root]
        owner: dict[Symbol, Node] = {}
        for node in self._gradients.order():
            if node in self._graph.named and self._gradients.of[node] is not seed:
                owner.setdefault(self._gradients.of[node], node)
        drafts: dict[Node, Symbol] = {}
        new: dict[Symbol, Any] = {}
        for s in in_order([self._gradients.of[node] for node in self.order], stop=lambda _: False):
            operands, params = mapped((s.operands, s.params), new.__getitem__)
            operands = tuple(x.symbol if isinstance(x, Count) else x for x in operands)
            new[s] = s.but(operands=operands, params=params) if s.operands else s
            if s in owner:
                node = owner[s]
                drafts[node] = self._labelled(node, new[s])
                new[s] = drafts[node] if self.keeps_samples(node) else self._m * drafts[node]
        for node in self.order:
            if node not in drafts:
                drafts[node] = self._labelled(node, new[self._gradients.of[node]])
        return {node: drafts[node] for node in self.order}

    def _labelled(self, node: Node, gradient: Symbol) -> Symbol:
        """The gradient with its label; m times the true one, or true again."""
        if not self.keeps_samples(node):
            gradient = 1 / self._m * gradient
        if gradient.call is None or gradient.name is not None:
            gradient = identity(gradient)
        return gradient.but(name=self._graph.names(node), gradient=True)

    def _known(self, s: Symbol) -> float | None:
        """The number that a sum over data comes to: the columns of one-hot targets sum to 1."""
        if s.call is not np.sum or id(s.operands[0]) not in self._data or not np.allclose(s.value, 1, 0, 1e-12):
            return None
        self.facts[s] = s.operands[0]
        return 1.0


def _distributed(line: Symbol) -> Symbol:
    """(1/m)(dZ Aᵀ + λW) as (1/m) dZ Aᵀ + (λ/m) W, with the fraction in front of each."""
    body = line.but(name=None, gradient=False)
    if body.call is np.divide and np.shape(body.operands[1]) == () and isinstance(body.operands[0], Symbol):
        scale, of = 1 / body.operands[1], body.operands[0]
    elif body.call is np.multiply and np.shape(body.operands[0]) == ():
        scale, of = body.operands
    else:
        return line
    return _over_terms(scale, of).but(name=line.name, gradient=True)


def _over_terms(scale: Any, s: Symbol) -> Symbol:
    """scale·(a + b) as scale·a + scale·b; what other gradients contribute stands first."""
    terms: list[tuple[Any, Symbol]] = []
    while s.name is None and s.call in (np.add, np.subtract) and all(isinstance(x, Symbol) for x in s.operands):
        left, right = s.operands
        terms.append((s.call, right))
        s = left
    terms.append((np.add, s))
    terms.reverse()
    in_turn = sorted(terms, key=lambda term: (term[0] is np.subtract, not _has_gradient(term[1])))
    total: Any = None
    for call, term in in_turn:
        scaled = scale * term if len(terms) == 1 else simplified(scale * term, pull=True)
        total = scaled if total is None else call(total, scaled)
    return total  # type: ignore[no-any-return]


def _has_gradient(s: Symbol) -> bool:
    return any(x.gradient for x in in_order([s]))
