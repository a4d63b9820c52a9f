"""Draw: random integers that depend on a seed only, not on the version of a library."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")


class Draw:
    """A stream of random integers: the digits of SHA-256 of the seed and a count.

    >>> draw = Draw("Ada")
    >>> draw.below(10), draw.one_of("abc"), draw.array((1, 3), range(-2, 3))
    (4, 'c', array([[ 1.,  2., -1.]]))
    """

    def __init__(self, seed: int | str) -> None:
        self._seed, self._count = seed, 0

    def below(self, n: int) -> int:
        """An integer from 0 to n − 1."""
        self._count += 1
        digest = hashlib.sha256(
            f"{type(self._seed).__name__} {self._seed} {self._count}".encode(errors="surrogatepass")
        ).digest()
        return int.from_bytes(digest[:8], "big") % n

    def one_of(self, options: Sequence[T]) -> T:
        """One of several."""
        return options[self.below(len(options))]

    def array(self, shape: tuple[int, ...], options: Sequence[Any]) -> np.ndarray:
        """An array of floats, each of which is one of the options."""
        return np.array([float(self.one_of(options)) for _ in range(int(np.prod(shape)))]).reshape(shape)

    def order(self, things: Sequence[T]) -> list[T]:
        """The same things in another order."""
        left, found = list(things), []
        while left:
            found.append(left.pop(self.below(len(left))))
        return found
