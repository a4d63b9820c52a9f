"""A purely elementwise region of a graph of Terms: its form, its atoms, and its simplest form."""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from autograd.read.notation import row_of
from autograd.read.onehot import one_hot
from autograd.read.passes.accuracy import as_good, as_good_on, domain
from autograd.read.passes.algebra import alternatives
from autograd.read.passes.form import Atom, Builder, Form, Pattern, Ref, cost, is_scaled, plainest
from autograd.read.term import Term, repeated, value_of

_HIGHEST_POWER = 6
_MOST_STEPS, _MOST_ATOMS = 48, 12  # a larger region is left as it is
_FINEST = 1024  # a float that is a multiple of 1/1024 takes part as a number; another is an atom, as π would be
_SCALE_IN_FRONT = 1.0  # passes that it is worth, for reading, to have a scale where it can be pulled out


def is_fraction(s: Term) -> bool:
    """Whether it is a sum, product or quotient of floats, so that it can be within a region."""
    if s.call is np.power:
        exponent = s.operands[1]
        fits = type(exponent) in (int, float) and exponent == int(exponent) and abs(exponent) <= _HIGHEST_POWER
    else:
        fits = row_of(s.call).exact or s.call is np.broadcast_to or (s.call is np.zeros_like and not s.params)
    return fits and s.dtype.kind == "f"


def _has_convention(call: Any) -> bool:
    return row_of(call).convention


class Region:
    """An elementwise expression and what it is applied to.

    form, atoms   the expression, and its operands: Terms and plain values
    ends          whether some of the operands are sums, products or quotients themselves
    """

    def __init__(self, top: Term, form: Form, atoms: list[Any]) -> None:
        self.top = top
        self.form = form
        self.atoms = atoms
        self.ends = any(isinstance(a, Term) and is_fraction(a) for a in atoms)
        self.patterns = tuple(_pattern(np.shape(value_of(a)), top.shape) for a in atoms)

        # A reader reads what has no name; a name costs nothing.
        self._prices = tuple(float(isinstance(a, Term) and _is_unnamed(a)) for a in atoms)

    @classmethod
    def below(cls, top: Term, stop: Callable[[Term], bool]) -> Region | None:
        """The region of `top`, down to where `stop` says so; None where it is too large or has unknown values."""
        reading = _Reading(top, stop)
        if not reading.complete or any(value_of(a) is None for a in reading.atoms):
            return None
        return cls(top, reading.form, reading.atoms)

    @property
    def cost(self) -> float:
        """What it costs as it stands."""
        return cost(self.form, self.patterns, self._prices)

    def kept_whole(self, settled: Collection[Term]) -> list[tuple[Callable[[Any], bool], Collection[Term]]]:
        """The operations in it that might better be left whole, each with where a region is then to end.

        Quotients in which 0/0 has a meaning would lose it; sums would be multiplied out for nothing.
        """
        found: list[tuple[Callable[[Any], bool], Collection[Term]]] = []
        calls = {call for call, _ in self.form.steps[:-1]}
        if any(map(_has_convention, calls)):
            found += [(_has_convention, settled), (_has_convention, ())]
        if any(row_of(call).algebra == "sum" for call in calls):
            found.append((lambda call: _has_convention(call) or row_of(call).algebra == "sum", settled))
        return found

    def simplest(self, least: float, scaled: bool, best: Term | None = None) -> tuple[Term | None, float]:
        """The cheapest form as a Term and what it costs; `best` and `least` unless that is less.

        scaled   prefer forms with a scale in front
        """
        if plainest(self.form):
            return best, least
        domains = tuple(domain(value_of(a)) for a in self.atoms)
        for form, costs in _cheaper(self.form, self.patterns, domains, self._prices, least, scaled):
            if as_good_on(form, self.form, [value_of(a) for a in self.atoms], self.top.value):
                symbol = self._symbol(form)
                if symbol.dtype == self.top.dtype:
                    return symbol, costs
        return best, least

    def _symbol(self, form: Form) -> Term:
        kind = type(self.top)
        result = form.run(self.atoms, number=lambda x: kind(x.numerator) / x.denominator if type(x) is Fraction else x)
        if not isinstance(result, Term):  # a number, or an array that was handed in as it is
            result = kind(result if np.ndim(result) else float(result))
        return repeated(result, self.top.shape)


