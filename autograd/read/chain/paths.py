"""The named values between one value and another that it was computed from, and the ways along them.

What has no name is part of the step between the named values on either side of it.
"""

from __future__ import annotations

from autograd.core.node import Node
from autograd.debug import names
from autograd.errors import GraphError


class Paths:
    """The ways from `root` down to `target`, from named value to named value, along which gradients flow.

    order   the named values on them, root first, target last, each before those that it was computed from
    below   for each of them the ones that it was computed from directly, that is through unnamed values alone
    above   the reverse
    count   how many ways there are

    Raises GraphError where there is none.
    """

    def __init__(self, root: Node, target: Node) -> None:
        found = _explored(root, target)
        leading = {target}
        for node in sorted(found.keys() - {target}, key=lambda n: n.index):
            if any(b in leading for b in found[node]):
                leading.add(node)
        if root not in leading:
            raise GraphError(
                f"{names.of(root) or 'The result'} does not depend on {names.of(target) or 'the other value'}, so "
                "there is no path along which the chain rule runs. Was one computed from the other, but under no_grad?"
            )
        order = sorted(leading - {target}, key=lambda n: -n.index)
        self.root, self.target = root, target
        self.order = [*order, target] if root is not target else [root]
        self._place = {v: i for i, v in enumerate(self.order)}
        self.below = {a: sorted(found[a] & leading, key=self._place.__getitem__) for a in self.order}
        self.above: dict[Node, list[Node]] = {b: [] for b in self.order}
        for a in self.order:
            for b in self.below[a]:
                self.above[b].append(a)
        self._down, self._up = self._counted()
        self._reached = self._reaching()

    @property
    def count(self) -> int:
        """How many ways there are from the root to the target."""
        return self._down[self.root]

    def number(self, a: Node, b: Node) -> int:
        """How many ways there are from a to b, which is a bottleneck."""
        return self._down[a] // self._down[b]

    def between(self, a: Node, b: Node) -> list[Node]:
        """What lies on a way from a to b, other than these two."""
        return [v for v in self.order if v not in (a, b) and self._leads(a, v) and self._leads(v, b)]

    def bottlenecks(self) -> list[Node]:
        """The values that every way passes, root and target included."""
        return [v for v in self.order if self._up[v] * self._down[v] == self.count]

    def ways(self, a: Node, b: Node) -> list[tuple[Node, ...]]:
        """Every way from a to b."""
        done: list[tuple[Node, ...]] = []
        open_ways: list[tuple[Node, ...]] = [(a,)]
        while open_ways:
            way = open_ways.pop()
            if way[-1] is b:
                done.append(way)
                continue
            following = [v for v in self.below[way[-1]] if self._leads(v, b)]
            open_ways += [(*way, v) for v in reversed(following)]
        return done

    def _counted(self) -> tuple[dict[Node, int], dict[Node, int]]:
        """For each value the number of ways down to the target, and up to the root."""
        down, up = {self.target: 1}, {self.root: 1}
        for a in reversed(self.order[:-1]):
            down[a] = sum(down[b] for b in self.below[a])
        for b in self.order[1:]:
            up[b] = sum(up[a] for a in self.above[b])
        return down, up

    def _leads(self, a: Node, b: Node) -> bool:
        """Whether there is a way from a to b; from a value to itself there is."""
        return bool(self._reached[a] >> self._place[b] & 1)

    def _reaching(self) -> dict[Node, int]:
        """For each value those that a way leads to, itself included: a bit for the place of each."""
        reached: dict[Node, int] = {}
        for a in reversed(self.order):
            reached[a] = 1 << self._place[a]
            for b in self.below[a]:
                reached[a] |= reached[b]
        return reached


def _explored(root: Node, target: Node) -> dict[Node, set[Node]]:
    """For each named value, from the root down, the named ones that it was computed from directly."""
    found: dict[Node, set[Node]] = {target: set()}
    waiting = [root]
    while waiting:
        a = waiting.pop()
        if a not in found:
            found[a] = _direct(a, target)
            waiting += found[a]
    return found


def _direct(a: Node, target: Node) -> set[Node]:
    """The named values that a gradient of `a` comes to first."""
    found: set[Node] = set()
    seen, waiting = {a}, [a]
    while waiting:
        node = waiting.pop()
        for i, p in enumerate(node.parents):
            if type(p) is not Node or p in seen or node.op is None or node.op.vjps[i] is None:
                continue
            seen.add(p)
            if p is target or names.of(p) is not None:
                found.add(p)
            else:
                waiting.append(p)
    return found
