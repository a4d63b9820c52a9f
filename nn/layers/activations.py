"""Activations as layers: A = g(Z), elementwise except softmax. Formulas 23 of document 002, and newer ones."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np

import autograd as ag
from nn.layers.settings import check_counts, filled, shape_of
from nn.module import Module

__all__ = [
    "ELU",
    "GELU",
    "HardTanh",
    "LeakyReLU",
    "LogSoftmax",
    "PReLU",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]


class Activation(Module):
    """What activations share."""

    symbol = "A"

    def __init__(self) -> None:
        """Of most there is nothing to choose."""


class Sigmoid(Activation):
    """A = σ(Z) = 1 / (1 + e^-Z), of the same shape. Its derivative is A (1 − A)."""

    def forward(self, Z: Any) -> Any:
        return ag.sigmoid(Z)


class Tanh(Activation):
    """A = tanh(Z), of the same shape. Its derivative is 1 − A²."""

    def forward(self, Z: Any) -> Any:
        return np.tanh(Z)


class ReLU(Activation):
    """A = max(Z, 0), of the same shape. Its derivative is 1 where Z > 0, else 0, also at exactly 0."""

    def forward(self, Z: Any) -> Any:
        return ag.relu(Z)


class LeakyReLU(Activation):
    """A = Z where Z > 0, else slope · Z, of the same shape. Its derivative at exactly 0 is the slope.

    >>> import numpy as np, nn
    >>> nn.LeakyReLU(0.1)(ag.Tensor([[-1.0, 2.0]]))
    Tensor([[-0.1,  2. ]])
    """

    def __init__(self, slope: Any = 0.01) -> None:
        self.slope = _finite(slope, "The slope of LeakyReLU")

    def forward(self, Z: Any) -> Any:
        return ag.leaky_relu(Z, slope=self.slope)


class Softmax(Activation):
    """A = e^Z / Σ e^Z over the units of each column: (n, m) -> (n, m), every column sums to 1.

    >>> import numpy as np, nn
    >>> nn.Softmax()(ag.Tensor([[0.0], [0.0]]))
    Tensor([[0.5], [0.5]])
    """

    def forward(self, Z: Any) -> Any:
        return ag.softmax(Z, axis=0)


class LogSoftmax(Activation):
    """A = Z − ln Σ e^Z over the units of each column, the logarithm of the softmax: (n, m) -> (n, m).

    >>> import numpy as np, nn
    >>> nn.LogSoftmax()(np.array([[1000.0], [1000.0]])).round(4)
    array([[-0.6931],
           [-0.6931]])
    """

    def forward(self, Z: Any) -> Any:
        return log_softmax(Z)


class ELU(Activation):
    """A = Z where Z > 0, else alpha (e^Z − 1), of the same shape. (Clevert, Unterthiner and Hochreiter, 2016.)

    Its derivative is 1 where Z > 0, else alpha e^Z, also at exactly 0.

    >>> import numpy as np, nn
    >>> nn.ELU()(np.array([[-1000.0, 2.0]]))
    array([[-1.,  2.]])
    """

    def __init__(self, alpha: Any = 1.0) -> None:
        self.alpha = _finite(alpha, "alpha of ELU")

    def forward(self, Z: Any) -> Any:
        return ag.elu(Z, alpha=self.alpha)


class GELU(Activation):
    """A = Z Φ(Z), of the same shape, where Φ is the normal distribution function. (Hendrycks and Gimpel, 2016.)

    Arguments:
        approximate  "tanh" for their approximation Z/2 · (1 + tanh(√(2/π) (Z + 0.044715 Z³))), else "none"

    >>> import numpy as np, nn
    >>> nn.GELU()(np.array([[-1.0, 1.0]])).round(4)
    array([[-0.1587,  0.8413]])
    """

    def __init__(self, approximate: str = "none") -> None:
        if approximate not in ("none", "tanh"):
            raise ValueError(f'approximate= of GELU must be "none" or "tanh", but got {approximate!r}.')
        self.approximate = approximate

    def forward(self, Z: Any) -> Any:
        return gelu(Z, self.approximate)


class SiLU(Activation):
    """A = Z σ(Z), of the same shape; also known as swish. (Elfwing, Uchibe and Doya, 2018.)

    Its derivative is σ(Z) (1 + Z (1 − σ(Z))).

    >>> import numpy as np, nn
    >>> nn.SiLU()(np.array([[0.0, 1.0]])).round(4)
    array([[0.    , 0.7311]])
    """

    def forward(self, Z: Any) -> Any:
        return silu(Z)


class Softplus(Activation):
    """A = ln(1 + e^(beta Z)) / beta, of the same shape: ReLU without its kink. (Dugas et al., 2001.)

    Its derivative is σ(beta Z).

    >>> import numpy as np, nn
    >>> nn.Softplus()(np.array([[0.0, 1000.0]])).round(4)
    array([[6.931e-01, 1.000e+03]])
    """

    def __init__(self, beta: Any = 1.0) -> None:
        self.beta = _finite(beta, "beta of Softplus")
        if self.beta <= 0:
            raise ValueError(f"beta of Softplus must be above 0, but got {beta!r}.")

    def forward(self, Z: Any) -> Any:
        return softplus(Z, self.beta)


class HardTanh(Activation):
    """A = low where Z < low, high where Z > high, else Z, of the same shape. (Collobert, 2004.)

    Its derivative is 1 from low to high, also at exactly these two, else 0.

    >>> import numpy as np, nn
    >>> nn.HardTanh()(np.array([[-3.0, 0.5, 3.0]]))
    array([[-1. ,  0.5,  1. ]])
    """

    def __init__(self, low: Any = -1.0, high: Any = 1.0) -> None:
        self.low, self.high = _finite(low, "low of HardTanh"), _finite(high, "high of HardTanh")
        if self.low >= self.high:
            raise ValueError(f"HardTanh needs low below high, but got low={low!r}, high={high!r}.")

    def forward(self, Z: Any) -> Any:
        return hard_tanh(Z, self.low, self.high)


class PReLU(Activation):
    """A = Z where Z > 0, else a Z, of the same shape; the slope a is learned. (He et al., 2015.)

    Arguments:
        n      number of units or channels, each with a slope of its own; 1 for a common one
        slope  with which a begins
        dtype  of a

    Z (n, …, m) -> the same shape, with the parameter a (n, 1). The derivative at exactly 0 is a.

    >>> import numpy as np, nn
    >>> nn.PReLU()(np.array([[-1.0, 2.0]]))
    Tensor([[-0.25,  2.  ]])
    """

    begins_layer = False

    def __init__(self, n: int = 1, slope: Any = 0.25, *, dtype: Any = float) -> None:
        check_counts("PReLU", "the number of units or channels", n=n)
        self.n, self.slope = n, _finite(slope, "The slope of PReLU")
        self.a = filled("PReLU", self.slope, (n, 1), "a", dtype)

    def forward(self, Z: Any) -> Any:
        shape = shape_of(Z)
        if len(shape) < 2 or self.n not in (1, shape[0]):
            raise ag.ShapeError(f"{self!r} takes Z of shape ({self.n}, …, m), the samples last, but got {shape}.")
        return prelu(Z, self.a)


def log_softmax(Z: Any, axis: int = 0) -> Any:
    """Z − ln Σ e^Z along an axis.

    >>> import numpy as np
    >>> log_softmax(np.array([[0.0], [0.0]])).round(4)
    array([[-0.6931],
           [-0.6931]])
    """
    return Z - ag.logsumexp(Z, axis=axis, keepdims=True)


def gelu(Z: Any, approximate: str = "none") -> Any:
    """Z Φ(Z), or its approximation by tanh. See nn.GELU.

    >>> round(float(gelu(1.0)), 4)
    0.8413
    """
    if approximate == "tanh":
        return Z / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (Z + 0.044715 * Z * Z * Z)))
    return Z * ag.normal_cdf(Z)


def silu(Z: Any) -> Any:
    """Z σ(Z). See nn.SiLU.

    >>> round(float(silu(1.0)), 4)
    0.7311
    """
    return Z * ag.sigmoid(Z)


def softplus(Z: Any, beta: float = 1.0) -> Any:
    """ln(1 + e^(beta Z)) / beta. See nn.Softplus.

    >>> round(float(softplus(0.0)), 4)
    0.6931
    """
    return np.logaddexp(beta * Z, 0.0) / beta if beta != 1 else np.logaddexp(Z, 0.0)


def hard_tanh(Z: Any, low: float = -1.0, high: float = 1.0) -> Any:
    """Z, cut off at low and high. See nn.HardTanh.

    >>> float(hard_tanh(3.0))
    1.0
    """
    return np.clip(Z, low, high)


def prelu(Z: Any, a: Any) -> Any:
    """Z where Z > 0, else a Z, with a (n, 1) or (1, 1) for Z (n, …, m). See nn.PReLU.

    >>> import numpy as np
    >>> prelu(np.array([[-1.0, 2.0]]), np.array([[0.25]]))
    array([[-0.25,  2.  ]])
    """
    shape = shape_of(Z)
    a = a if len(shape) == 2 else np.reshape(a, (-1, *(1,) * (len(shape) - 1)))
    return np.where(Z > 0, Z, a * Z)


def _finite(number: Any, what: str) -> float:
    if not isinstance(number, numbers.Real) or not math.isfinite(number):
        raise ValueError(f"{what} must be a finite number, but got {number!r}.")
    return float(number)
