"""Running sums and products, differences, and the integrals and slopes made of them."""

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index, normalize_axis_tuple

from autograd.core.types import Value
from autograd.errors import ShapeError
from autograd.rules.declare import composite, general, linear
from autograd.rules.exclusive import backwards, preceding, recurrence
from autograd.rules.reductions import measured, operand, refuse_keywords

Axis = int | None


def slicing(axis: int, *where: Any) -> tuple[Any, ...]:
    """An index for one axis; the others are taken whole."""
    return (slice(None),) * axis + (slice(*where),)


def reverse(x: Value, axis: int) -> Value:
    """x in reverse order along an axis that is counted from the front."""
    return x[slicing(axis, None, None, -1)]


def line(x_shape: tuple[int, ...], axis: Axis) -> int:
    """The axis that is run along, in the shape of the result."""
    return 0 if axis is None else normalize_axis_index(axis, len(x_shape) or 1)


def unrolled(x: Value, axis: Axis) -> Value:
    """x in the shape of the result: without an axis it is flattened."""
    return np.reshape(x, -1) if axis is None or np.ndim(x) == 0 else x


def running(g: Value, axis: int) -> Value:
    """For each entry the sum of those from it to the end: the transpose of a running sum."""
    return reverse(np.cumsum(reverse(g, axis), axis=axis), axis)


linear(
    np.cumsum,
    lambda g, x_shape, axis=None: np.reshape(running(g, line(x_shape, axis)), x_shape),
)


def rows(x: Value, axis: Axis) -> Value:
    """x, in the shape of the result, with the axis that is run along at the end; and the way back."""
    x = unrolled(x, axis)
    along = line(np.shape(x), axis)
    return x if along == np.ndim(x) - 1 else np.swapaxes(x, along, -1)


def cumprod_back(g: Value, out: Value, x: Value, axis: Axis) -> Value:
    """Gradient of a running product. Each entry is multiplied by the product before it, and by all that follow."""
    found = backwards(rows(g, axis), rows(x, axis)) * preceding(rows(out, axis), 1.0)
    return np.reshape(rows(found, axis), np.shape(x))


def cumprod_push(t: Value, out: Value, x: Value, axis: Axis) -> Value:
    """Tangent of a running product: P[i] = x[i]·P[i-1] has the tangent x[i]·T[i-1] + t[i]·P[i-1]."""
    return rows(recurrence(rows(x, axis), rows(t, axis) * preceding(rows(out, axis), 1.0)), axis)


general(
    np.cumprod,
    [lambda g, out, x, axis=None: cumprod_back(g, out, x, axis)],
    [lambda t, out, x, axis=None: cumprod_push(t, out, x, axis)],
)


def array_api(run: Any, start: float) -> Any:
    """np.cumulative_sum and np.cumulative_prod, which can begin with the value for no entry at all."""

    def cumulative(
        x: Value, /, *, axis: Axis = None, dtype: None = None, out: None = None, include_initial: bool = False
    ) -> Value:
        refuse_keywords(f"cumulative_{run.__name__[3:]}", dtype=dtype, out=out)
        if axis is None and np.ndim(x) > 1:
            raise ValueError("a running sum or product needs an axis unless there is only one")
        axis = line(np.shape(x), axis)
        result = run(x, axis=axis)
        if not include_initial:
            return result
        first = np.full((*np.shape(x)[:axis], 1, *np.shape(x)[axis + 1 :]), start, x.dtype)
        return np.concatenate([first, result], axis=axis)

    return cumulative


composite(np.nancumsum, lambda a, axis=None, dtype=None, out=None: nan_as(np.cumsum, 0.0, a, axis, dtype, out))
composite(np.nancumprod, lambda a, axis=None, dtype=None, out=None: nan_as(np.cumprod, 1.0, a, axis, dtype, out))
composite("np.cumulative_sum", array_api(np.cumsum, 0.0))  # NumPy 2.1
composite("np.cumulative_prod", array_api(np.cumprod, 1.0))


def nan_as(run: Any, value: float, a: Value, axis: Axis, dtype: None, out: None) -> Value:
    """A running sum or product in which nan counts as `value`."""
    refuse_keywords(f"nan{run.__name__}", dtype=dtype, out=out)
    return run(np.where(np.isnan(a), value, a), axis=axis)


# --- differences ---------------------------------------------------------------------------------------------------


def pairs(a: Value, axis: int) -> tuple[Any, Any]:
    """Each entry but the first, and the one before it."""
    return a[slicing(axis, 1, None)], a[slicing(axis, None, -1)]


