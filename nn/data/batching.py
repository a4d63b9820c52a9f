"""Mini-batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError
from autograd.signposts import answering
from nn.data.checks import check_columns, columns

Array = npt.NDArray[Any]


@answering
def batches(
    X: Any, Y: npt.ArrayLike, batch_size: int, *, seed: int | np.random.Generator
) -> Iterator[tuple[Any, Array]]:
    """One epoch of mini-batches: every sample once, in shuffled order; the last batch may be smaller.

    Args:
        X: `(n_x, m)`, or a tuple of such arrays.
        Y: `(n_y, m)`.
        batch_size: samples per batch, at least 1.
        seed: a number for one epoch that can be repeated, or a `numpy.random.Generator` that goes on from
            epoch to epoch.

    Returns:
        An iterator over pairs `X (n_x, batch_size)`, `Y (n_y, batch_size)`.

    Raises:
        ShapeError, DataError: see `check_columns`; also if batch_size is below 1. At once, not at the first
        batch.

    Example:
        >>> X, Y = np.arange(5.0).reshape(1, 5), np.zeros((1, 5))
        >>> [x.shape for x, y in batches(X, Y, 2, seed=0)]
        [(1, 2), (1, 2), (1, 1)]
    """
    X, Y = check_columns(X, Y)
    if batch_size < 1:
        raise DataError(f"batches needs a batch_size of at least 1, but got {batch_size!r}.")
    order = np.random.default_rng(seed).permutation(Y.shape[-1])
    parts = (order[i : i + batch_size] for i in range(0, len(order), batch_size))
    return ((columns(X, part), Y[..., part]) for part in parts)
