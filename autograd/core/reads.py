"""What a function reads off Tensors as plain values, where its gradient is cut: `.data`, `detach()`, `item()`, no_grad.

`grad` and its kin listen while they call a function, so that a derivative of 0 that comes of such a cut is not silent.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections import deque
from collections.abc import Collection
from contextvars import ContextVar
from typing import Any

from autograd.core.node import Node, ancestors
from autograd.errors import DisconnectedWarning

_HOUSE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class Reads:
    """The nodes whose values were read last. Older ones are forgotten: they would keep whole graphs alive."""

    def __init__(self, outer: Reads | None = None) -> None:
        self.nodes: deque[Node] = deque(maxlen=64)
        self.outer = outer

    def note(self, node: Any) -> None:
        """A value was read that a gradient could have flowed to."""
        if type(node) is Node:
            self.nodes.append(node)
            if self.outer is not None:
                self.outer.note(node)

    def cut(self, leaves: Collection[Node]) -> set[Node]:
        """Those of the leaves that something was read of, also by way of what was computed from them."""
        found: set[Node] = set()
        for node in self.nodes:
            found.update(ancestors(node))
        return found.intersection(leaves)


READS: ContextVar[Reads | None] = ContextVar("autograd reads", default=None)


def note_reading(node: Any) -> None:
    """Tell whoever listens that the value of a node was read."""
    reads = READS.get()
    if reads is not None:
        reads.note(node)


def warn_of_a_cut(message: str) -> None:
    """A DisconnectedWarning at the user's own line, once for each."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_HOUSE):
        level, frame = level + 1, frame.f_back
    warnings.warn(message, DisconnectedWarning, stacklevel=level)
