"""Reductions: sums, means, products, and the extremes."""

from functools import wraps
from math import prod
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd.core.fitting import HALF, wide
from autograd.core.op import TRACED
from autograd.core.types import Value
from autograd.errors import Unsupported
from autograd.rules.cancel import in_every_entry
from autograd.rules.declare import composite, constant, general, linear
from autograd.rules.exclusive import product_of_others


def refuse_keywords(function: str, **given: Any) -> None:
    """Refuse in words what a composite does not take: keywords that are not None or False."""
    unknown = [name for name, value in given.items() if value is not None and value is not False]
    if unknown:
        raise Unsupported(
            f"{function}({', '.join(f'{name}=' for name in unknown)}…) is not supported on Tensors. "
            "A result is always a new Tensor in the dtype that follows from its operands; t.astype(…) changes it."
        )


def operand(x: Value) -> Value:
    """An operand of a composite: a Tensor, or an array."""
    return x if type(x) in TRACED else np.asarray(x)


def measured(x: Value) -> Value:
    """An operand of a composite that counts as floats, as NumPy has it: differences of unsigned integers would wrap."""
    x = operand(x)
    return x.astype(float) if x.dtype.kind in "iub" else x


def optional(x: Value, default: Any) -> Value:
    """NumPy's <no value> and None stand for the default."""
    return default if x is None or x is np._NoValue else x


def spread(g: Value, axis: Any, keepdims: bool) -> Value:
    """Put back, with size 1, the axes that a reduction took away; the sweep repeats the values along them."""
    return g if keepdims or axis is None else np.expand_dims(g, axis)


def count(shape: tuple[int, ...], axis: Any, where: Any = True) -> Value:
    """How many entries are reduced to one; 1 where there is none, since nothing is then to be divided."""
    if where is not True:
        return np.maximum(np.sum(np.broadcast_to(where, shape), axis=axis, keepdims=True), 1)
    axes = range(len(shape)) if axis is None else np.atleast_1d(axis)
    return prod(shape[a] for a in axes) or 1


def wider_than_numpy(definition: Any) -> Value:
    """Mark a composite that counts half precision in single where NumPy's function does not, which may overflow."""
    definition.wider_than_numpy = True
    return definition


def widened(definition: Any) -> Value:
    """A composite whose definition is run in a precision that can count; its results are in that of the operand."""

    @wraps(definition)
    def run(a: Value, *args: Any, **how: Any) -> Value:
        a = operand(a)
        if a.dtype != HALF:
            return definition(a, *args, **how)
        found = definition(wide(a), *args, **how)
        return tuple(x.astype(a.dtype) for x in found) if type(found) is tuple else found.astype(a.dtype)

    return wider_than_numpy(run)


def chosen(g: Value, where: Any) -> Value:
    """g where an entry takes part in the reduction, else 0."""
    return g if where is True else np.where(where, g, 0.0)


linear(
    np.sum,
    lambda g, _x, axis=None, keepdims=False, where=True: chosen(spread(g, axis, keepdims), where),
    kernel=lambda x, axis=None, keepdims=False, where=True: np.add.reduce(x, axis=axis, keepdims=keepdims, where=where),
    factored=in_every_entry(np.sum),
)
linear(
    np.mean,
    lambda g, x_shape, axis=None, keepdims=False, where=True: (
        chosen(spread(g, axis, keepdims), where) / count(x_shape, axis, where)
    ),
)


def ties(x: Value, out: Value, axis: Any, keepdims: bool, initial: Any = None, where: Any = True) -> Value:
    """The share of each entry in the extreme: 1 for a single one, equal parts where several tie; `initial` is one."""
    top = spread(out, axis, keepdims)
    attained = x == top
    if where is not True:
        attained = np.logical_and(attained, where)
    rivals = np.sum(attained, axis=axis, keepdims=True)
    return attained / (rivals if initial is None else np.maximum(rivals + (top == initial), 1))


for extreme, alias in ((np.max, np.amax), (np.min, np.amin)):
    general(
        extreme,
        [
            lambda g, out, x, axis=None, keepdims=False, initial=None, where=True: (
                spread(g, axis, keepdims) * ties(x, out, axis, keepdims, initial, where)
            )
        ],
        [
            lambda t, out, x, axis=None, keepdims=False, initial=None, where=True: np.sum(
                t * ties(x, out, axis, keepdims, initial, where), axis, keepdims=keepdims
            )
        ],
        also=(alias,),
    )


def ptp(a: Value, axis: Any = None, out: None = None, keepdims: bool = False) -> Value:
    """The largest less the smallest; ties share equally, and where all are equal the shares cancel to 0."""
    refuse_keywords("ptp", out=out)
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


composite(np.ptp, ptp)


def others(x: Value, axis: Any, where: Any) -> Value:
    """For each entry the product of all others along the axes that take part; 0 for one that does not itself."""
    if where is not True:
        return chosen(others(np.where(where, x, 1.0), axis, True), where)
    ndim = np.ndim(x)  # x may be a Python float
    axes = range(ndim) if axis is None else normalize_axis_tuple(axis, ndim)
    order = [a for a in range(ndim) if a not in axes] + list(axes)
    moved = order != list(range(ndim))
    last = np.transpose(x, order) if moved else x
    shape, kept = np.shape(last), ndim - len(axes)
    rows = last if len(axes) == 1 else np.reshape(last, (*shape[:kept], prod(shape[kept:])))
    found = np.reshape(product_of_others(rows), shape)
    return np.transpose(found, np.argsort(order).tolist()) if moved else found


general(
    np.prod,
    [lambda g, _out, x, axis=None, keepdims=False, where=True: spread(g, axis, keepdims) * others(x, axis, where)],
    [
        lambda t, _out, x, axis=None, keepdims=False, where=True: np.sum(
            t * others(x, axis, where), axis, keepdims=keepdims
        )
    ],
)

constant(np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.any, np.all, np.count_nonzero)
