"""Along which axis of each value the samples lie: operations are run to see where one sample comes to lie."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.core.op import Op
from autograd.errors import AutogradError
from autograd.read.operands import shape_of, unwrapped


class Axes:
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
            for of, n in reversed(list(enumerate(shape_of(parent)))):
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
            raws = [self._values[p] if type(p) is Node else unwrapped(p) for p in node.parents]
            self._tried[key] = leads(node, raws, i, axis)
        return self._tried[key]


def leads(node: Node, raws: list[Any], i: int, axis: int) -> int | None:
    """The axis of the result of an operation that an axis of operand i becomes.

    raws   the values of the operands
    """
    assert node.op is not None
    shape = shape_of(node.parents[i])
    size = shape[axis]
    if node.op.kind == "elementwise":
        return axis + len(node.shape) - len(shape)
    if size not in node.shape:
        return None
    missing = np.array(raws[i], float)
    missing[(slice(None),) * axis + (slice(1),)] = np.nan
    result = tried(node.op, [missing if k == i else raw for k, raw in enumerate(raws)], node.params)
    lost = np.zeros((0, 0), int) if result is None else np.argwhere(np.isnan(result))
    for of, n in enumerate(node.shape):
        if n == size and len(lost) and not lost[:, of].any():
            return of if _grows(node, raws, i, axis, of) else None
    mixing = node.op.kind == "general" and len(raws) == 1 and node.shape == shape  # as batch normalization does
    return axis if mixing else None


def _grows(node: Node, raws: list[Any], i: int, axis: int, of: int) -> bool:
    """Whether an axis of the result is longer where that of operand i is; so many entries may have been chosen."""
    assert node.op is not None
    result = tried(node.op, [longer(raw, axis, 1) if k == i else raw for k, raw in enumerate(raws)], node.params)
    if result is None:  # others have to be as long
        return True
    return np.ndim(result) != len(node.shape) or np.shape(result)[of] != node.shape[of]


def tried(op: Op, operands: Sequence[Any], params: dict[str, Any]) -> Any:
    """The result of an operation on other operands than those it was recorded with; None where it takes no such ones:
    not all take nan, least of all as an index, or one operand that is longer than others."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return op.run(operands, params)
    except (AutogradError, TypeError, ValueError, LookupError, ArithmeticError):
        return None


def longer(x: Any, axis: int, by: int) -> Any:
    """An array with so many entries more along an axis: its last one again, or zeros where there is none."""
    shape = np.shape(x)
    more = np.take(x, [-1] * by, axis) if shape[axis] else np.zeros((*shape[:axis], by, *shape[axis + 1 :]), x.dtype)
    return np.concatenate([x, more], axis)
