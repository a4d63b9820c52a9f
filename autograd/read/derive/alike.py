"""Whether two expressions give the same numbers in floats: up to rounding, and over the whole range.

What counts as the same: signs, simple fractions and powers of two as factors, wherever they stand in a product;
m·(1/m); 2x for x + x; the order of two terms or factors; a 1/m in front of a sum for one with each term; a product of
matrices that was turned as a whole, or each of them. What does not, because one side may overflow, cancel or be 0/0
where the other is not: x/y² for (x/y)/y, a sum of quotients over one denominator, three terms in another order, (x·y)·z
for x·(y·z), a small scale taken out of a sum.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from fractions import Fraction
from math import frexp
from typing import Any, NamedTuple

import numpy as np

from autograd.read.notation import order_of_axes, row_of
from autograd.read.passes.safe import is_simple
from autograd.read.passes.share import part
from autograd.read.term import Term, in_order, mapped
from autograd.rules import getitem
from autograd.rules.special import identity, ratio

_EXPONENTS = 40  # numbers of ordinary size
_FINEST = 1024  # a multiple of 1/1024 up to 1024 is a simple number


class Scaled(NamedTuple):
    """A number times a power of m times something, which is numbered; None stands for 1."""

    number: Fraction
    power: int
    rest: int | None


def alike(new: Term, old: Term, m: Term | None) -> bool:
    """Whether a program may compute `new` in place of `old`. Names are not looked into.

    m   the number of samples
    """
    known = _Parts(m)
    is_now, wanted = known.of(old), known.of(new)
    return wanted in (is_now, known.of(old, spread=True)) or is_now == known.of(new, common=True)


class _Parts:
    """Parts of expressions, each numbered: one number for parts that are alike."""

    def __init__(self, m: Term | None) -> None:
        self._m = m
        self._spread = False
        self._numbers: dict[Hashable, int] = {}
        self._parts: list[Any] = []

    def of(self, root: Term, common: bool = False, spread: bool = False) -> Scaled:
        """An expression.

        common   with the scale in front that all terms of a sum have
        spread   with 1/m, or what else makes smaller, written with each term of a sum

        A sum may overflow before it is scaled down, so either is done to one side only: the scale was in front, and may
        be written with each term.
        """
        self._spread = spread
        found: dict[int, Scaled] = {}
        for s in in_order([root]):
            found[id(s)] = self._part(s, found, common)
        return found[id(root)]

    def _part(self, s: Term, found: dict[int, Scaled], common: bool) -> Scaled:
        if s is self._m or (self._m is not None and s.call is None and s.name is not None and s.name == self._m.name):
            return Scaled(Fraction(1), 1, None)
        if s.name is not None:
            return self._whole("name", s.name, s.gradient)
        if s.call is None:
            return self._value(s.value)
        given = [found[id(x)] if isinstance(x, Term) else self._value(x) for x in s.operands]
        row = _Parts.moved if row_of(s.call).reshapes else _ROWS.get(s.call)
        result = None if row is None else row(self, s, given)
        if result is None and row_of(s.call).algebra == "sum":
            second = given[1] if s.call is np.add else self.negative(s, given[1:])
            result = self._sum(given[0], second, common)
        return self._other(s, given, found) if result is None else result

    def _numbered(self, *what: Hashable) -> int:
        if what not in self._numbers:
            self._numbers[what] = len(self._parts)
            self._parts.append(what)
        return self._numbers[what]

    def _whole(self, *what: Hashable) -> Scaled:
        return Scaled(Fraction(1), 0, self._numbered(*what))

    def _value(self, x: Any) -> Scaled:
        if is_simple(x):
            return Scaled(Fraction(x), 0, None)
        if type(x) is not float or not np.isfinite(x):
            return self._whole("value", part(x))
        near = Fraction(x).limit_denominator(_FINEST)
        if near and float(near) == x:  # 1/6, up to rounding
            return Scaled(near, 0, None)
        digits, exponent = frexp(abs(x))  # a power of two rounds nothing
        if abs(exponent) > _EXPONENTS:
            return self._whole("value", part(x))
        return Scaled((-1 if x < 0 else 1) * Fraction(2) ** exponent, 0, self._numbered("value", digits))

    # --- products -----------------------------------------------------------------------------------------------------

    def product(self, _: Term, given: list[Scaled]) -> Scaled:
        """x·y, in either order."""
        x, y = given
        rests = sorted(r for r in (x.rest, y.rest) if r is not None)
        number, power = x.number * y.number, x.power + y.power
        if self._spread and len(rests) == 1 and (inner := self._parts[rests[0]])[0] == "sum":
            scale = x if x.rest is None else y
            if abs(scale.number) <= 1 and scale.power <= 0:
                first, second = (t._replace(number=number * t.number, power=power + t.power) for t in inner[1:])
                return self._sum(first, second, common=False)
        rest = self._numbered("product", *rests) if len(rests) == 2 else rests[0] if rests else None
        return Scaled(number, power, rest)

    def square(self, s: Term, given: list[Scaled]) -> Scaled:
        """x²."""
        return self.product(s, [given[0], given[0]])

    def power(self, s: Term, given: list[Scaled]) -> Scaled | None:
        """x² and x, written as powers."""
        exponent = s.operands[1]
        if type(exponent) not in (int, float) or exponent not in (1, 2):
            return None
        return given[0] if exponent == 1 else self.square(s, given)

    def quotient(self, s: Term, given: list[Scaled]) -> Scaled | None:
        """x/y."""
        x, y = given
        if not y.number:
            return None
        rest = x.rest if y.rest is None else self._numbered(s.call, x.rest, y.rest)
        return Scaled(x.number / y.number, x.power - y.power, rest)

    def negative(self, _: Term, given: list[Scaled]) -> Scaled:
        """−x."""
        return given[0]._replace(number=-given[0].number)

    def same(self, _: Term, given: list[Scaled]) -> Scaled:
        """x."""
        return given[0]

    # --- sums ---------------------------------------------------------------------------------------------------------

    def _sum(self, x: Scaled, y: Scaled, common: bool) -> Scaled:
        if (x.rest, x.power) == (y.rest, y.power) and (x.rest is None or x.number * y.number > 0):
            return x._replace(number=x.number + y.number)  # x + x is 2x, and no part of it is larger
        x, y = sorted((x, y), key=lambda term: -1 if term.rest is None else term.rest)
        sign = -1 if x.number < 0 else 1
        power = x.power if x.power == y.power and (common or x.power > 0) else 0
        size = abs(x.number) if abs(x.number) == abs(y.number) and (common or abs(x.number) > 1) else 1
        scale = sign * (size or 1)
        terms = [Scaled(t.number / scale, t.power - power, t.rest) for t in (x, y)]
        return Scaled(Fraction(scale), power, self._numbered("sum", *terms))

    # --- arrays -------------------------------------------------------------------------------------------------------

    def matrices(self, _: Term, given: list[Scaled]) -> Scaled:
        """A product of matrices: where the scale is at least 1, it cannot overflow without it."""
        scale, inner = Scaled(Fraction(1), 0, None), []
        for x in given:
            out, kept = self._taken_out(x)
            scale = scale._replace(number=scale.number * out.number, power=scale.power + out.power)
            inner.append(kept)
        return scale._replace(rest=self._numbered("matrices", *inner))

    def total(self, s: Term, given: list[Scaled]) -> Scaled:
        """A sum along axes."""
        out, kept = self._taken_out(given[0])
        return out._replace(rest=self._numbered(s.call, kept, self._params(s, {})))

    def _taken_out(self, x: Scaled) -> tuple[Scaled, int]:
        """The part of a scale that may stand in front of a sum, and what is summed."""
        power = max(x.power, 0)
        size = abs(x.number) if abs(x.number) >= 1 else Fraction(1)
        out = Scaled(-size if x.number < 0 else size, power, None)
        left = Scaled(x.number / out.number, x.power - power, x.rest)
        plain = left.rest is not None and left.number == 1 and not left.power
        return out, left.rest if plain and left.rest is not None else self._numbered("scaled", left)

    def transpose(self, s: Term, given: list[Scaled]) -> Scaled | None:
        """The transpose of a matrix."""
        if s.ndim != 2 or order_of_axes(s.params, 2) != [1, 0]:
            return None
        if given[0].rest is None:  # a number repeated
            return given[0]
        return given[0]._replace(rest=self._turned(given[0].rest))

    def _turned(self, rest: int) -> int:
        what = self._parts[rest]
        if what[0] == "transpose":
            return int(what[1])
        if what[0] == "matrices":
            return self._numbered("matrices", *(self._turned(x) for x in reversed(what[1:])))
        return self._numbered("transpose", rest)

    def moved(self, s: Term, given: list[Scaled]) -> Scaled:
        """Entries in other places; a number repeated counts as the number."""
        x = given[0]
        if x.rest is None:
            return x
        return x._replace(rest=self._numbered(s.call, x.rest, self._params(s, {})))

    def entries(self, _: Term, given: list[Scaled]) -> Scaled | None:
        """Some of the entries; of a number repeated, the number."""
        return given[0] if given[0].rest is None else None

    # --- whatever else ------------------------------------------------------------------------------------------------

    def _other(self, s: Term, given: list[Scaled], found: dict[int, Scaled]) -> Scaled:
        return self._whole("call", s.call, *given, self._params(s, found))

    def _params(self, s: Term, found: dict[int, Scaled]) -> Hashable:
        return part(list(mapped(s.params, lambda x: repr(found.get(id(x), id(x)))).items()))


_ROWS: dict[Any, Callable[[_Parts, Term, list[Scaled]], Scaled | None]] = {
    np.multiply: _Parts.product,
    np.square: _Parts.square,
    np.power: _Parts.power,
    np.divide: _Parts.quotient,
    ratio: _Parts.quotient,
    np.negative: _Parts.negative,
    np.positive: _Parts.same,
    identity: _Parts.same,
    np.matmul: _Parts.matrices,
    getitem: _Parts.entries,
    np.sum: _Parts.total,
    np.transpose: _Parts.transpose,
    np.swapaxes: _Parts.transpose,
}
