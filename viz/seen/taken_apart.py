"""The entries of all steps as JSON: what each was computed from, and its arithmetic; docs/story.md describes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from viz.seen.arithmetic import Entry
from viz.seen.cells import Cell
from viz.seen.entries import Reads, reads
from viz.seen.places import Slot

if TYPE_CHECKING:
    from viz.seen.story import Story

MOST = 30_000  # numbers that are computed for this in one story: about a second


class TakenApart:
    """Writes the entries of one step after the other, until there have been too many.

    forms      the formulas that entries have in common, with ⟦0⟧, ⟦1⟧ … in place of numbers
    left_out   the number of steps of which nothing is told
    """

    def __init__(self, story: Story) -> None:
        self.story = story
        self.forms: dict[str, int] = {}
        self.left_out = 0
        self._spent = 0

    def step(self, i: int) -> dict[str, Any] | None:
        """What is told of a step; None where its arrays are too large, or too much has been told."""
        if self.story.steps[i].phase == "seed":
            return None
        if self._spent > MOST:
            self.left_out += 1
            return None
        before = Cell.made
        entries, read = self.story.arithmetic(i), reads(self.story, i)
        self._spent += Cell.made - before + len(entries or ())
        if entries is None:
            self.left_out += 1
            return None
        slots: dict[Slot, int] = {}
        made = [self._entry(entry, slots) for entry in entries]
        found = self._reads(read, slots) if read else {}
        return {"slots": [[slot.vertex, slot.gradient] for slot in slots], "reads": found, "arithmetic": made}

    def _entry(self, entry: Entry, slots: dict[Slot, int]) -> list[Any]:
        refs = [n for ref in entry.refs for n in (slots.setdefault(ref.slot, len(slots)), ref.place)]
        made = [self.forms.setdefault(entry.form, len(self.forms)), refs]
        return made if entry.short is None else [*made, entry.short]

    def _reads(self, found: Reads, slots: dict[Slot, int]) -> dict[str, Any]:
        return {
            str(slots.setdefault(slot, len(slots))): _short(lists, self.story.size(slot))
            for slot, lists in found.slots.items()
        }


def _short(lists: Sequence[list[int]], size: int) -> str | list[list[int]]:
    """What is often the case in a word."""
    if size == len(lists) and all(places == [i] for i, places in enumerate(lists)):
        return "same"
    return "all" if all(places == list(range(size)) for places in lists) else list(lists)
