"""Gradient descent, plain and with momentum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

import autograd as ag
from autograd.core.fitting import wide
from nn.optim.hyperparameters import share
from nn.optim.optimizer import Optimizer, Shared, replaces_state


class SGD(Optimizer):
    """W := W − α dW (document 001, formula 3).

    lr is α; weight_decay, clip_norm and clip_value are those of every Optimizer.

    >>> import autograd as ag, nn
    >>> w = ag.Tensor(3.0)
    >>> (w * w).backward()
    >>> nn.optim.SGD([w], lr=0.1).step()
    >>> round(w.data, 12)
    2.4
    """

    @replaces_state
    def update(self, i: int, g: Any) -> Any:
        return self.lr * g


class Momentum(Optimizer):
    """v := β v + (1−β) dW; W := W − α v, as in the course.

    Arguments:
        beta  β, how much of v stays from step to step
        form  "course", or "pytorch": v := β v + dW, whose steps become 1/(1−β) times as long

    lr is α; weight_decay, clip_norm and clip_value are those of every Optimizer.

    >>> import autograd as ag, nn
    >>> w = ag.Tensor(3.0)
    >>> (w * w).backward()
    >>> nn.optim.Momentum([w], lr=0.1).step()
    >>> round(w.data, 12)
    2.94
    >>> nn.optim.Momentum([w], lr=0.1, form="pytorch").step()
    >>> round(w.data, 12)
    2.34
    """

    def __init__(
        self,
        parameters: Iterable[ag.Tensor],
        lr: float,
        beta: float = 0.9,
        *,
        form: str = "course",
        **shared: Unpack[Shared],
    ) -> None:
        super().__init__(parameters, lr, **shared)
        if form not in ("course", "pytorch"):
            raise ValueError(
                f'form must be "course", v := β v + (1−β) dW, or "pytorch", v := β v + dW, but got {form!r}.'
            )
        self.beta, self.form = share("beta", beta), form
        self.v = self._zeros()

    @replaces_state
    def update(self, i: int, g: Any) -> Any:
        g = wide(g)
        self.v[i] = self.beta * self.v[i] + (g if self.form == "pytorch" else (1 - self.beta) * g)
        return self.lr * self.v[i]


class Nesterov(Optimizer):
    """v := β v + dW; W := W − α (dW + β v): momentum that looks ahead (Nesterov, 1983, in the form of Sutskever et al.,
    2013, that PyTorch computes).

    beta is β, lr is α; weight_decay, clip_norm and clip_value are those of every Optimizer.

    >>> import autograd as ag, nn
    >>> w = ag.Tensor(3.0)
    >>> (w * w).backward()
    >>> nn.optim.Nesterov([w], lr=0.1).step()
    >>> round(w.data, 12)
    1.86
    """

    def __init__(self, parameters: Iterable[ag.Tensor], lr: float, beta: float = 0.9, **shared: Unpack[Shared]) -> None:
        super().__init__(parameters, lr, **shared)
        self.beta = share("beta", beta)
        self.v = self._zeros()

    @replaces_state
    def update(self, i: int, g: Any) -> Any:
        g = wide(g)
        self.v[i] = self.beta * self.v[i] + g
        return self.lr * (g + self.beta * self.v[i])
