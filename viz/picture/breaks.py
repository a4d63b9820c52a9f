"""Where a wide picture is cut into rows, as text is set in lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDE = 3.2  # a picture that is so many times wider than high is cut, unless it fits into
SCREEN = 1000.0  # points
WANTED = 1.7  # how wide a page or a screen is
ROW_GAP = 34.0  # points between two rows
CUT = 0.3  # where in a gap: what stands at the head of an arrow is in the next row


@dataclass(frozen=True)
class Breaks:
    """A picture from `left` to `right` that may be cut at some places.

    gaps     the places, from the left
    extent   between which heights there is something from one place to another
    """

    gaps: Sequence[float]
    left: float
    right: float
    extent: Callable[[float, float], tuple[float, float]]

    def best(self) -> list[float]:
        """The gaps to cut at; none if that is best.

        >>> Breaks([500.0, 900.0, 1500.0], 0.0, 2000.0, lambda left, right: (0.0, 300.0)).best()
        [900.0]
        """
        low, high = self.extent(self.left, self.right)
        width, height = self.right - self.left, high - low
        if width < max(WIDE * height, SCREEN) or not self.gaps:
            return []
        found: list[list[float]] = [[]]
        for count in range(1, len(self.gaps) + 1):
            found.append(self._even(count))
            if count * height > width:
                break
        return min(found, key=self.unlike_a_page)

    def _even(self, count: int) -> list[float]:
        """At most so many of the gaps, those by which the widest row is as narrow as it can be."""
        narrow, wide = 0.0, self.right - self.left
        while wide - narrow > 1:
            middle = (narrow + wide) / 2
            if self._filled(middle, count) is None:
                narrow = middle
            else:
                wide = middle
        return self._filled(wide, count) or []

    def _filled(self, width: float, count: int) -> list[float] | None:
        """Where rows of at most this width are cut, each filled from the left; None where they are too many."""
        cuts: list[float] = []
        start, ends = self.left, [*self.gaps, self.right]
        while start + width < self.right:
            fitting = [x for x in ends if start < x <= start + width]
            if not fitting or len(cuts) == count:
                return None
            start = fitting[-1]
            cuts.append(start)
        return cuts

    def unlike_a_page(self, cuts: Sequence[float]) -> float:
        """0 of a picture that has the shape of a page; the more, the wider or higher it is."""
        return abs(math.log(self.shape(cuts) / WANTED))

    def shape(self, cuts: Sequence[float]) -> float:
        """How many times wider than high the picture is that is cut there."""
        edges = [self.left, *cuts, self.right]
        widest = max(right - left for left, right in pairwise(edges))
        heights = [high - low for low, high in (self.extent(*ends) for ends in pairwise(edges))]
        return widest / (sum(heights) + ROW_GAP * len(cuts))
