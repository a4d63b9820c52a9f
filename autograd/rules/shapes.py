"""Moving entries around: shapes, axes, repetition. All linear, so forward mode is the function itself."""

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.core.types import Value
from autograd.errors import ShapeError, Unsupported
from autograd.rules.cancel import in_every_entry
from autograd.rules.declare import composite, constant, general, linear
from autograd.rules.special import identity


def arranged(a: Value, shape: Any, order: str = "C", *, copy: bool | None = None) -> tuple[Any, dict[str, Any]]:
    """The arguments of np.reshape. Whether it copies makes no difference where nothing is ever changed."""
    if copy is False:
        raise Unsupported("numpy.reshape(copy=False) is not supported on Tensors: they are never changed in place.")
    if order == "C":
        return (a,), {"shape": shape}
    if order != "F":
        raise Unsupported(
            f"numpy.reshape(order='{order}') is not supported on Tensors, which have no order in memory; "
            "use order='C' or order='F'."
        )
    return (a,), {"shape": shape, "order": order}


general(
    np.reshape,
    [lambda g, _out, x_shape, shape, order="C": np.reshape(g, x_shape, order=order)],
    [lambda t, _out, _x_shape, shape, order="C": np.reshape(t, shape, order=order)],
    kernel=lambda x, shape, order="C": np.asarray(x).reshape(shape, order=order),
    prepare=arranged,
    factored=in_every_entry(np.reshape),
)
linear(np.transpose, lambda g, _x, axes=None: np.transpose(g, inverse(axes)))
linear(np.swapaxes, lambda g, _x, axis1, axis2: np.swapaxes(g, axis1, axis2))
linear(np.expand_dims, lambda g, x_shape, axis: np.reshape(g, x_shape))
linear(np.squeeze, lambda g, x_shape, axis=None: np.reshape(g, x_shape))
linear(np.broadcast_to, lambda g, _x, shape: g)  # the sweep sums what was repeated
linear(np.flip, lambda g, _x, axis=None: np.flip(g, axis))
linear(np.roll, lambda g, _x, shift, axis=None: np.roll(g, np.negative(shift).tolist(), axis))
# A Tensor shows nothing of an order in memory. The copy is a real one: whoever keeps it wants it to stay as it is.
linear(np.copy, lambda g, _x: g, prepare=lambda a, order="K", subok=False: ((a,), {}))


def inverse(axes: Any) -> Value:
    """The permutation that undoes `axes`; None stands for the reversed order, which undoes itself."""
    if axes is None:
        return None
    axes = np.atleast_1d(axes).tolist()  # of a vector NumPy takes a single number, too
    return np.argsort([a % len(axes) for a in axes]).tolist()


# --- by the rows above -----------------------------------------------------------------------------------------------


def reordered(function: Any, a: Value, *args: Any) -> Value:
    """What a function that only moves axes does, by transpose.

    It is shown an array without entries whose axes have their own numbers as sizes: the shape of what it gives is the
    order of the axes.
    """
    return np.transpose(a, function(np.empty(range(np.ndim(a))), *args).shape)


composite(np.moveaxis, lambda a, source, destination: reordered(np.moveaxis, a, source, destination))
composite(np.rollaxis, lambda a, axis, start=0: reordered(np.rollaxis, a, axis, start))
composite(np.matrix_transpose, lambda x, /: reordered(np.matrix_transpose, x))
composite(np.ravel, lambda a, order="C": np.reshape(a, -1, order=order))
composite(np.flipud, lambda m: np.flip(m, 0))
composite(np.fliplr, lambda m: np.flip(m, 1))


def rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Value:
    """np.rot90 by flips and a swap of axes."""
    first, second = axes
    np.rot90(np.broadcast_to(0, np.shape(m)), k, axes)  # NumPy's own checks of the axes
    if k % 4 == 0:
        return identity(m)
    if k % 4 == 2:
        return np.flip(m, (first, second))
    if k % 4 == 1:
        return np.swapaxes(np.flip(m, second), first, second)
    return np.flip(np.swapaxes(m, first, second), second)


composite(np.rot90, rot90)


