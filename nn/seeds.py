"""One seed for all that is random in a run: starting values, masks, the order of the samples."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from nn import init, random


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Within this block, and this thread, layers draw from generators of that seed: their starting values, if they have
    no seed of their own, and what they draw while they run.

    >>> import nn
    >>> from nn.seeds import seeded
    >>> with seeded(1):
    ...     first = nn.Linear(2, 1)
    >>> with seeded(1):
    ...     bool((nn.Linear(2, 1).W.data == first.W.data).all())
    True
    """
    with init.seeded(seed), random.seeded(seed):
        yield
