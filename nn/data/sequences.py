"""Sequences of different lengths in one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, ShapeError
from nn.data.checks import check_finite, numbers_of

Array = npt.NDArray[Any]

__all__ = ["pad"]


def pad(sequences: Sequence[npt.ArrayLike], *, length: int | None = None, value: float = 0) -> tuple[Array, Array]:
    """Sequences of different lengths in one array, with a mask that says which steps there are.

    Args:
        sequences: for each sample `(n, steps)`, the features of each step; or `(steps,)`, integers for
            `nn.Embedding`.
        length: T, the number of steps of the result; None for that of the longest. None of them may be longer.
        value: what stands where there is no step.

    Returns:
        `X (n, T, m)`, or `(T, m)` of integers, and `mask (T, m)`, True where a sample has that step. A model takes
        both: `nn.fit(model, (X, mask), Y, …)`.

    Raises:
        ShapeError: the features differ, or a sequence is longer than `length`. DataError: there is no sequence, one
        has no steps, or a value is not a real, finite number.

    Example:
        >>> X, mask = pad([[1, 2, 3], [4]])
        >>> X, mask.astype(int)
        (array([[1, 4],
               [2, 0],
               [3, 0]]), array([[1, 1],
               [1, 0],
               [1, 0]]))
    """
    given = [numbers_of(x, f"sequences[{i}]") for i, x in enumerate(sequences)]
    _check(given)
    T = max(x.shape[-1] for x in given) if length is None else length
    if any(x.shape[-1] > T for x in given):
        longest = max(range(len(given)), key=lambda i: given[i].shape[-1])
        raise ShapeError(
            f"pad needs sequences of at most length={length} steps, but sequences[{longest}] has "
            f"{given[longest].shape[-1]}. Cut it to sequences[{longest}][..., :{length}], or leave length= out."
        )
    X = np.full((*given[0].shape[:-1], T, len(given)), value, np.result_type(*given))
    mask = np.zeros((T, len(given)), bool)
    for i, x in enumerate(given):
        X[..., : x.shape[-1], i] = x
        mask[: x.shape[-1], i] = True
    return X, mask


def _check(given: list[Array]) -> None:
    """Refuse what does not fit into one array."""
    if not given:
        raise DataError("pad needs at least one sequence, but got none.")
    for i, x in enumerate(given):
        if x.ndim not in (1, 2) or x.shape[:-1] != given[0].shape[:-1]:
            turn = " For steps in rows: x.T of each." if x.ndim == 2 and x.shape[1:] == given[0].shape[1:] else ""
            raise ShapeError(
                "pad needs for each sample (n, steps), all with the same features, or (steps,), but sequences[0] has "
                f"shape {given[0].shape} and sequences[{i}] {x.shape}.{turn}"
            )
        if not x.size:
            raise DataError(f"pad needs sequences of at least one step, but sequences[{i}] has shape {x.shape}.")
        check_finite(x, f"sequences[{i}]")
