"""Formulas set in plain text, for terminals: dZ1 = W2ᵀ dZ2 ∗ (1 − A1²)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from autograd.printable import printable
from autograd.read.naming import GREEK, decimal
from autograd.read.notation.style import ATOM, POWER, PRODUCT, STAR, SUM, Piece, Style, Written

_GREEK_NAME = re.compile(rf"(d?)({'|'.join(GREEK)})(_\w+|\d*)")
_RAISED = dict(zip("0123456789−-+T", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁺ᵀ", strict=True))
_LOWERED = dict(zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True))
_ROOTS = {2: "√", 3: "∛"}


class Text(Style):
    """Characters in a line."""

    minus = "−"
    star = " ∗ "
    dot = " · "
    beside = " "
    after_another = " · "
    adds = "+="
    dots = "…"

    def name(self, name: str, gradient: bool = False) -> str:
        greek = _GREEK_NAME.fullmatch(name)
        shown = f"{greek[1]}{GREEK[greek[2]]}{greek[3]}" if greek else printable(name)
        return f"d{shown}" if gradient else shown

    def shaped(self, name: str, shape: tuple[int, ...]) -> str:
        sizes = "ₓ".join(map(str, shape)) if len(shape) != 1 else f"₍{shape[0]}₎"
        return name + "".join(_LOWERED.get(c, c) for c in sizes)

    def number(self, x: Any) -> Piece:
        text = decimal(x)
        return (
            Piece(text.replace("-", self.minus, 1), SUM, literal=True) if text[0] == "-" else Piece(text, literal=True)
        )

    def words(self, text: str) -> str:
        return printable(text)

    def sign(self, character: str) -> str:
        return character

    def function(self, name: str) -> str:
        return printable(name)

    def subscript(self, base: str, below: str) -> str:
        if below.isdecimal():
            return base + "".join(_LOWERED[c] for c in below)
        return f"{base}{below}" if below.startswith("[") else f"{base}_({below})" if " " in below else f"{base}_{below}"

    def power(self, base: Piece, exponent: Piece) -> Written:
        if all(c in _RAISED for c in exponent.text):
            return self.raised(base, exponent.text)
        return f"{self.within(base, ATOM)}^{self.within(exponent, ATOM)}", POWER

    def raised(self, base: Piece, mark: str) -> Written:
        return self.within(base, ATOM) + "".join(_RAISED[c] for c in mark), POWER

    def fraction(self, above: Piece, below: Piece) -> Written:
        """A fraction in a line goes on as far as a product: (1/5) x is not 1/5 x."""
        left, right = self.within(above, PRODUCT), self.within(below, POWER)
        return f"{left} / {right}" if " " in left + right else f"{left}/{right}", STAR

    def root(self, inside: Piece, degree: int = 2) -> Written:
        return f"{_ROOTS[degree]}{self.within(inside, ATOM)}", POWER

    def around(self, bars: str, inside: str) -> str:
        return f"{bars[0]}{inside}{bars[1]}"

    def grid(self, rows: Sequence[Sequence[str]]) -> str:
        return f"[{'; '.join(map(', '.join, rows))}]"

    def cases(self, chosen: str, condition: str, other: str) -> str:
        return f"({chosen} where {condition}, {other} elsewhere)"

    def derivative(self, above: str, below: str, fixed: Sequence[str] = ()) -> str:
        return f"∂{above}/∂{below}{'|' if fixed else ''}{','.join(fixed)}"

    def equations(self, heading: str, lines: Sequence[tuple[str, str]]) -> str:
        return "\n".join([heading, *(f"{left} = {right}" for left, right in lines)])


TEXT = Text()
