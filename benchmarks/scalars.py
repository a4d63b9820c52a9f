"""micrograd's own benchmark: a 2-16-16-1 tanh network on scalars, about 640 operations, forward and backward.

Like `networks.py`, every peer's process reads this file.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

NETWORK = "2-16-16-1 on scalars"
LONG = "2-55-55-1 on scalars"  # 6,491 operations: what compiling straight-line programs costs is measured by it
NETWORKS = (NETWORK, LONG)
Weights = list[list[list[Any]]]  # layer, neuron, input; the bias last


def problem(network: str = NETWORK) -> tuple[Weights, list[float]]:
    """The weights and the input, as floats."""
    source = random.Random(0)
    sizes = [int(n) for n in network.split()[0].split("-")]
    layers = [
        [[source.uniform(-1, 1) for _ in range(n_in + 1)] for _ in range(n_out)] for n_in, n_out in pairwise(sizes)
    ]
    return layers, [0.3, -0.4]


def output(layers: Weights, x: list[Any], tanh: Callable[[Any], Any]) -> Any:
    """The network's value."""
    for layer in layers:
        x = [tanh(sum((w * v for w, v in zip(row, x)), row[-1])) for row in layer]
    return x[0]


def each(layers: Weights, make: Callable[[Any], Any]) -> Weights:
    """The weights with `make` applied to each of them."""
    return [[[make(w) for w in row] for row in layer] for layer in layers]
