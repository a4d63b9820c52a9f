"""Joining arrays and taking them apart: by concatenate and stack, which are rows, and by indices."""

from collections.abc import Callable
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.core.convert import plain_index
from autograd.core.op import SHAPE
from autograd.core.types import Value
from autograd.errors import DtypeError, ShapeError, Unsupported, describe
from autograd.rules.declare import composite, linear, variadic
from autograd.rules.special import cast, identity
from autograd.rules.variadic import AtOnce, Together


def cut(*shapes: tuple[int, ...], axis: int) -> Callable[[int, Any], Any]:
    """What takes the i-th operand out of the joined array again."""
    axis %= len(shapes[0])
    ends = list(accumulate((shape[axis] for shape in shapes), initial=0))
    return lambda i, g: g[along(axis, slice(ends[i], ends[i + 1]))]


def along(axis: int, index: Any) -> tuple[Any, ...]:
    """`index` on one axis, all of the others."""
    return (slice(None),) * axis + (index,)


def only_defaults(name: str, out: Value = None, dtype: Any = None, casting: str = "same_kind") -> None:
    """Refuse what the joining functions can be told of the result."""
    for keyword, given in (("out", out is not None), ("dtype", dtype is not None), ("casting", casting != "same_kind")):
        if given:
            raise Unsupported(
                f"numpy.{name}({keyword}=…) is not supported on Tensors: the result is a new Tensor, in the dtype that "
                "its operands have in common. t.astype(…) gives another."
            )


def joined(arrays: Any, /, axis: int | None = 0, out: Value = None, **how: Any) -> tuple[Any, dict[str, Any]]:
    """The arguments of np.concatenate; axis None joins the flattened operands."""
    only_defaults("concatenate", out, **how)
    if axis is None:
        return tuple(np.reshape(a, -1) for a in arrays), {"axis": 0}
    return tuple(arrays), {"axis": axis}


def stacked(arrays: Any, axis: int = 0, out: Value = None, **how: Any) -> tuple[Any, dict[str, Any]]:
    """The arguments of np.stack."""
    only_defaults("stack", out, **how)
    return tuple(arrays), {"axis": axis}


def moving(tangents: Any, shapes: Any) -> list[Any]:
    """The tangents of all operands: 0 for those that have none."""
    return [np.zeros(shape) if t is None else t for t, shape in zip(tangents, shapes, strict=True)]


variadic(
    np.concatenate,
    Together(cut),
    AtOnce(lambda tangents, *shapes, axis: np.concatenate(moving(tangents, shapes), axis)),
    SHAPE,
    {"axis": 0},
    prepare=joined,
)
variadic(
    np.stack,
    Together(lambda *_, axis: lambda i, g: g[along(axis % g.ndim, i)]),
    AtOnce(lambda tangents, *shapes, axis: np.stack(moving(tangents, shapes), axis)),
    SHAPE,
    {"axis": 0},
    prepare=stacked,
)


# --- more ways of joining ---------------------------------------------------------------------------------------------


def vstack(tup: Any, **how: Any) -> Value:
    """np.vstack: the arrays as rows."""
    only_defaults("vstack", **how)
    return np.concatenate([np.atleast_2d(a) for a in tup])


def hstack(tup: Any, **how: Any) -> Value:
    """np.hstack: along the columns; vectors one after the other."""
    only_defaults("hstack", **how)
    arrays = [np.atleast_1d(a) for a in tup]
    return np.concatenate(arrays, axis=0 if arrays and np.ndim(arrays[0]) == 1 else 1)


def column(a: Value) -> Value:
    """A vector as a column; a matrix as it is."""
    return a if np.ndim(a) >= 2 else np.reshape(a, (-1, 1))


def block(arrays: Any) -> Value:
    """np.block: the innermost lists are joined along the last axis, those around them along the one before."""
    leaves = [(a, len(depths)) for a, depths in entries(arrays)]
    depth = leaves[0][1]
    if any(d != depth for _, d in leaves):
        raise ShapeError(f"block: the lists must be nested equally deep; the depths are {[d for _, d in leaves]}.")
    ndim = max(depth, *(np.ndim(a) for a, _ in leaves))

    def build(a: Value, level: int) -> Value:
        if isinstance(a, list):
            return np.concatenate([build(x, level + 1) for x in a], axis=level - depth)
        return np.reshape(a, (1,) * (ndim - np.ndim(a)) + np.shape(a))

    return build(arrays, 0)


