"""A nest of loops as C: what is computed at each entry, and what is gathered of them.

Axes that lie behind one another in all the arrays of a nest become one loop. The innermost loop is one for vectors:
`#pragma omp simd` says that its turns do not depend on each other, and that its sums may be formed in several strands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import prod
from typing import NamedTuple, Protocol

import numpy as np

from autograd.read.native.folds import BLOCK, FoldWriter, small
from autograd.read.native.kinds import c_type, computing_type, converted, literal, type_of
from autograd.read.native.plan import Entry, Nest, Short
from autograd.read.native.views import View, without_gaps
from autograd.read.notation import row_of
from autograd.read.notation.native import CHOSEN, CONVERSION
from autograd.read.notation.style import SUM, Piece
from autograd.read.term import Term

_WIDTH = 88  # characters of an expression that is written into another one
_INDICES = "ijkl"
# What loops are called by, and the borders of their blocks: no variable of a program may be.
INDICES = frozenset(f"{i}{end}" for i in (*_INDICES, *(f"i{axis}" for axis in range(64))) for end in ("", "1", "2"))


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
            depth > 0 and self.loops[-1].turns > BLOCK and any(f.start < depth and not f.fold.how.wins for f in folds)
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


def stored_as(s: Term) -> str:
    """What is said of an array without a name."""
    return s.function or "t"
