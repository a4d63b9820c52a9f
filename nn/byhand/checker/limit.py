"""A limit on the time that a function of somebody else's may take."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN = 0.5  # seconds after which a function that caught TooLong is stopped again


class TooLong(BaseException):
    """The time is over. Not an Exception, so that `except Exception` in the function does not catch it."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise TooLong in this block when its time is over; None is no limit.

    It is the system's alarm that interrupts, which only reaches the main thread, and does not exist on Windows: there
    is no limit elsewhere. An alarm that was set before goes off at its time, or right after the block.
    """
    if seconds is None or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    start = time.monotonic()
    before = signal.signal(signal.SIGALRM, _stop)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - start), 1e-3), interval)


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooLong
