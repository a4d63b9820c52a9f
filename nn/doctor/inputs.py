"""Inputs and targets that are not scaled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nn import data
from nn.doctor.case import Case
from nn.doctor.finding import Finding
from nn.losses import QUANTITIES

LARGE, SMALL, FAR = 10.0, 1e-2, 100.0


def unscaled(case: Case) -> Iterator[Finding]:
    """Features that a weight is applied to as they are, far from a mean of 0 and a deviation of 1."""
    if any(product.of_data for product in case.start.products):
        for i, X in enumerate(data.inputs(case.X)):
            if X.dtype.kind == "f":
                yield from _unscaled(X, "X" if type(case.X) is not tuple else f"X[{i}]")
    Y = case.Y
    if case.loss.target is QUANTITIES and Y.dtype.kind == "f" and _size(Y).max() > FAR:
        mean, deviation = float(Y.mean()), float(Y.std())
        yield Finding(
            "unscaled inputs",
            "Y",
            f"The targets have mean {mean:.3g} and deviation {deviation:.3g}; the first predictions are of the size "
            f"{float(np.sqrt(np.mean(np.square(case.start.predicted)))):.2g}.",
            "Train on nn.data.standardize(Y), and scale the predictions back.",
            {"mean": mean, "deviation": deviation},
        )


def _unscaled(X: Any, name: str) -> Iterator[Finding]:
    size = _size(X)
    large = np.flatnonzero(size > LARGE)
    if not len(large) and size.max() >= SMALL:
        return
    worst = int(size.argmax())
    row = X[worst]
    figures = {
        "largest": float(size.max()),
        "smallest": float(size.min()),
        "mean": float(row.mean()),
        "deviation": float(row.std()),
    }
    seen = (
        f"{len(large)} of {len(size)} rows are larger than {LARGE:g} (root mean square)"
        if len(large)
        else f"All {len(size)} rows are smaller than {SMALL:g} (root mean square)"
    )
    yield Finding(
        "unscaled inputs",
        name,
        f"{seen}: the sizes go from {size.min():.3g} to {size.max():.3g}; row {worst} has mean {row.mean():.3g} and "
        f"deviation {row.std():.3g}.",
        f"{name} = nn.data.standardize({name}); with test data: {name}, {name}_test = "
        f"nn.data.standardize({name}, {name}_test).",
        figures,
    )


def _size(X: Any) -> Any:
    """The root mean square of each row."""
    return np.sqrt(np.mean(np.square(X.reshape(len(X), -1), dtype=float), axis=1))
