"""How matrices, and what moves the entries of arrays, stand in formulas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.read.notation.axes import order_of_axes
from autograd.read.notation.mathematics import multiply, negation
from autograd.read.notation.style import ATOM, PRODUCT, STAR, Piece, Style, Written


def solve(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """A⁻¹ b."""
    return f"{style.raised(args[0], '-1')[0]} {style.within(args[1], PRODUCT)}", PRODUCT


def log_abs_det(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """ln |det A|."""
    size = style.around("||", f"{style.function('det')} {args[0].text}")
    return f"{style.function('ln')} {size}", PRODUCT


def convolution(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """a * v."""
    return f"{style.within(args[0], ATOM)} * {style.within(args[1], ATOM)}", STAR


def einsum(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """With its subscripts below."""
    function = style.subscript(style.function("einsum"), style.words(params["subscripts"].replace("->", "→")))
    return f"{function}{style.parens(', '.join(a.text for a in args))}", ATOM


def transpose(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """Only of a matrix is it the T that everybody knows."""
    order = order_of_axes(params, len(args[0].shape))
    if order == sorted(order):
        return args[0].text, args[0].level
    if order == [1, 0]:
        return style.raised(args[0], "T")
    function = style.subscript(style.function("transpose"), ", ".join(map(str, order)))
    return f"{function}{style.parens(args[0].text)}", ATOM


def expand_dims(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """A vector that is stood up as a column is written as it is; one that is laid down as a row is turned."""
    if len(args[0].shape) == 1 and params["axis"] in (0, -2):
        return style.raised(args[0], "T")
    return args[0].text, args[0].level


def beside(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """Blocks of a matrix in a row."""
    return style.grid([[a.text for a in args]]), ATOM


def concatenate(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """Blocks of a matrix, below one another along the first axis."""
    axis = params.get("axis", 0) % max(len(args[0].shape), 1)
    below = axis == 0 and len(args[0].shape) > 1
    return (style.grid([[a.text] for a in args]), ATOM) if below else beside(style, args, {})


def where(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """Two cases; a product with the condition where one of them is 0."""
    condition, chosen, other = args
    if other.text in ("0", "0.0"):
        return multiply(style, (condition, chosen), {})
    if chosen.text in ("0", "0.0"):
        return multiply(style, (Piece(*negation(style, (condition,), {}), condition.shape), other), {})
    return style.cases(chosen.text, condition.text, other.text), ATOM


def getitem(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """x[0, 1:]."""
    return f"{style.within(args[0], ATOM)}{_index(style, params['index'])}", ATOM


def scatter(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """An array that has its entries where an index says."""
    function = style.subscript(style.function("scatter"), _index(style, params["index"]))
    return f"{function}{style.parens(args[0].text)}", ATOM


def _index(style: Style, index: Any) -> str:
    parts = index if isinstance(index, tuple) else (index,)
    return f"[{', '.join(_one_index(style, part) for part in parts)}]"


def _one_index(style: Style, part: Any) -> str:
    if isinstance(part, slice):
        ends = ["" if e is None else _end(style, e) for e in (part.start, part.stop)]
        return ":".join(ends if part.step is None else [*ends, _end(style, part.step)])
    if part is Ellipsis:
        return style.sign("…")
    return str(int(part)) if isinstance(part, int) else style.words("new" if part is None else "indices")


def _end(style: Style, end: Any) -> str:
    return str(int(end)) if isinstance(end, (int, np.integer)) else style.words("…")
