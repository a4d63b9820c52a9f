"""Notation of `rules/reductions.py`, `statistics.py`, `cumulative.py`, `exclusive.py` and `sorting.py`."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.read.code.spelling import Code
from autograd.read.formulas.style import PREFIX, Piece, Style, Written
from autograd.read.notation.mathematics import ONE, TWO, multiply, of_axes, one_over, over_axes, root as radical
from autograd.read.notation.row import notation
from autograd.rules.exclusive import product_of_others, recurrence
from autograd.rules.statistics import nonzero, root, root_slope

if TYPE_CHECKING:
    from autograd.read.code.source import Writer
    from autograd.read.symbol import Symbol


def total(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """Over all axes without saying so, where no axis stays."""
    if s.shape == () and s.params.keys() <= {"axis", "keepdims"}:
        return Code(f"np.sum({args[0].text})")
    return w.called(s, args)


def mean(style: Style, args: Sequence[Piece], params: dict[str, Any]) -> Written:
    """(1/n) Σ x."""
    shape, axis = args[0].shape, params.get("axis")
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    summed, _ = over_axes("Σ")(style, args, params)
    return f"{one_over(style, prod(shape[a] for a in axes))}{summed}", PREFIX


notation(np.sum, math=over_axes("Σ"), code=total, symbol="Σ", noun="the sum of the entries", linear=True, weighs=True)
notation(np.mean, math=mean, noun="the mean of the entries", linear=True)
notation(np.prod, math=over_axes("Π"), symbol="Π", noun="the product of the entries")
notation(np.max, math=of_axes("max"), noun="the largest entry")
notation(np.min, math=of_axes("min"), noun="the smallest entry")
notation(np.argmax, np.argmin, np.nanargmax, np.nanargmin, np.any, np.all, np.count_nonzero)

notation(root, math=radical(2), expands=True)
notation(root_slope, math=lambda style, args, _: style.fraction(ONE, Piece(*multiply(style, (TWO, args[0]), {}))))
notation(nonzero)

notation(np.cumsum, noun="the running sum")
notation(np.cumprod, noun="the running product")
notation(product_of_others, recurrence)
notation(np.sort, np.partition, np.argsort, np.argpartition, np.lexsort, np.searchsorted, np.digitize)
