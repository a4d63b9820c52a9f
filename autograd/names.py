"""Names for what has none: read from the variables of whoever calls.

A Tensor carries its own name. A plain array cannot, so its name is kept here, by identity, as long as it lives.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any

import numpy as np

from autograd.node import Constant, Node
from autograd.op import TRACED

_COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
_arrays: dict[int, tuple[weakref.ref[Any], str]] = {}


def here() -> None:
    """Name the Tensors and arrays that the caller's variables hold after those variables; names that exist stay.

    >>> import autograd as ag
    >>> def cost():
    ...     w = ag.Tensor(2.0)
    ...     z = w * 3
    ...     ag.names.here()
    ...     return z
    >>> cost().name
    'z'
    """
    given(variables(sys._getframe(1)))


def variables(frame: FrameType) -> dict[str, Any]:
    """The variables of a function that is running. A comprehension counts as part of the function that it stands in."""
    found = dict(frame.f_locals)
    while frame.f_code.co_name in _COMPREHENSIONS and frame.f_back is not None:  # frames of their own until Python 3.12
        frame = frame.f_back
        found = {**frame.f_locals, **found}
    return found


def given(variables: Mapping[str, Any]) -> None:
    """Name Tensors and arrays after the variables (name -> value) that hold them; names that exist stay."""
    for name, value in variables.items():
        if name.startswith("_") or not name.isidentifier():  # tools keep their own things among the variables
            continue
        if type(value) in TRACED and value.name is None:
            value.name = name
        elif type(value) is np.ndarray and array_name(value) is None:
            _arrays[id(value)] = (weakref.ref(value, _forget(id(value))), name)


def _forget(key: int) -> Callable[[Any], object]:
    return lambda _: _arrays.pop(key, None)


def array_name(array: Any) -> str | None:
    """The name of a plain array, if one was read off a variable."""
    entry = _arrays.get(id(array))
    return entry[1] if entry is not None and entry[0]() is array else None


def of(operand: Any) -> str | None:
    """The name of a Tensor, a node, or an operand of a node."""
    if isinstance(operand, (Node, Constant)) or type(operand) in TRACED:
        return operand.name  # type: ignore[no-any-return]
    return array_name(operand)
