"""Pooling: windows of sequences and images, or all there is of them, as one number for each channel."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn.layers.sequences import check_steps
from nn.layers.settings import shape_of
from nn.module import Module

__all__ = ["AvgPool1d", "AvgPool2d", "GlobalAvgPool", "GlobalMaxPool", "MaxPool1d", "MaxPool2d"]


class MaxPool(Module):
    """What max pooling shares."""

    symbol = "P"

    def __init__(
        self, size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
    ) -> None:
        self.size, self.stride, self.padding, self.dilation = size, stride, padding, dilation
        self.ceil_mode = ceil_mode

    def _settings(self) -> tuple[Any, ...]:
        return self.size, self.stride, self.padding, self.dilation, self.ceil_mode


class MaxPool1d(MaxPool):
    """The largest entry of each window of a sequence.

    P[c, i, s] = max_a A[c, i·stride + a·dilation, s]. Entries that tie share the gradient equally.

    Arguments:
        size       of the window
        stride     by how much it moves; None: by its size
        padding    places on either side, which never win
        dilation   the distance of the entries of a window
        ceil_mode  True lets the last window reach over the edge, so that no entry is left out

    A (c, length, m) -> P (c, ol, m).

    >>> import numpy as np, nn
    >>> nn.MaxPool1d(2, ceil_mode=True)(np.array([[[1.0], [3.0], [2.0]]]))[0, :, 0]
    array([3., 2.])
    """

    def forward(self, A: Any) -> Any:
        """A (c, length, m) -> P (c, ol, m)."""
        return ag.max_pool1d(A, *self._settings())


class MaxPool2d(MaxPool):
    """The largest entry of each window of an image.

    P[c, i, j, s] = max_a max_b A[c, i·stride + a·dilation, j·stride + b·dilation, s]. Entries that tie share the
    gradient equally.

    Arguments:
        size       of the window: a number, or (height, width)
        stride     by how much it moves, down and to the right; None: by its size
        padding    places on all sides, which never win
        dilation   the distance of the entries of a window
        ceil_mode  True lets the last windows reach over the edge, so that no entry is left out

    A (c, height, width, m) -> P (c, oh, ow, m).

    >>> import numpy as np, nn
    >>> nn.MaxPool2d(2)(np.arange(16.0).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """

    def forward(self, A: Any) -> Any:
        """A (c, height, width, m) -> P (c, oh, ow, m)."""
        return ag.max_pool2d(A, *self._settings())


class AvgPool(Module):
    """What average pooling shares."""

    symbol = "P"

    def __init__(
        self, size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_padding: bool = True
    ) -> None:
        self.size, self.stride, self.padding = size, stride, padding
        self.ceil_mode, self.count_padding = ceil_mode, count_padding

    def _settings(self) -> tuple[Any, ...]:
        return self.size, self.stride, self.padding, self.ceil_mode, self.count_padding


class AvgPool1d(AvgPool):
    """The mean of each window of a sequence.

    P[c, i, s] = (1/k) Σ_a A[c, i·stride + a, s].

    Arguments:
        size           of the window
        stride         by how much it moves; None: by its size
        padding        zeros on either side
        ceil_mode      True lets the last window reach over the edge; what is beyond is not counted
        count_padding  whether the zeros of the padding count as entries

    A (c, length, m) -> P (c, ol, m).

    >>> import numpy as np, nn
    >>> nn.AvgPool1d(2)(np.array([[[1.0], [3.0], [2.0], [0.0]]]))[0, :, 0]
    array([2., 1.])
    """

    def forward(self, A: Any) -> Any:
        """A (c, length, m) -> P (c, ol, m)."""
        return ag.average_pool1d(A, *self._settings())


class AvgPool2d(AvgPool):
    """The mean of each window of an image.

    P[c, i, j, s] = (1/(kh·kw)) Σ_a Σ_b A[c, i·stride + a, j·stride + b, s].

    Arguments:
        size           of the window: a number, or (height, width)
        stride         by how much it moves, down and to the right; None: by its size
        padding        zeros on all sides
        ceil_mode      True lets the last windows reach over the edge; what is beyond is not counted
        count_padding  whether the zeros of the padding count as entries

    A (c, height, width, m) -> P (c, oh, ow, m).

    >>> import numpy as np, nn
    >>> nn.AvgPool2d(2)(np.arange(16.0).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """

    def forward(self, A: Any) -> Any:
        """A (c, height, width, m) -> P (c, oh, ow, m)."""
        return ag.average_pool2d(A, *self._settings())


def global_average_pool(A: Any, *, mask: Any = None) -> Any:
    """P[c, s] = the mean of A[c, …, s]: (c, …, m) -> (c, m); of a sequence (c, T, m) with a mask (T, m), of the steps
    where it is True.

    >>> import numpy as np
    >>> global_average_pool(np.arange(4.0).reshape(1, 2, 2, 1))
    array([[1.5]])
    """
    places = _places(A)
    if mask is None:
        return np.mean(A, axis=places)
    there = _steps_there(A, mask)
    return np.sum(np.where(there, A, 0.0), axis=1) / np.sum(there, axis=0).astype(A.dtype)


def global_max_pool(A: Any, *, mask: Any = None) -> Any:
    """P[c, s] = the largest of A[c, …, s]: (c, …, m) -> (c, m); of a sequence (c, T, m) with a mask (T, m), of the
    steps where it is True.

    >>> import numpy as np
    >>> global_max_pool(np.arange(4.0).reshape(1, 2, 2, 1))
    array([[3.]])
    """
    places = _places(A)
    return np.max(A if mask is None else np.where(_steps_there(A, mask), A, -np.inf), axis=places)


def _places(A: Any) -> tuple[int, ...]:
    """The axes between channels and samples."""
    shape = shape_of(A)
    if len(shape) < 3:
        raise ag.ShapeError(
            f"Global pooling needs (channels, …, m), with axes between channels and samples, but got {shape}. "
            "Leave the layer out: nothing is to be pooled."
        )
    return tuple(range(1, len(shape) - 1))


def _steps_there(A: Any, mask: Any) -> Any:
    """A mask (T, m) of the steps of a sequence (c, T, m), of which each sample has one."""
    shape = shape_of(A)
    if len(shape) != 3:
        raise ag.ShapeError(
            f"Global pooling takes a mask (T, m) of the steps of a sequence (channels, T, m), but got {shape}. "
            "Leave the mask out."
        )
    there = check_steps("Global pooling", mask, *shape[1:])
    if type(there) is np.ndarray and not (some := there.any(axis=0)).all():
        raise ag.DataError(
            f"By this mask sample {int(np.argmin(some))} has no step, so there is nothing to be pooled. "
            "Leave such samples out."
        )
    return there


class GlobalAvgPool(Module):
    """The mean of each channel of a sample, over a whole sequence or image: A (c, …, m) -> P (c, m). (Lin, Chen and
    Yan, 2014.) mask= (T, m) says which steps of a sequence there are.

    >>> import numpy as np, nn
    >>> nn.GlobalAvgPool()(np.ones((8, 4, 4, 5))).shape
    (8, 5)
    """

    symbol = "P"

    def forward(self, A: Any, *, mask: Any = None) -> Any:
        """A (c, …, m) -> P (c, m)."""
        return global_average_pool(A, mask=mask)


class GlobalMaxPool(Module):
    """The largest entry of each channel of a sample, over a whole sequence or image: A (c, …, m) -> P (c, m). mask=
    (T, m) says which steps of a sequence there are.

    >>> import numpy as np, nn
    >>> nn.GlobalMaxPool()(np.ones((8, 10, 5))).shape
    (8, 5)
    """

    symbol = "P"

    def forward(self, A: Any, *, mask: Any = None) -> Any:
        """A (c, …, m) -> P (c, m)."""
        return global_max_pool(A, mask=mask)
