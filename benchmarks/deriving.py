"""What a worker does to time the reading of formulas."""

from __future__ import annotations

import time

import networks
from peers.chalkgrad_nn import network as build

import autograd as ag
import nn


def costs(network: str, dtype: str) -> dict[str, float]:
    """{"seconds"} from the recorded cost to its backward formulas as NumPy, imports included."""
    X, Y, W, b = networks.problem(network, dtype)
    X, Y = (ag.Tensor(value, name=name, requires_grad=False) for value, name in ((X, "X"), (Y, "Y")))
    J = nn.losses.binary_cross_entropy(build(W, b)(X), Y)
    began = time.perf_counter()
    ag.derive(J).numpy()
    return {"seconds": time.perf_counter() - began}
