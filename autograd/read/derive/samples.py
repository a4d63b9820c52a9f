"""The samples: how many there are (m), where in a graph that number is meant, and along which axis of a value they lie.

m is where a cost takes a mean: binary_cross_entropy, np.mean, a sum that is multiplied by 1/m or divided by m, where m
is the number of its terms or a constant Tensor called m. A number that merely equals m is not m.

>>> import numpy as np, autograd as ag
>>> A, W = ag.Tensor(np.full((1, 5), 0.3), name="A"), ag.Tensor(np.ones((3, 5)), name="W")
>>> J = ag.binary_cross_entropy(A, np.ones((1, 5))) + np.sum(W * W) / 5
>>> samples = find_samples(J.node, ag.values(J.node))
>>> samples.m, samples.axis(A.node), samples.axis(W.node)
(m, 1, None)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod
from typing import Any, NamedTuple

import numpy as np

from autograd.core.node import Constant, Node, ancestors
from autograd.debug import names
from autograd.read.derive.axes import Axes
from autograd.read.derive.constants import Constants
from autograd.read.derive.loops import Loop, Number, find_loop, scales
from autograd.read.notation import axes_of, row_of
from autograd.read.operands import call_of, is_square, shape_of, unwrapped
from autograd.read.printing.formula import write
from autograd.read.printing.source import source
from autograd.read.printing.text import TEXT
from autograd.read.sizes import Formed
from autograd.read.term import Term
from autograd.rules import binary_cross_entropy


class Count(Formed):
    """An integer that is written by a name: shapes with it in them give formulas with the name in them."""

    symbol: Term

    def __new__(cls, symbol: Term) -> Count:
        count = super().__new__(cls, int(symbol.value))
        count.symbol = symbol
        return count

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Count):
            return Count(self.symbol * other.symbol)
        return self if other == 1 else Count(other * self.symbol) if isinstance(other, int) else NotImplemented

    __rmul__ = __mul__

    def __str__(self) -> str:
        return write(self.symbol, style=TEXT)

    def __repr__(self) -> str:
        if self.symbol.call is not None:
            return f"({source(self.symbol)})"
        return self.symbol.name or int.__repr__(self)


class Samples:
    """The samples of a graph.

    m          their number as a Count; None where it cannot be told
    choices    the numbers over which means are taken
    loop       over the samples, where they are values of their own instead of lying along an axis
    """

    def __init__(
        self,
        m: Count | None,
        choices: list[int],
        axes: dict[int, int],
        numbers: dict[int, Term],
        loop: Loop | None = None,
    ) -> None:
        self.m = m
        self.choices = choices
        self.loop = loop
        self._axes = axes
        self._numbers = numbers

    def axis(self, operand: Any) -> int | None:
        """The axis of a node or constant that the samples lie along."""
        return self._axes.get(id(operand))

    def keeps(self, node: Node) -> bool:
        """Whether a value is of single samples, not of all of them together."""
        return self.axis(node) is not None or (self.loop is not None and self.loop.sample(node) is not None)

    def shape(self, operand: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of an operand, with m in it."""
        axis = self.axis(operand)
        return shape if axis is None or self.m is None else (*shape[:axis], self.m, *shape[axis + 1 :])

    def number(self, operand: Any) -> Term | None:
        """What a constant is in terms of m: m itself, 1/m; None for every other."""
        if self.m is not None and _is_called_m(operand) and operand.out == self.m:
            return self.m.symbol
        return self._numbers.get(id(operand))


class Shares:
    """What numbers without a name are read as, where they were computed from m or from what variables hold: 2m, λ/(2m).

    read_as   these, in words
    numbers   those of which it cannot be told whether they were computed so
    """

    def __init__(self, samples: Samples, constants: Constants, nodes: list[Node]) -> None:
        self.read_as: dict[str, None] = {}
        self.numbers: dict[str, None] = {}
        self._m, self._constants = samples.m, constants
        self._divisors = {id(node.parents[1]) for node in nodes if call_of(node) is np.divide}
        self._sizes = {n for node in nodes for n in node.shape if n > 1}

    def of(self, operand: Any, written: Callable[[Any], Any]) -> Term | None:
        """λ/(2m) for a number that is equal to it, where m and λ are known; None for every other.

        written   how a constant that has a name is read
        """
        value, m = unwrapped(operand), self._m
        if np.ndim(value) or names.of(operand) is not None:
            return None
        if m is not None and self._is_count(operand, value, m):
            for k, multiple in ((1, m.symbol), (2, 2 * m.symbol)):
                if value == k * int(m):
                    self.read_as.setdefault("m" if k == 1 else "2m", None)
                    return multiple
        found = None if m is None else self._constants.share(value, int(m))
        if m is None or found is None:
            if self._constants.may_be_computed(value, self._sizes if m is None else {int(m)}):
                self.numbers.setdefault(f"{value:.4g}", None)
            return None
        self.read_as.setdefault(found.said, None)
        of: Any = written(found.of) if names.of(found.of) is not None else Term(found.of.out)
        k = found.times.denominator
        over: Any = of if abs(found.times.numerator) == 1 else abs(found.times.numerator) * of
        share: Term = over / ((m.symbol if k == 1 else k * m.symbol) if found.over_m else k)
        return -share if found.times < 0 else share

    def _is_count(self, operand: Any, value: Any, m: Count) -> bool:
        """Whether a number may be one of samples: an integer that is divided by, and not written out in the code, where
        a variable holds m. √d of an attention may equal m, or the 2 of somebody's function."""
        written = self._constants.written
        if not isinstance(value, (int, np.integer)) or id(operand) not in self._divisors:
            return False
        if not written.known or value in written.divisors:
            return False
        return any(type(x) is int and x == int(m) for x in names.asked().variables.values())


