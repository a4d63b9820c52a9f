"""Moving entries around: shapes, axes, joining. All linear, so forward mode is the function itself."""

from typing import Any

import numpy as np

from autograd.op import SHAPE, constant, general, linear, variadic

general(
    np.reshape,
    [lambda g, _out, x_shape, shape: np.reshape(g, x_shape)],
    [lambda t, _out, _x_shape, shape: np.reshape(t, shape)],
    kernel=lambda x, shape: np.asarray(x).reshape(shape),
    prepare=lambda a, shape: ((a,), {"shape": shape}),
)
linear(np.transpose, lambda g, _x, axes=None: np.transpose(g, inverse(axes)))
linear(np.swapaxes, lambda g, _x, axis1, axis2: np.swapaxes(g, axis1, axis2))
linear(np.expand_dims, lambda g, _x, axis: np.squeeze(g, axis))
linear(np.squeeze, lambda g, x_shape, axis=None: np.reshape(g, x_shape))
linear(np.broadcast_to, lambda g, _x, shape: g)  # the sweep sums what was repeated


def inverse(axes: Any) -> Any:
    """The permutation that undoes `axes`; None stands for the reversed order, which undoes itself."""
    return None if axes is None else np.argsort([a % len(axes) for a in axes])


def part(i: int, shapes: tuple[tuple[int, ...], ...], axis: int) -> tuple[slice, ...]:
    """Where the i-th operand stands in the joined array."""
    axis %= len(shapes[i])
    start = sum(shape[axis] for shape in shapes[:i])
    return (slice(None),) * axis + (slice(start, start + shapes[i][axis]),)


def joined(arrays: Any, axis: int | None = 0) -> tuple[Any, dict[str, Any]]:
    """The arguments of np.concatenate; axis None joins the flattened operands."""
    if axis is None:
        return tuple(np.reshape(a, -1) for a in arrays), {"axis": 0}
    return tuple(arrays), {"axis": axis}


variadic(
    np.concatenate,
    lambda i, g, *shapes, axis: g[part(i, shapes, axis)],
    lambda i, t, *shapes, axis: np.concatenate([t if k == i else np.zeros(s) for k, s in enumerate(shapes)], axis),
    SHAPE,
    {"axis": 0},
    prepare=joined,
)
variadic(
    np.stack,
    lambda i, g, *_, axis: g[(slice(None),) * (axis % g.ndim) + (i,)],
    lambda i, t, *shapes, axis: np.stack([t if k == i else np.zeros(s) for k, s in enumerate(shapes)], axis),
    SHAPE,
    {"axis": 0},
    prepare=lambda arrays, axis=0: (tuple(arrays), {"axis": axis}),
)

constant(np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.full_like, np.empty_like)
