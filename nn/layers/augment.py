"""Augment: data changed by chance in training, at each step anew."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from nn import random
from nn.data.images import check_images, check_settings, places, values_at
from nn.layers.sequences import flag
from nn.layers.settings import shape_of
from nn.module import Module

__all__ = ["Augment"]


class Augment(Module):
    """Images changed by chance in training, each in its own way and in each epoch anew; X itself in evaluation. It is
    the first layer of a model.

    Arguments:
        flip    whether half of them are mirrored, left to right
        shift   by how many pixels they are moved at most, in both directions
        rotate  by how many degrees they are turned at most, either way, about their middle
        noise   the standard deviation of what is added to each entry; alone, of data of any shape
        seed    of a generator of its own; None draws from that of `nn.fit`, of `nn.random.seeded`, or nn's own

    X (channels, height, width, m) -> the same shape. What comes in from beyond the edge is 0; between pixels the values
    are bilinear. `nn.data.augment` does the same once, as an array.

    >>> import numpy as np, nn
    >>> X = np.array([[1.0, 2, 3]]).reshape(1, 1, 3, 1)
    >>> layer = nn.Augment(flip=True, seed=2)
    >>> [layer(X)[0, 0, :, 0].tolist() for epoch in range(3)]
    [[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [1.0, 2.0, 3.0]]
    >>> layer.eval()(X) is X
    True

    Raises autograd.ShapeError unless X is images, autograd.DataError for a number that is out of range.
    """

    def __init__(
        self,
        *,
        flip: bool = False,
        shift: int = 0,
        rotate: float = 0.0,
        noise: float = 0.0,
        seed: int | np.random.Generator | None = None,
    ) -> None:
        check_settings("Augment", shift=shift, rotate=rotate, noise=noise)
        self.flip, self.shift = flag("Augment", "flip", flip), int(shift)
        self.rotate, self.noise = float(rotate), float(noise)
        self.generator = None if seed is None else np.random.default_rng(seed)

    def forward(self, X: Any) -> Any:
        """X (channels, height, width, m) -> the same shape."""
        moves = bool(self.flip or self.shift or self.rotate)
        shape = shape_of(X)
        if moves:
            check_images(repr(self), shape)
        if not self.training:
            return X
        X = X if hasattr(X, "dtype") else np.asarray(X)
        if moves:
            X = values_at(X, self._drawn(lambda rng: places(rng, shape, self.flip, self.shift, self.rotate), "places"))
        if self.noise:
            noise, dtype = self.noise, X.dtype
            X = X + self._drawn(lambda rng: (noise * rng.standard_normal(shape)).astype(dtype), "noise")
        return X

    def _drawn(self, draw: Any, name: str) -> Any:
        return ag.drawn(draw, lambda: self.generator or random.current(), name)
