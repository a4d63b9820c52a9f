"""The two sweeps over a recorded graph: `reverse` (gradients) and `forward` (tangents), once each.

Both run the rules on plain arrays, or on what `wrap` makes of them: on Tensors, which records the sweep itself as a
graph, or on Terms, which gives its formulas. `wrap(x, operand)` is asked for all that a rule reads: x is a value or,
where the rule reads no more, a shape; the operand a Node, or else the constant itself.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from autograd.core.fitting import fit
from autograd.core.modes import Observer, listeners, observing
from autograd.core.node import Node, ancestors, reaching
from autograd.core.op import WRAP
from autograd.core.steps import OneStep, Sent, pushed
from autograd.core.types import Value, Wrap


def reverse(
    root: Node,
    seed: Any,
    *,
    targets: Collection[Node] | None = None,
    through: bool = True,
    keep: bool = False,
    wrap: Wrap | None = None,
    observers: tuple[Observer, ...] = (),
) -> dict[Node, Any]:
    """Carry the gradient `seed` of `root` back; returns the gradients of `targets` (default: of every leaf).

    Each node is visited after all of its consumers, newest first, so its gradient is complete when it is passed on.
    Only nodes on a path to a target are visited; with `through=False` the sweep ends at them, so that what it finds for
    one target does not contain what flows to it by way of another. With `keep` the gradients of all nodes are returned.
    """
    observers = (*observing(), *observers)
    visits, edges = (listeners(observers, "visit"), listeners(observers, "edge")) if observers else ((), ())
    nodes = ancestors(root, leaves=targets is not None)
    active = None if targets is None else reaching(nodes, targets)
    ends = frozenset(() if targets is None else targets)
    grads: dict[Node, Any] = {root: seed}
    steps: dict[Node, OneStep] = {}  # at nodes that have a rule in common with what comes after them
    for node in reversed(nodes):
        op = node.op
        if op is None or node not in grads:
            continue
        g, step = grads[node], steps.pop(node, None) if steps else None
        if step is not None and hasattr(node, "hooks"):
            g = step.shown(node, g, wrap)
        arrived = g
        for visit in visits:
            g = grads[node] = visit(node, g)
        if node in ends:
            if not through:
                continue
        elif not keep:
            del grads[node]
        if op.both is not None and node.dtype is None and wrap is None and not edges:
            p, q = node.parents
            if type(p) is type(q) is Node and p.dtype is q.dtype is None and (active is None or {p, q} <= active):
                # Sums and products of numbers. Without these lines a sweep over a graph of numbers takes 1.6 × as long.
                s, t = op.both(g, node.out, *node.inputs)
                grads[p] = grads[p] + s if p in grads else s
                grads[q] = grads[q] + t if q in grads else t
                continue
        if step is None or (active is not None and node.parents[0] not in active):
            shares = op.pullback(node, g, active, wrap)
        else:
            shares = step.pullback(node, g, g is not arrived, active, wrap)
        for i, share in enumerate(shares):
            if share is None:
                continue
            parent, fitted = node.parents[i], share
            if type(share) is not float or parent.dtype is not None:
                fitted = fit(share, parent.shape, parent.dtype, g if parent.op is None or parent in ends else None)
            # A new sum each time, never `+=`: a rule may return the same array for both operands, as add's does.
            before = grads.get(parent)
            grads[parent] = total = fitted if before is None else before + fitted
            for edge in edges:
                edge(node, i, g, share, fitted, total)
            rules = op.in_one_step.get((i, parent.op)) if op.in_one_step else None
            if rules is not None and node.shape in ((), parent.shape) and (wrap is None or type(g) in WRAP):
                steps.setdefault(parent, OneStep(before)).sent.append(Sent(rules[0], node, i, g))
            elif steps and parent in steps:
                steps[parent].add_rest(fitted)
    for visit in visits:
        grads |= {node: visit(node, g) for node, g in grads.items() if node.op is None}
    return grads


def forward(
    root: Node, tangents: dict[Node, Any], *, wrap: Wrap | None = None, observers: tuple[Observer, ...] = ()
) -> Value:
    """Carry tangents of some nodes forward; returns the tangent of `root`, or None where it depends on none of them."""
    given, tangents = tangents, dict(tangents)
    observers = (*observing(), *observers)
    tells, visits = listeners(observers, "pushed"), listeners(observers, "tangent")
    for node in ancestors(root):
        if node.op is None or node in tangents:
            continue
        parts = pushed(node, tangents, given, wrap) if node.op.in_one_step else []
        parts += node.op.pushforward(node, tangents, wrap, bool(tells), [i for i, _ in parts])
        for i, part in parts:
            for tell in tells:
                tell(node, i, tangents[node.parents[i]], part)
            part = fit(part, node.shape, node.dtype)
            tangents[node] = tangents[node] + part if node in tangents else part
        for visit in visits if parts else ():
            tangents[node] = visit(node, tangents[node])
    return tangents.get(root)
