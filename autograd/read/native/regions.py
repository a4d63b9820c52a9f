"""Which steps of a program go into C, and into which function: as few functions as there can be.

A function is called once, so nothing that it computes may depend on a line of NumPy that needs one of its results.
Steps are therefore counted in stages: what depends on a line of NumPy is in a later stage than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd.read.native.kinds import OF_PYTHON, c_type, is_elementwise, type_of
from autograd.read.native.plan import is_fold, is_placed
from autograd.read.native.products import is_product
from autograd.read.native.views import is_view
from autograd.read.term import Term, in_order, never, within

_WORTH = 2.0  # steps over arrays for which a call pays
_NUMBER = 0.1  # of such a step: one of single numbers


@dataclass
class Region:
    """Steps for one C function, in order; what they are given and what others need of them."""

    terms: list[Term]
    inputs: list[Term]
    results: list[Term]


def regions(roots: Sequence[Any]) -> list[Region]:
    """The regions of a program, in order."""
    order = in_order(roots, never)
    native = {s for s in order if _is_native(s)}
    stage: dict[Term, int] = {}
    for s in order:
        own = s in native
        stage[s] = max(
            (stage[x] + (own and x.call is not None and x not in native) for x in s.inner),
            default=0,
        )
    found = []
    for k in sorted({stage[s] for s in native}):
        region = _region([s for s in order if s in native and stage[s] == k], order, roots)
        if region is not None:
            found.append(region)
    return found


def _region(terms: list[Term], order: Sequence[Term], roots: Sequence[Any]) -> Region | None:
    """The region of these steps, if it is worth a call; without views that only others look at."""
    inside = set(terms)
    used_by: dict[Term, list[Term | None]] = {s: [] for s in terms}
    for s in order:
        for x in s.inner:
            if x in inside:
                used_by[x].append(s)
    for root in roots:
        if isinstance(root, Term) and root in inside:
            used_by[root].append(None)
    for s in reversed(terms):  # a view of a result is for NumPy to take
        if is_view(s) and any(user not in inside for user in used_by[s]):
            if all(user not in inside for user in used_by[s]):
                inside.discard(s)
            if s.operands[0] in inside:
                used_by[s.operands[0]].append(None)
    kept = [s for s in terms if s in inside]
    results = [s for s in kept if not is_view(s) and any(u not in inside for u in used_by[s])]
    computed = [s for s in kept if not is_view(s)]
    if not results or sum(1.0 if _is_large(s) else _NUMBER for s in computed) < _WORTH:
        return None
    inputs = dict.fromkeys(x for s in kept for x in within(s.operands) if x not in inside)
    return Region(kept, list(inputs), results)


def _is_large(s: Term) -> bool:
    return bool(s.shape) or any(x.shape for x in within(s.operands))


def _is_native(s: Term) -> bool:
    """Whether it is a step of C."""
    if s.call is None or any(x.kind not in OF_PYTHON and c_type(type_of(x)) is None for x in within(s.operands)):
        return False
    if c_type(type_of(s)) is None or not all(map(_is_known, (s, *s.operands))):
        return False
    return is_view(s) or is_product(s) or is_fold(s) or is_placed(s) or is_elementwise(s)


def _is_known(x: Any) -> bool:
    """Whether C has such a thing: an array of a Term's, a number; integers that are not in arrays only as operands."""
    if not isinstance(x, Term):
        return not getattr(x, "shape", ())
    return bool(x.shape) or type_of(x).kind in "fb"
