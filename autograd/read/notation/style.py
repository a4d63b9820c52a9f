"""What the rows of the notation are written with: written pieces, how tightly they bind, and the marks of mathematics.

A row says what stands where (a fraction, a power, a sum over columns); a Style says how that is set, in LaTeX or in
plain text.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

# How tightly an expression binds, in formulas and in Python; an operand that binds less than its place asks for is put
# in parentheses. Formulas alone have GIVEN (a negative number in the place of a name), PREFIX (what begins with Σ) and
# STAR (an elementwise product), Python alone the four loosest levels and SIGN.
CHOICE, COMPARISON, OR, AND, GIVEN, SUM, PREFIX, STAR, PRODUCT, SIGN, POWER, ATOM = range(12)


class Piece(NamedTuple):
    """A written operand: its text, how tightly it binds, its shape, and whether it is a bare number."""

    text: str
    level: int = ATOM
    shape: tuple[int, ...] = ()
    literal: bool = False


Written = tuple[str, int]


class Parenthesized:
    """Whatever operands are written in."""

    def parens(self, inside: str) -> str:
        """In parentheses."""
        return f"({inside})"

    def within(self, piece: Piece, level: int) -> str:
        """The operand, in parentheses where it binds less tightly than `level`."""
        return piece.text if piece.level >= level else self.parens(piece.text)


class Style(Parenthesized, ABC):
    """A way to set formulas: LATEX or TEXT."""

    minus: str
    star: str  # between arrays that are multiplied elementwise
    dot: str  # between numbers
    beside: str  # between what is multiplied and needs no sign
    after_another: str  # between the factors of the chain rule
    adds: str  # between a sum and what is added to it
    dots: str  # in place of what is too long

    def call(self, function: str, inside: str) -> str:
        """A function of something: tanh(Z)."""
        return f"{self.function(function)}{self.parens(inside)}"

    # --- names and numbers ----------------------------------------------------------------------------------------

    @abstractmethod
    def name(self, name: str, gradient: bool = False) -> str:
        """A name; of a gradient with d in front."""

    @abstractmethod
    def shaped(self, name: str, shape: tuple[int, ...]) -> str:
        """A name with its shape."""

    @abstractmethod
    def number(self, x: Any) -> Piece:
        """A number, rounded for showing; a sign or a power of ten in it makes it bind less tightly."""

    @abstractmethod
    def words(self, text: str) -> str:
        """Ordinary words in a formula."""

    @abstractmethod
    def sign(self, character: str) -> str:
        """A sign by its Unicode character: Σ ≥ ≠ ¬."""

    @abstractmethod
    def function(self, name: str) -> str:
        """The name of a function that is called: tanh, σ, softmax."""

    # --- what is built of pieces ----------------------------------------------------------------------------------

    @abstractmethod
    def subscript(self, base: str, below: str) -> str:
        """Something with an index below it."""

    @abstractmethod
    def power(self, base: Piece, exponent: Piece) -> Written:
        """Something with an exponent."""

    @abstractmethod
    def raised(self, base: Piece, mark: str) -> Written:
        """Something with a mark that is not an exponent: "T" transposed, "-1" inverted, "+"."""

    @abstractmethod
    def fraction(self, above: Piece, below: Piece) -> Written:
        """One over the other."""

    @abstractmethod
    def root(self, inside: Piece, degree: int = 2) -> Written:
        """A square or cubic root."""

    @abstractmethod
    def around(self, bars: str, inside: str) -> str:
        """Between bars, which are given as a pair of characters: || ⌊⌋ ⌈⌉ ‖‖ []."""

    @abstractmethod
    def grid(self, rows: Sequence[Sequence[str]]) -> str:
        """A matrix of entries."""

    @abstractmethod
    def cases(self, chosen: str, condition: str, other: str) -> str:
        """One where the condition holds, the other elsewhere."""

    @abstractmethod
    def derivative(self, above: str, below: str, fixed: Sequence[str] = ()) -> str:
        """The derivative of one thing by another, while those that are fixed do not move."""

    @abstractmethod
    def equations(self, heading: str, lines: Sequence[tuple[str, str]]) -> str:
        """Equations below one another, after a heading in words."""
