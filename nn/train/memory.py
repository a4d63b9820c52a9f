"""Memory of large arrays that a process keeps, rather than give it back and take it anew at each step."""

from __future__ import annotations

from functools import cache

import numpy as np

_LARGEST = 32 * 1024**2 - 64 * 1024  # bytes of a block up to which glibc adapts, see below


@cache
def keep_freed_memory() -> None:
    """Let glibc keep the memory of arrays up to 32 MiB that are freed, once for the process.

    It gives blocks beyond a threshold, at first 128 KiB, back to the system when they are freed; the next step takes
    them again, a page at a time, which costs a third of the step of a network with 100,000 parameters. The threshold
    rises to the largest block of that kind that was freed (M_MMAP_THRESHOLD in mallopt(3)), so one is. It is never
    written to, so it takes up no memory. Other C libraries do not mind.
    """
    np.empty(_LARGEST, np.uint8)
