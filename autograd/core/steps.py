"""Two rules in one step: what arrives at a node by way of operations that have, with its own, a rule in common.

The rules one after the other multiply 0 by ∞ where a prediction is certain and wrong; the rule in common gives the
limit (`declare.in_one_step`). So what they send is kept apart from what else arrives at the node. Rules are linear in
the gradient: what both give is added up. A hook on the node is shown finite numbers, since of ∞ no one could say what
it has made of it: a prediction that is 0 or 1 is taken there as the number beside it, by both rules.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np

from autograd.core.fitting import fit, wide
from autograd.core.modes import tracing
from autograd.core.node import Node
from autograd.core.op import WRAP, Op
from autograd.core.types import Rule, Value, Wrap


class Sent(NamedTuple):
    """What an operation sends: the rule in common, the node of the operation, the operand, and its own gradient."""

    vjp: Rule
    node: Node
    position: int
    g: Value


class OneStep:
    """What arrives at a node: `sent` by operations that have a rule in common with it, and the `rest`."""

    __slots__ = ("out", "rest", "sent")

    def __init__(self, rest: Value) -> None:
        self.sent: list[Sent] = []
        self.rest = rest
        self.out: Value = None  # the node's own result, where that is not to be 0 or 1

    def add_rest(self, g: Value) -> None:
        """Note what arrives from any other operation."""
        self.rest = g if self.rest is None else self.rest + g

    def shown(self, node: Node, g: Value, wrap: Wrap | None) -> Value:
        """The node's gradient for its hooks: g, or where that is not finite what it is beside 0 and 1."""
        plain: Any = g if tracing() else getattr(g, "_value", g)
        known = np.isfinite(plain)
        if not tracing() and np.all(known):  # a program is for all values
            return g
        self.out = _inside(_operation(node).read(node, wrap)[0], known, node.dtype)
        shares = [] if self.rest is None else [self.rest]
        for _, after, i, arrived in self.sent:
            out, inputs = _operation(after).read(after, wrap)
            read = (wide(arrived), out, *inputs[:i], self.out, *inputs[i + 1 :])
            shares.append(fit(_vjp(after, i, wrap)(*read, **after.params), node.shape, node.dtype))
        return sum(shares[1:], shares[0])

    def pullback(self, node: Node, g: Value, changed: bool, active: Any, wrap: Wrap | None) -> list[Any]:
        """What the operand of the node receives; g is its gradient, which hooks may have changed."""
        op = _operation(node)
        if changed:
            if self.out is None:
                return op.pullback(node, g, active, wrap)
            return [_vjp(node, 0, wrap)(wide(g), self.out, *op.read(node, wrap)[1], **node.params)]
        shares = [] if self.rest is None else op.pullback(node, self.rest, active, wrap)
        for vjp, after, _, arrived in self.sent:
            shares.append(vjp(wide(arrived), *_operation(after).read(after, wrap)[1], **node.params))
        return shares if len(shares) == 1 else [sum(shares[1:], shares[0])]


def pushed(node: Node, tangents: dict[Node, Any], given: Collection[Node], wrap: Wrap | None) -> list[tuple[int, Any]]:
    """The same forward: what tangents before the operands of `node` give for its own, by the rules in common."""
    op, found = _operation(node), []
    for (i, before), (_, push) in op.in_one_step.items():
        parent = node.parents[i]
        if (
            type(parent) is not Node
            or parent.op is not before
            or parent in given
            or node.shape not in ((), parent.shape)
        ):
            continue
        t = tangents.get(parent.parents[0])
        if t is not None and (wrap is None or type(t) in WRAP):
            found.append((i, push(wide(t), *op.read(node, wrap)[1], **parent.params)))
    return found


def _inside(a: Value, known: Any, dtype: Any) -> Value:
    """Probabilities in this dtype; where a gradient is not known, those that are 0 or 1 are the number beside that."""
    limits = np.finfo(float if dtype is None else dtype)
    least = float(limits.tiny) ** 0.75  # 1/a, and multiples of that, are in range
    return np.where(known, a, np.clip(a, least, 1 - float(limits.epsneg)))


def _vjp(node: Node, i: int, wrap: Wrap | None) -> Rule:
    op = _operation(node)
    rule = (op.vjps if wrap is None else op.recorded[0])[i]
    assert rule is not None
    return rule


def _operation(node: Node) -> Op:
    assert node.op is not None
    return node.op
