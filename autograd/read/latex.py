"""Formulas in LaTeX: of how a value was computed, and of the rule by which a gradient passes through an operation.

>>> import numpy as np, autograd as ag
>>> from autograd.read import expression, forward_formula, rule_formula
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
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import names
from autograd.node import Constant, Node
from autograd.read.names import Naming, gradient_name, number, numbers, typeset
from autograd.read.notation import ATOM, NOTATION, POWER, PRODUCT, SUM, Piece, parens
from autograd.read.symbol import NameOf, Symbol, in_order, local, rule, whole
from autograd.tensor import Tensor

SMALL = 20  # entries of an array that is written out with its numbers
_LONGEST = 4000  # characters; a formula that is longer says "…", and nobody has missed it yet


def expression(value: Any, name: NameOf | None = None) -> str:
    """How a Tensor or node was computed, down to what has a name of the user's.

    name   gives the names of nodes and constants; by default the user's own, and numbered ones for unnamed leaves
    """
    node = _node(value)
    if type(node) is not Node:
        return _leaf(node)
    called = name or Naming(node)
    return write(whole(node, called, stop=lambda n: n.op is None or names.of(n) is not None))


def forward_formula(node: Node, name: NameOf | None = None) -> str:
    """One operation as an equation: `A_{1} = \\tanh(Z_{1})`."""
    called = name or Naming(node)
    return f"{typeset(called(node) or '')} = {write(local(node, called))}"


def rule_formula(node: Node, position: int, name: NameOf | None = None) -> str:
    """What `node` contributes to the gradient of its operand `position`, read off its rule.

    The sum that undoes broadcasting is part of it. Raises GraphError for an operand that receives no gradient.
    """
    return write(rule(node, position, name or Naming(node)))


def write(symbol: Any, show: str = "names", small: int = SMALL) -> str:
    """A Symbol in LaTeX.

    show    "names"; "numbers": the values in place of the names; "shapes": the names, with the shapes beneath
    small   the most entries that an array may have to be written out

    Raises ValueError where numbers are asked for and an array is larger.
    """
    written: dict[int, Piece] = {}
    for s in in_order([symbol]):
        written[id(s)] = _piece(s, written, show, small)
    return written[id(symbol)].latex if isinstance(symbol, Symbol) else _plain(symbol, small).latex


def write_value(value: Any, small: int = SMALL) -> str:
    """A number or a small array in LaTeX. Raises ValueError for a larger one."""
    return _valued(value, small).latex


def _piece(s: Symbol, written: dict[int, Piece], show: str, small: int) -> Piece:
    if s.name is None and not s.function:
        return _plain(s.value, small)
    if s.name is not None:
        if show == "numbers":
            return _valued(s.value, small)
        latex = gradient_name(s.name) if s.gradient else typeset(s.name)
        if show == "shapes" and s.shape:
            latex = rf"\underset{{{shape_name(s.shape)}}}{{{latex}}}"
        return Piece(latex, ATOM, s.shape)
    operands = [written[id(x)] if isinstance(x, Symbol) else _plain(x, small) for x in s.operands]
    row = NOTATION.get(s.function)
    if row is None:
        name = s.function.replace("_", r"\_")
        latex, level = rf"\operatorname{{{name}}}{parens(', '.join(p.latex for p in operands))}", ATOM
    else:
        latex, level = row(operands, s.params)
    return Piece(latex, level, s.shape) if len(latex) <= _LONGEST else Piece(r"\cdots", ATOM, s.shape)


def _plain(x: Any, small: int) -> Piece:
    """A number that stands in a rule or in the user's program, or an array without a name."""
    if np.ndim(x) > 0:
        return _valued(x, small) if np.size(x) <= small else Piece(r"\mathrm{array}", ATOM, np.shape(x))
    text = number(x).removesuffix(".0")
    return Piece(text, _level(text), (), literal=True)


def _valued(value: Any, small: int) -> Piece:
    shape = np.shape(value)
    if value is None or np.size(value) > small or len(shape) > 2:
        raise ValueError(f"an array of shape {shape} is not written out")
    if not shape:
        text = number(value)
        return Piece(text, _level(text), shape, literal=True)
    texts, columns = numbers(value), shape[-1]
    rows = [texts[i : i + columns] for i in range(0, len(texts), columns or 1)]
    entries = r" \\ ".join(map(" & ".join, rows))
    return Piece(rf"\begin{{bmatrix}} {entries} \end{{bmatrix}}", ATOM, shape)


def shape_name(shape: tuple[int, ...]) -> str:
    """A shape as it stands beneath a name: 4 × 3."""
    return r" \times ".join(map(str, shape)) if len(shape) != 1 else f"({shape[0]},)"


def _level(text: str) -> int:
    return SUM if text.startswith("-") else PRODUCT if "times" in text else POWER if "^" in text else ATOM


def _node(value: Any) -> Any:
    return value.node if isinstance(value, Tensor) else value


def _leaf(operand: Any) -> str:
    called = names.of(operand)
    value = operand.out if type(operand) is Constant else operand
    return typeset(called) if called else _plain(value, SMALL).latex
