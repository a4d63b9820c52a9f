"""What is known after each step: the values, the gradients and how complete they are, what was just done, what is next.

A step changes one value or one gradient. So all frames together are kept as one short list for each value, of when it
changed (`Timeline`), and a frame is looked up in them. That is linear in the number of steps, in memory and as JSON,
and any frame is reached at once: going forward, going back and jumping cannot differ.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from viz.seen.graph import Graph
from viz.seen.steps import Step


class Change(NamedTuple):
    """Something is known once so many steps have been applied; `value` is None where it was not kept."""

    since: int
    value: Any


@dataclass(slots=True)
class Timeline:
    """When a value becomes known, and each contribution to its gradient."""

    value: Change | None = None
    gradient: list[Change] = field(default_factory=list)


class Gradient(NamedTuple):
    """A gradient so far.

    value        the sum of what has arrived
    turn, turns  how many contributions have arrived, and how many there will be
    """

    value: Any
    turn: int
    turns: int

    @property
    def complete(self) -> bool:
        """Whether all contributions have arrived."""
        return self.turn == self.turns


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What is known after `position` steps.

    phase       of the step that was just applied: "forward", "seed" or "backward"; "start" before the first
    values      {id: value} of what is known; None where a value was not kept
    gradients   {id: Gradient} of what has received a contribution
    now, next   the step that was just applied, and the one that comes next; None at either end
    """

    position: int
    phase: str
    values: dict[str, Any]
    gradients: dict[str, Gradient]
    now: Step | None
    next: Step | None


class Frames(Sequence[Frame]):
    """The frames of a story: one more than it has steps.

    timelines    {id: Timeline} of each value in the graph
    operations   the positions at which an operation is done with, for who steps by operations
    """

    def __init__(self, steps: Sequence[Step], graph: Graph) -> None:
        self._steps = steps
        self.timelines = _timelines(steps, graph)
        self.operations = [0, *(i for i, step in enumerate(steps, 1) if step.last)]

    def __len__(self) -> int:
        return len(self._steps) + 1

    def __getitem__(self, position: Any) -> Any:
        """The frame at a position; negative ones count from the end, a slice gives a list."""
        if isinstance(position, slice):
            return [self[i] for i in range(*position.indices(len(self)))]
        i = range(len(self))[position]
        now = self._steps[i - 1] if i else None
        return Frame(
            position=i,
            phase=now.phase if now else "start",
            values={id: t.value.value for id, t in self.timelines.items() if t.value and t.value.since <= i},
            gradients=dict(self._gradients(i)),
            now=now,
            next=self._steps[i] if i < len(self._steps) else None,
        )

    def _gradients(self, position: int) -> Iterable[tuple[str, Gradient]]:
        for id, timeline in self.timelines.items():
            turn = bisect_right(timeline.gradient, position, key=lambda change: change.since)
            if turn:
                yield id, Gradient(timeline.gradient[turn - 1].value, turn, len(timeline.gradient))


def _timelines(steps: Sequence[Step], graph: Graph) -> dict[str, Timeline]:
    """What no step computes is known from the start."""
    timelines = {v.id: Timeline() for v in graph if v.kind == "value"}
    for position, step in enumerate(steps, 1):
        timeline = timelines[step.changes]
        if step.phase == "forward":
            timeline.value = Change(position, step.arrived)
        else:
            timeline.gradient.append(Change(position, step.arrived))
    for id, timeline in timelines.items():
        timeline.value = timeline.value or Change(0, graph[id].value)
    return timelines
