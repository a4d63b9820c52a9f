"""Formulas made simpler: each purely elementwise region of a graph of Symbols, rewritten where that gains something.

A region reaches from a value down to what is not made of sums, products and quotients: a name, a matrix product, a sum
over an axis, tanh, a comparison. These are its atoms. It is rewritten only if the new form costs less, and is as
accurate as the old one on the recorded values and wherever else the atoms may come to lie.

>>> import numpy as np
>>> from autograd.read import Symbol, write
>>> A, Y = (Symbol(np.array([[x, 0.5]]), name) for x, name in ((0.3, "A"), (1.0, "Y")))
>>> dA = -Y / A + (1 - Y) / (1 - A)
>>> print(write(simplified(dA * (A * (1 - A)))))
A - Y
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from autograd.read.region import WHOLE, Region, is_fraction
from autograd.read.symbol import Symbol, repeated, replaced, within
from autograd.rules.special import identity

_LINEAR = {np.matmul, np.sum, np.mean, np.transpose, np.swapaxes, np.expand_dims, np.squeeze, np.reshape}

_TIE = 1e-6

Known = Callable[[Symbol], "float | None"]


def simplified(symbol: Symbol, *, keep: Collection[Symbol] = (), pull: bool = False) -> Symbol:
    """`simplify_all` of one."""
    return simplify_all([symbol], keep=keep, pull=pull)[0]


def simplify_all(
    roots: Sequence[Symbol], *, keep: Collection[Symbol] = (), pull: bool = False, known: Known | None = None
) -> list[Symbol]:
    """The Symbols with every elementwise region below them in its simplest form, and equal parts shared.

    keep    Symbols that are computed in any case, so that others may use them for nothing
    pull    carry numbers and single values out of matrix products and sums: Σ c·X becomes c·ΣX
    known   the number that every entry of a Symbol is known to be, or None

    Symbols with names keep them; what they were computed from is simplified as well. Nothing is changed in place, and
    what cannot be made simpler is given back as it is. Values have to be known: a region with an atom that has none
    stays as it is.
    """
    simplifier = _Simplifier(pull, known)
    simplifier.run([*roots, *keep])
    return [simplifier.new(root) for root in roots]


class _Simplifier:
    def __init__(self, pull: bool, known: Known | None) -> None:
        self._pull, self._known = pull, known
        self._twins: dict[Symbol, Symbol] = {}
        self._new: dict[Symbol, Symbol] = {}
        self._settled: set[Symbol] = set()  # what is computed in any case: where regions end

    def new(self, s: Symbol) -> Symbol:
        """What has come of a Symbol."""
        return self._new[self._twins[s]]

    def run(self, roots: Sequence[Symbol]) -> None:
        """Operands first, so that a region is made of what is simple already."""
        order = operands_first(roots)
        self._twins = _twins(order)
        order = [s for s in order if self._twins[s] is s]
        heads = self._heads(order, {self._twins[s] for s in roots})
        for s in order:
            new = _with_operands(s, self.new)
            self._new[s] = self._head(new) if s in heads else new

    def _heads(self, order: Sequence[Symbol], roots: Collection[Symbol]) -> set[Symbol]:
        """The Symbols that are computed in any case: asked for, named, or used by more than one region."""
        head: dict[Symbol, Symbol] = {}
        users: dict[Symbol, set[Symbol]] = {s: set() for s in order}
        for s in reversed(order):
            free = is_fraction(s) and s not in roots and s.name is None and len(users[s]) == 1
            (head[s],) = users[s] if free else (s,)
            if not is_fraction(head[s]):
                head[s] = s
            for x in within((s.operands, s.params)):
                users[self._twins[x]].add(head[s])
        return {s for s in order if head[s] is s}

    def _head(self, s: Symbol) -> Symbol:
        number = None if self._known is None else self._known(s)
        if number is not None:
            return repeated(type(s)(number), s.shape)
        pulled = self._pulled(s) if self._pull else s
        new = _named(self._simplest(pulled) if is_fraction(pulled) else pulled, s)
        if pulled is s or s.name is not None:
            self._settled.add(new)
        return new

    def _simplest(self, s: Symbol) -> Symbol:
        """The cheapest form of a region.

        Regions are tried that end where something is computed in any case, that reach through it, and that leave
        quotients whole in which 0/0 has a meaning.
        """
        near = Region.below(s, self._settled.__contains__)
        if near is None:
            return s
        best, least = near.simplest(near.worth(self._pull), self._pull)
        if near.ends:
            far = Region.below(s, lambda _: False)
            if far is not None:
                saved = _TIE if far.worth(self._pull) > near.worth(self._pull) else 0  # what lies between is not needed
                best, least = far.simplest(least + saved, self._pull, best)
        whole = Region.below(s, lambda x: x in self._settled or x.call in WHOLE)
        if whole is not None and len(whole.ends) > len(near.ends):
            beneath = near.worth(self._pull) - whole.worth(self._pull)  # what the quotients cost by themselves
            best, _ = whole.simplest(least - beneath, self._pull, best)
        return s if best is None else best

    def _pulled(self, s: Symbol) -> Symbol:
        """c·L(X) for a linear L(c·X)."""
        if s.call not in _LINEAR or s.name is not None or "where" in s.params:
            return s
        scale = _Scale()
        operands = tuple(scale.taken_from(x) for x in s.operands)
        if scale.is_one:
            return s
        assert s.call is not None
        result = s.call(*operands, **s.params)
        self._settled.add(result)
        return scale.of(result)


def operands_first(roots: Sequence[Symbol]) -> list[Symbol]:
    """Every Symbol that the roots are made of, also beneath names; operands before what they are operands of."""
    order: list[Symbol] = []
    done: set[Symbol] = set()
    stack = list(reversed(roots))
    while stack:
        s = stack[-1]
        waiting = [x for x in within((s.operands, s.params)) if x not in done]
        if waiting:
            stack.extend(reversed(waiting))
            continue
        stack.pop()
        if s not in done:
            done.add(s)
            order.append(s)
    return order


def _twins(order: Sequence[Symbol]) -> dict[Symbol, Symbol]:
    """For each Symbol the first that was made in the same way of the same."""
    first: dict[Any, Symbol] = {}
    twins: dict[Symbol, Symbol] = {}
    for s in order:
        twins[s] = first.setdefault(_key(s, twins), s)
    return twins


def _key(s: Symbol, twins: dict[Symbol, Symbol]) -> Any:
    if s.operands and s.name is not None:
        return s
    if s.operands or s.params:
        return type(s), s.call, _frozen(s.operands, twins), _frozen(s.params, twins)
    return type(s), s.name, s.gradient, s.function, id(s.value)


def _frozen(x: Any, twins: dict[Symbol, Symbol]) -> Any:
    """A structure as a key: arrays are the same if they are one."""
    if isinstance(x, Symbol):
        return twins[x]
    if type(x) is slice:
        return slice, _frozen((x.start, x.stop, x.step), twins)
    if type(x) is dict:
        return tuple((k, _frozen(v, twins)) for k, v in sorted(x.items()))
    if type(x) in (tuple, list):
        return tuple(_frozen(part, twins) for part in x)
    return (type(x), id(x)) if isinstance(x, np.ndarray) else (type(x), str(x))


def _with_operands(s: Symbol, by: Callable[[Symbol], Symbol]) -> Symbol:
    if all(by(x) is x for x in within((s.operands, s.params))):
        return s
    return _copy(s, s.name, s.gradient, replaced(s.operands, by), replaced(s.params, by))


def _named(s: Symbol, like: Symbol) -> Symbol:
    """The Symbol under the name of another."""
    if like.name is None or s.name == like.name:
        return s
    if s.name is not None or not s.operands:
        s = identity(s)
    return _copy(s, like.name, like.gradient, s.operands, s.params)


def _copy(s: Symbol, name: str | None, gradient: bool, operands: tuple[Any, ...], params: dict[str, Any]) -> Symbol:
    return type(s)(
        s.value,
        name,
        function=s.function,
        call=s.call,
        operands=operands,
        params=params,
        shape=s.shape,
        gradient=gradient,
    )


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
        while isinstance(x, Symbol) and x.name is None and x.shape:
            if x.call is np.negative:
                self._negative = not self._negative
                (x,) = x.operands
            elif x.call is np.multiply and any(np.shape(y) == () for y in x.operands):
                scale, x = sorted(x.operands, key=np.ndim)
                self._over = scale if self._over is None else self._over * scale
            elif x.call is np.divide and np.shape(x.operands[1]) == () and isinstance(x.operands[0], Symbol):
                x, divisor = x.operands
                self._under = divisor if self._under is None else self._under * divisor
            else:
                break
        return x

    def of(self, x: Symbol) -> Symbol:
        """The same multiple of something else."""
        over, under, result = self._over, self._under, x
        if isinstance(over, Symbol) or isinstance(under, Symbol):
            over, under = (over if under is None else (1 if over is None else over) / under), None
        result = result if over is None else over * result
        result = result if under is None else result / under
        return -result if self._negative else result
