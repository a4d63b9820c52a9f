"""Optimisers: after backward(), `step()` gives every parameter new data; the arrays themselves are never changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

import autograd as ag


class Optimizer:
    """What optimisers share: parameters, a learning rate, and the state of each parameter (`update` is the rule)."""

    def __init__(self, parameters: Iterable[ag.Tensor], lr: float) -> None:
        self.parameters = [] if isinstance(parameters, ag.Tensor) else list(parameters)
        if not self.parameters or not all(isinstance(p, ag.Tensor) for p in self.parameters):
            raise ValueError(f"{type(self).__name__} takes a list of Tensors; pass model.parameters().")
        if len({id(p) for p in self.parameters}) < len(self.parameters):
            raise ValueError(f"{type(self).__name__} was given a parameter twice; it would move twice in each step.")
        if not isinstance(lr, (int, float)) or not lr > 0:
            raise ValueError(f"The learning rate must be positive; given lr={lr}.")
        self.lr = lr
        self.steps = 0

    def step(self) -> None:
        """Move every parameter against its gradient, once.

        Raises autograd.GraphError where a parameter has no gradient: backward() comes first.
        """
        self.steps += 1
        for i, p in enumerate(self.parameters):
            g = p.grad
            if g is None:
                raise ag.GraphError(
                    f"{p.name or f'parameter {i}'} {p.shape} has no gradient. Call J.backward() before step(); "
                    "if it is called, the cost does not depend on this parameter."
                )
            p.data = p.data - self.update(i, g)

    def update(self, i: int, g: Any) -> Any:
        """What is taken away from parameter i, whose gradient is g."""
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for p in self.parameters:
            p.grad = None


class SGD(Optimizer):
    """W := W − α dW (document 001, formula 3).

    >>> import autograd as ag, nn
    >>> w = ag.Tensor(3.0)
    >>> (w * w).backward()
    >>> nn.optim.SGD([w], lr=0.1).step()
    >>> round(w.data, 12)
    2.4
    """

    def update(self, i: int, g: Any) -> Any:
        return self.lr * g


class Momentum(Optimizer):
    """v := β v + (1−β) dW; W := W − α v, as in the course."""

    def __init__(self, parameters: Iterable[ag.Tensor], lr: float, beta: float = 0.9) -> None:
        super().__init__(parameters, lr)
        self.beta = beta
        self.v: list[Any] = [0.0] * len(self.parameters)

    def update(self, i: int, g: Any) -> Any:
        self.v[i] = self.beta * self.v[i] + (1 - self.beta) * g
        return self.lr * self.v[i]


class Adam(Optimizer):
    """W := W − α v̂ / (√ŝ + ε), with bias-corrected averages of the gradient and of its square (Kingma and Ba, 2015)."""

    def __init__(
        self,
        parameters: Iterable[ag.Tensor],
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.v: list[Any] = [0.0] * len(self.parameters)
        self.s: list[Any] = [0.0] * len(self.parameters)

    def update(self, i: int, g: Any) -> Any:
        self.v[i] = self.beta1 * self.v[i] + (1 - self.beta1) * g
        self.s[i] = self.beta2 * self.s[i] + (1 - self.beta2) * g * g
        v = self.v[i] / (1 - self.beta1**self.steps)
        s = self.s[i] / (1 - self.beta2**self.steps)
        return self.lr * v / (np.sqrt(s) + self.eps)
