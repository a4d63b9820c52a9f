"""Samples that leak into each other: a prediction that depends on another column than its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

import autograd as ag
from nn.data import columns, inputs
from nn.doctor.case import Case
from nn.doctor.finding import Finding
from nn.doctor.look import layer
from nn.train.sources import plain

COUNTS = (7, 5, 11, 6, 13, 4, 3)  # how many columns are looked at: a number that no other axis has, if possible


def leaks(case: Case) -> Iterator[Finding]:
    """The gradient of the first prediction with respect to the other samples, in evaluation."""
    m = case.Y.shape[-1]
    if m < 3:
        return
    model = case.fresh().eval()
    k = _count(case, m)
    chosen = columns(case.X, np.arange(k))
    floating = all(x.dtype.kind == "f" for x in inputs(chosen))
    place, share = _by_gradients(model, chosen, k) if floating else _by_exchange(model, chosen)
    if share > 1e-9:
        yield Finding(
            "samples leak into each other",
            place,
            f"The prediction for one sample depends on the other columns: {share:.1%} of its gradient with respect to "
            f"X belongs to them (in evaluation, on {k} columns).",
            "Nothing in the model may mix the last axis. Sum and average over axis 0 (units), or over the columns of "
            "each sample by itself; softmax is over axis=0.",
            {"share": share, "columns": k},
        )


def _count(case: Case, m: int) -> int:
    sizes = {n for x in inputs(case.X) for n in x.shape[:-1]} | {n for p in case.model.parameters() for n in p.shape}
    return next((k for k in COUNTS if k <= m and k not in sizes), min(m, 7))


def _by_gradients(model: Any, X: Any, k: int) -> tuple[str, float]:
    """Where it first happens, and how much of the gradient of column 0 belongs to others."""
    given = tuple(ag.Tensor(x, name="X") for x in inputs(X))
    with np.errstate(all="ignore"):
        A = model(*given)
        if not isinstance(A, ag.Tensor) or type(A.node) is not ag.Node:
            return "", 0.0
        share = _share(A.node, given, k)
        if share <= 1e-9:
            return "", 0.0
        for node in ag.ancestors(A.node):
            if node.op is not None and node.shape and node.shape[-1] == k and _share(node, given, k) > 1e-9:
                return f"{layer(node)}, {node.op.name}", share
    return "the model", share


def _share(node: Any, given: tuple[Any, ...], k: int) -> float:
    """Of the gradient of a random sum over column 0 with respect to the data, the part of other columns."""
    seed = np.zeros(node.shape, node.dtype)
    seed[..., 0] = np.random.default_rng(0).standard_normal(node.shape[:-1])
    found = ag.reverse(node, seed, targets=[x.node for x in given])
    mine = others = 0.0
    for g in found.values():
        absolute = np.abs(plain(g))
        mine, others = mine + float(absolute[..., 0].sum()), others + float(absolute[..., 1:].sum())
    return others / (mine + others) if others else 0.0


def _by_exchange(model: Any, X: Any) -> tuple[str, float]:
    """The same for integers, which have no derivative: by how much the prediction of column 0 changes if all others
    become like it."""
    with ag.no_grad():
        before = plain(model(*inputs(X)))[..., 0]
        mixed = tuple(np.repeat(x[..., :1], x.shape[-1], axis=-1) for x in inputs(X))
        change = np.abs(plain(model(*mixed))[..., 0] - before).max()
    return "the model", float(change / (np.abs(before).max() + 1e-300))
