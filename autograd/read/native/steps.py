"""What a region in C is made of: nests of loops, what is computed and gathered in them, and products by BLAS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

from autograd.read.native.views import View, without_gaps
from autograd.read.notation.native import TOTAL, Gathering, Placing
from autograd.read.term import Term


@dataclass(eq=False)
class Entry:
    """An elementwise step; `operands` are views and plain numbers."""

    term: Term
    operands: list[Any]

    def reads(self, shape: tuple[int, ...]) -> Iterator[tuple[View, tuple[int, ...]]]:
        """What it reads, and with which strides, in a nest of this shape."""
        yield from ((x, x.onto(shape)) for x in self.operands if isinstance(x, View))


@dataclass(eq=False)
class Short(Entry):
    """An entry of a matrix product whose sums have few terms: the operands as views of (…, m, 1) and (…, 1, n).

    steps   how far apart the terms of the sum are, in each operand
    length  how many there are
    """

    steps: tuple[int, int]
    length: int

    def reads(self, shape: tuple[int, ...]) -> Iterator[tuple[View, tuple[int, ...]]]:
        """See Entry.reads; never the entry of the nest itself, even where it has the shape."""
        yield from ((x, x.onto(shape)) for x in self.operands)


@dataclass(eq=False)
class Fold:
    """A step that sums up, or finds the largest or smallest, over some axes of a nest.

    domain    the shape of the nest
    strides   of the result, over the domain: 0 along the axes that are summed over
    parts     for each accumulator where its result is, from there, and the operands of what is accumulated
    how       adds up, or looks for the largest or smallest
    """

    term: Term
    domain: tuple[int, ...]
    strides: tuple[int, ...]
    parts: list[tuple[int, list[View]]]
    how: Gathering = TOTAL

    def reads(self, shape: tuple[int, ...]) -> Iterator[tuple[View, tuple[int, ...]]]:
        """See Entry.reads."""
        yield from ((x, x.onto(shape)) for _, operands in self.parts for x in operands)


@dataclass(eq=False)
class Put:
    """Entries that are written into another array, each at its place.

    term      the array
    domain    the shape of the nest
    source    a view or a number
    strides   of the array, over the domain
    offset    where in it the first one goes
    how       whether the rest is 0, and whether they are added
    """

    term: Term
    domain: tuple[int, ...]
    source: Any
    strides: tuple[int, ...]
    offset: int
    how: Placing

    def reads(self, shape: tuple[int, ...]) -> Iterator[tuple[View, tuple[int, ...]]]:
        """See Entry.reads."""
        if isinstance(self.source, View):
            yield self.source, self.source.onto(shape)


@dataclass(eq=False)
class Gemm:
    """A matrix product by BLAS, for each index of the axes before the last two."""

    term: Term
    left: View
    right: View

    def views(self) -> Iterator[View]:
        """All that is read."""
        yield from (self.left, self.right)


@dataclass(eq=False)
class Nest:
    """Loops over a shape."""

    shape: tuple[int, ...]
    entries: list[Entry] = field(default_factory=list)
    folds: list[Fold] = field(default_factory=list)
    puts: list[Put] = field(default_factory=list)

    @property
    def parts(self) -> list[Entry | Fold | Put]:
        """All that is done."""
        return [*self.entries, *self.folds, *self.puts]

    def views(self) -> Iterator[View]:
        """All that is read."""
        yield from (view for part in self.parts for view, _ in part.reads(self.shape))

    def is_local(self, view: View, local: set[Term]) -> bool:
        """Whether it is the entry of the nest itself of something that is computed there."""
        return view.base in local and view.base.shape == self.shape and not view.offset and _is_identity(view, self)


def _is_identity(view: View, nest: Nest) -> bool:
    return view.onto(nest.shape) == without_gaps(nest.shape)


@dataclass
class Plan:
    """The steps in order, and what is read of memory.

    steps    nests and products
    place    the number of the step by which a Term is complete
    begun    of those that several steps write, the number of the first
    kept     what has to be in memory, since a later step reads it, or as a result
    """

    steps: list[Nest | Gemm] = field(default_factory=list)
    place: dict[Term, int] = field(default_factory=dict)
    begun: dict[Term, int] = field(default_factory=dict)
    kept: set[Term] = field(default_factory=set)


def bytes_of(s: Term) -> int:
    """The memory that it takes."""
    return prod(s.shape) * s.dtype.itemsize
