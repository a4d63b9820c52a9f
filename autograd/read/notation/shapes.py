"""Notation of `rules/shapes.py`, `joining.py`, `diagonals.py` and `indexing.py`: what only moves entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.read.code.spelling import ATOM as CODE_ATOM, Code, spelled, within
from autograd.read.formulas.style import ATOM, Piece, Style, Written
from autograd.read.notation.axes import order_of_axes
from autograd.read.notation.elementwise import negation
from autograd.read.notation.mathematics import multiply
from autograd.read.notation.row import notation, transparent
from autograd.rules.indexing import getitem, put, scatter, scatter_along
from autograd.rules.joining import zero_pad

if TYPE_CHECKING:
    from autograd.read.code.source import Writer
    from autograd.read.symbol import Symbol


def transpose(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """Only of a matrix is it the T that everybody knows."""
    order = order_of_axes(params, len(args[0].shape))
    if order == sorted(order):
        return args[0].text, args[0].level
    if order == [1, 0]:
        return style.raised(args[0], "T")
    function = style.subscript(style.function("transpose"), ", ".join(map(str, order)))
    return f"{function}{style.parens(args[0].text)}", ATOM


def dot_T(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """Of a matrix it is .T, if it turns it at all."""
    of_matrix = order_of_axes(s.params, len(s.shape)) == [1, 0]
    return Code(f"{within(args[0], CODE_ATOM)}.T") if of_matrix else w.called(s, args)


def expand_dims(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """A vector that is stood up as a column is written as it is; one that is laid down as a row is turned."""
    if len(args[0].shape) == 1 and params["axis"] in (0, -2):
        return style.raised(args[0], "T")
    return args[0].text, args[0].level


def with_new_axis(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """A vector stood up as a column, or laid down as a row."""
    if len(s.shape) != 2 or type(s.params["axis"]) is not int:
        return w.called(s, args)
    return Code(f"{within(args[0], CODE_ATOM)}[{'None, :' if s.params['axis'] in (0, -2) else ':, None'}]")


def beside(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """Blocks of a matrix in a row."""
    return style.grid([[a.text for a in args]]), ATOM


def concatenate(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """Blocks of a matrix, below one another along the first axis."""
    axis = params.get("axis", 0) % max(len(args[0].shape), 1)
    below = axis == 0 and len(args[0].shape) > 1
    return (style.grid([[a.text] for a in args]), ATOM) if below else beside(style, args, {})


def of_list(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """A function of a list of arrays."""
    return w.called(s, [Code(f"[{', '.join(a.text for a in args)}]")])


def where(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """Two cases; a product with the condition where one of them is 0."""
    condition, chosen, other = args
    if other.text in ("0", "0.0"):
        return multiply(style, (condition, chosen), {})
    if chosen.text in ("0", "0.0"):
        return multiply(style, (negation(style, condition), other), {})
    return style.cases(chosen.text, condition.text, other.text), ATOM


def indexed(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """x[0, 1:]."""
    return f"{style.within(args[0], ATOM)}{_index(style, params['index'])}", ATOM


def scattered(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
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


def at_index(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """array[index]."""
    array = within(args[0], CODE_ATOM) if np.shape(s.operands[0]) else f"np.asarray({args[0].text})"
    return Code(f"{array}[{w.index(s.params['index'])}]")


def put_at_index(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """The index stands between the operands."""
    return w.called(s, [args[0], Code(w.literal(s.params["index"])), args[1]], params={})


# --- shapes -----------------------------------------------------------------------------------------------------
notation(np.reshape, np.squeeze, math=transparent, moves=True)
notation(np.expand_dims, math=expand_dims, code=with_new_axis, moves=True)
notation(np.transpose, math=transpose, code=dot_T, symbol="T", noun="the transpose", turns=True)
notation(np.swapaxes, math=transpose, code=dot_T, turns=True)
notation(np.broadcast_to, math=transparent, repeats=True)
notation(np.copy, math=transparent)
notation(np.flip, np.roll)
notation(np.shape, np.ndim, np.size, static=True)
notation(np.zeros_like, math=lambda _style, _args, _: ("0", ATOM))
notation(np.ones_like, np.full_like, np.empty_like)

# --- joining, diagonals -----------------------------------------------------------------------------------------
notation(np.concatenate, math=concatenate, code=of_list)
notation(np.stack, math=beside, code=of_list)
notation(zero_pad, code=spelled("np.pad({}, {})"))
notation(np.triu, np.tril, np.diag_indices_from, np.tril_indices_from, np.triu_indices_from)

# --- indexing ---------------------------------------------------------------------------------------------------
notation(getitem, math=indexed, code=at_index, symbol="[ ]", noun="the selected part")
notation(scatter, math=scattered)
notation(put, code=put_at_index)
notation(np.where, math=where)
notation(scatter_along, np.take_along_axis)
notation(np.nonzero, np.flatnonzero, np.argwhere, any_size=True)
