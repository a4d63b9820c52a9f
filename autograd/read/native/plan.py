"""What a region of a program does, in order: loops, each over all that fits into it, and products by BLAS.

Elementwise steps of one shape go into one nest of loops, as far as each needs of the others only the entry that it is
at itself; sums of what a nest computes are formed in it as well, and so are products with one short side. What another
step needs at other entries has to be complete first, so that step is in a later nest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.read.native.kinds import c_type
from autograd.read.native.products import is_product, planned
from autograd.read.native.steps import Entry, Fold, Gemm, Nest, Plan, Put, Short
from autograd.read.native.views import View, is_view, shown, takes_no_copy, viewed, whole, without_gaps
from autograd.read.notation import axes_of, row_of
from autograd.read.term import Term


def is_fold(s: Term) -> bool:
    """Whether it is a sum, a largest or a smallest entry of floating-point numbers; or an array of sums of integers."""
    if s.call is np.vdot:
        x, y = s.operands
        alike = isinstance(x, Term) and isinstance(y, Term) and x.dtype == y.dtype == s.dtype and x.shape == y.shape
        return alike and s.dtype.name in ("float64", "float32")
    how = row_of(s.call).gathers
    if how is None or not s.params.keys() <= {"axis", "keepdims"}:
        return False
    (x,) = s.operands
    if not isinstance(x, Term) or not x.shape:
        return False
    if s.dtype.kind in "iu" and x.dtype.kind in "iub":
        return not how.wins and bool(s.shape) and c_type(s.dtype) is not None and c_type(x.dtype) is not None
    return s.dtype == x.dtype and s.dtype.name in ("float64", "float32") and (not how.wins or x.size > 0)


def is_placed(s: Term) -> bool:
    """Whether its operands are written into it, each of their entries at its place."""
    how = row_of(s.call).writes
    if how is None or not s.size or not takes_no_copy(s.params):
        return False
    first, *others = s.operands
    if not (isinstance(first, Term) and first.shape and first.size and first.dtype == s.dtype):
        return False
    if not all(isinstance(x, float) or (isinstance(x, Term) and x.size and x.dtype == s.dtype) for x in others):
        return False
    # An assignment also takes what has more axes of size 1 than its place.
    return all(len(getattr(x, "shape", ())) <= len(place.shape) for place, x in _placed(s, s.operands))


def _placed(s: Term, operands: Sequence[Any]) -> list[tuple[View, Any]]:
    """Where each operand goes."""
    how = row_of(s.call).writes
    assert how is not None
    shapes = [getattr(x, "shape", ()) for x in operands]
    return [*zip(shown(whole(s), lambda out: how.places(out, shapes, **s.params)), operands, strict=True)]


class Planner:
    """Puts one step after the other into the plan."""

    def __init__(self, results: set[Term]) -> None:
        self.plan = Plan(kept=set(results))
        self._views: dict[Term, View] = {}
        self._entries: set[Term] = set()  # what a nest has in a variable: not what is gathered or put together

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
            self._product(s)
        elif is_fold(s):
            self._fold(s)
        elif is_placed(s):
            self._put(s)
        else:
            self._enter(Entry(s, [self.view(x) for x in s.operands]))

    # --- sums -------------------------------------------------------------------------------------------------------

    def _fold(self, s: Term) -> None:
        operands = [self.view(x) for x in s.operands]
        shape = operands[0].shape
        if s.call is np.vdot:
            self._enter_fold(Fold(s, shape, (0,) * len(shape), [(0, operands)]))
            return
        how = row_of(s.call).gathers
        assert how is not None
        axes = axes_of(s.params.get("axis"), len(shape))
        kept = [1 if i in axes else n for i, n in enumerate(shape)]
        self._enter_fold(Fold(s, shape, without_gaps(kept), [(0, operands)], how))

    # --- what is put together -----------------------------------------------------------------------------------------

    def _put(self, s: Term) -> None:
        """One operand after the other."""
        how = row_of(s.call).writes
        assert how is not None
        after = 0
        for place, source in _placed(s, [self.view(x) for x in s.operands]):
            put = Put(s, place.shape, source, place.strides, place.offset, how)
            nest = self._nest(put.domain, list(put.reads(put.domain)), after=after)
            nest.puts.append(put)
            at = self.plan.steps.index(nest)
            after = at + 1 if how.over else 0
            self.plan.begun[s] = min(self.plan.begun.get(s, at), at)
            self.plan.place[s] = max(self.plan.place.get(s, at), at)
        self.plan.kept.add(s)

    # --- products ---------------------------------------------------------------------------------------------------

    def _product(self, s: Term) -> None:
        step = planned(s, *map(self.view, s.operands))
        if isinstance(step, Short):
            self._enter(step)
        elif isinstance(step, Fold):
            self._enter_fold(step)
        else:
            self._call(Gemm(s, self._readable(step.left), self._readable(step.right)))

    def _call(self, step: Gemm) -> None:
        self._wait_for(step.left, step.right)
        self.plan.place[step.term] = len(self.plan.steps)
        self.plan.kept.add(step.term)
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
        self._entries.add(entry.term)
        self.plan.place[entry.term] = self.plan.steps.index(nest)

    def _enter_fold(self, fold: Fold) -> None:
        nest = self._nest(fold.domain, list(fold.reads(fold.domain)))
        nest.folds.append(fold)
        self.plan.place[fold.term] = self.plan.steps.index(nest)
        if fold.term.shape:
            self.plan.kept.add(fold.term)

    def _nest(
        self, shape: tuple[int, ...], reads: Sequence[tuple[View, Any]], never_local: bool = False, after: int = 0
    ) -> Nest:
        """The first nest of this shape in which everything can be read; a new one if there is none."""
        place, earliest = self.plan.place, after
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
        if not isinstance(step, Nest) or view.base not in self._entries:
            return False
        return step.shape == shape and step.is_local(view, {view.base})

    def _wait_for(self, *views: View) -> None:
        self.plan.kept.update(v.base for v in views if v.base in self.plan.place)
