"""Operators that move entries, and leave them as they are."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import Any

import numpy as np

from nn.onnx.operators.row import along, axes_of, defines, ints, operator, plain

operator("Concat", lambda *arrays, axis: np.concatenate(arrays, axis=axis))
operator("Expand", lambda x, shape: np.broadcast_to(x, np.broadcast_shapes(np.shape(x), ints(shape))))
operator("Flatten", lambda x, axis=1: np.reshape(x, (prod(np.shape(x)[:axis]), -1) if axis else (1, -1)))
operator("Tile", lambda x, repeats: np.tile(x, ints(repeats)), since=6)
operator("Transpose", lambda x, perm=None: np.transpose(x, perm))


@defines("Reshape")
def reshape(x: Any, shape: Any, *, allowzero: int = 0) -> Any:
    """In another shape; 0 stands for the size that there was."""
    old = np.shape(x)
    new = tuple(old[i] if n == 0 and not allowzero else n for i, n in enumerate(ints(shape)))
    return np.reshape(x, new)


@defines("Squeeze")
def squeeze(x: Any, axes: Any = None) -> Any:
    """Without axes of size 1."""
    return np.squeeze(x, axis=None if axes is None else axes_of(axes, np.ndim(x)))


@defines("Unsqueeze")
def unsqueeze(x: Any, axes: Any) -> Any:
    """With axes of size 1, numbered as in the result."""
    return np.expand_dims(x, axes_of(axes, np.ndim(x) + len(ints(axes))))


@defines("Split")
def split(x: Any, split: Any = None, *, axis: int = 0, num_outputs: int | None = None, n_outputs: int = 1) -> Any:
    """Parts of sizes that are given, or of equal sizes, of which the last may be smaller."""
    axis %= np.ndim(x)
    if split is None:
        each = -(-np.shape(x)[axis] // (num_outputs or n_outputs))
        ends = [min(each * k, np.shape(x)[axis]) for k in range((num_outputs or n_outputs) + 1)]
    else:
        ends = [0, *np.cumsum(ints(split)).tolist()]
    return tuple(x[along(axis, slice(a, b))] for a, b in pairwise(ends))


@defines("Slice")
def slice_(x: Any, starts: Any, ends: Any, axes: Any = None, steps: Any = None) -> Any:
    """x[start:end:step] along some axes; where a step is negative, what lies before the beginning is the beginning."""
    shape = np.shape(x)
    starts, ends = ints(starts), ints(ends)
    chosen = range(len(starts)) if axes is None else axes_of(axes, len(shape))
    each = (1,) * len(starts) if steps is None else ints(steps)
    index = [slice(None)] * len(shape)
    for axis, start, end, step in zip(chosen, starts, ends, each, strict=True):
        if step < 0:  # NumPy takes nothing where it starts before the beginning
            start, end = max(start, -shape[axis]), None if end < -shape[axis] else end
        index[axis] = slice(start, end, step)
    return x[tuple(index)]


@defines("Pad")
def pad(x: Any, pads: Any, value: Any = None, axes: Any = None, *, mode: str = "constant") -> Any:
    """With a border: of one number, or of entries of x. Negative widths cut off."""
    ndim, pads = np.ndim(x), ints(pads)
    chosen = tuple(range(ndim)) if axes is None else axes_of(axes, ndim)
    before, after = [0] * ndim, [0] * ndim
    for i, axis in enumerate(chosen):
        before[axis], after[axis] = pads[i], pads[len(chosen) + i]
    if min(pads, default=0) < 0:
        x = x[tuple(slice(max(-a, 0), n - max(-b, 0)) for a, b, n in zip(before, after, np.shape(x), strict=True))]
    widths = [(max(a, 0), max(b, 0)) for a, b in zip(before, after, strict=True)]
    if mode != "constant":
        return np.pad(x, widths, mode)  # type: ignore[call-overload]
    return np.pad(x, widths, constant_values=0 if value is None else np.reshape(plain(value), ()).item())


@defines("CenterCropPad")
def center_crop_pad(x: Any, shape: Any, *, axes: Any = None) -> Any:
    """Cut off or padded with zeros on both sides, to these sizes."""
    chosen = tuple(range(np.ndim(x))) if axes is None else axes_of(axes, np.ndim(x))
    for axis, new in zip(chosen, ints(shape), strict=True):
        old = np.shape(x)[axis]
        start = abs(new - old) // 2
        if new < old:
            x = x[along(axis, slice(start, start + new))]
        elif new > old:
            x = np.pad(x, [(start, new - old - start) if k == axis else (0, 0) for k in range(np.ndim(x))])
    return x


@defines("DepthToSpace")
def depth_to_space(x: Any, *, blocksize: int, mode: str = "DCR") -> Any:
    """Channels as blocks of pixels: (N, C, H, W) -> (N, C/b², H b, W b)."""
    n, c, h, w = np.shape(x)
    b = blocksize
    if mode == "DCR":
        moved = np.transpose(np.reshape(x, (n, b, b, c // b**2, h, w)), (0, 3, 4, 1, 5, 2))
    else:
        moved = np.transpose(np.reshape(x, (n, c // b**2, b, b, h, w)), (0, 1, 4, 2, 5, 3))
    return np.reshape(moved, (n, c // b**2, h * b, w * b))


@defines("SpaceToDepth")
def space_to_depth(x: Any, *, blocksize: int, mode: str = "DCR") -> Any:
    """Blocks of pixels as channels: (N, C, H, W) -> (N, C b², H/b, W/b)."""
    n, c, h, w = np.shape(x)
    b = blocksize
    order = (0, 3, 5, 1, 2, 4) if mode == "DCR" else (0, 1, 3, 5, 2, 4)
    moved = np.transpose(np.reshape(x, (n, c, h // b, b, w // b, b)), order)
    return np.reshape(moved, (n, c * b**2, h // b, w // b))


@defines("ReverseSequence")
def reverse_sequence(x: Any, sequence_lens: Any, *, batch_axis: int = 1, time_axis: int = 0) -> Any:
    """The first so many steps of each sequence in reverse."""
    steps = np.arange(np.shape(x)[time_axis])
    lengths = np.asarray(plain(sequence_lens))[:, None]
    order = np.where(steps < lengths, lengths - 1 - steps, steps)  # (batch, time)
    order = order if batch_axis < time_axis else order.T
    form = [n if axis in (batch_axis, time_axis) else 1 for axis, n in enumerate(np.shape(x))]
    return np.take_along_axis(x, np.broadcast_to(order.reshape(form), np.shape(x)), axis=time_axis)


@defines("Trilu")
def triangle(x: Any, k: Any = None, *, upper: int = 1) -> Any:
    """The entries on and above the k-th diagonal, or on and below it; 0 elsewhere."""
    first = 0 if k is None else ints(k)[0]
    return np.triu(x, first) if upper else np.tril(x, first)
