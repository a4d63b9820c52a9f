"""A loop over the samples: one term of the cost for each, all of one form and of the same weights, and their mean.

>>> import numpy as np, autograd as ag
>>> w, x, y = ag.Tensor(0.5, name="w"), [1.0, 2.0, 4.0], [1.0, 0.0, 2.0]
>>> J = 0
>>> for i in range(3):
...     J = J + (w * x[i] - y[i]) ** 2
>>> find_loop((J / 3).node).m
3
>>> find_loop((J / 4).node) is None
True
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from autograd.core.node import Node, ancestors
from autograd.debug import names
from autograd.read.notation import row_of
from autograd.read.operands import call_of, is_square, unwrapped
from autograd.read.passes.share import part
from autograd.rules import getitem


class Scale(NamedTuple):
    """A value times a number, or divided by it."""

    value: float
    of: Node
    number: Any
    divides: bool

    @property
    def factor(self) -> float:
        """What the value is multiplied by."""
        return 1 / self.value if self.divides else self.value


class Number(NamedTuple):
    """A constant that is a multiple of 1/m, or of m where it divides."""

    number: Any
    times: float
    divides: bool


class Loop:
    """A mean of terms of which each is of a sample of its own.

    m         how many
    numbers   the constants that make a mean of the sum
    aligned   values that were computed alike, one of each sample
    data      constants that stand in the same place, one of each sample
    """

    def __init__(self, groups: list[list[Node]], numbers: list[Number]) -> None:
        self.m = len(groups[0])
        self.numbers = numbers
        found = [row for terms in groups for row in _aligned(terms)]
        self.aligned: list[list[Node]] = [row for row in found if type(row[0]) is Node]
        self.data = [row for row in found if type(row[0]) is not Node]
        self._of = _owners(self.aligned)

    def sample(self, node: Any) -> int | None:
        """Which sample a value is of; None for what is of all or of none."""
        return self._of.get(node) if type(node) is Node else None

    def is_of_samples(self) -> bool:
        """Whether the terms differ in data; of two that are halved, in more than one place, as x and y of a sample."""
        different = sum(any(not _equal(x, row[0]) for x in row[1:]) for row in self.data)
        return different > (self.m == 2)

    def give_names(self) -> None:
        """The variables of a loop hold the values of its last turn: those of turn i are called after them, a_i."""
        for row in self.aligned:
            known = [node for node in row if names.of(node) is not None]
            if len(known) == 1 and all(self.sample(node) == i for i, node in enumerate(row)):
                name = names.of(known[0])
                for i, node in enumerate(row):
                    node.name = f"{name}_{i}"


def find_loop(root: Node) -> Loop | None:
    """The loop over samples whose mean is part of a cost."""
    nodes = ancestors(root)
    forms = _forms(nodes)
    sums = [node for node in nodes if _adds(node)]
    added = {_signed(p)[0] for node in sums for p in node.parents if type(p) is Node}
    tops = set(sums) - added
    for node in reversed(nodes):
        for scale in scales(node):  # (1/m)(t + t + …)
            loop = _loop(scale, _terms(scale.of, forms), each=False)
            if loop is not None:
                return loop
        if node in tops:  # t/m + t/m + …
            for group in _terms(node, forms):
                for scale in scales(group[0]):
                    loop = _loop(scale, [group], each=True)
                    if loop is not None:
                        return loop
    return None


def _loop(scale: Scale, groups: list[list[Node]], each: bool) -> Loop | None:
    """The loop whose terms are one of the groups, if the number is that of their mean.

    each   whether every term has the number, and not their sum
    """
    for terms in groups:
        m, c = len(terms), scale.factor
        times = next((k for k in (1.0, 0.5) if m > 1 and np.isclose(abs(c) * m, k, rtol=1e-12, atol=0)), None)
        if times is None or (m == 2 and (times != 1 or is_square(terms[0]))):  # the half of half a square
            continue
        parts = [next(scales(term)) for term in terms] if each else [scale]
        if any(part.factor != c for part in parts):
            continue
        signed = times if c > 0 else -times
        alike = [terms, *(other for other in groups if len(other) == m and other is not terms)]
        loop = Loop(alike, [Number(p.number, 1 / signed if p.divides else signed, p.divides) for p in parts])
        if loop.is_of_samples():
            return loop
    return None


def scales(node: Any) -> Iterator[Scale]:
    """The plain numbers that a value is multiplied by or divided by."""
    call = call_of(node)
    if call not in (np.multiply, np.divide):
        return
    first, second = node.parents
    for of, number in ((first, second), (second, first))[: 1 + (call is np.multiply)]:
        value = unwrapped(number)
        plain = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
        if type(of) is Node and plain and np.isfinite(value) and value:
            yield Scale(float(value), of, number, call is np.divide)


def _terms(top: Any, forms: dict[Any, Any]) -> list[list[Node]]:
    """What a value is the sum of, by form: as J = J + t adds them, or as J = t + J does."""
    found = []
    for side in (0, 1):
        groups: dict[Any, list[Node]] = {}
        x, sign = _signed(top)
        while type(x) is Node:
            key = sign, forms[x]
            if len(groups.get(key, ())) > 0:  # the first term may be a sum itself
                found.append([*groups[key], x][::-1])
            if not _adds(x):
                break
            term, of_term = _signed(x.parents[1 - side], _sign(x, 1 - side) * sign)
            if type(term) is Node:
                groups.setdefault((of_term, forms[term]), []).append(term)
            x, sign = _signed(x.parents[side], _sign(x, side) * sign)
        found += [group[::-1] for group in groups.values()]
    return found


def _adds(x: Node) -> bool:
    return x.op is not None and row_of(x.op.function).algebra == "sum"


def _sign(x: Node, position: int) -> int:
    return -1 if position == 1 and call_of(x) is np.subtract else 1


def _signed(x: Any, sign: int = 1) -> tuple[Any, int]:
    """A value without its sign, and without what merely gives a number another shape."""
    while type(x) is Node and x.op is not None and np.prod(x.shape) == 1:
        row = row_of(x.op.function)
        if not (row.algebra == "sign" or row.moves):
            break
        x, sign = x.parents[0], -sign if x.op.function is np.negative else sign
    return x, sign


def _forms(nodes: list[Node]) -> dict[Any, Any]:
    """Equal for values that were computed alike, from the same leaves and any constants."""
    known: dict[Any, int] = {}
    forms: dict[Any, Any] = {}

    def form(x: Any) -> Any:
        return forms[x] if type(x) is Node else np.shape(unwrapped(x))

    for node in nodes:
        if node.op is None:
            forms[node] = node
            continue
        params = ((k, part(v)) for k, v in node.params.items() if node.op.function is not getitem)
        forms[node] = known.setdefault((node.op, node.shape, *map(form, node.parents), *params), len(known))
    return forms


def _aligned(terms: list[Node]) -> Iterator[list[Any]]:
    """What stands in the same place of terms of one form; what is the same in all is left out."""
    waiting: list[list[Any]] = [list(terms)]
    seen: set[tuple[int, ...]] = set()
    while waiting:
        row = waiting.pop()
        key = tuple(map(id, row))
        if key in seen or all(x is row[0] for x in row):
            continue
        seen.add(key)
        yield row
        if type(row[0]) is Node:
            waiting += [list(parents) for parents in zip(*(x.parents for x in row), strict=True)]


def _owners(aligned: list[list[Node]]) -> dict[Node, int]:
    """Which sample each value is of, where it is of one."""
    of: dict[Node, int] = {}
    shared: set[Node] = set()
    for row in aligned:
        for i, node in enumerate(row):
            if of.setdefault(node, i) != i:
                shared.add(node)
    return {node: i for node, i in of.items() if node not in shared}


def _equal(x: Any, y: Any) -> bool:
    return np.array_equal(unwrapped(x), unwrapped(y))
