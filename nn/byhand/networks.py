"""Example networks with data: what the formulas are run on.

The data are generic: sizes pairwise different, m at least 3 and neither 2 nor 4, another activation in each layer,
so that no missing transpose, 1/m or g′ goes unnoticed (`SQUARE` is the exception, and shows what its sizes hide).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import numpy as np

from nn.byhand.program import AUTOGRAD, BY_HAND, ONE, SLOPES, Program, Scope, Step


class Network(Program):
    """Layers Z[l] = W[l]·A[l-1] + b[l], A[l] = g[l](Z[l]), and the mean log loss, summed over the output units.

    >>> net = Network("tiny", sizes=(3, 1), activations=("sigmoid",), m=5)
    >>> net.leaves["W1"].shape, net.leaves["X"].shape, net.constants["Y"].shape
    ((1, 3), (3, 5), (1, 5))
    """

    def __init__(
        self,
        name: str,
        sizes: tuple[int, ...],
        activations: tuple[str, ...],
        m: int,
        seed: int = 1,
        data: tuple[np.ndarray, np.ndarray] | None = None,
    ) -> None:
        self.sizes, self.activations, self.seed = sizes, activations, seed
        rng = np.random.default_rng(seed)
        leaves: Scope = {}
        steps: dict[str, Step] = {}
        for l, (n_prev, n) in enumerate(pairwise(sizes), start=1):
            leaves[f"W{l}"], leaves[f"b{l}"] = rng.normal(size=(n, n_prev)), rng.normal(size=(n, 1))
            before = f"A{l - 1}" if l > 1 else "X"
            steps[f"Z{l}"] = Step((f"W{l}", before, f"b{l}"), lambda W, A, b: W @ A + b)
            steps[f"A{l}"] = Step((f"g{l}", f"Z{l}"), lambda g, Z: g(Z))
        self.depth = len(activations)
        last = f"A{self.depth}"
        # Summed over the output units; the course has one. (1, m), one loss for each example.
        steps["L"] = Step(("log_loss", last, "Y"), lambda log_loss, A, Y: np.sum(log_loss(A, Y), axis=0, keepdims=True))
        steps["J"] = Step(("L", "m"), lambda L, m: np.sum(L) / m)
        parameters = frozenset(leaves)
        leaves["X"] = rng.normal(size=(sizes[0], m))
        Y = rng.integers(0, 2, size=(sizes[-1], m)).astype(float)
        if data is not None:
            leaves["X"], Y = data
        functions = {f"g{l}": g for l, g in enumerate(activations, start=1)}
        super().__init__(name, leaves, steps, {"Y": Y, "m": m}, functions, parameters)

    def example(self, i: int) -> Network:
        """The same network with the i-th example alone."""
        data = self.leaves["X"][:, [i]], self.constants["Y"][:, [i]]
        return Network(f"{self.name}, example {i}", self.sizes, self.activations, 1, self.seed, data)

    def at(self, case: str) -> Program:
        """With its first example for ONE, else with all m."""
        return _first_example(self) if case == ONE else self

    def scope(self, case: str, witness: str) -> Scope:
        """Also A0 for X, n_x, the slopes g1_prime …, and for logistic regression the course's w = Wᵀ."""
        scope = super().scope(case, witness)
        scope |= {"A0": scope["X"], "dA0": scope["dX"], "n_x": self.sizes[0]}
        for l, g in enumerate(self.activations, start=1):
            scope |= {f"g{l}": BY_HAND[g], f"g{l}_prime": SLOPES[g]}
        if self.depth == 1:
            scope |= {"w": scope["W1"].T, "dw": scope["dW1"].T}
        return scope

    def layers(self, scope: Scope) -> Iterator[Scope]:
        """For layer l: W b Z A g g_prime, their d…, A_prev dA_prev n n_prev; but for the last also W_next dZ_next."""
        for l in range(1, self.depth + 1):
            layer = {q: scope[f"{q}{l}"] for q in ("W", "b", "Z", "A", "dW", "db", "dZ", "dA", "g")}
            layer |= {"g_prime": scope[f"g{l}_prime"], "n": self.sizes[l], "n_prev": self.sizes[l - 1]}
            layer |= {"A_prev": scope[f"A{l - 1}"], "dA_prev": scope[f"dA{l - 1}"]}
            if l < self.depth:
                layer |= {"W_next": scope[f"W{l + 1}"], "dZ_next": scope[f"dZ{l + 1}"]}
            yield scope | layer


def scopes(program: Program, case: str, witness: str = AUTOGRAD) -> list[Scope]:
    """What formulas read and are compared with: the scope of the whole program first, then one for each layer.

    >>> from nn.byhand.program import COURSE
    >>> whole, layer1, layer2 = scopes(TWO_LAYERS, COURSE)
    >>> whole["dZ2"].shape, layer1["dW"].shape
    ((1, 5), (4, 3))
    """
    program = program.at(case)
    scope = program.scope(case, witness)
    return [scope, *program.layers(scope)]


@lru_cache(maxsize=64)
def _first_example(network: Network) -> Network:
    return network.example(0)


# Document 001 and 003: four layers. (The course's last layer has one unit; with two, no transpose can hide.)
DEEP = Network("6-5-4-3-2", (6, 5, 4, 3, 2), ("relu", "tanh", "leaky_relu", "sigmoid"), m=7)
TWO_LAYERS = Network("3-4-1", (3, 4, 1), ("tanh", "sigmoid"), m=5)
LOGISTIC = Network("logistic regression", (2, 1), ("sigmoid",), m=5)
# All sizes equal: a missing transpose leaves the shape right, and only the value tells.
SQUARE = Network("3-3-3, m = 3", (3, 3, 3), ("sigmoid", "sigmoid"), m=3)

# 002-8: logistic regression in scalars, the first graph to draw and to step.
SCALAR_LOGISTIC = Program(
    "x1, w1, x2, w2, b → z → a → L",
    leaves={"x1": 1.5, "w1": 0.5, "x2": -0.5, "w2": 1.25, "b": -0.25},
    steps={
        "z": Step.of(lambda w1, x1, w2, x2, b: w1 * x1 + w2 * x2 + b),
        "a": Step.of(lambda sigmoid, z: sigmoid(z)),
        "L": Step.of(lambda log_loss, a, y: log_loss(a, y)),
    },
    constants={"y": 1.0, "m": 1},
)

# 004-5: two layers of one unit each.
SCALAR_CHAIN = Program(
    "x → z1 → a1 → z2 → a2 → L",
    leaves={"x": 1.5, "w1": 0.75, "b1": -0.5, "w2": -1.25, "b2": 0.5},
    steps={
        "z1": Step.of(lambda w1, x, b1: w1 * x + b1),
        "a1": Step.of(lambda sigmoid, z1: sigmoid(z1)),
        "z2": Step.of(lambda w2, a1, b2: w2 * a1 + b2),
        "a2": Step.of(lambda sigmoid, z2: sigmoid(z2)),
        "L": Step.of(lambda log_loss, a2, y: log_loss(a2, y)),
    },
    constants={"y": 1.0, "m": 1},
)
