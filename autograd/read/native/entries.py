"""Functions of Python's own kind that are defined in C: in entry.h and nested.h, each built once for all programs."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from autograd.read.native import compiler, objects

_DECLARED = re.compile(r"\bcg_\w+")


def python_function(header: str, method: str, own: tuple[Any, ...]) -> Callable[..., Any]:
    """The function that a header defines by this method; `own` is what it holds, and reads what it does from."""
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.argtypes, make.restype = [ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p], ctypes.py_object
    place = ctypes.addressof(ctypes.c_char.in_dll(_library(header), method))
    function: Callable[..., Any] = make(place, own, None)
    return function


@cache
def _library(header: str) -> ctypes.CDLL:
    """The library that a header is built to. It knows where those functions and objects are that are named in it."""
    text = (Path(__file__).parent / header).read_text(encoding="utf-8")
    library, named = compiler.build(text, "-O2"), set(_DECLARED.findall(text))
    for name, address in objects.addresses().items():
        if f"cg_{name}" in named:
            ctypes.c_void_p.in_dll(library, f"cg_{name}").value = address
    return library
