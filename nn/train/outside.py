"""What a model and a loss depend on beside parameters, Buffers and data: numbers in attributes, variables of the user's
functions. A compiled program has them as they were when it was read; so it is asked whether they are still the same.
"""

from __future__ import annotations

import functools
import sys
import sysconfig
import types
import zlib
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import numpy as np

import autograd as ag
from nn.buffers import Buffer

_PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic, np.dtype)
_INSTALLED = [sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")]
_OWN = [np.__path__[0], *(str(Path(file).parents[n]) for file, n in ((ag.__file__, 0), (__file__, 1)))]
_LIBRARIES = tuple(str(Path(place).resolve()) for place in (*_INSTALLED, *_OWN))
_SPEAKING = frozenset({"print", "input", "breakpoint"})


def fingerprint(*roots: Any) -> tuple[Any, ...]:
    """What these things are made of, down to plain values, in a form that differs where anything does. Tensors and
    Buffers count as what they are: their numbers are arguments of a program. So do generators, which it draws from.

    >>> factor = [2.0]
    >>> loss = lambda A, Y: factor[0] * np.sum(A - Y)
    >>> before = fingerprint(loss)
    >>> factor[0] = 3.0
    >>> fingerprint(loss) == before
    False
    """
    return tuple(_parts(roots))


def speaks(*roots: Any) -> str | None:
    """The name of a function of the user's among these that prints or asks, which a program would not; or None."""
    for part in _parts(roots):
        if isinstance(part, types.CodeType) and _SPEAKING & set(part.co_names):
            return part.co_name
    return None


def _parts(roots: Sequence[Any]) -> Iterator[Any]:
    waiting, seen = list(reversed(roots)), set[int]()
    kept: list[Any] = []  # bound methods and the like are made anew: their ids must not be used again meanwhile
    while waiting:
        x = waiting.pop()
        if isinstance(x, _PLAIN):
            yield type(x), repr(x)
            continue
        yield id(x) if not isinstance(x, (types.MethodType, functools.partial)) else type(x)
        if id(x) in seen:
            continue
        seen.add(id(x))
        kept.append(x)
        if isinstance(x, np.ndarray) and x.dtype != object:
            yield x.shape, x.dtype.str, zlib.crc32(np.ascontiguousarray(x).view(np.uint8).data)
        elif isinstance(x, types.FunctionType):
            if not _is_of_a_library(x.__code__.co_filename):
                yield x.__code__
            inner = _of_function(x)
            waiting += reversed(inner)
        else:
            inner = _inner(x)
            yield len(inner)
            waiting += reversed(inner)


def _inner(x: Any) -> list[Any]:
    """What something is made of."""
    if isinstance(x, (ag.Tensor, Buffer, np.random.Generator, types.BuiltinFunctionType, np.ufunc, types.ModuleType)):
        return []
    if isinstance(x, types.MethodType):
        return [x.__self__, x.__func__]
    if isinstance(x, functools.partial):
        return [x.func, *x.args, *_flat(x.keywords)]
    if isinstance(x, Mapping):
        return _flat(x)
    if isinstance(x, Set):
        return sorted(x, key=id)
    if isinstance(x, np.ndarray):
        return list(x.flat)
    if isinstance(x, Sequence):
        return list(x)
    if isinstance(x, type):
        return [] if _is_of_a_library(_file(x.__module__)) else [*x.__bases__, *_values(vars(x))]
    slots = {slot: getattr(x, slot) for slot in _slots(type(x)) if hasattr(x, slot)}
    return [type(x), *_values(slots | getattr(x, "__dict__", {}))]


def _flat(pairs: Mapping[Any, Any]) -> list[Any]:
    """Keys and values: the pairs themselves are made anew at each look."""
    return [part for pair in pairs.items() for part in pair]


def _values(attributes: Mapping[str, Any]) -> list[Any]:
    """Attributes with their names, but for those that Python makes by itself, and what a program is told (see
    Module.training)."""
    own = (name for name in attributes if name == "__wrapped__" or not (name.startswith("__") or name == "_training"))
    return [part for name in own for part in (name, attributes[name])]


def _slots(kind: type) -> list[str]:
    return [slot for base in kind.__mro__ for slot in vars(base).get("__slots__", ()) if slot != "__weakref__"]


def _of_function(f: types.FunctionType) -> list[Any]:
    """What a function refers to: its defaults, the variables around it, and the globals that its code names."""
    found: list[Any] = [*(f.__defaults__ or ()), *_flat(f.__kwdefaults__ or {})]
    for cell in f.__closure__ or ():
        try:
            found.append(cell.cell_contents)
        except ValueError:  # a variable that has no value yet
            continue
    if _is_of_a_library(f.__code__.co_filename):
        return found
    names = _names(f.__code__)
    for name in sorted(names & f.__globals__.keys()):
        value = f.__globals__[name]
        found += [name, value]
        if isinstance(value, types.ModuleType) and not _is_of_a_library(getattr(value, "__file__", None)):
            found += [vars(value)[inner] for inner in sorted(names & vars(value).keys())]
    return found


def _names(code: types.CodeType) -> set[str]:
    """The names that code refers to, and those of the functions within it."""
    return {*code.co_names}.union(*(_names(c) for c in code.co_consts if isinstance(c, types.CodeType)))


def _file(module: str) -> str | None:
    """The file of a module that was imported; None for what C defines. A notebook's cells are of no library."""
    return "" if module == "__main__" else getattr(sys.modules.get(module), "__file__", None)


@functools.lru_cache(maxsize=4096)
def _is_of_a_library(file: str | None) -> bool:
    """Whether Python, a package that was installed, or nn and autograd themselves have that file."""
    if file is None or file.startswith("<frozen"):
        return True
    return not file.startswith("<") and bool(file) and str(Path(file).resolve()).startswith(_LIBRARIES)
