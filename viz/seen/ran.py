"""What ran while a function was called: its variables, which are gone when it has returned, and the functions in it."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import CodeType, FrameType
from typing import Any

from autograd.callers import user_frame

MOST = 500  # calls whose variables are kept
_LIBRARY = tuple({sysconfig.get_paths()[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")})


class Ran(AbstractContextManager["Ran"]):
    """Watches the user's functions within a block, by Python's hook for profilers; a profiler that is there goes on.

    codes   of the functions that were called

    >>> def f():
    ...     inner = 3
    ...     return inner
    >>> with Ran() as ran:
    ...     f()
    3
    >>> ran.variables, [code.co_name for code in ran.codes]
    ([{'inner': 3}], ['f'])
    """

    def __init__(self) -> None:
        self.codes: dict[CodeType, None] = {}
        self._kept: list[Mapping[str, Any]] = []
        self._other: Callable[..., Any] | None = None

    @property
    def variables(self) -> list[Mapping[str, Any]]:
        """What the variables of each call were when it returned, those of the outermost first."""
        return self._kept[::-1]

    def __enter__(self) -> Ran:
        self._other = sys.getprofile()
        sys.setprofile(self._told)
        return self

    def __exit__(self, *error: Any) -> None:
        sys.setprofile(self._other)

    def _told(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "return" and _is_users(frame):
            self.codes[frame.f_code] = None
            self._kept = [*self._kept[1 - MOST :], dict(frame.f_locals)]
        if self._other is not None:
            self._other(frame, event, argument)


def _is_users(frame: FrameType) -> bool:
    code = frame.f_code
    library = code.co_filename.startswith((*_LIBRARY, "<frozen"))
    return user_frame(frame) is frame and not library and not code.co_name.startswith("<")
