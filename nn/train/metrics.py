"""What training is judged by, beside its cost."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

import autograd as ag

Metric = Callable[[Any, Any], float]


def accuracy(A: Any, Y: Any, threshold: float = 0.5, multi_label: bool | None = None) -> float:
    """The share of columns that are predicted right: by the largest unit, or by a single unit above the threshold. A
    column with nan in it is not.

    A, Y         (n, m)
    multi_label  whether each unit is a question of its own; a column is then right if all its units are on the right
                 side of the threshold. None: where Y holds only 0 and 1, and not one 1 in every column

    >>> accuracy(np.array([[0.9, 0.2, 0.6]]), np.array([[1.0, 0.0, 0.0]])) == 2 / 3
    True
    >>> accuracy(np.array([[0.9, 0.2], [0.8, 0.6]]), np.array([[1.0, 1.0], [1.0, 1.0]]))
    0.5

    Raises ShapeError unless both have the same shape (n, m).
    """
    A, Y = (np.asarray(x.data if isinstance(x, ag.Tensor) else x) for x in (A, Y))
    if A.shape != Y.shape or A.ndim != 2 or not A.size:
        hint = f" For one unit: Y.reshape(1, -1), shape (1, {Y.size})." if Y.ndim == 1 else ""
        raise ag.ShapeError(
            f"accuracy needs predictions and targets of the same shape (n, m), but got {A.shape} and {Y.shape}.{hint}"
        )
    if multi_label is None:
        multi_label = are_several_labels(Y)
    if len(Y) == 1 or multi_label:
        right = np.equal(threshold < A, Y > 0.5).all(axis=0)
    else:
        right = A.argmax(axis=0) == Y.argmax(axis=0)
    known = ~(_is_nan(A) | _is_nan(Y)).any(axis=0)
    return float(np.mean(right & known))


def _is_nan(A: Any) -> Any:
    return A != A


def are_several_labels(Y: Any) -> bool:
    """Whether the columns of Y say yes or no to each unit, and not to just one."""
    return len(Y) > 1 and bool(((Y == 0) | (Y == 1)).all() and (Y.sum(axis=0) != 1).any())


def as_number(result: Any, what: str) -> float:
    """What a metric returned as a float, without the graph that a Tensor would keep alive."""
    if isinstance(result, ag.Tensor):
        result = result.data
    if isinstance(result, np.ndarray) and result.size == 1:
        result = result.item()
    if not isinstance(result, (numbers.Real, np.bool_)):
        given = f"an array of shape {result.shape}" if isinstance(result, np.ndarray) else f"{result!r}"
        raise TypeError(f"{what} must return a number, but returned {given}. Take its mean: float(np.mean(…)).")
    return float(result)
