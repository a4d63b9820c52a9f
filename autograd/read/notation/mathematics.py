"""What rows of the notation are put together of: a function of its operands, a sign over axes, a root, a relation.

Each takes the Style to write in, the written operands and the parameters, and gives the text and how tightly it binds.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import prod
from typing import Any

from autograd.read.notation.axes import axes_named, axes_of
from autograd.read.notation.row import Math
from autograd.read.notation.style import ATOM, GIVEN, PREFIX, PRODUCT, STAR, SUM, Piece, Style, Written

ONE, TWO = Piece("1", literal=True), Piece("2", literal=True)


def called(function: str) -> Math:
    """A function of its operands: tanh(x)."""
    return lambda style, args, _: (style.call(function, ", ".join(a.text for a in args)), ATOM)


def around(bars: str) -> Math:
    """Between bars: |x|."""
    return lambda style, args, _: (style.around(bars, args[0].text), ATOM)


def root(degree: int) -> Math:
    """√x, ∛x."""
    return lambda style, args, _: style.root(args[0], degree)


def exponential(base: str) -> Math:
    """e^x."""
    return lambda style, args, _: style.power(Piece(base), args[0])


def logarithm(base: str) -> Math:
    """log₂(x)."""
    return lambda style, args, _: (f"{style.subscript(style.function('log'), base)}{style.parens(args[0].text)}", ATOM)


def relation(sign: str) -> Math:
    """A comparison as a number: 1 where it holds, else 0 (Iverson's bracket)."""
    return lambda style, args, _: (style.around("[]", f"{args[0].text} {style.sign(sign)} {args[1].text}"), ATOM)


def raised(mark: str) -> Math:
    """With a mark that is not an exponent: A⁻¹."""
    return lambda style, args, _: style.raised(args[0], mark)


def to_the(exponent: Piece) -> Math:
    """x²."""
    return lambda style, args, _: style.power(args[0], exponent)


def over(above: Piece) -> Math:
    """1/x."""
    return lambda style, args, _: style.fraction(above, args[0])


def over_axes(sign: str) -> Math:
    """A reduction that goes on as far as the product after it does, the axes beneath its sign: Σ_columns x ∗ y."""
    return lambda style, args, params: (
        f"{_with_axes(style, style.sign(sign), args, params)} {style.within(args[0], STAR)}",
        PREFIX,
    )


def of_axes(function: str) -> Math:
    """A reduction that is called, the axes beneath its name: max_columns(x)."""
    return lambda style, args, params: (
        f"{_with_axes(style, style.function(function), args, params)}{style.parens(args[0].text)}",
        ATOM,
    )


def _with_axes(style: Style, head: str, args: Sequence[Piece], params: dict[str, Any]) -> str:
    axes = axes_named(params.get("axis"), len(args[0].shape)) if args[0].shape else ""
    return style.subscript(head, style.words(axes)) if axes else head


def add(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """x + y, or x − y where the second begins with a minus; 2.0 + (−4.0) where that is what y is."""
    left, right = args
    if right.text.startswith(style.minus) and right.level != GIVEN:
        return f"{left.text} {style.minus} {right.text[len(style.minus) :].lstrip()}", SUM
    return f"{_term(style, left)} + {style.within(right, SUM)}", SUM


def subtract(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """x − y."""
    left, right = args
    return f"{_term(style, left)} {style.minus} {style.within(right, PREFIX)}", SUM


def _term(style: Style, piece: Piece) -> str:
    """On the left of a sum: what begins with Σ would seem to go on."""
    return style.parens(piece.text) if piece.level == PREFIX else piece.text


def negative(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """−x."""
    return f"{style.minus}{style.within(args[0], PREFIX)}", SUM


def multiply(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """x y of numbers, x ∗ y of arrays, x² of one and the same."""
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
    return matmul(style, (column, across), {})


def _needs_dot(left: Piece, right: Piece) -> bool:
    """Numbers side by side would read as one."""
    digit_follows = right.text[0].isdecimal() if right.level >= PRODUCT else left.text[-1].isdecimal()
    return right.literal or digit_follows


def divide(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """A fraction."""
    return style.fraction(*args)


def matmul(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """Matrices beside one another."""
    left, right = args
    return f"{style.within(left, PRODUCT)}{style.beside}{style.within(right, PRODUCT)}", PRODUCT


def log(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """ln x."""
    inside, ln = args[0], style.function("ln")
    return f"{ln} {inside.text}" if inside.level == ATOM else f"{ln}{style.parens(inside.text)}", PRODUCT


def hypot(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """√(x² + y²)."""
    return style.root(Piece(" + ".join(style.power(a, TWO)[0] for a in args), SUM))


def share_of_hypot(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """x / √(x² + y²)."""
    return style.fraction(args[0], Piece(*hypot(style, args, {})))


def one_less_square(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """1 − x²."""
    return subtract(style, (ONE, Piece(*style.power(args[0], TWO))), {})


def one_over_1_plus_square(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """1 / (1 + x²)."""
    return style.fraction(ONE, Piece(*add(style, (ONE, Piece(*style.power(args[0], TWO))), {})))


def one_over_twice(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """1 / (2 x)."""
    return style.fraction(ONE, Piece(*multiply(style, (TWO, args[0]), {})))


def over_power(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """x·t·u / y³, of y and the factors."""
    y, *factors = args
    n = Piece(str(len(factors)), literal=True)
    above = reduce(lambda x, t: Piece(*multiply(style, (x, t), {})), factors)
    return style.fraction(above, Piece(*style.power(y, n)))


def exponential_of_difference(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """e^(x − y)."""
    return style.power(Piece("e"), Piece(*subtract(style, args, {}), args[0].shape))


def relu(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """max(x, 0)."""
    return style.call("max", f"{args[0].text}, 0"), ATOM


def zero(_style: Style, _args: Sequence[Piece], _: Any) -> Written:
    """0."""
    return "0", ATOM


def _less(style: Style, left: Piece, right: Piece) -> Piece:
    """left − right, as an operand of something else."""
    return Piece(*subtract(style, (left, right), {}), right.shape)


def _one_over(style: Style, n: int) -> str:
    """A fraction in front of a sum, unless it is 1."""
    if n == 1:
        return ""
    below = str(n)  # a number that has a name may be a product, 2 m
    share = Piece(*style.fraction(ONE, Piece(below, ATOM if below.isalnum() else PRODUCT)))
    return f"{style.within(share, PRODUCT)} "


def power(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """xʸ."""
    base, exponent = args
    return (base.text, base.level) if exponent.text in ("1", "1.0") else style.power(base, exponent)


def log1p(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """ln(1 + x)."""
    return style.call("ln", f"1 + {style.within(args[0], PREFIX)}"), PRODUCT


def expm1(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """e^x − 1."""
    return f"{style.power(Piece('e'), args[0])[0]} {style.minus} 1", SUM


def negation(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """1 where a condition does not hold."""
    return style.around("[]", f"{style.sign('¬')} {args[0].text}"), ATOM


def mean(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """(1/n) Σ x."""
    shape = args[0].shape
    axes = axes_of(params.get("axis"), len(shape))
    summed, _ = over_axes("Σ")(style, args, params)
    return f"{_one_over(style, prod(shape[a] for a in axes))}{summed}", PREFIX


def log_sigmoid(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """ln σ(x)."""
    return f"{style.function('ln')} {style.call('σ', args[0].text)}", ATOM


def xlogy(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """y ln x."""
    y, x = args
    return multiply(style, (y, Piece(*log(style, (x,), {}), x.shape)), {})


def log_loss(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """−(y ln a + (1 − y) ln(1 − a))."""
    return f"{style.minus}{_log_likelihood(style, *args)}", SUM


def cross_entropy(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """−(1/m) Σ (y ln a + (1 − y) ln(1 − a))."""
    share = _one_over(style, args[0].shape[-1])
    return f"{style.minus}{share}{style.sign('Σ')} {_log_likelihood(style, *args)}", SUM


def _log_likelihood(style: Style, a: Piece, y: Piece) -> str:
    first, _ = xlogy(style, (y, a), {})
    second, _ = xlogy(style, (_less(style, ONE, y), _less(style, ONE, a)), {})
    return style.parens(f"{first} + {second}")


def log_loss_logits(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """−(y ln σ(z) + (1 − y) ln σ(−z))."""
    z, y = args
    minus_z = style.minus + style.within(z, PREFIX)
    first, second = (
        multiply(style, (share, Piece(*log_sigmoid(style, (of,), {}), z.shape)), {})[0]
        for share, of in ((y, z), (_less(style, ONE, y), Piece(minus_z, SUM, z.shape)))
    )
    return f"{style.minus}{style.parens(f'{first} + {second}')}", SUM


def log_loss_slope(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """−y/a + (1 − y)/(1 − a)."""
    a, y = args
    first, second = style.fraction(y, a)[0], style.fraction(_less(style, ONE, y), _less(style, ONE, a))[0]
    return f"{style.minus}{first} + {second}", SUM


def logsumexp(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """ln Σ e^x."""
    power = Piece(*style.power(Piece("e"), args[0]), args[0].shape)
    return f"{style.function('ln')} {over_axes('Σ')(style, [power], params)[0]}", PREFIX
