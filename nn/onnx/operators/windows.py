"""Convolution and pooling: the engine's own, with the samples last, so that axes are turned before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, prod
from typing import Any

import numpy as np

import autograd as ag
from autograd.rules import conv1d_input, conv2d_input, overlay, patches
from nn.onnx.operators.row import defines, operator, plain


def samples_last(x: Any) -> Any:
    """(N, C, …) -> (C, …, N)."""
    return np.moveaxis(x, 0, -1)


def samples_first(x: Any) -> Any:
    """(C, …, N) -> (N, C, …)."""
    return np.moveaxis(x, -1, 0)


@dataclass(frozen=True)
class Frame:
    """Where windows stand, axis by axis: their size, steps and gaps, and what is added before and after.

    beyond   what is added after that for the last windows to be whole, where ceil_mode is on
    """

    size: tuple[int, ...]
    steps: tuple[int, ...]
    gaps: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    beyond: tuple[int, ...]

    @property
    def sides(self) -> tuple[tuple[int, int], ...]:
        """All that is added before and after."""
        return tuple((before, after + more) for (before, after), more in zip(self.padding, self.beyond, strict=True))

    def windows(self, x: Any, sides: Any = None) -> Any:
        """Every window of x (C, …, N): (C, *size, *places, N)."""
        return patches(x, self.size, self.steps, self.sides if sides is None else sides, self.gaps)


def framed(
    shape: Sequence[int],
    size: Sequence[int],
    strides: Sequence[int] | None,
    dilations: Sequence[int] | None,
    pads: Sequence[int] | None,
    auto_pad: str,
    ceil_mode: int = 0,
) -> Frame:
    """The Frame that the attributes of a node ask for, on arrays of this shape."""
    n = len(size)
    steps, gaps = tuple(strides or (1,) * n), tuple(dilations or (1,) * n)
    spans = [(k - 1) * gap + 1 for k, gap in zip(size, gaps, strict=True)]
    if auto_pad.startswith("SAME"):
        totals = [
            max((ceil(length / step) - 1) * step + span - length, 0)
            for length, step, span in zip(shape, steps, spans, strict=True)
        ]
        half = [total // 2 for total in totals]
        sides = [(h, total - h) if auto_pad == "SAME_UPPER" else (total - h, h) for h, total in zip(half, totals)]
    else:
        sides = list(zip(pads[:n], pads[n:], strict=True)) if pads and auto_pad != "VALID" else [(0, 0)] * n
    beyond = [_beyond(*at, ceil_mode) for at in zip(shape, sides, spans, steps, strict=True)]
    return Frame(tuple(size), steps, gaps, tuple(sides), tuple(beyond))


def _beyond(length: int, sides: tuple[int, int], span: int, step: int, ceil_mode: int) -> int:
    """What the last window lacks, if there is to be one that begins within the array or what is before it."""
    room = length + sum(sides) - span
    places = room // step + 1
    if ceil_mode and room % step and places * step < length + sides[0]:
        return places * step - room
    return 0


@defines("Conv")
def conv(
    x: Any,
    W: Any,
    b: Any = None,
    *,
    auto_pad: str = "NOTSET",
    dilations: Any = None,
    group: int = 1,
    kernel_shape: Any = None,
    pads: Any = None,
    strides: Any = None,
) -> Any:
    """X (N, C, …), W (M, C/group, …), b (M,) -> (N, M, …), of any number of axes."""
    frame = framed(np.shape(x)[2:], np.shape(W)[2:], strides, dilations, pads, auto_pad)
    function: Any = {1: ag.conv1d, 2: ag.conv2d}.get(len(frame.size), correlated)
    z = function(samples_last(x), W, frame.steps, frame.sides, frame.gaps, group)
    return with_bias(samples_first(z), b)


def with_bias(z: Any, b: Any) -> Any:
    """z (N, C, …) + b (C,)."""
    return z if b is None else z + np.reshape(b, (-1, *(1,) * (np.ndim(z) - 2)))


def correlated(x: Any, W: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """As autograd.conv2d, of any number of axes."""
    windows = patches(x, np.shape(W)[2:], stride, padding, dilation)
    out = np.shape(windows)[np.ndim(W) - 1 :]
    rows, columns = np.shape(W)[0] // groups, prod(np.shape(W)[1:])
    z = np.reshape(W, (groups, rows, columns)) @ np.reshape(windows, (groups, columns, prod(out)))
    return np.reshape(z, (rows * groups, *out))


def spread(u: Any, W: Any, shape: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Any:
    """As the adjoint of autograd.conv2d, of any number of axes."""
    rows, columns = np.shape(W)[0] // groups, prod(np.shape(W)[1:])
    products = np.swapaxes(np.reshape(W, (groups, rows, columns)), 1, 2) @ np.reshape(u, (groups, rows, -1))
    windows = np.reshape(products, (np.shape(W)[1] * groups, *np.shape(W)[2:], *np.shape(u)[1:]))
    return overlay(windows, shape, stride, padding, dilation)


@defines("ConvTranspose")
def conv_transpose(
    x: Any,
    W: Any,
    b: Any = None,
    *,
    auto_pad: str = "NOTSET",
    dilations: Any = None,
    group: int = 1,
    kernel_shape: Any = None,
    output_padding: Any = None,
    output_shape: Any = None,
    pads: Any = None,
    strides: Any = None,
) -> Any:
    """X (N, C, …), W (C, M/group, …), b (M,) -> (N, M, …): every entry of x adds W, multiplied by it, at its place."""
    size, lengths = np.shape(W)[2:], np.shape(x)[2:]
    n = len(size)
    steps, gaps = tuple(strides or (1,) * n), tuple(dilations or (1,) * n)
    more = output_padding or (0,) * n
    whole = [s * (length - 1) + (k - 1) * gap + 1 for s, length, k, gap in zip(steps, lengths, size, gaps, strict=True)]
    if auto_pad.startswith("SAME") and not output_shape:
        output_shape = [length * s for length, s in zip(lengths, steps, strict=True)]
    sides = list(zip(pads[:n], pads[n:], strict=True)) if pads else [(0, 0)] * n
    if output_shape:
        totals = [w + m - length for w, m, length in zip(whole, more, output_shape[-n:], strict=True)]
        sides = [_halves(total, auto_pad == "SAME_UPPER") for total in totals]
    function: Any = {1: conv1d_input, 2: conv2d_input}.get(n, spread)
    z = function(samples_last(x), W, tuple(whole), steps, 0, gaps, group)
    missing = [max(m - after, 0) for m, (_, after) in zip(more, sides, strict=True)]
    if any(missing):
        z = np.pad(z, ((0, 0), *((0, m) for m in missing), (0, 0)))
    ends = [w + m - after for w, m, (_, after) in zip(whole, more, sides, strict=True)]
    kept = tuple(slice(max(before, 0), end) for (before, _), end in zip(sides, ends, strict=True))
    whole_still = all(k == slice(0, length) for k, length in zip(kept, np.shape(z)[1:-1], strict=True))
    return with_bias(samples_first(z if whole_still else z[(slice(None), *kept)]), b)


def _halves(total: int, more_after: bool) -> tuple[int, int]:
    """What is cut off before and after; where zeros are to be added, they stand after."""
    if total < 0:
        return 0, total
    return (total // 2, total - total // 2) if more_after else (total - total // 2, total // 2)


# --- pooling ----------------------------------------------------------------------------------------------------------


def real(frame: Frame, shape: Sequence[int], sides: Any = None) -> Any:
    """For each entry of each window whether it is one of the array, or within `sides` of it: (1, *size, *places, 1)."""
    inner = sides or ((0, 0),) * len(shape)
    outer = [(b - i, a - j) for (b, a), (i, j) in zip(frame.sides, inner, strict=True)]
    ones = np.ones((1, *(n + i + j for n, (i, j) in zip(shape, inner, strict=True)), 1))
    return frame.windows(ones, tuple(outer)) > 0


@defines("MaxPool")
def max_pool(
    x: Any,
    *,
    kernel_shape: Any,
    auto_pad: str = "NOTSET",
    ceil_mode: int = 0,
    dilations: Any = None,
    pads: Any = None,
    storage_order: int = 0,
    strides: Any = None,
    n_outputs: int = 1,
) -> Any:
    """The largest entry of each window; as a second output its place in the flattened array."""
    shape = np.shape(x)[2:]
    frame = framed(shape, kernel_shape, strides, dilations, pads, auto_pad, ceil_mode)
    windows = frame.windows(samples_last(x))
    if any(map(any, frame.sides)):
        dtype = plain(x).dtype
        low = np.asarray(-np.inf if dtype.kind == "f" else np.iinfo(dtype).min, dtype)
        windows = np.where(real(frame, shape), windows, low)
    axes = tuple(range(1, len(shape) + 1))
    out = samples_first(np.max(windows, axis=axes))
    return out if n_outputs == 1 else (out, places_of(plain(windows), frame, np.shape(x), storage_order))


def places_of(windows: Any, frame: Frame, shape: Sequence[int], storage_order: int) -> Any:
    """The place of the largest entry of each window in the flattened array."""
    n, c, *lengths = shape
    within = np.arange(prod(lengths)).reshape(lengths, order="F" if storage_order else "C")
    numbered = frame.windows(
        samples_last(np.arange(n * c).reshape(n, c, *(1 for _ in lengths)) * prod(lengths) + within)
    )
    flat = (windows.shape[0], -1, *windows.shape[len(lengths) + 1 :])
    first = np.argmax(windows.reshape(flat), axis=1)[:, None]
    return samples_first(np.take_along_axis(numbered.reshape(flat), first, axis=1)[:, 0])


@defines("AveragePool")
def average_pool(
    x: Any,
    *,
    kernel_shape: Any,
    auto_pad: str = "NOTSET",
    ceil_mode: int = 0,
    count_include_pad: int = 0,
    dilations: Any = None,
    pads: Any = None,
    strides: Any = None,
) -> Any:
    """The mean of each window, of its entries in the array or, with count_include_pad, in its padding as well."""
    shape = np.shape(x)[2:]
    frame = framed(shape, kernel_shape, strides, dilations, pads, auto_pad, ceil_mode)
    axes = tuple(range(1, len(shape) + 1))
    windows = frame.windows(samples_last(x))
    if not any(map(any, frame.sides)):
        return samples_first(np.mean(windows, axis=axes))
    counts = np.sum(real(frame, shape, frame.padding if count_include_pad else None), axis=axes)
    return samples_first(np.sum(windows, axis=axes) / counts.astype(plain(x).dtype))


@defines("LpPool")
def lp_pool(
    x: Any,
    *,
    kernel_shape: Any,
    auto_pad: str = "NOTSET",
    ceil_mode: int = 0,
    dilations: Any = None,
    p: int = 2,
    pads: Any = None,
    strides: Any = None,
) -> Any:
    """(Σ |x|^p)^(1/p) of each window."""
    frame = framed(np.shape(x)[2:], kernel_shape, strides, dilations, pads, auto_pad, ceil_mode)
    powers = np.sum(np.abs(frame.windows(samples_last(x))) ** p, axis=tuple(range(1, len(kernel_shape) + 1)))
    return samples_first(powers ** (1 / p))


def over_places(function: Any) -> Any:
    """A reduction over all axes but those of samples and channels, which are kept with size 1."""
    return lambda x: function(x, axis=tuple(range(2, np.ndim(x))), keepdims=True)


operator("GlobalAveragePool", over_places(np.mean))
operator("GlobalMaxPool", over_places(np.max))
