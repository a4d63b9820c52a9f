"""Fractions of sums of powers of one unknown, with exact numbers: what functions of e^z are compared as.

>>> from fractions import Fraction
>>> e = Rational.power(Fraction(1))
>>> 1 / (1 + 1 / e) == e / (1 + e)
True
"""

from __future__ import annotations

from fractions import Fraction

Sum = dict[Fraction, Fraction]  # exponent -> coefficient
_MOST_TERMS = 24


class TooLong(ArithmeticError):
    """A fraction with more terms than anybody writes."""


class Rational:
    """One sum of powers over another. Exponents may be fractions, as in e^(z/2)."""

    def __init__(self, over: Sum, under: Sum) -> None:
        if not under:
            raise ZeroDivisionError
        if len(over) + len(under) > _MOST_TERMS:
            raise TooLong
        self.over, self.under = over, under

    @classmethod
    def constant(cls, number: Fraction) -> Rational:
        """A number."""
        return cls({Fraction(0): number} if number else {}, {Fraction(0): Fraction(1)})

    @classmethod
    def power(cls, exponent: Fraction) -> Rational:
        """The unknown to that power."""
        return cls({exponent: Fraction(1)}, {Fraction(0): Fraction(1)})

    def __add__(self, other: Rational | int) -> Rational:
        other = _as_rational(other)
        return Rational(
            _added(_times(self.over, other.under), _times(other.over, self.under)), _times(self.under, other.under)
        )

    __radd__ = __add__

    def __neg__(self) -> Rational:
        return Rational({k: -c for k, c in self.over.items()}, self.under)

    def __sub__(self, other: Rational | int) -> Rational:
        return self + -other

    def __pos__(self) -> Rational:
        return self

    def __mul__(self, other: Rational) -> Rational:
        return Rational(_times(self.over, other.over), _times(self.under, other.under))

    def __truediv__(self, other: Rational) -> Rational:
        return Rational(_times(self.over, other.under), _times(self.under, other.over))

    def __rtruediv__(self, other: int) -> Rational:
        return _as_rational(other) / self

    def __pow__(self, exponent: int) -> Rational:
        one = result = Rational.constant(Fraction(1))
        if abs(exponent) > _MOST_TERMS:
            raise TooLong
        for _ in range(abs(exponent)):
            result = result * self
        return one / result if exponent < 0 else result

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rational) and _times(self.over, other.under) == _times(other.over, self.under)

    __hash__ = None  # type: ignore[assignment]


def _as_rational(x: Rational | int) -> Rational:
    return x if isinstance(x, Rational) else Rational.constant(Fraction(x))


def _added(one: Sum, other: Sum) -> Sum:
    total = dict(one)
    for k, c in other.items():
        total[k] = total.get(k, Fraction(0)) + c
    return {k: c for k, c in total.items() if c}


def _times(one: Sum, other: Sum) -> Sum:
    total: Sum = {}
    for k, c in one.items():
        for j, d in other.items():
            total[k + j] = total.get(k + j, Fraction(0)) + c * d
    return {k: c for k, c in total.items() if c}
