"""How names and numbers are set in LaTeX: `dZ2` as dZ₂, `alpha` as α, and a name for what has none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from autograd.core.node import Node, ancestors
from autograd.debug import names
from autograd.printable import printable
from autograd.read.operands import unwrapped

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip
_COMMANDS = {letter: f"\\{name}" for name, letter in GREEK.items()}
_SIMPLE = re.compile(rf"(d?)({'|'.join([*GREEK, *_COMMANDS])}|[A-Za-z])_?(\d*)")
_WORD = re.compile(r"([A-Za-z]+)(?:_?(\d+)|_([A-Za-z0-9]+))?")
_INDEXED = re.compile(r"(d(?=[A-Z]))?([A-Za-z]+)(\d*)((?:_[A-Za-z0-9]+)+)")
_LATIN = 0x180  # the first code point after those of Latin letters with accents
_SPECIAL = {c: "\\" + c for c in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}


def typeset(name: str) -> str:
    r"""A name in LaTeX.

    >>> print(typeset("dZ2"), typeset("W1"), typeset("b"), typeset("θ"), typeset("loss"), typeset("W_out"))
    dZ_{2} W_{1} b \theta \mathit{loss} W_{\text{out}}
    >>> print(typeset("A1_3"), typeset("dA1_back_3"))
    A_{1,3} dA_{1,\text{back},3}
    """
    simple = _SIMPLE.fullmatch(name)
    if simple:
        d, letter, digits = simple.groups()
        letter = f"\\{letter}" if len(letter) > 1 else _COMMANDS.get(letter, letter)
        return d + letter + _subscript(digits)
    word = _WORD.fullmatch(name)
    if word:
        base, digits, text = word.groups()
        letter = base if len(base) == 1 else f"\\mathit{{{base}}}"
        return letter + _subscript(digits or (text and f"\\text{{{text}}}"))
    indexed = _INDEXED.fullmatch(name)
    if indexed:
        d, base, digits, rest = indexed.groups()
        indices = [index for index in (digits, *rest.split("_")) if index]
        letter = base if len(base) == 1 else f"\\mathit{{{base}}}"
        return f"{d or ''}{letter}" + _subscript(",".join(i if i.isdigit() else f"\\text{{{i}}}" for i in indices))
    return words(name)


def words(text: str) -> str:
    r"""Ordinary text in a formula in LaTeX.

    >>> print(words("50% & edge_order"))
    \text{50\% \& edge\_order}
    """
    return rf"\text{{{prose(text)}}}"


def prose(text: str) -> str:
    r"""Ordinary text in LaTeX: nothing in it is a command, and no character is one that is not shown.

    >>> print(prose("\\input{a} 5 %"))
    \textbackslash{}input\{a\} 5 \%
    """
    return "".join(_SPECIAL.get(c, c) for c in printable(text))


def for_any_engine(latex: str) -> str:
    r"""LaTeX that needs no font or package for what stands in it: pdflatex knows of Unicode only the Latin letters.

    >>> print(for_any_engine(r"\text{é θ_neu 数}"))
    \text{é \ensuremath{\theta}_neu [U+6570]}
    """
    return "".join(c if ord(c) < _LATIN else _ensured(c) for c in latex)


def _ensured(character: str) -> str:
    command = _COMMANDS.get(character)
    return f"[U+{ord(character):04X}]" if command is None else rf"\ensuremath{{{command}}}"


def gradient_name(name: str) -> str:
    r"""The gradient of what is called `name`, as the course writes it, in LaTeX.

    >>> print(gradient_name("Z2"), gradient_name("loss"))
    dZ_{2} d\mathit{loss}
    """
    return "d" + typeset(name)


def _subscript(text: str | None) -> str:
    return f"_{{{text}}}" if text else ""


def decimal(x: Any) -> str:
    """A number as plain text in at most four significant digits; what is zero has no sign.

    >>> [decimal(x) for x in (2.0, -0.123456, 1234567.0, 0.00001, -0.0, 2, float("nan"), float("-inf"))]
    ['2.0', '-0.1235', '1.235e+06', '1.0e-05', '0.0', '2', 'nan', '-∞']
    """
    if isinstance(x, (bool, np.bool_, int, np.integer)):
        return str(int(x))
    if not np.isfinite(x):
        return "nan" if np.isnan(x) else "∞" if x > 0 else "-∞"
    return _four_digits(float(x))


def beside_one(x: Any) -> str | None:
    """All digits of a number that four digits would show as 1, but that is not 1 and differs by more than rounding, as
    the bound 1 − 1e-15 of a np.clip; None for every other.

    >>> beside_one(1 - 1e-15), beside_one(1 - 1e-7), beside_one(0.25), beside_one(1.0)
    ('0.999999999999999', '0.9999999', None, None)
    """
    if not isinstance(x, (float, np.floating)) or not np.isfinite(x):
        return None
    off = abs(float(x) - 1)
    return str(x) if 4 * np.finfo(x.dtype if isinstance(x, np.floating) else float).eps < off < 5e-5 else None


def _four_digits(x: float) -> str:
    mantissa, e, exponent = f"{x + 0.0:.4g}".partition("e")  # + 0.0 turns -0.0 into 0.0
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}{e}{exponent}"


def number(x: Any) -> str:
    r"""The same in LaTeX.

    >>> print(number(0.5), number(2), number(2.0), number(1e-7), number(float("nan")), number(True))
    0.5 2 2.0 1.0 \times 10^{-7} \text{nan} 1
    """
    text = decimal(x)
    if not np.isfinite(x):
        return r"\text{nan}" if text == "nan" else text.replace("∞", r"\infty")
    mantissa, _, exponent = text.partition("e")
    return mantissa if not exponent else rf"{mantissa} \times 10^{{{int(exponent)}}}"


class FreeNames:
    """Names of which no two are alike: one that something else has gets a number.

    >>> names = FreeNames({"x"})
    >>> names.new("x"), names.new("x"), names.new("y")
    ('x_2', 'x_3', 'y')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)
        self._counts: dict[str, int] = {}

    def new(self, wanted: str) -> str:
        """The name wanted, with a number if it is taken; from now on it is."""
        name = wanted
        while name in self.taken:
            self._counts[wanted] = self._counts.get(wanted, 1) + 1
            name = f"{wanted}_{self._counts[wanted]}"
        self.taken.add(name)
        return name


