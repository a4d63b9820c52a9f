"""A text that comes with the package, and how a text becomes numbers to learn from: one for each character."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError, DtypeError, ShapeError

Array = npt.NDArray[Any]

_TEXTS = {"sonnets": "William Shakespeare, Sonnets (1609), all 154, a blank line between them; in the public domain"}


def text(name: str) -> str:
    """Load a text.

    - `"sonnets"`: the 154 sonnets of William Shakespeare, 94434 characters, 61 different ones; in the public domain.

    Args:
        name: `"sonnets"`.

    Raises:
        DataError: no text has this name.

    Example:
        >>> print(text("sonnets")[:82])
        From fairest creatures we desire increase,
        That thereby beauty's rose might never
    """
    if name not in _TEXTS:
        raise DataError(f"There is no text named {name!r}. Known: {', '.join(_TEXTS)}.")
    return (files(__package__) / f"{name}.txt").read_text(encoding="ascii")


@dataclass(frozen=True)
class Characters:
    """The characters of a text and their numbers: those in `symbols`, from 0. `len()` says how many there are.

    Example:
        >>> characters = Characters.of("to be or not")
        >>> characters.symbols, characters.encode("bee").tolist(), characters.decode([6, 4, 0])
        (' benort', [1, 2, 2], 'to ')
    """

    symbols: str

    @classmethod
    def of(cls, text: str) -> Characters:
        """Those that stand in a text, sorted."""
        if not isinstance(text, str) or not text:
            raise DataError(f"Characters.of needs a text that is not empty, but got {text!r:.60}.")
        return cls("".join(sorted(set(text))))

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, text: str) -> Array:
        """The numbers of the characters of a text.

        Raises:
            DataError: a character is not one of `symbols`.
        """
        numbers = {symbol: k for k, symbol in enumerate(self.symbols)}
        unknown = sorted(set(text) - numbers.keys())
        if unknown:
            raise DataError(
                f"encode needs characters of {self.symbols!r}, but got {''.join(unknown)!r} as well. Make "
                "Characters.of both texts, or leave these out."
            )
        return np.array([numbers[symbol] for symbol in text], dtype=np.int64)

    def decode(self, tokens: npt.ArrayLike) -> str:
        """The text of such numbers."""
        return "".join(self.symbols[k] for k in _tokens(tokens, "decode", len(self)).ravel())

    def one_hot(self, tokens: npt.ArrayLike) -> Array:
        """(…) -> (n, …): 1 in the row of each character, 0 elsewhere, as a cost of probabilities needs it.

        Example:
            >>> Characters("ab").one_hot([[0, 1, 1]])
            array([[[1., 0., 0.]],
            <BLANKLINE>
                   [[0., 1., 1.]]])
        """
        tokens = _tokens(tokens, "one_hot", len(self))
        rows = np.arange(len(self)).reshape(-1, *(1,) * tokens.ndim)
        return (rows == tokens).astype(float)


def windows(tokens: npt.ArrayLike, length: int, step: int | None = None) -> tuple[Array, Array]:
    """Cut a long sequence into shorter ones, each with what follows every one of its steps.

    Args:
        tokens: integers, `(N,)`, as `Characters.encode` gives them.
        length: T, the steps of each.
        step: from the beginning of one to that of the next; `None` is the length, so that they do not overlap.

    Returns:
        X `(T, m)` and Y `(T, m)`, where `Y[t]` is what follows `X[t]`: a column for each sequence.

    Raises:
        ShapeError: tokens has another rank, or is not longer than the length.

    Example:
        >>> X, Y = windows([5, 6, 7, 8, 9], 2)
        >>> X, Y
        (array([[5, 7],
               [6, 8]]), array([[6, 8],
               [7, 9]]))
    """
    tokens = _tokens(tokens, "windows")
    if tokens.ndim != 1:
        raise ShapeError(f"windows needs one sequence of tokens, (N,), but got shape {tokens.shape}.")
    step = length if step is None else step
    for name, n in (("length", length), ("step", step)):
        if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or n < 1:
            raise ShapeError(f"windows needs {name}, an integer of at least 1, but got {n!r}.")
    if len(tokens) <= length:
        raise ShapeError(
            f"windows needs more tokens than the length of {length}, since each step needs one that follows, but got "
            f"{len(tokens)}. Take a shorter length."
        )
    places = np.arange(0, len(tokens) - length, step) + np.arange(length)[:, None]
    return tokens[places], tokens[places + 1]


def _tokens(tokens: npt.ArrayLike, who: str, n: int | None = None) -> Array:
    """Tokens as an array of integers, from 0 to n − 1."""
    given = np.asarray(tokens)
    if given.dtype.kind not in "iu":
        raise DtypeError(
            f"{who} needs integer tokens, but got dtype {given.dtype}. Of a text: Characters.of(text).encode(text)."
        )
    if n is not None and given.size and not (given.min() >= 0 and given.max() < n):
        raise DataError(f"{who} needs tokens from 0 to {n - 1}, but they go from {given.min()} to {given.max()}.")
    return given
