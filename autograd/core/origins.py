"""Where the result of a comparison came from, for those who read a graph: a boolean array is recorded nowhere.

It is kept here by identity, as long as the array lives. Values are kept alive by none of this: a graph is freed the
moment its last handle goes, though its user keeps a list of predictions `A > 0.5`. So a node is referred to weakly, and
the last step before the comparison, as in `np.abs(E) <= 1`, is noted along with it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

from autograd.core.node import Node

_origins: dict[int, tuple[weakref.ref[Any], Origin]] = {}


class Origin(NamedTuple):
    """A function and what it was applied to: nodes by weak references, other origins, constants."""

    function: Callable[..., Any]
    operands: tuple[Any, ...]
    params: dict[str, Any]
    node: weakref.ref[Node] | None = None  # the node that it is the origin of, if that lives


def remember(result: Any, function: Callable[..., Any], *operands: Any) -> None:
    """Note what an array was computed from; the operands as they stand in a node."""
    key = id(result)
    origin = Origin(function, tuple(map(_noted, operands)), {})
    _origins[key] = weakref.ref(result, lambda _: _origins.pop(key, None)), origin


def origin_of(array: Any) -> Origin | None:
    """Where an array came from, if that is known."""
    entry = _origins.get(id(array))
    return entry[1] if entry is not None and entry[0]() is array else None


def _noted(operand: Any) -> Any:
    if type(operand) is not Node:
        return operand
    if operand.op is None:
        return weakref.ref(operand)
    parents = tuple(weakref.ref(p) if type(p) is Node else p for p in operand.parents)
    return Origin(operand.op.function, parents, operand.params, weakref.ref(operand))
