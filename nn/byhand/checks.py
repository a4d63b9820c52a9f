"""Checks: what is done with a formula to see whether it is as stated.

    agree(dW=lambda dZ, A_prev, m: 1 / m * dZ @ A_prev.T)   the formula is run and compared with both witnesses
    fails(SHAPE, dW=lambda dZ, A_prev: dZ @ A_prev)         it is run, and goes wrong in the stated way
    shapes(dW=lambda n, n_prev: (n, n_prev))                a stated shape is that of the actual value
    wrong_shapes(…)                                         or is not
    shown(function)                                         anything else: a function that returns a Seen

The keyword is the left side, the names in the signature are what the right side reads (see networks.scopes). A formula
runs in every layer that has these names, in every case that its entry is stated for, unless `on` and `of` tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from nn.byhand.networks import DEEP, scopes
from nn.byhand.program import AUTOGRAD, COMPLEX_STEP, COURSE, ONE, TRUE, Program, Scope, evaluate, names_read

Formula = Callable[..., Any]
Cases = tuple[str, ...]

ONE_EXAMPLE: Cases = (ONE,)
M_EXAMPLES: Cases = (COURSE, TRUE)
BOTH: Cases = (ONE, COURSE, TRUE)

SHAPE, VALUE = "shape", "value"  # how a formula fails; the third way is an exception, named by its class

TOLERANCE = 1e-12  # relative; both witnesses are exact to rounding
WRONG = 1e-3  # a wrong value is off by more than this, relatively


@dataclass(frozen=True)
class Seen:
    """What a check has seen: whether it is as stated, in words, and the largest relative difference of what holds."""

    ok: bool
    words: str = ""
    difference: float | None = None


@dataclass(frozen=True)
class Agreement(Seen):
    """Seen by `agree`: the largest difference from either witness, and the cases compared."""

    cases: Cases = ()


class Failure(Seen):
    """Seen by `fails` and `wrong_shapes`: something that goes wrong, as it should."""


class Check(Protocol):
    """`run` is given the cases that the entry is stated for."""

    def run(self, cases: Cases) -> Seen:
        """Do it now."""


def relative_difference(got: Any, wanted: Any) -> float:
    """max|got − wanted| / max|wanted|, or inf where the shapes differ: broadcasting must not hide that.

    >>> relative_difference(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    0.5
    >>> relative_difference(np.ones((1, 3)), np.ones(3))
    inf
    """
    got, wanted = np.asarray(got), np.asarray(wanted)
    if got.shape != wanted.shape:
        return np.inf
    scale = float(np.max(np.abs(wanted), initial=0.0))
    difference = float(np.max(np.abs(got - wanted), initial=0.0))
    if difference == 0:
        return 0.0
    return difference / scale if scale else np.inf


def figure(difference: float) -> str:
    """A difference as it is shown: two digits.

    >>> figure(2.22e-16), figure(0.0)
    ('2.2e-16', '0')
    """
    return f"{difference:.1e}" if difference else "0"


def as_printed(statement: str, **variables: Any) -> Any:
    """Execute a statement exactly as a document prints it; returns what it assigns.

    >>> as_printed("db = 2 * dz", dz=3)
    6
    """
    name = statement.partition("=")[0].strip()
    exec(statement, {"np": np}, variables)
    return variables[name]


# --- the builders ----------------------------------------------------------------------------------------------------


def agree(whole: Formula | None = None, *, of: Program = DEEP, on: Cases | None = None, **formulas: Formula) -> Agree:
    """A check that formulas give what both witnesses give; `whole` returns several quantities as a dict."""
    return Agree(_named(whole, formulas), of, on)


def course(whole: Formula | None = None, *, of: Program = DEEP, **formulas: Formula) -> Agree:
    """agree in the course's convention: dZ and dA belong to m·J, the 1/m stands in dW and db."""
    return Agree(_named(whole, formulas), of, (COURSE,))


def true(whole: Formula | None = None, *, of: Program = DEEP, **formulas: Formula) -> Agree:
    """agree in the convention of true derivatives: all belong to J, the 1/m stands in the first dZ."""
    return Agree(_named(whole, formulas), of, (TRUE,))


def fails(how: str | type[Exception], *, of: Program = DEEP, on: Cases | None = None, **formulas: Formula) -> Fails:
    """A check that formulas go wrong: SHAPE, VALUE, or with an exception of a class."""
    return Fails(how, tuple(formulas.items()), of, on)


def shapes(*, of: Program = DEEP, on: Cases | None = None, **claims: Formula) -> Shapes:
    """A check that quantities have the stated shapes."""
    return Shapes(tuple(claims.items()), True, of, on)


def wrong_shapes(*, of: Program = DEEP, on: Cases | None = None, **claims: Formula) -> Shapes:
    """A check that quantities do not have the stated shapes."""
    return Shapes(tuple(claims.items()), False, of, on)


def shown(demonstration: Callable[[], Seen]) -> Shown:
    """A check that is a function of its own."""
    return Shown(demonstration)


def _named(whole: Formula | None, formulas: dict[str, Formula]) -> tuple[tuple[str, Formula], ...]:
    return tuple(formulas.items()) if whole is None else (("", whole), *formulas.items())


# --- the checks ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Agree:
    """See `agree`. A formula named "" returns a dict of quantities."""

    formulas: tuple[tuple[str, Formula], ...]
    of: Program
    on: Cases | None

    def run(self, cases: Cases) -> Agreement:
        """Compare with autograd and with the complex step; not ok beyond rounding."""
        cases = self.on or cases
        found = [
            compared
            for witness in (AUTOGRAD, COMPLEX_STEP)
            for case in cases
            for name, formula in self.formulas
            for compared in self._compared(name, formula, case, witness)
        ]
        wrong = [words for difference, words in found if not difference <= TOLERANCE]
        if wrong or not found:
            return Agreement(False, wrong[0] if wrong else "nothing was compared")
        return Agreement(True, "", max(found)[0], cases)

    def _compared(self, name: str, formula: Formula, case: str, witness: str) -> Iterator[tuple[float, str]]:
        """For each quantity its relative difference, and words for the case that this is too large."""
        for scope in _applicable(scopes(self.of, case, witness), name, formula):
            got = evaluate(formula, scope)
            for quantity, value in ({name: got} if name else got).items():
                wanted = scope[quantity]
                difference = relative_difference(value, wanted)
                off = f"is off by {figure(difference)}"
                if np.shape(value) != np.shape(wanted):
                    off = f"has shape {np.shape(value)} for {np.shape(wanted)}"
                yield difference, f"{quantity} {off}, judged by {witness} ({case})"


@dataclass(frozen=True)
class Fails:
    """See `fails`. Everywhere it is run the formula must fail in the stated way."""

    how: str | type[Exception]
    formulas: tuple[tuple[str, Formula], ...]
    of: Program
    on: Cases | None

    def run(self, cases: Cases) -> Seen:
        """Run the formula as printed and watch it go wrong."""
        words = []
        for name, formula in self.formulas:
            outcomes = [
                _outcome(scope, name, formula)
                for case in self.on or cases
                for scope in _applicable(scopes(self.of, case), name, formula)
            ]
            for kind, what, _ in outcomes:
                if kind != self._stated():
                    return Failure(False, f"{name} does not fail as stated: {what}")
            # of all the places the least wrong one: how far off the formula is at least
            least = min(outcomes, key=lambda outcome: outcome[2])
            words.append(f"{name} {least[1]}")
        return Failure(True, ", ".join(words))

    def _stated(self) -> str:
        return self.how if isinstance(self.how, str) else self.how.__name__


@dataclass(frozen=True)
class Shapes:
    """See `shapes` and `wrong_shapes`."""

    claims: tuple[tuple[str, Formula], ...]
    hold: bool
    of: Program
    on: Cases | None

    def run(self, cases: Cases) -> Seen:
        """Compare each stated shape with the actual one."""
        seen = Seen if self.hold else Failure
        words: dict[str, str] = {}
        for name, claim in self.claims:
            for case in self.on or cases:
                for scope in _applicable(scopes(self.of, case), name, claim):
                    stated, actual = tuple(evaluate(claim, scope)), np.shape(scope[name])
                    said = f"{name} {actual}" if stated == actual else f"{name} is {actual}, not {stated}"
                    if (stated == actual) is not self.hold:
                        return seen(False, said)
                    words.setdefault(name, said)
        return seen(True, ", ".join(words.values()))


@dataclass(frozen=True)
class Shown:
    """See `shown`."""

    demonstration: Callable[[], Seen]

    def run(self, cases: Cases) -> Seen:
        """Run the demonstration; it sets its own scene."""
        return self.demonstration()


def _applicable(available: list[Scope], name: str, formula: Formula) -> list[Scope]:
    """The scopes that have all the names: the whole program's if it has them, else those of its layers."""
    needed = {name, *names_read(formula)} - {""}
    if needed <= available[0].keys():
        return available[:1]
    found = [scope for scope in available if needed <= scope.keys()]
    if not found:
        missing = ", ".join(sorted(needed - available[-1].keys())) or name
        raise LookupError(f"no layer of the example network has {missing}")
    return found


def _outcome(scope: Scope, name: str, formula: Formula) -> tuple[str, str, float]:
    """How a formula comes out: the way it fails ("" if it does not), in words, and how far off it is."""
    try:
        got = evaluate(formula, scope)
    except ValueError:  # NumPy's answer to operands that do not fit
        operands = " and ".join(f"{n} {np.shape(scope[n])}" for n in names_read(formula) if np.ndim(scope[n]))
        return SHAPE, f"fits no shape: {operands}", np.inf
    except Exception as error:
        return type(error).__name__, f"raises {type(error).__name__}", np.inf
    wanted = scope[name]
    if np.shape(got) != np.shape(wanted):
        return SHAPE, f"has shape {np.shape(got)} for {np.shape(wanted)}", np.inf
    difference = relative_difference(got, wanted)
    if difference > WRONG:
        return VALUE, f"off by {figure(difference)} or more", difference
    return "", f"it agrees, rel. diff {figure(difference)}", difference
