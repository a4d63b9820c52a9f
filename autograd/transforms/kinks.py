"""Tangents that are recorded, past a kink: what their next derivative is where the kink is smoothed out further on.

The tangent of |x| is t·sign(x). At 0 the derivative of sign(x) counts as 0, a convention for kinks. Where all that
follows multiplies this tangent by a factor that falls to 0 with the length, as in |x| @ |x|, there may be no kink, and
the next derivative has a limit, which is not 0. Where cancel.py has not divided the length out, it is not known: nan.
A sweep back meets the factor at the kink (special.unless_known); a sweep forward knows it only when it has arrived.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.core.modes import Observer, Switched, tracing
from autograd.core.node import Node, ancestors, reaching
from autograd.core.op import VALUE, WRAP
from autograd.core.sweep import forward, reverse
from autograd.core.types import Value
from autograd.rules.cancel import Twins, has_kink, recorded_value
from autograd.rules.special import undetermined
from autograd.tensor import wrap

MOST = 256  # entries of a tangent whose factors are told apart: each takes a sweep


def recorded_tangent(root: Node, tangents: dict[Node, Any]) -> Value:
    """The tangent of `root` as `forward` has it, recorded; None where it depends on none of those given."""
    seen = _Lengths()
    with Switched(observer=seen):  # a checkpointed piece on the way is swept within
        t = forward_recorded(root, tangents)
    left = list(_left(t, seen.lengths)) if seen.lengths and t is not None else []
    return t + _unknown(t, left) if left else t


def forward_recorded(root: Node, tangents: dict[Node, Any]) -> Value:
    """`forward`, recorded."""
    return forward(root, tangents, wrap=wrap, observers=(Twins(root, wrap),))


class _Lengths(Observer):
    """Keeps the tangent and the value of each result whose slope counts as 0 where it is 0."""

    def __init__(self) -> None:
        self.lengths: list[tuple[Any, Any]] = []

    def tangent(self, node: Node, t: Value) -> Value:
        """See autograd.core.modes.Observer."""
        if node.op is not None and node.op.kinked is not None and node.op.kind == "elementwise" and type(t) in WRAP:
            self.lengths.append((t, recorded_value(node, wrap)))
        return t


def _left(t: Value, lengths: list[tuple[Any, Any]]) -> Iterator[tuple[Node, Any]]:
    """The tangents of lengths that are 0 somewhere, where what t multiplies them by depends on a length."""
    recorded = [(tangent.node, length) for tangent, length in lengths if hasattr(tangent, "node")]
    at_kink = [(node, length) for node, length in recorded if tracing() or np.any(length == 0)]
    if not at_kink or type(t.node) is not Node:
        return
    nodes = ancestors(t.node)
    kinked = reaching(nodes, [n for n in nodes if has_kink(n)])
    known = set(nodes)
    for node, length in at_kink:
        if node in known and _multiplied(nodes, node, kinked):
            yield node, length


def _multiplied(nodes: list[Node], tangent: Node, kinked: set[Node]) -> bool:
    """Whether one of the factors of a tangent, on its way, is among the kinked."""
    way = reaching(nodes, [tangent])
    for n in way - {tangent}:
        assert n.op is not None
        for p, reads in zip(n.parents, n.op.reading(len(n.parents)), strict=True):
            if reads == VALUE and type(p) is Node and p not in way and p in kinked:
                return True
    return False


def _unknown(t: Value, left: list[tuple[Node, Any]]) -> Value:
    """0 for each entry of t; its derivative is nan where t multiplies the tangent of a length by 0 where that is 0."""
    if t.size > MOST:
        nodes = ancestors(t.node)
        return sum(_everywhere(t, nodes, tangent, undetermined(length, length == 0)) for tangent, length in left)
    entries = [_unknown_entry(t, seed, left) for seed in np.eye(t.size).reshape(t.size, *t.shape)]
    return np.reshape(np.stack(entries), t.shape)


def _everywhere(t: Value, nodes: list[Node], tangent: Node, unknown: Any) -> Value:
    """What is unknown of a length, in each entry of t that it may have gone into: where all is elementwise, its own."""
    way = reaching(nodes, [tangent]) - {tangent}
    own = unknown.shape == t.shape and all(n.op is not None and n.op.kind == "elementwise" for n in way)
    return unknown if own else np.sum(unknown)


def _unknown_entry(t: Value, seed: Any, left: list[tuple[Node, Any]]) -> Value:
    factors = reverse(t.node, seed.astype(t.dtype) if t.shape else float(seed), targets={node for node, _ in left})
    return sum(
        np.sum(undetermined(length, (length == 0) & (factors[node] == 0))) for node, length in left if node in factors
    )
