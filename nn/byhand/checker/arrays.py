"""What a student hands in: arrays by names, read leniently, and how precisely they are given."""

from __future__ import annotations

import difflib
import numbers
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd as ag

_FEWEST, _MOST = 2, 9  # digits to which numbers are rounded by people
_NUMBERED = re.compile(r"d?v\d+")  # values that have no name
_MANY = 2000  # entries, of which a part is looked at first
_EXACT = 1024  # multiples of 1/1024 are not rounded to a few digits, they are short


@dataclass(frozen=True)
class Array:
    """One array as it was handed in.

    value     in double precision
    rounding  how far each entry may be off, because it was rounded or computed in single precision
    """

    value: Any
    rounding: Any

    def turned(self) -> Array:
        """Transposed."""
        return Array(self.value.T, np.transpose(self.rounding))

    def shaped(self, shape: tuple[int, ...]) -> Array:
        """In another shape of as many entries."""
        return Array(self.value.reshape(shape), np.broadcast_to(self.rounding, self.value.shape).reshape(shape))

    @property
    def has_one_decimal(self) -> bool:
        """Whether no entry has more than one place after the point."""
        return _is_multiple(self.value, np.full(self.value.shape, 0.1))

    def to_one_decimal(self) -> Array:
        """The same, known to be rounded to one place."""
        return Array(self.value, np.maximum(self.rounding, 0.051))


class NotAnArray(ValueError):
    """Something was handed in that is not an array of numbers."""


class NotFilledIn(NotAnArray):
    """The `...` or the None of an exercise was handed in."""


def read(given: Any) -> Array:
    """An array of numbers, from whatever holds one: lists, NumPy, tensors of other libraries.

    >>> read([[0.125, 1]]).value
    array([[0.125, 1.   ]])

    Raises NotAnArray in words.
    """
    if given is ... or given is None:
        raise NotFilledIn(
            f"is not filled in yet. Put your result in place of {'None' if given is None else 'the dots'}."
        )
    plain = _in_floats(_plain(given))
    if plain.dtype.kind not in "fiub":
        fix = "Hand in np.array(…)." if plain.ndim == 0 else "Convert it to floats."
        raise NotAnArray(f"needs an array of numbers, but got {_described(given, plain)}. {fix}")
    return Array(plain.astype(float), _rounding(plain))


def _plain(given: Any) -> np.ndarray:
    if isinstance(given, ag.Tensor):
        return np.asarray(given.data)
    for method in ("detach", "cpu", "numpy"):  # tensors of other libraries
        if callable(getattr(given, method, None)):
            given = getattr(given, method)()
    try:
        return np.asarray(given)
    except Exception as error:  # __array__ of a foreign class may raise anything
        why = f"{type(given).__name__}: {error}".rstrip(".")
        got = "rows of different lengths" if isinstance(given, (list, tuple)) else why
        raise NotAnArray(f"needs an array of numbers, but got {got}. Hand in np.array(…).") from None


def _in_floats(plain: np.ndarray) -> np.ndarray:
    """Objects that are numbers, such as fractions, as floats."""
    if plain.dtype.kind != "O" or not all(isinstance(x, numbers.Real) for x in plain.flat):
        return plain
    return plain.astype(float)


def _described(given: Any, plain: np.ndarray) -> str:
    if isinstance(given, (list, tuple, np.ndarray)):
        return f"{type(given).__name__} of {plain.dtype} values"
    return type(given).__name__


def _rounding(plain: np.ndarray) -> Any:
    """How far entries may be off: told from their dtype and from how many digits they have."""
    with np.errstate(all="ignore"):
        return _rounding_of(plain, plain.astype(float))


def _rounding_of(plain: np.ndarray, x: np.ndarray) -> Any:
    size = np.abs(np.where(np.isfinite(x), x, 0.0))
    if plain.dtype.kind != "f" or bool(np.all(size * _EXACT % 1 == 0)):
        return 0.0 * size
    if x.size > _MANY and plain.dtype.itemsize == 8 and _has_all_digits(x.ravel()[:_MANY]):
        return 0.0 * size
    if plain.dtype.itemsize < 8:
        return 64 * float(np.finfo(plain.dtype).eps) * (size + 0.1 * size.max(initial=0.0))
    rounding = np.maximum(_to_decimals(x), _to_digits(x, size))
    if not rounding.any() and bool(np.all((x == x.astype(np.float32)) | ~np.isfinite(x))):
        return 64 * float(np.finfo(np.float32).eps) * (size + 0.1 * size.max(initial=0.0))
    return rounding


