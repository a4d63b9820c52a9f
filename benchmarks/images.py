"""A convolutional network on images of digits: what is measured. Every peer's process reads this file."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

NETWORK = "8×8 images, 16-32-10"
CHANNELS = (1, 16, 32)  # of two convolutions, 3 × 3 with padding, each with relu and max pooling; then a linear layer
CLASSES, SIDE, SAMPLES = 10, 8, 64


def problem(
    dtype: Any, samples: int | None = None
) -> tuple[np.ndarray, np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """X (1, 8, 8, m), labels (m,), and the starting weights (c_out, c_in, 3, 3), (10, 128) and biases (n,)."""
    m, rng = samples or SAMPLES, np.random.default_rng(0)
    X = rng.standard_normal((CHANNELS[0], SIDE, SIDE, m)).astype(dtype)
    labels = rng.integers(0, CLASSES, m)
    shapes = [(n, c, 3, 3) for c, n in pairwise(CHANNELS)]
    shapes.append((CLASSES, CHANNELS[-1] * (SIDE // 4) ** 2))
    W = [(rng.standard_normal(shape) / np.sqrt(np.prod(shape[1:]))).astype(dtype) for shape in shapes]
    return X, labels, W, [np.zeros(len(w), dtype) for w in W]
