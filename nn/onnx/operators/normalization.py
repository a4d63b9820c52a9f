"""Normalization, and dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn import random
from nn.onnx.operators.row import defines, plain


def of_channels(p: Any, ndim: int) -> Any:
    """(C,) as (C, 1, 1 …), beside (N, C, …)."""
    return np.reshape(p, (-1, *(1,) * (ndim - 2)))


@defines("BatchNormalization", since=7, state=(3, 4))
def batch_normalization(
    x: Any,
    scale: Any,
    b: Any,
    mean: Any,
    var: Any,
    *,
    epsilon: float = 1e-5,
    momentum: float = 0.9,
    training_mode: int = 0,
    spatial: int = 1,
    n_outputs: int = 1,
    training: bool = True,
) -> Any:
    """By running statistics. Where the graph is for training, by those of the samples while the network is in training,
    and the running ones are further outputs."""
    if spatial != 1 or (n_outputs > 1 and not training_mode):
        raise ag.Unsupported(
            "BatchNormalization of ONNX before version 14 needs spatial=1 and a single output here, but got "
            f"spatial={spatial} and {n_outputs} outputs. Export the model again, for a newer version, in evaluation."
        )
    ndim = np.ndim(x)
    running = (mean, var) if training_mode else ()
    if training_mode and training:
        axes = (0, *range(2, ndim))
        now, spread = np.mean(x, axis=axes), np.var(x, axis=axes)
        running = tuple(momentum * old + (1 - momentum) * plain(new) for old, new in ((mean, now), (var, spread)))
        mean, var = now, spread
    out = (x - of_channels(mean, ndim)) / np.sqrt(of_channels(var, ndim) + epsilon)
    out = out * of_channels(scale, ndim) + of_channels(b, ndim)
    return (out, *running) if running else out


def normalized(x: Any, axes: tuple[int, ...], epsilon: float) -> Any:
    """(x − mean) / √(variance + epsilon) over the axes."""
    return ag.normalize(x, axis=axes, eps=epsilon)


@defines("InstanceNormalization")
def instance_normalization(x: Any, scale: Any, b: Any, *, epsilon: float = 1e-5) -> Any:
    """Each channel of each sample by itself."""
    ndim = np.ndim(x)
    return normalized(x, tuple(range(2, ndim)), epsilon) * of_channels(scale, ndim) + of_channels(b, ndim)


@defines("GroupNormalization", since=21)
def group_normalization(
    x: Any, scale: Any, b: Any, *, num_groups: int, epsilon: float = 1e-5, stash_type: int = 1
) -> Any:
    """Groups of channels of each sample by themselves."""
    ndim = np.ndim(x)
    return in_groups(x, num_groups, epsilon) * of_channels(scale, ndim) + of_channels(b, ndim)


@defines("GroupNormalization")
def group_normalization_by_group(x: Any, scale: Any, b: Any, *, num_groups: int, epsilon: float = 1e-5) -> Any:
    """As before version 21: with a scale and a shift for each group."""
    each = np.shape(x)[1] // num_groups
    return group_normalization(x, np.repeat(scale, each), np.repeat(b, each), num_groups=num_groups, epsilon=epsilon)


def in_groups(x: Any, groups: int, epsilon: float) -> Any:
    """Normalized by group of channels."""
    split = np.reshape(x, (np.shape(x)[0], groups, -1))
    return np.reshape(normalized(split, (2,), epsilon), np.shape(x))


@defines("LayerNormalization")
def layer_normalization(
    x: Any,
    scale: Any,
    b: Any = None,
    *,
    axis: int = -1,
    epsilon: float = 1e-5,
    stash_type: int = 1,
    n_outputs: int = 1,
) -> Any:
    """Over all axes from `axis` on; further outputs are the mean and 1 / √(variance + epsilon)."""
    axes = tuple(range(axis % np.ndim(x), np.ndim(x)))
    out = normalized(x, axes, epsilon) * scale
    out = out if b is None else out + b
    if n_outputs == 1:
        return out
    mean, var = np.mean(x, axis=axes, keepdims=True), np.var(x, axis=axes, keepdims=True)
    return (out, mean, 1 / np.sqrt(var + epsilon))[:n_outputs]


@defines("RMSNormalization")
def rms_normalization(x: Any, scale: Any, *, axis: int = -1, epsilon: float = 1e-5, stash_type: int = 1) -> Any:
    """Divided by √(mean of squares + epsilon) over all axes from `axis` on."""
    axes = tuple(range(axis % np.ndim(x), np.ndim(x)))
    return x / np.sqrt(np.mean(np.square(x), axis=axes, keepdims=True) + epsilon) * scale


@defines("LpNormalization")
def lp_normalization(x: Any, *, axis: int = -1, p: int = 2) -> Any:
    """Divided by the length along the axis; where that is 0 the result is 0."""
    length = np.sum(np.abs(x), axis=axis, keepdims=True) if p == 1 else np.linalg.norm(x, axis=axis, keepdims=True)
    return np.where(length > 0, x / np.where(length > 0, length, 1.0), 0.0)


@defines("MeanVarianceNormalization")
def mean_variance_normalization(x: Any, *, axes: Any = (0, 2, 3)) -> Any:
    """(x − mean) / (standard deviation + 1e-9), as ONNX defines it."""
    centred = x - np.mean(x, axis=tuple(axes), keepdims=True)
    return centred / (np.sqrt(np.mean(np.square(centred), axis=tuple(axes), keepdims=True)) + 1e-9)


@defines("LRN")
def local_response_normalization(
    x: Any, *, size: int, alpha: float = 1e-4, beta: float = 0.75, bias: float = 1.0
) -> Any:
    """Divided by (bias + alpha/size · sum of squares of neighbouring channels)^beta."""
    before, after = (size - 1) // 2, size - 1 - (size - 1) // 2
    squares = np.pad(np.square(x), ((0, 0), (before, after), *((0, 0),) * (np.ndim(x) - 2)))
    c = np.shape(x)[1]
    total = squares[:, 0:c]
    for k in range(1, size):
        total = total + squares[:, k : k + c]
    return x / (bias + alpha / size * total) ** beta


@defines("Dropout", since=7)
def dropout(
    x: Any,
    ratio: Any = 0.5,
    training_mode: Any = False,
    *,
    seed: int | None = None,
    n_outputs: int = 1,
    training: bool = True,
) -> Any:
    """x itself, but where the graph is for training and the network is in training; the second output is the mask."""
    share, shape = float(plain(0.5 if ratio is None else ratio)), np.shape(x)
    if not training or training_mode is None or not np.any(plain(training_mode)) or share == 0:
        return x if n_outputs == 1 else (x, np.ones(shape, bool))
    rng: Any = np.random.RandomState(seed) if seed is not None else None

    def draw(generator: Any) -> Any:
        return (generator if rng is None else rng).uniform(0.0, 1.0, shape) >= share

    mask = ag.drawn(draw, random.current, "mask") if rng is None else draw(rng)
    out = x * mask.astype(plain(x).dtype) / (1 - share)
    return out if n_outputs == 1 else (out, mask)
