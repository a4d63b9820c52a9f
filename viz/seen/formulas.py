"""What a step says in mathematics, as data: Terms, which each medium sets in its own Style (LaTeX, plain text).

Each formula is asked three questions: how it reads with names, with numbers in their places, and with shapes beneath
them. The last two have no answer where arrays are too large, and where nothing has a shape.

>>> from autograd.read import TEXT, Term
>>> a, b = Term(3.0, "a"), Term(2.0, "b")
>>> made = Equation(Term(6.0, "c"), a * b, 6.0)
>>> made.names(TEXT), made.numbers(TEXT), made.shapes(TEXT)
('c = a b', '3.0 · 2.0 = 6.0', None)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from autograd.read import Style, Term, write_value
from viz.seen.spelling import PLAIN, Spelling


class Formula(ABC):
    """What can be set in a Style."""

    __slots__ = ()

    @abstractmethod
    def names(self, style: Style) -> str:
        """The formula with the names of values."""

    def numbers(self, style: Style) -> str | None:
        """The same with numbers in place of names, and the result; None where the arrays are too large."""
        return None

    def shapes(self, style: Style) -> str | None:
        """The same with the shape beneath each name; None where no name has one, or there is no formula."""
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Equation(Formula):
    """left = right; or, where a gradient has several contributions, left ← left + right.

    left     what is computed: a Term with a name and a shape
    right    how: a Term, or a plain number
    result   the value of `right`; None where it was not kept
    adds     whether `right` is only one of several contributions
    spelling   how names are written
    """

    left: Term
    right: Any
    result: Any
    adds: bool = False
    spelling: Spelling = PLAIN

    def names(self, style: Style) -> str:
        """See Formula."""
        right = self.spelling.write(self.right, style=style)
        if not self.left.gradient and self.left.name in self.spelling.made:  # it is called as it is computed
            return right
        return _assigned(self.spelling.write(self.left, style=style), right, self.adds, style)

    def numbers(self, style: Style) -> str | None:
        """See Formula."""
        result = _numbers(self.result, style)
        try:
            written = self.spelling.write(self.right, "numbers", style=style)
        except ValueError:
            return None
        return result if result is None or written == result else f"{written} = {result}"

    def shapes(self, style: Style) -> str | None:
        """See Formula."""
        write = self.spelling.write
        right = write(self.right, "shapes", style=style)
        if right == write(self.right, style=style):
            return None
        return f"{write(self.left, 'shapes', style=style)} = {right}"


@dataclass(frozen=True, slots=True, eq=False)
class Opaque(Formula):
    """An Equation whose right side is no formula: what an operation's rule, which only takes arrays, makes of a
    gradient.

    left        what is computed
    operation   the name of the operation
    incoming    the gradient that its rule is given: a Term with a name
    result      what it has made of it
    adds, spelling   as of an Equation
    """

    left: Term
    operation: str
    incoming: Term
    result: Any
    adds: bool = False
    spelling: Spelling = PLAIN

    def names(self, style: Style) -> str:
        """See Formula."""
        said = style.words(f"what the rule of {self.operation} makes of ")
        left, incoming = (self.spelling.write(term, style=style) for term in (self.left, self.incoming))
        return _assigned(left, f"{said} {incoming}", self.adds, style)

    def numbers(self, style: Style) -> str | None:
        """The result alone."""
        return _numbers(self.result, style)


@dataclass(frozen=True, slots=True, eq=False)
class ByItself(Formula):
    """The derivative of a value with respect to itself.

    value      the value, a Term with a name
    gradient   its gradient, likewise
    spelling   how names are written
    """

    value: Term
    gradient: Term
    spelling: Spelling = PLAIN

    def names(self, style: Style) -> str:
        """See Formula."""
        itself, gradient = (self.spelling.write(term, style=style) for term in (self.value, self.gradient))
        if self.value.name in self.spelling.made:
            itself = style.parens(itself)
        return f"{gradient} = {style.derivative(itself, itself)} = {_numbers(self.gradient.value, style)}"


@dataclass(frozen=True, slots=True, eq=False)
class Accumulation:
    """before + contribution = after, which is only told in numbers; `before` is None where nothing has arrived yet."""

    before: Any
    contribution: Any
    after: Any

    def numbers(self, style: Style) -> str | None:
        """The sum; None where there is nothing to add to, and where the arrays are too large."""
        first = None if self.before is None else _numbers(self.before, style)
        added, total = _numbers(self.contribution, style), _numbers(self.after, style)
        if first is None or added is None or total is None:
            return None
        return f"{first} + {f'({added})' if added.startswith(style.minus) else added} = {total}"


def _assigned(name: str, right: str, adds: bool, style: Style) -> str:
    return f"{name} {style.sign('←')} {name} + {right}" if adds else f"{name} = {right}"


def _numbers(value: Any, style: Style) -> str | None:
    """A number or a small array; None for a larger one."""
    try:
        return write_value(value, style=style)
    except ValueError:
        return None
