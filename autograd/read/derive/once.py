"""One m for each sum over samples: which of the numbers that equal 1/m are that.

A sum that np.mean, a variance or a constant called m has divided has its m, and of several numbers one is m: which of
them does not matter, since the product is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.read.derive.loops import scales
from autograd.read.derive.means import Mean, is_called_m, passes, reduced, sums_above, users_of
from autograd.read.derive.spread import spread_of
from autograd.read.notation import row_of
from autograd.read.operands import call_of, shape_of
from autograd.rules import binary_cross_entropy

Part = tuple[frozenset[int], bool]  # the sums over samples of a term that no m divides yet, whether one did
_NONE: frozenset[Part] = frozenset([(frozenset(), False)])
_DIVIDED: frozenset[Part] = frozenset([(frozenset(), True)])
_MOST = 64  # terms that are told apart


class OneEach:
    """Of numbers that may be m those that are: each sum over the samples is divided by m once.

    along   the axis of the samples by the id of a value
    known   numbers, by id, that are m
    chosen  the numbers that are m
    beside  numbers, by id, of products and quotients that m divides already: the 2 of λ/(2m) Σ W² is no further m
    """

    def __init__(
        self, nodes: list[Node], along: dict[int, int], means: list[Mean], known: Collection[int] = ()
    ) -> None:
        self.chosen: list[Mean] = []
        self._along = along
        self._divided: set[int] = set()
        self._fixed: list[Node] = []  # where m divides
        self._terms: dict[Node, frozenset[Part]] = {}
        self._means: dict[Node | None, list[Mean]] = {}
        for mean in means:
            self._means.setdefault(mean.scale, []).append(mean)
        for node in nodes:
            self._terms[node] = self._read(node)
        self._choose_of_terms(nodes)
        self._fixed += [node for node in nodes if any(id(p) in known for p in node.parents)]
        self._fixed += [mean.scale for mean in self.chosen if mean.scale is not None]
        self.beside = self._numbers_beside(users_of(nodes))

    @property
    def of_terms(self) -> list[Mean]:
        """The numbers that scale the terms of a sum, not the sum: that they are m is no more than likely."""
        return [mean for mean in self.chosen if not mean.of_total]

    def _read(self, node: Node) -> frozenset[Part]:
        call = call_of(node)
        operand = node.parents[0] if node.parents else None
        if call is None:
            return _NONE
        if call is binary_cross_entropy or (call is np.mean and self._is_over_samples(node)):
            self._fixed.append(node)
            return _DIVIDED
        if self._is_over_samples(node):
            return frozenset([(frozenset([node.index]), False)])
        if (call is np.divide and is_called_m(node.parents[1])) or self._is_spread(node):
            self._fixed.append(node)
            return self._over_m(self._of(operand))
        means = [mean for mean in self._means.get(node, ()) if mean.of_total]
        of = next((scale.of for scale in scales(node)), None)
        if means and of is not None:
            return self._scaled(self._of(of), means)
        return self._combined(node, call)

    def _is_over_samples(self, node: Node) -> bool:
        call, operand = call_of(node), node.parents[0] if node.parents else None
        axis, shape = self._along.get(id(operand)), shape_of(operand)
        if call is np.matmul:
            return axis == len(shape) - 1 and np.prod(node.shape) == 1
        return call in (np.sum, np.mean) and axis is not None and axis in reduced(node, shape)

    def _is_spread(self, node: Node) -> bool:
        spread = spread_of(node)
        return spread is not None and self._along.get(id(spread.away)) in spread.axes

    def _of(self, x: Any) -> frozenset[Part]:
        return self._terms[x] if type(x) is Node else _NONE

    def _combined(self, node: Node, call: Any) -> frozenset[Part]:
        parts = [self._of(p) for p in node.parents if type(p) is Node]
        algebra = row_of(call).algebra
        if algebra == "product" and len(parts) == 2:
            made = frozenset((x | y, done or also) for x, done in parts[0] for y, also in parts[1])
        elif passes(call) or call in (np.sum, np.mean):
            made = frozenset().union(*parts)
        else:
            made = _NONE
        return made if len(made) <= _MOST else _DIVIDED

    def _scaled(self, parts: frozenset[Part], means: list[Mean]) -> frozenset[Part]:
        """A value times a number that may be 1/m: it is, if no term is a mean already."""
        totals = {mean.total.index for mean in means if mean.total is not None}
        if any(done and not waiting for waiting, done in parts) or not any(totals & w for w, _ in parts):
            return parts
        self.chosen += means
        return self._over_m(parts, totals)

    def _over_m(self, parts: frozenset[Part], of: set[int] | None = None) -> frozenset[Part]:
        made = set()
        for waiting, done in parts:
            one = max((waiting & of) or waiting, default=None) if of else max(waiting, default=None)
            if one is not None:
                self._divided.add(one)
            made.add((waiting - {one}, done or one is not None))
        return frozenset(made)

    def _choose_of_terms(self, nodes: list[Node]) -> None:
        """Where nothing divides a sum, what scales its terms may: (1/m) of each."""
        users, scaled = users_of(nodes), set[Node]()
        for node in reversed(nodes):
            means = [mean for mean in self._means.get(node, ()) if not mean.of_total]
            totals = {total.index for total, _, _ in sums_above(node, users, scaled)} if means else set()
            found = [m for m in means if m.total is not None and m.total.index in totals - self._divided]
            if found:
                scaled.add(node)
                self.chosen += found

    def _numbers_beside(self, users: dict[Node, list[Node]]) -> set[int]:
        found: set[int] = set()
        for node in self._fixed:
            own = {id(mean.number) for mean in self._means.get(node, ())}
            found |= {id(number) for number in (*_numbers_below(node), *self._numbers_above(node, users))} - own
        return found

    def _numbers_above(self, start: Node, users: dict[Node, list[Node]]) -> Iterator[Any]:
        """The numbers that a value is multiplied by, and whatever it is added to."""
        waiting, seen = [start], {start}
        while waiting:
            for user in users.get(waiting.pop(), ()):
                if user in seen or self._is_over_samples(user):
                    continue
                if passes(call_of(user)) or call_of(user) is np.sum:
                    seen.add(user)
                    waiting.append(user)
                    yield from (scale.number for scale in scales(user))


def _numbers_below(start: Node) -> Iterator[Any]:
    """The numbers that a value is a product of, and those of what a sum in it sums."""
    waiting = list(start.parents)
    while waiting:
        x = waiting.pop()
        if type(x) is not Node or x.op is None:
            continue
        row = row_of(x.op.function)
        yield from (scale.number for scale in scales(x))
        if row.algebra == "product" or row.algebra == "sign" or row.moves or x.op.function is np.sum:
            waiting += x.parents if row.algebra == "product" else x.parents[:1]
