"""Form: an elementwise expression, free of what it is applied to.

The same few steps are run on arrays for their numbers, on exact numbers to prove something, and on Terms to be read;
NumPy's functions take all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from autograd.read.notation import row_of

Call = Callable[..., Any]
Pattern = tuple[bool, ...]  # for each axis of the result, whether an operand goes along or is repeated; () of a number


@dataclass(frozen=True)
class Atom:
    """The operand of that number."""

    index: int


@dataclass(frozen=True)
class Result:
    """What the step of that number gives."""

    index: int


Number = int | float | Fraction
Ref = Atom | Result | Number


def plain(x: Number) -> int | float:
    """A number as NumPy takes it."""
    return float(x) if isinstance(x, Fraction) else x


class Form(NamedTuple):
    """Steps, each a function and what it is applied to; the last one gives the result if there is any."""

    steps: tuple[tuple[Call, tuple[Ref, ...]], ...]
    result: Ref

    def atoms(self) -> set[Atom]:
        """The operands that have a part in it."""
        refs = [self.result, *(ref for _, refs in self.steps for ref in refs)]
        return {ref for ref in refs if isinstance(ref, Atom)}

    def run(self, atoms: Sequence[Any], number: Call = plain, check: Call | None = None) -> Any:
        """The value for these atoms.

        number   turns a number that stands in the form into what the atoms are; an exponent stays as it is
        check    is shown each step's result, and may raise
        """
        done: list[Any] = []

        def known(ref: Ref) -> Any:
            if isinstance(ref, Atom):
                return atoms[ref.index]
            return done[ref.index] if isinstance(ref, Result) else number(ref)

        for call, refs in self.steps:
            last = refs[1:] if call is np.power else map(known, refs[1:])
            done.append(call(known(refs[0]), *last))
            if check is not None:
                check(done[-1])
        return known(self.result)


class Builder:
    """Puts a Form together; equal steps are one."""

    def __init__(self) -> None:
        self._steps: dict[tuple[Call, tuple[Any, ...]], Result] = {}

    def step(self, call: Call, *refs: Ref) -> Result:
        """The result of a function of these."""
        return self._steps.setdefault((call, refs), Result(len(self._steps)))

    def form(self, result: Ref) -> Form:
        """All steps, with the one that is the result."""
        return Form(tuple(self._steps), result)


_HIGH_POWER = 10.0  # passes over its arrays: NumPy raises to the third power by the logarithm
_SECOND_OPERAND = 0.1  # of a pass: to read that as well
_SINGLE, _REPEATED = 0.1, 0.3  # of a pass: for single values, for operands that are repeated


def cost(form: Form, patterns: Sequence[Pattern], prices: Sequence[float]) -> float:
    """How much NumPy has to do, in passes over the result; `prices` are what it costs to have the atoms."""
    arrays = any(patterns)
    used = {ref for _, refs in form.steps for ref in refs} | {form.result}
    total = float(sum(price for i, price in enumerate(prices) if Atom(i) in used))
    for (call, refs), given in _operands(form, patterns):
        passes = _HIGH_POWER if call is np.power and refs[1] not in (1, 2) else row_of(call).passes
        passes += 1.0 if any(isinstance(ref, Fraction) for ref in refs) else 0  # as the division that it stands for
        passes -= 0 if sum(map(bool, given)) > 1 else _SECOND_OPERAND
        result = _joined(given)
        total += passes * (_SINGLE if arrays and not result else 1.0 if all(result) else _REPEATED)
    return total


def is_scaled(form: Form, patterns: Sequence[Pattern]) -> bool:
    """Whether it is a number times an array, or the negative of that."""
    for (call, _), given in reversed(_operands(form, patterns)):
        if call is np.multiply:
            return any(given) and not (len(given) == 2 and all(given))
        if call is not np.negative:
            break
    return False


def _operands(form: Form, patterns: Sequence[Pattern]) -> list[tuple[tuple[Call, tuple[Ref, ...]], list[Pattern]]]:
    """Each step, with the patterns of what it is applied to."""
    found: list[Pattern] = []
    steps = []
    for call, refs in form.steps:
        places = [r for r in refs if isinstance(r, (Atom, Result))]
        given = [patterns[r.index] if isinstance(r, Atom) else found[r.index] for r in places]
        found.append(_joined(given))
        steps.append(((call, refs), given))
    return steps


def _joined(patterns: Sequence[Pattern]) -> Pattern:
    return tuple(map(any, zip(*filter(None, patterns), strict=True)))


def plainest(form: Form) -> bool:
    """Whether nothing can be saved, at a glance: no number in it, no operand twice, no change of sign."""
    refs = [ref for call, refs in form.steps for ref in refs]
    one_each = len(set(refs)) == len(refs) and all(isinstance(ref, (Atom, Result)) for ref in refs)
    return one_each and all(len(refs) > 1 for _, refs in form.steps)
