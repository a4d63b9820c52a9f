"""Arrays that are files: read a piece at a time, where all of them would not fit into memory."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from typing import Any

import numpy as np

PIECE = 1 << 23  # bytes


def is_on_disk(A: Any) -> bool:
    """Whether an array is a memory map of a file, or a view of one.

    >>> is_on_disk(np.ones(3))
    False
    """
    while A is not None:
        if isinstance(A, (np.memmap, mmap.mmap)):
            return True
        A = getattr(A, "base", None)
    return False


def pieces(A: Any) -> Iterator[Any]:
    """The columns of an array, in parts of about 8 MB."""
    m = A.shape[-1]
    size = max(1, PIECE // max(1, A.nbytes // max(m, 1)))
    for start in range(0, m, size):
        yield A[..., start : start + size]
