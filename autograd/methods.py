"""The methods of ndarray, for Tensor: each is NumPy's function of the same name, with the same arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import rules


class ArrayMethods:
    """What Tensor has in common with an array. The functions called here find their rule through NumPy's protocols."""

    __slots__ = ()

    @property
    def T(self: Any) -> Any:
        """The transpose."""
        return np.transpose(self)

    def sum(self: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """As ndarray.sum."""
        return np.sum(self, axis=axis, keepdims=keepdims)

    def mean(self: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """As ndarray.mean."""
        return np.mean(self, axis=axis, keepdims=keepdims)

    def max(self: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """As ndarray.max; entries that tie share the gradient equally."""
        return np.max(self, axis=axis, keepdims=keepdims)

    def min(self: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """As ndarray.min; entries that tie share the gradient equally."""
        return np.min(self, axis=axis, keepdims=keepdims)

    def prod(self: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """As ndarray.prod."""
        return np.prod(self, axis=axis, keepdims=keepdims)

    def reshape(self: Any, *shape: Any) -> Any:
        """As ndarray.reshape."""
        return np.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self: Any, *axes: Any) -> Any:
        """As ndarray.transpose."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        return np.transpose(self, order or None)

    def swapaxes(self: Any, axis1: int, axis2: int) -> Any:
        """As ndarray.swapaxes."""
        return np.swapaxes(self, axis1, axis2)

    def squeeze(self: Any, axis: Any = None) -> Any:
        """As ndarray.squeeze."""
        return np.squeeze(self, axis)

    def dot(self: Any, other: Any) -> Any:
        """As ndarray.dot."""
        return np.dot(self, other)

    def clip(self: Any, min: Any = None, max: Any = None) -> Any:
        """As ndarray.clip."""
        return np.clip(self, min, max)

    def astype(self: Any, dtype: Any) -> Any:
        """As ndarray.astype, for floating dtypes."""
        return rules.cast(self, dtype)

    def exp(self: Any) -> Any:
        """e to the power of each entry."""
        return np.exp(self)

    def log(self: Any) -> Any:
        """The natural logarithm."""
        return np.log(self)

    def sqrt(self: Any) -> Any:
        """The square root."""
        return np.sqrt(self)

    def sin(self: Any) -> Any:
        """The sine."""
        return np.sin(self)

    def cos(self: Any) -> Any:
        """The cosine."""
        return np.cos(self)

    def tanh(self: Any) -> Any:
        """The hyperbolic tangent."""
        return np.tanh(self)

    def sigmoid(self: Any) -> Any:
        """1 / (1 + e^-x)."""
        return rules.sigmoid(self)

    def relu(self: Any) -> Any:
        """max(x, 0)."""
        return rules.relu(self)
