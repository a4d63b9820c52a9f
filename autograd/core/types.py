"""What annotations call the things that the engine computes with, each name defined once.

The same rule runs on Python floats, arrays, Tensors and Terms: NumPy's protocols are what they have in common, and no
class. So a Value is not checked; where a function takes or gives one kind only, that is what its annotation says.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Value = Any  # a Python float, a NumPy scalar, an array, or what stands for one: a Tensor, a Term
Shape = tuple[int, ...]
Params = dict[str, Any]  # the arguments of an operation that are no operands: axis=, keepdims= …
Rule = Callable[..., Any]  # (g, out, *inputs, **params) -> Value
Wrap = Callable[[Value, Any], Value]  # makes a Tensor, or what stands for one, of a value and its node
