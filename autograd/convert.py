"""Whatever a user may hand in, as the engine keeps it; or a refusal that says what to do."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.errors import ConversionError, DtypeError, ShapeError
from autograd.op import TRACED, settle


def constant(value: Any) -> Any:
    """An operand that is not a Tensor, as the engine keeps it."""
    if isinstance(value, (np.generic, bool)):
        return settle(value)
    if isinstance(value, (list, tuple)) and any(type(v) in TRACED for v in value):
        raise ConversionError(
            "A list with Tensors in it is not an operand; join them with np.stack([...]) or np.concatenate([...])."
        )
    array = np.asarray(value)
    if array.dtype == object:
        raise DtypeError(
            f"{type(value).__name__} {value!r} is no number or array of numbers, so it cannot be an operand."
        )
    return array


def floating(data: Any, name: str | None) -> np.ndarray[Any, Any]:
    """Data for a Tensor as a floating array; the array itself if it is one."""
    if type(data) in TRACED:
        raise ConversionError(
            "Tensor(t) of a Tensor would cut its gradient. If that is meant: t.detach(); else use t itself."
        )
    called = name or "a Tensor"
    try:
        array = np.asarray(data)
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
        if type(part) in TRACED:
            raise DtypeError(
                "A Tensor cannot be an index: its values are floating. Use an integer array, or a comparison as t > 0."
            )
    return np.asarray(index) if isinstance(index, list) else index
