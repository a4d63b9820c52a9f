"""A function of a C library as a function of Python.

It makes the arrays that results go to, and calls. The C function says by its result that an array is not as it reads
them: with gaps between its entries, or not at a multiple of their size. Then it is called again with copies.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.read.native.emit import Function
from autograd.read.printing.defined import defined
from autograd.read.term import Term, kind_of

_NO_MEMORY = 2


def wrapped(function: Function, library: ctypes.CDLL) -> Callable[..., Any]:
    """The function of its inputs, which gives a tuple of its results."""
    call = getattr(library, function.name)
    call.argtypes, call.restype = [ctypes.py_object], ctypes.c_int
    scope: dict[str, Any] = {"call": call, "empty": np.empty, "again": _again, "asarray": np.asarray}
    given = [f"x{i}" for i in range(len(function.inputs))]
    arrays = [s for s in function.results if s.shape]
    numbers = [s for s in function.results if not s.shape]
    lines = [f"x{i} = {_as_read(s, f'x{i}', scope)}" for i, s in enumerate(function.inputs) if not _is_ready(s)]
    for i, s in enumerate(arrays):
        lines.append(f"y{i} = empty({s.shape}, {_constant(s.dtype, scope)})")
    outs = [f"y{i}" for i in range(len(arrays))]
    if numbers:
        lines.append(f"numbers = empty({len(numbers)})")
    lines.append(f"objects = ({', '.join([*given, *outs, *['numbers'] * bool(numbers)])},)")
    lines.append(f"if status := call(objects): again(status, call, objects, {len(given)})")
    if len(numbers) == 1:
        lines.append("n0 = numbers.item()")
    elif numbers:
        lines.append(f"{', '.join(f'n{i}' for i in range(len(numbers)))} = numbers.tolist()")
    made = [_made(s, f"n{i}", scope) for i, s in enumerate(numbers)]
    lines.append(f"return ({', '.join([*outs, *made])},)")
    body = "\n    ".join(lines)
    source = f"def {function.name}({', '.join(given)}):\n    {body}\n"
    return defined(source, function.name, f"<{function.name}>", scope)


def _is_ready(s: Term) -> bool:
    """Whether C can look into it: an array, or a float. What NumPy's program has for a float may be an array without
    axes, of np.reshape or np.where; arguments are floats, and results of ufuncs np.float64, which begins as a float.
    """
    if s.shape:
        return s.dtype.isnative
    return kind_of(s) is float and (s.call is None or isinstance(s.call, np.ufunc))


def _as_read(s: Term, name: str, scope: dict[str, Any]) -> str:
    """An input as C reads it."""
    if s.shape:
        return f"asarray({name}, {_constant(s.dtype.newbyteorder('='), scope)})"
    return f"{_constant(float, scope)}({name})"


def _made(s: Term, number: str, scope: dict[str, Any]) -> str:
    """A number as NumPy's program has it."""
    kind = kind_of(s)
    if kind is float:
        return number
    return f"{_constant(s.dtype.type if kind is np.ndarray else kind, scope)}({number})"


def _constant(thing: Any, scope: dict[str, Any]) -> str:
    name = next((name for name, known in scope.items() if known is thing), None)
    if name is None:
        name = f"c{len(scope)}"
        scope[name] = thing
    return name


def _again(status: int, call: Any, objects: tuple[Any, ...], inputs: int) -> None:
    """Call with arrays that C can read."""
    if status != _NO_MEMORY:
        plain = [np.require(x, requirements=["C", "A"]) if isinstance(x, np.ndarray) else x for x in objects[:inputs]]
        status = call((*plain, *objects[inputs:]))
    if status:
        raise MemoryError(
            "A compiled program needs more memory for what lies between its results than there is. Call it with fewer "
            "samples at a time."
        )
