"""One seed for all that is random in a run: starting values, masks, the order of the samples."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nn import init, random


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Within this block nn's own generators start from the seed; afterwards they go on as if nothing had been drawn.

    >>> import nn
    >>> from nn.seeds import seeded
    >>> with seeded(1):
    ...     first = nn.Linear(2, 1)
    >>> with seeded(1):
    ...     bool((nn.Linear(2, 1).W.data == first.W.data).all())
    True
    """
    before: Any = init.generator(None)
    init.seed(seed)
    try:
        with random.seeded(seed):
            yield
    finally:
        init.seed(before)  # a generator goes on as it is
