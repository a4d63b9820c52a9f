"""Pooling: the largest entry of each window, or its mean. Made of rows that exist, so without derivatives of its own.

`size`, `stride`, `padding` and `dilation` are as in convolution.py. `stride` None puts the windows side by side. With
`ceil_mode` the last windows may reach over the edge, as long as they begin within the padded images: an entry is then
left out only where a stride jumps over it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.types import Value
from autograd.errors import ShapeError
from autograd.rules.convolution import by, extents, has_axes, patches, per_axis, sides
from autograd.rules.declare import composite

__all__ = ["average_pool1d", "average_pool2d", "max_pool1d", "max_pool2d"]


def max_pool1d(
    x: Value, size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Value:
    """The largest entry of each window: (c, l, m) -> (c, ol, m). See max_pool2d.

    >>> max_pool1d(np.array([[[1.0], [3.0], [2.0], [0.0], [5.0]]]), 2, ceil_mode=True)[0, :, 0]
    array([3., 2., 5.])
    """
    return _largest(x, 1, size, stride, padding, dilation, ceil_mode)


def max_pool2d(
    x: Value, size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> Value:
    """The largest entry of each window: (c, h, w, m) -> (c, oh, ow, m).

    Entries that tie share the gradient equally, as in np.max. Padding never wins.

    >>> max_pool2d(np.arange(16.0).reshape(1, 4, 4, 1), 2)[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    return _largest(x, 2, size, stride, padding, dilation, ceil_mode)


def average_pool1d(
    x: Value, size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_padding: bool = True
) -> Value:
    """The mean of each window: (c, l, m) -> (c, ol, m). See average_pool2d.

    >>> average_pool1d(np.array([[[1.0], [3.0], [2.0], [0.0]]]), 2)[0, :, 0]
    array([2., 1.])
    """
    return _mean(x, 1, size, stride, padding, ceil_mode, count_padding)


def average_pool2d(
    x: Value, size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_padding: bool = True
) -> Value:
    """The mean of each window: (c, h, w, m) -> (c, oh, ow, m).

    The zeros of the padding count as entries, unless count_padding is False; what `ceil_mode` adds never does.

    >>> average_pool2d(np.arange(16.0).reshape(1, 4, 4, 1), 2)[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    return _mean(x, 2, size, stride, padding, ceil_mode, count_padding)


# --- below: both, for any number of axes ------------------------------------------------------------------------------


def _largest(x: Value, axes: int, size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool) -> Value:
    stride = size if stride is None else stride
    borders = _borders(x, axes, size, stride, padding, dilation, ceil_mode)
    if _pads(borders):
        x = x if x.dtype.kind == "f" else x.astype(float)  # integers have no -inf
        x = np.pad(x, ((0, 0), *borders, (0, 0)), constant_values=-np.inf)
    return np.max(patches(x, size, stride, 0, dilation), axis=_kernel(axes))


def _mean(x: Value, axes: int, size: Any, stride: Any, padding: Any, ceil_mode: bool, count_padding: bool) -> Value:
    stride = size if stride is None else stride
    borders = _borders(x, axes, size, stride, padding, 1, ceil_mode)
    asked, kernel = sides(padding, axes), _kernel(axes)
    windows = patches(x, size, stride, borders if _pads(borders) else 0)
    if borders == (asked if count_padding else ((0, 0),) * axes):
        return np.mean(windows, axis=kernel)
    ones = np.ones((1, *np.shape(x)[1:-1], 1), x.dtype)
    if count_padding:
        ones = np.pad(ones, ((0, 0), *asked, (0, 0)), constant_values=1)
        borders = tuple((0, after - part[1]) for (_, after), part in zip(borders, asked, strict=True))
    return np.sum(windows, axis=kernel) / np.sum(patches(ones, size, stride, borders), axis=kernel)


def _kernel(axes: int) -> tuple[int, ...]:
    """The axes of a window in what patches gives."""
    return tuple(range(1, axes + 1))


def _pads(borders: tuple[tuple[int, int], ...]) -> bool:
    return any(map(any, borders))


def _borders(
    x: Value, axes: int, size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
) -> tuple[tuple[int, int], ...]:
    """The padding (before, after) of each axis, with what the last windows need beyond it. Padding that leaves a window
    without an entry of the images is refused."""
    has_axes(x, axes)
    spans, steps, borders = extents(size, dilation, axes), per_axis(stride, "stride", axes), sides(padding, axes)
    if ceil_mode:
        along = zip(np.shape(x)[1:-1], borders, spans, steps, strict=True)
        borders = tuple((before, after + _beyond(n, before, after, *window)) for n, (before, after), *window in along)
    if _pads(borders):
        inside = patches(np.ones((1, *np.shape(x)[1:-1], 1), bool), size, stride, borders, dilation)
        if not np.all(np.any(inside, axis=_kernel(axes))):
            raise ShapeError(
                f"With padding {padding} some windows of size {by(per_axis(size, 'size', axes))} would lie in the "
                "padding alone. Use less padding."
            )
    return borders


def _beyond(n: int, before: int, after: int, span: int, step: int) -> int:
    """How far the last window reaches over the edge: the last one that begins within n entries and those before."""
    room = n + before + after
    windows = -((span - room) // step) + 1
    if (windows - 1) * step >= n + before:
        windows -= 1
    return max((windows - 1) * step + span - room, 0)


# Listed in the table as composites of themselves, so that they are covered and tested as every function is.
max_pool1d = composite(max_pool1d, max_pool1d)
max_pool2d = composite(max_pool2d, max_pool2d)
average_pool1d = composite(average_pool1d, average_pool1d)
average_pool2d = composite(average_pool2d, average_pool2d)
