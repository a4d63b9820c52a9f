"""Rows of `rules/shapes.py`, `joining.py`, `diagonals.py` and `indexing.py`: what only moves entries."""

import numpy as np

from autograd.read.notation import arrays, mathematics as maths, native as c, spelling
from autograd.read.notation.row import notation, transparent
from autograd.rules.indexing import getitem, put, scatter, scatter_along
from autograd.rules.joining import zero_pad

notation(np.reshape, np.squeeze, math=transparent, moves=True)
notation(np.expand_dims, math=arrays.expand_dims, code=spelling.new_axis, moves=True)
notation(np.transpose, math=arrays.transpose, code=spelling.transpose, symbol="T", noun="the transpose", turns=True)
notation(np.swapaxes, math=arrays.transpose, code=spelling.transpose, turns=True)
notation(np.broadcast_to, math=transparent, repeats=True)
notation(np.copy, math=transparent, native=c.CONVERSION)
notation(np.flip, np.roll)
notation(np.shape, np.ndim, np.size, static=True)
notation(np.zeros_like, math=maths.zero)
notation(np.ones_like, np.full_like, np.empty_like)

notation(np.concatenate, math=arrays.concatenate, code=spelling.of_list)
notation(np.stack, math=arrays.beside, code=spelling.of_list)
notation(zero_pad, code=spelling.spelled("np.pad({}, {})"))
notation(np.triu, np.tril, np.diag_indices_from, np.tril_indices_from, np.triu_indices_from)

notation(getitem, math=arrays.getitem, code=spelling.getitem, symbol="[ ]", noun="the selected part")
notation(scatter, math=arrays.scatter)
notation(put, code=spelling.put)
notation(np.where, math=arrays.where, native=c.CHOICE_OF_TWO)
notation(scatter_along, np.take_along_axis)
notation(np.nonzero, np.flatnonzero, np.argwhere, any_size=True)
