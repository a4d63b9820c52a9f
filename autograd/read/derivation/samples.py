"""The samples: how many there are (m), where in a graph that number is meant, and along which axis of a value they lie.

m is where a cost takes the mean over the last axis: binary_cross_entropy, np.mean, a sum that is divided by a constant
Tensor called m. A number that merely equals m is not m.

>>> import numpy as np, autograd as ag
>>> A, W = ag.Tensor(np.full((1, 5), 0.3), name="A"), ag.Tensor(np.ones((3, 5)), name="W")
>>> J = ag.binary_cross_entropy(A, np.ones((1, 5))) + np.sum(W * W) / 5
>>> samples = find_samples(J.node, ag.values(J.node))
>>> samples.m, samples.axis(A.node), samples.axis(W.node)
(m, 1, None)
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd import names
from autograd.node import Constant, Node, ancestors
from autograd.read.code.source import source
from autograd.read.formulas.formula import write
from autograd.read.formulas.text import TEXT
from autograd.read.symbol import Symbol
from autograd.rules import binary_cross_entropy


class Count(int):
    """A whole number that is written by a name: shapes with it in them give formulas with the name in them."""

    symbol: Symbol

    def __new__(cls, symbol: Symbol) -> Count:
        count = super().__new__(cls, int(symbol.value))
        count.symbol = symbol
        return count

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Count):
            return Count(self.symbol * other.symbol)
        return self if other == 1 else Count(int(other) * self.symbol) if isinstance(other, int) else NotImplemented

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
    """

    def __init__(self, m: Count | None, choices: list[int], axes: dict[int, int]) -> None:
        self.m = m
        self.choices = choices
        self._axes = axes

    def axis(self, operand: Any) -> int | None:
        """The axis of a node or constant that the samples lie along."""
        return self._axes.get(id(operand))

    def shape(self, operand: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of an operand, with m in it."""
        axis = self.axis(operand)
        return shape if axis is None or self.m is None else (*shape[:axis], self.m, *shape[axis + 1 :])

    def is_count(self, operand: Any) -> bool:
        """Whether it is the constant m."""
        return self.m is not None and _is_called_m(operand) and operand.out == self.m


def find_samples(root: Node, found: dict[Node, Any], given: int | None = None) -> Samples:
    """The samples of the graph of a cost.

    found   the value of each node
    given   their number where the user says it; it is written as m if it is that of a mean, otherwise as it is
    """
    nodes = ancestors(root)
    means = [mean for node in nodes for mean in _means(node)]
    named = True
    if given is not None:
        means = [mean for mean in means if mean[0] == given]
        if not means:
            means, named = [total for node in nodes for total in _totals(node, given)], False
    choices = sorted({size for size, _, _ in means})
    if len(choices) != 1 or choices == [1]:  # one sample: no mean is taken, and any axis might be that of the samples
        return Samples(None, choices, {})
    (size,) = choices
    axes = _Axes(nodes, size, found)
    axes.follow({id(operand): axis for _, operand, axis in means if axis is not None})
    return Samples(Count(Symbol(float(size), "m") if named else Symbol(float(size))), choices, axes.known)


def _means(node: Node) -> Iterator[tuple[int, Any, int | None]]:
    """Where a mean over samples is taken: their number, the operand, and its axis."""
    op, shapes = node.op, [_shape(p) for p in node.parents]
    if op is None:
        return
    if op.function is binary_cross_entropy and shapes[0]:
        for operand, shape in zip(node.parents, shapes):
            yield shape[-1], operand, len(shape) - 1
    elif op.function is np.mean and _is_reduced(node, shapes[0]):
        yield shapes[0][-1], node.parents[0], len(shapes[0]) - 1
    elif op.function is np.divide and _is_called_m(node.parents[1]):
        total, m = node.parents[0], int(node.parents[1].out)
        summed = type(total) is Node and total.op is not None and total.op.function is np.sum
        shape = _shape(total.parents[0]) if summed else ()
        if shape and shape[-1] == m and _is_reduced(total, shape):
            yield m, total.parents[0], len(shape) - 1
        else:
            yield m, total, None


def _totals(node: Node, size: int) -> Iterator[tuple[int, Any, int | None]]:
    """Where a sum is taken over so many entries of the last axis."""
    if node.op is not None and node.op.function is np.sum:
        shape = _shape(node.parents[0])
        if shape and shape[-1] == size and _is_reduced(node, shape):
            yield size, node.parents[0], len(shape) - 1


def _is_reduced(node: Node, shape: tuple[int, ...]) -> bool:
    """Whether a sum or mean goes over the last axis."""
    axis = node.params.get("axis")
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return bool(shape) and "where" not in node.params and any(a % len(shape) == len(shape) - 1 for a in axes)


def _is_called_m(operand: Any) -> bool:
    return type(operand) is Constant and names.of(operand) == "m" and np.ndim(operand.out) == 0


def _shape(operand: Any) -> tuple[int, ...]:
    return operand.shape if type(operand) is Node else np.shape(_value(operand))


def _value(operand: Any) -> Any:
    return operand.out if type(operand) is Constant else operand


class _Axes:
    """Which axis of each value the samples lie along, found from the values where a mean is taken.

    No table says what an operation does to axes. It is run with one sample missing (nan): where that is missing in the
    result, there is its axis.
    """

    def __init__(self, nodes: list[Node], size: int, found: dict[Node, Any]) -> None:
        self.known: dict[int, int] = {}
        self._nodes = [node for node in nodes if node.op is not None]
        self._size = size
        self._values = found
        self._tried: dict[tuple[int, int, int], int | None] = {}

    def follow(self, start: dict[int, int]) -> None:
        """From operands whose axis is known, back to what they were computed from and on to what uses that."""
        before = -1
        self.known = dict(start)
        while before != len(self.known):
            before = len(self.known)
            for node in reversed(self._nodes):
                self._back(node)
            for node in self._nodes:
                self._on(node)

    def _back(self, node: Node) -> None:
        axis = self.known.get(id(node))
        if axis is None:
            return
        for i, parent in enumerate(node.parents):
            for of, n in reversed(list(enumerate(_shape(parent)))):
                if id(parent) not in self.known and n == self._size and self._leads(node, i, of) == axis:
                    self.known[id(parent)] = of

    def _on(self, node: Node) -> None:
        if id(node) in self.known or self._size not in node.shape:
            return
        for i, parent in enumerate(node.parents):
            if id(parent) in self.known:
                axis = self._leads(node, i, self.known[id(parent)])
                if axis is not None:
                    self.known[id(node)] = axis
                    return

    def _leads(self, node: Node, i: int, axis: int) -> int | None:
        """The axis of the result that an axis of operand i becomes."""
        key = id(node), i, axis
        if key not in self._tried:
            self._tried[key] = self._tried_out(node, i, axis)
        return self._tried[key]

    def _tried_out(self, node: Node, i: int, axis: int) -> int | None:
        assert node.op is not None
        shape = _shape(node.parents[i])
        if node.op.kind == "elementwise":
            return axis + len(node.shape) - len(shape)
        raws = [self._values[p] if type(p) is Node else _value(p) for p in node.parents]
        missing = np.array(raws[i], float)
        missing[(slice(None),) * axis + (0,)] = np.nan
        raws[i] = missing
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                lost = np.argwhere(np.isnan(node.op.run(raws, node.params)))
        except (TypeError, ValueError):  # not every operation takes nan
            lost = np.zeros((0, 0), int)
        for of, n in enumerate(node.shape):
            if n == self._size and len(lost) and not lost[:, of].any():
                return of
        mixing = node.op.kind == "general" and len(raws) == 1 and node.shape == shape  # as batch normalisation does
        return axis if mixing else None
