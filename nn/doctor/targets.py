"""Targets, last activation and loss that do not fit one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import autograd as ag
from nn.doctor.case import Case
from nn.doctor.finding import Finding
from nn.losses import ONE_HOT, PROBABILITIES, QUANTITIES, Loss

PROBLEM = "labels that do not fit the loss"


def refused(error: Exception, where: str) -> Finding:
    """What the training itself would say of data that it cannot take."""
    words, _, advice = str(error).partition(". ")
    problem = PROBLEM if where == "Y" else "data that cannot be trained on"
    return Finding(problem, where, words.rstrip(".") + ".", advice or "See the shapes and dtypes above.")


def unfit(case: Case) -> Iterator[Finding]:
    """What a training takes without a word, though it learns something else."""
    loss, Y = case.loss, case.Y
    last = getattr(case.start.A.node, "op", None)
    yield from _twice(loss, last)
    yield from _sums(case)
    if loss.target is QUANTITIES:
        yield from _labels(loss, Y)
        yield from _out_of_range(case, Y)
    if loss.target is PROBABILITIES and last is not None and last.name == "softmax" and len(Y) > 2:
        yield Finding(
            PROBLEM,
            "Y",
            f"The model ends with softmax over {len(Y)} classes, and {loss.name} asks each unit a question of its own.",
            "Take the loss cross_entropy; or end with Sigmoid where a sample can have several labels.",
            {"classes": len(Y)},
        )
    if loss.target in (PROBABILITIES, ONE_HOT) and np.ptp(Y, axis=-1).max() == 0 and Y.shape[-1] > 1:
        yield Finding(
            PROBLEM, "Y", f"All {Y.shape[-1]} samples have the same target.", "Check how Y was made.", {"classes": 1}
        )


def _twice(loss: Loss, last: Any) -> Iterator[Finding]:
    """A loss on logits after an activation that has made probabilities of them."""
    if loss.logits and last is not None and last.probabilities:
        yield Finding(
            PROBLEM,
            "the model",
            f"{loss.name} makes probabilities of what the model gives, but that ends with {last.name}: they are made "
            "twice, and no prediction can be sure.",
            f"Leave the last activation out, or take the loss {loss.name.removesuffix('_logits')}.",
            {"last": last.name},
        )


def _sums(case: Case) -> Iterator[Finding]:
    """Outputs that are taken for the probabilities of one class each, though they do not sum to 1: the cost falls where
    all of them rise."""
    loss, sums = case.loss, np.sum(case.start.A.data, axis=0)
    if loss.target is ONE_HOT and not loss.logits and len(case.Y) > 1 and np.max(np.abs(sums - 1)) > 0.01:
        yield Finding(
            PROBLEM,
            "the model",
            f"{loss.name} takes the outputs for the probabilities of {len(case.Y)} classes, but those of a sample sum "
            f"to {sums.min():.3g} to {sums.max():.3g}, and not to 1: the cost falls where all of them rise.",
            f"End with Softmax, or take the loss {loss.name}_logits without a last activation.",
            {"least": float(sums.min()), "most": float(sums.max())},
        )


def _labels(loss: Loss, Y: Any) -> Iterator[Finding]:
    """Numbers of classes that are taken for quantities."""
    values = np.unique(Y)
    counted = np.array_equal(values, np.arange(len(values)) + values[0]) and values[0] in (0, 1)
    if len(Y) == 1 and counted and 3 <= len(values) <= 30 and Y.size >= 5 * len(values):
        yield Finding(
            PROBLEM,
            "Y",
            f"Y holds the integers {values[0]:g} to {values[-1]:g}, as numbers of classes do; {loss.name} takes them "
            f"for quantities, so that class {values[-1]:g} is far from class {values[0]:g}.",
            f"Train on nn.data.one_hot(labels, {int(values[-1]) + 1}) with {int(values[-1]) + 1} units, Softmax and "
            "the loss cross_entropy.",
            {"values": len(values)},
        )


def _out_of_range(case: Case, Y: Any) -> Iterator[Finding]:
    """Targets that the last activation cannot reach."""
    node = case.start.A.node
    if type(node) is not ag.Node or node.op is None:
        return
    for activation in case.start.activations:
        last = activation.name == node.name and activation.function == node.op.name
        if activation.hidden or not last or not (activation.saturates or activation.dies):
            continue
        low, high = _range(node, activation.dies)
        missed = float(np.mean(np.clip(Y, low - 1e-9, high + 1e-9) != Y))
        if missed > 0.05:
            yield Finding(
                PROBLEM,
                activation.layer,
                f"The last activation, {activation.function}, gives values between {low:g} and {high:g}; "
                f"{missed:.0%} of the targets lie beyond (they go from {Y.min():.3g} to {Y.max():.3g}).",
                "Leave the last activation out for quantities.",
                {"missed": missed, "low": low, "high": high},
            )


def _range(node: Any, one_end: bool) -> tuple[float, float]:
    """The least and the largest value of an activation."""
    ends = np.array([-1e3, 1e3])
    i = next(i for i, parent in enumerate(node.parents) if type(parent) is ag.Node)
    operands = [getattr(p, "out", p) for p in node.parents]
    with np.errstate(all="ignore"):
        values = np.asarray(node.op.function(*operands[:i], ends, *operands[i + 1 :], **node.params), float)
    low, high = float(values.min()), float(values.max())
    if one_end:
        return (low, np.inf) if high > 1 else (-np.inf, high)
    return low, high
