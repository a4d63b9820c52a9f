"""Normalization: values shifted and scaled to mean 0 and variance 1, over samples, features or groups of channels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import autograd as ag
from nn.buffers import Buffer
from nn.layers.settings import check_counts, filled, shape_of
from nn.module import Module

__all__ = ["BatchNorm", "GroupNorm", "LayerNorm"]


def batch_norm(
    X: Any, gamma: Any = None, beta: Any = None, mean: Any = None, variance: Any = None, eps: float = 1e-5
) -> Any:
    """γ (X − mean) / √(variance + eps) + β, for each channel: (c, …, m) -> the same shape; γ, β, mean, variance (c, 1).

    Without mean and variance those of X are taken, over samples and places. See nn.BatchNorm.

    >>> import numpy as np
    >>> batch_norm(np.array([[1.0, 3.0]]), eps=0.0)
    array([[-1.,  1.]])
    """
    ndim = len(shape_of(X))
    if mean is None:
        normal = ag.normalize(X, axis=tuple(range(1, ndim)), eps=eps)
    else:
        normal = (X - _beside(mean, ndim)) / np.sqrt(_beside(variance, ndim) + eps)
    return _scaled(normal, gamma, beta, ndim)


def layer_norm(X: Any, gamma: Any = None, beta: Any = None, axes: int = 1, eps: float = 1e-5) -> Any:
    """γ (X − mean) / √(variance + eps) + β, the mean and variance of each column: over the first `axes` axes of X.

    γ and β have these axes, and one of size 1. See nn.LayerNorm.

    >>> import numpy as np
    >>> layer_norm(np.array([[1.0, 10.0], [3.0, 30.0]]), eps=0.0)
    array([[-1., -1.],
           [ 1.,  1.]])
    """
    return _scaled(ag.normalize(X, axis=tuple(range(axes)), eps=eps), gamma, beta, len(shape_of(X)))


def group_norm(X: Any, groups: int, gamma: Any = None, beta: Any = None, eps: float = 1e-5) -> Any:
    """γ (X − mean) / √(variance + eps) + β, the mean and variance over each group of the channels of a sample:
    (c, …, m) -> the same shape; γ, β (c, 1). See nn.GroupNorm.

    >>> import numpy as np
    >>> group_norm(np.array([[1.0], [3.0], [10.0], [30.0]]), 2, eps=0.0).ravel()
    array([-1.,  1., -1.,  1.])
    """
    shape = shape_of(X)
    parts = np.reshape(X, (groups, shape[0] // groups, *shape[1:]))
    normal = ag.normalize(parts, axis=tuple(range(1, len(shape))), eps=eps)
    return _scaled(np.reshape(normal, shape), gamma, beta, len(shape))


def _scaled(normal: Any, gamma: Any, beta: Any, ndim: int) -> Any:
    if gamma is not None:
        normal = _beside(gamma, ndim) * normal
    return normal if beta is None else normal + _beside(beta, ndim)


def _beside(parameter: Any, ndim: int) -> Any:
    """A parameter (…, 1) with further axes of size 1, for values of so many axes."""
    shape = shape_of(parameter)
    return parameter if len(shape) == ndim else np.reshape(parameter, (*shape, *(1,) * (ndim - len(shape))))


class Normalization(Module):
    """What these layers share: γ starts as 1, β as 0; they belong to the layer before, whose value they normalize."""

    symbol = "Zt"
    begins_layer = False
    affine: bool

    def _parameters(self, shape: tuple[int, ...], affine: bool, dtype: Any) -> None:
        kind, self.affine = type(self).__name__, bool(affine)
        self.gamma = filled(kind, 1.0, shape, "gamma", dtype) if affine else None
        self.beta = filled(kind, 0.0, shape, "beta", dtype) if affine else None

    def _refuse(self, form: str, shape: tuple[int, ...]) -> None:
        raise ag.ShapeError(
            f"{self!r} takes X of shape {form}, the samples last, but got {shape}. Compare it with the layer before."
        )


class BatchNorm(Normalization):
    """Z̃ = γ (Z − μ) / √(σ² + eps) + β, where μ and σ² are mean and variance of each feature or channel over all
    samples (and places): those of this batch in training, the running ones in evaluation. (Ioffe and Szegedy, 2015.)

    Arguments:
        n         number of features or channels
        eps       added to the variance
        momentum  the share of each batch in the running statistics: mean := (1 − momentum) mean + momentum μ
        affine    False leaves γ and β out
        dtype     of the parameters and the statistics

    Z (n, m), (n, length, m) or (n, height, width, m) -> the same shape; γ, β (n, 1). The Buffers `mean` and `variance`
    (n, 1) are the running statistics; the variance in them is the unbiased one, of N − 1.

    >>> import numpy as np, nn
    >>> layer = nn.BatchNorm(1, eps=0.0)
    >>> layer(np.array([[1.0, 3.0]])), layer.mean.value
    (Tensor([[-1.,  1.]]), array([[0.2]]))

    Raises autograd.ShapeError unless Z has n rows, and in training for a single number per channel.
    """

    def __init__(
        self, n: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True, *, dtype: Any = float
    ) -> None:
        check_counts("BatchNorm", "the number of features or channels", n=n)
        if not 0 <= momentum <= 1:
            raise ValueError(f"BatchNorm needs a momentum from 0 to 1, but got {momentum!r}.")
        self.n, self.eps, self.momentum = n, eps, momentum
        self._parameters((n, 1), affine, dtype)
        self.mean = Buffer(np.zeros((n, 1), dtype), name="mean")
        self.variance = Buffer(np.ones((n, 1), dtype), name="variance")

    def forward(self, Z: Any) -> Any:
        """Z (n, …, m) -> the same shape."""
        shape = shape_of(Z)
        if len(shape) < 2 or shape[0] != self.n:
            self._refuse(f"({self.n}, …, m)", shape)
        if not self.training:
            return batch_norm(Z, self.gamma, self.beta, self.mean.value, self.variance.value, self.eps)
        self._count(Z, shape)
        return batch_norm(Z, self.gamma, self.beta, eps=self.eps)

    def _count(self, Z: Any, shape: tuple[int, ...]) -> None:
        """Let the running statistics follow this batch."""
        if math.prod(shape[1:]) < 2:
            raise ag.ShapeError(
                f"{self!r} needs at least two numbers per channel in training, but got {shape}: with one, every result "
                "would be β. Use a larger batch, or model.eval()."
            )
        axes, share = tuple(range(1, len(shape))), self.momentum
        with ag.no_grad():
            mean = np.reshape(np.mean(Z, axis=axes), (self.n, 1))
            variance = np.reshape(np.var(Z, axis=axes, ddof=1), (self.n, 1))
            after = (1 - share) * self.mean.value + share * mean
            # First the variance: it is refused wherever the mean would be, and then neither has changed.
            self.variance.update((1 - share) * self.variance.value + share * variance)
            self.mean.update(after)


class LayerNorm(Normalization):
    """Z̃ = γ (Z − μ) / √(σ² + eps) + β, where μ and σ² are mean and variance of the features of each column. (Ba, Kiros
    and Hinton, 2016.)

    Arguments:
        shape   number of features; or the first sizes of Z, as (channels, height, width)
        eps     added to the variance
        affine  False leaves γ and β out
        dtype   of the parameters

    Z (n, …, m) -> the same shape, every column by itself, also of a sequence (n, T, m); γ, β (n, 1), or (*shape, 1).

    >>> import numpy as np, nn
    >>> nn.LayerNorm(2, eps=0.0)(np.array([[1.0, 10.0], [3.0, 30.0]]))
    Tensor([[-1., -1.],
            [ 1.,  1.]])
    """

    def __init__(self, shape: Any, eps: float = 1e-5, affine: bool = True, *, dtype: Any = float) -> None:
        sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
        check_counts("LayerNorm", "the number of features", **{f"size {k}": n for k, n in enumerate(sizes)})
        self.shape, self.eps = shape, eps
        self._sizes = sizes
        self._parameters((*sizes, 1), affine, dtype)

    def forward(self, Z: Any) -> Any:
        """Z (n, …, m) -> the same shape."""
        shape = shape_of(Z)
        if len(shape) <= len(self._sizes) or shape[: len(self._sizes)] != self._sizes:
            self._refuse(f"({', '.join(map(str, self._sizes))}, …, m)", shape)
        return layer_norm(Z, self.gamma, self.beta, len(self._sizes), self.eps)


class GroupNorm(Normalization):
    """Z̃ = γ (Z − μ) / √(σ² + eps) + β, where μ and σ² are mean and variance over a group of channels of each sample, at
    all places. (Wu and He, 2018.) With a group for each channel it is instance normalization.

    Arguments:
        groups  number of groups, which divides n
        n       number of channels
        eps     added to the variance
        affine  False leaves γ and β out
        dtype   of the parameters

    Z (n, …, m) -> the same shape; γ, β (n, 1).

    >>> import numpy as np, nn
    >>> nn.GroupNorm(2, 4)(np.ones((4, 5, 5, 3))).shape
    (4, 5, 5, 3)
    """

    def __init__(self, groups: int, n: int, eps: float = 1e-5, affine: bool = True, *, dtype: Any = float) -> None:
        check_counts("GroupNorm", "the numbers of groups and of channels", groups=groups, n=n)
        if n % groups:
            raise ag.ShapeError(f"GroupNorm needs a number of channels that groups={groups} divides, but got n={n}.")
        self.groups, self.n, self.eps = groups, n, eps
        self._parameters((n, 1), affine, dtype)

    def forward(self, Z: Any) -> Any:
        """Z (n, …, m) -> the same shape."""
        shape = shape_of(Z)
        if len(shape) < 2 or shape[0] != self.n:
            self._refuse(f"({self.n}, …, m)", shape)
        return group_norm(Z, self.groups, self.gamma, self.beta, self.eps)
