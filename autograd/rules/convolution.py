"""Convolution of sequences (channels, length, m) and of images (channels, height, width, m): the samples are last.

`stride` and `dilation` are a number for all axes or one for each; `padding` is with zeros: a number for all sides, one
for each axis, or (before, after) for each axis. No loop runs over samples or pixels; those over the entries of a kernel
are all there is.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograd.core.types import Rule, Value
from autograd.errors import ShapeError
from autograd.rules.declare import linear

__all__ = ["conv1d", "conv2d"]

# --- convolution ----------------------------------------------------------------------------------------------------
# Linear in the images and in the weights. With u for the result, the number ⟨conv2d(x, W), u⟩ is linear in x, W and u
# each, and the three functions of a family are its derivatives with respect to u, x and W: each one's adjoints are the
# other two.


def conv1d(x: Value, W: Value, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Value:
    """Cross-correlation of sequences, as networks have it: x (c_in, l, m), W (c_out, c_in/groups, k) -> (c_out, ol, m).

    out[o, i, s] = Σ_c Σ_a W[o, c, a] · x[c, i·stride + a·dilation, s], with x padded;
    ol = (l + 2·padding - dilation·(k - 1) - 1) // stride + 1. A bias is added as `+ b` with b of shape (c_out, 1, 1).

    >>> conv1d(np.array([[[1.0], [2.0], [4.0]]]), np.array([[[-1.0, 1.0]]]))[0, :, 0]
    array([1., 2.])
    """
    return _correlated(x, W, 1, stride, padding, dilation, groups)


def conv2d(x: Value, W: Value, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Value:
    """Cross-correlation of images: x (c_in, h, w, m), W (c_out, c_in/groups, kh, kw) -> (c_out, oh, ow, m).

    out[o, i, j, s] = Σ_c Σ_a Σ_b W[o, c, a, b] · x[c, i·stride + a·dilation, j·stride + b·dilation, s], with x padded;
    oh = (h + 2·padding - dilation·(kh - 1) - 1) // stride + 1, ow alike. With groups, the channels are divided into so
    many parts of equal size, and each part of the results is computed from one part of x. A bias is added as `+ b` with
    b of shape (c_out, 1, 1, 1).

    >>> conv2d(np.ones((1, 3, 3, 2)), np.ones((4, 1, 2, 2))).shape
    (4, 2, 2, 2)
    """
    return _correlated(x, W, 2, stride, padding, dilation, groups)


def conv1d_input(
    u: Value, W: Value, shape: tuple[int], stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Value:
    """The adjoint of conv1d by x; `shape` is (l,) of the sequences. See conv2d_input."""
    return _spread(u, W, shape, stride, padding, dilation, groups)


def conv2d_input(
    u: Value, W: Value, shape: tuple[int, int], stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Value:
    """The adjoint of conv2d by x: u (c_out, oh, ow, m) and W (c_out, c_in/groups, kh, kw) -> (c_in, *shape, m).

    Also known as transposed convolution; `shape` is (h, w) of the images.

    >>> conv2d_input(np.ones((4, 2, 2, 5)), np.ones((4, 1, 2, 2)), (3, 3)).shape
    (1, 3, 3, 5)
    """
    return _spread(u, W, shape, stride, padding, dilation, groups)


def conv1d_weights(
    u: Value, x: Value, size: tuple[int], stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Value:
    """The adjoint of conv1d by W; `size` is (k,) of the kernel. See conv2d_weights."""
    return _collected(u, x, size, stride, padding, dilation, groups)


def conv2d_weights(
    u: Value, x: Value, size: tuple[int, int], stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Value:
    """The adjoint of conv2d by W: u (c_out, oh, ow, m) and x (c_in, h, w, m) -> (c_out, c_in/groups, *size).

    >>> conv2d_weights(np.ones((4, 2, 2, 5)), np.ones((1, 3, 3, 5)), (2, 2)).shape
    (4, 1, 2, 2)
    """
    return _collected(u, x, size, stride, padding, dilation, groups)


# Each of the three is one product of matrices for each group, by the windows of x as columns: (groups, c_in/groups ·
# entries of the kernel, places · m).


def _correlated(x: Value, W: Value, axes: int, stride: Any, padding: Any, dilation: Any, groups: int) -> Value:
    has_axes(x, axes)
    _check_channels(x, W, groups)
    windows = patches(x, W.shape[2:], stride, padding, dilation)
    out = windows.shape[1 + axes :]
    return (_by_group(W, groups) @ _columns(windows, groups)).reshape(W.shape[0], *out)


def _spread(u: Value, W: Value, shape: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Value:
    columns = np.swapaxes(_by_group(W, groups), 1, 2) @ _by_group(u, groups)
    windows = columns.reshape(W.shape[1] * groups, *W.shape[2:], *u.shape[1:])
    return overlay(windows, shape, stride, padding, dilation)


def _collected(u: Value, x: Value, size: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Value:
    columns = _columns(patches(x, size, stride, padding, dilation), groups)
    found = _by_group(u, groups) @ np.swapaxes(columns, 1, 2)
    return found.reshape(u.shape[0], x.shape[0] // groups, *size)


def _by_group(x: Value, groups: int) -> Value:
    """W (c_out, c_in/groups, *size) or u (c_out, *out, m) as (groups, c_out/groups, the rest)."""
    return x.reshape(groups, x.shape[0] // groups, math.prod(x.shape[1:]))


def _columns(windows: Value, groups: int) -> Value:
    """The windows (c_in, *size, *out, m) as columns; this is where they are copied."""
    kernel = 1 + (windows.ndim - 2) // 2
    entries, places = math.prod(windows.shape[1:kernel]), math.prod(windows.shape[kernel:])
    return windows.reshape(groups, windows.shape[0] // groups * entries, places)


# --- windows --------------------------------------------------------------------------------------------------------


def patches(x: Value, size: Value, stride: Any = 1, padding: Any = 0, dilation: Any = 1) -> Value:
    """Every window of the images: x (c, h, w, m) -> (c, kh, kw, oh, ow, m), of sequences alike. Without padding a view.

    >>> patches(np.arange(9.0).reshape(1, 3, 3, 1), 2)[0, :, :, 1, 1, 0]
    array([[4., 5.],
           [7., 8.]])
    """
    axes = x.ndim - 2
    steps, gaps = per_axis(stride, "stride", axes), per_axis(dilation, "dilation", axes)
    borders, spans = sides(padding, axes), extents(size, dilation, axes)
    room = [n + before + after for n, (before, after) in zip(x.shape[1:-1], borders, strict=True)]
    if any(span > n for span, n in zip(spans, room, strict=True)):
        raise ShapeError(
            f"A window of {by(spans)} is larger than the {KINDS.get(axes, 'arrays')}, which are {by(room)} with their "
            "padding. Use a smaller kernel, or more padding."
        )
    if any(map(any, borders)):
        x = np.pad(x, ((0, 0), *borders, (0, 0)))
    windows = sliding_window_view(x, spans, axis=tuple(range(1, axes + 1)))
    moved = (slice(None), *(slice(None, None, step) for step in steps), slice(None))
    within = tuple(slice(None, None, gap) for gap in gaps)
    kernel = range(axes + 2, 2 * axes + 2)
    return windows[moved + within].transpose(0, *kernel, *range(1, axes + 1), axes + 1)


def overlay(windows: Any, shape: tuple[int, ...], stride: Any = 1, padding: Any = 0, dilation: Any = 1) -> Value:
    """The adjoint of patches: every window is added at its place in images (c, *shape, m), which begin as zeros.

    >>> overlay(np.ones((1, 2, 2, 2, 2, 1)), (3, 3))[0, :, :, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    axes = len(shape)
    steps, gaps = per_axis(stride, "stride", axes), per_axis(dilation, "dilation", axes)
    borders = sides(padding, axes)
    size, places = windows.shape[1 : 1 + axes], windows.shape[1 + axes : -1]
    room = [n + before + after for n, (before, after) in zip(shape, borders, strict=True)]
    out = np.zeros((windows.shape[0], *room, windows.shape[-1]), windows.dtype)
    for at in itertools.product(*map(range, size)):
        starts = [k * gap for k, gap in zip(at, gaps, strict=True)]
        picked = [slice(a, a + step * n, step) for a, step, n in zip(starts, steps, places, strict=True)]
        out[(slice(None), *picked)] += windows[(slice(None), *at)]
    return out[(slice(None), *(slice(before, before + n) for (before, _), n in zip(borders, shape, strict=True)))]


# --- arguments ------------------------------------------------------------------------------------------------------

KINDS = {1: "sequences", 2: "images"}
FORMS = {1: "Sequences must be (channels, length, m)", 2: "Images must be (channels, height, width, m)"}
SEVERAL = {1: "", 2: ", or a pair of them"}


def per_axis(value: Any, what: str, axes: int, least: int = 1) -> tuple[int, ...]:
    """A number as one for each axis; several as they are.

    >>> per_axis(2, "stride", 2), per_axis((2, 1), "stride", 2)
    ((2, 2), (2, 1))
    """
    numbers = tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes
    if len(numbers) != axes or not all(_counts(n, least) for n in numbers):
        raise ShapeError(f"{what}= must be an integer of at least {least}{SEVERAL.get(axes, '')}, but got {value!r}.")
    return tuple(map(int, numbers))


def sides(padding: Any, axes: int) -> tuple[tuple[int, int], ...]:
    """The zeros (before, after) for each axis.

    >>> sides(1, 2), sides((1, 0), 2), sides(((0, 1), (0, 1)), 2)
    (((1, 1), (1, 1)), ((1, 1), (0, 0)), ((0, 1), (0, 1)))
    """
    given = padding if isinstance(padding, (tuple, list)) else ()
    if len(given) == axes and all(isinstance(pair, (tuple, list)) for pair in given):
        if all(len(pair) == 2 and all(_counts(n, 0) for n in pair) for pair in given):
            return tuple((int(before), int(after)) for before, after in given)
        raise ShapeError(
            f"padding= must be (before, after) for each axis, integers of at least 0, but got {padding!r}."
        )
    return tuple((n, n) for n in per_axis(padding, "padding", axes, 0))


def extents(size: Any, dilation: Any, axes: int) -> tuple[int, ...]:
    """How far a window reaches on each axis: dilation·(k - 1) + 1."""
    gaps = per_axis(dilation, "dilation", axes)
    return tuple(gap * (k - 1) + 1 for k, gap in zip(per_axis(size, "size", axes), gaps, strict=True))


def by(numbers: Any) -> str:
    """Sizes for people: 2 × 3."""
    return " × ".join(map(str, numbers))


def _counts(n: Any, least: int) -> bool:
    return isinstance(n, (int, np.integer)) and not isinstance(n, bool) and int(n) >= least


def has_axes(x: Value, axes: int) -> None:
    if np.ndim(x) != axes + 2:
        raise ShapeError(f"{FORMS[axes]}, the samples last, but got {np.shape(x)}.")


def _check_channels(x: Value, W: Value, groups: int) -> None:
    """Refuse weights that do not belong to these images, or groups that do not divide the channels."""
    channels, axes = x.shape[0], x.ndim - 2
    if not _counts(groups, 1) or channels % groups:
        raise ShapeError(f"groups= must be an integer that divides the {channels} channels, but got {groups!r}.")
    size = ("k",) if axes == 1 else ("kh", "kw")
    if np.ndim(W) != axes + 2 or W.shape[1] != channels // groups:
        of = f" in {groups} groups" if groups > 1 else ""
        raise ShapeError(
            f"Weights for {KINDS[axes]} of {channels} channels{of} must be (c_out, {channels // groups}, "
            f"{', '.join(size)}), but got {np.shape(W)}."
        )
    if W.shape[0] % groups:
        raise ShapeError(
            f"Weights in {groups} groups need a number of channels out that {groups} divides, but got {W.shape[0]}."
        )


# --- the rules ------------------------------------------------------------------------------------------------------


def _adjoint_to_each_other(forward: Rule, by_input: Rule, by_weights: Rule) -> tuple[Rule, Rule, Rule]:
    """The rows of a family of three."""
    conv = linear(
        forward,
        lambda g, x, W, stride=1, padding=0, dilation=1, groups=1: conv_input(
            g, W, x.shape[1:-1], stride, padding, dilation, groups
        ),
        lambda g, x, W, stride=1, padding=0, dilation=1, groups=1: conv_weights(
            g, x, W.shape[2:], stride, padding, dilation, groups
        ),
    )
    conv_input = linear(
        by_input,
        lambda g, _u, W, shape, stride=1, padding=0, dilation=1, groups=1: conv(
            g, W, stride, padding, dilation, groups
        ),
        lambda g, u, W, shape, stride=1, padding=0, dilation=1, groups=1: conv_weights(
            u, g, W.shape[2:], stride, padding, dilation, groups
        ),
    )
    conv_weights = linear(
        by_weights,
        lambda g, _u, x, size, stride=1, padding=0, dilation=1, groups=1: conv(x, g, stride, padding, dilation, groups),
        lambda g, u, x, size, stride=1, padding=0, dilation=1, groups=1: conv_input(
            u, g, x.shape[1:-1], stride, padding, dilation, groups
        ),
    )
    return conv, conv_input, conv_weights


conv1d, conv1d_input, conv1d_weights = _adjoint_to_each_other(conv1d, conv1d_input, conv1d_weights)
conv2d, conv2d_input, conv2d_weights = _adjoint_to_each_other(conv2d, conv2d_input, conv2d_weights)
patches = linear(
    patches,
    lambda g, x_shape, size, stride=1, padding=0, dilation=1: overlay(g, x_shape[1:-1], stride, padding, dilation),
)
overlay = linear(
    overlay,
    lambda g, windows_shape, shape, stride=1, padding=0, dilation=1: patches(
        g, windows_shape[1 : 1 + len(shape)], stride, padding, dilation
    ),
)
