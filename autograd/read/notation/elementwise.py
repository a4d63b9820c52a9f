"""Rows of `rules/elementwise.py`: arithmetic, powers and logarithms, kinks, jumps, comparisons."""

from typing import Any

import numpy as np

from autograd.read.notation import mathematics as maths, native as c, spelling
from autograd.read.notation.mathematics import ONE, TWO, called, relation, root
from autograd.read.notation.row import notation, transparent
from autograd.read.notation.spelling import infix, prefix, spelled
from autograd.rules.elementwise import gap, leg, power_partial

# --- arithmetic -------------------------------------------------------------------------------------------------
ARITHMETIC: dict[str, Any] = {"operator": True, "weak": True, "exact": True, "stretches": True}
SUM, PRODUCT = ARITHMETIC | {"algebra": "sum", "weighs": True}, ARITHMETIC | {"algebra": "product", "unit": True}
QUOTIENT = PRODUCT | {"passes": 2}
notation(np.add, math=maths.add, code=infix("+"), native=c.infix("+"), symbol="+", noun="the sum", **SUM)
notation(
    np.subtract,
    math=maths.subtract,
    code=infix("-"),
    native=c.infix("-"),
    symbol="−",
    noun="the difference",
    ordered=True,
    **SUM,
)
notation(
    np.multiply,
    math=maths.multiply,
    code=spelling.times,
    native=c.infix("*"),
    symbol="×",
    noun="the product",
    weighs=True,
    **PRODUCT,
)
notation(
    np.divide,
    math=maths.divide,
    code=infix("/"),
    native=c.infix("/", "f"),
    symbol="÷",
    noun="the quotient",
    ordered=True,
    **QUOTIENT,
)
SIGN: dict[str, Any] = {"algebra": "sign", "weak": True, "exact": True}
MINUS = SIGN | {"operator": True, "passes": 0.95}  # a sign alone is less than a factor of −1
notation(
    np.negative, math=maths.negative, code=prefix("-"), native=c.prefix("-"), symbol="−", noun="the negative", **MINUS
)
notation(np.positive, math=transparent, code=prefix("+"), native=c.prefix("+"), symbol="+", passes=0, **SIGN)
POWER: dict[str, Any] = {"weak": True, "code": spelling.power, "of_integers": spelling.power_of_integers}
POWER["native"] = c.POWER_BY_CONSTANT
notation(np.power, math=maths.power, symbol="pow", noun="the power", ordered=True, unit=True, stretches=True, **POWER)
notation(
    np.square, math=maths.to_the(TWO), code=spelling.square, native=c.SQUARE, symbol="x²", noun="the square", exact=True
)
notation(np.reciprocal, native=c.RECIPROCAL, math=maths.over(ONE), noun="the reciprocal", exact=True, passes=2)
notation(np.sqrt, math=root(2), native=c.libm("sqrt"), noun="the square root")
notation(np.cbrt, math=root(3), native=c.libm("cbrt"), noun="the cube root")
notation(np.hypot, math=maths.hypot, native=c.libm("hypot"))
notation(leg, math=maths.share_of_hypot, expands=True)
notation(np.conjugate, math=transparent, native=c.CONVERSION)  # of real numbers
notation(np.ldexp, power_partial)

# --- exponentials and logarithms --------------------------------------------------------------------------------
notation(np.exp, math=maths.exponential("e"), native=c.called("cg_exp"), noun="the exponential")
notation(np.exp2, math=maths.exponential("2"), native=c.libm("exp2"))
notation(np.expm1, math=maths.expm1, native=c.called("cg_expm1"))
notation(np.log, math=maths.log, native=c.called("cg_log"), noun="the logarithm")
notation(np.log1p, math=maths.log1p, native=c.called("cg_log1p"))
notation(np.log2, math=maths.logarithm("2"), native=c.libm("log2"))
notation(np.log10, math=maths.logarithm("10"), native=c.libm("log10"))
notation(gap, math=maths.subtract, native=c.called("cg_gap"), exact=True, convention=True)
notation(np.logaddexp, native=c.called("cg_logaddexp"))
notation(np.logaddexp2, native=c.called("cg_logaddexp2"))

# --- with a kink ------------------------------------------------------------------------------------------------
ABSOLUTE: dict[str, Any] = {"code": spelled("np.abs({})"), "native": c.libm("fabs"), "weak": True}
notation(np.absolute, math=maths.around("||"), symbol="|x|", noun="the absolute value", **ABSOLUTE)
notation(
    np.maximum, math=called("max"), native=c.called("cg_maximum"), symbol="max", noun="the maximum", stretches=True
)
notation(
    np.minimum, math=called("min"), native=c.called("cg_minimum"), symbol="min", noun="the minimum", stretches=True
)
notation(np.fabs, native=c.libm("fabs"))
notation(np.copysign, native=c.libm("copysign"))
notation(np.fmax, native=c.called("cg_fmax"))
notation(np.fmin, native=c.called("cg_fmin"))
notation(np.clip, native=c.called("cg_clip"))

# --- with jumps -------------------------------------------------------------------------------------------------
notation(np.floor, math=maths.around("⌊⌋"), native=c.libm("floor"))
notation(np.ceil, math=maths.around("⌈⌉"), native=c.libm("ceil"))
notation(np.floor_divide, native=c.called("cg_floor_divide"), of_integers=infix("//"), weak=True)
notation(np.remainder, native=c.called("cg_remainder"), of_integers=infix("%"), weak=True)
notation(np.sign, native=c.called("cg_sign"))
notation(np.heaviside, native=c.called("cg_heaviside"))
notation(np.fmod, native=c.libm("fmod"))
notation(np.unwrap, np.nan_to_num, np.angle)
notation(np.rint, native=c.libm("rint"))
notation(np.trunc, np.fix, native=c.libm("trunc"))
notation(np.round, np.around, native=c.libm("rint"))  # to integers

# --- no derivative ----------------------------------------------------------------------------------------------
for function, sign, written, opposite, mirrored in (
    (np.greater, ">", ">", np.less_equal, np.less),
    (np.greater_equal, ">=", "≥", np.less, np.less_equal),
    (np.less, "<", "<", np.greater_equal, np.greater),
    (np.less_equal, "<=", "≤", np.greater, np.greater_equal),
    (np.equal, "==", "=", np.not_equal, None),
    (np.not_equal, "!=", "≠", None, None),
):
    how: dict[str, Any] = {"code": infix(sign), "native": c.relation(sign)}
    notation(function, math=relation(written), operator=True, opposite=opposite, mirrored=mirrored, **how)
notation(np.logical_and, math=maths.multiply, native=c.logic("&&"))
notation(np.logical_not, math=maths.negation, native=c.negation())
notation(np.logical_or, native=c.logic("||"))
notation(np.logical_xor, native=c.logic("!="))
notation(np.isnan, native=c.question("isnan"))
notation(np.isinf, native=c.question("isinf"))
notation(np.isfinite, native=c.question("isfinite"))
notation(np.signbit, native=c.question("signbit"))
notation(np.isposinf, np.isneginf, np.spacing)
notation(np.isclose, np.allclose, np.array_equal, np.array_equiv, np.isin, np.isreal, np.iscomplex, np.imag)
notation(np.isrealobj, np.iscomplexobj, np.result_type, np.common_type, static=True)
notation(np.min_scalar_type, np.may_share_memory, np.shares_memory)
