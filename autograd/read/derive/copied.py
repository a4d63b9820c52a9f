"""A copy of a recorded graph, to be read: with the values that its leaves had, and with what it computes recognized.

What was recorded is left alone. In the copy a leaf that was given new data since has the old again, each number is a
Constant of its own, and a result that is proven to be a function of the textbook's is that function.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from autograd.core.handle import before
from autograd.core.node import Constant, Node, ancestors, noted
from autograd.core.op import OPS, record
from autograd.debug import names
from autograd.debug.values import values
from autograd.errors import GraphError
from autograd.read.derive.constants import Constants
from autograd.read.derive.recognized import recognized
from autograd.read.derive.recognizer import Found, Recognizer
from autograd.read.derive.spellings import respelled
from autograd.read.operands import unwrapped


class Copied:
    """The copy.

    root      the node of the cost
    of        the node of the copy for each node that was recorded; without those that were recognized as part of others
    values    the value of each node of the copy
    facts     what was taken for granted of the data
    constants   the user's
    recorded    the value that each node had when it was recorded, leaves first
    is_recognized   whether something is computed in another way than it was recorded
    """

    def __init__(
        self, root: Node, targets: Collection[Node], constants: Constants, with_constants: bool = True
    ) -> None:
        nodes = ancestors(root)
        leaves = [node for node in nodes if node.op is None]
        # a leaf that was given new data is younger than its users
        self.recorded: dict[Node, Any] = dict.fromkeys(leaves) | values(root)
        self.is_recognized = False
        self.constants = constants
        self.of: dict[Node, Node] = {}
        self.values: dict[Node, Any] = {}
        self._named: dict[int, Constant] = {}
        for leaf in leaves:
            self._leaf(leaf, nodes)
        recognizer = Recognizer(nodes, {root, *targets}, self.recorded, constants)
        for node in nodes:
            if node.op is not None:
                found = recognized(recognizer, node) or respelled(recognizer, node, with_constants)
                self.of[node] = self._plain(node) if found is None else self._made(found, node)
        self.root = self.of[root]
        reached = set(ancestors(self.root))
        self.of = {old: new for old, new in self.of.items() if new in reached}
        self.facts = recognizer.facts(self.of)

    def _leaf(self, node: Node, nodes: list[Node]) -> None:
        value = self.recorded[node] = _when_used(node, [n for n in nodes if any(p is node for p in n.parents)])
        self.of[node] = copy = noted(None, (), (), {}, value, node.shape, node.dtype)
        copy.name = names.of(node)
        self.values[copy] = value

    def _plain(self, node: Node) -> Node:
        parents = tuple(self._operand(p) for p in node.parents)
        return self._noted(noted(node.op, parents, node.inputs, node.params, node.out, node.shape, node.dtype), node)

    def _noted(self, copy: Node, node: Node) -> Node:
        copy.name, copy.line = names.of(node), node.line
        self.values[copy] = self.recorded[node]
        return copy

    def _operand(self, operand: Any) -> Any:
        if type(operand) is Node:
            return self.of[operand]
        if isinstance(operand, (bool, np.bool_)) or np.ndim(unwrapped(operand)) or names.of(operand) is not None:
            return operand
        name = self.constants.numbers.get(id(operand))
        if name is None:
            return Constant(unwrapped(operand))
        return self._named.setdefault(id(operand), Constant(operand, name))

    def _made(self, found: Found, node: Node) -> Node:
        """What was recognized; its last step stands for the node itself."""
        self.is_recognized = True
        copy = self._step(found, self.recorded[node])
        return self._noted(copy, node)

    def _step(self, found: Found, value: Any = None) -> Node:
        parents = tuple(self._step(x) if isinstance(x, Found) else self._operand(x) for x in found.operands)
        op, params = OPS[found.function], dict(found.params)
        raws = tuple(self.values[p] if type(p) is Node else unwrapped(p) for p in parents)
        if value is None:
            with np.errstate(all="ignore"):
                value = op.run(raws, params)
        node = record(op, parents, raws, params, value)
        self.values[node] = value
        return node


def _when_used(leaf: Node, users: list[Node]) -> Any:
    """The value that a leaf had when the cost was computed from it.

    Raises GraphError where it had several, since a formula has one value for each name.
    """
    if all(leaf.index < user.index for user in users):
        return leaf.out
    first, *others = (_held(leaf, user) if user.index < leaf.index else leaf.out for user in users)
    if not all(np.array_equal(first, other, equal_nan=True) for other in others):
        raise GraphError(
            f"{names.of(leaf) or 'A leaf'} was given new data between two uses in this cost, so a formula cannot call "
            "both values by its name. Record the cost again, with one value for each leaf."
        )
    return first


def _held(leaf: Node, user: Node) -> Any:
    """The value of a leaf when it was used."""
    i = next(i for i, p in enumerate(user.parents) if p is leaf)
    value = user.inputs[i]
    return before(leaf, user) if value is None or isinstance(value, tuple) else value
