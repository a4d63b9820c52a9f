"""A function of a C library as a function of Python.

That is one of Python's own kind, in C (entry.h), which makes the arrays that results go to, and calls. Where an array
is not as C reads arrays, with gaps between its entries, or not at a multiple of their size, it is called again with
copies.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

import numpy as np

from autograd.read.native.emit import Function
from autograd.read.native.entries import python_function
from autograd.read.native.interface import Number
from autograd.read.term import Term, kind_of

_KINDS: dict[Any, Number] = {float: Number.FLOAT, np.float64: Number.DOUBLE, np.float32: Number.SINGLE}


def wrapped(function: Function, library: ctypes.CDLL) -> Callable[..., Any]:
    """The function of its inputs, which gives a tuple of its results."""
    arrays = [s for s in function.results if s.shape]
    kinds = [_type_of(s) for s in function.results if not s.shape]
    address = ctypes.cast(getattr(library, function.name), ctypes.c_void_p).value
    plan = [address, len(function.inputs), len(arrays), len(kinds), *(bool(s.shape) for s in function.inputs)]
    for s in arrays:
        plan += [len(s.shape), *s.shape]
    plan += [_KINDS.get(kind, Number.OTHER) for kind in kinds]

    def again(*given: Any) -> Any:
        return run(*(_plain(read(x)) for read, x in zip(reads, given, strict=True)))

    def converted(*given: Any) -> Any:
        return run(*(x if is_ready else read(x) for read, is_ready, x in zip(reads, ready, given, strict=True)))

    reads, ready = [_read(s) for s in function.inputs], [_is_ready(s) for s in function.inputs]
    types = [np.dtype(kind) if kind in (np.float64, np.float32) else kind for kind in kinds]
    own = np.array(plan, np.intp), again, _no_memory, *(s.dtype for s in arrays), *types
    run = python_function("entry.h", "cg_entry", own)
    return run if all(ready) else converted


def _type_of(s: Term) -> Any:
    """The type that a number has in NumPy's program."""
    kind = kind_of(s)
    return s.dtype.type if kind is np.ndarray else kind


def _is_ready(s: Term) -> bool:
    """Whether C can look into it as it mostly is: an array, or a float. What NumPy's program has for a float may be an
    array without axes, of np.reshape or np.where; arguments are floats, and results of ufuncs np.float64, which begins
    as a float."""
    if s.shape:
        return s.dtype.isnative
    return kind_of(s) is float and (s.call is None or isinstance(s.call, np.ufunc))


def _read(s: Term) -> Callable[[Any], Any]:
    """What makes of an input what C reads: a float, or an array in this machine's order of bytes."""
    return partial(np.asarray, dtype=s.dtype.newbyteorder("=")) if s.shape else float


def _plain(x: Any) -> Any:
    """An array without gaps; a number as it is."""
    return np.require(x, requirements=["C", "A"]) if isinstance(x, np.ndarray) else x


def _no_memory() -> NoReturn:
    raise MemoryError(
        "A compiled program needs more memory for what lies between its results than there is. Call it with fewer "
        "samples at a time."
    )
