"""Finding: one thing that is wrong with a training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a training.

    problem   what it is called: "dead units", "learning rate too high" …
    layer     where: "layer 2", "X", "Y", "optimizer", "the model"
    words     what is seen, with figures
    advice    what to do
    figures   the same figures, as numbers

    >>> print(Finding("dead units", "layer 1", "3 of 4 units are 0 for all samples.", "Lower the learning rate."))
    dead units (layer 1): 3 of 4 units are 0 for all samples. Lower the learning rate.
    """

    problem: str
    layer: str
    words: str
    advice: str
    figures: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.problem} ({self.layer}): {self.words} {self.advice}"
