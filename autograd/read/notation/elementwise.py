"""Rows of `rules/elementwise.py`: arithmetic, powers and logarithms, kinks, jumps, comparisons."""

from typing import Any

import numpy as np

from autograd.read.notation import mathematics as maths, spelling
from autograd.read.notation.mathematics import ONE, TWO, called, relation, root
from autograd.read.notation.row import notation, transparent
from autograd.read.notation.spelling import infix, prefix, spelled
from autograd.rules.elementwise import gap, leg, power_partial

# --- arithmetic -------------------------------------------------------------------------------------------------
ARITHMETIC: dict[str, Any] = {"operator": True, "weak": True, "exact": True, "stretches": True}
SUM, PRODUCT = ARITHMETIC | {"algebra": "sum", "weighs": True}, ARITHMETIC | {"algebra": "product", "unit": True}
QUOTIENT = PRODUCT | {"passes": 2}
notation(np.add, math=maths.add, code=infix("+"), symbol="+", noun="the sum", **SUM)
notation(np.subtract, math=maths.subtract, code=infix("-"), symbol="−", noun="the difference", ordered=True, **SUM)
notation(np.multiply, math=maths.multiply, code=spelling.times, symbol="×", noun="the product", weighs=True, **PRODUCT)
notation(np.divide, math=maths.divide, code=infix("/"), symbol="÷", noun="the quotient", ordered=True, **QUOTIENT)
SIGN: dict[str, Any] = {"algebra": "sign", "weak": True, "exact": True}
MINUS = SIGN | {"operator": True, "passes": 0.95}  # a sign alone is less than a factor of −1
notation(np.negative, math=maths.negative, code=prefix("-"), symbol="−", noun="the negative", **MINUS)
notation(np.positive, math=transparent, code=prefix("+"), symbol="+", passes=0, **SIGN)
POWER: dict[str, Any] = {"weak": True, "code": spelling.power, "of_integers": spelling.power_of_integers}
notation(np.power, math=maths.power, symbol="pow", noun="the power", ordered=True, unit=True, stretches=True, **POWER)
notation(np.square, math=maths.to_the(TWO), code=spelling.square, symbol="x²", noun="the square", exact=True)
notation(np.reciprocal, math=maths.over(ONE), noun="the reciprocal", exact=True, passes=2)
notation(np.sqrt, math=root(2), noun="the square root")
notation(np.cbrt, math=root(3), noun="the cube root")
notation(np.hypot, math=maths.hypot)
notation(leg, math=maths.share_of_hypot, expands=True)
notation(np.conjugate, math=transparent)  # of real numbers
notation(np.ldexp, power_partial)

# --- exponentials and logarithms --------------------------------------------------------------------------------
notation(np.exp, math=maths.exponential("e"), noun="the exponential")
notation(np.exp2, math=maths.exponential("2"))
notation(np.expm1, math=maths.expm1)
notation(np.log, math=maths.log, noun="the logarithm")
notation(np.log1p, math=maths.log1p)
notation(np.log2, math=maths.logarithm("2"))
notation(np.log10, math=maths.logarithm("10"))
notation(gap, math=maths.subtract, exact=True, convention=True)
notation(np.logaddexp, np.logaddexp2)

# --- with a kink ------------------------------------------------------------------------------------------------
ABSOLUTE: dict[str, Any] = {"code": spelled("np.abs({})"), "weak": True}
notation(np.absolute, math=maths.around("||"), symbol="|x|", noun="the absolute value", **ABSOLUTE)
notation(np.maximum, math=called("max"), symbol="max", noun="the maximum", stretches=True)
notation(np.minimum, math=called("min"), symbol="min", noun="the minimum", stretches=True)
notation(np.fabs, np.copysign, np.fmax, np.fmin, np.clip)

# --- with jumps -------------------------------------------------------------------------------------------------
notation(np.floor, math=maths.around("⌊⌋"))
notation(np.ceil, math=maths.around("⌈⌉"))
notation(np.floor_divide, of_integers=infix("//"), weak=True)
notation(np.remainder, of_integers=infix("%"), weak=True)
notation(np.fmod, np.unwrap, np.nan_to_num, np.sign, np.heaviside, np.angle)
notation(np.rint, np.trunc, np.fix, np.round, np.around)

# --- no derivative ----------------------------------------------------------------------------------------------
for function, sign, written, opposite, mirrored in (
    (np.greater, ">", ">", np.less_equal, np.less),
    (np.greater_equal, ">=", "≥", np.less, np.less_equal),
    (np.less, "<", "<", np.greater_equal, np.greater),
    (np.less_equal, "<=", "≤", np.greater, np.greater_equal),
    (np.equal, "==", "=", np.not_equal, None),
    (np.not_equal, "!=", "≠", None, None),
):
    notation(function, math=relation(written), code=infix(sign), operator=True, opposite=opposite, mirrored=mirrored)
notation(np.logical_and, math=maths.multiply)
notation(np.logical_not, math=maths.negation)
notation(np.logical_or, np.logical_xor)
notation(np.isnan, np.isinf, np.isfinite, np.isposinf, np.isneginf, np.signbit, np.spacing)
notation(np.isclose, np.allclose, np.array_equal, np.array_equiv, np.isin, np.isreal, np.iscomplex, np.imag)
notation(np.isrealobj, np.iscomplexobj, np.result_type, np.common_type, static=True)
notation(np.min_scalar_type, np.may_share_memory, np.shares_memory)
