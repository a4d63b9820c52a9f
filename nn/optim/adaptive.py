"""Optimizers with a step length for each entry, by how large its gradients have been."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Unpack

import numpy as np

import autograd as ag
from autograd.core.fitting import wide
from nn.optim.hyperparameters import number, share
from nn.optim.optimizer import Clipping, Optimizer, Shared, replaces_state


def _into(function: np.ufunc, new: Any, other: Any) -> Any:
    """function(new, other), in the memory of an array that nobody else has: for large ones, memory for each operation
    would take longer than computing. A program that is compiled makes new arrays.
    """
    return function(new, other, out=new) if type(new) is np.ndarray else function(new, other)


class Adagrad(Optimizer):
    """s := s + dW²; W := W − α dW / (√s + ε) (Duchi et al., 2011).

    lr is α; weight_decay, clip_norm and clip_value are those of every Optimizer.

    >>> import autograd as ag, nn
    >>> w = ag.Tensor(3.0)
    >>> (w * w).backward()
    >>> nn.optim.Adagrad([w], lr=0.1).step()
    >>> round(w.data, 9)
    2.9
    """

    def __init__(
        self, parameters: Iterable[ag.Tensor], lr: float = 0.01, eps: float = 1e-10, **shared: Unpack[Shared]
    ) -> None:
        super().__init__(parameters, lr, **shared)
        self.eps = number("eps", eps, 0, math.inf, inclusive=True)
        self.s = self._zeros()

    @replaces_state
    def update(self, i: int, g: Any) -> Any:
        g = wide(g)
        self.s[i] = self.s[i] + g * g
        return self.lr * g / (np.sqrt(self.s[i]) + self.eps)


class RMSprop(Optimizer):
    """s := β s + (1−β) dW²; W := W − α dW / (√s + ε), as in the course (Hinton, 2012).

    beta is β, lr is α; weight_decay, clip_norm and clip_value are those of every Optimizer.

    >>> import autograd as ag, nn
    >>> w = ag.Tensor(3.0)
    >>> (w * w).backward()
    >>> nn.optim.RMSprop([w], lr=0.1, beta=0.75).step()
    >>> round(w.data, 6)
    2.8
    """

    def __init__(
        self,
        parameters: Iterable[ag.Tensor],
        lr: float = 0.01,
        beta: float = 0.99,
        eps: float = 1e-8,
        **shared: Unpack[Shared],
    ) -> None:
        super().__init__(parameters, lr, **shared)
        self.beta = share("beta", beta)
        self.eps = number("eps", eps, 0, math.inf, inclusive=True)
        self.s = self._zeros()

    @replaces_state
    def update(self, i: int, g: Any) -> Any:
        g = wide(g)
        self.s[i] = self.beta * self.s[i] + (1 - self.beta) * g * g
        return self.lr * g / (np.sqrt(self.s[i]) + self.eps)


class Adam(Optimizer):
    """W := W − α v̂ / (√ŝ + ε), with bias-corrected averages of the gradient and of its square (Kingma and Ba, 2015).

    v := β₁ v + (1−β₁) dW, v̂ = v / (1−β₁ᵗ) and s := β₂ s + (1−β₂) dW², ŝ = s / (1−β₂ᵗ) in step t.

    lr is α; weight_decay, clip_norm and clip_value are those of every Optimizer.

    >>> import autograd as ag, nn
    >>> w = ag.Tensor(3.0)
    >>> (w * w).backward()
    >>> nn.optim.Adam([w], lr=0.1).step()
    >>> round(w.data, 6)
    2.9
    """

    def __init__(
        self,
        parameters: Iterable[ag.Tensor],
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        **shared: Unpack[Shared],
    ) -> None:
        super().__init__(parameters, lr, **shared)
        self.beta1, self.beta2 = share("beta1", beta1), share("beta2", beta2)
        self.eps = number("eps", eps, 0, math.inf, inclusive=True)
        self.v, self.s = self._zeros(), self._zeros()

    @replaces_state
    def update(self, i: int, g: Any) -> Any:
        g, t = wide(g), self.steps
        self.v[i] = v = _into(np.add, self.beta1 * self.v[i], (1 - self.beta1) * g)
        self.s[i] = s = _into(np.add, self.beta2 * self.s[i], _into(np.multiply, (1 - self.beta2) * g, g))
        root = _into(np.add, _into(np.divide, np.sqrt(s), (1 - self.beta2**t) ** 0.5), self.eps)
        return _into(np.divide, self.lr / (1 - self.beta1**t) * v, root)


class AdamW(Adam):
    """Adam, whose weight decay is apart from the gradient: W := (1 − α λ) W − α v̂ / (√ŝ + ε) (Loshchilov and Hutter,
    2019).

    weight_decay is λ, 0.01 unless another is given; the others are those of Adam.

    >>> import autograd as ag, nn
    >>> w = ag.Tensor(3.0)
    >>> (w * w).backward()
    >>> nn.optim.AdamW([w], lr=0.1, weight_decay=0.5).step()
    >>> round(w.data, 6)
    2.75
    """

    def __init__(
        self,
        parameters: Iterable[ag.Tensor],
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
        *,
        weight_decay: float = 0.01,
        **clipping: Unpack[Clipping],
    ) -> None:
        super().__init__(parameters, lr, beta1, beta2, eps, weight_decay=weight_decay, **clipping)

    def _decay(self, W: Any, g: Any) -> tuple[Any, Any]:
        return wide(W) * (1 - self.lr * self.weight_decay), g
