"""Comparisons, booleans and bits: no gradient flows through them."""

from __future__ import annotations

import numpy as np

from nn.onnx.operators.row import operator

operator("And", np.logical_and)
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
operator("Not", np.logical_not)
operator("Or", np.logical_or)
operator("Xor", np.logical_xor)
