"""Rows of steps that only programs have: NumPy's functions of booleans and tables, which no gradient passes."""

import numpy as np

from autograd.read.notation import mathematics as maths, spelling
from autograd.read.notation.row import notation, transparent

notation(np.bitwise_and, math=maths.multiply, code=spelling.infix("&"))
notation(np.bitwise_or, code=spelling.infix("|"))
notation(np.invert, code=spelling.invert)
notation(np.float64, math=transparent)  # a number in the precision that decides that of narrower operands
notation(np.interp, np.take, np.choose, looks_up=True)