class _Mean(NamedTuple):
    """A mean over samples: how many, the operand that is summed, along which axis.

    certain    whether it is that of samples, whatever else it might be
    number     the constant that the sum is multiplied or divided by, and what it is as a multiple of 1/m or of m
    """

    size: int
    operand: Any
    axis: int | None
    certain: bool = False
    number: Any = None
    times: float = 1.0
    divides: bool = False


def find_samples(root: Node, found: dict[Node, Any], given: int | None = None) -> Samples:
    """The samples of the graph of a cost.

    found   the value of each node
    given   their number where the user says it; it is written as m if it is that of a mean, otherwise as it is
    """
    nodes = ancestors(root)
    means = [mean for node in nodes for mean in _means(node)]
    said = {(id(mean.operand), mean.axis) for mean in means}  # a sum over m has one m: what else it has is a number
    written = [mean for mean in _written(nodes) if (id(mean.operand), mean.axis) not in said]
    means += written
    named = True
    if given is not None:
        means = [mean for mean in means if mean.size == given]
        if not means:
            means, named = [total for node in nodes for total in _totals(node, given)], False
    every, means = means, _of_data(means, nodes, found)
    means = means if given is None else means or every[:1]  # the user knows that they are samples
    choices = sorted({mean.size for mean in means if mean.axis is not None})
    loop = find_loop(root) if choices in ([], [1]) else None
    if loop is not None and given in (None, loop.m):
        m = Count(Term(float(loop.m), "m"))
        return Samples(m, [loop.m], {}, {id(n.number): _in_terms_of(m.symbol, n) for n in loop.numbers}, loop)
    choices = sorted({mean.size for mean in means})
    if not choices:  # an axis that every leaf has may be one of parameters; the means are there all the same
        return Samples(None, sorted({mean.size for mean in every if mean.axis is not None}), {}, {})
    if len(choices) != 1 or choices == [1]:  # one sample: no mean is taken, and any axis might be that of the samples
        return Samples(None, choices, {}, {})
    (size,) = choices
    axes = Axes(nodes, size, found)
    axes.follow({id(mean.operand): mean.axis for mean in means if mean.axis is not None})
    m = Count(Term(float(size), "m") if named else Term(float(size)))
    ours = [w for w in written if w.size == size and axes.known.get(id(w.operand)) == w.axis]
    return Samples(m, choices, axes.known, {id(w.number): _in_terms_of(m.symbol, w) for w in ours})


def _of_data(means: list[_Mean], nodes: list[Node], found: dict[Node, Any]) -> list[_Mean]:
    """Of several means, or several axes of one, those over data: an axis of a weight is not that of the samples.

    Of two that are equally good the last axis counts, since columns are samples. A number that happens to be 1/n of the
    n entries of all leaves is that of no mean over samples.
    """
    leaves = {id(node) for node in nodes if node.op is None}
    reached: dict[tuple[int, int, int | None], set[int]] = {}
    for mean in means:
        key = mean.size, id(mean.operand), mean.axis
        if key not in reached and mean.axis is not None:
            axes = Axes(nodes, mean.size, found)
            axes.follow({id(mean.operand): mean.axis})
            reached[key] = leaves & axes.known.keys()
    of = {id(mean): reached.get((mean.size, id(mean.operand), mean.axis), set()) for mean in means}
    possible = [mean for mean in means if mean.number is None or not of[id(mean)] or leaves - of[id(mean)]]
    best = [mean for mean in possible if mean.certain or not of[id(mean)]]
    if all(mean.axis is None for mean in best):  # data that are a leaf, too: beside them there are weights
        best += [mean for mean in possible if mean.axis is not None and _leaves(mean.operand) - of[id(mean)]]
    first: dict[int, _Mean] = {}
    for mean in best:
        first.setdefault(id(mean.operand), mean)
    return [mean for mean in best if (mean.size, mean.axis) == first[id(mean.operand)][:3:2]]


def _leaves(operand: Any) -> set[int]:
    """What an operand was computed from, by id."""
    return {id(node) for node in ancestors(operand) if node.op is None} if type(operand) is Node else set()


def _in_terms_of(m: Term, mean: _Mean | Number) -> Term:
    """The constant of a mean: 1/m times a number, or a number times m."""
    times: Any = int(mean.times) if mean.times == int(mean.times) else mean.times
    if mean.divides:
        return m if times == 1 else times * m
    share: Term = abs(times) / m if times == int(times) else 1 / (round(1 / abs(times)) * m)
    return share if times > 0 else -share


