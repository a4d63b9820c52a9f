"""Numbers in a program: as the engine keeps them, Python floats computed by `math`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.op import OPS
from autograd.read.source import Writer
from autograd.read.spelling import SPELLINGS, Code
from autograd.read.symbol import Symbol
from autograd.rules.elementwise import power

_OPERATORS: tuple[Callable[..., Any], ...] = (
    *(np.add, np.subtract, np.multiply, np.divide, np.negative),
    *(np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal),
)


class ScalarWriter(Writer):
    """Writes what is computed from Python floats alone as the engine computes it: by Python and its `math`.

    Python raises at 1/0 and math.exp(1000), where NumPy gives inf: whoever runs the program has to be ready for that.
    """

    def computed(self, s: Symbol) -> Code:
        """See Writer.computed."""
        if not s.operands or not all(_is_number(x) for x in s.operands):
            return super().computed(s)
        operands = [self.operand(x) for x in s.operands]
        if s.call in _OPERATORS or (s.call is np.power and type(s.operands[1]) is int):
            return SPELLINGS[s.call](self, s, operands)
        if s.call is np.power:
            return Code(f"{self.function(power)}({', '.join(x.text for x in operands)})")
        op = OPS.get(s.call)
        if op is not None and op.scalar is not None:
            return Code(f"{self.function(op.scalar)}({', '.join(x.text for x in operands)})")
        code = super().computed(s)
        return Code(f"float({code.text})") if type(s.value) is float else code


def _is_number(x: Any) -> bool:
    return type(x) in (float, int) or (isinstance(x, Symbol) and type(x.value) is float)
