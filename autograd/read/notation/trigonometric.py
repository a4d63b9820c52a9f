"""Rows of `rules/trigonometric.py`."""

from fractions import Fraction

import numpy as np

from autograd.read.notation import mathematics as maths
from autograd.read.notation.mathematics import called
from autograd.read.notation.row import notation
from autograd.rules.trigonometric import bell, bessel, rest_of_1

TANH = Fraction(1, 2), lambda e: (e - 1) / (e + 1)
notation(np.sin, math=called("sin"), noun="the sine")
notation(np.cos, math=called("cos"), noun="the cosine")
notation(np.tan, math=called("tan"), noun="the tangent")
notation(np.arcsin, math=called("arcsin"), noun="the arcsine")
notation(np.arccos, math=called("arccos"), noun="the arccosine")
notation(np.arctan, math=called("arctan"), noun="the arctangent")
notation(np.sinh, math=called("sinh"), noun="the hyperbolic sine")
notation(np.cosh, math=called("cosh"), noun="the hyperbolic cosine")
notation(np.tanh, math=called("tanh"), noun="the hyperbolic tangent", exponential=TANH)
notation(np.arctan2, np.arcsinh, np.arccosh, np.arctanh, np.sinc, bessel)
notation(np.degrees, np.rad2deg, np.radians, np.deg2rad)
notation(bell, math=maths.one_over_1_plus_square, expands=True)
notation(rest_of_1, math=maths.one_less_square, expands=True)
