"""The attributes of an array that a Tensor has, too."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import ndarray

from autograd.errors import ShapeError
from autograd.printable import printable
from autograd.reads import note_reading


class ArrayAttributes:
    """Shape, dtype, a single number of it, and how it prints."""

    __slots__ = ()

    @property
    def shape(self: Any) -> tuple[int, ...]:
        """As of an array; () for a scalar."""
        return () if type(self._value) is float else self._value.shape

    @property
    def ndim(self: Any) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self: Any) -> int:
        """The number of entries."""
        return 1 if type(self._value) is float else self._value.size

    @property
    def dtype(self: Any) -> np.dtype[Any]:
        """As of an array; float64 for a scalar."""
        return np.dtype(float) if type(self._value) is float else self._value.dtype

    def __repr__(self: Any) -> str:
        value = (
            repr(self._value)
            if type(self._value) is float
            else np.array2string(self._value, threshold=20, separator=", ", prefix="Tensor(")
        )
        name = f", name={self.name!r}" if self.name else ""
        return f"Tensor({value}{name}{'' if self.requires_grad else ', requires_grad=False'})"

    def _called(self: Any) -> str:
        return printable(self.name) if self.name else ("this Tensor" if self.ndim == 0 else f"this Tensor {self.shape}")

    def item(self: Any, *index: Any) -> float:
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
