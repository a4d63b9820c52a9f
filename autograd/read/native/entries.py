"""Functions of Python's own kind that are defined in C: in entry.h and nested.h, each built once for all programs."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

from autograd.read.native import compiler, interface, objects


def python_function(header: str, method: str, own: tuple[Any, ...]) -> Callable[..., Any]:
    """The function that a header defines by this method; `own` is what it holds, and reads what it does from."""
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.argtypes, make.restype = [ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p], ctypes.py_object
    place = ctypes.addressof(ctypes.c_char.in_dll(_library(header), method))
    function: Callable[..., Any] = make(place, own, None)
    return function


@cache
def _library(header: str) -> ctypes.CDLL:
    """The library that a header is built to. It knows where Python's functions and objects are."""
    library = compiler.build(interface.text(header))
    objects.set_in(library)
    return library
