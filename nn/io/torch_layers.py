"""What is read of PyTorch's layers: their numbers and options. PyTorch is not imported."""

from __future__ import annotations

from typing import Any

import numpy as np


class NoCounterpartError(Exception):
    """An option that has no counterpart; in words."""


def array(tensor: Any) -> np.ndarray[Any, Any]:
    """A copy of a PyTorch tensor's numbers."""
    return np.array(tensor.detach().cpu().numpy())


def only(module: Any, **defaults: Any) -> None:
    """Refuse options that have another value than the one that is computed here."""
    for name, value in defaults.items():
        if getattr(module, name, value) != value:
            raise NoCounterpartError(f"of which {name}={getattr(module, name)!r} has no counterpart")


def dtype_of(module: Any) -> Any:
    """That of its parameters."""
    weight = next(module.parameters(), None)
    if weight is None:
        return float
    name = str(weight.dtype).removeprefix("torch.")
    if name not in ("float16", "float32", "float64"):
        raise NoCounterpartError(f"of {name}, which NumPy does not have")
    return np.dtype(name)
