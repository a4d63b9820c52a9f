"""Values in the form in which the engine keeps them: a number as a Python float, a gradient in its operand's shape."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy import ndarray

from autograd.core.types import Value

_FLOAT = np.dtype(float)
HALF = np.dtype(np.float16)


def settle(out: Value) -> Value:
    """A result in the form in which Tensors keep it: a float64 scalar as a Python float, which is much the faster."""
    if type(out) is ndarray:
        return out if out.ndim else settle(out[()])
    return float(out) if isinstance(out, float) else out


def is_half(dtype: Any) -> bool:
    """Whether this is the dtype of half precision; None stands for a Python float. (To compare dtypes takes longer.)"""
    return dtype is not None and dtype.char == "e"


def wide(x: Value) -> Value:
    """x in a precision that can count: numbers of half precision end at 65504, and skip integers from 2049 on."""
    return x.astype(np.float32) if is_half(getattr(x, "dtype", None)) else x


def fit(g: Value, shape: tuple[int, ...], dtype: Any, given: Any = None) -> Value:
    """`g` in exactly this shape and dtype: what broadcasting repeated is summed, what was summed is repeated.

    The one place where this happens. Works on plain values and on Tensors alike. dtype None stands for a Python float.
    An array that does not fit as it stands gives a new one, which nobody else holds; with `given`, from which g was
    made, so does one that is that array or a view: what a user is given is its own.
    """
    if type(g) is ndarray and g.dtype is dtype and g.shape == shape != ():
        return g if given is None or (g is not given and g.base is None) else g.copy()
    if type(g) is not ndarray and isinstance(g, (float, np.generic)):
        if not shape:
            return float(g) if dtype is None else dtype.type(g)
        filled = np.empty(shape, dtype)
        filled.fill(g)
        return filled
    if g.shape != shape:
        g = _summed(g, shape)
        if g.shape != shape:
            repeated = np.broadcast_to(g, shape)
            g = repeated.copy() if type(g) is ndarray else repeated
    wanted = _FLOAT if dtype is None else dtype
    if g.dtype is not wanted and g.dtype != wanted:
        g = g.astype(wanted)
    return g if shape else settle(g)


def _summed(g: Value, shape: tuple[int, ...]) -> Value:
    """Sum over the axes that broadcasting from `shape` has added or repeated."""
    axes = repeated_axes(g.shape, shape)
    if axes != ():
        total = np.add.reduce if type(g) is np.ndarray else np.sum  # np.sum is equivalent, but takes longer
        g = total(g, axis=axes, keepdims=True)
    return g if g.ndim <= len(shape) else g.reshape(g.shape[g.ndim - len(shape) :])


@lru_cache(maxsize=4096)
def repeated_axes(big: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...] | int:
    """The axes of `big` that broadcasting from `shape` has added or repeated."""
    added = len(big) - len(shape)
    if added < 0:
        return ()
    axes = tuple(range(added)) + tuple(i + added for i, n in enumerate(shape) if n == 1 != big[i + added])
    return axes if len(axes) != 1 else axes[0]  # a single axis is reduced faster when it is not in a tuple


def narrower(x: Value) -> bool:
    """Whether this is an array or a scalar of a floating dtype with fewer digits than a Python float."""
    dtype = getattr(x, "dtype", None)
    return dtype is not None and dtype.kind == "f" and dtype.itemsize < _FLOAT.itemsize


def in_single(g: Value, dtype: Any) -> bool:
    """Whether it was computed with fewer digits than this dtype has, that of a Python float if it is None."""
    return narrower(g) and (dtype is None or dtype == _FLOAT)
