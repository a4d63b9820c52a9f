"""Whatever a user may hand in, as the engine keeps it; or a refusal that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.core.fitting import fit, narrower, settle
from autograd.core.locks import plain
from autograd.core.op import TRACED, VALUE, WRAP, Op
from autograd.core.types import Value
from autograd.errors import ConversionError, DtypeError, GraphError, ShapeError, describe

_WIDE = np.dtype(np.int64)


def is_array_like(value: Value) -> bool:
    """Whether a value of another library's stands for an array: a table or a column of pandas or polars, say. Its
    numbers are taken as they lie there, rows as rows; labels are not kept."""
    return (
        hasattr(type(value), "__array__")
        and not isinstance(value, (np.ndarray, np.generic, np.poly1d))  # a polynomial is not its coefficients
        and type(value) not in TRACED
    )


def plain_array(value: Value) -> Value:
    """Another library's array as NumPy's; anything else as it is."""
    return np.asarray(value) if is_array_like(value) else value


def plain_operand(value: Value) -> Value:
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


def narrow(value: Value) -> bool:
    """Whether the arithmetic of a constant's own dtype is not that of numbers: -x and x - 1 wrap for unsigned integers,
    the logarithm of an int8 is of half precision, and booleans have no difference. (int64 is wide enough.)
    """
    dtype = getattr(value, "dtype", None)  # a Python number has none, and a list is an array by now
    return dtype is not None and dtype.kind in "iub" and dtype != _WIDE


def promoting(given: Sequence[Any], raws: tuple[Any, ...]) -> tuple[Any, ...]:
    """The operands of an operation, where scalars of double precision are kept as Python floats.

    To NumPy a Python float has no precision of its own, but a scalar of double precision has: beside narrower operands
    it decides the dtype. So it is np.float64 there, unless it was given as a Python float. Where all are numbers, all
    become Python floats then, so that rules compute with their digits, too.
    """
    if not any(map(narrower, raws)):
        return raws
    raws = tuple(x if a is x else _promoted(x) for a, x in zip(given, raws))
    if np.float64 in map(type, raws) and all(isinstance(x, (float, np.floating)) for x in raws):
        return tuple(map(float, raws))
    return raws


def _promoted(x: Value) -> Value:
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


def floating(data: Value, name: str | None) -> Value:
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


def checked_name(name: Any) -> str | None:
    """Any string is a name; how it is shown is up to whatever shows it. An empty one is none."""
    if not isinstance(name, str):
        raise TypeError(f"A name must be a string, but got {name!r}.")
    return str.__str__(name) or None


def seed_of(tensor: Any, gradient: Value) -> Value:
    """The gradient that a sweep starts with, in the form of the Tensor's own data."""
    if gradient is None:
        if type(tensor._value) is not float and tensor._value.size != 1:
            raise GraphError(
                f"backward() of {tensor._called()} with shape {tensor.shape}: gradients are those of one number. "
                "Reduce it to a cost first (.sum() or .mean()), or pass gradient= with that shape."
            )
        data = tensor._value
        return 1.0 if type(data) is float else fit(1.0, data.shape, data.dtype) if data.ndim else type(data)(1.0)
    if np.shape(gradient) != tensor.shape:
        raise ShapeError(
            f"gradient= must have the shape {tensor.shape} of {tensor._called()}, but got {describe(gradient)}."
        )
    if type(gradient) in WRAP:
        return gradient
    plain = floating(gradient, "gradient=")
    return float(plain) if type(tensor._value) is float else np.array(plain, dtype=tensor.dtype)


def plain_values(value: Value) -> Any:
    """The same structure with plain values in place of Tensors, as NumPy would have them."""
    if type(value) in WRAP:
        return np.float64(value._value) if type(value._value) is float else value._value
    if is_array_like(value):
        return np.asarray(value)
    if isinstance(value, dict):
        return {k: plain_values(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)) and any(type(v) in WRAP or isinstance(v, (list, tuple)) for v in value):
        return type(value)(plain_values(v) for v in value)
    return value
