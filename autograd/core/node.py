"""Node: one recorded operation; and the order of a sweep.

A graph is made of nodes alone. A node knows the operation, what it was applied to and what the operation's rule will
read; it never knows its Tensor, so that no reference cycle arises and a graph is freed the moment its last handle goes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from autograd.core.types import Params, Shape, Value

if TYPE_CHECKING:
    from autograd.core.op import Op

Operands = tuple[Any, ...]
next_index = count().__next__
_index = attrgetter("index")


class Node:
    """One recorded operation, or a leaf (`op` is None) that gradients are wanted for."""

    __slots__ = (
        "__weakref__", "dtype", "grad", "hooks", "index", "inputs", "line", "name", "op", "out", "params", "parents",
        "passes", "past", "scope", "shape",
    )  # fmt: skip

    op: Op | None
    parents: Operands  # what it was applied to: a Node where gradients flow to it, else the Constant or plain value
    inputs: Operands  # what the rule reads of each operand: its value, its shape, or None
    params: Params  # axis=, keepdims= …
    out: Value  # the result, if the rule reads it (a leaf: its value)
    shape: Shape  # of the result
    dtype: Any  # of the result; None stands for a Python float
    index: int  # the number of the recording: parents always have a smaller one
    grad: Any  # the gradient that the last `backward()` found, None before
    name: str | None
    line: tuple[str, int] | None  # where it was recorded, if somebody noted it
    passes: Any  # set with grad, the sweeps it is from: (weak reference to the root, its gradient), and those before
    past: Operands  # set where a leaf is given new data: (index, function that gives the old while they live, past)
    hooks: dict[object, Callable[[Any], Any]]  # what the gradient passes through, if anything: see hooks.py
    scope: tuple[str, ...]  # set where it was recorded within `scope(…)`: its names, from the outermost

    def __repr__(self) -> str:
        what = "leaf" if self.op is None else self.op.name
        return f"<{what} {self.name or ''}#{self.index} {self.shape}>"


class Constant:
    """The value of a Tensor that no gradient flows to, kept for its name."""

    __slots__ = ("name", "out", "scope")
    scope: tuple[str, ...]
    op = grad = None

    def __init__(self, out: Value, name: str | None = None) -> None:
        self.out = out
        self.name = name


def scope_of(node: Node | Constant) -> tuple[str, ...]:
    """The names of the blocks `scope(…)` in which it was recorded, from the outermost."""
    return getattr(node, "scope", ())


def leaf(data: Value, name: str | None = None) -> Node:
    """The node of a Tensor that gradients are wanted for."""
    shape, dtype = ((), None) if type(data) is float else (data.shape, data.dtype)
    node = noted(None, (), (), {}, data, shape, dtype)
    node.name = name
    return node


def noted(
    op: Op | None, parents: Operands, inputs: Operands, params: Params, out: Value, shape: Shape, dtype: Any
) -> Node:
    """A node with the next number. (A class that has no `__init__` is called in a third of the time.)"""
    node = Node()
    node.op, node.params, node.parents = op, params, parents
    node.inputs, node.out, node.index = inputs, out, next_index()
    node.shape, node.dtype = shape, dtype
    node.grad = node.name = node.line = None
    return node


def ancestors(root: Node, leaves: bool = True) -> list[Node]:
    """Every node that `root` was computed from, itself included, oldest first; without leaves if they are not wanted.

    Recording numbers are a topological order, since an operation is recorded after its operands. The order matters:
    with `b = a + a; c = b * b`, b must have received both shares from c before it passes them on to a. A naive
    recursion from c would visit b twice, each time with half of its gradient known.
    """
    seen, found = {root}, [root]
    for node in found:
        for parent in node.parents:
            if type(parent) is Node and (leaves or parent.op is not None) and parent not in seen:
                seen.add(parent)
                found.append(parent)
    return sorted(found, key=_index)


def reaching(nodes: list[Node], targets: Collection[Node]) -> set[Node]:
    """Those of `nodes` (oldest first) that depend on a target, the targets included."""
    active = set(targets)
    for node in nodes:
        if node not in active and any(p in active for p in node.parents if type(p) is Node):
            active.add(node)
    return active
