"""An X-ray of one number: its arithmetic, and that of the numbers in it, down to parameters and data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import index as integer
from typing import Any

import numpy as np

from autograd import Constant, IndexingError, Node, Tensor
from autograd.printable import printable
from viz.errors import ArgumentError
from viz.seen.arithmetic import Entry, Ref, in_numbers, labelled, with_entries
from viz.seen.places import Slot
from viz.seen.story import Story
from viz.seen.text import number as signed

LONG = 60  # characters of what stands on one line before numbers are left to the next
SHOWN = 6  # numbers that are listed; of more, the first ones
_ROLES = {"parameter": "a parameter", "data": "data", "number": "a number of the program"}


@dataclass(frozen=True)
class Part:
    """One step of the arithmetic: how a value was computed, or one contribution to a gradient.

    step      its number in the story, from 1 on
    title     what the step does
    value     what it makes of this entry
    formula   how, in the names of arrays, and short where sums are long
    numbers   the same with all numbers
    operands  the numbers that it was computed from
    """

    step: int
    title: str
    value: Any
    formula: str
    numbers: str
    operands: tuple[Number, ...]


@dataclass(frozen=True)
class Number:
    """One entry of a value, or of its gradient, and where it comes from.

    story   in which it is computed
    ref     which entry it is
    """

    story: Story
    ref: Ref

    @property
    def name(self) -> str:
        """As dW1[2,0]."""
        return labelled(self.story.called(self.ref.slot) or signed(self.value), self.index)

    @property
    def index(self) -> tuple[int, ...]:
        """Its place in its array."""
        shape = self.story.shape(self.ref.slot)
        return tuple(int(i) for i in np.unravel_index(self.ref.place, shape)) if shape else ()

    @property
    def value(self) -> Any:
        """What it is; None where the value was not kept."""
        value = self.story.value(self.ref.slot)
        return None if value is None else np.ravel(value)[self.ref.place].item()

    @property
    def is_leaf(self) -> bool:
        """Whether it was not computed: a parameter, data, a number, or the gradient that the sweep starts with."""
        return not self.parts

    @property
    def origin(self) -> str:
        """What it is if it was not computed, in words."""
        if self.ref.slot.gradient:
            return "where the sweep starts"
        return _ROLES.get(self.story.graph[self.ref.slot.vertex].role, "")

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The step that computes it; of a gradient, each contribution to it."""
        return tuple(self._parts())

    @property
    def operands(self) -> tuple[Number, ...]:
        """The numbers that it was computed from, each once."""
        return tuple(dict.fromkeys(x for part in self.parts for x in part.operands))

    def open(self, position: int) -> Number:
        """The X-ray of the number at a position among its operands."""
        if not 0 <= position < len(self.operands):
            raise ArgumentError(
                f"{self.name} was computed from {len(self.operands)} numbers, but got the position {position}. "
                "Count them from 0, as .operands has them."
            )
        return self.operands[position]

    def text(self, depth: int = 1) -> str:
        """Its arithmetic, and that of what it was computed from, so many levels down."""
        return printable_tree(self, depth)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<X-ray of {printable(self.name)}>"

    def __hash__(self) -> int:
        return hash((id(self.story), self.ref))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Number) and self.story is other.story and self.ref == other.ref

    def _parts(self) -> Iterator[Part]:
        for step in self.story.made_by.get(self.ref.slot, []):
            told = self.story.steps[step]
            entries = self.story.arithmetic(step)
            if told.phase == "seed":
                continue
            made = getattr(told, "contribution", told.arrived)
            value = None if made is None else np.ravel(made)[self.ref.place].item()
            if entries is None:
                yield Part(step + 1, told.title, value, f"({told.title}: too large to be taken apart)", "", ())
            else:
                yield self._part(step, told.title, value, entries[self.ref.place])

    def _part(self, step: int, title: str, value: Any, entry: Entry) -> Part:
        operands = tuple(Number(self.story, ref) for ref in entry.refs)
        names = with_entries(entry.form, lambda i: operands[i].name)
        numbers = in_numbers(entry.form, [x.value for x in operands])
        return Part(step + 1, title, value, entry.short or names, numbers, operands)


