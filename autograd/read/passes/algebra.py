"""Simpler ways to write an elementwise expression, found with SymPy.

An expression of sums, products and quotients is a fraction of two polynomials. Running it on SymPy's exact fractions
brings it to the one cancelled form; that is written out again, once as it is and once in factors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from math import gcd
from typing import Any, NamedTuple

import numpy as np

from autograd.read.passes.form import Atom, Builder, Form, Pattern, Ref

_MOST_TERMS = 40  # of a numerator or denominator on the way: the common divisors of longer ones take too long
_MOST_FACTORED = 16  # terms of a polynomial whose factors are looked for
_HIGHEST = 24  # degree

Monomial = tuple[int, ...]
Polynomial = dict[Monomial, Fraction]


class TooLarge(ArithmeticError):
    """An expression that is left as it is."""


@lru_cache(maxsize=1024)
def alternatives(form: Form, patterns: tuple[Pattern, ...]) -> tuple[Form, ...]:
    """The same in other words: cancelled, as it is and in factors. Nothing where that would take too long."""
    return tuple(_alternatives(form, patterns))


def _alternatives(form: Form, patterns: tuple[Pattern, ...]) -> Iterator[Form]:
    from sympy.polys.domains import QQ
    from sympy.polys.fields import field  # SymPy takes its time to import, and many programs need none of this

    space, *generators = field([f"x{i}" for i in range(len(patterns))] or ["x"], QQ)
    try:
        exact = space(form.run(generators, number=lambda x: QQ(*x.as_integer_ratio()), check=_small))
    except (TooLarge, ZeroDivisionError, TypeError):  # TypeError: of x/0, where the rule of `ratio` asks for nan
        return
    parts = (exact.numer, exact.denom)
    in_factors = [_factors(polynomial) for polynomial in parts]
    for powers in ([[(polynomial, 1)] for polynomial in parts], in_factors, [*map(_to_squares, in_factors)]):
        over, under = (_product([_Power(_plain(base), exponent) for base, exponent in of]) for of in powers)
        yield _Writer(patterns).quotient(over, under)


def _small(fraction: Any) -> None:
    for polynomial in (fraction.numer, fraction.denom) if hasattr(fraction, "numer") else ():  # not of a number
        if len(polynomial) > _MOST_TERMS or max(map(sum, polynomial.itermonoms()), default=0) > _HIGHEST:
            raise TooLarge


# --- polynomials as products ------------------------------------------------------------------------------------------


class _Power(NamedTuple):
    base: Polynomial
    exponent: int


class _Product(NamedTuple):
    """A number times powers of polynomials; those of one term are single atoms, the others have no common divisor."""

    coefficient: Fraction
    powers: list[_Power]


def _to_squares(factors: list[tuple[Any, int]]) -> list[tuple[Any, int]]:
    """The same factors, but with 1 − a² for (1 − a)(1 + a)."""
    factors = list(factors)
    for i, (base, exponent) in enumerate(factors):
        for other in factors[i + 1 :]:
            if other[1] == exponent and len(base) == len(other[0]) == 2 == len(base * other[0]):
                factors[i] = base * other[0], exponent
                factors.remove(other)
                break
    return factors


def _factors(polynomial: Any) -> list[tuple[Any, int]]:
    """The factors, of those that are found quickly: base and exponent of each."""
    if not polynomial:
        return [(polynomial, 1)]
    ring = polynomial.ring
    common = ring.from_dict({tuple(map(min, zip(*polynomial.itermonoms(), strict=True))): ring.domain.one})
    rest = polynomial.exquo(common)
    if len(rest) > _MOST_FACTORED:
        return [(common, 1), (rest, 1)]
    coefficient, factors = rest.factor_list()
    return [(common, 1), (ring.ground_new(coefficient), 1), *factors]


def _product(powers: list[_Power]) -> _Product:
    coefficient, found = Fraction(1), []
    for base, exponent in powers:
        content = _content(base)
        coefficient *= content**exponent
        if len(base) == 1:
            (monomial,) = base
            found += [_Power(_unit(i, len(monomial)), k * exponent) for i, k in enumerate(monomial) if k]
        elif base:
            found.append(_Power({monomial: c / content for monomial, c in base.items()}, exponent))
    return _Product(coefficient, found)


def _plain(polynomial: Any) -> Polynomial:
    return {tuple(monomial): _fraction(c) for monomial, c in polynomial.terms()}


def _fraction(c: Any) -> Fraction:
    return Fraction(int(c.numerator), int(c.denominator))


def _unit(i: int, n: int) -> Polynomial:
    return {tuple(int(j == i) for j in range(n)): Fraction(1)}


def _content(polynomial: Polynomial) -> Fraction:
    """The number that can be taken out, 0 of nothing; the sign goes with it where all coefficients share it."""
    over, under = 0, 1
    for c in polynomial.values():
        over, under = gcd(over * c.denominator, c.numerator * under), under * c.denominator
    share = Fraction(over, under)
    return -share if all(c < 0 for c in polynomial.values()) else share


# --- and as steps -----------------------------------------------------------------------------------------------------


class _Writer:
    """Writes polynomials as steps, in the order in which a textbook does.

    Atoms keep the order in which they came up; what is added stands before what is subtracted, a number first of all.
    In products, what is a number stands before the arrays, so that numbers are multiplied with one another first.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._builder = Builder()
        self._patterns = patterns
        self._arrays = any(patterns)

    def quotient(self, over: _Product, under: _Product) -> Form:
        """One product over another."""
        coefficient = over.coefficient / under.coefficient
        if coefficient < 0:
            coefficient *= _sign_absorbed(over.powers) or _sign_absorbed(under.powers) or 1
        result = self._quotient(abs(coefficient), over.powers, under.powers)
        return self._builder.form(result if coefficient >= 0 else self._negative(result))

    def _quotient(self, coefficient: Fraction, over: list[_Power], under: list[_Power]) -> Ref:
        arrays, divisors = ([p for p in powers if not self._is_single(p)] for powers in (over, under))
        singles, single_divisors = ([p for p in powers if self._is_single(p)] for powers in (over, under))
        if not singles and not single_divisors:
            return self._scaled(_number(coefficient), arrays, divisors)
        above, below = (
            self._times(coefficient.numerator, singles),
            self._times(coefficient.denominator, single_divisors),
        )
        return self._scaled(self._over(above, below), arrays, divisors)

    def _scaled(self, scale: Ref, arrays: list[_Power], divisors: list[_Power]) -> Ref:
        if not arrays:
            return self._over(scale, self._times(1, divisors))
        array = self._over(self._times(1, arrays), self._times(1, divisors))
        return array if scale == 1 else self._builder.step(np.multiply, scale, array)

    def _is_single(self, power: _Power) -> bool:
        """Whether it is made of numbers, where others are arrays."""
        used = {i for monomial in power.base for i, k in enumerate(monomial) if k}
        return self._arrays and not any(self._patterns[i] for i in used)

    def _over(self, over: Ref, under: Ref) -> Ref:
        return over if under == 1 else self._builder.step(np.divide, over, under)

    def _times(self, number: Ref, powers: Any) -> Ref:
        product = number
        for base, exponent in sorted(powers, key=_first_atom):
            factor = self._sum(base)
            if exponent != 1:
                factor = self._builder.step(np.power, factor, exponent)
            product = factor if product == 1 else self._builder.step(np.multiply, product, factor)
        return product

    def _sum(self, polynomial: Polynomial) -> Ref:
        if len(polynomial) == 1:
            (monomial,) = polynomial
            return Atom(monomial.index(1))
        total: Ref = 0
        for monomial, c in sorted(polynomial.items(), key=_place):
            term = self._quotient(abs(c), _product([_Power({monomial: Fraction(1)}, 1)]).powers, [])
            if total == 0:
                total = term if c > 0 else self._negative(term)
            else:
                total = self._builder.step(np.add if c > 0 else np.subtract, total, term)
        return total

    def _negative(self, ref: Ref) -> Ref:
        return -ref if isinstance(ref, (int, float, Fraction)) else self._builder.step(np.negative, ref)


def _sign_absorbed(powers: list[_Power]) -> int | None:
    """−(y − a) is a − y: turns a factor round that has terms of both signs; returns -1, or None without such a one."""
    for i, (base, exponent) in enumerate(powers):
        if exponent % 2 and len({c < 0 for c in base.values()}) == 2:
            powers[i] = _Power({monomial: -c for monomial, c in base.items()}, exponent)
            return -1
    return None


def _place(term: tuple[Monomial, Fraction]) -> tuple[Any, ...]:
    monomial, c = term
    return c < 0, any(monomial), [-k for k in monomial]


def _first_atom(power: _Power) -> int:
    return min(i for monomial in power.base for i, k in enumerate(monomial) if k)


def _number(coefficient: Fraction) -> Ref:
    """0.5 as it is, but a third or an eighth as a fraction."""
    if coefficient.denominator in (2, 4):
        return float(coefficient)
    return coefficient.numerator if coefficient.denominator == 1 else coefficient
