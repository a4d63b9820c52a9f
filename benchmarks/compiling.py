"""What a worker does to time compiling: in a fresh process, with nothing that was built before."""

from __future__ import annotations

import os
import tempfile

import timing

CACHES = ("CHALKGRAD_CACHE", "TORCHINDUCTOR_CACHE_DIR")  # where libraries keep on the disk what they have built


def first(peer: str, network: str, dtype: str) -> dict[str, float]:
    """{"seconds"} until the peer has done its first step; its library and the data are loaded already."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= dict.fromkeys(CACHES, folder)
        return timing.first(peer, network, dtype)