def diff(a: Value, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Value:
    """The n-th difference along an axis."""
    if n == 0:
        return a
    if n < 0 or np.ndim(a) == 0:
        raise ValueError("diff needs an order that is not negative, and at least one axis")
    a, axis = operand(a), normalize_axis_index(axis, np.ndim(a))
    ends = (*np.shape(a)[:axis], 1, *np.shape(a)[axis + 1 :])
    joined = [np.broadcast_to(x, ends) if np.ndim(x) == 0 else x for x in (prepend, a, append) if not missing(x)]
    a = np.concatenate(joined, axis=axis) if len(joined) > 1 else a
    change = np.not_equal if a.dtype == bool else np.subtract
    for _ in range(n):
        a = change(*pairs(a, axis))
    return a


def missing(x: Value) -> bool:
    """Whether an optional operand was left out."""
    return x is None or x is np._NoValue


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Value:
    """The differences of the flattened array, between two given ends."""
    middle = diff(np.reshape(ary, -1))
    parts = [x if x is middle else np.reshape(x, -1) for x in (to_begin, middle, to_end) if x is not None]
    return np.concatenate(parts).astype(measured(middle).dtype) if len(parts) > 1 else middle


def trapezoid(y: Value, x: Value = None, dx: Any = 1.0, axis: int = -1) -> Value:
    """The integral by trapezia; differentiable by the places x as well."""
    y = operand(y)
    along = normalize_axis_index(axis, np.ndim(y))
    after, before = pairs(y, along)
    if x is not None:
        column = (-1,) + (1,) * (np.ndim(y) - along - 1)
        dx = np.reshape(diff(x), column) if np.ndim(x) == 1 else diff(x, axis=axis)
    return np.sum(dx * (after + before) / 2, axis=axis)  # x may have more axes than y: `axis` is one of either


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Value:
    """The slopes of a sampled function, along each axis: central differences, one-sided ones at the ends."""
    f = measured(f)
    axes = tuple(range(np.ndim(f))) if axis is None else normalize_axis_tuple(axis, np.ndim(f))
    for_all = len(varargs) == 1 and np.ndim(varargs[0]) == 0
    spacings = varargs * len(axes) if for_all else varargs or (1.0,) * len(axes)
    if len(spacings) != len(axes):
        raise TypeError("np.gradient takes one spacing, or the spacing or the places of the samples for each axis")
    for k, h in zip(axes, spacings, strict=True):
        if np.ndim(h) and np.shape(h) != np.shape(f)[k : k + 1]:
            raise ShapeError(
                f"gradient needs {np.shape(f)[k]} places along axis {k}, one per sample, but got {np.shape(h)}."
            )
    slopes = tuple(np.swapaxes(slope(np.swapaxes(f, 0, a), h, edge_order), 0, a) for a, h in zip(axes, spacings))
    return slopes[0] if len(slopes) == 1 else slopes


def slope(f: Any, spacing: Any, edge_order: int) -> Value:
    """The slopes along the first axis; `spacing` is a step, or the places of the samples."""
    n = np.shape(f)[0]
    if n <= edge_order or edge_order not in (1, 2):
        raise ValueError("np.gradient needs edge_order 1 or 2, and more samples than that")
    inside, start, end = uniform(f, spacing, edge_order) if np.ndim(spacing) == 0 else at_places(f, spacing, edge_order)
    found = np.concatenate([start, inside, end])
    return found if found.dtype == f.dtype else found.astype(f.dtype)


def uniform(f: Any, h: Any, edge_order: int) -> tuple[Any, Any, Any]:
    """The slopes inside and at both ends, for samples a step apart, summed as by NumPy."""
    inside = (f[2:] - f[:-2]) / (2.0 * h)
    if edge_order == 1:
        return inside, (f[1:2] - f[:1]) / h, (f[-1:] - f[-2:-1]) / h
    start = -1.5 / h * f[:1] + 2.0 / h * f[1:2] + -0.5 / h * f[2:3]
    return inside, start, 0.5 / h * f[-3:-2] + -2.0 / h * f[-2:-1] + 1.5 / h * f[-1:]


def at_places(f: Any, places: Any, edge_order: int) -> tuple[Any, Any, Any]:
    """The same for samples at places: slopes of the parabola through three neighbours.

    Constant places that are the same step apart are that step; Tensors are not, since one of them may move alone, nor
    are places that a program is compiled for, which may be others at the next call.
    """
    step = diff(measured(places))
    if type(step) is np.ndarray and (step == step[0]).all():
        return uniform(f, step[0], edge_order)
    h = np.reshape(step, (-1,) + (1,) * (np.ndim(f) - 1))
    a, b = h[:-1], h[1:]
    inside = -b / (a * (a + b)) * f[:-2] + (b - a) / (a * b) * f[1:-1] + a / (b * (a + b)) * f[2:]
    if edge_order == 1:
        return inside, (f[1:2] - f[:1]) / h[:1], (f[-1:] - f[-2:-1]) / h[-1:]
    a, b = h[:1], h[1:2]
    start = -(2.0 * a + b) / (a * (a + b)) * f[:1] + (a + b) / (a * b) * f[1:2] + -a / (b * (a + b)) * f[2:3]
    a, b = h[-2:-1], h[-1:]
    end = b / (a * (a + b)) * f[-3:-2] + -(a + b) / (a * b) * f[-2:-1] + (2.0 * b + a) / (b * (a + b)) * f[-1:]
    return inside, start, end


composite(np.diff, diff)
composite(np.ediff1d, ediff1d)
composite(np.trapezoid, trapezoid)
composite(np.gradient, gradient)
