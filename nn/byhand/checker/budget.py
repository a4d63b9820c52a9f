"""Budget: how long the search for what is wrong may go on. What is found by then is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

Clock = Callable[[], float]


@dataclass
class Budget:
    """Seconds, from now on.

    >>> now = 0.0
    >>> whole = Budget(2.0, lambda: now)
    >>> part = whole.part(0.5)
    >>> now = 1.0
    >>> part.spent, whole.spent, whole.part(5.0).until
    (True, False, 2.0)
    """

    seconds: float
    clock: Clock = time.thread_time  # what others do on the machine does not count
    until: float = field(init=False)

    def __post_init__(self) -> None:
        self.until = self.clock() + self.seconds

    @property
    def spent(self) -> bool:
        """Whether the time is over."""
        return self.clock() > self.until

    def part(self, seconds: float) -> Budget:
        """So many seconds of it, or what is left."""
        left = max(0.0, self.until - self.clock())
        return Budget(min(seconds, left), self.clock)