def at_least(n: int, a: Value) -> Value:
    """Ones in the shape in front, until there are n axes; of three axes the last stays 1, as NumPy has it."""
    shape = np.shape(a)
    if n == 3 and 0 < len(shape) < 3:
        return np.reshape(a, (1, *shape, 1) if len(shape) == 1 else (*shape, 1))
    return a if len(shape) >= n else np.reshape(a, (1,) * (n - len(shape)) + shape)


def each_at_least(n: int, arrays: Any) -> Value:
    """The same for several arrays; for one array it is not a tuple."""
    found = tuple(at_least(n, a) for a in arrays)
    return found[0] if len(found) == 1 else found


composite(np.atleast_1d, lambda *arys: each_at_least(1, arys))
composite(np.atleast_2d, lambda *arys: each_at_least(2, arys))
composite(np.atleast_3d, lambda *arys: each_at_least(3, arys))


def broadcast_arrays(*args: Any, subok: bool = False) -> tuple[Any, ...]:
    """np.broadcast_arrays by broadcast_to."""
    shape = np.broadcast_shapes(*map(np.shape, args))
    return tuple(np.broadcast_to(a, shape) for a in args)


def meshgrid(*xi: Any, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> tuple[Any, ...]:
    """np.meshgrid by reshape and broadcast_to. Tensors never share what could be changed, so `copy` has no effect."""
    if indexing not in ("xy", "ij"):
        raise ValueError("meshgrid: indexing must be 'xy' (the first array runs along the columns) or 'ij'.")
    n = len(xi)
    grids = [np.reshape(x, (1,) * i + (-1,) + (1,) * (n - 1 - i)) for i, x in enumerate(xi)]
    if indexing == "xy" and n > 1:
        grids = [np.swapaxes(grid, 0, 1) for grid in grids]
    return tuple(grids) if sparse else broadcast_arrays(*grids)


composite(np.broadcast_arrays, broadcast_arrays)
composite(np.meshgrid, meshgrid)


def tile(A: Value, reps: Any) -> Value:
    """np.tile: each axis gets one of size 1 in front, which is repeated, and the two become one."""
    if np.ndim(reps) > 1:
        raise ShapeError(f"tile needs a number of repetitions for each axis, but got the shape {np.shape(reps)}.")
    reps = np.ravel(reps).tolist()
    shape = (1,) * (len(reps) - np.ndim(A)) + np.shape(A)
    reps = [1] * (len(shape) - len(reps)) + reps
    split = [k for n in shape for k in (1, n)]
    repeated = [k for pair in zip(reps, shape) for k in pair]
    return np.reshape(
        np.broadcast_to(np.reshape(A, split), repeated), [r * n for r, n in zip(reps, shape, strict=True)]
    )


def repeat(a: Value, repeats: Any, axis: int | None = None) -> Value:
    """np.repeat: by an index, or, where all entries are repeated alike, by broadcasting, whose adjoint is a sum."""
    if axis is None or np.ndim(a) == 0:
        a, axis = np.reshape(a, -1), axis or 0
    if np.ndim(repeats) > 1:
        raise ShapeError(f"repeat needs one number, or one for each entry, but got the shape {np.shape(repeats)}.")
    shape, axis = np.shape(a), normalize_axis_index(axis, np.ndim(a))
    if np.size(repeats) != 1:
        return a[(slice(None),) * axis + (np.repeat(np.arange(shape[axis]), repeats),)]
    times = np.ravel(repeats).tolist()[0]
    before, after = shape[: axis + 1], shape[axis + 1 :]
    repeated = np.broadcast_to(np.reshape(a, (*before, 1, *after)), (*before, times, *after))
    return np.reshape(repeated, (*shape[:axis], shape[axis] * times, *after))


def resize(a: Value, new_shape: Any) -> Value:
    """np.resize: the entries in their order, again and again; zeros where there is none."""
    if np.size(a) == 0:
        return np.broadcast_to(np.sum(a), new_shape)
    return np.reshape(a, -1)[np.resize(np.arange(np.size(a)), new_shape)]


composite(np.tile, tile)
composite(np.repeat, repeat)
composite(np.resize, resize)

constant(np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.full_like, np.empty_like)
