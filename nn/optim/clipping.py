"""Gradients that are too long are made shorter before a step."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.fitting import wide


def clipped(gradients: list[Any], norm: float | None, value: float | None) -> list[Any]:
    """Gradients, none of whose entries is beyond ±value, and whose norm, all together, is at most `norm`.

    Where an entry is NaN or infinite the norm is not known, and they are left as long as they are: so it is seen.
    """
    if value is not None:
        gradients = [np.clip(g, -value, value) for g in gradients]
    if norm is not None and ag.tracing():
        return _shortened(gradients, norm)
    if norm is not None:
        long = math.hypot(*map(_norm, gradients))
        if norm < long < math.inf:
            gradients = [wide(g) * (norm / long) for g in gradients]
    return gradients


def _shortened(gradients: list[Any], norm: float) -> list[Any]:
    """The same without a decision that depends on values, so that a program can hold it."""
    wider = [wide(g) for g in gradients]
    largest = functools.reduce(np.maximum, [np.max(np.abs(g), initial=0.0) for g in wider])
    unit = np.where((largest > 0) & (largest < math.inf), largest, 1.0)
    long = unit * np.sqrt(sum(np.sum((g / unit) ** 2) for g in wider))
    share = np.where((long > norm) & (long < math.inf), norm / long, 1.0)
    return [(g * share).astype(g.dtype) for g in wider]


def _norm(g: Any) -> float:
    """√Σ g², in units of the largest entry, whose square may be beyond the range of the precision."""
    largest = float(np.max(np.abs(g), initial=0.0))
    if not 0 < largest < math.inf:
        return largest
    scaled = np.ravel(wide(g) / largest)
    return largest * math.sqrt(float(np.dot(scaled, scaled)))