def _means(node: Node) -> Iterator[_Mean]:
    """Where a mean over samples is taken."""
    op, shapes = node.op, [shape_of(p) for p in node.parents]
    if op is None:
        return
    if op.function is binary_cross_entropy and shapes[0]:
        for operand, shape in zip(node.parents, shapes):
            yield _Mean(shape[-1], operand, len(shape) - 1, certain=True)
    elif op.function is np.mean and shapes[0] and "where" not in node.params:
        axes = _reduced(node, shapes[0])
        several = [a for a in axes if shapes[0][a] != 1] or axes[:1]
        for axis in several:
            yield _Mean(shapes[0][axis], node.parents[0], axis)
    elif op.function is np.divide and _is_called_m(node.parents[1]):
        total, m = node.parents[0], int(node.parents[1].out)
        yield _Mean(m, total, None, certain=True)
        for of, axes in _sums_below(total):
            yield from (_Mean(m, of, axis) for axis in axes if shape_of(of)[axis] == m)


def _written(nodes: list[Node]) -> Iterator[_Mean]:
    """Where a sum is multiplied by 1/m or divided by m, as a number that is that of its terms: (1/m) Σ, Σ/(2m).

    Other factors that a mean may have are ½, and the number of units that are summed as well.
    """
    users: dict[Node, list[Node]] = {}
    for node in nodes:
        for p in node.parents:
            if type(p) is Node:
                users.setdefault(p, []).append(node)
    for node in nodes:
        for number, of, divides in _scales(node):
            c = 1 / number if divides else number
            for operand, axes in (*_sums_below(of), *_sums_above(node, users)):
                yield from _shares(operand, axes, c, node, divides, is_square(operand) or is_square(of))


def _shares(operand: Any, axes: list[int], c: float, node: Node, divides: bool, square: bool) -> Iterator[_Mean]:
    """The axes that 1/c is the size of, but for a factor."""
    shape = shape_of(operand)
    for axis in axes:
        size, units = shape[axis], prod(shape[a] for a in axes if a != axis)
        known = (1, 0.5, 1 / units, 0.5 / units)
        if size == 2 and square:  # the half of half a square
            continue
        times = next((k for k in known if size > 1 and np.isclose(abs(c) * size, k, rtol=1e-12, atol=0)), None)
        constant = next((p for p in node.parents if type(p) is Constant), None)
        if times is not None:
            signed = times if c > 0 else -times
            yield _Mean(size, operand, axis, False, constant, 1 / signed if divides else signed, divides)


def _scales(node: Node) -> Iterator[tuple[float, Any, bool]]:
    """The number that a value is multiplied by (or divided: True), and the value; but for what is called m."""
    for scale in scales(node):
        if not _is_called_m(scale.number):
            yield scale.value, scale.of, scale.divides


_FAR = 64  # operations between a number and the sum that it is for


def _passes(call: Any) -> bool:
    """Whether a number may be carried through an operation to a sum."""
    row = row_of(call)
    return bool(row.algebra) or row.moves


def _sums_below(start: Any) -> Iterator[tuple[Any, list[int]]]:
    """The sums that a value is made of: what is summed, along which axes, the last one first."""
    waiting, seen = [start], {id(start)}
    while waiting and len(seen) < _FAR:
        node = waiting.pop(0)
        if type(node) is not Node or node.op is None:
            continue
        call, shapes = node.op.function, [shape_of(p) for p in node.parents]
        if call is np.sum and shapes[0] and "where" not in node.params:
            yield node.parents[0], _reduced(node, shapes[0])
        if call is np.matmul and np.prod(node.shape) == 1:
            yield node.parents[0], [len(shapes[0]) - 1]
        if _passes(call) or (call is np.sum and np.prod(shapes[0]) == 1):
            new = [p for p in node.parents if id(p) not in seen]
            seen.update(map(id, new))
            waiting += new


def _sums_above(start: Node, users: dict[Node, list[Node]]) -> Iterator[tuple[Any, list[int]]]:
    """The sums that a value goes into."""
    waiting, seen = [start], {start}
    while waiting and len(seen) < _FAR:
        node = waiting.pop(0)
        for user in users.get(node, ()):
            call = call_of(user)
            if call is np.sum and shape_of(node) and "where" not in user.params:
                yield node, _reduced(user, shape_of(node))
            elif _passes(call) and user not in seen:
                seen.add(user)
                waiting.append(user)


def _totals(node: Node, size: int) -> Iterator[_Mean]:
    """Where a sum is taken over so many entries of the last axis."""
    if call_of(node) is np.sum:
        shape = shape_of(node.parents[0])
        if shape and shape[-1] == size and "where" not in node.params and len(shape) - 1 in _reduced(node, shape):
            yield _Mean(size, node.parents[0], len(shape) - 1)


def _reduced(node: Node, shape: tuple[int, ...]) -> list[int]:
    """The axes that a sum or mean goes over, the last one first."""
    return axes_of(node.params.get("axis"), len(shape))[::-1]


def _is_called_m(operand: Any) -> bool:
    return type(operand) is Constant and names.of(operand) == "m" and np.ndim(operand.out) == 0
