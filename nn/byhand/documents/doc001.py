"""Document 001: notes on an L = 4 network."""

from __future__ import annotations

import numpy as np

from nn.byhand.checks import (
    BOTH,
    M_EXAMPLES,
    ONE_EXAMPLE,
    SHAPE,
    VALUE,
    agree,
    as_printed,
    course,
    fails,
    shapes,
    shown,
    true,
    wrong_shapes,
)
from nn.byhand.demonstrations import hyperparameters_swept_in_one_call, step_by_hand_is_that_of_sgd
from nn.byhand.entries import claim, for_one, holds, misprint, to
from nn.byhand.networks import DEEP, SQUARE
from nn.byhand.passes import backward_pass, forward_pass
from nn.byhand.program import COURSE

ENTRIES = (
    holds(
        "001-1",
        M_EXAMPLES,
        "W[l] is (n[l], n[l-1]); Z[l], A[l] are (n[l], m)",
        shapes(W=lambda n, n_prev: (n, n_prev), Z=lambda n, m: (n, m), A=lambda n, m: (n, m)),
    ),
    holds(
        "001-2",
        BOTH,
        "forward for one example: z[l] = W[l]·a[l-1] + b[l], a[l] = g[l](z[l]); and vectorised: Z[l], A[l]",
        agree(Z=lambda W, A_prev, b: W @ A_prev + b, A=lambda g, Z: g(Z)),
        # the vectorised form column by column is the form for one example
        agree(Z=lambda W, A_prev, b, m: np.hstack([W @ A_prev[:, [i]] + b for i in range(m)])),
        agree(A=lambda g, Z, m: np.hstack([g(Z[:, [i]]) for i in range(m)])),
    ),
    holds(
        "001-3",
        M_EXAMPLES,
        "W := W − α dW; b := b − α db",
        shown(lambda: step_by_hand_is_that_of_sgd(DEEP)),
    ),
    holds(
        "001-4",
        M_EXAMPLES,
        "forward function (in A[l-1]; out A[l], cache) and backward function (in dA[l], cache; out dA[l-1], dW, db)",
        agree(lambda network: forward_pass(network)[0]),
        course(lambda network: backward_pass(network, forward_pass(network))),
        true(lambda network: backward_pass(network, forward_pass(network), convention="true")),
    ),
    for_one(
        "001-5",
        ONE_EXAMPLE,
        "dw[l] = dz[l]·a[l-1]ᵀ",
        agree(dW=lambda dZ, A_prev: dZ @ A_prev.T),
        fails(VALUE, on=(COURSE,), dW=lambda dZ, A_prev: dZ @ A_prev.T),
    ),
    for_one(
        "001-6",
        ONE_EXAMPLE,
        "db[l] = dz[l]; da[l-1] = w[l]ᵀ·dz[l]",
        agree(db=lambda dZ: dZ, dA_prev=lambda W, dZ: W.T @ dZ),
        fails(SHAPE, on=M_EXAMPLES, db=lambda dZ: dZ),
    ),
    holds(
        "001-7",
        M_EXAMPLES,
        "dZ = dA * σ′(Z); dW = (1/m) dZ·A[l-1]ᵀ; dA[l-1] = Wᵀ·dZ",
        agree(dZ=lambda dA, g_prime, Z: dA * g_prime(Z), dA_prev=lambda W, dZ: W.T @ dZ),
        course(dW=lambda dZ, A_prev, m: 1 / m * dZ @ A_prev.T),
        true(dW=lambda dZ, A_prev: dZ @ A_prev.T),
    ),
    misprint(
        "001-8",
        M_EXAMPLES,
        "db = (1/m) np.sum(dZ, axis=1, keepDim=True)",
        "error",
        fails(TypeError, db=lambda dZ, m: as_printed("db = (1/m) * np.sum(dZ, axis=1, keepDim=True)", dZ=dZ, m=m)),
        corrected=to(
            "db = (1/m) np.sum(dZ, axis=1, keepdims=True)",
            course(db=lambda dZ, m: 1 / m * np.sum(dZ, axis=1, keepdims=True)),
            true(db=lambda dZ: np.sum(dZ, axis=1, keepdims=True)),
        ),
    ),
    misprint(
        "001-9",
        M_EXAMPLES,
        "dZ[l] = dA[l] * ∂A[l]/∂Z[l], “→ σ(Z)”",
        "value",
        fails(VALUE, dZ=lambda dA, g, Z: dA * g(Z)),
        corrected=to("dZ[l] = dA[l] * σ′(Z[l])", agree(dZ=lambda dA, g_prime, Z: dA * g_prime(Z))),
    ),
    holds(
        "001-10",
        M_EXAMPLES,
        "dW: (n[l], n[l-1]) = (n[l], m)·(m, n[l-1])",
        shapes(
            dZ=lambda n, m: (n, m),
            A_prev=lambda n_prev, m: (n_prev, m),  # transposed in the product
            dW=lambda n, n_prev, m: np.shape(np.zeros((n, m)) @ np.zeros((m, n_prev))),
        ),
    ),
    holds(
        "001-11",
        M_EXAMPLES,
        "db: Σ over axis 1 gives (n[l], 1)",
        shapes(db=lambda n: (n, 1)),
        shapes(db=lambda dZ: np.shape(np.sum(dZ, axis=1, keepdims=True))),
    ),
    misprint(
        "001-12",
        M_EXAMPLES,
        "dA[l-1] = (∂z/∂A)·dwᵀ, shapes (n[l-1], 1), (n[l], n[l-1]), (n[l], 1)",
        "shape, value",
        wrong_shapes(dA_prev=lambda n_prev: (n_prev, 1)),
        fails(SHAPE, dA_prev=lambda W, dW: W @ dW.T),
        fails(VALUE, of=SQUARE, dA_prev=lambda W, dW: W @ dW.T),
        corrected=to(
            "dA[l-1] = Wᵀ·dZ, (n[l-1], m) = (n[l-1], n[l])·(n[l], m)",
            agree(dA_prev=lambda W, dZ: W.T @ dZ),
            shapes(dA_prev=lambda n_prev, m: (n_prev, m)),
        ),
    ),
    claim(
        "001-13",
        M_EXAMPLES,
        "hyperparameters: α, iterations, hidden layers, hidden units, activations; later momentum, mini-batch size, "
        "regularisation; “try different values”",
        shown(hyperparameters_swept_in_one_call),
    ),
)
