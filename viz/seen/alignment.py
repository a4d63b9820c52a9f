"""Two stories side by side: which values they have in common, and which of their steps belong together.

Values are the same where they are called the same in the same part of the whole, however they are computed:
A1 = tanh(Z1) and A1 = relu(Z1). One without a name is the same where it is computed by the same operation from the
same; and where the operation was replaced, what stands between the same steps in both stories belongs together.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from viz.seen.steps import Step
from viz.seen.story import Story
from viz.seen.text import number

_MOST = 50_000_000  # pairs of items that are looked at, beside those that both begin and end with: some seconds
_NUMBERED = re.compile(r"v\d+")  # a name that a value was given because it has none


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in both stories.

    left, right   how many steps of each have been applied
    common        whether the last step of the one belongs to that of the other; else only one of them has moved
    note          how the two differ there, in words; "" where they do not
    """

    left: int
    right: int
    common: bool
    note: str = ""


@dataclass(frozen=True, eq=False)
class Alignment:
    """Two stories, aligned.

    pairs     {id: id} of the values that they have in common
    moments   all places, in the order in which one slider passes them; the first is before the first steps
    """

    left: Story
    right: Story
    pairs: dict[str, str]
    moments: tuple[Moment, ...]

    @property
    def common(self) -> int:
        """How many steps they have in common."""
        return sum(moment.common for moment in self.moments[1:])


def aligned(left: Story, right: Story) -> Alignment:
    """Align two stories, in time that grows as their size where they have much in common."""
    pairs = _pairs(left, right)
    return Alignment(left, right, pairs, (Moment(0, 0, True), *_moments(left, right, pairs)))


# --- values -----------------------------------------------------------------------------------------------------------


def _pairs(left: Story, right: Story) -> dict[str, str]:
    """The values that are the same in both."""
    numbers: dict[Hashable, int] = {}
    first, second = _identities(left, numbers), _identities(right, numbers)
    found = {number: id for id, number in second.items()}
    pairs = {id: found[number] for id, number in first.items() if number in found}
    return pairs | dict(_replaced(left, right, pairs))


def _identities(story: Story, numbers: dict[Hashable, int]) -> dict[str, int]:
    """For each value a number, which stands for what makes it the one that it is: its name, or how it was computed.

    numbers   those that were given before; the same value of another story gets the same
    """
    graph = story.graph
    made_by = {e.target: e.source for e in graph.edges if e.position is None}
    operands: defaultdict[str, list[str]] = defaultdict(list)
    for e in sorted((e for e in graph.edges if e.position is not None), key=lambda e: e.position or 0):
        operands[e.target].append(e.source)
    identities: dict[str, int] = {}
    seen: Counter[Hashable] = Counter()
    for v in graph:
        if v.kind != "value":
            continue
        name, operation = story.names.get(v.id, v.name or ""), made_by.get(v.id)
        key: Hashable
        if v.role == "output":
            key = "output"  # where both end, whatever they are called
        elif name and not _NUMBERED.fullmatch(name):
            key = "named", v.scope, name
        elif operation is not None:
            key = "made", v.scope, graph[operation].name, tuple(identities[id] for id in operands[operation])
        else:
            key = "constant", v.scope, v.role, str(v.value) if v.role == "number" else v.shape
        seen[key] += 1
        identities[v.id] = numbers.setdefault((key, seen[key]), len(numbers))
    return identities


def _replaced(left: Story, right: Story, pairs: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Values that are left over on both sides and stand at the same place: their operation was replaced by another."""
    back = {other: id for id, other in pairs.items()}
    results = [[v for v in story.graph if v.kind == "value" and v.role == "result"] for story in (left, right)]
    keys = [
        [v.id if v.id in pairs else v.shape for v in results[0]],
        [back.get(v.id, v.shape) for v in results[1]],
    ]
    for i, j in _longest(*keys):
        if results[0][i].id not in pairs:
            yield results[0][i].id, results[1][j].id


# --- steps ------------------------------------------------------------------------------------------------------------


def _moments(left: Story, right: Story, pairs: dict[str, str]) -> Iterator[Moment]:
    """The places of both after the beginning. What only one of them does comes before what they do together."""
    same = {other: id for id, other in pairs.items()}
    keys = _keys(left, lambda id: id), _keys(right, lambda id: same.get(id, f"right {id}"))
    i = j = 0
    for a, b in [*_longest(*keys), (len(left), len(right))]:
        yield from (Moment(k, j, False) for k in range(i + 1, a + 1))
        yield from (Moment(a, k, False) for k in range(j + 1, b + 1))
        if a < len(left):
            yield Moment(a + 1, b + 1, True, _note(left, right, left.steps[a], right.steps[b]))
        i, j = a + 1, b + 1


def _keys(story: Story, called: Callable[[str], str]) -> list[Hashable]:
    """What each step does, to which values, and which of several such steps it is; `called` gives the values' ids in
    the left story."""
    seen: Counter[Hashable] = Counter()
    keys: list[Hashable] = []
    for step in story.steps:
        what = step.phase, called(step.node), called(step.changes)
        seen[what] += 1
        keys.append((what, seen[what]))
    return keys


def _longest(first: Sequence[Hashable], second: Sequence[Hashable]) -> Iterator[tuple[int, int]]:
    """Places of equal items that come in the same order in both."""
    start = _alike(first, second)
    end = min(_alike(first[::-1], second[::-1]), len(first) - start, len(second) - start)
    yield from ((k, k) for k in range(start))
    between = first[start : len(first) - end], second[start : len(second) - end]
    if len(between[0]) * len(between[1]) <= _MOST:
        for a, b, size in SequenceMatcher(None, *between, autojunk=False).get_matching_blocks():
            yield from ((start + a + k, start + b + k) for k in range(size))
    yield from ((len(first) - k, len(second) - k) for k in range(end, 0, -1))


def _alike(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """How many items the two begin with in common."""
    return next((k for k, (a, b) in enumerate(zip(first, second)) if a != b), min(len(first), len(second)))


def _note(left: Story, right: Story, one: Step, other: Step) -> str:
    """How two steps that belong together differ."""
    operations = [s.graph[x.operation].name if x.operation else None for s, x in ((left, one), (right, other))]
    said = [] if operations[0] == operations[1] else [f"{operations[0]} on the left, {operations[1]} on the right"]
    return "; ".join([*said, *_difference(one.arrived, other.arrived)])


def _difference(one: Any, other: Any) -> list[str]:
    """How far two arrays are apart, in words; nothing where they are equal, or were not kept."""
    if one is None or other is None:
        return []
    if np.shape(one) != np.shape(other):
        return [f"shape {np.shape(one)} on the left, {np.shape(other)} on the right"]
    if np.array_equal(one, other, equal_nan=True):
        return []
    with np.errstate(all="ignore"):
        apart = np.abs(np.subtract(one, other, dtype=float))
    return [
        f"they differ by up to {number(np.max(apart))}" if np.isfinite(apart).all() else "they differ in nan or inf"
    ]
