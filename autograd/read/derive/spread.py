"""The number that a variance is divided by: it was computed from a shape, as n or n − 1, and is in a program again.

>>> import numpy as np, autograd as ag
>>> x = ag.Tensor(np.ones((2, 5)), name="x")
>>> spread = spread_of(np.var(x, axis=1, ddof=1).node)
>>> spread.axes, spread.lost
([1], 1)
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import numpy as np

from autograd.core.node import Node
from autograd.read.notation import axes_of, row_of
from autograd.read.operands import call_of, shape_of, unwrapped


class Spread(NamedTuple):
    """A sum of the squares of what is away from a mean, and by what it is divided: by n − lost.

    away      what is squared and summed, along which axes
    number    the constant that is n − lost
    """

    away: Node
    axes: list[int]
    number: Any
    lost: int


def spread_of(node: Node) -> Spread | None:
    """The variance that a quotient is, as np.var computes it; None for every other."""
    if call_of(node) is not np.divide:
        return None
    total, number = node.parents
    value, squared = unwrapped(number), _squared(total)
    if squared is None or type(value) is not float or not value.is_integer():
        return None
    away, axes = squared
    mean: Any = _unmoved(away.parents[1]) if call_of(away) is np.subtract else None
    if call_of(mean) is not np.mean or mean.parents[0] is not away.parents[0]:
        return None
    shape = shape_of(away)
    lost = prod(int(shape[a]) for a in axes) - int(value)
    same = axes == axes_of(mean.params.get("axis"), len(shape))
    return Spread(away, axes, number, lost) if same and lost >= 0 else None


def _squared(total: Any) -> tuple[Any, list[int]] | None:
    """What a sum is of the squares of, and along which axes: as np.var has it, and np.cov."""
    if call_of(total) is np.sum and call_of(total.parents[0]) is np.multiply:
        first, second = total.parents[0].parents
        return (first, axes_of(total.params.get("axis"), len(shape_of(first)))) if first is second else None
    if call_of(total) is np.matmul and call_of(total.parents[1]) is np.transpose:
        away = total.parents[0]
        return (away, [len(shape_of(away)) - 1]) if total.parents[1].parents[0] is away else None
    return None


def _unmoved(x: Any) -> Any:
    while type(x) is Node and x.op is not None and row_of(x.op.function).moves:
        x = x.parents[0]
    return x
