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

    name        in words
    check       raises for targets Y (n, m) that are not of this kind: check(name of the loss, Y)
    activation  the layer that makes such predictions, where these have to be probabilities, too, or logits of some
    labels      whether class numbers, integers (m,), may stand for them
    """

    name: str
    check: Callable[[str, Any], None]
    activation: str | None = None
    labels: bool = False

    @property
    def probabilities(self) -> bool:
        """Whether predictions have to be probabilities, too, or logits of some."""
        return self.activation is not None


ROUNDING = 1e-6  # probabilities that a user's own function makes may miss 0, 1 or their sum by that much


def _check_probabilities(loss: str, Y: Any) -> None:
    if _least(Y) < -ROUNDING or _most(Y) > 1 + ROUNDING:
        raise ag.DataError(f"{loss} needs targets between 0 and 1, but got {Y.min():g} to {Y.max():g}. {_scaling(Y)}")


def _check_one_hot(loss: str, Y: Any) -> None:
    if Y.ndim < 2 or Y.shape[0] < 2:
        fix = "For class numbers: Y.astype(int). For two classes in one row: binary_cross_entropy."
        raise ag.ShapeError(
            f"{loss} needs a row for each class, or class numbers as integers, but got {Y.shape}. {fix}"
        )
    rounded = max(len(Y) * float(np.finfo(Y.dtype).eps), ROUNDING)  # of each share, in the precision of Y
    sums = np.add.reduce(Y, axis=0, dtype=float)
    if _least(Y) < -ROUNDING or _most(np.abs(sums - 1)) > rounded:
        raise ag.DataError(f"{loss} needs columns that sum to 1, as nn.data.one_hot makes them. {_as_columns(Y)}")


def _check_signs(loss: str, Y: Any) -> None:
    if not (np.abs(Y) == 1).all():
        fix = "For labels 0 and 1: 2 * Y - 1." if ((Y == 0) | (Y == 1)).all() else "For quantities take the loss mse."
        raise ag.DataError(f"{loss} needs targets −1 and 1, but got {Y.min():g} to {Y.max():g}. {fix}")


def _check_nothing(loss: str, Y: Any) -> None:
    pass


def _least(Y: Any) -> Any:
    return np.minimum.reduce(Y, axis=None)  # as Y.min(), in half of the time


def _most(Y: Any) -> Any:
    return np.maximum.reduce(Y, axis=None)


def _as_columns(Y: Any) -> str:
    """Advice on what to do with the given targets, where they allow it."""
    low, high = _least(Y), _most(Y)
    if (low, high) == (-1, 1) and ((low == Y) | (high == Y)).all():
        return "For labels -1 and 1: (Y + 1) / 2."
    return "For several labels in one column: binary_cross_entropy, or its form on logits."


def _scaling(Y: Any) -> str:
    """Advice on how to convert the given labels to 0 and 1, where they allow it."""
    low, high = Y.min(), Y.max()
    if ((low == Y) | (high == Y)).all() and low < high:
        return (
            "For labels -1 and 1: (Y + 1) / 2." if (low, high) == (-1, 1) else f"Write (Y == {high:g}).astype(float)."
        )
    return "For class labels: nn.data.one_hot(labels, n_classes). For quantities take the loss mse."


PROBABILITIES = Target("probabilities", _check_probabilities, "Sigmoid")
ONE_HOT = Target("one-hot columns", _check_one_hot, "Softmax", labels=True)
SIGNS = Target("signs", _check_signs)
QUANTITIES = Target("quantities", _check_nothing)
ANYTHING = Target("anything", _check_nothing)
