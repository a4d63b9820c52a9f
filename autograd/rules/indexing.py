"""Picking entries out, and choosing between arrays. Picking and scattering are each other's adjoint."""

from typing import Any

import numpy as np

from autograd.op import linear


def getitem(x: Any, index: Any) -> Any:
    """x[index], for any index that NumPy takes."""
    return np.asarray(x)[index]  # a scalar is a Python float, which takes no index


def scatter(g: Any, index: Any, shape: tuple[int, ...]) -> Any:
    """Zeros of `shape` with `g` added at `index`; an entry that is picked twice receives both shares.

    >>> scatter(np.array([1.0, 2.0, 3.0]), [0, 0, 2], (4,))
    array([3., 0., 3., 0.])
    """
    out = np.zeros(shape, np.asarray(g).dtype)
    np.add.at(out, index, g)
    return out


getitem = linear(getitem, lambda g, x_shape, index: scatter(g, index, x_shape))
scatter = linear(scatter, lambda g, _x, index, shape: getitem(g, index))

linear(
    np.where,
    None,
    lambda g, condition, _x, _y: np.where(condition, g, 0.0),
    lambda g, condition, _x, _y: np.where(condition, 0.0, g),
    jointly=True,
)
