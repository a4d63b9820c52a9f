"""Equation: one line of a pass, with what its edits need to know of the place where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

import autograd as ag
from autograd.read import TEXT, Term, in_order, rerun, revalued, write

Key = tuple[str, bool]  # a name, and whether the gradient of it is meant
Values = Mapping[Key, Any]

# What computing a line may raise: shapes that do not fit, an axis that is not there, what cannot be read.
UNFIT = (ValueError, TypeError, IndexError, ArithmeticError, RuntimeError)

PARAMETER, DATA, VALUE, GRADIENT = "parameter", "data", "value", "gradient"


def _leaky_slope(a: Any, slope: float = 0.01) -> Any:
    return np.where(a > 0, 1.0, slope)


# g′ by the value a = g(z), as the course writes it. On Terms this is read, on arrays it is computed.
SLOPES: dict[Any, Callable[[Any], Any]] = {
    ag.sigmoid: lambda a: a * (1 - a),
    np.tanh: lambda a: 1 - a * a,
    ag.relu: lambda a: a > 0,
    ag.leaky_relu: _leaky_slope,
    ag.softmax: lambda a: a * (1 - a),
}


@dataclass(frozen=True)
class Activation:
    """A = g(Z): the name of A, the operation, and its parameters."""

    name: str
    operation: Any
    params: Mapping[str, Any]

    def __call__(self, z: Any) -> Any:
        return self.operation(z, **self.params)

    def slope(self, a: Any) -> Any:
        """g′ by the value a."""
        if self.operation is ag.leaky_relu:
            return _leaky_slope(a, **self.params)
        return SLOPES[self.operation](a)

    @property
    def elementwise(self) -> bool:
        """Whether each output depends on one input."""
        return self.operation is not ag.softmax


@dataclass(frozen=True)
class Equation:
    """A line as it should be.

    key         what it gives: ("Z2", True) is dZ2
    forms       its right side in the forms that a student may have: as it is read, and as the rules give it
    of_samples  whether it keeps the axis of the samples
    kind        "gradient"; "value"; "parameter" of an updated one; "data" of what is given
    label       what it is called, where the key is not
    result      where it is the gradient of Z: the activation that Z goes into
    at_output   whether the cost reads that value itself
    known       what could be taken for something else: key -> Term; `kinds` says what each one is
    """

    key: Key
    forms: tuple[Term, ...]
    of_samples: bool
    kind: str
    m: int | None = None
    lr: float | None = None
    label: str | None = None
    result: Activation | None = None
    at_output: bool = False
    known: Mapping[Key, Term] = field(default_factory=dict)
    kinds: Mapping[Key, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As a student calls it."""
        return self.label or called(self.key)

    @property
    def cancels(self) -> bool:
        """Whether the derivative of the activation cancels: dZ = A − Y, in which no gradient stands."""
        return not any(gradient for _, gradient in names_in(self.forms[0]))

    @property
    def of_parameter(self) -> bool:
        """Whether it is the gradient of a parameter."""
        return self.kind == GRADIENT and self.kinds.get((self.key[0], False)) == PARAMETER

    @cached_property
    def reads(self) -> set[Key]:
        """What stands on the right side, in any form."""
        return {key for form in self.forms for key in names_in(form)}

    def at(self, values: Values) -> Equation:
        """The same with other values for what it reads, and for what could be taken for that."""
        known = {key: with_values(s, values) for key, s in self.known.items()}
        return replace(self, forms=self.forms_at(values), known=known)

    def forms_at(self, values: Values) -> tuple[Term, ...]:
        """The right side, computed of other values."""
        return tuple(with_values(form, values) for form in self.forms)

    def gradient(self, name: str) -> Term | None:
        """The gradient of a value, as a Term."""
        return self.known.get((name, True))

    def value(self, name: str) -> Term | None:
        """A value, as a Term."""
        return self.known.get((name, False))


def called(key: Key) -> str:
    """The name of a value, or of the gradient of it: dZ2."""
    return ("d" if key[1] else "") + key[0]


def names_in(term: Any) -> set[Key]:
    """What a right side reads."""
    return {(s.name, s.gradient) for s in in_order([term]) if s.name is not None}


def with_values(term: Term, values: Values) -> Term:
    """A right side, computed of other values."""
    found = rerun(term, lambda s: revalued(s, values))
    return found if isinstance(found, Term) else Term(found)


def text_of(term: Term) -> str:
    """A right side in plain text."""
    return write(term, style=TEXT)


def places(term: Term, *calls: Any) -> Iterator[Term]:
    """Where one of these operations stands in a right side, the last one first."""
    return (s for s in reversed(in_order([term])) if s.call in calls)


def put(term: Term, old: Term, new: Any) -> Any:
    """A right side with something else in one place."""
    return rerun(term, lambda s: new if s is old else None)
