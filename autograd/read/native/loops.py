"""A nest of loops as C: what is computed at each entry, and the sums over them.

Axes that lie behind one another in all the arrays of a nest become one loop. The innermost loop is one for vectors:
`#pragma omp simd` says that its turns do not depend on each other, and that its sums may be formed in several strands.
A long sum is formed of blocks, and those are added up in pairs, so that its error grows as slowly as that of NumPy's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import prod
from typing import NamedTuple, Protocol

import numpy as np

from autograd.read.native.kinds import c_type, computing_type, converted, literal, type_of
from autograd.read.native.plan import Entry, Fold, Nest, Short
from autograd.read.native.views import View, without_gaps
from autograd.read.notation import row_of
from autograd.read.notation.native import CHOSEN, CONVERSION
from autograd.read.notation.style import ATOM, PRODUCT, SUM, Piece
from autograd.read.term import Term

BLOCK = 512  # entries that are summed up in strands
_WIDTH = 88  # characters of an expression that is written into another one
_INDICES = "ijkl"
# What loops are called by, and the borders of their blocks: no variable of a program may be.
INDICES = frozenset(f"{i}{end}" for i in (*_INDICES, *(f"i{axis}" for axis in range(64))) for end in ("", "1", "2"))


_FIRST = {"+": "0", "max": "-INFINITY", "min": "INFINITY"}  # what is gathered from


class Memory(Protocol):
    """What the arrays and numbers of a region are called."""

    def array(self, base: Term) -> str:
        """The variable of an array."""

    def number(self, base: Term) -> str:
        """The variable of a single number."""

    def new(self, wanted: str) -> str:
        """A variable of its own."""

    def is_kept(self, base: Term) -> bool:
        """Whether it is in memory, for others."""

    def gives_way(self, base: Term) -> bool:
        """Whether something that is written in this nest takes the place of it."""


class Loop(NamedTuple):
    """One loop: its variable, how many turns it has, and the axes of the nest that it goes over."""

    variable: str
    turns: int
    axes: tuple[int, ...]


class NestWriter:
    """Writes one nest."""

    def __init__(self, nest: Nest, memory: Memory) -> None:
        self.nest, self.memory = nest, memory
        self.local = {entry.term for entry in nest.entries}
        self.pieces: dict[Term, Piece] = {}
        self.body: list[str] = []
        self.loops = self._collapsed()
        used = Counter(v.base for part in nest.parts for v, _ in part.reads(nest.shape))
        for entry in nest.entries:  # each operand of a sum of products is read once for each of its terms
            if isinstance(entry, Short):
                used.update({v.base: entry.length for v in entry.operands})
        self.uses = used

    # --- the loops ------------------------------------------------------------------------------------------------

    def _collapsed(self) -> list[Loop]:
        """The loops: neighbouring axes are one where all arrays let them be."""
        nest = self.nest
        strides = [st for part in nest.parts for _, st in part.reads(nest.shape)]
        strides += [fold.strides for fold in nest.folds]
        if any(self.memory.is_kept(entry.term) for entry in nest.entries):
            strides.append(without_gaps(nest.shape))
        groups: list[list[int]] = []
        for axis, n in enumerate(nest.shape):
            if n == 1:
                continue
            if groups and all(st[groups[-1][-1]] == st[axis] * n for st in strides):
                groups[-1].append(axis)
            else:
                groups.append([axis])
        return [Loop(self._index(i), prod(nest.shape[a] for a in axes), tuple(axes)) for i, axes in enumerate(groups)]

    @staticmethod
    def _index(i: int) -> str:
        return _INDICES[i] if i < len(_INDICES) else f"i{i}"

    def at(self, name: str, strides: Sequence[int], offset: int = 0) -> str:
        """An entry: name[4*i + j]."""
        parts = [(strides[loop.axes[-1]], loop.variable) for loop in self.loops]
        terms = [index if st == 1 else f"{st}*{index}" for st, index in parts if st]
        text = " + ".join([*([str(offset)] if offset or not terms else []), *terms])
        return f"{name}[{text.replace('+ -', '- ')}]"

    # --- entries --------------------------------------------------------------------------------------------------

    def read(self, view: View, offset: int = 0) -> Piece:
        """An operand, at the entry where the loops are."""
        base = view.base
        if base in self.pieces and (not base.shape or self.nest.is_local(view, self.local)) and not offset:
            return self.pieces[base]
        if not base.shape:
            return Piece(self.memory.number(base))
        return Piece(self.at(self.memory.array(base), view.onto(self.nest.shape), view.offset + offset))

    def write_entries(self) -> None:
        """Everything that is computed at each entry."""
        for part in self.nest.parts:
            for view, _ in () if isinstance(part, Short) else part.reads(self.nest.shape):
                self._take_over(view)
        for entry in self.nest.entries:
            self._keep(entry.term, self._code(entry))

    def _take_over(self, view: View) -> None:
        """What is about to be overwritten, by whichever entry, is read before all of them."""
        base = view.base
        if base not in self.pieces and base not in self.local and self.memory.gives_way(base):
            name = self.memory.new(small(base))
            self.body.append(f"const {c_type(type_of(base))} {name} = {self.read(view).text};")
            self.local.add(base)
            self.pieces[base] = Piece(name)

    def _code(self, entry: Entry) -> Piece:
        s = entry.term
        if isinstance(entry, Short):
            return self._short(entry)
        native = row_of(s.call).native
        computed = computing_type(s) if native is not None else None
        if native is None or computed is None or len(entry.operands) != len(s.operands):
            native, computed = CONVERSION, type_of(s)  # a copy
        pieces = []
        for i, x in enumerate(entry.operands):
            wanted = np.dtype(bool) if native.reads == CHOSEN and i == 0 else computed
            pieces.append(
                converted(self.read(x), type_of(x.base), wanted) if isinstance(x, View) else literal(x, wanted)
            )
        code = native.write(pieces, "_f" if computed == np.float32 else "")
        if computed.kind in "iu" and computed.itemsize < 4 and native is not CONVERSION:
            code = converted(code, np.dtype(np.int32), computed)
        return code

    def _short(self, entry: Short) -> Piece:
        """A sum of a few products, written out; from 0 on, as BLAS forms it: a sum of nothing but -0 is 0."""
        (a, b), (step_a, step_b) = entry.operands, entry.steps
        texts = [f"{self._factor(a, k * step_a)} * {self._factor(b, k * step_b)}" for k in range(entry.length)]
        return Piece(" + ".join(["0", *texts]), SUM) if texts else literal(0.0, entry.term.dtype)

    def _factor(self, view: View, offset: int) -> str:
        base = view.base
        if not base.shape:
            return self.memory.number(base)
        return self.at(self.memory.array(base), view.onto(self.nest.shape), view.offset + offset)

    def _keep(self, s: Term, code: Piece) -> None:
        """Into a variable, into memory, or into the expression that needs it."""
        kept = self.memory.is_kept(s)
        if s.name is None and not kept and self.uses[s] == 1 and len(code.text) <= _WIDTH:
            self.pieces[s] = code
            return
        stored = self.memory.array(s) if kept and s.shape else None
        target = self.at(stored, without_gaps(self.nest.shape)) if stored else ""
        if stored and not self.uses[s]:
            self._line(f"{target} = {code.text};", s, s.name is None)
            return
        name = self.memory.new(small(s)) if s.shape else self.memory.number(s)
        self._line(f"const {c_type(type_of(s))} {name} = {code.text};", s, s.name is None and not stored)
        if stored:
            self._line(f"{target} = {name};")
        self.pieces[s] = Piece(name)

    def _line(self, code: str, s: Term | None = None, plain: bool = True) -> None:
        note = "" if s is None or not s.shape or plain else f"  // {s.name or stored_as(s)} {s.shape}"
        self.body.append(f"{code}{note}")

    # --- sums -----------------------------------------------------------------------------------------------------

    def lines(self) -> list[str]:
        """The whole nest."""
        self.write_entries()
        folds = [FoldWriter(self, fold) for fold in self.nest.folds]
        lines = [line for fold in folds for line in fold.before()]
        depth = len(self.loops)
        blocked = (
            depth > 0 and self.loops[-1].turns > BLOCK and any(f.start < depth and f.fold.how == "+" for f in folds)
        )
        inner = [*self.body, *(line for fold in folds for line in fold.each())]
        for at in range(depth - 1, -1, -1):
            loop = self.loops[at]
            starts = [line for f in folds if f.start == at for line in f.begins()]
            ends = [line for f in folds if f.start == at for line in f.ends()]
            if at == depth - 1:
                opening = [line for f in folds for line in f.opens()]
                closing = [line for f in folds for line in f.closes()]
                strands = [text for f in folds for text in f.strands()]
                inner = _innermost(loop, inner, opening, closing, strands, blocked)
            else:
                inner = _for(
                    f"for (int64_t {loop.variable} = 0; {loop.variable} < {loop.turns}; {loop.variable}++)", inner
                )
            inner = [*starts, *inner, *ends]
        return [*lines, *inner]


def _innermost(
    loop: Loop, body: list[str], opening: list[str], closing: list[str], strands: list[str], blocked: bool
) -> list[str]:
    """The loop for vectors, in blocks if it is long and sums up."""
    i, n = loop.variable, loop.turns
    pragma = " ".join(["#pragma omp simd", *strands])
    if not blocked:
        return [*opening, pragma, *_for(f"for (int64_t {i} = 0; {i} < {n}; {i}++)", body), *closing]
    ends = f"const int64_t {i}2 = {i}1 + {BLOCK} < {n} ? {i}1 + {BLOCK} : {n};"
    inside = [ends, *opening, pragma, *_for(f"for (int64_t {i} = {i}1; {i} < {i}2; {i}++)", body), *closing]
    return _for(f"for (int64_t {i}1 = 0; {i}1 < {n}; {i}1 += {BLOCK})", inside)


def _for(head: str, body: list[str]) -> list[str]:
    return [f"{head} {{", *(f"    {line}" for line in body), "}"]


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
        self.nans = [writer.memory.new(f"{name}_nan") for name in self.names] if fold.how != "+" else []
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
        return self.fold.how == "+" and self.entries > BLOCK

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
            first = _FIRST[self.fold.how]
            name = self.writer.memory.array(term)
            lines.append(f"for (int64_t i = 0; i < {prod(term.shape)}; i++) {name}[i] = {first};")
        return lines

    def begins(self) -> list[str]:
        """In front of the first loop that it goes over in variables."""
        if self.cascades:
            return [f"cg_sum{self.suffix} {total} = {{0}};" for total in self.sums]
        return [] if self.fold.how == "+" and self.alone else self._fresh()

    def _fresh(self) -> list[str]:
        first = _FIRST[self.fold.how]
        return [f"{self.type} {name} = {first};" for name in self.names] + [f"bool {nan} = false;" for nan in self.nans]

    def opens(self) -> list[str]:
        """In front of the innermost loop, or of a block of it."""
        return self._fresh() if self.cascades or (self.fold.how == "+" and self.alone) else []

    def each(self) -> list[str]:
        """At each entry."""
        lines = []
        for i, ((offset, _), value) in enumerate(zip(self.fold.parts, self.values)):
            if self.names and self.fold.how == "+":
                lines.append(f"{self.names[i]} += {value.text};")
            elif self.names:
                sign = ">" if self.fold.how == "max" else "<"
                inside = value.text if value.level == ATOM else f"({value.text})"
                lines.append(f"{self.names[i]} = {inside} {sign} {self.names[i]} ? {inside} : {self.names[i]};")
                lines.append(f"{self.nans[i]} |= {inside} != {inside};")
            elif not self.adds:  # the only entry; a sum of -0 is 0
                inside = value.text if value.level > SUM else f"({value.text})"
                code = f"0 + {inside}" if self.fold.how == "+" else value.text
                lines.append(f"{self.target(offset)} = {code};")
            elif self.fold.how == "+":
                lines.append(f"{self.target(offset)} += {value.text};")
            else:
                name = f"cg_{self.fold.how}imum{self.suffix}"
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
            if self.adds and self.fold.how != "+":
                value = f"cg_{self.fold.how}imum{self.suffix}({self.target(offset)}, {value})"
            sign = "+=" if self.adds and self.fold.how == "+" else "="
            note = f"  // {self.fold.term.name} {self.fold.term.shape}" if self.fold.term.name and not i else ""
            lines.append(f"{self.target(offset)} {sign} {value};{note}")
        return lines

    def strands(self) -> list[str]:
        """What the loop for vectors forms in several strands."""
        if not self.names:
            return []
        sign = self.fold.how
        nans = [f"reduction(|:{', '.join(self.nans)})"] if self.nans else []
        return [f"reduction({sign}:{', '.join(self.names)})", *nans]


def small(s: Term) -> str:
    """What an entry of an array is called: as the array, in small letters."""
    return (s.name or "t").lower()


def stored_as(s: Term) -> str:
    """What is said of an array without a name."""
    return s.function or "t"
