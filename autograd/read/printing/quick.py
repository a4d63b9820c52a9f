"""What a compiled program does in a quicker way than a formula says it, to the same bits.

Numbers are Python floats computed by `math`, as the engine keeps them; sums are methods of arrays, which are
equivalent to np.sum without its questions; and binary_cross_entropy is written out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.op import OPS
from autograd.read.notation import row_of
from autograd.read.notation.style import ATOM, CHOICE, Piece
from autograd.read.passes.expand import unless_nan
from autograd.read.printing.source import NumPyWriter
from autograd.read.term import Term, kind_of
from autograd.rules import binary_cross_entropy
from autograd.rules.elementwise import power

_LONGEST = 40  # characters of an array that is written out


class QuickWriter(NumPyWriter):
    """Writes what is computed from Python floats alone as the engine computes it: by Python and its `math`.

    Python raises at 1/0 and math.exp(1000), where NumPy gives inf: whoever runs the program has to be ready for that.
    """

    def computed(self, s: Term) -> Piece:
        """See Writer.computed."""
        if s.call is unless_nan:
            return _unless_nan(self, s)
        if s.call is np.sum:
            return _sum(self, s)
        if s.operands and all(_is_number(x) for x in s.operands):
            return self._of_numbers(s)
        return super().computed(s)

    def _array(self, x: np.ndarray[Any, Any]) -> str:
        """Written out if it is short: a program has lines, which are not to be filled with figures."""
        text = super()._array(x)
        return text if len(text) <= _LONGEST else self.constant(x)

    def _of_numbers(self, s: Term) -> Piece:
        operands = [self.operand(x) for x in s.operands]
        row = row_of(s.call)
        if row.of_integers is not None and (all(map(_is_integer, s.operands)) or _is_real_power(s)):
            return row.of_integers(self, s, operands)
        if row.code is not None and (row.operator or (s.call is np.power and type(s.operands[1]) is int)):
            return row.code(self, s, operands)
        op = OPS.get(s.call)
        function = power if s.call is np.power else None if op is None else op.scalar
        if function is not None:
            return Piece(f"{self.function(function)}({', '.join(x.text for x in operands)})")
        code = super().computed(s)
        return Piece(f"float({code.text})") if kind_of(s) is float else code


def _is_number(x: Any) -> bool:
    return kind_of(x) in (float, int)


def _is_real_power(s: Term) -> bool:
    """Whether it is a power of a positive number: Python's of a negative one may be complex."""
    return s.call is np.power and type(s.operands[0]) in (int, float) and s.operands[0] > 0


def _is_integer(x: Any) -> bool:
    """Python's integers have no end; NumPy's have 64 bits."""
    return kind_of(x) is int


def _unless_nan(writer: NumPyWriter, s: Term) -> Piece:
    total, _, a, y = (writer.operand(x).text for x in s.operands)
    return Piece(f"{total} if {total} == {total} else {writer.function(binary_cross_entropy)}({a}, {y})", CHOICE)


def _sum(writer: NumPyWriter, s: Term) -> Piece:
    (x,) = s.operands
    if not isinstance(x, Term) or not x.shape or "where" in s.params:
        return NumPyWriter.computed(writer, s)
    said = {k: v for k, v in s.params.items() if v is not (None if k == "axis" else False)}
    params = ", ".join(f"{k}={writer.literal(v)}" for k, v in said.items())
    return Piece(f"{writer.within(writer.operand(x), ATOM)}.sum({params})")
