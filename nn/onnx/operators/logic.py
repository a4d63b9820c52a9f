"""Comparisons, booleans and bits: no gradient flows through them."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.onnx.operators.row import operator, plain


def of_values(function: Any) -> Any:
    """A function that sees plain arrays."""
    return lambda *operands: function(*map(plain, operands))


operator("And", of_values(np.logical_and))
operator("BitShift", lambda x, n, direction: np.left_shift(x, n) if direction == "LEFT" else np.right_shift(x, n))
operator("BitwiseAnd", np.bitwise_and)
operator("BitwiseNot", np.bitwise_not)
operator("BitwiseOr", np.bitwise_or)
operator("BitwiseXor", np.bitwise_xor)
operator("Equal", np.equal)
operator("Greater", np.greater)
operator("GreaterOrEqual", np.greater_equal)
operator("Less", np.less)
operator("LessOrEqual", np.less_equal)
operator("Not", of_values(np.logical_not))
operator("Or", of_values(np.logical_or))
operator("Xor", of_values(np.logical_xor))
