"""Operators that reduce axes, or run along one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd as ag
from nn.onnx.operators.row import along, ints, like, number, operator, plain

Reduction = Callable[..., Any]


def reduced(function: Reduction, of_nothing: int = 0) -> Reduction:
    """A function with NumPy's axis= and keepdims= as an operator.

    of_nothing   1 or −1 where the result over an axis of size 0 is the largest or the smallest number; 0: NumPy has it
    """

    def reduction(x: Any, axes: Any = None, *, keepdims: int = 1, noop_with_empty_axes: int = 0) -> Any:
        empty = axes is None or np.size(axes) == 0
        axis = (() if noop_with_empty_axes else tuple(range(np.ndim(x)))) if empty else ints(axes)
        if of_nothing and 0 in np.take(np.shape(x), axis):
            x = plain(x)
            return np.full(np.sum(x, axis=axis, keepdims=bool(keepdims)).shape, bound(x.dtype, of_nothing), x.dtype)
        return like(function(x, axis=axis, keepdims=bool(keepdims)), x)

    return reduction


def bound(dtype: Any, sign: int) -> Any:
    """The largest number of a type, or for −1 the smallest."""
    if dtype.kind == "f":
        return sign * np.inf
    if dtype.kind == "b":
        return sign > 0
    return np.iinfo(dtype).max if sign > 0 else np.iinfo(dtype).min


def log_sum_exp(x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """ln Σ e^x; of no axes x itself."""
    return ag.logsumexp(x, axis=axis, keepdims=keepdims) if axis else np.log(np.exp(x))


def length(x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """√Σ x²."""
    return np.sqrt(np.sum(np.square(x), axis=axis, keepdims=keepdims))


operator("ReduceL1", reduced(lambda x, axis, keepdims: np.sum(np.abs(x), axis=axis, keepdims=keepdims)))
operator("ReduceL2", reduced(length))
operator("ReduceLogSum", reduced(lambda x, axis, keepdims: np.log(np.sum(x, axis=axis, keepdims=keepdims))))
operator("ReduceLogSumExp", reduced(log_sum_exp, of_nothing=-1))
operator("ReduceMax", reduced(np.max, of_nothing=-1))
operator("ReduceMean", reduced(np.mean))
operator("ReduceMin", reduced(np.min, of_nothing=1))
operator("ReduceProd", reduced(np.prod))
operator("ReduceSum", reduced(np.sum))
operator("ReduceSumSquare", reduced(lambda x, axis, keepdims: np.sum(np.square(x), axis=axis, keepdims=keepdims)))


def place_of(function: Reduction) -> Reduction:
    """np.argmax or np.argmin as an operator."""

    def place(x: Any, axis: int = 0, keepdims: int = 1, select_last_index: int = 0) -> Any:
        x = plain(x)
        if not select_last_index:
            return function(x, axis=axis, keepdims=bool(keepdims))
        return np.shape(x)[axis] - 1 - function(np.flip(x, axis), axis=axis, keepdims=bool(keepdims))

    return place


operator("ArgMax", place_of(np.argmax))
operator("ArgMin", place_of(np.argmin))


def running(function: Reduction, first: float) -> Reduction:
    """np.cumsum or np.cumprod as an operator; `first` is the result of nothing."""

    def run(x: Any, axis: Any, exclusive: int = 0, reverse: int = 0) -> Any:
        axis = number(axis) % np.ndim(x)
        x = np.flip(x, axis) if reverse else x
        if exclusive:
            start = np.full_like(plain(x)[along(axis, slice(0, 1))], first)
            x = np.concatenate([start, x[along(axis, slice(0, -1))]], axis=axis)
        out = function(x, axis=axis)
        return like(np.flip(out, axis) if reverse else out, x)

    return run


operator("CumProd", running(np.cumprod, 1.0))
operator("CumSum", running(np.cumsum, 0.0))

operator("Softmax", lambda x, axis=-1: ag.softmax(x, axis=axis), since=13)
operator("LogSoftmax", lambda x, axis=-1: x - ag.logsumexp(x, axis=axis, keepdims=True), since=13)
operator("Softmax", lambda x, axis=1: in_rows(x, axis, lambda rows: ag.softmax(rows, axis=1)))
operator("LogSoftmax", lambda x, axis=1: in_rows(x, axis, log_softmax))
operator("Hardmax", lambda x, axis=-1: largest(plain(x), axis), since=13)
operator("Hardmax", lambda x, axis=1: in_rows(plain(x), axis, lambda rows: largest(rows, 1)))


def log_softmax(rows: Any) -> Any:
    """ln softmax of each row."""
    return rows - ag.logsumexp(rows, axis=1, keepdims=True)


def in_rows(x: Any, axis: int, function: Callable[[Any], Any]) -> Any:
    """As before version 13: the axes from `axis` on count as one."""
    shape = np.shape(x)
    rows = np.prod(shape[: axis % len(shape)], dtype=int)
    return np.reshape(function(np.reshape(x, (rows, -1))), shape)


def largest(x: Any, axis: int) -> Any:
    """1 at the largest entry along the axis, the first one of several, else 0."""
    n = np.shape(x)[axis]
    places = np.reshape(
        np.arange(n), (n, *(1,) * ((np.ndim(x) - 1) if axis == 0 else np.ndim(x) - 1 - axis % np.ndim(x)))
    )
    return (places == np.argmax(x, axis=axis, keepdims=True)).astype(x.dtype)
