"""Rows of steps that are no operations on Tensors: NumPy's functions of booleans and tables, one-hot targets."""

import numpy as np

from autograd.read.notation import mathematics as maths, native as c, spelling
from autograd.read.notation.row import notation, transparent
from autograd.read.onehot import one_hot

notation(np.bitwise_and, math=maths.multiply, code=spelling.infix("&"), native=c.logic("&&", c.RESULT))
notation(np.bitwise_or, code=spelling.infix("|"), native=c.logic("||", c.RESULT))
notation(np.invert, code=spelling.invert, native=c.negation(c.RESULT))
notation(
    np.float64, math=transparent, native=c.CONVERSION
)  # a number in the precision that decides that of narrower operands
notation(one_hot, math=maths.called("onehot"))
notation(np.interp, np.take, np.choose, looks_up=True)
