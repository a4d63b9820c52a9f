"""Random numbers for some of the columns of a batch: the very ones that they would get if one machine had them all."""

from __future__ import annotations

from typing import Any

import numpy as np

# The methods that draw arrays, and the position of `size` among their arguments.
_SIZE = {
    "random": 0,
    "standard_normal": 0,
    "standard_exponential": 0,
    "exponential": 1,
    "poisson": 1,
    "choice": 1,
    "standard_gamma": 1,
    "normal": 2,
    "uniform": 2,
    "integers": 2,
    "binomial": 2,
    "laplace": 2,
    "gumbel": 2,
    "gamma": 2,
    "beta": 2,
}


class OfBatch(np.random.Generator):
    """Draws for all m columns of a batch, and gives those of the columns at some positions. An array has a column for
    each sample if its last axis is as long as there are positions; any other is drawn as it is.

    >>> everything = np.random.default_rng(0).random((2, 5))
    >>> some = OfBatch(np.random.default_rng(0).bit_generator, 5, np.array([1, 4])).random((2, 2))
    >>> bool((some == everything[:, [1, 4]]).all())
    True
    """

    def __init__(self, bit_generator: np.random.BitGenerator, m: int, positions: Any) -> None:
        super().__init__(bit_generator)
        self.m, self.positions = m, positions


def _of_batch(name: str, place: int) -> Any:
    whole = getattr(np.random.Generator, name)

    def draw(self: OfBatch, *args: Any, **options: Any) -> Any:
        size = args[place] if len(args) > place else options.get("size")
        shape = (size,) if isinstance(size, (int, np.integer)) else size
        if not shape or shape[-1] != len(self.positions) or options.get("out") is not None:
            return whole(self, *args, **options)
        of_all = (*shape[:-1], self.m)
        if len(args) > place:
            args = (*args[:place], of_all, *args[place + 1 :])
        else:
            options["size"] = of_all
        return whole(self, *args, **options)[..., self.positions]

    return draw


for _name, _place in _SIZE.items():
    setattr(OfBatch, _name, _of_batch(_name, _place))
