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


# --- as C declares them ---------------------------------------------------------------------------------------------

STRUCTS = {
    "PyObject": "typedef struct { ptrdiff_t references; void *type; } PyObject;\n",
    "Tuple": "typedef struct { PyObject head; ptrdiff_t size; PyObject *items[]; } Tuple;\n",
    "List": "typedef struct { PyObject head; ptrdiff_t size; PyObject **items; } List;\n",
    "Float": "typedef struct { PyObject head; double value; } Float;\n",
    "Array": """\
typedef struct {
    PyObject head;
    void *data;
    int axes;
    ptrdiff_t *shape, *strides;
    PyObject *base, *dtype;
    int flags;
} Array;
""",
    # PyMethodDef. The flags are METH_FASTCALL.
    "Method": """\
typedef PyObject *Function(PyObject *self, PyObject *const *given, ptrdiff_t count);
typedef struct { const char *name; Function *function; int flags; const char *about; } Method;
""",
}
_THINGS = {
    "array_type": np.ndarray,
    "float_type": float,
    "double_type": np.float64,
    "list_type": list,
    "tuple_type": tuple,
    "true": True,
    "false": False,
    "value_error": ValueError,
}
# What a function gives and takes, and what Python calls it. All are part of its stable interface but for
# PyObject_Vectorcall, which there is since 3.11.
_OF_PYTHON = {
    "hold": ("void", "PyObject *", "Py_IncRef"),
    "drop": ("void", "PyObject *", "Py_DecRef"),
    "tuple": ("PyObject *", "ptrdiff_t size", "PyTuple_New"),
    "list": ("PyObject *", "ptrdiff_t size", "PyList_New"),
    "float": ("PyObject *", "double value", "PyFloat_FromDouble"),
    "call": ("PyObject *", "PyObject *f, PyObject *const *given, size_t count, PyObject *names", "PyObject_Vectorcall"),
    "release": ("void *", "void", "PyEval_SaveThread"),
    "acquire": ("void", "void *", "PyEval_RestoreThread"),
    "fail": ("void", "PyObject *kind, const char *words", "PyErr_SetString"),
    "no_memory": ("PyObject *", "void", "PyErr_NoMemory"),
}
# The same of NumPy's, and the place that each has in a table that only grows, until the version of its binary interface
# changes. The first takes over the dtype.
_OF_NUMPY = {
    "new": (
        "PyObject *",
        "void *type, PyObject *dtype, int axes, const ptrdiff_t *shape, const ptrdiff_t *strides, void *data, "
        "int flags, PyObject *like",
        "PyArray_NewFromDescr",
        94,
    ),
    "scalar": ("PyObject *", "const void *value, PyObject *dtype, PyObject *base", "PyArray_Scalar", 60),
}
_VERSION, _VERSION_PLACE = 0x2000000, 0


def declared() -> str:
    """All of it in C: variables for what is there when a program is loaded, to be set then."""
    things = [f"PyObject *cg_{name};" for name in _THINGS]
    functions = [
        f"{gives}{' ' * (gives[-1] != '*')}(*cg_{name})({takes});  /* {called} */"
        for name, (gives, takes, called, *_) in (_OF_PYTHON | _OF_NUMPY).items()
    ]
    return "\n".join(["".join(STRUCTS.values()), *things, *functions, ""])


def set_in(library: ctypes.CDLL) -> None:
    """Set these variables in a library that declares them."""
    table = _table()
    found: dict[str, int | None] = {name: id(thing) for name, thing in _THINGS.items()}
    for name, (*_, called) in _OF_PYTHON.items():
        found[name] = ctypes.cast(getattr(ctypes.pythonapi, called), ctypes.c_void_p).value
    for name, (*_, place) in _OF_NUMPY.items():
        found[name] = table[place]
    for name, address in found.items():
        ctypes.c_void_p.in_dll(library, f"cg_{name}").value = address


def _table() -> ctypes.Array[ctypes.c_void_p]:
    """The addresses of NumPy's functions for C."""
    pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", ctypes.pythonapi)
    )
    capsule = getattr(np, "_core")._multiarray_umath._ARRAY_API  # noqa: B009 - its type is nowhere declared
    return (ctypes.c_void_p * (max(place for *_, place in _OF_NUMPY.values()) + 1)).from_address(pointer(capsule, None))


def _numpy_is_known() -> bool:
    """Whether NumPy's functions are in the places that they have in NumPy 2."""
    version = ctypes.PYFUNCTYPE(ctypes.c_uint)(_table()[_VERSION_PLACE] or 0)
    return bool(version() == _VERSION)
