"""Notation of `rules/elementwise.py`: arithmetic, powers and logarithms, kinks, jumps, comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.op import OPS
from autograd.read.code.spelling import ATOM as CODE_ATOM, POWER, SIGN, Code, infix, prefix, spelled, within
from autograd.read.formulas.style import ATOM, PREFIX, PRODUCT, SUM, Piece, Style, Written
from autograd.read.notation.mathematics import (
    ONE,
    TWO,
    add,
    around,
    called,
    divide,
    exponential,
    hypot,
    log,
    logarithm,
    multiply,
    negative,
    relation,
    root,
    subtract,
)
from autograd.read.notation.row import notation, transparent
from autograd.rules.elementwise import gap, leg, power_partial

if TYPE_CHECKING:
    from autograd.read.code.source import Writer
    from autograd.read.symbol import Symbol


def times(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """Twice the same floating array is its square: of those NumPy forms x**2 as x*x, of scalars it does not."""
    if args[0] == args[1] and s.shape and s.dtype.kind == "f":
        return squared(w, s, args)
    return infix("*")(w, s, args)


def squared(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """x**2 of arrays."""
    return Code(f"{within(args[0], CODE_ATOM)}**2", POWER) if s.shape and s.dtype.kind == "f" else w.called(s, args)


def power(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """xʸ."""
    base, exponent = args
    return (base.text, base.level) if exponent.text in ("1", "1.0") else style.power(base, exponent)


def to_the_power(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """Of Python's floats (-8)**(1/3) would be complex."""
    exponent = s.operands[1]
    if s.shape == () and not (isinstance(exponent, (int, float)) and exponent == round(exponent)):
        return w.called(s, args)
    return Code(f"{within(args[0], CODE_ATOM)}**{within(args[1], SIGN)}", POWER)


def log1p(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """ln(1 + x)."""
    return style.call("ln", f"1 + {style.within(args[0], PREFIX)}"), PRODUCT


def expm1(style: Style, args: Sequence[Piece], _: Any) -> Written:
    """e^x − 1."""
    return f"{style.power(Piece('e'), args[0])[0]} {style.minus} 1", SUM


def negation(style: Style, condition: Piece) -> Piece:
    """1 where a condition does not hold."""
    return condition._replace(text=style.around("[]", f"{style.sign('¬')} {condition.text}"))


def formula_of(function: Any) -> Any:
    """What the kernel of a function is without the convention that 0/0 and 0·ln 0 are 0, where the values decide."""
    return OPS[function].kernel.__wrapped__  # type: ignore[attr-defined]


# --- arithmetic -------------------------------------------------------------------------------------------------
SUMS: dict[str, Any] = {"algebra": "sum", "operator": True, "exact": True, "stretches": True, "weighs": True}
notation(np.add, math=add, code=infix("+"), symbol="+", noun="the sum", **SUMS)
notation(np.subtract, math=subtract, code=infix("-"), symbol="−", noun="the difference", ordered=True, **SUMS)
PRODUCTS: dict[str, Any] = {"algebra": "product", "operator": True, "exact": True, "stretches": True, "unit": True}
notation(np.multiply, math=multiply, code=times, symbol="×", noun="the product", weighs=True, **PRODUCTS)
notation(np.divide, math=divide, code=infix("/"), symbol="÷", noun="the quotient", ordered=True, passes=2, **PRODUCTS)
notation(
    np.negative,
    math=negative,
    code=prefix("-"),
    symbol="−",
    noun="the negative",
    algebra="sign",
    operator=True,
    exact=True,
)
notation(np.positive, math=transparent, code=prefix("+"), symbol="+", algebra="sign", exact=True, passes=0)
notation(
    np.power,
    math=power,
    code=to_the_power,
    of_integers=lambda _w, _s, args: Code(f"{within(args[0], CODE_ATOM)}**{within(args[1], POWER)}", POWER),
    symbol="pow",
    noun="the power",
    ordered=True,
    unit=True,
    stretches=True,
)
notation(
    np.square,
    math=lambda style, args, _: style.power(args[0], TWO),
    code=squared,
    symbol="x²",
    noun="the square",
    exact=True,
)
notation(
    np.reciprocal, math=lambda style, args, _: style.fraction(ONE, args[0]), noun="the reciprocal", exact=True, passes=2
)
notation(np.sqrt, math=root(2), noun="the square root")
notation(np.cbrt, math=root(3), noun="the cube root")
notation(np.hypot, math=hypot)
notation(leg, math=lambda style, args, _: style.fraction(args[0], Piece(*hypot(style, args, {}))), expands=True)
notation(np.conjugate, math=transparent)  # of real numbers
notation(np.ldexp, power_partial)

# --- exponentials and logarithms --------------------------------------------------------------------------------
notation(np.exp, math=exponential("e"), noun="the exponential")
notation(np.exp2, math=exponential("2"))
notation(np.expm1, math=expm1)
notation(np.log, math=log, noun="the logarithm")
notation(np.log1p, math=log1p)
notation(np.log2, math=logarithm("2"))
notation(np.log10, math=logarithm("10"))
notation(gap, math=subtract, reads_as=formula_of(gap), exact=True)
notation(np.logaddexp, np.logaddexp2)

# --- with a kink ------------------------------------------------------------------------------------------------
notation(np.absolute, math=around("||"), code=spelled("np.abs({})"), symbol="|x|", noun="the absolute value")
notation(np.maximum, math=called("max"), symbol="max", noun="the maximum", stretches=True)
notation(np.minimum, math=called("min"), symbol="min", noun="the minimum", stretches=True)
notation(np.fabs, np.copysign, np.fmax, np.fmin, np.clip)

# --- with jumps -------------------------------------------------------------------------------------------------
notation(np.floor, math=around("⌊⌋"))
notation(np.ceil, math=around("⌈⌉"))
notation(np.floor_divide, of_integers=infix("//"))
notation(np.remainder, of_integers=infix("%"))
notation(np.fmod, np.unwrap, np.nan_to_num, np.sign, np.heaviside, np.angle)
notation(np.rint, np.trunc, np.fix, np.round, np.around)

# --- no derivative ----------------------------------------------------------------------------------------------
notation(np.greater, math=relation(">"), code=infix(">"), operator=True)
notation(np.greater_equal, math=relation("≥"), code=infix(">="), operator=True)
notation(np.less, math=relation("<"), code=infix("<"), operator=True)
notation(np.less_equal, math=relation("≤"), code=infix("<="), operator=True)
notation(np.equal, math=relation("="), code=infix("=="), operator=True)
notation(np.not_equal, math=relation("≠"), code=infix("!="), operator=True)
notation(np.logical_and, math=multiply)
notation(np.logical_not, math=lambda style, args, _: (negation(style, args[0]).text, ATOM))
notation(np.logical_or, np.logical_xor)
notation(np.isnan, np.isinf, np.isfinite, np.isposinf, np.isneginf, np.signbit, np.spacing)
notation(np.isclose, np.allclose, np.array_equal, np.array_equiv, np.isin, np.isreal, np.iscomplex, np.imag)
notation(np.isrealobj, np.iscomplexobj, np.result_type, np.common_type, static=True)
notation(np.min_scalar_type, np.may_share_memory, np.shares_memory)
