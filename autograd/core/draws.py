"""Random numbers that a computation draws, declared: whoever runs it again, or reads a program off it, is asked how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.modes import MODE, listeners

Generator = np.random.Generator


def drawn(draw: Callable[[Generator], Any], rng: Generator | Callable[[], Generator], name: str | None = None) -> Any:
    """An array of random numbers, `draw(rng)`. A function that draws them so can be compiled: its program draws anew at
    each call, from the same generator, where other random numbers would be those of the first call for ever.

    draw   a function of a generator
    rng    a numpy Generator, or a function without arguments that says which one to take
    name   of the array, in formulas and programs

    >>> import numpy as np, autograd as ag
    >>> rng = np.random.default_rng(0)
    >>> noisy = ag.compile(lambda x: x + ag.drawn(lambda rng: rng.standard_normal(3), rng, name="noise"))
    >>> bool((noisy(np.ones(3)) == noisy(np.ones(3))).any())
    False
    """
    mode = MODE.get()
    for ask in listeners(mode.observers, "drawn") if mode is not None else ():
        draw = ask(draw, rng, name)
    return draw(current_generator(rng))


def current_generator(rng: Generator | Callable[[], Generator]) -> Generator:
    """The generator that is drawn from now."""
    return rng if isinstance(rng, Generator) else rng()
