"""Units that cannot learn: dead ones, saturated ones, and some that are all alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nn.doctor.case import Case
from nn.doctor.finding import Finding
from nn.doctor.look import Product

DEAD = 0.4  # the share of units of a layer from which it is said
SATURATED = 0.5  # the share of values
NEARLY_FLAT = 0.05  # of the largest slope


def dead(case: Case) -> Iterator[Finding]:
    """Units that are flat for every sample: no gradient reaches what they are computed from."""
    after = [] if case.end is None else [(f"after {case.steps} steps", case.end)]
    for when, look in [("before the first step", case.start), *after]:
        found = False
        for activation in look.activations:
            if not (activation.dies and activation.hidden):
                continue
            flat = (activation.slopes == 0).all(axis=1)
            if flat.mean() < DEAD or flat.sum() < 2:
                continue
            found = True
            yield Finding(
                "dead units",
                activation.layer,
                f"{flat.sum()} of {flat.size} units of {activation.function} are flat for all {look.m} samples "
                f"{when}, so that no gradient reaches their weights.",
                "Start with init='he' and b = 0, lower the learning rate, or take LeakyReLU.",
                {"dead": int(flat.sum()), "units": flat.size, "share": float(flat.mean())},
            )
        if found:
            return


def saturated(case: Case) -> Iterator[Finding]:
    """Units of tanh, sigmoid and the like in their flat parts before anything is learnt."""
    for activation in case.start.activations:
        if not (activation.saturates and activation.hidden):
            continue
        share = float(np.mean(np.abs(activation.slopes) < NEARLY_FLAT * activation.most))
        if share >= SATURATED:
            slope = float(np.mean(np.abs(activation.slopes)))
            yield Finding(
                "saturated units",
                activation.layer,
                f"{share:.0%} of the values of {activation.function} are where its slope is below 5 % of its largest, "
                f"before the first step; the mean slope is {slope:.2g}.",
                "Scale the data (nn.data.standardize(X)), and start with smaller weights: init='xavier'.",
                {"share": share, "mean slope": slope},
            )


def symmetric(case: Case) -> Iterator[Finding]:
    """Units of a layer that compute the same, get the same gradient, and so stay the same for ever."""
    if case.end is None:
        return
    before = {product.weight: product for product in case.start.products}
    for product in case.end.products:
        n = len(product.Z)
        same = _alike(product)
        if n >= 2 and same == n and _alike(before.get(product.weight, product)) == n:
            yield Finding(
                "symmetric units",
                product.layer,
                f"All {n} units have the same value and the same gradient, still after {case.steps} steps: "
                f"the rows of {product.weight} started alike, and stay alike.",
                "Start with random weights: init='xavier' or 'he' (document 002, formula 29).",
                {"units": n, "alike": same},
            )


def _alike(product: Product) -> int:
    """How many units are as the first one, with a gradient as that of the first one."""
    if product.dZ is None:
        return 0
    same = [np.allclose(x, x[:1], rtol=1e-9, atol=0).__bool__() for x in (product.Z, product.dZ)]
    return len(product.Z) if all(same) else 0
