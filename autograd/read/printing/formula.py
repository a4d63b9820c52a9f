"""Formulas of how a value was computed, and of the rule by which a gradient passes through an operation.

They are set in LaTeX, or in plain text for a terminal.

>>> import numpy as np, autograd as ag
>>> from autograd.read import TEXT, expression, forward_formula, rule_formula
>>> W1, b1, X = ag.Tensor(np.ones((4, 3)), name="W1"), ag.Tensor(np.zeros((4, 1)), name="b1"), np.ones((3, 5))
>>> ag.names.given({"X": X})
>>> Z1 = W1 @ X + b1
>>> Z1.name = "Z1"
>>> A1 = np.tanh(Z1)
>>> A1.name = "A1"
>>> print(expression(Z1))
W_{1}\\,X + b_{1}
>>> print(forward_formula(A1.node))
A_{1} = \\tanh(Z_{1})
>>> print(rule_formula(A1.node, 0))
dA_{1} \\ast (1 - A_{1}^{2})
>>> print(rule_formula(Z1.node, 1))
\\sum_{\\text{columns}} dZ_{1}
>>> print(rule_formula(A1.node, 0, style=TEXT))
dA1 ∗ (1 − A1²)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.debug import names
from autograd.read.naming import Naming, beside_one
from autograd.read.notation import row_of
from autograd.read.notation.mathematics import called
from autograd.read.notation.style import ATOM, GIVEN, SUM, Piece, Style
from autograd.read.operands import unwrapped
from autograd.read.printing.latex import LATEX
from autograd.read.printing.writer import Writer
from autograd.read.term import SMALL, NameOf, Term, local, rule, whole
from autograd.tensor import Tensor

_LONGEST = 4000  # characters; a formula that is longer says "…", and nobody has missed it yet


def expression(value: Any, name: NameOf | None = None, style: Style = LATEX) -> str:
    """How a Tensor or node was computed, down to what has a name of the user's.

    name    gives the names of nodes and constants; by default the user's own, and numbered ones for unnamed leaves
    style   LATEX, or TEXT for a terminal
    """
    node = _node(value)
    if type(node) is not Node:
        return _leaf(node, style)
    called = name or Naming(node)
    return write(whole(node, called, stop=lambda n: n.op is None or names.of(n) is not None), style=style)


def forward_formula(node: Node, name: NameOf | None = None, style: Style = LATEX) -> str:
    """One operation as an equation: `A_{1} = \\tanh(Z_{1})`."""
    called = name or Naming(node)
    return f"{style.name(called(node) or '')} = {write(local(node, called), style=style)}"


def rule_formula(node: Node, position: int, name: NameOf | None = None, style: Style = LATEX) -> str:
    """What `node` contributes to the gradient of its operand `position`, read off its rule.

    The sum that undoes broadcasting is part of it. Raises GraphError for an operand that receives no gradient.
    """
    return write(rule(node, position, name or Naming(node)), style=style)


def write(symbol: Any, show: str = "names", small: int = SMALL, style: Style = LATEX) -> str:
    """A Term as a formula.

    show    "names"; "numbers": the values in place of the names; "shapes": the names, with the shapes beneath
    small   the most entries that an array may have to be written out
    style   LATEX, or TEXT for a terminal

    Raises ValueError where numbers are asked for and an array is larger.
    """
    return FormulaWriter(show, small, style)(symbol)


def write_value(value: Any, small: int = SMALL, style: Style = LATEX) -> str:
    """A number or a small array as it stands in a formula. Raises ValueError for a larger one."""
    return FormulaWriter("numbers", small, style).valued(value).text


class FormulaWriter(Writer):
    """Formulas in LaTeX or text."""

    def __init__(self, show: str, small: int, style: Style) -> None:
        super().__init__()
        self.show, self.small, self.style = show, small, style

    def computed(self, s: Term) -> Piece:
        """See Writer.computed."""
        operands = [self.operand(x) for x in s.operands]
        math = row_of(s.call).math or called(s.function)
        text, level = math(self.style, operands, s.params)
        return Piece(text, level, s.shape) if len(text) <= _LONGEST else Piece(self.style.dots, ATOM, s.shape)

    def named(self, s: Term) -> Piece:
        """By its name, or the number or small array that it is."""
        if self.show == "numbers":
            value = self.valued(s.value)
            return value._replace(level=GIVEN) if value.level == SUM else value
        text = self.style.name(s.name or "", s.gradient)
        if self.show == "shapes" and s.shape:
            text = self.style.shaped(text, s.shape)
        return Piece(text, ATOM, s.shape)

    def plain(self, x: Any) -> Piece:
        """A number that stands in a rule or in the user's program, or an array without a name."""
        if np.ndim(x) > 0:
            written_out = np.size(x) <= self.small and np.ndim(x) <= 2
            return self.valued(x) if written_out else Piece(self.style.words("array"), ATOM, np.shape(x))
        found = self.style.number(x)
        exact = beside_one(x)
        return found._replace(text=exact) if exact is not None else found._replace(text=found.text.removesuffix(".0"))

    def valued(self, value: Any) -> Piece:
        """A number or a small array."""
        shape = np.shape(value)
        if value is None or np.size(value) > self.small or len(shape) > 2:
            raise ValueError(f"an array of shape {shape} is not written out")
        if not shape:
            return self.style.number(value)
        texts, columns = [self.style.number(x).text for x in np.ravel(value)], shape[-1]
        return Piece(self.style.grid([texts[i : i + columns] for i in range(0, len(texts), columns or 1)]), ATOM, shape)


def _node(value: Any) -> Any:
    return value.node if isinstance(value, Tensor) else value


def _leaf(operand: Any, style: Style) -> str:
    called = names.of(operand)
    return style.name(called) if called else FormulaWriter("names", SMALL, style).plain(unwrapped(operand)).text
