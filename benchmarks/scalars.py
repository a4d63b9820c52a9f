"""micrograd's own benchmark: a 2-16-16-1 tanh network on scalars, about 640 operations, forward and backward."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import autograd as ag


def network(scalar: Callable[[float], Any], tanh: Callable[[Any], Any]) -> Callable[[], float]:
    """One forward and backward pass of the network, built of that kind of scalar; returns its value."""
    random.seed(0)
    layers = [
        [[scalar(random.uniform(-1, 1)) for _ in range(n_in + 1)] for _ in range(n_out)]
        for n_in, n_out in ((2, 16), (16, 16), (16, 1))
    ]

    def step() -> float:
        x = [scalar(0.3), scalar(-0.4)]
        for layer in layers:
            x = [tanh(sum((w * v for w, v in zip(row, x, strict=False)), row[-1])) for row in layer]
        x[0].backward()
        return x[0].data

    return step


def chalkgrad() -> Callable[[], float]:
    """The network on Tensors."""
    return network(ag.Tensor, lambda z: z.tanh())


def micrograd() -> Callable[[], float]:
    """The network on micrograd's Values, with the tanh of its lecture."""
    from micrograd.engine import Value

    def tanh(z: Any) -> Any:
        t = math.tanh(z.data)
        out = Value(t, (z,), "tanh")

        def backward() -> None:
            z.grad += (1 - t * t) * out.grad

        out._backward = backward
        return out

    return network(Value, tanh)