def entries(nested: Any, place: tuple[int, ...] = ()) -> list[tuple[Any, tuple[int, ...]]]:
    """What stands in nested lists, each with its place."""
    if isinstance(nested, tuple):
        raise Unsupported("block takes nested lists; a tuple is ambiguous.")
    if not isinstance(nested, list):
        return [(nested, place)]
    if not nested:
        raise ShapeError("block: a list is empty.")
    return [found for i, x in enumerate(nested) for found in entries(x, (*place, i))]


composite(np.vstack, vstack)
composite(np.hstack, hstack)
composite(np.dstack, lambda tup: np.concatenate([np.atleast_3d(a) for a in tup], axis=2))
composite(np.column_stack, lambda tup: np.concatenate([column(a) for a in tup], axis=1))
composite(np.block, block)
composite(np.append, lambda arr, values, axis=None: np.concatenate((arr, values), axis=axis))


# --- taking apart -----------------------------------------------------------------------------------------------------


def pieces(function: Any, ary: Any, indices_or_sections: Any, axis: int) -> list[Any]:
    """What np.split and np.array_split give, by slices: NumPy splits the positions."""
    axis = normalize_axis_index(axis, np.ndim(ary))
    runs = function(np.arange(np.shape(ary)[axis]), plain_index(indices_or_sections))
    return [ary[along(axis, slice(int(r[0]), int(r[-1]) + 1) if len(r) else slice(0, 0))] for r in runs]


composite(np.split, lambda ary, indices_or_sections, axis=0: pieces(np.split, ary, indices_or_sections, axis))
composite(
    np.array_split, lambda ary, indices_or_sections, axis=0: pieces(np.array_split, ary, indices_or_sections, axis)
)
composite(np.vsplit, lambda ary, indices_or_sections: pieces(np.split, with_axes(2, ary), indices_or_sections, 0))
composite(
    np.hsplit, lambda ary, indices_or_sections: pieces(np.split, ary, indices_or_sections, min(np.ndim(ary), 2) - 1)
)
composite(np.dsplit, lambda ary, indices_or_sections: pieces(np.split, with_axes(3, ary), indices_or_sections, 2))
composite("np.unstack", lambda x, /, *, axis=0: tuple(np.moveaxis(x, axis, 0)))  # NumPy 2.1


def with_axes(n: int, ary: Any) -> Value:
    """The array itself, if it has n axes."""
    if np.ndim(ary) < n:
        raise ShapeError(f"{'  vd'[n]}split needs at least {n} axes, but got an array of shape {np.shape(ary)}.")
    return ary


# --- putting in and leaving out ---------------------------------------------------------------------------------------


def insert(arr: Any, obj: Any, values: Value, axis: int | None = None) -> Value:
    """np.insert: the values are joined on at the end, and an index then brings them to their places."""
    arr, obj = np.asarray(arr) if isinstance(arr, (list, tuple)) else arr, plain_index(obj)
    if isinstance(obj, (bool, np.bool_)):
        raise DtypeError(f"insert needs integers to say where, but got {obj}. For a mask: np.flatnonzero(mask).")
    if axis is None:
        arr, axis = np.reshape(arr, -1), 0
    shape = np.shape(arr)
    axis = normalize_axis_index(axis, len(shape))
    values = np.reshape(values, (1,) * (len(shape) - np.ndim(values)) + np.shape(values))
    places = np.arange(shape[axis])
    many = np.insert(places, obj, 0).size - places.size
    if np.ndim(obj) == 0 and not isinstance(obj, slice):
        values = np.moveaxis(values, 0, axis)
    if many == 1:  # one place takes as many as there are
        many = np.shape(values)[axis]
    values = np.broadcast_to(values, (*shape[:axis], many, *shape[axis + 1 :]))
    dtype = arr.dtype
    if dtype.kind == "f" and values.dtype != dtype:  # integers become floats, where NumPy would round the values
        values = cast(values, dtype)
    order = np.insert(places, obj, shape[axis] + np.arange(many))
    return np.concatenate((arr, values), axis=axis)[along(axis, order)]


def delete(arr: Any, obj: Any, axis: int | None = None) -> Value:
    """np.delete: an index of what stays."""
    if axis is None:
        arr, axis = np.reshape(arr, -1), 0
    axis = normalize_axis_index(axis, np.ndim(arr))
    return arr[along(axis, np.delete(np.arange(np.shape(arr)[axis]), plain_index(obj)))]


