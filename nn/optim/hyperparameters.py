"""What hyperparameters may be."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np


def number(called: str, given: Any, low: float, high: float, inclusive: bool = False) -> float:
    """A hyperparameter as a float, if it lies between these."""
    real = isinstance(given, numbers.Real) and not isinstance(given, (bool, np.bool_))
    if not real or not (low < given < high or (inclusive and given == low)):
        most = f" and less than {high}" if high < math.inf else ""
        least = f"at least {low}" if inclusive else "positive"
        raise ValueError(f"{called} must be {least}{most or ' and finite'}, but got {given!r}.")
    return float(given)


def share(called: str, given: Any) -> float:
    """How much of an average stays from step to step, as a float: at least 0 and less than 1."""
    return number(called, given, 0, 1, inclusive=True)
