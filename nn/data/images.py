"""Images that differ from the given ones as further photographs of the same things would: turned, shifted, mirrored."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, ShapeError
from nn.data.checks import floating, numbers_of

Array = npt.NDArray[Any]

__all__ = ["augment"]


def augment(
    X: npt.ArrayLike,
    Y: npt.ArrayLike | None = None,
    *,
    flip: bool = False,
    shift: int = 0,
    rotate: float = 0.0,
    noise: float = 0.0,
    copies: int = 1,
    seed: int | np.random.Generator = 0,
) -> Any:
    """Images changed by chance, each in its own way: more to learn from, where there are few. They are made once;
    `nn.Augment` is a layer that changes them anew in each epoch.

    Args:
        X: `(channels, height, width, m)`.
        Y: `(n_y, m)` or class numbers `(m,)`, which stay what they are.
        flip: whether half of them are mirrored, left to right.
        shift: by how many pixels they are moved at most, in both directions.
        rotate: by how many degrees they are turned at most, either way, about their middle.
        noise: the standard deviation of what is added to each pixel.
        copies: how many changed ones there are of each image.
        seed: the same seed gives the same images; a `numpy.random.Generator` goes on from call to call.

    Returns:
        `(channels, height, width, copies · m)`, and the targets of those where Y was given. float32 stays float32,
        integers become float64. What comes in from beyond the edge is 0. Between pixels the values are bilinear.

    Raises:
        ShapeError: X has not four axes, or Y not as many samples. DataError: a number is out of range.

    Example:
        >>> X = np.zeros((1, 3, 3, 1)); X[0, 1, 1] = 1.0
        >>> moved, labels = augment(X, np.array([7]), shift=1, copies=4, seed=0)
        >>> moved.shape, labels, moved.sum(axis=(0, 1, 2))
        ((1, 3, 3, 4), array([7, 7, 7, 7]), array([1., 1., 1., 1.]))
    """
    images = floating(numbers_of(X, "X"))
    check_images("augment", images.shape)
    check_settings("augment", shift=shift, rotate=rotate, noise=noise, copies=copies)
    rng = np.random.default_rng(seed)
    images = np.concatenate([images] * copies, axis=-1)
    if flip or shift or rotate:
        images = values_at(images, places(rng, images.shape, flip, shift, rotate))
    if noise:
        images = images + (noise * rng.standard_normal(images.shape)).astype(images.dtype)
    if Y is None:
        return images
    targets = np.asarray(Y)
    if targets.ndim == 0 or targets.shape[-1] * copies != images.shape[-1]:
        raise ShapeError(
            f"augment needs as many samples in Y as in X, but X has shape {np.shape(X)} and Y {targets.shape}."
        )
    return images, np.concatenate([targets] * copies, axis=-1)


def check_images(who: str, shape: tuple[int, ...]) -> None:
    """Refuse what is not images."""
    if len(shape) != 4:
        raise ShapeError(
            f"{who} needs images of shape (channels, height, width, m), but got {shape}. "
            "Rows of pixels: X.reshape(1, height, width, m)."
        )


def check_settings(who: str, **given: Any) -> None:
    """Refuse numbers that are out of range."""
    for name, value in given.items():
        integer = name in ("shift", "copies")
        kinds: Any = (int, np.integer) if integer else numbers.Real
        least = 1 if name == "copies" else 0
        if not isinstance(value, kinds) or isinstance(value, bool) or not least <= value < np.inf:
            what = "an integer" if integer else "a number"
            raise DataError(f"{who} needs {name}, {what} of at least {least}, but got {value!r}.")


def places(rng: np.random.Generator, shape: tuple[int, ...], flip: bool, shift: int, rotate: float) -> Array:
    """From where each pixel of a mirrored, shifted and turned image comes, of each of m of shape (c, h, w, m): row and
    column, (2, h, w, m)."""
    _, h, w, m = shape
    down, right = rng.integers(-shift, shift + 1, (2, m))
    angle = np.deg2rad(rng.uniform(-rotate, rotate, m))
    mirrored = np.where(rng.random(m) < 0.5, -1.0, 1.0) if flip else np.ones(m)
    y = (np.arange(h) - (h - 1) / 2)[:, None, None] - down
    x = (np.arange(w) - (w - 1) / 2)[None, :, None] - right
    cosine, sine = np.cos(angle), np.sin(angle)
    rows = cosine * y + sine * x + (h - 1) / 2
    cols = (cosine * x - sine * y) * mirrored + (w - 1) / 2
    return np.stack([rows, cols])


def values_at(images: Any, at: Any) -> Any:
    """The values of images, arrays or Tensors (c, h, w, m), at places (2, h, w, m) between the pixels, by those of the
    four around each; 0 beyond the edge."""
    _, h, w, m = images.shape
    rows, cols = at[0], at[1]
    top, left = np.floor(rows), np.floor(cols)
    below, beside = rows - top, cols - left
    y, x = np.stack([top, top, top + 1, top + 1]), np.stack([left, left + 1, left, left + 1])
    down, right = np.stack([1 - below, 1 - below, below, below]), np.stack([1 - beside, beside, 1 - beside, beside])
    inside = (y >= 0) & (y < h) & (x >= 0) & (x < w)
    four = images[:, _nearest(y, h), _nearest(x, w), np.arange(m)]
    return np.sum(np.where(inside, down * right, 0.0) * four, axis=1).astype(images.dtype)


def _nearest(places: Any, n: int) -> Any:
    """Floors of floats as integers from 0 to n − 1, whichever is nearest. A compiled program does this, too."""
    return np.searchsorted(np.arange(1, n), places, side="right")