composite(np.insert, insert)
composite(np.delete, delete)


# --- padding ----------------------------------------------------------------------------------------------------------


def zero_pad(x: Value, widths: Any) -> Value:
    """x with zeros around it: so many before and after, for each axis.

    >>> zero_pad(np.array([1.0, 2.0]), [(1, 2)])
    array([0., 1., 2., 0., 0.])
    """
    return np.pad(x, widths)


zero_pad = linear(
    zero_pad,
    lambda g, x_shape, widths: g[tuple(slice(a, a + n) for (a, _), n in zip(widths, x_shape))],
)


def pad(array: Value, pad_width: Any, mode: Any = "constant", **how: Any) -> Value:
    """np.pad, in the modes of which the result is linear in the entries."""
    shape = np.shape(array)
    widths = sides(pad_width, describe(array, getattr(array, "name", None)), len(shape))
    one_of_its_own = ("edge", "reflect", "symmetric", "wrap")
    if mode not in ("constant", "linear_ramp", *one_of_its_own) or how.get("reflect_type", "even") != "even":
        raise Unsupported(
            f"numpy.pad(mode={mode!r}{''.join(f', {k}=…' for k in how)}) is not supported on Tensors; supported: "
            "constant, linear_ramp, edge, wrap, and reflect and symmetric of the even type. "
            "Others: join the borders on with np.concatenate."
        )
    if shape == ():
        return identity(array)
    if mode == "linear_ramp":
        return ramped(array, widths, **how)
    if mode in one_of_its_own:  # each entry is one of the array's: NumPy pads their positions
        return np.reshape(array, -1)[np.pad(np.arange(np.size(array)).reshape(shape), widths, mode, **how)]
    padded = zero_pad(array, widths)
    if not np.any(how.get("constant_values", 0)) and how.keys() <= {"constant_values"}:
        return padded
    border = np.pad(np.zeros(shape, array.dtype), widths, **how)
    return np.where(np.pad(np.ones(shape, bool), widths), padded, border)


def sides(pad_width: Any, of: str, ndim: int) -> list[tuple[int, int]]:
    """The widths of padding, (before, after) for each axis; `of` says in errors what is padded."""
    widths: Any = pad_width
    if isinstance(pad_width, dict):
        widths = [(0, 0)] * ndim
        for axis, width in pad_width.items():
            widths[normalize_axis_index(axis, ndim)] = np.broadcast_to(width, 2).tolist()
    numbers = np.asarray(widths)
    if numbers.dtype.kind != "i" and (ndim or numbers.size):
        raise DtypeError(f"pad needs integers as widths, but got {pad_width!r} for {of}.")
    if np.any(numbers < 0):
        raise ShapeError(
            f"pad needs widths of at least 0, but got {pad_width!r} for {of}. To cut entries off, use an index."
        )
    return pairs(numbers.astype(int), ndim)


def pairs(values: Value, ndim: int) -> list[Any]:
    """NumPy's short forms written out: one (before, after) for each axis."""
    return [tuple(pair) for pair in np.broadcast_to(values, (ndim, 2)).tolist()]


def ramped(array: Value, widths: list[Any], end_values: Any = 0) -> Value:
    """Axis by axis, straight lines from the end values up to the edge."""
    for axis, ((before, after), ends) in enumerate(zip(widths, pairs(end_values, len(widths)), strict=True)):
        if np.shape(array)[axis] == 0 < before + after:
            raise ShapeError(f"pad: axis {axis} of an array of shape {np.shape(array)} has no edge to start from.")
        first, last = array[along(axis, slice(0, 1))], array[along(axis, slice(-1, None))]
        rise, fall = ramp(before, axis, array), np.flip(ramp(after, axis, array))
        array = np.concatenate([ends[0] + (first - ends[0]) * rise, array, ends[1] + (last - ends[1]) * fall], axis)
    return array


def ramp(width: int, axis: int, array: Value) -> Value:
    """0, 1/width, … along the axis, in the array's precision."""
    line = np.arange(width, dtype=array.dtype) / max(width, 1)
    return np.reshape(line.astype(array.dtype), (width,) + (1,) * (np.ndim(array) - 1 - axis))


composite(np.pad, pad)
