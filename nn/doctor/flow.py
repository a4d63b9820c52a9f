"""Gradients that vanish or explode on their way back through the layers."""

from __future__ import annotations

from collections.abc import Iterator

from nn.doctor.case import Case
from nn.doctor.finding import Finding

VANISHED, EXPLODED = 1e-3, 1e3  # the gradient of Z in the first layer, as a multiple of that in the last


def gradients(case: Case) -> Iterator[Finding]:
    """How large the gradient of Z is in each layer, before the first step."""
    products = [product for product in case.start.products if product.size > 0]
    if len(products) < 2:
        return
    first, last = products[0], products[-1]
    ratio = first.size / last.size
    if VANISHED < ratio < EXPLODED:
        return
    sizes = {product.weight: product.size for product in products}
    shown = ", ".join(f"{product.weight} {product.size:.1e}" for product in _some(products))
    grown = ratio >= EXPLODED
    yield Finding(
        "exploding gradients" if grown else "vanishing gradients",
        first.layer,
        f"The gradient of Z in {first.layer} is {ratio:.1e} times that in {last.layer} (root mean squares of the "
        f"gradients at each weight: {shown}).",
        (
            "Start with smaller weights (init='he' for relu, 'xavier' for tanh), add nn.BatchNorm or nn.LayerNorm, or "
            "clip the gradients (clip_norm=1.0)."
            if grown
            else "Take ReLU with init='he' in place of sigmoid or tanh, add nn.BatchNorm or nn.Residual, or take fewer "
            "layers."
        ),
        {"ratio": ratio, "sizes": sizes},
    )


def _some(products: list) -> list:
    """The first, the last, and some between."""
    return products if len(products) <= 6 else [*products[:3], *products[-3:]]