def number_of(story: Story, of: Any, index: Any = (), which: str | None = None) -> Number:
    """The entry of a Tensor, an array or a name, at an index.

    which   "value" or "gradient"; by default the gradient of a parameter, and the value of everything else
    """
    id = _vertex(story, of)
    vertex = story.graph[id]
    if which not in (None, "value", "gradient"):
        raise ArgumentError(f'which= must be "value" or "gradient", but got {which!r}.')
    if which == "gradient" and not vertex.wants_grad:
        raise ArgumentError(
            f"{vertex.name or 'This value'} has no gradient: it is {_ROLES[vertex.role]}. Ask for its value."
        )
    gradient = which == "gradient" if which else vertex.role == "parameter"
    slot = Slot(id, gradient)
    if story.value(slot) is None:
        raise ArgumentError(f"{story.called(slot)} is not known: its value was not kept, or nothing flowed to it.")
    return Number(story, Ref(slot, _place(story, slot, index)))


def _vertex(story: Story, of: Any) -> str:
    if isinstance(of, str):
        found = [v.id for v in story.graph if v.kind == "value" and v.name == of]
        if not found:
            names = ", ".join(dict.fromkeys(v.name for v in story.graph if v.kind == "value" and v.name))
            raise ArgumentError(f"No value is called {of!r}. There are: {printable(names)}.")
        return found[-1]
    if isinstance(of, Tensor) and isinstance(of.node, Node) and of.node in story.graph.value_ids:
        return story.graph.value_ids[of.node]
    held = of.node if isinstance(of, Tensor) else of
    for (node, i), edge in story.graph.operand_edges.items():
        operand = node.parents[i]
        if operand is held or (isinstance(operand, Constant) and operand.out is held):
            return edge.source
    kind = "Tensor" if isinstance(of, Tensor) else type(of).__name__
    raise ArgumentError(
        f"This {kind} is not part of the graph of {story.title or 'the story'}. Give one that is, or a name."
    )


def _place(story: Story, slot: Slot, index: Any) -> int:
    shape = story.shape(slot)
    given = index if isinstance(index, tuple) else (index,)
    try:
        entry = tuple(integer(i) for i in given)
        fits = len(entry) == len(shape) and all(-n <= i < n for i, n in zip(entry, shape, strict=True))
    except TypeError:
        fits = False
    if not fits:
        raise IndexingError(
            f"An X-ray is of one entry: {printable(story.called(slot))} has shape {shape}, but got the index "
            f"{index!r}. Give {len(shape)} integer{'' if len(shape) == 1 else 's'} within it."
        )
    return int(np.ravel_multi_index(tuple(i % n for i, n in zip(entry, shape, strict=True)), shape)) if shape else 0


# --- in plain text ----------------------------------------------------------------------------------------------------


def lines(number: Number) -> list[str]:
    """Its own arithmetic, a line for each part."""
    value = signed(number.value)
    if number.is_leaf:
        return [f"{number.name} = {value}   {number.origin}".rstrip()]
    found = []
    for part in number.parts:
        own = "?" if part.value is None else signed(part.value)
        head = number.name if len(number.parts) == 1 else f"step {part.step} adds"
        numbers = "" if part.numbers in (own, "") else f" = {part.numbers}"
        found.append(f"{head} = {part.formula}{numbers} = {own}")
    return found if len(found) == 1 else [f"{number.name} = {value}, from {len(found)} contributions", *found]


def printable_tree(number: Number, depth: int) -> str:
    """Its arithmetic with that of its operands indented below, so many levels down; each is told once."""
    told: set[Number] = set()
    rows: list[str] = []
    waiting = [(number, 0)]
    while waiting:
        one, level = waiting.pop()
        if one in told:
            continue
        told.add(one)
        own = lines(one)
        rows += ["  " * level + own[0], *("  " * (level + 1) + line for line in own[1:])]
        if level < depth:
            waiting += [(x, level + 1) for x in reversed(one.operands)]
    return "\n".join(map(printable, rows))
