"""Rows of `rules/shapes.py`, `joining.py`, `diagonals.py` and `indexing.py`: what only moves entries."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from autograd.read.notation import arrays, mathematics as maths, native as c, spelling
from autograd.read.notation.row import notation, transparent
from autograd.rules.indexing import getitem, put, scatter, scatter_along
from autograd.rules.joining import zero_pad

Shapes = Sequence[tuple[int, ...]]


def joined(out: Any, shapes: Shapes, axis: int = 0) -> Sequence[Any]:
    """Where the operands of concatenate are in the result."""
    return np.split(out, [*accumulate(shape[axis] for shape in shapes)][:-1], axis)


def stacked(out: Any, _: Shapes, axis: int = 0) -> Sequence[Any]:
    """Where the operands of stack are in the result."""
    return list(np.moveaxis(out, axis, 0))


def padded(out: Any, _: Shapes, widths: Any) -> Sequence[Any]:
    """Where an array is that zeros are around."""
    return [out[tuple(slice(before, n - after) for (before, after), n in zip(widths, out.shape, strict=True))]]


SCATTER = c.Placing(lambda out, _, index, shape: [out[index]], zeros=True)
PUT = c.Placing(lambda out, _, index: [out, out[index]], over=True)

notation(np.reshape, np.squeeze, math=transparent, moves=True)
notation(np.expand_dims, math=arrays.expand_dims, code=spelling.new_axis, moves=True)
notation(np.transpose, math=arrays.transpose, code=spelling.transpose, symbol="T", noun="the transpose", turns=True)
notation(np.swapaxes, math=arrays.transpose, code=spelling.transpose, turns=True)
notation(np.broadcast_to, math=transparent, repeats=True)
notation(np.copy, math=transparent, native=c.CONVERSION)
notation(np.flip, shows=True)
notation(np.roll)
notation(np.shape, np.ndim, np.size, static=True)
notation(np.zeros_like, math=maths.zero)
notation(np.ones_like, np.full_like, np.empty_like)

notation(np.concatenate, math=arrays.concatenate, code=spelling.of_list, writes=c.Placing(joined))
notation(np.stack, math=arrays.beside, code=spelling.of_list, writes=c.Placing(stacked))
notation(zero_pad, code=spelling.spelled("np.pad({}, {})"), writes=c.Placing(padded, zeros=True))
notation(np.triu, np.tril, np.diag_indices_from, np.tril_indices_from, np.triu_indices_from)

notation(getitem, math=arrays.getitem, code=spelling.getitem, symbol="[ ]", noun="the selected part", shows=True)
notation(scatter, math=arrays.scatter, writes=SCATTER)
notation(put, code=spelling.put, writes=PUT)
notation(np.where, math=arrays.where, native=c.CHOICE_OF_TWO)
notation(scatter_along, np.take_along_axis)
notation(np.nonzero, np.flatnonzero, np.argwhere, any_size=True)
