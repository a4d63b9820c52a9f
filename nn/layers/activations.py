"""Activations as layers: A = g(Z), elementwise except softmax. Formulas 23 of document 002."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np

import autograd as ag
from nn.module import Module

__all__ = ["LeakyReLU", "ReLU", "Sigmoid", "Softmax", "Tanh"]


class Activation(Module):
    """What activations share."""

    symbol = "A"

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


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
        if not isinstance(slope, numbers.Real) or not math.isfinite(slope):
            raise ValueError(f"The slope of LeakyReLU must be a finite number, but got {slope!r}.")
        self.slope = float(slope)

    def forward(self, Z: Any) -> Any:
        return ag.leaky_relu(Z, slope=self.slope)

    def __repr__(self) -> str:
        return f"LeakyReLU({self.slope})"


class Softmax(Activation):
    """A = e^Z / Σ e^Z over the units of each column: (n, m) -> (n, m), every column sums to 1.

    >>> import numpy as np, nn
    >>> nn.Softmax()(ag.Tensor([[0.0], [0.0]]))
    Tensor([[0.5], [0.5]])
    """

    def forward(self, Z: Any) -> Any:
        return ag.softmax(Z, axis=0)
