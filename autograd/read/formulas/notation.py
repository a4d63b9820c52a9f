"""How each function is written in a formula. No derivative stands here: this says only how to write what was computed.

A row takes the Style to write in, the written operands and the parameters, and gives the text and how tightly it binds.
A function without a row is written name(…).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from math import prod
from typing import Any

import numpy as np

from autograd.read.formulas.style import ATOM, PREFIX, PRODUCT, STAR, SUM, Piece, Style, Written

Row = Callable[[Style, Sequence[Piece], dict[str, Any]], Written]
ONE, TWO = Piece("1", literal=True), Piece("2", literal=True)


def axes_named(axis: Any, ndim: int) -> str:
    """In words, what is reduced: columns are samples in an array with two axes; "" for all of it.

    >>> axes_named(1, 2), axes_named((0, 2), 3), axes_named(None, 2)
    ('columns', 'axes 0, 2', '')
    """
    axes = sorted(a % ndim for a in (range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)))
    if len(axes) == ndim:
        return ""
    if ndim == 2:
        return "columns" if axes == [1] else "rows"
    return f"{'axis' if len(axes) == 1 else 'axes'} {', '.join(map(str, axes))}"


def order_of_axes(params: dict[str, Any], ndim: int) -> list[int]:
    """The order into which np.transpose or np.swapaxes with these parameters brings the axes.

    >>> order_of_axes({}, 2), order_of_axes({"axes": (0, -1, 1)}, 3), order_of_axes({"axis1": 0, "axis2": -1}, 3)
    ([1, 0], [0, 2, 1], [2, 1, 0])
    """
    order = list(range(ndim))
    if "axis1" in params:
        i, j = params["axis1"], params["axis2"]
        order[i], order[j] = order[j], order[i]
        return order
    axes = params.get("axes")
    return order[::-1] if axes is None else [order[a] for a in axes]


# --- the rows ---------------------------------------------------------------------------------------------------------


def _add(style: Style, args: Sequence[Piece], _: Any) -> Written:
    left, right = args
    if right.text.startswith(style.minus):
        return f"{style.within(left, SUM)} {style.minus} {right.text[len(style.minus) :].lstrip()}", SUM
    return f"{_term(style, left)} + {right.text}", SUM


def _subtract(style: Style, args: Sequence[Piece], _: Any) -> Written:
    left, right = args
    return f"{_term(style, left)} {style.minus} {style.within(right, PREFIX)}", SUM


def _term(style: Style, piece: Piece) -> str:
    """On the left of a sum: what begins with Σ would seem to go on."""
    return style.parens(piece.text) if piece.level == PREFIX else piece.text


def _multiply(style: Style, args: Sequence[Piece], _: Any) -> Written:
    left, right = args
    if left.text == "1" or right.text == "1":
        kept = right if left.text == "1" else left
        return kept.text, kept.level
    if left == right and not left.literal:
        return style.power(left, TWO)
    if left.shape[1:] == (1,) and (right.shape[:-1] == (1,) or len(right.shape) == 1):
        return _outer(style, left, right)
    arrays = bool(left.shape and right.shape)
    level = STAR if arrays else PRODUCT
    sign = style.star if arrays else style.dot if _needs_dot(left, right) else style.beside
    tail = right.text if right.level == PREFIX else style.within(right, level)
    return style.within(left, level) + sign + tail, PREFIX if right.level == PREFIX else level


def _outer(style: Style, column: Piece, row: Piece) -> Written:
    """A column times a row, repeated along one another: that is their matrix product."""
    across = row if len(row.shape) == 2 else Piece(*style.raised(row, "T"))
    return _matmul(style, (column, across), {})


def _needs_dot(left: Piece, right: Piece) -> bool:
    """Numbers side by side would read as one."""
    digit_follows = right.text[0].isdecimal() if right.level >= PRODUCT else left.text[-1].isdecimal()
    return right.literal or digit_follows


def _divide(style: Style, args: Sequence[Piece], _: Any) -> Written:
    return style.fraction(*args)


def _negative(style: Style, args: Sequence[Piece], _: Any) -> Written:
    return f"{style.minus}{style.within(args[0], PREFIX)}", SUM


def _power(style: Style, args: Sequence[Piece], _: Any) -> Written:
    base, exponent = args
    return (base.text, base.level) if exponent.text in ("1", "1.0") else style.power(base, exponent)


def _exponential(base: str) -> Row:
    return lambda style, args, _: style.power(Piece(base), args[0])


def _matmul(style: Style, args: Sequence[Piece], _: Any) -> Written:
    left, right = args
    return f"{style.within(left, PRODUCT)}{style.beside}{style.within(right, PRODUCT)}", PRODUCT


def _transpose(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """Only of a matrix is it the T that everybody knows."""
    order = order_of_axes(params, len(args[0].shape))
    if order == sorted(order):
        return args[0].text, args[0].level
    if order == [1, 0]:
        return style.raised(args[0], "T")
    function = style.subscript(style.function("transpose"), ", ".join(map(str, order)))
    return f"{function}{style.parens(args[0].text)}", ATOM


def _over(sign: str, open: bool = True) -> Row:
    """A reduction, with the axes beneath its sign; `open` ones go on as far as the product does."""

    def written(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
        axes = axes_named(params.get("axis"), len(args[0].shape)) if args[0].shape else ""
        head = style.sign(sign) if open else style.function(sign)
        head = style.subscript(head, style.words(axes)) if axes else head
        if open:
            return f"{head} {style.within(args[0], STAR)}", PREFIX
        return f"{head}{style.parens(args[0].text)}", ATOM

    return written


def _mean(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    shape, axis = args[0].shape, params.get("axis")
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    total, _ = _over("Σ")(style, args, params)
    return f"{_one_over(style, prod(shape[a] for a in axes))}{total}", PREFIX


def _one_over(style: Style, n: int) -> str:
    """A fraction in front of a sum, unless it is 1."""
    if n == 1:
        return ""
    below = str(n)  # a number that has a name may be a product, 2 m
    share = Piece(*style.fraction(ONE, Piece(below, ATOM if below.isalnum() else PRODUCT)))
    return f"{style.within(share, PRODUCT)} "


def _called(function: str) -> Row:
    return lambda style, args, _: (style.call(function, ", ".join(a.text for a in args)), ATOM)


def _around(bars: str) -> Row:
    return lambda style, args, _: (style.around(bars, args[0].text), ATOM)


def _logarithm(base: str) -> Row:
    return lambda style, args, _: (f"{style.subscript(style.function('log'), base)}{style.parens(args[0].text)}", ATOM)


def _log_sigmoid(style: Style, args: Sequence[Piece], _: Any) -> Written:
    return f"{style.function('ln')} {style.call('σ', args[0].text)}", ATOM


def _solve(style: Style, args: Sequence[Piece], _: Any) -> Written:
    return f"{style.raised(args[0], '-1')[0]} {style.within(args[1], PRODUCT)}", PRODUCT


def _root(degree: int) -> Row:
    return lambda style, args, _: style.root(args[0], degree)


def _relation(sign: str) -> Row:
    """A boolean as a number: 1 where it holds, else 0 (Iverson's bracket)."""
    return lambda style, args, _: (
        style.around("[]", f"{args[0].text} {style.sign(sign)} {args[1].text}"),
        ATOM,
    )


def _where(style: Style, args: Sequence[Piece], _: Any) -> Written:
    condition, chosen, other = args
    if other.text in ("0", "0.0"):
        return _multiply(style, (condition, chosen), {})
    if chosen.text in ("0", "0.0"):
        return _multiply(style, (_not(style, condition), other), {})
    return style.cases(chosen.text, condition.text, other.text), ATOM


def _not(style: Style, condition: Piece) -> Piece:
    return condition._replace(text=style.around("[]", f"{style.sign('¬')} {condition.text}"))


def _hypot(style: Style, args: Sequence[Piece], _: Any) -> Written:
    squares = [style.power(a, TWO)[0] for a in args]
    return style.root(Piece(" + ".join(squares), SUM))


def _less_square(style: Style, x: Piece) -> Written:
    return _subtract(style, (ONE, Piece(*style.power(x, TWO))), {})


def _plus_square(style: Style, x: Piece) -> Written:
    return _add(style, (ONE, Piece(*style.power(x, TWO))), {})


def _joined(style: Style, args: Sequence[Piece], _: Any) -> Written:
    return style.grid([[a.text for a in args]]), ATOM


def _concatenate(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    axis = params.get("axis", 0) % max(len(args[0].shape), 1)
    below = axis == 0 and len(args[0].shape) > 1
    return (style.grid([[a.text] for a in args]), ATOM) if below else _joined(style, args, {})


def _getitem(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    return f"{style.within(args[0], ATOM)}{_index(style, params['index'])}", ATOM


def _scatter(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
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


def _log_loss(style: Style, args: Sequence[Piece], _: Any) -> Written:
    return f"{style.minus}{_log_likelihood(style, *args)}", SUM


def _binary_cross_entropy(style: Style, args: Sequence[Piece], _: Any) -> Written:
    share = _one_over(style, args[0].shape[-1])
    return f"{style.minus}{share}{style.sign('Σ')} {_log_likelihood(style, *args)}", SUM


def _log_likelihood(style: Style, a: Piece, y: Piece) -> str:
    first, _ = _xlogy(style, (y, a), {})
    second, _ = _xlogy(style, (_less(style, ONE, y), _less(style, ONE, a)), {})
    return style.parens(f"{first} + {second}")


def _log_loss_logits(style: Style, args: Sequence[Piece], _: Any) -> Written:
    z, y = args
    minus_z = style.minus + style.within(z, PREFIX)
    first, second = (
        _multiply(style, (share, Piece(*_log_sigmoid(style, (of,), {}), z.shape)), {})[0]
        for share, of in ((y, z), (_less(style, ONE, y), Piece(minus_z, SUM, z.shape)))
    )
    return f"{style.minus}{style.parens(f'{first} + {second}')}", SUM


def _log_loss_slope(style: Style, args: Sequence[Piece], _: Any) -> Written:
    a, y = args
    first, second = style.fraction(y, a)[0], style.fraction(_less(style, ONE, y), _less(style, ONE, a))[0]
    return f"{style.minus}{first} + {second}", SUM


def _less(style: Style, left: Piece, right: Piece) -> Piece:
    return Piece(*_subtract(style, (left, right), {}), right.shape)


def _log(style: Style, args: Sequence[Piece], _: Any) -> Written:
    inside, ln = args[0], style.function("ln")
    return f"{ln} {inside.text}" if inside.level == ATOM else f"{ln}{style.parens(inside.text)}", PRODUCT


def _log1p(style: Style, args: Sequence[Piece], _: Any) -> Written:
    return style.call("ln", f"1 + {style.within(args[0], PREFIX)}"), PRODUCT


def _expm1(style: Style, args: Sequence[Piece], _: Any) -> Written:
    return f"{style.power(Piece('e'), args[0])[0]} {style.minus} 1", SUM


def _xlogy(style: Style, args: Sequence[Piece], _: Any) -> Written:
    x, y = args
    return _multiply(style, (x, Piece(*_log(style, (y,), {}), y.shape)), {})


def _einsum(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    function = style.subscript(style.function("einsum"), style.words(params["subscripts"].replace("->", "→")))
    return f"{function}{style.parens(', '.join(a.text for a in args))}", ATOM


def _logsumexp(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    power = Piece(*style.power(Piece("e"), args[0]), args[0].shape)
    return f"{style.function('ln')} {_over('Σ')(style, [power], params)[0]}", PREFIX


def _log_abs_det(style: Style, args: Sequence[Piece], _: Any) -> Written:
    size = style.around("||", f"{style.function('det')} {args[0].text}")
    return f"{style.function('ln')} {size}", PRODUCT


def _expand_dims(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """A vector that is stood up as a column is written as it is; one that is laid down as a row is turned."""
    if len(args[0].shape) == 1 and params["axis"] in (0, -2):
        return style.raised(args[0], "T")
    return args[0].text, args[0].level


def _same(_style: Style, args: Sequence[Piece], _: Any) -> Written:
    return args[0].text, args[0].level


NOTATION: dict[str, Row] = {
    "add": _add,
    "subtract": _subtract,
    "multiply": _multiply,
    "divide": _divide,
    "ratio": _divide,
    "negative": _negative,
    "power": _power,
    "square": lambda style, args, _: style.power(args[0], TWO),
    "sqrt": _root(2),
    "root": _root(2),
    "root_slope": lambda style, args, _: style.fraction(ONE, Piece(*_multiply(style, (TWO, args[0]), {}))),
    "over_power": lambda style, args, _: style.fraction(
        reduce(lambda x, t: Piece(*_multiply(style, (x, t), {})), args[1:]),
        Piece(*style.power(args[0], Piece(str(len(args) - 1), literal=True))),
    ),
    "leg": lambda style, args, _: style.fraction(args[0], Piece(*_hypot(style, args, {}))),
    "rest_of_1": lambda style, args, _: _less_square(style, args[0]),
    "bell": lambda style, args, _: style.fraction(ONE, Piece(*_plus_square(style, args[0]))),
    "exp": _exponential("e"),
    "expm1": _expm1,
    "log": _log,
    "log1p": _log1p,
    "sin": _called("sin"),
    "cos": _called("cos"),
    "tanh": _called("tanh"),
    "tan": _called("tan"),
    "arcsin": _called("arcsin"),
    "arccos": _called("arccos"),
    "arctan": _called("arctan"),
    "sinh": _called("sinh"),
    "cosh": _called("cosh"),
    "hypot": _hypot,
    "gap": _subtract,
    "portion": lambda style, args, _: style.power(Piece("e"), Piece(*_subtract(style, args, {}), args[0].shape)),
    "cbrt": _root(3),
    "exp2": _exponential("2"),
    "log2": _logarithm("2"),
    "log10": _logarithm("10"),
    "reciprocal": lambda style, args, _: style.fraction(ONE, args[0]),
    "sigmoid": _called("σ"),
    "log_sigmoid": _log_sigmoid,
    "relu": lambda style, args, _: (style.call("max", f"{args[0].text}, 0"), ATOM),
    "leaky_relu": _called("LeakyReLU"),
    "absolute": _around("||"),
    "maximum": _called("max"),
    "minimum": _called("min"),
    "floor": _around("⌊⌋"),
    "ceil": _around("⌈⌉"),
    "greater": _relation(">"),
    "greater_equal": _relation("≥"),
    "less": _relation("<"),
    "less_equal": _relation("≤"),
    "equal": _relation("="),
    "not_equal": _relation("≠"),
    "bitwise_and": _multiply,
    "logical_and": _multiply,
    "logical_not": lambda style, args, _: (_not(style, args[0]).text, ATOM),
    "zeros_like": lambda _style, _args, _: ("0", ATOM),
    "where": _where,
    "sum": _over("Σ"),
    "mean": _mean,
    "prod": _over("Π"),
    "max": _over("max", open=False),
    "min": _over("min", open=False),
    "softmax": _called("softmax"),
    "one_hot": _called("onehot"),
    "logsumexp": _logsumexp,
    "log_loss": _log_loss,
    "log_loss_logits": _log_loss_logits,
    "log_loss_slope": _log_loss_slope,
    "binary_cross_entropy": _binary_cross_entropy,
    "xlogy": _xlogy,
    "matmul": _matmul,
    "einsum": _einsum,
    "convolve": lambda style, args, _: (f"{style.within(args[0], ATOM)} * {style.within(args[1], ATOM)}", STAR),
    "inv": lambda style, args, _: style.raised(args[0], "-1"),
    "pinv": lambda style, args, _: style.raised(args[0], "+"),
    "solve": _solve,
    "det": _called("det"),
    "log_abs_det": _log_abs_det,
    "cholesky": _called("chol"),
    "euclidean": _around("‖‖"),
    "transpose": _transpose,
    "swapaxes": _transpose,
    "concatenate": _concatenate,
    "stack": _joined,
    "getitem": _getitem,
    "scatter": _scatter,
    "expand_dims": _expand_dims,
    # Transparent: they move entries into another shape, which a formula leaves to the reader.
    "positive": _same,
    "identity": _same,
    "cast": _same,
    "float64": _same,
    "copy": _same,
    "reshape": _same,
    "squeeze": _same,
    "broadcast_to": _same,
}
