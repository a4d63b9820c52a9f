"""The two sweeps over a recorded graph: `reverse` (gradients) and `forward` (tangents), once each.

Both run the rules on plain arrays, or, when `wrap` is given, on Tensors, which records the sweep itself as a graph.
`wrap(value, node)` makes such a Tensor; it is handed in, since this file knows no Tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, Protocol

import numpy as np

from autograd.node import Node, ancestors, reaching
from autograd.op import VALUE, settle

Wrap = Callable[[Any, Node], Any]


class Watcher(Protocol):
    """Somebody who looks on: told of every edge, in the order of the sweep."""

    def edge(self, node: Node, position: int, incoming: Any, contribution: Any, fitted: Any, total: Any) -> None:
        """`node` (whose gradient is `incoming`) sent `contribution` to its operand `position`.

        `fitted` is the contribution in the operand's shape and dtype, `total` what the operand has received by now.
        """


def reverse(
    root: Node,
    seed: Any,
    *,
    targets: Collection[Node] | None = None,
    wrap: Wrap | None = None,
    watch: Watcher | None = None,
    keep: bool = False,
) -> dict[Node, Any]:
    """Carry the gradient `seed` of `root` back; returns the gradients of `targets` (default: of every leaf).

    Each node is visited after all of its consumers, newest first, so its gradient is complete when it is passed on.
    Only nodes on a path to a target are visited. With `keep`, each visited node's `grad` is set.
    """
    nodes = ancestors(root)
    active = None if targets is None else reaching(nodes, targets)
    grads: dict[Node, Any] = {root: seed}
    for node in reversed(nodes):
        op = node.op
        if op is None or node not in grads:
            continue
        g = grads[node] if targets is not None and node in targets else grads.pop(node)
        if keep:
            node.grad = g
        out, inputs, params, vjps = node.out, node.inputs, node.params, op.vjps
        if wrap is not None:
            out, inputs = _wrapped(node, wrap)
        for i, parent in enumerate(node.parents):
            if type(parent) is not Node or (active is not None and parent not in active):
                continue
            vjp = vjps[i]
            if vjp is None:
                continue
            contribution = vjp(g, out, *inputs, **params) if params else vjp(g, out, *inputs)
            fitted = contribution
            if type(fitted) is not float or parent.dtype is not None:
                fitted = fit(fitted, parent.shape, parent.dtype)
                if parent.op is None and wrap is None and (contribution is g or fitted.base is not None):
                    fitted = fitted.copy()  # what a leaf is given is its own, not a view or somebody else's gradient
            # A new sum each time, never `+=`: a rule may return the same array for both operands, as add's does.
            grads[parent] = total = grads[parent] + fitted if parent in grads else fitted
            if watch is not None:
                watch.edge(node, i, g, contribution, fitted, total)
    return grads


def forward(root: Node, tangents: dict[Node, Any], *, wrap: Wrap | None = None) -> Any:
    """Carry tangents of some nodes forward; returns the tangent of `root`, or None where it depends on none of them."""
    tangents = dict(tangents)
    for node in ancestors(root):
        op = node.op
        if op is None or node in tangents:
            continue
        out, inputs = (node.out, node.inputs) if wrap is None else _wrapped(node, wrap)
        total = None
        for i, parent in enumerate(node.parents):
            if type(parent) is not Node or parent not in tangents or op.pushes[i] is None:
                continue
            part = fit(op.pushes[i](tangents[parent], out, *inputs, **node.params), node.shape, node.dtype)  # type: ignore[misc]
            total = part if total is None else total + part
        if total is not None:
            tangents[node] = total
    return tangents.get(root)


def fit(g: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """`g` in exactly this shape and dtype: what broadcasting repeated is summed, what was summed is repeated.

    The one place where this happens. Works on arrays and on Tensors alike. dtype None stands for a Python float.
    """
    if isinstance(g, float):  # a Python or NumPy float, the gradient of a scalar
        if dtype is None:
            return float(g)
        filled = np.empty(shape, dtype)
        filled.fill(g)
        return filled
    if g.shape != shape:
        g = _summed(g, shape)
        if g.shape != shape:
            g = np.broadcast_to(g, shape)
    if dtype is None:
        return float(g) if isinstance(g, (np.ndarray, np.generic)) else g
    if g.dtype != dtype:
        g = g.astype(dtype)
    return settle(g) if isinstance(g, np.generic) else g


def _summed(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes that broadcasting from `shape` has added or repeated."""
    added = g.ndim - len(shape)
    repeated = tuple(i + added for i, n in enumerate(shape) if n == 1 != g.shape[i + added]) if added >= 0 else ()
    if added > 0 or repeated:
        g = g.sum(axis=tuple(range(added)) + repeated, keepdims=True)
        if added > 0:
            g = g.reshape(g.shape[added:])
    return g


def _wrapped(node: Node, wrap: Wrap) -> tuple[Any, tuple[Any, ...]]:
    """What the rule of `node` reads, as Tensors that stand in the graph."""
    assert node.op is not None
    out = None if node.out is None else wrap(node.out, node)
    reading = node.op.reading(len(node.parents))
    inputs = tuple(
        wrap(x, p) if reads == VALUE and type(p) is Node else x
        for x, p, reads in zip(node.inputs, node.parents, reading, strict=True)
    )
    return out, inputs
