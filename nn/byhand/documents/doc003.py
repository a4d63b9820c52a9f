"""Document 003: dimensions and the chain-rule tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nn.byhand.checks import (
    M_EXAMPLES,
    ONE_EXAMPLE,
    VALUE,
    agree,
    course,
    fails,
    shapes,
    shown,
    true,
    wrong_shapes,
)
from nn.byhand.demonstrations import chain_rule_along_paths
from nn.byhand.entries import holds, misprint, to
from nn.byhand.networks import DEEP


def unit_by_unit(W: Any, A_prev: Any, b: Any, g: Callable[..., Any], row: Callable[[int], int]) -> Any:
    """A (n, m) with a_k = g(Σ_i w_ri a_i + b_r), where r = row(k)."""
    n, m = len(W), A_prev.shape[1]
    a = [
        [sum(W[row(k), i] * A_prev[i, j] for i in range(W.shape[1])) + b[row(k), 0] for j in range(m)] for k in range(n)
    ]
    return g(np.array(a))


BRANCHES = ("Z4", "Z3", "Z2", "W4", "W3", "W2")

ENTRIES = (
    holds(
        "003-1",
        M_EXAMPLES,
        "A[L] = σ(Z[L]) = σ(W[L]·A[L-1] + b[L]); W (n[L], n[L-1]); b (n[L], 1)",
        agree(A=lambda g, W, A_prev, b: g(W @ A_prev + b)),
        shapes(W=lambda n, n_prev: (n, n_prev), b=lambda n: (n, 1)),
    ),
    misprint(
        "003-2",
        M_EXAMPLES,
        "A.shape = Z.shape = (n[L], n[L-1])",
        "shape",
        wrong_shapes(A=lambda n, n_prev: (n, n_prev), Z=lambda n, n_prev: (n, n_prev)),
        corrected=to("A.shape = Z.shape = (n[L], m)", shapes(A=lambda n, m: (n, m), Z=lambda n, m: (n, m))),
    ),
    misprint(
        "003-3",
        ONE_EXAMPLE,
        "a_k = σ(Σ_i w_1i a_i + b), row 1 for every unit k",
        "value",
        fails(VALUE, A=lambda W, A_prev, b, g: unit_by_unit(W, A_prev, b, g, row=lambda k: 0)),
        corrected=to(
            "a_k = σ(Σ_i w_ki a_i + b_k)",
            agree(A=lambda W, A_prev, b, g: unit_by_unit(W, A_prev, b, g, row=lambda k: k)),
        ),
    ),
    holds(
        "003-4",
        M_EXAMPLES,
        "W (k×n) · A (n×m) + b (k×1) = Z (k×m)",
        agree(Z=lambda W, A_prev, b: W @ A_prev + b),
        shapes(Z=lambda n, n_prev, m: np.shape(np.zeros((n, n_prev)) @ np.zeros((n_prev, m)) + np.zeros((n, 1)))),
    ),
    misprint(
        "003-5",
        M_EXAMPLES,
        "dZ[L] = dA[L] · σ(Z[L])",
        "value",
        fails(VALUE, dZ=lambda dA, g, Z: dA * g(Z)),
        corrected=to("dZ[L] = dA[L] * σ′(Z[L])", agree(dZ=lambda dA, g_prime, Z: dA * g_prime(Z))),
    ),
    holds(
        "003-6",
        M_EXAMPLES,
        "dW[L] = (1/m) dZ[L]·A[L-1]ᵀ",
        course(dW=lambda dZ, A_prev, m: 1 / m * dZ @ A_prev.T),
        true(dW=lambda dZ, A_prev: dZ @ A_prev.T),
    ),
    holds(
        "003-7",
        ONE_EXAMPLE,
        "the tree for four layers: ∂L/∂Z4, ∂L/∂Z3, ∂L/∂Z2 and ∂L/∂W4, ∂L/∂W3, ∂L/∂W2 "
        "as products of the factors along the path",
        shown(lambda: chain_rule_along_paths(DEEP, *BRANCHES)),
    ),
)
