"""Document 004: forward and back propagation, one worked example."""

from __future__ import annotations

import numpy as np

from nn.byhand.checks import M_EXAMPLES, ONE_EXAMPLE, SHAPE, VALUE, agree, course, fails, shown, true
from nn.byhand.demonstrations import engine_derives, graph_is_the_chain
from nn.byhand.entries import holds, misprint, to
from nn.byhand.networks import LOGISTIC, SCALAR_CHAIN
from nn.byhand.program import COURSE

ENTRIES = (
    holds(
        "004-1",
        ONE_EXAMPLE,
        "dz = da * f′(z); da[L-1] = wᵀ·dz; a[0] = x",
        agree(dZ=lambda dA, g_prime, Z: dA * g_prime(Z), dA_prev=lambda W, dZ: W.T @ dZ, A0=lambda X: X),
    ),
    misprint(
        "004-2",
        M_EXAMPLES,
        "dw = (1/m) dz·a[L-1]",
        "shape",
        fails(SHAPE, dW=lambda dZ, A_prev, m: 1 / m * dZ @ A_prev),
        corrected=to(
            "dw = (1/m) dz·a[L-1]ᵀ",
            course(dW=lambda dZ, A_prev, m: 1 / m * dZ @ A_prev.T),
            true(dW=lambda dZ, A_prev: dZ @ A_prev.T),
        ),
    ),
    misprint(
        "004-3",
        M_EXAMPLES,
        "db = (1/m) Σ_D dz, “D the number of features”",
        "claim",
        # a sum over the rows, or over as many columns as there are features
        fails(SHAPE, db=lambda dZ, m: 1 / m * np.sum(dZ, axis=0, keepdims=True)),
        fails(VALUE, db=lambda dZ, m, n_prev: 1 / m * np.sum(dZ[:, :n_prev], axis=1, keepdims=True)),
        corrected=to(
            "db = (1/m) Σ_m dz, over the m examples",
            course(db=lambda dZ, m: 1 / m * sum(dZ[:, [i]] for i in range(m))),
            true(db=lambda dZ, m: sum(dZ[:, [i]] for i in range(m))),
        ),
    ),
    holds(
        "004-4",
        ONE_EXAMPLE,
        "σ′(x) = σ(x)(1 − σ(x))",
        agree(
            of=SCALAR_CHAIN,
            dz1=lambda da1, sigmoid, z1: da1 * sigmoid(z1) * (1 - sigmoid(z1)),
            dz2=lambda da2, sigmoid, z2: da2 * sigmoid(z2) * (1 - sigmoid(z2)),
        ),
    ),
    holds(
        "004-5",
        ONE_EXAMPLE,
        "x → z1 → a1 → z2 → a2 → L, all scalars",
        shown(lambda: graph_is_the_chain(SCALAR_CHAIN)),
    ),
    holds(
        "004-6",
        ONE_EXAMPLE,
        "dz1 = (∂L/∂a2)(∂a2/∂z2)(∂z2/∂a1)(∂a1/∂z1) = dz2 · w2 · a1(1−a1)",
        agree(of=SCALAR_CHAIN, dz1=lambda dz2, w2, a1: dz2 * w2 * a1 * (1 - a1)),
        agree(lambda network: {"dz1": network.chain("z1").product}, of=SCALAR_CHAIN),
    ),
    holds(
        "004-7",
        ONE_EXAMPLE,
        "dw1 = dz1 · x; db1 = dz1",
        agree(of=SCALAR_CHAIN, dw1=lambda dz1, x: dz1 * x, db1=lambda dz1: dz1),
    ),
    holds(
        "004-8",
        ONE_EXAMPLE,
        "dz2 = (−y/a2 + (1−y)/(1−a2)) · a2(1−a2)",
        agree(of=SCALAR_CHAIN, dz2=lambda a2, y: (-y / a2 + (1 - y) / (1 - a2)) * a2 * (1 - a2)),
    ),
    holds(
        "004-9",
        ONE_EXAMPLE,
        "… = a2 − y",
        agree(of=SCALAR_CHAIN, dz2=lambda a2, y: a2 - y),
        agree(of=LOGISTIC, on=(COURSE,), dZ1=lambda A1, Y: A1 - Y),
        shown(lambda: engine_derives(SCALAR_CHAIN, "dz2", "a2 − y")),
        shown(lambda: engine_derives(LOGISTIC, "dZ1", "A1 − Y")),
    ),
    holds(
        "004-10",
        ONE_EXAMPLE,
        "dw2 = dz2·a1 = (a2 − y) a1; db2 = a2 − y",
        agree(of=SCALAR_CHAIN, dw2=lambda dz2, a1: dz2 * a1, db2=lambda a2, y: a2 - y),
        agree(of=SCALAR_CHAIN, dw2=lambda a2, y, a1: (a2 - y) * a1),
    ),
    holds(
        "004-11",
        ONE_EXAMPLE,
        "L(a2, y) = −(y log a2 + (1−y) log(1−a2))",
        agree(of=SCALAR_CHAIN, L=lambda a2, y: -(y * np.log(a2) + (1 - y) * np.log(1 - a2))),
    ),
)
