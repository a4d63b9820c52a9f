"""A sum, a largest or a smallest entry as C: what stands before, within and after the loops over which it is gathered.

A long sum is formed of blocks, and those are added up in pairs, so that its error grows as slowly as that of NumPy's.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from autograd.read.native.kinds import c_type
from autograd.read.native.plan import Fold
from autograd.read.native.views import View
from autograd.read.notation.style import ATOM, PRODUCT, SUM, Piece
from autograd.read.term import Term

if TYPE_CHECKING:
    from autograd.read.native.loops import NestWriter

BLOCK = 512  # entries that are summed up in strands


class FoldWriter:
    """What stands before, within and after the loops for one sum, largest or smallest entry.

    start   the first of the loops over which it is formed in variables; all later ones are summed over as well
    """

    def __init__(self, writer: NestWriter, fold: Fold) -> None:
        self.writer, self.fold = writer, fold
        loops = writer.loops
        reduced = [fold.strides[loop.axes[-1]] == 0 for loop in loops]
        self.start = len(loops)
        while self.start and reduced[self.start - 1]:
            self.start -= 1
        self.adds = any(reduced[: self.start])  # into memory, turn after turn of an outer loop
        self.alone = len(loops) - self.start <= 1
        self.entries = prod(loop.turns for loop in loops[self.start :])
        self.type = c_type(fold.term.dtype)
        self.values = [self._value(operands) for _, operands in fold.parts]
        base = small(fold.term)
        self.names = [writer.memory.new(base) for _ in fold.parts] if self.start < len(loops) else []
        self.suffix = "_f" if fold.term.dtype == np.float32 else ""
        self.nans = [writer.memory.new(f"{name}_nan") for name in self.names] if fold.how.wins else []
        self.sums = [writer.memory.new(f"{name}_sum") for name in self.names] if self.cascades else []

    def _value(self, operands: list[View]) -> Piece:
        pieces = [self.writer.read(x) for x in operands]
        if len(pieces) == 1:
            return pieces[0]
        left, right = (p.text if p.level >= PRODUCT + i else f"({p.text})" for i, p in enumerate(pieces))
        return Piece(f"{left} * {right}", PRODUCT)

    @property
    def cascades(self) -> bool:
        """Whether it is so long that blocks of it are added up in pairs."""
        return not self.fold.how.wins and self.entries > BLOCK

    def target(self, offset: int) -> str:
        """Where the result is."""
        term = self.fold.term
        if not term.shape:
            return self.writer.memory.number(term)
        return self.writer.at(self.writer.memory.array(term), self.fold.strides, offset)

    def before(self) -> list[str]:
        """In front of all loops."""
        term = self.fold.term
        lines = [] if term.shape else [f"{self.type} {self.writer.memory.number(term)};"]
        if self.adds and term.shape:
            first = self.fold.how.first
            name = self.writer.memory.array(term)
            lines.append(f"for (int64_t i = 0; i < {prod(term.shape)}; i++) {name}[i] = {first};")
        return lines

    def begins(self) -> list[str]:
        """In front of the first loop that it goes over in variables."""
        if self.cascades:
            return [f"cg_sum{self.suffix} {total} = {{0}};" for total in self.sums]
        return [] if not self.fold.how.wins and self.alone else self._fresh()

    def _fresh(self) -> list[str]:
        first = self.fold.how.first
        return [f"{self.type} {name} = {first};" for name in self.names] + [f"bool {nan} = false;" for nan in self.nans]

    def opens(self) -> list[str]:
        """In front of the innermost loop, or of a block of it."""
        return self._fresh() if self.cascades or (not self.fold.how.wins and self.alone) else []

    def each(self) -> list[str]:
        """At each entry."""
        lines = []
        for i, ((offset, _), value) in enumerate(zip(self.fold.parts, self.values)):
            if self.names and not self.fold.how.wins:
                lines.append(f"{self.names[i]} += {value.text};")
            elif self.names:
                inside = value.text if value.level == ATOM else f"({value.text})"
                lines.append(
                    f"{self.names[i]} = {inside} {self.fold.how.wins} {self.names[i]} ? {inside} : {self.names[i]};"
                )
                lines.append(f"{self.nans[i]} |= {inside} != {inside};")
            elif not self.adds:  # the only entry; a sum of -0 is 0
                inside = value.text if value.level > SUM else f"({value.text})"
                code = f"0 + {inside}" if not self.fold.how.wins else value.text
                lines.append(f"{self.target(offset)} = {code};")
            elif not self.fold.how.wins:
                lines.append(f"{self.target(offset)} += {value.text};")
            else:
                name = f"cg_{self.fold.how.sign}imum{self.suffix}"
                lines.append(f"{self.target(offset)} = {name}({self.target(offset)}, {value.text});")
        return lines

    def closes(self) -> list[str]:
        """Behind the innermost loop, or a block of it."""
        return [f"cg_add{self.suffix}(&{total}, {name});" for total, name in zip(self.sums, self.names)]

    def ends(self) -> list[str]:
        """Behind the last loop that it goes over in variables."""
        lines = []
        for i, (name, (offset, _)) in enumerate(zip(self.names, self.fold.parts)):
            value = f"cg_total{self.suffix}(&{self.sums[i]})" if self.cascades else name
            if self.nans:
                value = f"{self.nans[i]} ? NAN : {name}"
            if self.adds and self.fold.how.wins:
                value = f"cg_{self.fold.how.sign}imum{self.suffix}({self.target(offset)}, {value})"
            sign = "+=" if self.adds and not self.fold.how.wins else "="
            note = f"  // {self.fold.term.name} {self.fold.term.shape}" if self.fold.term.name and not i else ""
            lines.append(f"{self.target(offset)} {sign} {value};{note}")
        return lines

    def strands(self) -> list[str]:
        """What the loop for vectors forms in several strands."""
        if not self.names:
            return []
        sign = self.fold.how.sign
        nans = [f"reduction(|:{', '.join(self.nans)})"] if self.nans else []
        return [f"reduction({sign}:{', '.join(self.names)})", *nans]


def small(s: Term) -> str:
    """What an entry of an array is called: as the array, in small letters."""
    return (s.name or "t").lower()
