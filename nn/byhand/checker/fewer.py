"""A large cost with fewer samples: it has the same lines, and these are derived in a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.node import Constant, Node, ancestors, noted
from autograd.core.op import OPS, record
from autograd.debug import names
from autograd.read.derive.backward import refuse_what_cannot_be_read
from autograd.read.derive.constants import Written
from autograd.read.derive.means import fixed_means, written_means
from autograd.read.operands import unwrapped
from autograd.read.term import Term, rebuilt
from autograd.tensor import wrap
from nn.byhand.checker.equation import UNFIT

LARGE = 200_000  # entries of all values: up to here the cost itself is derived
_COUNTS = (37, 41, 43, 47, 53, 59, 61, 67)  # of samples that are left
_FOLDS = (1.0, 2.0, 0.5)  # the m, 2m and m/2 of a mean


def root_of(J: ag.Tensor) -> Node:
    """The node of a recorded cost."""
    assert isinstance(J.node, Node)
    return J.node


def entries(J: ag.Tensor) -> int:
    """How many numbers the values of a graph are."""
    return sum(prod(node.shape) for node in ancestors(root_of(J)))


def is_large(J: ag.Tensor) -> bool:
    """Whether to derive the cost with fewer samples in its place."""
    return isinstance(J.node, Node) and entries(J) > LARGE


def samples_of(J: ag.Tensor) -> int | None:
    """Over how many samples a cost takes its mean, told without running anything; None where it has several."""
    with names.asking(J.node):
        nodes = ancestors(root_of(J))
        fixed = [mean for node in nodes for mean in fixed_means(node)]
        sizes = {mean.size for mean in (*fixed, *written_means(nodes, fixed, Written(False)))}
    return sizes.pop() if len(sizes) == 1 else None


@dataclass(frozen=True)
class Fewer:
    """The cost computed from some of the samples.

    cost     this cost
    inputs   the values that all samples have, by the names of leaves and constants
    m        how many samples there are
    left     how many are left
    """

    cost: ag.Tensor
    inputs: Mapping[str, Any]
    m: int
    left: int

    def with_all_sizes(self, term: Term) -> Term:
        """A right side with the number of all samples in shapes. What comes from samples has to be computed anew."""
        return rebuilt([term], self._resized)[0]

    def _resized(self, s: Term) -> Term:
        given = s.operands, s.params
        operands, params = _replaced(given, self.left, self.m)
        if s.call is None or s.name is not None or (operands, params) == given:
            return s
        try:  # of numbers alone, which nothing else computes anew
            return Term.run(OPS[s.call], operands, params)
        except UNFIT:  # what comes from fewer samples
            return s.but(operands=operands, params=params)


def with_fewer_samples(J: ag.Tensor) -> Fewer | None:
    """The cost with fewer samples: every axis and number of their size is made smaller. None where that cannot be done.

    An axis may have that size by chance. So what is derived from it has to be compared with the cost of all samples.
    """
    nodes, m = ancestors(root_of(J)), samples_of(J)
    refuse_what_cannot_be_read(nodes)
    sizes = {n for node in nodes for n in node.shape}
    left = next((n for n in _COUNTS if n not in sizes), None)
    if m is None or left is None or m <= 2 * left:
        return None
    with names.asking(J.node):
        cut = _Cut(m, left)
        try:
            with np.errstate(all="ignore"):
                cost = cut.run(nodes)
        except UNFIT:  # shapes that do not fit any more
            return None
    return None if cost is None else Fewer(cost, cut.inputs, m, left)


class _Cut:
    """Runs a graph once more, with `left` in place of `m`."""

    def __init__(self, m: int, left: int) -> None:
        self._m, self._left = m, left
        self._numbers = {m * k: left * k for k in _FOLDS} | {1 / (m * k): 1 / (left * k) for k in _FOLDS}
        self._of: dict[int, Any] = {}  # by the id of a node or constant
        self._values: dict[Node, Any] = {}
        self.inputs: dict[str, Any] = {}

    def run(self, nodes: list[Node]) -> ag.Tensor | None:
        """The Tensor of the last of these nodes; None where two arrays have one name, or a leaf has had other data."""
        used: set[int] = set()
        for node in nodes:
            if node.op is None and any(p is node and user.index < node.index for user in nodes for p in user.parents):
                return None
            for x in (node, *node.parents):
                if (type(x) is not Node or x.op is None) and id(x) not in used and np.ndim(_value(x)):
                    name = names.of(x)
                    if name in self.inputs:
                        return None
                    if name is not None:
                        self.inputs[name] = _value(x)
                used.add(id(x))
            self._of[id(node)] = self._leaf(node) if node.op is None else self._step(node)
            self._of[id(node)].name = names.of(node)
        root = self._of[id(nodes[-1])]
        return wrap(self._values[root], root)

    def _leaf(self, node: Node) -> Node:
        value = self._smaller(node.out)
        made = noted(None, (), (), {}, value, np.shape(value), node.dtype)
        self._values[made] = value
        return made

    def _step(self, node: Node) -> Node:
        assert node.op is not None
        parents = tuple(map(self._operand, node.parents))
        raws = tuple(self._values[p] if type(p) is Node else unwrapped(p) for p in parents)
        params = self._smaller(node.params)
        value = node.op.run(raws, params)
        made = record(node.op, parents, raws, params, value)
        self._values[made] = value
        return made

    def _operand(self, x: Any) -> Any:
        if id(x) not in self._of:
            self._of[id(x)] = self._constant(x)
        return self._of[id(x)]

    def _constant(self, x: Any) -> Any:
        value, name = unwrapped(x), names.of(x)
        if np.ndim(value) == 0 and not isinstance(value, (bool, np.bool_)):
            number = self._numbers.get(float(value), value)
            return Constant(type(value)(number), "m" if name is None and value == self._m else name)
        return Constant(self._smaller(value), name) if name is not None else self._smaller(value)

    def _smaller(self, x: Any) -> Any:
        """The same structure with the size of the samples made smaller."""
        if isinstance(x, np.ndarray):
            return x[tuple(slice(self._left) if n == self._m else slice(None) for n in x.shape)]
        if type(x) is dict:
            return {key: self._smaller(value) for key, value in x.items()}
        return _replaced(x, self._m, self._left)


def _replaced(x: Any, old: int, new: int) -> Any:
    """The same structure with another integer in place of one."""
    if isinstance(x, int) and not isinstance(x, bool):
        return new if x == old else x
    if type(x) is slice:
        return slice(*(_replaced(part, old, new) for part in (x.start, x.stop, x.step)))
    if type(x) is dict:
        return {key: _replaced(value, old, new) for key, value in x.items()}
    return type(x)(_replaced(part, old, new) for part in x) if type(x) in (tuple, list) else x


def _value(x: Any) -> Any:
    return x.out if type(x) is Node else unwrapped(x)
