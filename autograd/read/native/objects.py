"""Whether Python's objects lie in memory as C programs read them: arrays, numbers and tuples, straight from CPython."""

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
    """An object is a count and its type; a float also its value, a tuple its length, and then what is in it."""
    sizes = object.__basicsize__, float.__basicsize__, tuple.__basicsize__, tuple.__itemsize__
    return sizes == (2 * _WORD, 2 * _WORD + 8, 3 * _WORD, _WORD)


def _array_is_known() -> bool:
    """An array is a head, where its entries are, how many axes it has, and where its shape and strides are."""
    array = np.zeros((2, 3))
    at = id(array) + 2 * _WORD
    axes = ctypes.c_int.from_address(at + _WORD).value
    if ctypes.c_void_p.from_address(at).value != array.ctypes.data or axes != 2:
        return False
    places = (ctypes.c_size_t * 2).from_address(at + 2 * _WORD)
    return [tuple((ctypes.c_ssize_t * 2).from_address(place)) for place in places] == [array.shape, array.strides]
