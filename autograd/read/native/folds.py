"""A sum, a largest or a smallest entry as C: what stands before, within and after the loops over which it is gathered.

A long sum is formed of blocks, and those are added up in pairs, so that its error grows as slowly as that of NumPy's.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from autograd.read.native.kinds import c_type
from autograd.read.native.names import c_name, wanted_name
from autograd.read.native.steps import Fold
from autograd.read.native.views import View
from autograd.read.notation.style import ATOM, PRODUCT, SUM, Piece
from autograd.read.term import Term

if TYPE_CHECKING:
    from autograd.read.native.loops import NestWriter

BLOCK = 512  # entries that are summed up in strands


class FoldWriter:
    """What stands before, within and after the loops for one sum, largest or smallest entry.

    start   the first of the loops over which it is formed in variables; all later ones are summed over as well
    names   the variables, one for each part
    """

    def __init__(self, writer: NestWriter, fold: Fold) -> None:
        self.writer, self.fold = writer, fold
        self.gathers = bool(fold.how.wins)
        loops = writer.loops
        reduced = [fold.strides[loop.axes[-1]] == 0 for loop in loops]
        self.start = len(loops)
        while self.start and reduced[self.start - 1]:
            self.start -= 1
        self.adds = any(reduced[: self.start])  # into memory, turn after turn of an outer loop
        self.entries = prod(loop.turns for loop in loops[self.start :])
        self.type = c_type(fold.term.dtype)
        self.suffix = "_f" if fold.term.dtype == np.float32 else ""
        # So long that blocks of it are added up in pairs.
        self.cascades = not self.gathers and self.entries > BLOCK and fold.term.dtype.kind == "f"
        # A single number that is summed up in its own variable.
        self.is_direct = not fold.term.shape and not self.gathers and not self.cascades
        self.names = self._names() if self.start < len(loops) else []
        self.nans = [self._new(f"{name}_nan") for name in self.names] if self.gathers else []
        self.sums = [self._new(f"{name}_blocks") for name in self.names] if self.cascades else []

    def _names(self) -> list[str]:
        """As the result is called; where that is an array itself: db1_i for its entry i, or total_db1."""
        if self.is_direct:
            return [self.writer.memory.variable(self.fold.term)]
        wanted, many = wanted_name(self.fold.term).lower(), len(self.fold.parts) > 1
        index = "".join(loop.variable for loop in self.writer.loops[: self.start])
        kind = self.fold.how.so_far
        numbered = [f"{wanted}_{k}" if many else wanted for k in range(len(self.fold.parts))]
        other = [
            f"{name}_{index}" if index else kind if name == self.fold.term.function else f"{kind}_{name}"
            for name in numbered
        ]
        taken = self.writer.inside.taken
        return [self._new(o if name in taken else name) for name, o in zip(numbered, other)]

    def _new(self, wanted: str) -> str:
        """A variable that stands in front of the loops, or of some of them."""
        return self.writer.inside.new(wanted) if self.start else self.writer.outside(wanted)

    def target(self, offset: int) -> str:
        """Where the result is."""
        term, name = self.fold.term, self.writer.memory.variable(self.fold.term)
        return self.writer.at(name, self.fold.strides, offset) if term.shape else name

    def before(self) -> list[str]:
        """In front of all loops."""
        return [self.writer.filled(self.fold.term, self.fold.how.first)] if self.adds else []

    def begins(self) -> list[str]:
        """In front of the first loop that it goes over in variables."""
        if self.cascades:
            return [f"cg_sum{self.suffix} {total} = {{0}};" for total in self.sums]
        return self._fresh()

    def _fresh(self) -> list[str]:
        variables = ", ".join(f"{name} = {self.fold.how.first}" for name in self.names)
        return [f"{self.type} {variables};"] * bool(variables) + [f"bool {nan} = false;" for nan in self.nans]

    def opens(self) -> list[str]:
        """In front of each block of the innermost loop."""
        return self._fresh() if self.cascades else []

    def each(self) -> list[str]:
        """At each entry."""
        lines = []
        for i, (offset, operands) in enumerate(self.fold.parts):
            value = self._value(operands)
            about = "" if i or not self.names else note(self.fold.term, self.names[0])
            if self.names and self.gathers:
                lines += self._compared(i, value, about)
            elif self.names:
                lines.append(f"{self.names[i]} += {value.text};{about}")
            elif not self.adds:  # the only entry
                lines.append(self._alone(offset, value))
            elif self.gathers:
                name = f"cg_{self.fold.how.sign}imum{self.suffix}"
                lines.append(f"{self.target(offset)} = {name}({self.target(offset)}, {value.text});")
            else:
                lines.append(f"{self.target(offset)} += {value.text};")
        return lines

    def _value(self, operands: list[View]) -> Piece:
        pieces = [self.writer.read(x) for x in operands]
        if len(pieces) == 1:
            return pieces[0]
        left, right = (p.text if p.level >= PRODUCT + i else f"({p.text})" for i, p in enumerate(pieces))
        return Piece(f"{left} * {right}", PRODUCT)

    def _compared(self, i: int, value: Piece, about: str) -> list[str]:
        """With the largest or smallest entry so far; a nan stays."""
        name, lines = self.names[i], []
        if value.level != ATOM or "(" in value.text:
            entry = self.writer.name("t")
            lines, value = [f"const {self.type} {entry} = {value.text};"], Piece(entry)
        x = value.text
        return [
            *lines,
            f"{name} = {x} {self.fold.how.wins} {name} ? {x} : {name};{about}",
            f"{self.nans[i]} |= {x} != {x};",
        ]

    def _alone(self, offset: int, value: Piece) -> str:
        """The only entry: a sum of -0 is 0."""
        inside = value.text if value.level > SUM else f"({value.text})"
        kind = "" if self.fold.term.shape else f"const {self.type} "
        return f"{kind}{self.target(offset)} = {value.text if self.gathers else f'0 + {inside}'};"

    def closes(self) -> list[str]:
        """Behind each of them."""
        return [f"cg_add{self.suffix}(&{total}, {name});" for total, name in zip(self.sums, self.names)]

    def ends(self) -> list[str]:
        """Behind the last loop that it goes over in variables."""
        if self.is_direct:
            return []
        lines, kind = [], "" if self.fold.term.shape else f"const {self.type} "
        for i, (name, (offset, _)) in enumerate(zip(self.names, self.fold.parts)):
            target, value = self.target(offset), name
            if self.cascades:
                value = f"cg_total{self.suffix}(&{self.sums[i]})"
            if self.gathers:
                value = f"{self.nans[i]} ? NAN : {name}"
            if self.adds and self.gathers:
                value = f"cg_{self.fold.how.sign}imum{self.suffix}({target}, {value})"
            lines.append(f"{kind}{target} {'+=' if self.adds and not self.gathers else '='} {value};")
        return lines


def note(s: Term, variable: str) -> str:
    """A comment on the line that computes it in this variable: what the array is called, and its shape."""
    if s.name is None or not s.shape:
        return ""
    name = c_name(s.name)
    return f"  // {s.shape}" if name == variable else f"  // {name} {s.shape}"
