"""A nest of loops as C: what is computed at each entry, and what is gathered of them.

Axes that lie behind one another in all the arrays of a nest become one loop. The innermost loop is one for vectors:
`#pragma omp simd` says that its turns do not depend on each other, and that its sums may be formed in several strands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from math import prod
from typing import NamedTuple, Protocol

import numpy as np

from autograd.read.naming import FreeNames
from autograd.read.native.folds import BLOCK, FoldWriter, note
from autograd.read.native.kinds import c_type, computing_type, converted, literal, type_of
from autograd.read.native.names import UNNAMED, loop_name, wanted_name
from autograd.read.native.steps import Entry, Nest, Put, Short
from autograd.read.native.views import View, without_gaps
from autograd.read.notation import row_of
from autograd.read.notation.native import CHOSEN, CONVERSION
from autograd.read.notation.style import SUM, Piece
from autograd.read.term import Term

_WIDTH = 88  # characters of an expression that is written into another one


class Memory(Protocol):
    """What the arrays and numbers of a region are called."""

    def variable(self, base: Term) -> str:
        """The variable of an array or of a single number."""

    def is_kept(self, base: Term) -> bool:
        """Whether it is in memory, for others."""

    def successor(self, base: Term) -> Term | None:
        """What is written in the place of it, where it has just been read for the last time."""

    def names(self) -> FreeNames:
        """The names of the variables that the function has outside of loops."""


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
        self.stored: set[Term] = set()
        self.loops = self._collapsed()
        for fold in nest.folds:
            if not fold.term.shape:
                memory.variable(fold.term)  # which stands outside of the loops, so no variable in them is called so
        self.inside = FreeNames(memory.names().taken) if self.loops else memory.names()
        self.uses = Counter(v.base for part in nest.parts for v, _ in part.reads(nest.shape))
        for entry in nest.entries:  # each operand of a sum of products is read once for each of its terms
            if isinstance(entry, Short):
                self.uses.update({v.base: entry.length for v in entry.operands})
            elif (native := row_of(entry.term.call).native) is not None and native.twice:
                self.uses.update(v.base for v in entry.operands[:1] if isinstance(v, View))

    # --- the loops ------------------------------------------------------------------------------------------------

    def _collapsed(self) -> list[Loop]:
        """The loops: neighbouring axes are one where all arrays let them be."""
        nest = self.nest
        strides = [st for part in nest.parts for _, st in part.reads(nest.shape)]
        strides += [fold.strides for fold in nest.folds] + [put.strides for put in nest.puts]
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
        return [Loop(loop_name(i), prod(nest.shape[a] for a in axes), tuple(axes)) for i, axes in enumerate(groups)]

    def at(self, name: str, strides: Sequence[int], offset: int = 0) -> str:
        """An entry: name[4*i + j]."""
        parts = [(strides[loop.axes[-1]], loop.variable) for loop in self.loops]
        terms = [index if st == 1 else f"{st}*{index}" for st, index in parts if st]
        text = " + ".join([*terms, *([str(offset)] if offset or not terms else [])])
        return f"{name}[{text.replace('+ -', '- ')}]"

    def name(self, wanted: str) -> str:
        """A variable of this nest, for an entry of an array of that name: z1 of Z1, or z1_ij."""
        small = wanted.lower()
        if small in self.inside.taken and self.loops and wanted != UNNAMED:
            small = f"{small}_{''.join(loop.variable for loop in self.loops)}"
        return self.inside.new(small)

    def outside(self, wanted: str) -> str:
        """A variable that stands in front of the nest, and is not hidden by one within."""
        name = self.memory.names().new(wanted)
        while name in self.inside.taken and self.loops:
            name = self.memory.names().new(wanted)
        self.inside.taken.add(name)
        return name

    # --- entries --------------------------------------------------------------------------------------------------

    def read(self, view: View, offset: int = 0) -> Piece:
        """An operand, at the entry where the loops are."""
        base = view.base
        if base in self.pieces and (not base.shape or self.nest.is_local(view, self.local)) and not offset:
            return self.pieces[base]
        if not base.shape:
            return Piece(self.memory.variable(base))
        return Piece(self.at(self.memory.variable(base), view.onto(self.nest.shape), view.offset + offset))

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
        name = self.memory.variable(view.base)
        return self.at(name, view.onto(self.nest.shape), view.offset + offset) if view.base.shape else name

    def _keep(self, s: Term, code: Piece) -> None:
        """Into a variable, into memory, or into the expression that needs it."""
        kept = self.memory.is_kept(s)
        if s.name is None and not kept and self.uses[s] == 1 and len(code.text) <= _WIDTH:
            self.pieces[s] = code
            return
        in_memory = kept and bool(s.shape)
        if not in_memory or self.uses[s]:
            name = self.name(wanted_name(s)) if s.shape else self.memory.variable(s)
            self.body.append(f"const {c_type(type_of(s))} {name} = {code.text};{note(s, name)}")
            self.pieces[s] = code = Piece(name)
        if in_memory:
            target = self.at(self.memory.variable(s), without_gaps(self.nest.shape))
            self.stored.add(s)
            self.body.append(f"{target} = {code.text};")

    def _put(self, put: Put) -> str:
        """An entry, into the array that it is a part of."""
        target = self.at(self.memory.variable(put.term), put.strides, put.offset)
        x, dtype = put.source, type_of(put.term)
        value = converted(self.read(x), type_of(x.base), dtype) if isinstance(x, View) else literal(x, dtype)
        return f"{target} {'+=' if put.how.adds else '='} {value.text};"

    def filled(self, s: Term, value: str) -> str:
        """A line that fills an array."""
        return f"for (int64_t i = 0; i < {prod(s.shape)}; i++) {self.memory.variable(s)}[i] = {value};"

    # --- in the place of what was read ------------------------------------------------------------------------------

    def _rescued(self, lines: list[str]) -> list[str]:
        """The lines, with variables for what some of them read after it was written over."""
        for base in {v.base: None for v in self.nest.views()}:
            s = self.memory.successor(base)
            if s in self.stored:
                lines = self._read_before(base, lines, s)
        return lines

    def _read_before(self, base: Term, lines: list[str], successor: Term) -> list[str]:
        """The same, where the entry of `base` is in a variable from the line on that writes its successor."""
        strides = without_gaps(self.nest.shape)
        entry, written = (self.at(self.memory.variable(x), strides) for x in (base, successor))
        at = next(i for i, line in enumerate(lines) if line.startswith(f"{written} = "))
        pattern = re.compile(rf"(?<!\w){re.escape(entry)}")
        if not any(map(pattern.search, lines[at + 1 :])):
            return lines
        name = self.name(wanted_name(base))
        later = [pattern.sub(name, line) for line in lines[at:]]
        return [*lines[:at], f"const {c_type(type_of(base))} {name} = {entry};", *later]

    # --- the whole ------------------------------------------------------------------------------------------------

    def lines(self) -> list[str]:
        """The whole nest."""
        folds = [FoldWriter(self, fold) for fold in self.nest.folds]
        for entry in self.nest.entries:
            self._keep(entry.term, self._code(entry))
        lines = [line for fold in folds for line in fold.before()]
        lines += [self.filled(put.term, "0") for put in self.nest.puts if put.how.zeros]
        depth = len(self.loops)
        blocked = depth > 0 and self.loops[-1].turns > BLOCK and any(f.start < depth and f.cascades for f in folds)
        each = [*(line for fold in folds for line in fold.each()), *map(self._put, self.nest.puts)]
        inner = self._rescued([*self.body, *each])
        for at in range(depth - 1, -1, -1):
            loop = self.loops[at]
            starts = [line for f in folds if f.start == at for line in f.begins()]
            ends = [line for f in folds if f.start == at for line in f.ends()]
            if at == depth - 1:
                opening = [line for f in folds for line in f.opens()]
                closing = [line for f in folds for line in f.closes()]
                strands = _strands(folds)
                inner = _innermost(loop, inner, opening, closing, strands, blocked)
            else:
                inner = _for(
                    f"for (int64_t {loop.variable} = 0; {loop.variable} < {loop.turns}; {loop.variable}++)", inner
                )
            inner = [*starts, *inner, *ends]
        return [*lines, *inner]


def _strands(folds: Sequence[FoldWriter]) -> list[str]:
    """What the loop for vectors forms in several strands: reduction(+:a, b)."""
    formed: dict[str, list[str]] = {}
    for fold in folds:
        formed.setdefault(fold.fold.how.sign, []).extend(fold.names)
        formed.setdefault("|", []).extend(fold.nans)
    return [f"reduction({sign}:{', '.join(names)})" for sign, names in formed.items() if names]


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
