"""Convolution of sequences and of images."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

import autograd as ag
from autograd.rules.convolution import extents, per_axis, sides
from nn.layers.settings import check_counts, filled, shape_of, weights
from nn.module import Module

__all__ = ["Conv1d", "Conv2d"]


def conv1d(X: Any, W: Any, b: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Any:
    """Z = W ∗ X + b over sequences (c_in, length, m), W (c_out, c_in/groups, k), b (c_out, 1, 1). See nn.Conv1d.

    >>> import numpy as np
    >>> conv1d(np.array([[[1.0], [2.0], [4.0]]]), np.array([[[-1.0, 1.0]]]))[0, :, 0]
    array([1., 2.])
    """
    Z = ag.conv1d(X, W, stride, _padding(padding, W.shape[2:], stride, dilation), dilation, groups)
    return Z if b is None else Z + b


def conv2d(X: Any, W: Any, b: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1) -> Any:
    """Z = W ∗ X + b over images (c_in, height, width, m), W (c_out, c_in/groups, kh, kw), b (c_out, 1, 1, 1).
    See nn.Conv2d.

    >>> import numpy as np
    >>> conv2d(np.ones((3, 8, 8, 2)), np.ones((4, 3, 3, 3)), padding="same").shape
    (4, 8, 8, 2)
    """
    Z = ag.conv2d(X, W, stride, _padding(padding, W.shape[2:], stride, dilation), dilation, groups)
    return Z if b is None else Z + b


class Convolution(Module):
    """What convolutions share: W (c_out, c_in/groups, *size), and b (c_out, 1, …) that starts as 0."""

    symbol = "Z"
    axes: ClassVar[tuple[str, ...]]

    def __init__(
        self,
        c_in: int,
        c_out: int,
        size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        *,
        bias: bool = True,
        init: Any = "xavier",
        seed: Any = None,
        dtype: Any = float,
    ) -> None:
        kind, n = type(self).__name__, len(self.axes)
        check_counts(kind, "the numbers of channels in and out, and of groups", c_in=c_in, c_out=c_out, groups=groups)
        if c_in % groups or c_out % groups:
            raise ag.ShapeError(
                f"{kind} needs numbers of channels that groups={groups} divides, but got c_in={c_in}, c_out={c_out}."
            )
        self.c_in, self.c_out, self.bias = c_in, c_out, bool(bias)
        self.size, self.stride, self.padding, self.dilation, self.groups = size, stride, padding, dilation, groups
        sizes = per_axis(size, "size", n)
        per_axis(stride, "stride", n)
        sides(_padding(padding, sizes, stride, dilation), n)
        self.W = weights(kind, (c_out, c_in // groups, *sizes), init, seed, dtype)
        self.b = filled(kind, 0.0, (c_out, *(1,) * (n + 1)), "b", dtype) if bias else None

    def _checked(self, X: Any) -> Any:
        """X, if it is what the layer takes."""
        shape, n = shape_of(X), len(self.axes)
        if len(shape) == n + 2 and shape[0] == self.c_in:
            return X
        form = ", ".join([str(self.c_in), *self.axes, "m"])
        start = f"{self!r} takes X of shape ({form}), the samples last, but got {shape}."
        if len(shape) == n + 2 and shape[1] == self.c_in:
            raise ag.ShapeError(f"{start} That looks like samples first: np.moveaxis(X, 0, -1).")
        if len(shape) == n + 2 and shape[-1] == self.c_in:
            order = (n + 1, *range(1, n + 1), 0)
            raise ag.ShapeError(f"{start} That looks like samples first, channels last: np.transpose(X, {order}).")
        if len(shape) == n + 1 and shape[0] == self.c_in:
            raise ag.ShapeError(f"{start} One sample is X[..., None].")
        if len(shape) == n + 1 and self.c_in == 1:
            raise ag.ShapeError(f"{start} A single channel is X[None].")
        if len(shape) == 2:
            raise ag.ShapeError(f"{start} Put nn.Reshape({form.removesuffix(', m')}) before it.")
        raise ag.ShapeError(f"{start} Compare c_in with the channels of the layer before.")

    def _settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("stride", "padding", "dilation", "groups")}


class Conv1d(Convolution):
    """Z = W ∗ X + b: each output is a weighted sum of a window that moves over a sequence, of all channels.

    Z[o, i, s] = b[o] + Σ_c Σ_a W[o, c, a] · X[c, i·stride + a·dilation, s]. (LeCun et al., 1989; cross-correlation, as
    in every library of networks.)

    Arguments:
        c_in, c_out  number of channels in and out
        size         of the window
        stride       by how much it moves
        padding      zeros on either side; ((before, after),); or "same" for as many outputs as inputs
        dilation     the distance of the entries of a window
        groups       the channels in so many parts, each output computed from one of them
        bias, init, seed, dtype  as of nn.Linear, where n_in is c_in/groups · size

    X (c_in, length, m) -> Z (c_out, ol, m) with ol = (length + 2·padding − dilation·(size − 1) − 1) // stride + 1;
    W (c_out, c_in/groups, size), b (c_out, 1, 1).

    >>> import numpy as np, nn
    >>> nn.Conv1d(2, 4, 3, padding="same")(np.ones((2, 10, 5))).shape
    (4, 10, 5)

    Raises autograd.ShapeError for an input of another form.
    """

    axes = ("length",)

    def forward(self, X: Any) -> Any:
        """X (c_in, length, m) -> Z (c_out, ol, m)."""
        return conv1d(self._checked(X), self.W, self.b, **self._settings())


class Conv2d(Convolution):
    """Z = W ∗ X + b: each output is a weighted sum of a window that moves over an image, of all channels.

    Z[o, i, j, s] = b[o] + Σ_c Σ_a Σ_b W[o, c, a, b] · X[c, i·stride + a·dilation, j·stride + b·dilation, s]. (LeCun et
    al., 1989; cross-correlation, as in every library of networks.)

    Arguments:
        c_in, c_out  number of channels in and out
        size         of the window: a number, or (height, width)
        stride       by how much it moves, down and to the right
        padding      zeros on all sides; a number for each axis; ((top, bottom), (left, right)); or "same" for as many
                     outputs as inputs
        dilation     the distance of the entries of a window
        groups       the channels in so many parts, each output computed from one of them
        bias, init, seed, dtype  as of nn.Linear, where n_in is c_in/groups · height · width of the window

    X (c_in, height, width, m) -> Z (c_out, oh, ow, m) with oh = (height + 2·padding − dilation·(kh − 1) − 1) // stride
    + 1, ow alike; W (c_out, c_in/groups, kh, kw), b (c_out, 1, 1, 1).

    >>> import numpy as np, nn
    >>> nn.Conv2d(1, 8, 3, stride=2)(np.ones((1, 28, 28, 5))).shape
    (8, 13, 13, 5)

    Raises autograd.ShapeError for an input of another form.
    """

    axes = ("height", "width")

    def forward(self, X: Any) -> Any:
        """X (c_in, height, width, m) -> Z (c_out, oh, ow, m)."""
        return conv2d(self._checked(X), self.W, self.b, **self._settings())


def _padding(padding: Any, size: tuple[int, ...], stride: Any, dilation: Any) -> Any:
    """What `padding` is to the operation; of an odd number of zeros for "same" the larger part is behind."""
    if not isinstance(padding, str):
        return padding
    if padding != "same" or np.any(np.array(stride) != 1):
        raise ag.ShapeError(
            f"padding= must be numbers of zeros, or 'same' with a stride of 1, but got {padding!r}, stride={stride}. "
            "Use (size - 1) // 2 on each side."
        )
    totals = [extent - 1 for extent in extents(size, dilation, len(size))]
    return tuple((total // 2, total - total // 2) for total in totals)
