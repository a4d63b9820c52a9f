"""Embedding: a vector for each of a number of things, learned."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn.layers.settings import check_counts, weights
from nn.module import Module

__all__ = ["Embedding"]


class Embedding(Module):
    """Row i of W as the column for the index i: words, characters or categories as vectors.

    Arguments:
        n_indices  how many different indices there are: 0 to n_indices − 1
        n_out      number of entries of a vector
        init       initializer of W; None: normal with standard deviation 1, as usual for embeddings
        seed       a number or a numpy Generator; None draws from nn's own generator (see nn.init.seed)
        dtype      of the parameters

    Integers (m,) -> (n_out, m), sequences of them (T, m) -> (n_out, T, m); W (n_indices, n_out). (Bengio et al., 2003.)

    >>> import numpy as np, nn
    >>> nn.Embedding(27, 8)(np.array([[2, 0, 1], [5, 5, 5]])).shape
    (8, 2, 3)

    Raises autograd.DtypeError unless the indices are integers, autograd.DataError where one is out of range.
    """

    symbol = "Z"
    takes_indices = True

    def __init__(self, n_indices: int, n_out: int, *, init: Any = None, seed: Any = None, dtype: Any = float) -> None:
        check_counts("Embedding", "the numbers of indices and of outputs", n_indices=n_indices, n_out=n_out)
        self.n_indices, self.n_out = n_indices, n_out
        self.W = weights("Embedding", (n_indices, n_out), init or _standard_normal, seed, dtype)

    def forward(self, indices: Any) -> Any:
        """Integers (…, m) -> (n_out, …, m)."""
        return embedding(self.W, indices)


def embedding(W: Any, indices: Any) -> Any:
    """Row i of W (n_indices, n_out) as the column for the index i: integers (…, m) -> (n_out, …, m).

    >>> import numpy as np
    >>> embedding(np.array([[1.0, 2.0], [3.0, 4.0]]), [1, 0, 1])
    array([[3., 1., 3.],
           [4., 2., 4.]])
    """
    indices = indices.data if isinstance(indices, ag.Tensor) else indices
    if isinstance(indices, np.ndarray) and indices.dtype.kind == "f":
        whole = indices.astype(int)  # a Tensor keeps integers as floats
        indices = whole if np.array_equal(whole, indices) else indices
    return ag.embedding(W, indices)


def _standard_normal(rng: np.random.Generator, n_out: int, n_in: int) -> Any:
    return rng.standard_normal((n_out, n_in))
