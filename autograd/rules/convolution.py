"""Images: convolution, pooling and embeddings. The sample axis is the last: an image batch is (channels, h, w, m).

`size`, `stride` and `padding` are a number for both axes or a pair (vertical, horizontal); padding is with zeros on
either side. No loop runs over samples or pixels; those over the kh × kw entries of a kernel are all there is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograd.core.types import Value
from autograd.errors import DataError, DtypeError, ShapeError
from autograd.rules.declare import composite, linear
from autograd.rules.indexing import getitem

__all__ = ["average_pool2d", "conv2d", "embedding", "max_pool2d"]

# --- convolution ----------------------------------------------------------------------------------------------------
# Linear in the images and in the weights. With u for the result, the number ⟨conv2d(x, W), u⟩ is linear in x, W and u
# each, and the three functions below are its derivatives with respect to u, x and W: each one's adjoints are the other
# two.


def conv2d(x: Value, W: Value, stride: Any = 1, padding: Any = 0) -> Value:
    """Cross-correlation, as networks have it: x (c_in, h, w, m), W (c_out, c_in, kh, kw) -> (c_out, oh, ow, m).

    out[o, i, j, s] = Σ_c Σ_a Σ_b W[o, c, a, b] · x[c, i·stride + a, j·stride + b, s], with x padded;
    oh = (h + 2·padding - kh) // stride + 1, ow alike. A bias is added as `+ b` with b of shape (c_out, 1, 1, 1).

    >>> conv2d(np.ones((1, 3, 3, 2)), np.ones((4, 1, 2, 2))).shape
    (4, 2, 2, 2)
    """
    _images(x)
    if np.ndim(W) != 4 or W.shape[1] != x.shape[0]:
        raise ShapeError(
            f"Weights for images of {x.shape[0]} channels must be (c_out, {x.shape[0]}, kh, kw), but got {np.shape(W)}."
        )
    return np.tensordot(W, patches(x, W.shape[2:], stride, padding), 3)  # one product of matrices


def conv2d_input(u: Value, W: Value, shape: tuple[int, int], stride: Any = 1, padding: Any = 0) -> Value:
    """The adjoint of conv2d by x: u (c_out, oh, ow, m) and W (c_out, c_in, kh, kw) -> (c_in, *shape, m).

    Also known as transposed convolution; `shape` is (h, w) of the images.

    >>> conv2d_input(np.ones((4, 2, 2, 5)), np.ones((4, 1, 2, 2)), (3, 3)).shape
    (1, 3, 3, 5)
    """
    return overlay(np.tensordot(W, u, (0, 0)), shape, stride, padding)


def conv2d_weights(u: Value, x: Value, size: tuple[int, int], stride: Any = 1, padding: Any = 0) -> Value:
    """The adjoint of conv2d by W: u (c_out, oh, ow, m) and x (c_in, h, w, m) -> (c_out, c_in, *size).

    >>> conv2d_weights(np.ones((4, 2, 2, 5)), np.ones((1, 3, 3, 5)), (2, 2)).shape
    (4, 1, 2, 2)
    """
    # The windows stand on the left, where tensordot copies them in the order in which they lie in memory.
    return np.tensordot(patches(x, size, stride, padding), u, ((3, 4, 5), (1, 2, 3))).transpose(3, 0, 1, 2)


# --- windows --------------------------------------------------------------------------------------------------------


def patches(x: Value, size: Value, stride: Any = 1, padding: Any = 0) -> Value:
    """Every window of the images: x (c, h, w, m) -> (c, kh, kw, oh, ow, m). A view, where there is no padding.

    >>> patches(np.arange(9.0).reshape(1, 3, 3, 1), 2)[0, :, :, 1, 1, 0]
    array([[4., 5.],
           [7., 8.]])
    """
    _images(x)
    (kh, kw), (down, right), (top, left) = pair(size, "size"), pair(stride, "stride"), pair(padding, "padding", 0)
    h, w = x.shape[1] + 2 * top, x.shape[2] + 2 * left
    if kh > h or kw > w:
        raise ShapeError(f"A window of {kh} × {kw} is larger than the images, which are {h} × {w} with their padding.")
    if top or left:
        x = np.pad(x, ((0, 0), (top, top), (left, left), (0, 0)))
    windows = sliding_window_view(x, (kh, kw), axis=(1, 2))[:, ::down, ::right]
    return windows.transpose(0, 4, 5, 1, 2, 3)


def overlay(windows: Any, shape: tuple[int, int], stride: Any = 1, padding: Any = 0) -> Value:
    """The adjoint of patches: every window is added at its place in images (c, *shape, m), which begin as zeros.

    >>> overlay(np.ones((1, 2, 2, 2, 2, 1)), (3, 3))[0, :, :, 0]
    array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]])
    """
    (down, right), (top, left) = pair(stride, "stride"), pair(padding, "padding", 0)
    (h, w), (c, kh, kw, oh, ow, m) = shape, windows.shape
    out = np.zeros((c, h + 2 * top, w + 2 * left, m), windows.dtype)
    for a in range(kh):
        for b in range(kw):
            out[:, a : a + down * oh : down, b : b + right * ow : right] += windows[:, a, b]
    return out[:, top : top + h, left : left + w]


def pair(value: Value, what: str, least: int = 1) -> tuple[int, int]:
    """A number as (number, number), a pair as it is.

    >>> pair(2, "stride"), pair((2, 1), "stride")
    ((2, 2), (2, 1))
    """
    numbers = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(numbers) != 2 or not all(isinstance(n, (int, np.integer)) and n >= least for n in numbers):
        raise ShapeError(f"{what}= must be an integer of at least {least}, or a pair of them, but got {value!r}.")
    return int(numbers[0]), int(numbers[1])


def _images(x: Value) -> None:
    if np.ndim(x) != 4:
        raise ShapeError(f"Images must be (channels, height, width, m), the samples last, but got {np.shape(x)}.")


conv2d = linear(
    conv2d,
    lambda g, x, W, stride=1, padding=0: conv2d_input(g, W, x.shape[1:3], stride, padding),
    lambda g, x, W, stride=1, padding=0: conv2d_weights(g, x, W.shape[2:], stride, padding),
)
conv2d_input = linear(
    conv2d_input,
    lambda g, _u, W, shape, stride=1, padding=0: conv2d(g, W, stride, padding),
    lambda g, u, W, shape, stride=1, padding=0: conv2d_weights(u, g, W.shape[2:], stride, padding),
)
conv2d_weights = linear(
    conv2d_weights,
    lambda g, _u, x, size, stride=1, padding=0: conv2d(x, g, stride, padding),
    lambda g, u, x, size, stride=1, padding=0: conv2d_input(u, g, x.shape[1:3], stride, padding),
)
patches = linear(patches, lambda g, x_shape, size, stride=1, padding=0: overlay(g, x_shape[1:3], stride, padding))
overlay = linear(
    overlay, lambda g, windows_shape, shape, stride=1, padding=0: patches(g, windows_shape[1:3], stride, padding)
)

# --- pooling and embedding: made of rows that exist, so without a derivative of their own -----------------------------


def max_pool2d(x: Value, size: Value, stride: Any = None, padding: Any = 0) -> Value:
    """The largest entry of each window: (c, h, w, m) -> (c, oh, ow, m). `stride` None: windows side by side.

    Entries that tie share the gradient equally, as in np.max. Padding never wins.

    >>> max_pool2d(np.arange(16.0).reshape(1, 4, 4, 1), 2)[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    _inside(size, padding)
    windows = patches(x, size, size if stride is None else stride, padding)
    if np.any(padding):
        real = patches(np.ones((1, *np.shape(x)[1:3], 1)), size, size if stride is None else stride, padding) > 0
        windows = np.where(real, windows, -np.inf)
    return np.max(windows, axis=(1, 2))


def average_pool2d(x: Value, size: Value, stride: Any = None, padding: Any = 0) -> Value:
    """The mean of each window: (c, h, w, m) -> (c, oh, ow, m). The zeros of the padding count as entries.

    >>> average_pool2d(np.arange(16.0).reshape(1, 4, 4, 1), 2)[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    _inside(size, padding)
    return np.mean(patches(x, size, size if stride is None else stride, padding), axis=(1, 2))


def _inside(size: Value, padding: Any) -> None:
    (kh, kw), (top, left) = pair(size, "size"), pair(padding, "padding", 0)
    if top >= kh or left >= kw:
        raise ShapeError(f"With padding {padding} some windows of size {size} would lie in the padding alone.")


def embedding(table: Any, indices: Any) -> Value:
    """Rows of a table, as columns: table (n, d), integers of shape (…, m) -> (d, …, m).

    >>> embedding(np.array([[1.0, 2.0], [3.0, 4.0]]), [1, 0, 1])
    array([[3., 1., 3.],
           [4., 2., 4.]])
    """
    indices = np.asarray(indices)
    if np.ndim(table) != 2:
        raise ShapeError(f"A table of embeddings must be (n, d), one row for each index, but got {np.shape(table)}.")
    if indices.dtype.kind not in "iu":
        raise DtypeError(
            f"Indices into a table must be integers, but got {indices.dtype}. Convert them with .astype(int)."
        )
    n = np.shape(table)[0]
    if indices.size and not 0 <= indices.min() <= indices.max() < n:
        raise DataError(
            f"The table has rows 0 to {n - 1}, but the indices run from {indices.min()} to {indices.max()}."
        )
    return getitem(np.transpose(table), (slice(None), indices))


# Listed in the table as composites of themselves, so that they are covered and tested as every function is.
max_pool2d = composite(max_pool2d, max_pool2d)
average_pool2d = composite(average_pool2d, average_pool2d)
embedding = composite(embedding, embedding)
