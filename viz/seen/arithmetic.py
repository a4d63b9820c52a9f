"""The arithmetic of one entry: an X-ray of a number, `dW1[2,0] = dZ1[2,0]·X[0,0] + dZ1[2,1]·X[0,1] = 0.12·0.5 + …`.

What each step makes of arrays is taken apart into entries by `cells.py`. What an entry was computed from can be opened
in turn, down to parameters and data: of a value the step that computes it, of a gradient its contributions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd import Node
from autograd.core.op import OPS
from autograd.read import Term, local, rule
from autograd.read.printing.text import Text
from viz.seen import jacobian
from viz.seen.cells import Cell, EntryWriter, agree, cells, objects, opaque, walk
from viz.seen.entries import FEW, of_contribution_by_operation
from viz.seen.places import Slot
from viz.seen.steps import Compute, Contribute
from viz.seen.sums import Sums
from viz.seen.text import number as signed

if TYPE_CHECKING:
    from viz.seen.story import Story

LONGEST = 400  # numbers in one formula
_LEAF = re.compile(r"⟦(\d+):(\d+)⟧")
_ARRAY = re.compile(r"(d?)⟪(n\d+)⟫")
PLACE = re.compile(r"⟦(\d+)⟧")


class Dotted(Text):
    """Text in which what is multiplied has a dot between."""

    beside = "·"
    dot = "·"
    star = "·"


DOTTED = Dotted()


class Ref(NamedTuple):
    """An entry of a value or of a gradient, by its place, counted row by row."""

    slot: Slot
    place: int


@dataclass(frozen=True)
class Entry:
    """How one entry was computed.

    form    its formula, with ⟦0⟧, ⟦1⟧ … in place of the entries that it was computed from
    refs    these entries; there may be more of them than the formula names
    short   the formula with sums written by Σ, and names in place; None where it has none that are long
    cell    the same as a number that remembers how it was computed
    """

    form: str
    refs: tuple[Ref, ...]
    short: str | None
    cell: Any


def arithmetic(story: Story, step: int, few: int = FEW) -> list[Entry] | None:
    """How each entry was computed that a step makes, in order; None where there are too many, or a value was not kept.

    few   how many entries an array may have
    """
    told = story.steps[step]
    if not isinstance(told, (Compute, Contribute)) or not story.origins:
        return None
    node, position = story.origins[step]
    result = told.contribution if isinstance(told, Contribute) else told.value
    if result is None or np.size(result) > few:
        return None
    if any(x is None or np.size(x) > few for x in (*story.places.operands(node), getattr(told, "incoming", 0.0))):
        return None
    reading = _Reading(story)
    with np.errstate(all="ignore"):
        made = np.broadcast_to(reading.made(told, node, position), np.shape(result))
    return [reading.entry(cell) for cell in reading.checked(made, result, told).ravel()]


class _Reading:
    """Writes the entries of one step, and knows what they refer to."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.slots: dict[Slot, int] = {}
        self._leaves: dict[str, tuple[int, tuple[int, ...]]] = {}
        self._sums = Sums(self._leaves.get, self._named)

    def made(self, told: Compute | Contribute, node: Node, position: int) -> np.ndarray[Any, Any]:
        """The entries of a step as Cells."""
        assert node.op is not None
        if isinstance(told, Compute) and node.op.function not in OPS:  # what only rules can be asked of
            return self.by_derivatives(told, node)
        try:
            term = self.term(told, node, position)
        except Exception:  # a rule of the user's, which takes nothing but arrays, may raise anything
            return self.by_jacobian(told, node, position)
        return cells(term, self.leaf)

    def term(self, told: Compute | Contribute, node: Node, position: int) -> Any:
        """The formula of the whole step; what it is of is called by its vertex."""

        def name(operand: Any) -> str | None:
            id = self.story.places.id_of(operand, node)
            return None if self.story.graph[id].role == "number" else f"⟪{id}⟫"

        if isinstance(told, Contribute):
            return rule(node, position, name, told.incoming)
        known = zip(node.parents, self.story.places.operands(node), strict=True)
        return local(node, name, {p: value for p, value in known if isinstance(p, Node)} | {node: told.value})

    def leaf(self, s: Term, place: int) -> Cell:
        """An entry of an array that has a name."""
        slot = Slot(name_of(s.name), s.gradient)
        number = self.slots.setdefault(slot, len(self.slots))
        name, shape = f"⟦{number}:{place}⟧", np.shape(s.value)
        if name not in self._leaves:
            self._leaves[name] = number, tuple(map(int, np.unravel_index(place, shape))) if shape else ()
        return Cell(np.ravel(s.value)[place].item(), name)

    def by_jacobian(self, told: Compute | Contribute, node: Node, position: int) -> np.ndarray[Any, Any]:
        """What a gradient gives is linear in it: the sum of its entries, each times a derivative."""
        assert isinstance(told, Contribute)
        g = Term(told.incoming, f"⟪{told.node}⟫", gradient=True)
        given = [self.leaf(g, place) for place in range(np.size(told.incoming))]
        made = np.empty(np.shape(told.contribution), object)
        flat = made.reshape(-1)
        for place, column in enumerate(of_contribution_by_operation(self.story, node, position)):
            flat[place] = sum((w * c for w, c in zip(column.tolist(), given, strict=True) if w), 0.0)
        return flat.reshape(made.shape)

    def by_derivatives(self, told: Compute | Contribute, node: Node) -> np.ndarray[Any, Any]:
        """Of each entry only what it depends on."""
        assert node.op is not None
        values = self.story.places.operands(node)
        moving, rows = jacobian.of_operation(node.op, values, node.params)
        ids = [self.story.places.id_of(node.parents[i], node) for i in moving]
        whole = f"{node.op.name}({', '.join(self.story.called(Slot(id, False)) for id in ids)})"
        made = []
        for place, row in enumerate(rows):
            read = [
                self.leaf(Term(values[i], f"⟪{id}⟫"), int(k))
                for i, id, derivative in zip(moving, ids, row, strict=True)
                if derivative is not None
                for k in np.flatnonzero(np.ravel(derivative))
            ]
            made.append(opaque(whole, np.shape(told.arrived), place, np.ravel(told.arrived)[place].item(), read))
        return objects(np.shape(told.arrived), made)

    def checked(self, made: np.ndarray[Any, Any], result: Any, told: Compute | Contribute) -> np.ndarray[Any, Any]:
        """The entries, each as it is where it is what was recorded; of one that is not, or is too long, only that."""
        flat = np.empty(made.size, object)
        for place, (cell, value) in enumerate(zip(made.ravel(), np.ravel(result).tolist(), strict=True)):
            one = objects((1,), [cell])
            long = isinstance(cell, Cell) and _length(cell) > LONGEST
            known = not long and agree(one, np.array([value], np.asarray(result).dtype))
            flat[place] = cell if known else self._only(cell, value, place, np.shape(result), told)
        return flat.reshape(made.shape)

    def _only(self, cell: Any, value: Any, place: int, shape: tuple[int, ...], told: Compute | Contribute) -> Any:
        leaves = [s for s in walk(cell) if s.name is not None]
        what = told.noun if isinstance(told, Compute) else f"what {told.noun} makes of {told.called}"
        return opaque(f"({what})", shape, place, value, leaves)

    def entry(self, cell: Any) -> Entry:
        """What is told of one entry."""
        if not isinstance(cell, Cell):
            return Entry(signed(cell), (), None, cell)
        slots = list(self.slots)
        text = self._told(EntryWriter(DOTTED)(cell))
        refs: dict[Ref, int] = {}

        def numbered(match: re.Match[str]) -> str:
            return f"⟦{refs.setdefault(Ref(slots[int(match[1])], int(match[2])), len(refs))}⟧"

        form = _LEAF.sub(numbered, text)
        for s in walk(cell):  # what an opaque entry was computed from is not in its formula
            if s.name is not None and (leaf := _LEAF.fullmatch(s.name)):
                numbered(leaf)
        short = self._sums.shortened(cell)
        return Entry(form, tuple(refs), short and self._told(short), cell)

    def _told(self, text: str) -> str:
        """A formula with whole arrays by their names."""
        return _ARRAY.sub(lambda match: self.story.called(Slot(match[2], bool(match[1]))), text)

    def _named(self, name: str, index: Sequence[str]) -> str:
        """An entry of which some indices are letters."""
        return labelled(self.story.called(list(self.slots)[self._leaves[name][0]]), index)


