"""Look: one pass through a model, with gradients, and what can be read off its graph."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import autograd as ag
from nn import random
from nn.data import inputs
from nn.losses import Loss
from nn.module import Module
from nn.train.sources import plain

FLAT = 30.0  # where an activation that saturates is flat
PROBES = np.array([-FLAT, -1.0, 0.0, 1.0, FLAT])


@dataclass(frozen=True)
class Activation:
    """An elementwise function that is not linear, at one place: its slope where it was used.

    slopes   (units, all samples and places): its derivative there
    probed   its derivative at −30, −1, 0, 1 and 30
    hidden   whether another weight comes after it
    """

    layer: str
    function: str
    name: str | None
    slopes: Any
    probed: Any
    hidden: bool

    @property
    def saturates(self) -> bool:
        """Whether it is flat at both ends, as tanh."""
        left, _, middle, _, right = np.abs(self.probed)
        return bool(max(left, right) < 0.05 * middle)

    @property
    def dies(self) -> bool:
        """Whether it is flat at one end, as relu: a unit that is always there gets no gradient any more."""
        return bool(self.probed[0] == 0) != bool(self.probed[-1] == 0)

    @property
    def most(self) -> float:
        """Its largest slope."""
        return float(np.abs(self.probed).max())


@dataclass(frozen=True)
class Product:
    """A product with a weight, Z = W A or a convolution: its value and gradient as (units, everything else)."""

    layer: str
    weight: str
    Z: Any
    dZ: Any
    of_data: bool  # whether the other factor is data as they were given

    @property
    def size(self) -> float:
        """The root mean square of the gradient."""
        return float(np.sqrt(np.mean(np.square(self.dZ)))) if self.dZ is not None else 0.0


class Look:
    """One pass through a model on some samples, and a sweep back, in training or in evaluation, as the model is."""

    def __init__(self, model: Module, loss: Loss, X: Any, Y: Any, seed: int = 0) -> None:
        self.model, self.loss, self.Y = model, loss, Y
        with random.seeded(seed), np.errstate(all="ignore"):
            self.A = model(*inputs(X))
            J = loss(self.A, Y)
            model.zero_grad()
            J.backward()
        self.cost, self.m = float(J.data), np.shape(Y)[-1]
        self.predicted = plain(self.A)
        self.names = {id(p.node): p.name or name for name, p in model.named_parameters()}

    @cached_property
    def nodes(self) -> list[Any]:
        """The operations of the model, in their order."""
        return [node for node in ag.ancestors(self.A.node) if node.op is not None]

    @cached_property
    def values(self) -> dict[Any, Any]:
        """The value of each of them."""
        with np.errstate(all="ignore"):
            return ag.values(self.A.node)

    @cached_property
    def products(self) -> list[Product]:
        """The products with weights; of a weight that is used again and again, the one with the largest gradient."""
        found: dict[int, Product] = {}
        for node in self.nodes:
            for parent in node.parents:
                if node.op.kind == "linear" and len(node.parents) > 1 and id(parent) in self.names:
                    product = self._product(node, parent)
                    if id(parent) not in found or product.size > found[id(parent)].size:
                        found[id(parent)] = product
        return list(found.values())

    def _product(self, node: Any, weight: Any) -> Product:
        of_data = any(other is not weight and type(other) is not ag.Node for other in node.parents)
        dZ = None if node.grad is None else _by_units(plain(node.grad))
        return Product(layer(node), self.names[id(weight)], _by_units(self.values[node]), dZ, of_data)

    @cached_property
    def last_product(self) -> int:
        """The index of the last product with a weight."""
        weights = [n.index for n in self.nodes if any(id(p) in self.names for p in n.parents) and n.op.kind == "linear"]
        return max(weights, default=-1)

    @cached_property
    def activations(self) -> list[Activation]:
        """Elementwise functions that are not linear; one that is used again and again at a place stands once."""
        parts: dict[tuple[str, str, int], list[Activation]] = {}
        for node in self.nodes:
            for one in self._activation(node):
                parts.setdefault((one.layer, one.function, len(one.slopes)), []).append(one)
        return [
            Activation(
                a.layer, a.function, a.name, np.concatenate([p.slopes for p in same], axis=1), a.probed, a.hidden
            )
            for same in parts.values()
            for a in same[:1]
        ]

    def _activation(self, node: Any) -> Iterator[Activation]:
        ours = [i for i, parent in enumerate(node.parents) if type(parent) is ag.Node]
        if node.op.kind != "elementwise" or len(ours) != 1 or len(node.shape) < 2:
            return
        place = ours[0]
        operands = [plain(p.out) if hasattr(p, "out") and type(p) is not ag.Node else p for p in node.parents]
        if any(np.size(x) > 1 for i, x in enumerate(operands) if i != place):  # a mask, a picture: no function of Z
            return

        def slope(Z: Any) -> Any:
            with np.errstate(all="ignore"):
                f = lambda z: node.op.function(*operands[:place], z, *operands[place + 1 :], **node.params)
                return ag.vjp(f, Z)[1](np.ones_like(Z))[0]

        probed = slope(PROBES)
        if np.isfinite(probed).all() and np.ptp(probed) > 0:
            slopes = _by_units(slope(np.asarray(self.values[node.parents[place]], float)))
            yield Activation(layer(node), node.op.name, node.name, slopes, probed, node.index < self.last_product)


def layer(node: Any) -> str:
    """Where an operation stands, in words: "layer 2"."""
    names = [name for name in ag.scope_of(node) if not name.startswith("step ")]
    return " / ".join(names) or node.name or "the model"


def _by_units(x: Any) -> Any:
    """Units on the first axis, all else on the second."""
    return np.reshape(x, (np.shape(x)[0], -1))
