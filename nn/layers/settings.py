"""The arguments of layers, checked in one way for all: sizes, dtypes, starting values."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn import init as initializers


def check_counts(layer: str, needs: str, **counts: Any) -> None:
    """Refuse what is not an integer of at least 1.

    >>> check_counts("Linear", "the numbers of inputs and of outputs", n_in=3, n_out=2)
    """
    if not all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= 1 for n in counts.values()):
        one = len(counts) == 1
        raise ag.ShapeError(
            f"{layer} needs {needs}, {'an integer' if one else 'integers'} of at least 1, but got "
            f"{', '.join(f'{name}={n!r}' for name, n in counts.items())}."
        )


def weights(layer: str, shape: tuple[int, ...], init: Any, seed: Any, dtype: Any) -> ag.Tensor:
    """W of that shape, of which the first axis is that of the outputs and the others are those of the inputs."""
    n_out, n_in = shape[0], int(np.prod(shape[1:]))
    W = initializers.weights(init, seed, n_out, n_in, receptive=int(np.prod(shape[2:])))
    return ag.Tensor(W.reshape(shape).astype(_floating(layer, dtype)), name="W")


def filled(layer: str, value: float, shape: tuple[int, ...], name: str, dtype: Any) -> ag.Tensor:
    """A parameter that starts with the same number everywhere, as b does with 0."""
    return ag.Tensor(np.full(shape, value, _floating(layer, dtype)), name=name)


def _floating(layer: str, dtype: Any) -> np.dtype[Any]:
    if np.dtype(dtype).kind != "f":
        raise ag.DtypeError(
            f"The parameters of {layer} need a floating dtype, but got {np.dtype(dtype)}: rounded, weights "
            "would be 0, and have no derivative. Use dtype=float or dtype=np.float32."
        )
    return np.dtype(dtype)


def shape_of(X: Any) -> tuple[int, ...]:
    """The shape of an array, a Tensor or a list."""
    shape: tuple[int, ...] | None = getattr(X, "shape", None)
    return np.shape(X) if shape is None else shape
