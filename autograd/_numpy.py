"""Which NumPy chalkgrad runs on. It is imported first: an older NumPy is refused in words, not by a missing name.

Why older ones are refused is in docs/dependencies.md; pip learns the same number from setup.cfg.
"""

from __future__ import annotations

import numpy as np

OLDEST = (2, 3)


def require(version: str) -> None:
    """Raises ImportError unless this version of NumPy, such as "2.4.1", is new enough."""
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise ImportError(
            f"chalkgrad needs NumPy {oldest} or newer, but got NumPy {version}. "
            f'Install a newer one: python -m pip install "numpy>={oldest}".'
        )


require(np.__version__)
