"""The operands of recorded nodes: nodes, constants, plain arrays and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.node import Constant, Node


def unwrapped(x: Any) -> Any:
    """A constant as the plain value that it holds; a node or plain value as it is."""
    return x.out if type(x) is Constant else x


def shape_of(x: Any) -> tuple[int, ...]:
    """The shape of an operand."""
    return x.shape if type(x) is Node else np.shape(unwrapped(x))


def call_of(x: Any) -> Any:
    """The function that a node was computed by; None of a leaf, and of what is not a node."""
    return x.op.function if type(x) is Node and x.op is not None else None


def is_square(x: Any) -> bool:
    """Whether it was computed as x², x·x or x to the power of 2."""
    call = call_of(x)
    if call is np.power:
        exponent = unwrapped(x.parents[1])
        return np.ndim(exponent) == 0 and bool(exponent == 2)
    return call is np.square or (call is np.multiply and x.parents[0] is x.parents[1])
