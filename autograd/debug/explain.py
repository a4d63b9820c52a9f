"""The ledger of a gradient: one row for each use of a Tensor, and what that use has contributed."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

import numpy as np

from autograd.core.fitting import repeated_axes
from autograd.core.modes import Observer
from autograd.core.node import Constant, Node
from autograd.core.op import TRACED, by_numpy
from autograd.core.sweep import reverse
from autograd.core.types import Rule, Value
from autograd.debug.hooks import hooks_of
from autograd.debug.names import of
from autograd.errors import GraphError
from autograd.printable import printable


@dataclasses.dataclass(frozen=True)
class Row:
    """One contribution to a gradient.

    operation     what the Tensor went into, and under which name its result goes
    position      as which operand
    line          the user's file and line, if recorded (autograd.record_lines)
    incoming      the gradient of the operation's result
    local         for an elementwise operation, its local derivative; otherwise None
    summed        the axes along which broadcasting had repeated the Tensor, and which were summed away
    contribution  in the Tensor's shape
    """

    operation: str
    name: str | None
    position: int
    line: tuple[str, int] | None
    incoming: Any
    local: Any
    summed: tuple[int, ...]
    contribution: Any


@dataclasses.dataclass(frozen=True)
class Ledger:
    """The rows that add up to a gradient; prints as a table."""

    called: str
    grad: Any
    rows: list[Row]

    @property
    def total(self) -> Value:
        """The sum of all contributions: the gradient."""
        return sum((row.contribution for row in self.rows[1:]), self.rows[0].contribution) if self.rows else 0.0

    def __str__(self) -> str:
        n = len(self.rows)
        head = f"{printable(self.called)}.grad = {_shown(self.grad)}, from {n} contribution{'' if n == 1 else 's'}"
        return "\n".join([head, *(f"  {_line(row)}" for row in self.rows)])


def ledger(node: Node | Constant, called: str) -> Ledger:
    """The ledger of a node's gradient, by sweeping again what `backward()` has swept."""
    if type(node) is not Node or node.grad is None:
        raise GraphError(f"{called} has no gradient to explain; call backward() on what was computed from it first.")
    rows = _Rows(node)
    sweep = node.passes
    if sweep is None:
        raise GraphError(f"The gradient of {called} was set by hand, not found by backward(): nothing is known of it.")
    while sweep is not None:
        (reference, seed), sweep = sweep
        root = reference()
        if root is None:
            raise GraphError(f"The graph that the gradient of {called} came from is gone; keep the cost in a variable.")
        if root is node:
            rows.rows.append(Row("backward", None, 0, None, seed, None, (), seed))
        reverse(root, seed, observers=(rows,))
    if hooks_of(node):
        made = node.grad - Ledger(called, node.grad, rows.rows).total
        rows.rows.append(Row("hook", None, 0, None, node.grad - made, None, (), made))
    return Ledger(called, node.grad, rows.rows)


def still_there(passes: Any) -> Any:
    """The record of earlier passes, cut short where their graph is gone: who never clears a gradient pays nothing."""
    gone = passes is not None and passes[0][0]() is None
    return (passes[0], None) if gone else passes


class _Rows(Observer):
    """Writes down the edges that end in one node."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.rows: list[Row] = []

    def edge(self, node: Node, position: int, incoming: Value, contribution: Value, fitted: Any, total: Value) -> None:
        """See autograd.core.modes.Observer."""
        if node.parents[position] is not self.node:
            return
        assert node.op is not None
        local = None
        if node.op.kind == "elementwise":
            ones = 1.0 if isinstance(incoming, float) else np.ones_like(incoming)
            local = _local(cast(Rule, node.op.vjps[position]), ones, node)
        axes = repeated_axes(np.shape(contribution), self.node.shape)
        summed = (axes,) if isinstance(axes, int) else axes
        self.rows.append(Row(node.op.name, of(node), position, node.line, incoming, local, summed, fitted))


def _local(rule: Rule, ones: Any, node: Node) -> Value:
    try:
        return rule(ones, node.out, *node.inputs, **node.params)
    except ArithmeticError:
        return by_numpy(rule, (ones, node.out, *node.inputs), node.params)


def _line(row: Row) -> str:
    name = f" → {row.name}" if row.name else ""
    local = f" × local {_shown(row.local)}" if row.local is not None else ""
    summed = f", summed over axis {', '.join(map(str, row.summed))}" if row.summed else ""
    where = f"   {row.line[0]}:{row.line[1]}" if row.line else ""
    text = f"incoming {_shown(row.incoming)}{local}{summed} = {_shown(row.contribution)}"
    return printable(f"{row.operation + name:<10} {text}{where}")


def _shown(x: Value) -> str:
    """A number, a small array, or the shape of a larger one."""
    x = x.data if type(x) in TRACED else x
    if isinstance(x, float):
        return f"{x}" if abs(x) <= 1e6 and x == int(x) else f"{x:.6g}"
    plain = np.asarray(x)
    return (
        np.array2string(plain, precision=4, separator=", ").replace("\n", "")
        if plain.size <= 6
        else f"array {plain.shape}"
    )
