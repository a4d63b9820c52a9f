"""The five networks and their data: what is measured, not how.

Every peer's process reads this file, so it needs NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

# A network is named by its layers; these are the five, each with its number of samples.
SAMPLES = {
    "2-4-1": 400,
    "64-32-10": 64,
    "784-128-10": 64,
    "12288-20-7-5-1": 209,
    "784-1024-1024-10": 512,
}
RATE = 0.01
Step = Callable[[], Any]  # one training step; gives the loss, or what float() makes a number of


def problem(
    network: str, dtype: Any, samples: int | None = None
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """X (n_x, m), Y (n_y, m) of 0 and 1, and the starting weights (n_l, n_(l-1)) and biases (n_l, 1)."""
    sizes = [int(n) for n in network.split("-")]
    m = samples or SAMPLES[network]
    rng = np.random.default_rng(0)
    X = rng.standard_normal((sizes[0], m)).astype(dtype)
    Y = (rng.random((sizes[-1], m)) > 0.5).astype(dtype)
    W = [(rng.standard_normal((n, n_in)) / np.sqrt(n_in)).astype(dtype) for n_in, n in pairwise(sizes)]
    b = [np.zeros((n, 1), dtype) for n in sizes[1:]]
    return X, Y, W, b
