"""Which NumPy chalkgrad runs on. It is imported first: an older NumPy is refused in words, not by a missing name.

Why older ones are refused is in docs/dependencies.md; pip learns the same number from setup.cfg.
"""

from __future__ import annotations

from contextlib import suppress

import numpy as np

OLDEST = (2, 3)
_ALLOCATED_AT_ONCE = 31 << 20  # bytes; of more than 32 MB glibc learns nothing


def require(version: str) -> None:
    """Raises ImportError unless this version of NumPy, such as "2.4.1", is new enough."""
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise ImportError(
            f"chalkgrad needs NumPy {oldest} or newer, but got NumPy {version}. "
            f'Install a newer one: python -m pip install "numpy>={oldest}".'
        )


def keep_freed_memory() -> None:
    """Let what one training step frees be there for the next.

    glibc gives freed memory back to the system where more is freed than it has ever seen freed in one piece, and the
    next step waits for each page anew: at a network of 784-128-10 up to 300 times, a tenth of its time. So it is shown
    a large piece, which nobody writes to. On other systems, or where MALLOC_… in the environment decides, nothing comes
    of it.
    """
    with suppress(MemoryError):
        np.empty(_ALLOCATED_AT_ONCE, np.uint8)


require(np.__version__)
keep_freed_memory()
