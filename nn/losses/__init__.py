"""Costs: one number for predictions and targets of shape (n, m); summed over the n units, averaged over the m columns.

Each family has a file; what a file lists in `__all__` is found here.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from nn.losses.checks import CostError as CostError
from nn.losses.record import KNOWN as KNOWN, Loss as Loss, find as find, loss as loss
from nn.losses.targets import (
    ANYTHING as ANYTHING,
    ONE_HOT as ONE_HOT,
    PROBABILITIES as PROBABILITIES,
    QUANTITIES as QUANTITIES,
    SIGNS as SIGNS,
    Target as Target,
)
from nn.losses.weighting import class_weights as class_weights

if TYPE_CHECKING:
    from nn.losses.penalties import l2 as l2

    def __getattr__(name: str) -> Loss: ...

else:
    for _family in iter_modules(__path__):
        _module = import_module(f"{__name__}.{_family.name}")
        globals().update({name: getattr(_module, name) for name in getattr(_module, "__all__", ())})
