"""Formulas set in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograd.read.naming import gradient_name, number, prose, typeset, words
from autograd.read.notation.style import ATOM, POWER, PRODUCT, SUM, Piece, Style, Written

_SIGNS = {
    "Σ": r"\sum",
    "Π": r"\prod",
    "≥": r"\ge",
    "≤": r"\le",
    "≠": r"\ne",
    "¬": r"\lnot",
    "…": r"\ldots",
    "←": r"\leftarrow",
}
_FUNCTIONS = {"σ": r"\sigma", "Φ": r"\Phi", "φ": r"\varphi"} | {
    name: "\\" + name
    for name in ("sin", "cos", "tan", "tanh", "sinh", "cosh", "arcsin", "arccos", "arctan", "ln", "log")
    + ("max", "min", "det")
}
_MARKS = {"T": r"\mathsf{T}"}
_BARS = {
    "||": (r"\left|", r"\right|"),
    "⌊⌋": (r"\lfloor ", r" \rfloor"),
    "⌈⌉": (r"\lceil ", r" \rceil"),
    "‖‖": (r"\left\lVert ", r" \right\rVert"),
    "[]": (r"\left[", r"\right]"),
}


class _Enclosed(str):
    """What stands in parentheses with its shape below them: a function of it needs no others."""

    __slots__ = ()


class Latex(Style):
    """LaTeX, of what the usual engines and converters to MathML know."""

    minus = "-"
    star = r" \ast "
    dot = r" \cdot "
    beside = r"\,"
    after_another = ""
    adds = r"\mathrel{+}="
    dots = r"\cdots"

    def name(self, name: str, gradient: bool = False) -> str:
        return gradient_name(name) if gradient else typeset(name)

    def shaped(self, name: str, shape: tuple[int, ...]) -> str:
        written = rf"\underset{{{shape_name(shape)}}}{{{name}}}"
        return _Enclosed(written) if name.startswith(("(", r"\left(")) else written

    def number(self, x: Any) -> Piece:
        text = number(x)
        level = SUM if text.startswith("-") else PRODUCT if "times" in text else POWER if "^" in text else ATOM
        return Piece(text, level, literal=True)

    def words(self, text: str) -> str:
        return words(text)

    def sign(self, character: str) -> str:
        return _SIGNS.get(character, character)

    def function(self, name: str) -> str:
        plain = name.isascii() and name.replace("_", "a").isalnum()
        return _FUNCTIONS.get(name) or rf"\operatorname{{{prose(name) if plain else words(name)}}}"

    def parens(self, inside: str) -> str:
        if isinstance(inside, _Enclosed):
            return inside
        tall = any(high in inside for high in (r"\frac", r"\begin", r"\sum"))
        return rf"\left({inside}\right)" if tall else f"({inside})"

    def subscript(self, base: str, below: str) -> str:
        return f"{base}_{{{below}}}"

    def power(self, base: Piece, exponent: Piece) -> Written:
        return self._raised(base, exponent.text)

    def raised(self, base: Piece, mark: str) -> Written:
        return self._raised(base, _MARKS.get(mark, mark))

    def _raised(self, base: Piece, exponent: str) -> Written:
        """A matrix that an exponent stands on is held together by braces."""
        text = self.within(base, ATOM)
        return f"{f'{{{text}}}' if text.startswith(chr(92) + 'begin') else text}^{{{exponent}}}", POWER

    def fraction(self, above: Piece, below: Piece) -> Written:
        return rf"\frac{{{above.text}}}{{{below.text}}}", PRODUCT

    def root(self, inside: Piece, degree: int = 2) -> Written:
        return rf"\sqrt{'' if degree == 2 else f'[{degree}]'}{{{inside.text}}}", ATOM

    def around(self, bars: str, inside: str) -> str:
        left, right = _BARS[bars]
        return f"{left}{inside}{right}"

    def grid(self, rows: Sequence[Sequence[str]]) -> str:
        entries = r" \\ ".join(map(" & ".join, rows))
        return rf"\begin{{bmatrix}} {entries} \end{{bmatrix}}"

    def cases(self, chosen: str, condition: str, other: str) -> str:
        rows = rf"{chosen} & \text{{where }} {condition} \\ {other} & \text{{elsewhere}}"
        return rf"\begin{{cases}} {rows} \end{{cases}}"

    def derivative(self, above: str, below: str, fixed: Sequence[str] = ()) -> str:
        fraction = rf"\frac{{\partial {above}}}{{\partial {below}}}"
        return rf"\left.{fraction}\right|_{{{', '.join(fixed)}}}" if fixed else fraction

    def equations(self, heading: str, lines: Sequence[tuple[str, str]]) -> str:
        rows = [f"&{self.words(heading)}", *(f"{left} &= {right}" for left, right in lines)]
        return rf"\begin{{aligned}} {(' ' + chr(92) * 2 + ' ').join(rows)} \end{{aligned}}"


def shape_name(shape: tuple[int, ...]) -> str:
    """A shape as it stands beneath a name: 4 × 3."""
    return r" \times ".join(map(str, shape)) if len(shape) != 1 else f"({shape[0]},)"


LATEX = Latex()