def _has_all_digits(some: np.ndarray) -> bool:
    """Whether some of the entries show already that they are not rounded."""
    return not np.all(np.abs(some) * _EXACT % 1 == 0) and not np.any(_rounding_of(some, some))


def _to_decimals(x: np.ndarray) -> np.ndarray:
    """Half a unit of the last place after the point, if few places are given."""
    return _half_a_unit(x, lambda places: np.full(x.shape, 10.0**-places))


def _to_digits(x: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Half a unit of the last digit of each entry, if few digits are given."""
    exponent = np.floor(np.log10(np.where(size > 0, size, 1.0)))
    return _half_a_unit(x, lambda digits: 10.0 ** (exponent - digits + 1))


def _half_a_unit(x: np.ndarray, unit: Callable[[int], np.ndarray]) -> np.ndarray:
    """Half of the largest unit of which every entry is a multiple; 0 where that takes many digits."""
    if not _is_multiple(x, unit(_MOST)):
        return np.zeros(x.shape)
    fewest = next(digits for digits in range(_FEWEST, _MOST + 1) if _is_multiple(x, unit(digits)))
    return np.asarray(0.51 * unit(fewest))


def _is_multiple(x: np.ndarray, unit: np.ndarray) -> bool:
    off = np.abs(x - np.round(x / unit) * unit)
    return bool(np.all((off <= 1e-14 * np.abs(x)) | ~np.isfinite(x)))


def matched(names: Iterable[str], known: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Which known name each one means, and what is said of those that mean none.

    >>> matched(["dz_2", "dw[2]", "db²", "dQ7"], ["dZ2", "dW2", "db2"])[0]
    {'dz_2': 'dZ2', 'dw[2]': 'dW2', 'db²': 'db2'}
    >>> matched(["∂L/∂Z2", "W2.grad", "delta1"], ["Z2", "dZ2", "dW2", "dZ1"])[0]
    {'∂L/∂Z2': 'dZ2', 'W2.grad': 'dW2', 'delta1': 'dZ1'}
    """
    known = list(known)
    exact, loose = {_bare(name): name for name in known}, _unique((_bare(name).lower(), name) for name in known)
    found: dict[str, str] = {}
    unknown: dict[str, str] = {}
    for name in names:
        bare = _bare(str(name))
        meant = exact.get(bare) or loose.get(bare.lower()) or loose.get(_synonym(bare.lower()))
        if meant is None or meant in found.values():
            unknown[name] = _suggestion(str(name), meant, known)
        else:
            found[name] = meant
    return found, unknown


def _bare(name: str) -> str:
    return re.sub(r"[^0-9A-Za-z\u0370-\u03ff]", "", re.sub("[∂∇]", "d", unicodedata.normalize("NFKC", name)))


def _synonym(bare: str) -> str:
    bare = re.sub(r"^(grad|gradient|d[jl]d)(?=[a-z])", "d", bare)
    bare = re.sub(r"^([a-z]+\d*)grad(ient)?$", r"d\1", bare)
    bare = re.sub(r"^(delta|δ)(?=\d)", "dz", bare)
    return {"da0": "dx", "a0": "x"}.get(bare, bare)


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What has one meaning only: where w and W are both known, neither may be written for the other."""
    found: dict[str, list[str]] = {}
    for loose, name in pairs:
        found.setdefault(loose, []).append(name)
    return {loose: names[0] for loose, names in found.items() if len(names) == 1}


def _suggestion(name: str, meant: str | None, known: list[str]) -> str:
    if meant is not None:
        return f"{name} was handed in twice, as {meant} too. Hand in one of them."
    bare = _bare(name)
    named = [k for k in known if not _NUMBERED.fullmatch(k)]
    alike = [k for k in named if k[:1] == "d"] if bare[:1] == "d" else named  # a gradient is not meant for a value
    near = difflib.get_close_matches(bare, alike, 1, 0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(named)}."
    if len(named) < len(known):
        hint += " A value is called by its name=, or by a variable where the check is called; others have none."
    return f"{name} is not a name of this pass. {hint}"
