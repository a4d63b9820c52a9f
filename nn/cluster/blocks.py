"""The columns of a training in blocks: slices of arrays of this process, or the chunks of a dask.array."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from nn.data import inputs
from nn.losses import Loss
from nn.train.data import Prepared, prepared as of_arrays, tested
from nn.train.sources import Batch
from nn.train.weights import column_weights


class Block(NamedTuple):
    """Some columns that follow one another: X a tuple of inputs, Y, and weights or None; arrays, or what a worker makes
    them of."""

    start: int
    stop: int
    X: tuple[Any, ...]
    Y: Any
    weights: Any = None

    @property
    def m(self) -> int:
        """The number of columns."""
        return self.stop - self.start

    @property
    def is_lazy(self) -> bool:
        """Whether a cluster still has to compute some of it."""
        return any(not isinstance(x, np.ndarray) for x in (*self.X, self.Y))


def is_dask(x: Any) -> bool:
    """Whether it is a dask.array, of which this process may never have the whole."""
    return type(x).__module__.partition(".")[0] == "dask" and hasattr(x, "dask") and hasattr(x, "chunks")


def blocks(X: Any, Y: Any, weights: Any, pieces: int) -> list[Block]:
    """All columns in blocks: the chunks of the first dask.array, or else about as many as there are to be pieces."""
    given = (*inputs(X), Y)
    edges = _edges(given, pieces)
    cut = [_cut(x, edges) for x in given]
    parts = [None if weights is None else weights[a:b] for a, b in pairwise(edges)]
    return [Block(a, b, tuple(xs[:-1]), xs[-1], w) for (a, b), *xs, w in zip(pairwise(edges), *cut, parts, strict=True)]


def prepared(
    X: Any,
    Y: Any,
    loss: Loss,
    *,
    validation: Any = None,
    class_weights: Any = None,
    sample_weights: Any = None,
    seed: Any = 0,
) -> Prepared:
    """The data as fit prepares them. Of a dask.array nothing is computed here but, for class_weights, the targets."""
    options = {"class_weights": class_weights, "sample_weights": sample_weights}
    if not any(map(is_dask, (*inputs(X), Y))):
        return of_arrays(X, Y, loss, validation=validation, seed=seed, **options)
    check_dask(X, Y)
    if validation is not None and not isinstance(validation, (tuple, list)):
        raise TypeError(
            f"validation must be a pair (X, Y) where the data are a dask.array, but got {validation!r:.60}. Set some "
            "columns aside: X[:, :1000].compute()."
        )
    targets = np.asarray(Y) if class_weights is not None else Y
    return Prepared(Batch(X, Y, column_weights(targets, **options)), tested(validation, loss))


def check_dask(X: Any, Y: Any) -> None:
    """Refuse what can be told of a dask.array without computing it. What is in it, workers check."""
    names = [f"X[{i}]" for i in range(len(inputs(X)))] if len(inputs(X)) > 1 else ["X"]
    m = Y.shape[-1] if getattr(Y, "ndim", 0) else 0
    for name, x in zip([*names, "Y"], (*inputs(X), Y), strict=True):
        if not hasattr(x, "shape") or len(x.shape) < 2:
            raise ag.ShapeError(
                f"{name} must have a column for each sample, (n, m), but got {getattr(x, 'shape', type(x).__name__)}. "
                "Write x.reshape(1, -1)."
            )
        if any(n != n for n in x.shape):
            raise ag.ShapeError(
                f"{name} needs a known number of columns, but has shape {x.shape}. Call {name}.compute_chunk_sizes()."
            )
        if x.shape[-1] != m:
            raise ag.ShapeError(
                f"X and Y need a column for each sample, but {name} has shape {x.shape} and Y {Y.shape}. For samples "
                "in rows: x.T."
            )
    if Y.dtype.kind != "f":
        raise ag.DataError(f"Y must be floating, but has dtype {Y.dtype}. Write Y.astype(float).")


def _edges(given: Sequence[Any], pieces: int) -> list[int]:
    """Where the blocks begin, and where the last one ends."""
    m = int(given[-1].shape[-1])
    chunked = next((x for x in given if is_dask(x)), None)
    if chunked is not None:
        return [0, *np.cumsum([n for n in chunked.chunks[-1] if n]).tolist()]
    return np.unique(np.linspace(0, m, min(pieces, m) + 1).round().astype(int)).tolist()


def _cut(x: Any, edges: Sequence[int]) -> list[Any]:
    """The blocks of one array: slices, or for a dask.array what a cluster computes them from."""
    if not is_dask(x):
        return [x[..., a:b] for a, b in pairwise(edges)]
    sizes = tuple(b - a for a, b in pairwise(edges))
    whole = x.rechunk((*((n,) for n in x.shape[:-1]), sizes))
    return list(whole.to_delayed().ravel())
