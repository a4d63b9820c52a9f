"""record_lines(): where an operation was called, as the file and line of the user's code."""

from __future__ import annotations

import sys
from typing import Any

from autograd.callers import user_frame
from autograd.core.modes import Observer, Switched
from autograd.core.node import Node
from autograd.core.types import Value


class LineRecorder(Observer):
    """Gives every recorded operation its line."""

    def recorded(self, node: Node | None, what: str, operands: Any, raws: Any, out: Value) -> None:
        """See autograd.core.modes.Observer."""
        if node is not None:
            node.line = user_line()


def record_lines() -> Switched:
    """Within this block every recorded operation keeps the file and line of the user's code that called it.

    >>> import autograd as ag
    >>> x = ag.Tensor(3.0)
    >>> with ag.record_lines():
    ...     y = x * x
    >>> y.node.line[1]  # the line within this example
    2
    """
    return Switched(observer=LineRecorder())


def user_line() -> tuple[str, int] | None:
    """File and line of the innermost frame that is neither of these packages nor NumPy's."""
    frame = user_frame(sys._getframe(1))
    return None if frame is None else (frame.f_code.co_filename, frame.f_lineno)
