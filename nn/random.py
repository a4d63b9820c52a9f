"""The generator that layers draw from while they run, as Dropout its masks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

from nn import init

_CURRENT: ContextVar[np.random.Generator | None] = ContextVar("nn generator", default=None)


def current() -> np.random.Generator:
    """The generator of the innermost `seeded` block, or else nn's own."""
    return _CURRENT.get() or init.generator(None)


@contextmanager
def seeded(seed: int | np.random.Generator) -> Iterator[np.random.Generator]:
    """Within this block layers draw from a generator of their own: the same seed gives the same masks.

    >>> import numpy as np, nn
    >>> layer, X = nn.Dropout(keep_prob=0.5), np.ones((2, 3))
    >>> with nn.random.seeded(0):
    ...     first = layer(X)
    >>> with nn.random.seeded(0):
    ...     bool((layer(X) == first).all())
    True
    """
    token = _CURRENT.set(np.random.default_rng(seed))
    try:
        yield current()
    finally:
        _CURRENT.reset(token)