class _Reading:
    """Goes down from a Term and writes what it finds as a Form."""

    def __init__(self, top: Term, stop: Callable[[Term], bool]) -> None:
        self.atoms: list[Any] = []
        self._numbers: dict[Any, Atom] = {}
        self._builder = Builder()
        self._refs: dict[Term, Ref] = {}
        self._stop = stop
        self.complete = self._read(top)
        self.form = self._builder.form(self._refs.get(top, 0))

    def _read(self, top: Term) -> bool:
        """Operands before what is made of them, in the order in which they are written."""
        stack = [top]
        while stack:
            s = stack[-1]
            inner = s is top or (is_fraction(s) and not self._stop(s))
            waiting = [x for x in s.operands if isinstance(x, Term) and x not in self._refs] if inner else []
            if waiting:
                stack.extend(reversed(waiting))
            else:
                stack.pop()
                if s not in self._refs:
                    self._refs[s] = self._step(s) if inner else self._atom(s)
            if max(len(self._refs), len(stack)) > _MOST_STEPS or len(self.atoms) > _MOST_ATOMS:
                return False
        return True

    def _step(self, s: Term) -> Ref:
        if s.call is np.zeros_like:
            return 0
        refs = [self._ref(x) for x in s.operands]
        if s.call is np.broadcast_to:
            return refs[0]
        assert s.call is not None
        return self._builder.step(s.call, *refs)

    def _ref(self, x: Any) -> Ref:
        return self._refs[x] if isinstance(x, Term) else self._atom(x)

    def _atom(self, x: Any) -> Ref:
        number = _number(x)
        if number is not None:
            return number
        key = x if isinstance(x, Term) else (type(x), float(x)) if np.ndim(x) == 0 else id(x)
        if key not in self._numbers:
            self._numbers[key] = Atom(len(self.atoms))
            self.atoms.append(x)
        return self._numbers[key]


def _is_unnamed(a: Term) -> bool:
    """Whether it is something that was computed and has no name; what might be within a region is counted there."""
    return a.name is None and a.call is not None and a.call is not one_hot and not is_fraction(a)


def _number(x: Any) -> int | float | None:
    """A number that takes part in the algebra: whole, or a simple fraction."""
    if isinstance(x, Term):
        if x.name is not None or x.function or x.shape:
            return None
        x = x.value
    if type(x) is int:
        return x
    if type(x) is not float or not float(x * _FINEST).is_integer():
        return None
    return int(x) if x.is_integer() else x


def _pattern(shape: tuple[int, ...], whole: tuple[int, ...]) -> Pattern:
    if not shape:
        return ()
    aligned = (1,) * (len(whole) - len(shape)) + tuple(shape)
    return tuple(n == of for n, of in zip(aligned, whole, strict=True))


@lru_cache(maxsize=1024)
def _cheaper(
    form: Form,
    patterns: tuple[Pattern, ...],
    domains: tuple[str, ...],
    prices: tuple[float, ...],
    least: float,
    scaled: bool,
) -> list[tuple[Form, float]]:
    """Other forms that cost less than `least` and are as good on whatever the atoms can be, the cheapest first."""
    found = {other: cost(other, patterns, prices) for other in alternatives(form, patterns)}
    bonus = {other: _SCALE_IN_FRONT if scaled and is_scaled(other, patterns) else 0 for other in found}
    cheap = sorted(
        (other for other in found if found[other] - bonus[other] < least - 1e-9), key=lambda o: found[o] - bonus[o]
    )
    return [(other, found[other]) for other in cheap if as_good(other, form, domains)]
