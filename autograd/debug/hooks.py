"""Hooks: functions that a Tensor's gradient passes through whenever a sweep has completed it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.fitting import fit
from autograd.core.modes import STANDING, Observer
from autograd.core.node import Node
from autograd.core.types import Value
from autograd.errors import ShapeError, describe
from autograd.extend.validate import hooked

Hook = Callable[[Any], Any]


class Hooks(Observer):
    """Calls the hooks of each node that a sweep visits. One that returns None has only looked.

    What a hook raises reaches the user as it is, and ends the sweep; every .grad stays as it was before.
    """

    def visit(self, node: Node, g: Value) -> Value:
        """See autograd.core.modes.Observer."""
        for hook in hooks_of(node):
            result = hooked(hook, g, node.name or str(node))
            if result is not None and np.shape(result) != node.shape:
                raise ShapeError(
                    f"A hook on {node.name or node} must return a gradient of its shape {node.shape}; "
                    f"it returned {describe(result)}."
                )
            g = g if result is None else fit(result, node.shape, node.dtype)
        return g


HOOKS = Hooks()


def hooks_of(node: Node) -> list[Hook]:
    """The hooks of a node."""
    return list(getattr(node, "hooks", {}).values())


def add_hook(node: Node, hook: Hook) -> Callable[[], None]:
    """Give a node one more; returns the function that removes it.

    Each node keeps its own. So a hook that refers to its Tensor, as many do, goes with it.
    """
    if HOOKS not in STANDING:  # from the first hook on, every sweep asks
        STANDING.append(HOOKS)
    if not hasattr(node, "hooks"):
        node.hooks = {}
    hooks, ticket = node.hooks, object()  # the same function may be given twice
    hooks[ticket] = hook

    def remove() -> None:
        hooks.pop(ticket, None)

    return remove
