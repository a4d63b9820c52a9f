"""The form of arrays: axes, joining, padding."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from autograd.rules.joining import zero_pad
from nn.onnx.emitters.table import axes_of, emits, ndim
from nn.onnx.traced import Value
from nn.onnx.writer import Name, Writer


@emits(np.reshape)
def _reshape(writer: Writer, step: Value, x: Any, **_: Any) -> Name:
    return writer.shape(writer.value(x), step.shape)


@emits(np.squeeze, np.expand_dims)
def _other_axes(writer: Writer, step: Value, x: Any, axis: Any = None) -> Name:
    return writer.shape(writer.value(x), step.shape)


@emits(np.transpose)
def _transpose(writer: Writer, step: Value, x: Any, axes: Any = None) -> Name:
    n = ndim(x)
    order = range(n)[::-1] if axes is None else [int(a) % n for a in axes]
    return writer.transpose(writer.value(x), list(order))


@emits(np.swapaxes)
def _swapaxes(writer: Writer, step: Value, x: Any, axis1: int, axis2: int) -> Name:
    order = list(range(ndim(x)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return writer.transpose(writer.value(x), order)


@emits(np.broadcast_to)
def _broadcast(writer: Writer, step: Value, x: Any, shape: Any) -> Name:
    operand = writer.value(x)
    return writer.node("Expand", operand, writer.sizes(step.shape), kind=writer.kinds[operand])


@emits(np.concatenate)
def _concatenate(writer: Writer, step: Value, *arrays: Any, axis: int = 0) -> Name:
    parts = [writer.value(x, step.kind) for x in arrays]
    return writer.node("Concat", *parts, kind=step.kind, axis=int(axis))


@emits(np.stack)
def _stack(writer: Writer, step: Value, *arrays: Any, axis: int = 0) -> Name:
    at = writer.sizes([int(axis) % len(step.shape)])
    parts = [writer.node("Unsqueeze", writer.value(x, step.kind), at, kind=step.kind) for x in arrays]
    return writer.node("Concat", *parts, kind=step.kind, axis=int(axis) % len(step.shape))


@emits(zero_pad)
def _zero_pad(writer: Writer, step: Value, x: Any, widths: Any) -> Name:
    pads = [before for before, _ in widths] + [after for _, after in widths]
    return writer.node("Pad", writer.value(x, "f"), writer.sizes(pads))


@emits(np.flip)
def _flip(writer: Writer, step: Value, x: Any, axis: Any = None) -> Name:
    axes = axes_of(axis, ndim(x))
    operand, n = writer.value(x), len(axes)
    far = np.iinfo(np.int64).min
    bounds = (writer.sizes([-1] * n), writer.sizes([far] * n), writer.sizes(axes), writer.sizes([-1] * n))
    return writer.node("Slice", operand, *bounds, kind=writer.kinds[operand])


@emits(np.tril, np.triu)
def _triangle(writer: Writer, step: Value, x: Any, k: int = 0) -> Name:
    at = writer.constant(np.asarray(k), "i")
    return writer.node("Trilu", writer.value(x, "f"), at, upper=int(step.call is np.triu))


@emits(np.take_along_axis)
def _take_along_axis(writer: Writer, step: Value, x: Any, indices: Any, axis: int) -> Name:
    places = writer.node("Expand", writer.value(indices, "i"), writer.sizes(step.shape), kind="i")
    operand = writer.value(x)
    return writer.node("GatherElements", operand, places, kind=writer.kinds[operand], axis=int(axis) % ndim(x))


@emits(np.roll)
def _roll(writer: Writer, step: Value, x: Any, shift: Any, axis: Any = None) -> Name:
    """Axis by axis, what falls off at the end is joined on at the beginning."""
    axes, shape = axes_of(axis, ndim(x)), list(step.shape)
    shifts = list(shift) if isinstance(shift, (tuple, list)) else [shift] * len(axes)
    if axis is None or any(not isinstance(shape[axis], int) for axis in axes):
        raise ag.Unsupported("nn.onnx.save needs np.roll along axes of features, but got one of samples, or none.")
    out = writer.value(x)
    kind = writer.kinds[out]
    for axis, by in zip(axes, shifts, strict=True):
        first = -by % shape[axis]
        far, at, one = writer.sizes([np.iinfo(np.int64).max]), writer.sizes([axis]), writer.sizes([first])
        end = writer.node("Slice", out, one, far, at, kind=kind)
        start = writer.node("Slice", out, writer.sizes([0]), one, at, kind=kind)
        out = writer.node("Concat", end, start, kind=kind, axis=axis)
    return out


@emits(np.zeros_like, np.ones_like, np.full_like)
def _filled(writer: Writer, step: Value, x: Any, fill_value: Any = None, **_: Any) -> Name:
    number = {np.zeros_like: 0, np.ones_like: 1}.get(step.call, fill_value)  # type: ignore[arg-type]
    return writer.node("Expand", writer.constant(number, step.kind), writer.sizes(step.shape), kind=step.kind)
