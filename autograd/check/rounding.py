"""How much of a computed value is rounding: running error analysis over the recorded graph.

Each operation rounds its result v, by about eps·|v|; a change of v changes the end by its gradient ḡ. So the end
carries noise of the size of the eps·Σ|v·ḡ| of all operations. That is right where the end itself is 0, as a variance of
equal entries is: its size says nothing about the digits that were lost on the way.
"""

from __future__ import annotations

from math import hypot
from typing import Any, NamedTuple

import numpy as np

from autograd.core.node import Node
from autograd.core.sweep import reverse
from autograd.debug.values import values
from autograd.extend.validate import OwnOp


class Rounding(NamedTuple):
    """noise: the rounding error to expect of a value; size: the size of what it was computed from, as far as it
    counts for the value; eps: the coarsest precision on the way; hidden: whether some of the way is out of sight, in an
    operation of the user's own."""

    noise: float
    size: float
    eps: float
    hidden: bool


def rounding(end: Node) -> Rounding:
    """The rounding error of the number that `end` recorded.

    >>> import numpy as np, autograd as ag
    >>> J = ag.Tensor(1e8) + 1.0 - 1e8
    >>> 1e-8 < rounding(J.node).noise < 1e-7
    True
    """
    gradients = reverse(end, 1.0 if end.dtype is None else end.dtype.type(1), keep=True)
    found = values(end)
    noises, shares, largest, coarsest = [0.0], [0.0], 0.0, precision(None)
    for node, gradient in gradients.items():
        value, g = (np.abs(np.asarray(x, float)) for x in (found[node], gradient))
        # Where the derivative is not finite, no first-order analysis says anything.
        share = float(np.sum(value * g, where=np.isfinite(value) & np.isfinite(g)))
        eps = precision(node.dtype)
        noises.append(eps * share)
        shares.append(share)
        largest = max(largest, float(np.max(value, initial=0.0, where=np.isfinite(value))))
        coarsest = max(coarsest, eps)
    # Independent errors: they add up as the root of the sum of squares.
    size = min(largest, hypot(*shares))
    hidden = any(isinstance(node.op, OwnOp) for node in gradients)
    return Rounding(hypot(*noises), size, coarsest, hidden)


def precision(dtype: Any) -> float:
    """eps of a dtype; None stands for a Python float."""
    kind = np.dtype(float if dtype is None else dtype)
    return float(np.finfo(kind).eps) if kind.kind == "f" else 0.0
