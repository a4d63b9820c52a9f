"""Whether Python's objects lie in memory as C programs read them: arrays, numbers, tuples and lists, straight from
CPython."""

from __future__ import annotations

import ctypes
import sys

import numpy as np

_WORD = ctypes.sizeof(ctypes.c_void_p)


def refusal() -> str | None:
    """Why C could not read them, or None. A Python without a global lock, for one, has a longer head on each object."""
    if sys.implementation.name == "cpython" and _heads_are_known() and _array_is_known():
        return None
    return f"C programs read the objects of CPython, and those of this Python ({sys.version.split()[0]}) are others."


def _heads_are_known() -> bool:
    """An object is a count and its type; a float also its value, a tuple its length, and then what is in it; a list its
    length, and where what is in it is."""
    sizes = object.__basicsize__, float.__basicsize__, tuple.__basicsize__, tuple.__itemsize__
    several = [object(), object()]
    words = (ctypes.c_size_t * 2).from_address(id(several) + 2 * _WORD)
    if sizes != (2 * _WORD, 2 * _WORD + 8, 3 * _WORD, _WORD) or words[0] != len(several):
        return False
    return [*(ctypes.c_size_t * 2).from_address(words[1])] == [*map(id, several)]


def _array_is_known() -> bool:
    """An array is a head, the place of its entries, how many axes it has, the places of its shape and strides, its base
    and its dtype, and what is so of it (that its entries have no gaps)."""
    array = np.zeros((2, 3))
    at = id(array) + 2 * _WORD
    words = (ctypes.c_size_t * 4).from_address(at)
    axes, flags = (ctypes.c_int.from_address(at + k * _WORD).value for k in (1, 6))
    if (words[0], axes, flags) != (array.ctypes.data, array.ndim, array.flags.num):
        return False
    return [tuple((ctypes.c_ssize_t * 2).from_address(place)) for place in words[2:]] == [array.shape, array.strides]
