"""The methods of ndarray, for Tensor: each is NumPy's function of the same name, with the same arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import rules
from autograd.op import OPS, TRACED


def _call(function: Any, t: Any, *args: Any, **params: Any) -> Any:
    """What `function(t, …)` comes to, without the way through NumPy's dispatcher."""
    return TRACED[type(t)](OPS[function], (t, *args), params)


class ArrayMethods:
    """What Tensor has in common with an array. The functions called here find their rule through NumPy's protocols."""

    __slots__ = ()

    @property
    def T(self: Any) -> Any:
        """The transpose."""
        return _call(np.transpose, self)

    def sum(self: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """As ndarray.sum."""
        return _call(np.sum, self, axis=axis, keepdims=keepdims)

    def mean(self: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """As ndarray.mean."""
        return _call(np.mean, self, axis=axis, keepdims=keepdims)

    def max(self: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """As ndarray.max; entries that tie share the gradient equally."""
        return _call(np.max, self, axis=axis, keepdims=keepdims)

    def min(self: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """As ndarray.min; entries that tie share the gradient equally."""
        return _call(np.min, self, axis=axis, keepdims=keepdims)

    def prod(self: Any, axis: Any = None, keepdims: bool = False) -> Any:
        """As ndarray.prod."""
        return _call(np.prod, self, axis=axis, keepdims=keepdims)

    def reshape(self: Any, *shape: Any) -> Any:
        """As ndarray.reshape."""
        return _call(np.reshape, self, shape[0] if len(shape) == 1 else shape)

    def transpose(self: Any, *axes: Any) -> Any:
        """As ndarray.transpose."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        return _call(np.transpose, self, order or None)

    def swapaxes(self: Any, axis1: int, axis2: int) -> Any:
        """As ndarray.swapaxes."""
        return _call(np.swapaxes, self, axis1, axis2)

    def squeeze(self: Any, axis: Any = None) -> Any:
        """As ndarray.squeeze."""
        return _call(np.squeeze, self, axis)

    def dot(self: Any, other: Any) -> Any:
        """As ndarray.dot."""
        return np.dot(self, other)

    def clip(self: Any, min: Any = None, max: Any = None) -> Any:
        """As ndarray.clip."""
        return _call(np.clip, self, min, max)

    def astype(self: Any, dtype: Any) -> Any:
        """As ndarray.astype, for floating dtypes."""
        return rules.cast(self, dtype)

    def exp(self: Any) -> Any:
        """e to the power of each entry."""
        return _call(np.exp, self)

    def log(self: Any) -> Any:
        """The natural logarithm."""
        return _call(np.log, self)

    def sqrt(self: Any) -> Any:
        """The square root."""
        return _call(np.sqrt, self)

    def sin(self: Any) -> Any:
        """The sine."""
        return _call(np.sin, self)

    def cos(self: Any) -> Any:
        """The cosine."""
        return _call(np.cos, self)

    def tanh(self: Any) -> Any:
        """The hyperbolic tangent."""
        return _call(np.tanh, self)

    def sigmoid(self: Any) -> Any:
        """1 / (1 + e^-x)."""
        return rules.sigmoid(self)

    def relu(self: Any) -> Any:
        """max(x, 0)."""
        return rules.relu(self)
