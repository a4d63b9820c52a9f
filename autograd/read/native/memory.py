"""Where what lies between the steps of a region is in memory.

What is not needed at the same time shares it: an array that is written elementwise takes the place of one that is
read there for the last time, and other arrays lie in one block, taken for each call.
"""

from __future__ import annotations

from collections.abc import Collection

from autograd.read.native.steps import Nest, Plan, Short, bytes_of
from autograd.read.term import Term

ALIGNED = 64  # bytes: a line of the cache


class Layout:
    """The memory of a plan.

    successor   what is written over an array, when that has just been read for the last time
    offsets     in the block, of each array that is in it and takes nobody's place, in the order of their use
    size        of the block, in bytes
    """

    def __init__(self, plan: Plan, results: Collection[Term]) -> None:
        self.plan, self.results = plan, set(results)
        self.last = self._last_uses()
        self.successor: dict[Term, Term] = {}
        for i, step in enumerate(plan.steps):
            if isinstance(step, Nest) and step.shape:
                self._hand_on(step, i)
        self.offsets, self.size = self._block()

    def home(self, s: Term) -> Term:
        """The array whose memory it has: at last a result, or one in the block."""
        while s in self.successor:
            s = self.successor[s]
        return s

    def _last_uses(self) -> dict[Term, int]:
        """The last step that reads each array."""
        last: dict[Term, int] = {}
        for i, step in enumerate(self.plan.steps):
            last.update({view.base: i for view in step.views()})
        return last

    # --- in the place of another --------------------------------------------------------------------------------------

    def _hand_on(self, nest: Nest, i: int) -> None:
        """Memory of arrays that are not needed behind a nest, to those that it writes."""
        free = self._free_after(nest, i)
        for s in (entry.term for entry in nest.entries if entry.term in self.plan.kept):
            fitting = next((base for base in free if base.dtype == s.dtype), None)
            if fitting is not None:
                free = [x for x in free if x is not fitting]  # Terms answer == with a Term
                self.successor[fitting] = s

    def _free_after(self, nest: Nest, i: int) -> list[Term]:
        """The arrays between steps that this nest is the last to read, and reads only where it writes."""
        reads: dict[Term, bool] = {}
        for part in nest.parts:
            for view, _ in part.reads(nest.shape):
                here = not isinstance(part, Short) and nest.is_local(view, {view.base})
                reads[view.base] = reads.get(view.base, True) and here
        return [x for x, here in reads.items() if here and self._is_free(x, i)]

    def _is_free(self, x: Term, i: int) -> bool:
        place, last = self.plan.place, self.last
        return x in place and place[x] < i == last[x] and x not in self.results and x not in self.successor

    # --- in the block -------------------------------------------------------------------------------------------------

    def _block(self) -> tuple[dict[Term, int], int]:
        """The offsets, and the size: the largest first, each at the first place where nothing else is meanwhile."""
        spans = self._spans()
        ends: dict[Term, int] = {}
        offsets: dict[Term, int] = {}
        for s in sorted(spans, key=lambda s: (-bytes_of(s), spans[s])):
            size = -(-max(bytes_of(s), 1) // ALIGNED) * ALIGNED
            (start, end), at = spans[s], 0
            meanwhile = [t for t in offsets if spans[t][0] <= end and start <= spans[t][1]]
            for t in sorted(meanwhile, key=lambda t: offsets[t]):
                if at + size <= offsets[t]:
                    break
                at = max(at, ends[t])
            offsets[s], ends[s] = at, at + size
        return {s: offsets[s] for s in sorted(spans, key=lambda s: spans[s])}, max(ends.values(), default=0)

    def _spans(self) -> dict[Term, tuple[int, int]]:
        """From which step to which each array of the block is needed, with all that it takes the place of."""
        spans: dict[Term, tuple[int, int]] = {}
        for s, written in self.plan.place.items():
            home = self.home(s)
            if s in self.plan.kept and s.shape and home not in self.results:
                first, end = spans.get(home, (len(self.plan.steps), 0))
                begun = self.plan.begun.get(s, written)
                spans[home] = min(first, begun), max(end, self.last.get(s, written))
        return spans
