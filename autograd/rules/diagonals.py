"""Diagonals and triangles."""

from typing import Any

import numpy as np

from autograd.core.types import Value
from autograd.errors import ShapeError, Unsupported
from autograd.rules.declare import composite, constant, linear
from autograd.rules.indexing import scatter
from autograd.rules.reductions import widened

# Of a vector both make a square with the vector in each row: the sweep sums over what was repeated.
linear(np.triu, lambda g, _x, k=0: np.triu(g, k))
linear(np.tril, lambda g, _x, k=0: np.tril(g, k))


def places(rows: int, columns: int, offset: int) -> tuple[Any, Any]:
    """Row and column numbers of a diagonal; `offset` counts the steps to the right of the main one.

    >>> places(2, 3, 1)
    (array([0, 1]), array([1, 2]))
    """
    down, right = max(-offset, 0), max(offset, 0)
    n = np.arange(max(min(rows - down, columns - right), 0))
    return n + down, n + right


def diagonal(a: Value, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Value:
    """np.diagonal: an index into the last two axes, once the wanted ones stand there."""
    moved = np.moveaxis(a, (axis1, axis2), (-2, -1))
    rows, columns = np.shape(moved)[-2:]
    return moved[(..., *places(rows, columns, offset))]


def diag(v: Value, k: int = 0) -> Value:
    """np.diag: the diagonal of a matrix, or the matrix of a diagonal."""
    if np.ndim(v) == 2:
        return diagonal(v, k)
    if np.ndim(v) != 1:
        raise ShapeError(f"diag needs a vector or a matrix, but got an array of shape {np.shape(v)}.")
    side = np.shape(v)[0] + abs(k)
    return scatter(v, places(side, side, k), (side, side))


def trace(a: Value, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Value = None) -> Value:
    """np.trace: the sum of the diagonal."""
    if dtype is not None or out is not None:
        raise Unsupported("numpy.trace(dtype=, out=) is not supported on Tensors: the result is a new Tensor.")
    return np.sum(diagonal(a, offset, axis1, axis2), axis=-1)


composite(np.diagonal, diagonal)
composite(np.diag, diag)
composite(np.diagflat, lambda v, k=0: diag(np.reshape(v, -1), k))
composite(np.trace, widened(trace))

constant(np.diag_indices_from, np.tril_indices_from, np.triu_indices_from)
