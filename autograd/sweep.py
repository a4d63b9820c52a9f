"""The two sweeps over a recorded graph: `reverse` (gradients) and `forward` (tangents), once each.

Both run the rules on plain arrays, or, when `wrap` is given, on what that makes of them: on Tensors, which records the
sweep itself as a graph, or on Symbols, which gives its formulas. `wrap(x, operand)` is asked for all that a rule reads:
x is a value or, where the rule reads no more, a shape; the operand a Node, or else the constant itself. It is handed
in, since this file knows neither Tensor nor Symbol.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any, Protocol, cast

import numpy as np
from numpy import ndarray

from autograd.cancel import smoothed, twins_of
from autograd.checked import check_share, check_tangent, hooked
from autograd.convert import HALF, narrower, wide
from autograd.errors import ShapeError, Undecided, describe
from autograd.modes import MODE
from autograd.node import HOOKS, Node, ancestors, reaching
from autograd.op import NOTHING, AtOnce, Rule, settle
from autograd.trouble import Suspicious, check_contribution

Wrap = Callable[[Any, Any], Any]


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
    keep: Any = None,
    through: bool = True,
) -> dict[Node, Any]:
    """Carry the gradient `seed` of `root` back; returns the gradients of `targets` (default: of every leaf).

    Each node is visited after all of its consumers, newest first, so its gradient is complete when it is passed on.
    Only nodes on a path to a target are visited; with `through=False` the sweep ends at them, so that what it finds for
    one target does not contain what flows to it by way of another. With `keep` (what to say of this sweep in
    `Node.passes`), each visited node's `grad` is set.
    """
    mode = MODE.get()
    if mode is not None and mode.anomaly:
        watch = Suspicious(watch)
    if mode is not None and mode.tracing is not None:
        watch = mode.tracing
    hooks = HOOKS if HOOKS.used else None
    everything = targets is None
    nodes = ancestors(root, leaves=not everything)
    active = None if targets is None else reaching(nodes, targets)
    twins = {} if wrap is None else twins_of(nodes)
    arrived: dict[Node, list[Any]] = {}
    grads: dict[Node, Any] = {root: seed}
    pop, get = grads.pop, grads.get
    for node in reversed(nodes):
        op = node.op
        if op is None:
            continue
        g = pop(node, None)
        if g is None:
            continue
        if hooks is not None:
            g = _hooked(node, g)
        if not everything and node in targets:  # type: ignore[operator]
            grads[node] = g
            if not through:
                continue
        if keep is not None:
            node.grad = g
            node.passes = keep
        if node.dtype is not None and node.dtype is not _FLOAT:  # rules count and add up
            g = wide(g)
        out, inputs, params, vjps = node.out, node.inputs, node.params, op.vjps
        if wrap is not None:
            (out, inputs), vjps = _wrapped(node, wrap), op.recorded[0]
            if node in twins:
                shares = arrived.setdefault(twins[node], [])
                shares.append(g)
                if twins[node] is node:  # the oldest, so the last to be visited
                    _mark(node, shares, out, inputs, grads, active)
        if node.dtype == HALF:
            out, inputs = wide(out), tuple(map(wide, inputs))
        if op.variadic:
            vjps, inputs, params = vjps.begin(inputs, params), (), {}  # type: ignore[attr-defined]
        plain = 0 if params else len(inputs)
        i = -1
        for parent in node.parents:
            i += 1
            if type(parent) is not Node or (active is not None and parent not in active):
                continue
            vjp = vjps[i]
            if vjp is None:
                continue
            try:
                if plain == 2:  # the calls of most rules are spelt out: they take less time than the last
                    contribution = vjp(g, out, inputs[0], inputs[1])
                elif plain == 1:
                    contribution = vjp(g, out, inputs[0])
                else:
                    contribution = vjp(g, out, *inputs, **params)
            except ArithmeticError:
                contribution = by_numpy(vjp, g, out, inputs, params)
            except Undecided as undecided:
                contribution = undecided.whole(f"{op.name}_vjp_{i}", vjp, (g, out, *inputs), params)
            fitted: Any = contribution
            if type(contribution) is float and parent.dtype is None:
                pass
            elif (
                type(contribution) is ndarray
                and contribution.dtype is parent.dtype
                and contribution.shape == parent.shape != ()
            ):
                if (parent.op is None or not everything) and (fitted is g or fitted.base is not None):
                    fitted = fitted.copy()  # what a user is given is its own: no view, nobody else's gradient
            else:
                if type(g) is float and in_single(contribution, parent.dtype):
                    contribution = by_numpy(vjp, g, out, inputs, params)
                if op.own:
                    check_share(node, i, g, contribution)
                fitted = fit(contribution, parent.shape, parent.dtype)
            # A new sum each time, never `+=`: a rule may return the same array for both operands, as add's does.
            total = get(parent)
            grads[parent] = total = fitted if total is None else total + fitted
            if watch is not None:
                watch.edge(node, i, g, contribution, fitted, total)
    if hooks is not None:
        grads = {node: _hooked(node, g) if node.op is None else g for node, g in grads.items()}
    return grads


def forward(
    root: Node, tangents: dict[Node, Any], *, wrap: Wrap | None = None, lengths: list[tuple[Any, Any]] | None = None
) -> Any:
    """Carry tangents of some nodes forward; returns the tangent of `root`, or None where it depends on none of them.

    `lengths` is given the tangent and the value of each result whose slope counts as 0 where it is 0: see kinks.py.
    """
    tangents = dict(tangents)
    mode = MODE.get()
    kinked = False  # whether an operation with a kink has been passed, in a sweep that is recorded: see cancel.py
    nodes = ancestors(root)
    twins = {} if wrap is None else twins_of(nodes)
    for node in nodes:
        op = node.op
        if op is None or node in tangents:
            continue
        if node in twins and twins[node] is not node:
            if twins[node] in tangents:
                tangents[node] = tangents[twins[node]]
            continue
        out, inputs = (node.out, node.inputs) if wrap is None else _wrapped(node, wrap)
        if node.dtype == HALF:
            out, inputs = wide(out), tuple(map(wide, inputs))
        kinked = kinked or (wrap is not None and op.kinked is not None)
        pushes = op.recorded[1] if kinked else op.pushes
        total = None
        if isinstance(pushes, AtOnce) and (mode is None or not mode.anomaly):
            known = [tangents.get(parent) if type(parent) is Node else None for parent in node.parents]
            if any(t is not None for t in known):
                found = pushes.all_of([wide(t) for t in known], *inputs, **node.params)
                tangents[node] = fit(found, node.shape, node.dtype)
            continue
        for i, parent in enumerate(node.parents):
            if type(parent) is not Node or parent not in tangents or pushes[i] is None:
                continue
            push, t = cast(Rule, pushes[i]), wide(tangents[parent])
            try:
                part = push(t, out, *inputs, **node.params)
            except ArithmeticError:
                part = by_numpy(push, t, out, inputs, node.params)
            except Undecided as undecided:
                part = undecided.whole(f"{op.name}_jvp_{i}", push, (t, out, *inputs), node.params)
            if type(t) is float and in_single(part, node.dtype):
                part = by_numpy(push, t, out, inputs, node.params)
            if mode is not None and mode.anomaly:
                check_contribution("tangent", node, node, i, t, part)
            if op.own:
                check_tangent(node, i, part)
            part = fit(part, node.shape, node.dtype)
            total = part if total is None else total + part
        if total is not None:
            tangents[node] = total
            if lengths is not None and op.kinked is not None and op.kind == "elementwise":
                lengths.append((total, op.function(*inputs, **node.params) if out is None else out))
    return tangents.get(root)


def _hooked(node: Node, g: Any) -> Any:
    """The gradient of a node after its hooks; one that returns None has only looked."""
    for hook in HOOKS.get(node):
        result = hooked(hook, g, node.name or str(node))
        if result is not None and np.shape(result) != node.shape:
            raise ShapeError(
                f"A hook on {node.name or node} must return a gradient of its shape {node.shape}; "
                f"it returned {describe(result)}."
            )
        g = g if result is None else fit(result, node.shape, node.dtype)
    return g


def _mark(node: Node, shares: list[Any], out: Any, inputs: tuple[Any, ...], grads: Any, active: Any) -> None:
    """Of a length that was computed several times, when the gradients of all of them have arrived: the next derivative
    by its operand is nan where there is a kink in each, but none in their sum.
    """
    parent, op = node.parents[0], node.op
    if type(parent) is not Node or (active is not None and parent not in active):
        return
    assert op is not None and op.kinked is not None
    length = op.function(*inputs, **node.params) if out is None else out
    smooth = smoothed(length, shares)
    if smooth is not None:
        marker = fit(op.kinked(length, smooth), parent.shape, parent.dtype)
        grads[parent] = grads[parent] + marker if parent in grads else marker


def by_numpy(rule: Rule, g: Any, out: Any, inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """The rule on NumPy's numbers: Python's raise at 1/0, where NumPy gives inf and a warning, and have no precision of
    their own beside narrower operands.
    """
    g, out, *inputs = (np.float64(x) if type(x) in (float, int) else x for x in (g, out, *inputs))  # type: ignore[assignment]
    return rule(g, out, *inputs, **params)


_FLOAT = np.dtype(float)


def in_single(g: Any, dtype: Any) -> bool:
    """Whether it was computed with fewer digits than this dtype has, that of a Python float if it is None."""
    return (dtype is None or dtype == _FLOAT) and narrower(g)


def fit(g: Any, shape: tuple[int, ...], dtype: Any) -> Any:
    """`g` in exactly this shape and dtype: what broadcasting repeated is summed, what was summed is repeated.

    The one place where this happens. Works on plain values and on Tensors alike. dtype None stands for a Python float.
    An array that does not fit as it stands gives a new one, which nobody else holds.
    """
    if type(g) is not ndarray and isinstance(g, (float, np.generic)):
        if not shape:
            return float(g) if dtype is None else dtype.type(g)
        filled = np.empty(shape, dtype)
        filled.fill(g)
        return filled
    if g.shape != shape:
        g = _summed(g, shape)
        if g.shape != shape:
            repeated = np.broadcast_to(g, shape)
            g = repeated.copy() if type(g) is ndarray else repeated
    wanted = _FLOAT if dtype is None else dtype
    if g.dtype is not wanted and g.dtype != wanted:
        g = g.astype(wanted)
    return g if shape else settle(g)


def _summed(g: Any, shape: tuple[int, ...]) -> Any:
    """Sum over the axes that broadcasting from `shape` has added or repeated."""
    axes = repeated(g.shape, shape)
    if axes != ():
        total = np.add.reduce if type(g) is np.ndarray else np.sum  # np.sum is equivalent, but takes longer
        g = total(g, axis=axes, keepdims=True)
    return g if g.ndim <= len(shape) else g.reshape(g.shape[g.ndim - len(shape) :])


@lru_cache(maxsize=4096)
def repeated(big: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...] | int:
    """The axes of `big` that broadcasting from `shape` has added or repeated."""
    added = len(big) - len(shape)
    if added < 0:
        return ()
    axes = tuple(range(added)) + tuple(i + added for i, n in enumerate(shape) if n == 1 != big[i + added])
    return axes if len(axes) != 1 else axes[0]  # a single axis is reduced faster when it is not in a tuple


def _wrapped(node: Node, wrap: Wrap) -> tuple[Any, tuple[Any, ...]]:
    """What the rule of `node` reads, as `wrap` makes it."""
    assert node.op is not None
    out = None if node.out is None else wrap(node.out, node)
    reading = node.op.reading(len(node.parents))
    inputs = tuple(
        x if reads == NOTHING else wrap(x, p) for x, p, reads in zip(node.inputs, node.parents, reading, strict=True)
    )
    return out, inputs
