"""Notation of steps that only programs have: NumPy's functions of booleans and tables, which no gradient passes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from autograd.read.code.spelling import Code, infix, prefix
from autograd.read.notation.mathematics import multiply
from autograd.read.notation.row import notation, transparent

if TYPE_CHECKING:
    from autograd.read.code.source import Writer
    from autograd.read.symbol import Symbol


def invert(w: Writer, s: Symbol, args: Sequence[Code]) -> Code:
    """Of Python's booleans ~ makes -1 and -2."""
    return prefix("~")(w, s, args) if s.shape else w.called(s, args)


notation(np.bitwise_and, math=multiply, code=infix("&"))
notation(np.bitwise_or, code=infix("|"))
notation(np.invert, code=invert)
notation(np.float64, math=transparent)  # a number in the precision that decides that of narrower operands
notation(np.interp, np.take, np.choose, looks_up=True)
