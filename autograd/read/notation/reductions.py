"""Rows of `rules/reductions.py`, `statistics.py`, `cumulative.py`, `exclusive.py` and `sorting.py`."""

from math import prod
from typing import Any

import numpy as np

from autograd.read.notation import mathematics as maths, native as c, spelling
from autograd.read.notation.axes import axes_of
from autograd.read.notation.row import notation
from autograd.rules import exclusive, statistics


def sum_over_count(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The mean."""
    return np.sum(x, axis=axis, keepdims=keepdims) / prod(x.shape[i] for i in axes_of(axis, x.ndim))


TOTAL = {"linear": True, "weighs": True, "gathers": c.TOTAL}
notation(np.sum, math=maths.over_axes("Σ"), code=spelling.total, symbol="Σ", noun="the sum of the entries", **TOTAL)
notation(np.mean, math=maths.mean, noun="the mean of the entries", linear=True, c_form=sum_over_count)
notation(np.prod, math=maths.over_axes("Π"), symbol="Π", noun="the product of the entries")
notation(np.max, math=maths.of_axes("max"), noun="the largest entry", gathers=c.LARGEST)
notation(np.min, math=maths.of_axes("min"), noun="the smallest entry", gathers=c.SMALLEST)
notation(np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.any, np.all, np.count_nonzero)

notation(statistics.root, math=maths.root(2), expands=True)
notation(statistics.root_slope, math=maths.one_over_twice)
notation(statistics.nonzero)

notation(np.cumsum, noun="the running sum")
notation(np.cumprod, noun="the running product")
notation(exclusive.product_of_others, exclusive.recurrence)
notation(np.sort, np.partition, np.argsort, np.argpartition, np.lexsort, np.searchsorted, np.digitize)
