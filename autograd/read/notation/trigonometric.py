"""Rows of `rules/trigonometric.py`."""

from fractions import Fraction

import numpy as np

from autograd.read.notation import mathematics as maths, native as c
from autograd.read.notation.mathematics import called
from autograd.read.notation.row import notation
from autograd.rules.trigonometric import bell, bessel, rest_of_1

TANH = Fraction(1, 2), lambda e: (e - 1) / (e + 1)
notation(np.sin, math=called("sin"), native=c.libm("sin"), noun="the sine")
notation(np.cos, math=called("cos"), native=c.libm("cos"), noun="the cosine")
notation(np.tan, math=called("tan"), native=c.libm("tan"), noun="the tangent")
notation(np.arcsin, math=called("arcsin"), native=c.libm("asin"), noun="the arcsine")
notation(np.arccos, math=called("arccos"), native=c.libm("acos"), noun="the arccosine")
notation(np.arctan, math=called("arctan"), native=c.libm("atan"), noun="the arctangent")
notation(np.sinh, math=called("sinh"), native=c.libm("sinh"), noun="the hyperbolic sine")
notation(np.cosh, math=called("cosh"), native=c.libm("cosh"), noun="the hyperbolic cosine")
notation(np.tanh, math=called("tanh"), native=c.called("cg_tanh"), noun="the hyperbolic tangent", exponential=TANH)
notation(np.arctan2, native=c.libm("atan2"))
notation(np.arcsinh, native=c.libm("asinh"))
notation(np.arccosh, native=c.libm("acosh"))
notation(np.arctanh, native=c.libm("atanh"))
notation(np.sinc, bessel)
notation(np.degrees, np.rad2deg, native=c.called("cg_degrees"))
notation(np.radians, np.deg2rad, native=c.called("cg_radians"))
notation(bell, math=maths.one_over_1_plus_square, expands=True)
notation(rest_of_1, math=maths.one_less_square, expands=True)
