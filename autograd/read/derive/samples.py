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

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from autograd.core.node import Node, ancestors
from autograd.debug import names
from autograd.read.derive.axes import Axes
from autograd.read.derive.constants import Constants, Written
from autograd.read.derive.loops import Loop, Number, find_loop
from autograd.read.derive.means import Mean, fixed_means, halves, is_called_m, totals, written_means
from autograd.read.derive.once import OneEach
from autograd.read.operands import call_of, unwrapped
from autograd.read.printing.formula import write
from autograd.read.printing.source import source
from autograd.read.printing.text import TEXT
from autograd.read.sizes import Formed
from autograd.read.term import Term


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
    likely     what numbers are read as that scale terms of a sum, in words
    beside     numbers, by id, of products that m divides already
    """

    def __init__(
        self,
        m: Count | None,
        choices: list[int],
        axes: dict[int, int],
        numbers: dict[int, Term],
        loop: Loop | None = None,
        once: OneEach | None = None,
    ) -> None:
        self.m = m
        self.beside = set[int]() if once is None else once.beside
        self.likely = [] if once is None else ["m" if mean.divides else "1/m" for mean in once.of_terms]
        self.choices = choices
        self.loop = loop
        self._axes = axes
        self._numbers = numbers

    def axis(self, operand: Any) -> int | None:
        """The axis of a node or constant that the samples lie along."""
        return self._axes.get(id(operand))

    @property
    def lie_along_axes(self) -> bool:
        """Whether there is a value of which it is known along which axis they lie."""
        return bool(self._axes)

    def keeps(self, node: Node) -> bool:
        """Whether a value is of single samples, not of all of them together."""
        return self.axis(node) is not None or (self.loop is not None and self.loop.sample(node) is not None)

    def shape(self, operand: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of an operand, with m in it."""
        axis = self.axis(operand)
        return shape if axis is None or self.m is None else (*shape[:axis], self.m, *shape[axis + 1 :])

    def number(self, operand: Any) -> Any:
        """What a constant is in terms of m: m itself, 1/m; None for every other.

        One sample is not called m: where an axis has one entry nothing is summed over it, whatever m is.
        """
        if is_called_m(operand) and operand.out == 1:
            return 1
        if self.m is not None and is_called_m(operand) and operand.out == self.m:
            return self.m.symbol
        return self._numbers.get(id(operand))


class Shares:
    """What numbers without a name are read as, where they were computed from m or from what variables hold: 2m, λ/(2m).

    read_as   these, in words
    numbers   those of which it cannot be told whether they were computed so
    """

    def __init__(self, samples: Samples, constants: Constants, nodes: list[Node]) -> None:
        self.read_as: dict[str, None] = dict.fromkeys(samples.likely)
        self.numbers: dict[str, None] = {}
        self._m, self._constants = samples.m, constants
        self._divisors = {id(node.parents[1]) for node in nodes if call_of(node) is np.divide}
        self._beside_m, self._halves = samples.beside, halves(nodes)
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
        if m is None or found is None or (found.over_m and id(operand) in self._beside_m):
            sizes = self._sizes if m is None else {int(m)}
            if self._constants.may_be_computed(value, sizes) or self._may_be_counted(operand, value, sizes):
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
        if not isinstance(value, (int, np.integer)) or id(operand) not in self._divisors - self._beside_m:
            return False
        if not written.known or value in written.divisors:
            return False
        return any(type(x) is int and x == int(m) for x in names.asked().variables.values())

    def _may_be_counted(self, operand: Any, value: Any, sizes: Collection[int]) -> bool:
        """Whether a number that is divided by may be m, 2m or m − 1, which the code does not have as numbers."""
        written = self._constants.written
        if id(operand) not in self._divisors - self._beside_m or not written.known or value in written.divisors:
            return False
        if value == 2:
            return id(operand) in self._halves and value in sizes
        return value > 2 and any(value in (n, 2 * n, n - 1) for n in sizes)


def find_samples(
    root: Node, found: dict[Node, Any], given: int | None = None, written: Written | None = None
) -> Samples:
    """The samples of the graph of a cost.

    found   the value of each node
    given   their number where the user says it; it is written as m if it is that of a mean, otherwise as it is
    written the numbers of the user's code
    """
    nodes = ancestors(root)
    fixed = [mean for node in nodes for mean in fixed_means(node)]
    numbers = written_means(nodes, fixed, Written(False) if written is None else written)
    means = fixed + numbers
    named = True
    if given is not None:
        means = [mean for mean in means if mean.size == given]
        if not means:
            means, named = [total for node in nodes for total in totals(node, given)], False
    every, means = means, _of_data(means, nodes, found)
    means = means if given is None else means or every[:1]  # the user knows that they are samples
    choices = sorted({mean.size for mean in means if mean.axis is not None})
    loop = find_loop(root) if choices in ([], [1]) else None
    if loop is not None and given in (None, loop.m):
        m = Count(Term(float(loop.m), "m"))
        read = {id(n.number): _in_terms_of(m.symbol, n) for n in loop.numbers}
        return Samples(m, [loop.m], {}, read, loop, OneEach(nodes, {}, [], read))
    choices = sorted({mean.size for mean in means})
    if not choices:  # an axis that every leaf has may be one of parameters; the means are there all the same
        sizes = sorted({mean.size for mean in every if mean.axis is not None})
        return Samples(None, sizes, {}, {}, once=OneEach(nodes, {}, []))
    if len(choices) != 1 or choices == [1]:  # one sample: no mean is taken, and any axis might be that of the samples
        return Samples(None, choices, {}, {}, once=OneEach(nodes, {}, []))
    (size,) = choices
    axes = Axes(nodes, size, found)
    axes.follow({id(mean.operand): mean.axis for mean in means if mean.axis is not None})
    m = Count(Term(float(size), "m") if named else Term(float(size)))
    ours = [w for w in numbers if w.size == size and axes.known.get(id(w.operand)) == w.axis]
    once = OneEach(nodes, axes.known, ours)
    read = {id(w.number): _in_terms_of(m.symbol, w) for w in once.chosen if w.number is not None}
    return Samples(m, choices, axes.known, read, once=once)


def _of_data(means: list[Mean], nodes: list[Node], found: dict[Node, Any]) -> list[Mean]:
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
    if all(mean.axis is None for mean in best):  # data that are a leaf, too, beside weights or alone
        alone = {id(mean) for mean in possible if best and not leaves - of[id(mean)]}
        best += [m for m in possible if m.axis is not None and (_leaves(m.operand) - of[id(m)] or id(m) in alone)]
    first: dict[int, Mean] = {}
    for mean in best:
        first.setdefault(id(mean.operand), mean)
    return [mean for mean in best if (mean.size, mean.axis) == first[id(mean.operand)][:3:2]]


def _leaves(operand: Any) -> set[int]:
    """What an operand was computed from, by id."""
    return {id(node) for node in ancestors(operand) if node.op is None} if type(operand) is Node else set()


def _in_terms_of(m: Term, mean: Mean | Number) -> Term:
    """The constant of a mean: 1/m times a number, or a number times m."""
    times: Any = int(mean.times) if mean.times == int(mean.times) else mean.times
    if mean.divides:
        return m if times == 1 else times * m
    share: Term = abs(times) / m if times == int(times) else 1 / (round(1 / abs(times)) * m)
    return share if times > 0 else -share
