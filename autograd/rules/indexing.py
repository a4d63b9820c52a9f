"""Picking entries out, putting them in, choosing between arrays. Picking and scattering are each other's adjoint."""

from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from autograd.core.convert import plain_index
from autograd.core.op import OPS, TRACED
from autograd.core.types import Value
from autograd.errors import DataError, DtypeError, GraphError, IndexingError, ShapeError, Undecided, describe
from autograd.rules.arguments import mode_of
from autograd.rules.declare import composite, constant, general, linear, refuse
from autograd.rules.reductions import refuse_keywords

__all__ = ["embedding", "put"]


def is_known(x: Value) -> bool:
    """Whether it is plain numbers, rather than what stands for them while a program is read off a function."""
    return type(x) not in TRACED


def getitem(x: Value, index: Any) -> Value:
    """x[index], for any index that NumPy takes."""
    try:
        return np.asarray(x)[index]  # a scalar is a Python float, which takes no index
    except Undecided:  # a plain array, at places that only stand for numbers while a program is read off a function
        kind = next((type(part) for part in parts(index) if not is_known(part)), None)
        if kind is None:
            raise
        return kind.run(OPS[getitem], (x,), {"index": index})


def scatter(g: Value, index: Any, shape: tuple[int, ...]) -> Value:
    """Zeros of `shape` with `g` added at `index`; an entry that is picked twice receives both shares.

    >>> scatter(np.array([1.0, 2.0, 3.0]), [0, 0, 2], (4,))
    array([3., 0., 3., 0.])
    """
    g = np.asarray(g)
    out = np.zeros(shape, g.dtype)
    if not may_repeat(index):
        try:
            out[index] = g
        except ValueError:
            raise GraphError(
                f"A gradient of shape {g.shape} arrives at an index that now picks {out[index].shape} of {shape}: the "
                "index or mask was changed after it was used. Use a copy of it; ag.guard() finds the line."
            ) from None
    elif g.size < 2000:
        np.add.at(out, index, g)
    else:  # the positions cost 20 µs, but adding at those of a flat array takes a fifth of the time of adding by rows
        np.add.at(out.reshape(-1), np.ravel(places(index, shape)), np.ravel(g))
    return out


def scatter_along(g: Value, indices: Any, axis: int | None, shape: tuple[int, ...]) -> Value:
    """Zeros of `shape` with `g` added where np.take_along_axis picks."""
    return scatter(g, along(indices, shape, axis), shape)


def put(x: Value, index: Any, values: Value) -> Value:
    """x with `values` at `index`, as a new array: what `x[index] = values` leaves behind. Differentiable by both.

    x, values   values are repeated as an assignment does, and take the dtype of x if that is floating;
                where an index stands twice, the last one counts
    index       whatever NumPy takes as an index

    >>> put(np.zeros(3), [0, 2], np.array([1.0, 2.0]))
    array([1., 0., 2.])
    """
    dtype = np.asarray(x).dtype
    out = np.array(x, dtype if dtype.kind == "f" else np.result_type(dtype, values), order="C")
    if may_repeat(index):  # one after the other, in the order of the index: `surviving` counts on it
        positions = places(index, out.shape)
        out.reshape(-1)[np.ravel(positions)] = np.ravel(np.broadcast_to(values, positions.shape))
    else:
        out[index] = values
    return out


def parts(index: Any) -> tuple[Any, ...]:
    """The index, axis by axis."""
    return index if isinstance(index, tuple) else (index,)


def may_repeat(index: Any) -> bool:
    """Whether an entry can be picked more than once: by integer arrays alone; slices and masks pick each once."""
    return any(np.ndim(p) > 0 and np.asarray(p).dtype != bool for p in parts(index) if not isinstance(p, slice))


