"""What C programs know of Python: how its objects lie in memory, arrays, numbers, tuples and lists, straight from
CPython; and where those of its functions and NumPy's are that make them."""

from __future__ import annotations

import ctypes
import sys

import numpy as np

_WORD = ctypes.sizeof(ctypes.c_void_p)


def refusal() -> str | None:
    """Why C could not read them, or None. A Python without a global lock, for one, has a longer head on each object."""
    if sys.implementation.name == "cpython" and _heads_are_known() and _array_is_known() and _numpy_is_known():
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


# --- functions --------------------------------------------------------------------------------------------------------

# As entry.h and nested.h call them. All of Python's are part of its stable interface but for PyObject_Vectorcall, which
# there is since 3.11; NumPy's have these places in a table that only grows, until the version of its binary interface
# changes.
_OF_PYTHON = {
    "hold": "Py_IncRef",
    "drop": "Py_DecRef",
    "tuple": "PyTuple_New",
    "float": "PyFloat_FromDouble",
    "call": "PyObject_Vectorcall",
    "release": "PyEval_SaveThread",
    "acquire": "PyEval_RestoreThread",
    "list": "PyList_New",
    "fail": "PyErr_SetString",
    "no_memory": "PyErr_NoMemory",
}
_OBJECTS = {
    "array_type": np.ndarray,
    "float_type": float,
    "double_type": np.float64,
    "list_type": list,
    "tuple_type": tuple,
    "true": True,
    "false": False,
    "value_error": ValueError,
}
_OF_NUMPY = {"new": 94, "scalar": 60}  # PyArray_NewFromDescr, PyArray_Scalar
_VERSION, _VERSION_PLACE = 0x2000000, 0


def addresses() -> dict[str, int | None]:
    """Where the functions and objects are that entry.h and nested.h name."""
    table = _table()
    things = {name: id(thing) for name, thing in _OBJECTS.items()}
    python = {name: getattr(ctypes.pythonapi, called) for name, called in _OF_PYTHON.items()}
    found = {name: ctypes.cast(function, ctypes.c_void_p).value for name, function in python.items()}
    return things | found | {name: table[place] for name, place in _OF_NUMPY.items()}


def _table() -> ctypes.Array[ctypes.c_void_p]:
    """The addresses of NumPy's functions for C."""
    pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", ctypes.pythonapi)
    )
    capsule = getattr(np, "_core")._multiarray_umath._ARRAY_API  # noqa: B009 - its type is nowhere declared
    return (ctypes.c_void_p * (max(_OF_NUMPY.values()) + 1)).from_address(pointer(capsule, None))


def _numpy_is_known() -> bool:
    """Whether NumPy's functions are in the places that they have in NumPy 2."""
    version = ctypes.PYFUNCTYPE(ctypes.c_uint)(_table()[_VERSION_PLACE] or 0)
    return bool(version() == _VERSION)
