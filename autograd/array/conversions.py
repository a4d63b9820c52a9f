"""What Python and NumPy ask of a Tensor as a number, a sequence or an array; what would cut its gradient is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np
from numpy import ndarray

from autograd.core.handle import Handle
from autograd.core.node import Node
from autograd.core.reads import note_reading
from autograd.core.types import Array, Value
from autograd.errors import ConversionError, DtypeError, GraphError, ShapeError


class Conversions(Handle):
    """float(t), len(t), np.asarray(t), f"{t:.3f}" and the like."""

    __slots__ = ()

    def item(self, *index: Any) -> float:
        """The value, or as in ndarray.item the one at `index`, as a Python float without gradient.

        Raises ShapeError where that is not one number.
        """
        note_reading(self.node)
        if index:
            return float(np.asarray(self._value).item(*index))
        if not isinstance(self._value, ndarray):
            return float(self._value)
        if self.size != 1:
            raise ShapeError(f"item() needs a single number; {self._called()} has shape {self.shape}.")
        return float(self._value.item())

    def __reduce__(self) -> tuple[Any, ...]:
        """For pickle and copy: a leaf or a constant goes with its name and plain gradient; a result is refused."""
        if type(self.node) is Node and self.node.op is not None:
            raise GraphError(
                f"{self._called()} is the result of {self.node.op.name}, and its graph cannot be copied or pickled; "
                "use .detach() for the value, or copy the Tensors that it was computed from."
            )
        grad = None if type(self.grad) is type(self) else self.grad
        return _restored, (type(self), self._value, self.name, self.requires_grad, grad)

    def __repr__(self) -> str:
        value = (
            repr(self._value)
            if type(self._value) is float
            else np.array2string(self._value, threshold=20, separator=", ", prefix="Tensor(")
        )
        name = f", name={self.name!r}" if self.name else ""
        return f"Tensor({value}{name}{'' if self.requires_grad else ', requires_grad=False'})"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        if self.requires_grad:
            raise ConversionError(
                f"{self._called()} must stay a Tensor to keep its gradient, but would become a plain array here. "
                "To build an array out of Tensors: np.stack([...]) or np.concatenate([...]); for c[i] = t: "
                "c = autograd.put(c, i, t), or np.where(mask, t, c); for rng.normal(t, s): t + s * rng.standard_normal"
                "(t.shape); beside a table of pandas: df.to_numpy(). Where no gradient is needed, pass `t.data`."
            )
        return np.array(self._value, dtype=dtype, copy=copy)

    def _to_number(self, kind: type) -> Any:
        if self.requires_grad:
            raise ConversionError(
                f"{kind.__name__}() of {self._called()} would lose its gradient; c[i] = t, np.fromiter and the "
                "functions of math and cmath call it, too. For math.exp(t): np.exp(t). For c[i] = t and np.fromiter: "
                "collect the Tensors in a list and join them by np.stack([...]), or c = autograd.put(c, i, t). Only to "
                "look at the number: `t.item()`."
            )
        return kind(self.item())

    def __index__(self) -> int:
        raise DtypeError(
            f"A count or an index must be an integer, but got {self._called()}, whose numbers are floating. "
            "Use range(len(t)) for its entries, int(t.item()) for a count that needs no gradient."
        )

    def __float__(self) -> float:
        return self._to_number(float)  # type: ignore[no-any-return]

    def __int__(self) -> int:
        return self._to_number(int)  # type: ignore[no-any-return]

    def __format__(self, spec: str) -> str:
        """A number as Python formats it, `f"{J:.3f}"`: what is printed carries no gradient anyway."""
        if spec and self.ndim == 0:
            return format(self.item(), spec)
        try:
            return format(repr(self), spec)
        except ValueError:
            raise TypeError(
                f"{spec!r} is a format for a single number, but {self._called()} has shape {self.shape}."
            ) from None

    def __bool__(self) -> bool:
        return bool(self._value)

    def __complex__(self) -> complex:
        return self._to_number(complex)  # type: ignore[no-any-return]

    def __divmod__(self, other: Any) -> Any:
        return np.divmod(self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return np.divmod(other, self)

    def __round__(self, digits: int = 0) -> Value:
        return np.round(self, digits)

    def __contains__(self, value: Value) -> bool:
        return bool(np.any(self._value == (value._value if type(value) is type(self) else value)))

    def __len__(self) -> int:
        if self.ndim == 0:
            raise TypeError("len() of a scalar Tensor")
        return self.shape[0]

    def __iter__(self: Any) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError("iteration over a scalar Tensor")
        return (self[i] for i in range(len(self)))

    def __setitem__(self, index: Any, value: Value) -> NoReturn:
        raise GraphError(
            f"Assignment into {self._called()} is not recorded, so its gradient would be wrong. "
            "Use np.where(mask, value, t), or build the result with np.stack / np.concatenate."
        )


def _restored(kind: Any, data: Value, name: str | None, requires_grad: bool, grad: Any) -> Any:
    tensor = kind(data, name=name, requires_grad=requires_grad)
    if grad is not None:
        tensor.grad = grad
    return tensor