class Naming:
    """The name of every value of a graph: its own, or that of the asker's variable, or else a numbered one.

    Unnamed results are called v1, v2 … in the order of recording, unnamed leaves p1, p2 …, unnamed constant arrays
    c1, c2 …; a plain number has no name, it is written out.

    >>> import autograd as ag
    >>> x = ag.Tensor(2.0, name="x")
    >>> y = (x * x + 1.0).tanh()
    >>> called = Naming(y.node)
    >>> called(x.node), called(y.node.parents[0]), called(y.node), called(1.0)
    ('x', 'v2', 'v3', None)
    """

    def __init__(self, root: Node) -> None:
        nodes = ancestors(root)
        operands = [p for node in nodes for p in node.parents if type(p) is not Node]
        self._asked = names.asked().within(root)
        self._taken = {name for name in map(names.of, [*nodes, *operands]) if name}
        self._given: dict[int, str] = {}
        self._kept = operands  # ids stay valid as long as what they belong to lives
        self._number((node for node in nodes if node.op is not None), "v")
        self._number((node for node in nodes if node.op is None), "p")
        self._number((p for p in operands if np.ndim(unwrapped(p)) > 0), "c")

    def __call__(self, operand: Any) -> str | None:
        return self._asked.of(operand) or self._given.get(id(operand))

    def _number(self, operands: Iterable[Any], letter: str) -> None:
        count = 0
        for operand in operands:
            if names.of(operand) is None and id(operand) not in self._given:
                count += 1
                while f"{letter}{count}" in self._taken:
                    count += 1
                self._given[id(operand)] = f"{letter}{count}"


class DistinctNaming(Naming):
    """The same, where different values have different names: of several with one name, the later ones get a number.

    called  what an unnamed root is called; None for the number that it has
    taken   names that something else has
    """

    def __init__(self, root: Node, called: str | None = None, taken: Iterable[str] = ()) -> None:
        super().__init__(root)
        self._free = FreeNames(taken)
        self._known: dict[int, str | None] = {}
        if called is not None and names.of(root) is None:
            self._known[id(root)] = self._free.new(called)
        for node in ancestors(root):
            for operand in (*node.parents, node):
                self(operand)

    def __call__(self, operand: Any) -> str | None:
        key = id(operand)
        if key not in self._known:
            wanted = super().__call__(operand) or names.of(operand)  # an array that the graph has only a part of
            self._known[key] = wanted and self._free.new(wanted)
        return self._known[key]
