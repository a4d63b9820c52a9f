"""One-hot targets: what integer labels stand for in a formula."""

from __future__ import annotations

from typing import Any

import numpy as np


def one_hot(labels: Any, n: int, axis: int = 0, dtype: Any = float) -> Any:
    """1 where the class is that of the label, else 0; the n classes lie along the axis.

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 1.],
           [0., 0.],
           [1., 0.]])
    """
    targets = np.eye(n, dtype=dtype)[labels]
    return targets if axis else targets.T