def name_of(name: str | None) -> str:
    """The id of the vertex that a Term is called by here."""
    return (name or "").strip("⟪⟫")


def labelled(name: str, index: Sequence[Any]) -> str:
    """An entry by the name of its array: W1[2,0].

    >>> labelled("W1", (2, 0)), labelled("w·x + 1", (0,)), labelled("J", ())
    ('W1[2,0]', '(w·x + 1)[0]', 'J')
    """
    if not index:
        return name
    simple = re.fullmatch(r"[\w.]+(\[[^][]*\])?|d?\([^()]*\)", name)
    return f"{name if simple else f'({name})'}[{','.join(map(str, index))}]"


def with_entries(form: str, words: Callable[[int], str]) -> str:
    """A formula with what stands for its entries put in."""
    return PLACE.sub(lambda match: words(int(match[1])), form)


def in_numbers(form: str, values: Sequence[Any]) -> str:
    """A formula with numbers in place of entries; one with a sign is put in parentheses where it has to be.

    >>> in_numbers("⟦0⟧·⟦1⟧ + ⟦0⟧", [2.0, -0.5]), in_numbers("tanh(⟦0⟧)", [-1.0]), in_numbers("⟦0⟧²", [-1.0])
    ('2.0·(−0.5) + 2.0', 'tanh(−1.0)', '(−1.0)²')
    """

    def word(match: re.Match[str]) -> str:
        text = signed(values[int(match[1])])
        before, after = form[: match.start()][-1:], form[match.end() :][:1]
        bare = before in ("", "(") and after in ("", ")", " ", "·", "/")
        return text if bare or text[0].isdecimal() else f"({text})"

    return PLACE.sub(word, form)


def _length(cell: Cell) -> int:
    """How many numbers its formula has, with what occurs several times counted as often."""
    sizes: dict[int, int] = {}
    for s in walk(cell):
        sizes[id(s)] = 1 if s.name is not None else sum(sizes.get(id(x), 1) for x in s.operands)
    return sizes[id(cell)]
