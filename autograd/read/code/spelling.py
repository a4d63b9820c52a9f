"""How each function is written in NumPy, where that is not `np.name(operands, param=value)`.

A row takes the Writer, the Symbol and its written operands, and gives the code and how tightly it binds. A row that is
not the plain call gives the same values as the engine does, to the last bit: no formula here is only nearly right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from autograd.read.formulas.notation import order_of_axes
from autograd.rules import cast, getitem, identity, put
from autograd.rules.factors import qr_packed, singular_values
from autograd.rules.joining import zero_pad
from autograd.rules.linalg import log_abs_det, sign_of_det
from autograd.rules.norms import euclidean, p_norm

if TYPE_CHECKING:
    from autograd.read.code.source import Writer
    from autograd.read.symbol import Symbol

# How tightly Python binds; operators on one level are read from the left.
COMPARISON, OR, AND, SUM, PRODUCT, SIGN, POWER, ATOM = range(8)


class Code(NamedTuple):
    """A written operand, and how tightly it binds."""

    text: str
    level: int = ATOM


Row = Callable[["Writer", "Symbol", Sequence[Code]], Code]


def within(code: Code, level: int) -> str:
    """The operand, in parentheses where it binds less tightly than `level`."""
    return code.text if code.level >= level else f"({code.text})"


def infix(sign: str, level: int) -> Row:
    """An operator. What stands on its right is in parentheses also on the same level: sums depend on their order."""
    left = level + 1 if level == COMPARISON else level
    return lambda _, _s, args: Code(f"{within(args[0], left)} {sign} {within(args[1], level + 1)}", level)


def _prefix(sign: str) -> Row:
    return lambda _, _s, args: Code(f"{sign}{within(args[0], POWER if args[0].text[0] == sign else SIGN)}", SIGN)


def _multiply(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """Twice the same floating array is its square: of those NumPy forms x**2 as x*x, of scalars it does not."""
    if args[0] == args[1] and s.shape and s.dtype.kind == "f":
        return _squared(args[0])
    return infix("*", PRODUCT)(w, s, args)


def _square(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    return _squared(args[0]) if s.shape and s.dtype.kind == "f" else w.called(s, args)


def _squared(code: Code) -> Code:
    return Code(f"{within(code, ATOM)}**2", POWER)


def _power(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """Of Python's floats (-8)**(1/3) would be complex."""
    exponent = s.operands[1]
    if s.shape == () and not (isinstance(exponent, (int, float)) and exponent == round(exponent)):
        return w.called(s, args)
    return Code(f"{within(args[0], ATOM)}**{within(args[1], SIGN)}", POWER)


def _invert(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """Of Python's booleans ~ makes -1 and -2."""
    return _prefix("~")(w, s, args) if s.shape else w.called(s, args)


def _transpose(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """Of a matrix it is .T, if it turns it at all."""
    return Code(f"{within(args[0], ATOM)}.T") if order_of_axes(s.params, len(s.shape)) == [1, 0] else w.called(s, args)


def _sum(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """Over all axes without saying so, where no axis stays."""
    if s.shape == () and s.params.keys() <= {"axis", "keepdims"}:
        return Code(f"np.sum({args[0].text})")
    return w.called(s, args)


def _expand_dims(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """A vector stood up as a column, or laid down as a row."""
    if len(s.shape) != 2 or type(s.params["axis"]) is not int:
        return w.called(s, args)
    return Code(f"{within(args[0], ATOM)}[{'None, :' if s.params['axis'] in (0, -2) else ':, None'}]")


def _joined(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    return w.called(s, [Code(f"[{', '.join(a.text for a in args)}]")])


def _einsum(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    how = {k: v for k, v in s.params.items() if k != "subscripts"}
    return w.called(s, [Code(repr(s.params["subscripts"])), *args], params=how)


def _getitem(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    array = within(args[0], ATOM) if np.shape(s.operands[0]) else f"np.asarray({args[0].text})"
    return Code(f"{array}[{w.index(s.params['index'])}]")


def _put(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    return w.called(s, [args[0], Code(w.literal(s.params["index"])), args[1]], params={})


def _cast(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    dtype = w.literal(np.dtype(s.params["dtype"]))
    return Code(f"{within(args[0], ATOM)}.astype({dtype})" if s.shape else f"{dtype}({args[0].text})")


def _norm(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """‖x‖ of all entries as np.linalg.norm has it, otherwise as np.linalg.vector_norm does."""
    params = {"ord" if k == "p" else k: v for k, v in s.params.items() if v is not None and v is not False}
    whole = s.call is euclidean and "axis" not in params
    return w.called(s, args, np.linalg.norm if whole else np.linalg.vector_norm, params)


def _as(pattern: str) -> Row:
    """A function that NumPy does not have, in terms of one that it has."""
    return lambda w, s, args: Code(pattern.format(args[0].text, *(w.literal(v) for v in s.params.values())))


SPELLINGS: dict[Any, Row] = {
    np.add: infix("+", SUM),
    np.subtract: infix("-", SUM),
    np.multiply: _multiply,
    np.divide: infix("/", PRODUCT),
    np.matmul: infix("@", PRODUCT),
    np.negative: _prefix("-"),
    np.positive: _prefix("+"),
    np.power: _power,
    np.square: _square,
    np.greater: infix(">", COMPARISON),
    np.greater_equal: infix(">=", COMPARISON),
    np.less: infix("<", COMPARISON),
    np.less_equal: infix("<=", COMPARISON),
    np.equal: infix("==", COMPARISON),
    np.not_equal: infix("!=", COMPARISON),
    np.bitwise_and: infix("&", AND),
    np.bitwise_or: infix("|", OR),
    np.invert: _invert,
    np.absolute: _as("np.abs({})"),
    np.transpose: _transpose,
    np.swapaxes: _transpose,
    np.sum: _sum,
    np.expand_dims: _expand_dims,
    np.concatenate: _joined,
    np.stack: _joined,
    np.einsum: _einsum,
    getitem: _getitem,
    put: _put,
    cast: _cast,
    identity: lambda _w, _s, args: args[0],
    euclidean: _norm,
    p_norm: _norm,
    log_abs_det: _as("np.linalg.slogdet({})[1]"),
    sign_of_det: _as("np.linalg.slogdet({})[0]"),
    singular_values: _as("np.linalg.svd({}, compute_uv=False)"),
    qr_packed: _as("np.concatenate(np.linalg.qr({}), axis=-2)"),
    zero_pad: _as("np.pad({}, {})"),
}
