"""What a region of a program does, in order: loops, each over all that fits into it, and products by BLAS.

Elementwise steps of one shape go into one nest of loops, as far as each needs of the others only the entry that it is
at itself; sums of what a nest computes are formed in it as well, and so are products with one short side. What another
step needs at other entries has to be complete first, so that step is in a later nest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from autograd.read.native import blas
from autograd.read.native.views import View, is_view, viewed, whole, without_gaps
from autograd.read.notation import axes_of, row_of
from autograd.read.notation.native import TOTAL, Gathering
from autograd.read.term import Term

SHORT = 8  # entries along the short side of a product that is formed in loops


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
class Gemm:
    """A matrix product by BLAS, for each index of the axes before the last two."""

    term: Term
    left: View
    right: View


@dataclass(eq=False)
class Nest:
    """Loops over a shape."""

    shape: tuple[int, ...]
    entries: list[Entry] = field(default_factory=list)
    folds: list[Fold] = field(default_factory=list)

    @property
    def parts(self) -> list[Entry | Fold]:
        """All that is computed."""
        return [*self.entries, *self.folds]

    def is_local(self, view: View, local: set[Term]) -> bool:
        """Whether it is the entry of the nest itself of something that is computed there."""
        return view.base in local and view.base.shape == self.shape and not view.offset and _is_identity(view, self)


def _is_identity(view: View, nest: Nest) -> bool:
    return view.onto(nest.shape) == without_gaps(nest.shape)


@dataclass
class Plan:
    """The steps in order, and what is read of memory.

    steps    nests and products
    place    the number of the step that computes a Term
    kept     what has to be in memory, since a later step reads it, or as a result
    """

    steps: list[Nest | Gemm] = field(default_factory=list)
    place: dict[Term, int] = field(default_factory=dict)
    kept: set[Term] = field(default_factory=set)


def is_product(s: Term) -> bool:
    """Whether it is a matrix product that C can form."""
    if s.call is not np.matmul or s.params or not all(isinstance(x, Term) for x in s.operands):
        return False
    a, b = s.operands
    if not (a.dtype == b.dtype == s.dtype and s.dtype.name in ("float64", "float32") and s.dtype.isnative):
        return False
    if not (a.size and b.size and a.shape and b.shape):
        return False
    return a.shape[-1] <= SHORT or blas.gemm(s.dtype) is not None


def is_fold(s: Term) -> bool:
    """Whether it is a sum, a largest or a smallest entry of floating-point numbers."""
    if s.call is np.vdot:
        return s.dtype.kind == "f" and all(isinstance(x, Term) and x.dtype == s.dtype for x in s.operands)
    how = row_of(s.call).gathers
    if how is None or not s.params.keys() <= {"axis", "keepdims"}:
        return False
    (x,) = s.operands
    if not isinstance(x, Term) or not x.shape:
        return False
    return s.dtype == x.dtype and s.dtype.name in ("float64", "float32") and (not how.wins or x.size > 0)


class Planner:
    """Puts one step after the other into the plan."""

    def __init__(self, results: set[Term]) -> None:
        self.plan = Plan(kept=set(results))
        self._views: dict[Term, View] = {}

    def view(self, x: Any) -> Any:
        """A Term as a view of what is in memory; a plain number as it is."""
        if not isinstance(x, Term):
            return x
        return self._views.get(x) or self._views.setdefault(x, whole(x))

    def add(self, s: Term) -> None:
        """Plan a step, the operands of which are planned."""
        if is_view(s):
            x = self.view(s.operands[0])
            found = viewed(s, x) or viewed(s, self._copied(x))
            assert found is not None
            self._views[s] = found
        elif is_product(s):
            self._product(s, *map(self.view, s.operands))
        elif is_fold(s):
            self._fold(s)
        else:
            self._enter(Entry(s, [self.view(x) for x in s.operands]))

    # --- sums -------------------------------------------------------------------------------------------------------

    def _fold(self, s: Term) -> None:
        operands = [self.view(x) for x in s.operands]
        shape = operands[0].shape
        if s.call is np.vdot:
            operands = [x if x.shape == shape else None for x in operands]
            self._enter_fold(Fold(s, shape, (0,) * len(shape), [(0, operands)]))
            return
        how = row_of(s.call).gathers
        assert how is not None
        axes = axes_of(s.params.get("axis"), len(shape))
        kept = [1 if i in axes else n for i, n in enumerate(shape)]
        self._enter_fold(Fold(s, shape, without_gaps(kept), [(0, operands)], how))

    # --- products ---------------------------------------------------------------------------------------------------

    def _product(self, s: Term, a: View, b: View) -> None:
        """With vectors as matrices of one row or column, and the axes before those of the result."""
        a = a if len(a.shape) > 1 else a._replace(shape=(1, *a.shape), strides=(0, *a.strides))
        b = b if len(b.shape) > 1 else b._replace(shape=(*b.shape, 1), strides=(*b.strides, 0))
        (m, k), n = a.shape[-2:], b.shape[-1]
        batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        rows, columns = a.onto((*batch, m, k)), b.onto((*batch, k, n))
        before_a, before_b = rows[:-2], columns[:-2]
        out = without_gaps((*batch, m, n))
        (am, ak), (bk, bn) = rows[-2:], columns[-2:]
        if k <= SHORT:
            left = View(a.base, (*batch, m, n), (*before_a, am, 0), a.offset)
            right = View(b.base, (*batch, m, n), (*before_b, 0, bn), b.offset)
            squeezed = [_like(s, v) for v in (left, right)]
            self._enter(Short(s, squeezed, (ak, bk), k))
        elif ak == 1 and bk == 1 and n <= SHORT:
            self._dots(
                s,
                (*batch, m, k),
                (*out[:-2], out[-2]),
                [
                    (
                        j * out[-1],
                        [
                            View(a.base, (*batch, m, k), rows, a.offset),
                            View(b.base, (*batch, m, k), (*before_b, 0, 1), b.offset + j * bn),
                        ],
                    )
                    for j in range(n)
                ],
            )
        elif ak == 1 and bk == 1 and m <= SHORT:
            self._dots(
                s,
                (*batch, n, k),
                (*out[:-2], out[-1]),
                [
                    (
                        i * out[-2],
                        [
                            View(a.base, (*batch, n, k), (*before_a, 0, 1), a.offset + i * am),
                            View(b.base, (*batch, n, k), (*before_b, bn, 1), b.offset),
                        ],
                    )
                    for i in range(m)
                ],
            )
        else:
            self._gemm(s, View(a.base, (*batch, m, k), rows, a.offset), View(b.base, (*batch, k, n), columns, b.offset))

    def _dots(self, s: Term, domain: tuple[int, ...], out: tuple[int, ...], parts: list[Any]) -> None:
        self._enter_fold(Fold(s, domain, (*out, 0), parts))

    def _gemm(self, s: Term, a: View, b: View) -> None:
        step = Gemm(s, self._readable(a), self._readable(b))
        self._wait_for(step.left, step.right)
        self.plan.place[s] = len(self.plan.steps)
        self.plan.kept.add(s)
        self.plan.steps.append(step)

    def _readable(self, x: View) -> View:
        """A matrix as BLAS can read it: with entries beside each other in its rows or in its columns. Or a copy."""
        (m, n), (sm, sn) = x.shape[-2:], x.strides[-2:]
        if ((sn == 1 or n == 1) and (m == 1 or sm >= n)) or ((sm == 1 or m == 1) and (n == 1 or sn >= m)):
            return x
        return self._copied(x)

    def _copied(self, x: View) -> View:
        """The same entries, one behind the other in memory of their own."""
        copy = x.base.but(shape=x.shape, name=None, call=np.copy, operands=(x.base,), params={})
        self._enter(Entry(copy, [x]))
        return whole(copy)

    # --- nests ------------------------------------------------------------------------------------------------------

    def _enter(self, entry: Entry) -> None:
        shape = entry.term.shape
        nest = self._nest(shape, list(entry.reads(shape)), never_local=isinstance(entry, Short))
        nest.entries.append(entry)
        self.plan.place[entry.term] = self.plan.steps.index(nest)

    def _enter_fold(self, fold: Fold) -> None:
        nest = self._nest(fold.domain, list(fold.reads(fold.domain)))
        nest.folds.append(fold)
        self.plan.place[fold.term] = self.plan.steps.index(nest)
        if fold.term.shape:
            self.plan.kept.add(fold.term)

    def _nest(self, shape: tuple[int, ...], reads: Sequence[tuple[View, Any]], never_local: bool = False) -> Nest:
        """The first nest of this shape in which everything can be read; a new one if there is none."""
        place, earliest = self.plan.place, 0
        for view, _ in reads:
            if view.base in place:
                earliest = max(earliest, place[view.base] + (never_local or not self._is_here(view, shape)))
        found = next((s for s in self.plan.steps[earliest:] if isinstance(s, Nest) and s.shape == shape), None)
        if found is None:
            found = Nest(shape)
            self.plan.steps.append(found)
        at = self.plan.steps.index(found)
        for view, _ in reads:
            if view.base in place and (place[view.base] < at or never_local or not self._is_here(view, shape)):
                self._wait_for(view)
        return found

    def _is_here(self, view: View, shape: tuple[int, ...]) -> bool:
        """Whether it is what the nest that computes it has in a variable."""
        step = self.plan.steps[self.plan.place[view.base]]
        if not isinstance(step, Nest) or any(fold.term is view.base for fold in step.folds):
            return False
        return step.shape == shape and step.is_local(view, {view.base})

    def _wait_for(self, *views: View) -> None:
        self.plan.kept.update(v.base for v in views if v.base in self.plan.place)


def _like(s: Term, view: View) -> View:
    """A view of the result's axes, without those of size 1 that a product with a vector does not have."""
    shape, strides = list(view.shape), list(view.strides)
    a, b = s.operands
    if len(b.shape) == 1:
        del shape[-1], strides[-1]
    if len(a.shape) == 1:
        at = -1 if len(b.shape) == 1 else -2
        del shape[at], strides[at]
    return view._replace(shape=tuple(shape), strides=tuple(strides))


def bytes_of(s: Term) -> int:
    """The memory that it takes."""
    return prod(s.shape) * s.dtype.itemsize
