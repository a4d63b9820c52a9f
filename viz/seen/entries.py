"""Which entries each entry was computed from: those of the operands, and in the backward pass of the gradient that
arrives, by which it has a derivative that is not zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd import Node
from viz.seen import jacobian
from viz.seen.places import Slot
from viz.seen.steps import Compute, Contribute

if TYPE_CHECKING:
    from viz.seen.story import Story

FEW = 100  # entries of an array of which each is shown
MOST = 20_000  # entries of a whole story of which it is told


@dataclass(frozen=True)
class Reads:
    """What the entries of one result were computed from: for each slot, and each entry of the result in order, the
    places of the entries in the slot, counted row by row. Slots of more than a hundred entries are left out."""

    slots: dict[Slot, list[list[int]]]


def reads(story: Story, step: int) -> Reads | None:
    """What each entry of a step's result was computed from; None where it is a single number, or has too many entries,
    or where a value was not kept."""
    told = story.steps[step]
    result = told.contribution if isinstance(told, Contribute) else told.arrived
    several = isinstance(told, (Compute, Contribute)) and bool(story.origins)
    if not several or result is None or np.size(result) > FEW:
        return None
    node, position = story.origins[step]
    if isinstance(told, Contribute):
        slots, rows = _of_contribution(story, node, position, told)
    else:
        slots, rows = _of_operation(story, node)
    few = [k for k, slot in enumerate(slots) if slot is not None and np.size(story.value(slot)) <= FEW]
    found: dict[Slot, list[list[int]]] = {slots[k]: [] for k in few}  # type: ignore[misc]
    for row in rows:
        here: dict[Slot, set[int]] = {slot: set() for slot in found}
        for k in few:
            if row[k] is not None:
                here[slots[k]].update(np.flatnonzero(np.ravel(row[k])).tolist())  # type: ignore[index]
        for slot, places in here.items():
            found[slot].append(sorted(places))
    return Reads({slot: lists for slot, lists in found.items() if any(lists)})


def _of_operation(story: Story, node: Node) -> tuple[list[Slot | None], Iterator[list[Any]]]:
    assert node.op is not None
    operands = story.places.operands(node)
    moving, rows = jacobian.of_operation(node.op, operands, node.params)
    return [Slot(story.places.id_of(node.parents[i], node), False) for i in moving], rows


def _of_contribution(
    story: Story, node: Node, position: int, step: Contribute
) -> tuple[list[Slot | None], Iterator[list[Any]]]:
    gradient = Slot(step.node, True)
    try:
        read, rows = jacobian.of_rule(node, position, step.incoming)
    except Exception:  # a rule of the user's, which takes nothing but arrays, may raise anything
        return [gradient], ([column] for column in of_contribution_by_operation(story, node, position))
    return [gradient if operand is None else Slot(story.places.id_of(operand, node), False) for operand in read], rows


def of_contribution_by_operation(story: Story, node: Node, position: int) -> Iterator[np.ndarray[Any, Any]]:
    """For each entry that a contribution has, its derivatives by the gradient that arrives. It is linear in that, by
    the Jacobian of the operation, transposed."""
    assert node.op is not None
    moving, rows = jacobian.of_operation(node.op, story.places.operands(node), node.params)
    forward = np.array([np.ravel(row[moving.index(position)]) for row in rows])
    yield from forward.T
