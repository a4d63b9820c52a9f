"""What the model predicts after the run: always the same, or the training samples by heart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from nn.doctor.case import Case
from nn.doctor.finding import Finding
from nn.losses import ONE_HOT, PROBABILITIES

CONSTANT = 1e-3  # of the range of the targets
WORSE, BEYOND = 1.3, 2.0  # the validation cost at the end: times its least, and times the training cost
MUCH = 0.2  # of the first validation cost, by which it has risen


def constant(case: Case) -> Iterator[Finding]:
    """Predictions that do not depend on the sample."""
    if case.end is None or np.ptp(case.Y) == 0:
        return
    P = np.reshape(case.end.predicted, (len(case.end.predicted), -1))
    spread = float(np.ptp(P, axis=1).max())
    span = 1.0 if case.loss.target in (PROBABILITIES, ONE_HOT) else float(np.ptp(case.Y))
    if spread < CONSTANT * span:
        center = ", ".join(f"{value:.4g}" for value in P.mean(axis=1)[:4])
        yield Finding(
            "constant predictions",
            "the model",
            f"After {case.steps} steps the predictions are the same for all {case.end.m} samples: {center}"
            f"{' …' if len(P) > 4 else ''} (they differ by at most {spread:.1e}).",
            "Check that the data reach the output: dead units, weights of 0, features that say nothing, a class that "
            "nearly all samples have (class_weights='balanced').",
            {"spread": spread},
        )
    else:
        yield from _one_class(case, P)


def _one_class(case: Case, P: Any) -> Iterator[Finding]:
    """The same class for all samples, though they are of several."""
    kinds = {PROBABILITIES: len(P) == 1 and case.Y.shape[0] == 1, ONE_HOT: True}
    if not kinds.get(case.loss.target, False) or P.shape[-1] != case.Y.shape[-1]:
        return
    if case.Y.dtype.kind in "iu":
        classes = case.Y.reshape(-1)
    else:
        classes = case.Y.argmax(axis=0) if len(P) > 1 else (case.Y[0] > 0.5).astype(int)
    predicted = P.argmax(axis=0) if len(P) > 1 else (case.loss.threshold < P[0]).astype(int)
    if np.ptp(predicted) == 0 and np.ptp(classes) > 0:
        share = float(np.mean(classes == predicted[0]))
        yield Finding(
            "constant predictions",
            "the model",
            f"After {case.steps} steps class {predicted[0]} is predicted for all {P.shape[-1]} samples, of which "
            f"{share:.0%} are of that class.",
            "Where one class is frequent: class_weights='balanced', and judge by metrics=['f1']. Else check that the "
            "data reach the output, and the learning rate.",
            {"class": int(predicted[0]), "share": share},
        )


def overfitting(case: Case) -> Iterator[Finding]:
    """A cost of other samples that rises again while that of the training falls."""
    if len(case.run.validation) < 4 or case.run.failed:
        return
    costs = [cost for _, cost in case.run.validation]
    least = int(np.argmin(costs))
    end, start, trained = costs[-1], costs[0], case.run.trained
    at = case.run.validation[least][0]
    risen = end > WORSE * costs[least] and end - costs[least] > MUCH * abs(start) and least < 0.8 * (len(costs) - 1)
    if risen and end > BEYOND * trained:
        yield Finding(
            "overfitting",
            "the model",
            f"The validation cost fell to {costs[least]:.3g} (step {at}) and rose to {end:.3g}, while the training "
            f"cost is {trained:.3g} after {case.steps} steps.",
            "Stop early (patience=10), get more data, add nn.Dropout(keep_prob=0.8) or weight_decay=1e-3, or take "
            "fewer units.",
            {"least": costs[least], "step": at, "validation": end, "training": trained},
        )
