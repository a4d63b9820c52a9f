"""Types of numbers: casts, and the constants that a graph makes."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn.onnx.operators.row import defines, ints, number, operator, plain

# ONNX's numbers for types that NumPy has.
DTYPES = {
    1: np.dtype(np.float32),
    2: np.dtype(np.uint8),
    3: np.dtype(np.int8),
    4: np.dtype(np.uint16),
    5: np.dtype(np.int16),
    6: np.dtype(np.int32),
    7: np.dtype(np.int64),
    9: np.dtype(np.bool_),
    10: np.dtype(np.float16),
    11: np.dtype(np.float64),
    12: np.dtype(np.uint32),
    13: np.dtype(np.uint64),
}


@defines("Cast", since=6)
def cast(x: Any, *, to: Any, saturate: int = 1, round_mode: str = "up") -> Any:
    """x in another type. A gradient flows through casts between floats alone."""
    dtype: Any = DTYPES.get(to)
    own = getattr(x, "dtype", None)
    if dtype is None or own is None or own.kind not in "fiub":
        from onnx.reference.ops.op_cast import cast_to  # of text, and of types with fewer bits than NumPy's

        return cast_to(np.asarray(plain(x)), to, bool(saturate), round_mode)
    if type(x) is ag.Tensor and dtype.kind == "f":
        return x if x.dtype == dtype else x.astype(dtype)
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(plain(x)).astype(dtype) if type(plain(x)) in (float, np.ndarray) else plain(x).astype(dtype)


@defines("CastLike")
def cast_like(x: Any, target: Any, *, saturate: int = 1, round_mode: str = "up") -> Any:
    """x in the type of another array."""
    dtype = getattr(target, "dtype", np.dtype(float))
    to = next((to for to, known in DTYPES.items() if known == dtype), None)
    if to is None:
        from onnx.helper import np_dtype_to_tensor_dtype

        to = np_dtype_to_tensor_dtype(dtype)
    return cast(x, to=to, saturate=saturate, round_mode=round_mode)


@defines("Constant")
def constant(
    *,
    value: Any = None,
    value_float: Any = None,
    value_floats: Any = None,
    value_int: Any = None,
    value_ints: Any = None,
    value_string: Any = None,
    value_strings: Any = None,
) -> Any:
    """The value that stands in one of its attributes."""
    for given, dtype in (
        *((value_float, np.float32), (value_floats, np.float32)),
        *((value_int, np.int64), (value_ints, np.int64)),
    ):
        if given is not None:
            return np.asarray(given, dtype)
    return next(given for given in (value, value_string, value_strings) if given is not None)


@defines("ConstantOfShape")
def constant_of_shape(shape: Any, value: Any = None) -> Any:
    """An array of this shape with one number in all places."""
    value = np.zeros(1, np.float32) if value is None else np.asarray(value)
    return np.full(ints(shape), value.reshape(-1)[0], value.dtype)


@defines("EyeLike")
def eye_like(x: Any, dtype: Any = None, k: int = 0) -> Any:
    """1 on the k-th diagonal, else 0."""
    rows, columns = np.shape(x)
    kind: Any = plain(x).dtype if dtype is None else DTYPES[dtype]
    return np.eye(rows, columns, k, kind)


@defines("OneHot", state=(2,))
def one_hot(indices: Any, depth: Any, values: Any, axis: int = -1) -> Any:
    """The second of the values where the index is that along a new axis, else the first one."""
    depth, indices, values = number(depth), plain(indices), plain(values)
    axis %= np.ndim(indices) + 1
    places = np.reshape(np.arange(depth), (-1, *(1,) * (np.ndim(indices) - axis)))
    return np.where(
        np.expand_dims(np.where(indices < 0, indices + depth, indices), axis) == places, values[1], values[0]
    )


@defines("Range")
def arange(start: Any, limit: Any, delta: Any) -> Any:
    """start, start + delta, … below the limit."""
    bounds: Any = [np.reshape(plain(x), ()) for x in (start, limit, delta)]
    return np.arange(*bounds, dtype=bounds[0].dtype)


operator("Shape", lambda x, start=0, end=None: np.asarray(np.shape(x)[start:end], np.int64))
operator("Size", lambda x: np.asarray(np.size(plain(x)), np.int64))
