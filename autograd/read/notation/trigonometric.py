"""Notation of `rules/trigonometric.py`."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from autograd.read.formulas.style import Piece
from autograd.read.notation.mathematics import ONE, add, called, less, square
from autograd.read.notation.row import notation
from autograd.rules.trigonometric import bell, bessel, rest_of_1

notation(np.sin, math=called("sin"))
notation(np.cos, math=called("cos"))
notation(np.tan, math=called("tan"))
notation(np.arcsin, math=called("arcsin"))
notation(np.arccos, math=called("arccos"))
notation(np.arctan, math=called("arctan"))
notation(np.sinh, math=called("sinh"))
notation(np.cosh, math=called("cosh"))
notation(
    np.tanh,
    math=called("tanh"),
    exponential=(Fraction(1, 2), lambda e: (e - 1) / (e + 1)),
)
notation(np.arctan2, np.arcsinh, np.arccosh, np.arctanh, np.sinc, bessel)
notation(np.degrees, np.rad2deg, np.radians, np.deg2rad)
notation(
    bell,
    math=lambda style, args, _: style.fraction(ONE, Piece(*add(style, (ONE, square(style, args[0])), {}))),
    expands=True,
)
notation(
    rest_of_1,
    math=lambda style, args, _: less(style, ONE, square(style, args[0]))[:2],
    expands=True,
)
