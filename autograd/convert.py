"""Whatever a user may hand in, as the engine keeps it; or a refusal that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.errors import ConversionError, DtypeError, ShapeError
from autograd.locks import plain
from autograd.op import TRACED, VALUE, Op, settle

_WIDE = np.dtype(np.int64)
_DOUBLE = np.dtype(np.float64)


def is_array_like(value: Any) -> bool:
    """Whether a value of another library's stands for an array: a table or a column of pandas or polars, say. Its
    numbers are taken as they lie there, rows as rows; labels are not kept."""
    return (
        hasattr(type(value), "__array__")
        and not isinstance(value, (np.ndarray, np.generic, np.poly1d))  # a polynomial is not its coefficients
        and type(value) not in TRACED
    )


def plain_array(value: Any) -> Any:
    """Another library's array as NumPy's; anything else as it is."""
    return np.asarray(value) if is_array_like(value) else value


def plain_operand(value: Any) -> Any:
    """An operand that is not a Tensor, as the engine keeps it: a number, or an array of real numbers."""
    if type(value) is float or (type(value) is np.ndarray and value.dtype.kind in "fiub") or type(value) in TRACED:
        return value
    if isinstance(value, (list, tuple)) and any(type(v) in TRACED for v in value):
        raise ConversionError(
            "An operand must be an array, a number or a Tensor, but got a list with Tensors in it. Join them first: "
            "np.stack([...]) or np.concatenate([...])."
        )
    if isinstance(value, np.ma.MaskedArray):
        raise DtypeError(
            "An operand must be a plain array, but got a masked array, whose mask would be lost. Fill it first: "
            "x.filled(…), or choose by np.where(mask, …, …)."
        )
    array = np.asarray(plain(value))
    if array.dtype.kind not in "fiub":
        given = f"{type(value).__name__} {array.shape if array.ndim else repr(value)[:60]}"
        raise DtypeError(
            f"An operand must hold real numbers, but got {given} of dtype {array.dtype}. Convert it first: "
            f"{'df.to_numpy(float)' if is_array_like(value) else 'np.asarray(x, float)'}."
        )
    return value if isinstance(value, (bool, int)) else settle(array)


def narrow(value: Any) -> bool:
    """Whether the arithmetic of a constant's own dtype is not that of numbers: -x and x - 1 wrap for unsigned integers,
    the logarithm of an int8 is of half precision, and booleans have no difference. (int64 is wide enough.)
    """
    dtype = getattr(value, "dtype", None)  # a Python number has none, and a list is an array by now
    return dtype is not None and dtype.kind in "iub" and dtype != _WIDE


HALF = np.dtype(np.float16)


def wide(x: Any) -> Any:
    """x in a precision that can count: numbers of half precision end at 65504, and skip integers from 2049 on."""
    return x.astype(np.float32) if getattr(x, "dtype", None) == HALF else x


def narrower(x: Any) -> bool:
    """Whether this is an array or a scalar of a floating dtype with fewer digits than a Python float."""
    dtype = getattr(x, "dtype", None)
    return dtype is not None and dtype.kind == "f" and dtype.itemsize < _DOUBLE.itemsize


def promoting(given: Sequence[Any], raws: tuple[Any, ...]) -> tuple[Any, ...]:
    """The operands of an operation, where scalars of double precision are kept as Python floats.

    To NumPy a Python float has no precision of its own, but a scalar of double precision has: beside narrower operands
    it decides the dtype. So it is np.float64 there, unless it was given as a Python float.
    """
    if not any(map(narrower, raws)):
        return raws
    return tuple(x if a is x else _promoted(x) for a, x in zip(given, raws, strict=True))


def _promoted(x: Any) -> Any:
    return np.float64(x) if type(x) is float else x.promoted() if type(x) in TRACED else x


def as_floats(op: Op, values: tuple[Any, ...], dtype: Any) -> tuple[Any, ...]:
    """The operands of an operation as its rules read them: constants of narrow integers in this floating dtype.

    Where an operand has no derivative, it says what is done: a condition, an exponent of 2, an index.
    """
    if op.variadic:  # these read shapes
        return values
    return tuple(
        settle(x.astype(dtype)) if reads == VALUE and vjp is not None and narrow(x) else x
        for x, reads, vjp in zip(values, op.reads, op.vjps, strict=True)
    )


def floating(data: Any, name: str | None) -> Any:
    """Data for a Tensor as a floating array; the array itself if it is one."""
    if type(data) in TRACED:
        if hasattr(data, "node"):
            raise ConversionError(
                "Tensor(t) of a Tensor would cut its gradient. If this is intended: t.detach(); else use t itself."
            )
        # An array that only stands for one. A single number is cast even to what it is: that makes a number of it.
        return (
            data
            if data.dtype.kind == "f" and data.ndim
            else data.astype(data.dtype if data.dtype.kind == "f" else float)
        )
    if isinstance(data, np.ma.MaskedArray):
        raise DtypeError("A Tensor cannot hold a masked array: its mask would be lost. Fill it first: data.filled(…).")
    called = name or "a Tensor"
    try:
        array = np.asarray(plain(data))
    except ValueError as cause:
        raise ShapeError(f"{called}: the nested lists are not of one shape ({cause}).") from None
    if array.dtype.kind in "iu":
        array = array.astype(float)
    if array.dtype.kind != "f":
        raise DtypeError(
            f"{called} cannot hold {array.dtype} values: derivatives are of real numbers. "
            "Convert with .astype(float) if that is what you mean."
        )
    return array


def plain_index(index: Any) -> Any:
    """An index without Tensors; a float Tensor as an index has no meaning."""
    for part in index if isinstance(index, tuple) else (index,):
        if type(part) in TRACED and part.dtype.kind == "f":
            raise DtypeError(
                "A Tensor cannot be an index: its values are floating. Use an integer array, or a comparison as t > 0."
            )
    if isinstance(index, list):
        return np.asarray(index) if index else np.zeros(0, int)
    return index
