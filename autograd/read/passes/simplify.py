"""Formulas made simpler: each purely elementwise region of a graph of Terms, rewritten where that gains something.

A region reaches from a value down to what is not made of sums, products and quotients: a name, a matrix product, a sum
over an axis, tanh, a comparison. These are its atoms. It is rewritten only if the new form costs less, and is as
accurate as the old one on the recorded values and wherever else the atoms may come to lie. Numbers and single values
are carried out of matrix products and sums: Σ c·X becomes c·ΣX.

>>> import numpy as np
>>> from autograd.read import Term, write
>>> A, Y = (Term(np.array([[x, 0.5]]), name) for x, name in ((0.3, "A"), (1.0, "Y")))
>>> dA = -Y / A + (1 - Y) / (1 - A)
>>> print(write(simplified(dA * (A * (1 - A)))))
A - Y
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any

import numpy as np

from autograd.read.notation import order_of_axes, row_of
from autograd.read.passes.region import Region, is_fraction
from autograd.read.passes.share import sharing
from autograd.read.term import Term, applied_to, in_order, never, rebuilt, repeated, within
from autograd.rules.special import identity

_TIE = 1e-6  # of a pass

Known = Callable[[Term], "float | None"]


def simplified(symbol: Term) -> Term:
    """`simplify_all` of one."""
    return simplify_all([symbol])[0]


def simplify_all(roots: Sequence[Term], known: Known | None = None) -> list[Term]:
    """The Terms with every elementwise region below them in its simplest form, and equal parts shared.

    known   the number that every entry of a Term is known to be, or None

    Terms with names keep them; what they were computed from is simplified as well. Nothing is changed in place, and
    what cannot be made simpler is given back as it is. Values have to be known: a region with an atom that has none
    stays as it is.
    """
    return _Simplifier(known).run(roots)


class _Simplifier:
    def __init__(self, known: Known | None) -> None:
        self._known = known
        self._settled: set[Term] = set()  # what is simple already, or has a name: where regions end

    def run(self, roots: Sequence[Term]) -> list[Term]:
        """What comes of the roots: operands first, so that a region is made of what is simple already."""
        roots = rebuilt(roots, sharing(by_name=False), never)
        order = in_order(roots, never)
        heads = _heads(order, set(roots))
        new: dict[Term, Term] = {}
        for s in order:
            changed = applied_to(s, new.__getitem__)
            new[s] = self._head(changed) if s in heads else changed
        return [new[root] for root in roots]

    def _head(self, s: Term) -> Term:
        s = _one_number(s)
        bare = s if s.name is None or s.call is None else s.but(name=None, gradient=False)
        pulled = self._pulled(bare)
        pulled = s if pulled is bare else pulled
        new = named_as(self._simplest(pulled) if is_fraction(pulled) else pulled, s)
        if s.name is not None or (pulled is s and not is_fraction(new)):
            self._settled.add(new)
        return new

    def _told(self, s: Term) -> Term:
        """The number that a Term is known to be, or itself."""
        number = None if self._known is None else self._known(s)
        return s if number is None else repeated(type(s)(number), s.shape)

    def _simplest(self, s: Term) -> Term:
        """The cheapest form of a region.

        Regions are tried that end where something is computed in any case, and that reach through it; and the same
        with some operations in them left whole.
        """
        near = Region.below(s, self._settled.__contains__)
        if near is None:
            return s
        cost = near.cost
        best, least = near.simplest(cost, scaled=True)
        if near.ends:
            far = Region.below(s, never)
            if far is not None:
                saved = _TIE if far.cost > cost else 0  # what lies between is then not needed
                best, least = far.simplest(least + saved, cost > 0, best)
        for whole, ends in near.kept_whole(self._settled):
            region = Region.below(s, partial(_ends, whole, ends))
            if region is not None:
                inner = sum(self._cost(a) for a in region.atoms if isinstance(a, Term) and whole(a.call))
                best, least = region.simplest(least - inner, True, best)
                least += inner
        return s if best is None else best

    def _cost(self, s: Term) -> float:
        region = None if s in self._settled else Region.below(s, self._settled.__contains__)
        return 0.0 if region is None else region.cost

    def _pulled(self, s: Term) -> Term:
        """c·L(X) for a linear L(c·X), and B Aᵀ for (A Bᵀ)ᵀ."""
        s = untransposed(s)
        if not (row_of(s.call).linear or _moves(s)) or s.name is not None or "where" in s.params:
            return self._told(s)
        scale = _Scale()
        operands = tuple(scale.taken_from(x) for x in s.operands)
        if scale.is_one:
            return self._told(s)
        assert s.call is not None
        inner = self._told(untransposed(s.call(*operands, **s.params)))
        self._settled.add(inner)
        return scale.of(inner)


def _ends(whole: Callable[[Any], bool], ends: Collection[Term], s: Term) -> bool:
    return whole(s.call) or s in ends


def _heads(order: Sequence[Term], roots: Collection[Term]) -> set[Term]:
    """The Terms that are computed in any case: asked for, named, or used by more than one region."""
    heads: set[Term] = set()
    users: dict[Term, set[Term]] = {s: set() for s in order}
    for s in reversed(order):
        head = s
        if is_fraction(s) and s not in roots and s.name is None and len(users[s]) == 1:
            (user,) = users[s]
            head = user if is_fraction(user) else s
        if head is s:
            heads.add(s)
        for x in within((s.operands, s.params)):
            users[x].add(head)
    return heads


def named_as(s: Term, like: Term) -> Term:
    """The Term under the name of another."""
    if like.name is None or (s.name, s.gradient) == (like.name, like.gradient):
        return s
    s = identity(s) if s.name is not None or s.call is None else s
    return s.but(name=like.name, gradient=like.gradient, shape=like.shape)


def _moves(s: Term) -> bool:
    """Whether each entry is there once, elsewhere."""
    row = row_of(s.call)
    return row.moves or row.turns


def _one_number(s: Term) -> Term:
    """What moves the entries of a repeated number is that number, repeated."""
    x = s.operands[0] if _moves(s) and s.name is None else None
    if isinstance(x, Term) and x.shape == ():
        return repeated(x, s.shape)
    if not isinstance(x, Term) or x.call is not np.broadcast_to or np.shape(x.operands[0]) != ():
        return s
    number = x.operands[0]
    return repeated(number if isinstance(number, Term) else type(s)(number), s.shape)


def not_turned_twice(s: Term) -> Term:
    """What was turned twice as it is: K for (Kᵀ)ᵀ."""
    inner = s.operands[0] if _is_transpose(s) else None
    back = inner.operands[0] if isinstance(inner, Term) and _is_transpose(inner) else None
    return back if isinstance(back, Term) else s


def untransposed(s: Term) -> Term:
    """What was turned twice as it is; the transpose of a product as that of transposes, where those are fewer."""
    if not_turned_twice(s) is not s:
        return not_turned_twice(s)
    product = s.operands[0] if _is_transpose(s) else None
    if not isinstance(product, Term) or product.name is not None or product.call is not np.matmul:
        return s
    left, right = product.operands
    if not (_is_transpose(left) or _is_transpose(right)):
        return s
    turned = [x.operands[0] if _is_transpose(x) else np.transpose(x) for x in (right, left)]
    result: Any = product.call(*turned)
    return result  # type: ignore[no-any-return]


def _is_transpose(x: Any) -> bool:
    turns = isinstance(x, Term) and row_of(x.call).turns and x.name is None and x.ndim == 2
    return turns and order_of_axes(x.params, 2) == [1, 0]


class _Scale:
    """The numbers and single values that arrays are multiples of."""

    def __init__(self) -> None:
        self._over: Any = None  # None stands for 1
        self._under: Any = None
        self._negative = False

    @property
    def is_one(self) -> bool:
        """Whether nothing was taken from anything."""
        return self._over is None and self._under is None and not self._negative

    def taken_from(self, x: Any) -> Any:
        """What an operand is a multiple of."""
        while isinstance(x, Term) and x.name is None and x.shape:
            if x.call is np.negative:
                self._negative = not self._negative
                (x,) = x.operands
            elif x.call is np.multiply and any(np.shape(y) == () for y in x.operands):
                scale, x = sorted(x.operands, key=np.ndim)
                self._over = scale if self._over is None else self._over * scale
            elif x.call is np.divide and np.shape(x.operands[1]) == () and isinstance(x.operands[0], Term):
                x, divisor = x.operands
                self._under = divisor if self._under is None else self._under * divisor
            else:
                break
        return x

    def of(self, x: Term) -> Term:
        """The same multiple of something else."""
        over, under, result = self._over, self._under, x
        if isinstance(over, Term) or isinstance(under, Term):
            over, under = (over if under is None else (1 if over is None else over) / under), None
        result = result if over is None else over * result
        result = result if under is None else result / under
        return -result if self._negative else result