def places(index: Any, shape: tuple[int, ...]) -> Value:
    """The positions in the flat array that an index picks.

    Where only integers are given, for the first axes, those axes are numbered, and whole rows follow: so an embedding
    need not number its whole table.
    """
    by_rows = all(np.ndim(p) > 0 and np.asarray(p).dtype.kind in "iu" for p in parts(index))
    first = len(parts(index)) if by_rows else len(shape)
    rows = np.arange(np.prod(shape[:first], dtype=int)).reshape(shape[:first])[index]
    if first == len(shape):
        return rows
    width = int(np.prod(shape[first:]))
    columns = np.arange(width).reshape(shape[first:])
    return np.reshape(rows, (*rows.shape, *(1,) * columns.ndim)) * width + columns


def surviving(g: Value, index: Any, shape: tuple[int, ...]) -> Value:
    """What of g belongs to values that were not overwritten by a later one at the same place."""
    if not may_repeat(index):
        return g
    positions = places(index, shape)
    last = np.zeros(shape, int)
    last.reshape(-1)[np.ravel(positions)] = np.arange(positions.size)
    return np.where(last.reshape(-1)[positions] == np.arange(positions.size).reshape(positions.shape), g, 0.0)


getitem = linear(getitem, lambda g, x_shape, index: scatter(g, index, x_shape))
scatter = linear(scatter, lambda g, _x, index, shape: getitem(g, index))
put = general(
    put,
    [
        lambda g, _out, _x, _values, index: put(g, index, 0.0),
        lambda g, _out, x_shape, _values, index: surviving(getitem(g, index), index, x_shape),
    ],
    [
        lambda t, _out, _x, _values, index: put(t, index, 0.0),
        lambda t, _out, x_shape, _values, index: put(np.zeros(x_shape), index, t),
    ],
    kernel=lambda x, values, index: put(x, index, values),
    prepare=lambda x, index, values: ((x, values), {"index": plain_index(index)}),
)
scatter_along = linear(
    scatter_along, lambda g, _x, indices, axis, shape: np.take_along_axis(g, indices, axis), None, jointly=True
)
linear(
    np.take_along_axis,
    lambda g, x_shape, indices, axis: scatter_along(g, indices, axis, x_shape),
    None,
    jointly=True,
    kernel=lambda x, indices, axis: np.take_along_axis(np.asarray(x), indices, axis),
    # Only NumPy 2.3 has a default for the axis, so what is recorded, and printed, always names it.
    prepare=lambda arr, indices, axis=-1: ((arr, indices), {"axis": axis}),
)


def along(indices: Any, shape: tuple[int, ...], axis: int | None) -> Value:
    """The index that np.take_along_axis stands for: `indices` on the axis, each other axis counted through.

    Without an axis the positions are those of the flattened array.
    """
    if axis is None:
        return np.unravel_index(np.asarray(indices) % max(int(np.prod(shape)), 1), shape)
    axis = normalize_axis_index(axis, len(shape))
    counted = [np.reshape(np.arange(n), (-1,) + (1,) * (len(shape) - k - 1)) for k, n in enumerate(shape)]
    return (*counted[:axis], indices, *counted[axis + 1 :])


# --- choosing between arrays ---------------------------------------------------------------------------------------


def three(condition: Any, *branches: Any) -> tuple[Any, dict[str, Any]]:
    """The arguments of np.where; with the condition alone it gives positions."""
    if len(branches) != 2:
        raise TypeError("np.where(condition) alone gives positions; np.nonzero(condition) gives them for a Tensor.")
    return (condition, *branches), {}


linear(
    np.where,
    None,
    lambda g, condition, _x, _y: np.where(condition, g, 0.0),
    lambda g, condition, _x, _y: np.where(condition, 0.0, g),
    jointly=True,
    prepare=three,
)


MODES: dict[Any, str] = {0: "clip", 1: "wrap", 2: "raise"}  # NumPy takes the numbers, too


def bounded(indices: Any, n: int, mode: Any) -> Value:
    """Integers in the range of n entries, as the modes of np.take and np.choose bring them there."""
    indices, mode = plain_index(indices), mode_of(mode, MODES)
    indices = np.asarray(indices) if is_known(indices) else indices
    if indices.dtype.kind != "i":  # True is the number 1 here, and no mask; of an unsigned integer -k would wrap
        indices = indices.astype(int)
    if mode not in MODES.values():
        raise ValueError(f"mode= must be 'raise', 'wrap' or 'clip', but got {mode!r}.")
    if mode == "wrap":
        return indices % n
    return np.clip(indices, 0, n - 1) if mode == "clip" else indices


