"""Reductions: sums, means, products, and the extremes."""

from typing import Any

import numpy as np

from autograd.op import constant, general, linear


def spread(g: Any, axis: Any, keepdims: bool) -> Any:
    """Put back, with size 1, the axes that a reduction took away; the sweep repeats the values along them."""
    return g if keepdims or axis is None else np.expand_dims(g, axis)


def count(shape: tuple[int, ...], axis: Any) -> int:
    """How many entries are reduced to one; 1 where there is none, since nothing is then to be divided."""
    axes = range(len(shape)) if axis is None else np.atleast_1d(axis)
    return int(np.prod([shape[a] for a in axes], dtype=int)) or 1


linear(
    np.sum,
    lambda g, _x, axis=None, keepdims=False: spread(g, axis, keepdims),
    kernel=lambda x, axis=None, keepdims=False: np.add.reduce(x, axis=axis, keepdims=keepdims),
)
linear(np.mean, lambda g, x_shape, axis=None, keepdims=False: spread(g, axis, keepdims) / count(x_shape, axis))


def ties(x: Any, out: Any, axis: Any, keepdims: bool) -> Any:
    """The share of each entry in the extreme: 1 for a single one, equal parts where several tie."""
    attained = x == spread(out, axis, keepdims)
    return attained / np.sum(attained, axis=axis, keepdims=True)


for extreme, alias in ((np.max, np.amax), (np.min, np.amin)):
    general(
        extreme,
        [lambda g, out, x, axis=None, keepdims=False: spread(g, axis, keepdims) * ties(x, out, axis, keepdims)],
        [
            lambda t, out, x, axis=None, keepdims=False: np.sum(
                t * ties(x, out, axis, keepdims), axis, keepdims=keepdims
            )
        ],
        also=(alias,),
    )


def others(x: Any, axis: Any) -> Any:
    """For each entry the product of all others along the axes. Right where entries are 0, too.

    Without a zero that is prod/x. With one, the products are formed anew from x with a 1 on the diagonal, which costs
    the square of the length but stays exact for derivatives of every order.
    """
    if np.all(x != 0):
        return np.prod(x, axis=axis, keepdims=True) / x
    ndim = np.ndim(x)  # x may be a Python float
    axes = tuple(range(ndim)) if axis is None else tuple(a % ndim for a in np.atleast_1d(axis).tolist())
    order = [a for a in range(ndim) if a not in axes] + list(axes)
    last = np.transpose(x, order)
    rows = np.reshape(last, (*last.shape[: ndim - len(axes)], -1))
    n = rows.shape[-1]
    products = np.prod(np.where(np.eye(n, dtype=bool), 1.0, np.expand_dims(rows, -2)), axis=-1)
    return np.transpose(np.reshape(products, last.shape), np.argsort(order))


general(
    np.prod,
    [lambda g, _out, x, axis=None, keepdims=False: spread(g, axis, keepdims) * others(x, axis)],
    [lambda t, _out, x, axis=None, keepdims=False: np.sum(t * others(x, axis), axis, keepdims=keepdims)],
)

constant(np.argmax, np.argmin, np.any, np.all, np.count_nonzero)
