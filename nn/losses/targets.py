"""The kinds of targets: what a loss may be asked to compare predictions with, and what is said of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd as ag


@dataclass(frozen=True)
class Target:
    """A kind of targets.

    name           in words
    check          raises for targets Y (n, m) that are not of this kind: check(name of the loss, Y)
    probabilities  whether predictions have to be probabilities, too, or logits of some
    """

    name: str
    check: Callable[[str, Any], None]
    probabilities: bool = False


def _check_probabilities(loss: str, Y: Any) -> None:
    if Y.min() < 0 or Y.max() > 1:
        raise ag.DataError(f"{loss} needs targets between 0 and 1, but got {Y.min():g} to {Y.max():g}. {_scaling(Y)}")


def _check_one_hot(loss: str, Y: Any) -> None:
    if Y.shape[0] < 2:
        raise ag.ShapeError(
            f"{loss} needs a row for each class, but got {Y.shape}. For two classes in one row: binary_cross_entropy."
        )
    rounded = len(Y) * np.finfo(Y.dtype).eps  # of each share, in the precision of Y
    if Y.min() < 0 or not np.allclose(Y.sum(axis=0, dtype=float), 1, atol=max(rounded, 1e-8)):
        raise ag.DataError(f"{loss} needs columns that sum to 1, as nn.data.one_hot makes them.")


def _check_nothing(loss: str, Y: Any) -> None:
    pass


def _scaling(Y: Any) -> str:
    """Advice on how to convert the given labels to 0 and 1, where they allow it."""
    low, high = Y.min(), Y.max()
    if ((low == Y) | (high == Y)).all() and low < high:
        return (
            "For labels -1 and 1: (Y + 1) / 2." if (low, high) == (-1, 1) else f"Write (Y == {high:g}).astype(float)."
        )
    return "For class labels: nn.data.one_hot(labels, n_classes). For quantities take the loss mse."


PROBABILITIES = Target("probabilities", _check_probabilities, probabilities=True)
ONE_HOT = Target("one-hot columns", _check_one_hot, probabilities=True)
QUANTITIES = Target("quantities", _check_nothing)
ANYTHING = Target("anything", _check_nothing)