def take(a: Value, indices: Any, axis: int | None = None, out: None = None, mode: str = "raise") -> Value:
    """Entries or slices at integer positions, in all of NumPy's modes."""
    refuse_keywords("take", out=out)
    given, name = describe(a, getattr(a, "name", None)), "the flattened array" if axis is None else f"axis {axis}"
    a = np.reshape(a, -1) if axis is None or np.ndim(a) == 0 else a
    axis = normalize_axis_index(0 if axis is None else axis, np.ndim(a))
    n = np.shape(a)[axis]
    indices = bounded(indices, n, mode)
    if is_known(indices) and indices.dtype.kind in "iu":
        wrong = indices[(indices < -n) | (indices >= n)]
        if wrong.size:
            raise IndexingError(f"take: index {wrong[0]} is out of bounds for {name} of {given}, with size {n}.")
    return getitem(a, (*(slice(None),) * axis, indices))


def compress(condition: Any, a: Value, axis: int | None = None, out: None = None) -> Value:
    """The slices where the condition is true."""
    if np.ndim(condition) != 1:
        raise ShapeError(f"compress needs a condition with one axis, but got the shape {np.shape(condition)}.")
    return take(a, np.flatnonzero(condition), axis, out)


def choose(a: Value, choices: Any, out: None = None, mode: str = "raise") -> Value:
    """From several arrays: at each place the one whose number stands in `a`."""
    refuse_keywords("choose", out=out)
    if getattr(plain_index(a), "dtype", None) is not None and plain_index(a).dtype.kind == "f":
        raise DtypeError("choose needs integers that say which array to take, but got floating numbers.")
    a = bounded(a, len(choices), mode)
    if is_known(a) and np.any((a < 0) | (a >= len(choices))):
        raise ValueError("invalid entry in choice array")
    chosen = choices[0]
    for k in range(1, len(choices)):
        chosen = np.where(a == k, choices[k], chosen)
    return chosen + np.zeros(np.shape(a), np.int8)  # a single choice takes the shape of `a` as well


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Value:
    """At each place the choice of the first condition that is true there."""
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    chosen = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        chosen = np.where(condition, choice, chosen)
    return chosen


def embedding(table: Any, indices: Any) -> Value:
    """Rows of a table, as columns: table (n, d), integers of shape (…, m) -> (d, …, m).

    >>> embedding(np.array([[1.0, 2.0], [3.0, 4.0]]), [1, 0, 1])
    array([[3., 1., 3.],
           [4., 2., 4.]])
    """
    if np.ndim(table) != 2:
        raise ShapeError(f"A table of embeddings must be (n, d), one row for each index, but got {np.shape(table)}.")
    indices = np.asarray(indices) if is_known(indices) else indices
    if indices.dtype.kind not in "iu":
        raise DtypeError(
            f"Indices into a table must be integers, but got {indices.dtype}. Convert them with .astype(int)."
        )
    n = np.shape(table)[0]
    if not is_known(indices):  # in a program NumPy refuses what is out of range, if -1 is not the last row
        indices = np.where(indices < 0, n, indices)
    elif indices.size and not 0 <= indices.min() <= indices.max() < n:
        raise DataError(
            f"The table has rows 0 to {n - 1}, but the indices run from {indices.min()} to {indices.max()}."
        )
    return getitem(np.transpose(table), (slice(None), indices))


embedding = composite(embedding, embedding)
composite(np.take, take)
composite(np.compress, compress)
composite(np.extract, lambda condition, arr: compress(np.ravel(condition), arr))
composite(np.choose, choose)
composite(np.select, select)
constant(np.nonzero, np.flatnonzero, np.argwhere)

refuse(
    "it writes into its argument, which is not recorded; autograd.put(x, index, values) gives a new Tensor.",
    *(np.put, np.put_along_axis),
)
refuse("its functions are called on parts; write np.where(mask, f(x), g(x)), or np.select.", np.piecewise)
