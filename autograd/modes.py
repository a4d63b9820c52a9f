"""What is recorded, and how carefully: `no_grad`, and the switches that looking needs.

The mode is a context variable, so that threads and asyncio tasks do not disturb one another. `None` is the ordinary
mode; the hot path asks only whether it is that.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

_HOUSE = os.path.dirname(os.path.abspath(__file__))


@dataclasses.dataclass(frozen=True)
class Mode:
    """record: operations are recorded; lines: each recorded operation keeps the user's file and line."""

    record: bool = True
    lines: bool = False


MODE: ContextVar[Mode | None] = ContextVar("autograd mode", default=None)


@contextmanager
def switched(**changes: bool) -> Iterator[None]:
    """Run the body with some switches of the current mode changed."""
    mode = dataclasses.replace(MODE.get() or Mode(), **changes)
    token = MODE.set(None if mode == Mode() else mode)
    try:
        yield
    finally:
        MODE.reset(token)


def no_grad() -> AbstractContextManager[None]:
    """Within this block, or a function decorated with it, nothing is recorded: results are constants.

    >>> import autograd as ag
    >>> x = ag.Tensor(3.0, name="x")
    >>> with ag.no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False
    """
    return switched(record=False)


def record_lines() -> AbstractContextManager[None]:
    """Within this block every recorded operation keeps the file and line of the user's code that called it.

    >>> import autograd as ag
    >>> x = ag.Tensor(3.0)
    >>> with ag.record_lines():
    ...     y = x * x
    >>> y.node.line[1]  # the line within this example
    2
    """
    return switched(lines=True)


def user_line() -> tuple[str, int] | None:
    """File and line of the innermost frame that is neither the engine's nor NumPy's."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(_HOUSE) and f"{os.sep}numpy{os.sep}" not in name:
            return name, frame.f_lineno
        frame = frame.f_back  # type: ignore[assignment]
    return None
