"""Document 002: lecture notes on neural networks and deep learning."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.byhand import demonstrations as demo
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
from nn.byhand.entries import claim, for_one, holds, misprint, to
from nn.byhand.networks import DEEP, LOGISTIC, SCALAR_LOGISTIC, SQUARE, TWO_LAYERS, Network
from nn.byhand.passes import logistic_loop, two_layers_loop


def _log_loss(A: Any, Y: Any) -> Any:
    return -(Y * np.log(A) + (1 - Y) * np.log(1 - A))


LOGISTIC_REGRESSION = (
    holds(
        "002-1",
        M_EXAMPLES,
        "X is (n_x, m); Y is (1, m)",
        shapes(of=LOGISTIC, X=lambda n_x, m: (n_x, m), Y=lambda m: (1, m)),
        shown(demo.real_data_stand_in_columns),
    ),
    misprint(
        "002-2",
        M_EXAMPLES,
        "output data Y has shape (1200, 1)",
        "shape",
        fails(SHAPE, of=Network("m = 1200", (2, 1), ("sigmoid",), m=1200), dZ1=lambda A1, Y: A1 - Y.reshape(1200, 1)),
        corrected=to(
            "Y is (1, m)", shapes(of=LOGISTIC, Y=lambda m: (1, m)), course(of=LOGISTIC, dZ1=lambda A1, Y: A1 - Y)
        ),
    ),
    holds(
        "002-3",
        ONE_EXAMPLE,
        "z = wᵀx + b; σ(z) = 1/(1 + e^−z)",
        agree(of=LOGISTIC, Z=lambda w, X, b: w.T @ X + b, A=lambda Z: 1 / (1 + np.exp(-Z))),
        shown(demo.sigmoid_from_exp),
    ),
    holds("002-4", ONE_EXAMPLE, "L(ŷ, y) = −(y log ŷ + (1−y) log(1−ŷ))", agree(of=LOGISTIC, L=_log_loss)),
    misprint(
        "002-5",
        ONE_EXAMPLE,
        "squared error (ŷ−y)²/2 with a sigmoid “is convex”",
        "claim",
        shown(demo.squared_error_is_not_convex),
        corrected=to("it is not convex in z; the log loss is", shown(demo.log_loss_is_convex)),
    ),
    holds(
        "002-6",
        M_EXAMPLES,
        "J = (1/m) Σ L(ŷ(i), y(i))",
        agree(of=LOGISTIC, J=lambda A, Y, m: 1 / m * np.sum([_log_loss(A[:, i], Y[:, i]) for i in range(m)])),
    ),
    holds(
        "002-7",
        M_EXAMPLES,
        "w := w − α dJ/dw; b := b − α dJ/db",
        shown(lambda: demo.step_by_hand_is_that_of_sgd(LOGISTIC)),
    ),
    holds(
        "002-8",
        ONE_EXAMPLE,
        "x1, w1, x2, w2, b → z → a = σ(z) → L(a, y)",
        shown(lambda: demo.graph_is_the_chain(SCALAR_LOGISTIC)),
        agree(
            of=SCALAR_LOGISTIC,
            z=lambda w1, x1, w2, x2, b: w1 * x1 + w2 * x2 + b,
            a=lambda z: 1 / (1 + np.exp(-z)),
            L=lambda a, y: _log_loss(a, y),
        ),
    ),
    holds(
        "002-9",
        ONE_EXAMPLE,
        "da = −y/a + (1−y)/(1−a)",
        agree(of=SCALAR_LOGISTIC, da=lambda a, y: -y / a + (1 - y) / (1 - a)),
        agree(of=LOGISTIC, dA=lambda A, Y: -Y / A + (1 - Y) / (1 - A)),
    ),
    holds(
        "002-10",
        ONE_EXAMPLE,
        "dz = a − y",
        agree(of=SCALAR_LOGISTIC, dz=lambda a, y: a - y),
        agree(of=LOGISTIC, dZ=lambda A, Y: A - Y),
    ),
    for_one(
        "002-11",
        ONE_EXAMPLE,
        "dw1 = x1 dz; dw2 = x2 dz; db = dz",
        agree(of=SCALAR_LOGISTIC, dw1=lambda x1, dz: x1 * dz, dw2=lambda x2, dz: x2 * dz, db=lambda dz: dz),
        fails(SHAPE, of=LOGISTIC, on=M_EXAMPLES, dw=lambda X, dZ: X * dZ, db=lambda dZ: dZ),
    ),
    holds(
        "002-12",
        M_EXAMPLES,
        "∂J/∂w1 = (1/m) Σ dw1(i)",
        course(of=LOGISTIC, dw=lambda X, dZ, m: 1 / m * sum(X[:, [i]] * dZ[0, i] for i in range(m))),
        true(of=LOGISTIC, dw=lambda X, dZ, m: sum(X[:, [i]] * dZ[0, i] for i in range(m))),
    ),
    holds(
        "002-13",
        M_EXAMPLES,
        "for i = 1 … m: J += …; dw1 += x1(i) dz(i); dw2 += x2(i) dz(i); db += dz(i); then all divided by m",
        course(lambda X, Y, w, b1: logistic_loop(X, Y, w, b1, inner=True), of=LOGISTIC),
        course(of=LOGISTIC, dw=lambda X, dZ, m: 1 / m * X @ dZ.T),  # the same without a loop
    ),
    holds(
        "002-14",
        M_EXAMPLES,
        "inner loop removed: dw += x(i) dz(i); dw /= m",
        course(lambda X, Y, w, b1: logistic_loop(X, Y, w, b1, inner=False), of=LOGISTIC),
    ),
    misprint(
        "002-15",
        ONE_EXAMPLE,
        "on the slide for that loop: dz(i) = a(i)(1 − a(i))",
        "value",
        fails(VALUE, of=LOGISTIC, dZ=lambda A: A * (1 - A)),
        corrected=to("dz(i) = a(i) − y(i)", agree(of=LOGISTIC, dZ=lambda A, Y: A - Y)),
    ),
    holds(
        "002-16",
        M_EXAMPLES,
        "Z = np.dot(w.T, X) + b; A = σ(Z); dZ = A − Y; dw = (1/m) X·dZᵀ; db = (1/m) np.sum(dZ)",
        agree(of=LOGISTIC, Z=lambda w, X, b: np.dot(w.T, X) + b, A=lambda sigmoid, Z: sigmoid(Z)),
        course(
            of=LOGISTIC,
            dZ=lambda A, Y: A - Y,
            dw=lambda X, dZ, m: 1 / m * X @ dZ.T,
            db=lambda dZ, m: np.full((1, 1), 1 / m * np.sum(dZ)),  # the course's b is a number, here it is (1, 1)
        ),
        true(
            of=LOGISTIC,
            dZ=lambda A, Y, m: (A - Y) / m,
            dw=lambda X, dZ: X @ dZ.T,
            db=lambda dZ: np.full((1, 1), np.sum(dZ)),
        ),
    ),
    misprint(
        "002-17",
        M_EXAMPLES,
        "b is of shape (1, m)",
        "shape",
        wrong_shapes(of=LOGISTIC, b=lambda m: (1, m), db=lambda m: (1, m)),
        shown(demo.b_of_m_columns_fits_only_m),
        corrected=to("b is one number, broadcast", agree(of=LOGISTIC, Z=lambda w, X, b: w.T @ X + b.item())),
    ),
    holds("002-18", M_EXAMPLES, "broadcasting: (4,1) + 100; (2,3) + (1,3)", shown(demo.broadcasting_and_its_gradient)),
    holds("002-19", ONE_EXAMPLE, "np.dot of (10,1) and (1,5) is (10,5)", shown(demo.outer_product_of_column_and_row)),
    claim(
        "002-20",
        M_EXAMPLES,
        "rank-1 arrays, shape (5,), cause bugs; use (5,1)",
        shown(demo.rank_1_arrays_go_wrong_silently),
    ),
)

TWO_LAYER_NETWORKS = (
    holds(
        "002-21",
        ONE_EXAMPLE,
        "3-4-1: W1 (4,3), b1 (4,1), W2 (1,4), b2 (1,1); z1, a1 (4,1); z2, a2 (1,1)",
        shapes(
            of=TWO_LAYERS,
            W1=lambda: (4, 3),
            b1=lambda: (4, 1),
            W2=lambda: (1, 4),
            b2=lambda: (1, 1),
            Z1=lambda: (4, 1),
            A1=lambda: (4, 1),
            Z2=lambda: (1, 1),
            A2=lambda: (1, 1),
        ),
    ),
    holds(
        "002-22",
        M_EXAMPLES,
        "loop over examples for two layers = vectorised forward",
        agree(two_layers_loop, of=TWO_LAYERS),
        agree(of=TWO_LAYERS, Z=lambda W, A_prev, b: W @ A_prev + b, A=lambda g, Z: g(Z)),
    ),
    holds(
        "002-23",
        BOTH,
        "σ′ = a(1−a); tanh′ = 1−a²; ReLU′ = 1 for z > 0, else 0; leaky ReLU likewise with its slope",
        shown(demo.slopes_of_activations),
        agree(of=TWO_LAYERS, dZ1=lambda dA1, A1: dA1 * (1 - A1**2), dZ2=lambda dA2, A2: dA2 * A2 * (1 - A2)),
        agree(dZ1=lambda dA1, Z1: dA1 * np.where(Z1 > 0, 1, 0), dZ3=lambda dA3, Z3: dA3 * np.where(Z3 > 0, 1, 0.01)),
    ),
    claim(
        "002-24",
        M_EXAMPLES,
        "for very large or small z the slope of σ and tanh is (nearly) zero and learning is slow",
        shown(demo.learning_stalls_where_slopes_vanish),
    ),
    holds(
        "002-25",
        M_EXAMPLES,
        "dZ2 = A2 − Y; dW2 = (1/m) dZ2·A1ᵀ; db2 = (1/m) np.sum(dZ2, axis=1, keepdims=True)",
        course(
            of=TWO_LAYERS,
            dZ2=lambda A2, Y: A2 - Y,
            dW2=lambda dZ2, A1, m: 1 / m * dZ2 @ A1.T,
            db2=lambda dZ2, m: 1 / m * np.sum(dZ2, axis=1, keepdims=True),
        ),
        true(
            of=TWO_LAYERS,
            dZ2=lambda A2, Y, m: (A2 - Y) / m,
            dW2=lambda dZ2, A1: dZ2 @ A1.T,
            db2=lambda dZ2: np.sum(dZ2, axis=1, keepdims=True),
        ),
    ),
    misprint(
        "002-26",
        M_EXAMPLES,
        "dZ1 = W2ᵀ·dZ2 * g[2]′(Z1)",
        "value",
        fails(VALUE, of=TWO_LAYERS, dZ1=lambda W2, dZ2, g2_prime, Z1: W2.T @ dZ2 * g2_prime(Z1)),
        corrected=to(
            "dZ1 = W2ᵀ·dZ2 * g[1]′(Z1)",
            agree(of=TWO_LAYERS, dZ1=lambda W2, dZ2, g1_prime, Z1: W2.T @ dZ2 * g1_prime(Z1)),
        ),
    ),
    holds(
        "002-27",
        M_EXAMPLES,
        "dW1 = (1/m) dZ1·Xᵀ; db1 = (1/m) np.sum(dZ1, axis=1, keepdims=True)",
        course(
            of=TWO_LAYERS,
            dW1=lambda dZ1, X, m: 1 / m * dZ1 @ X.T,
            db1=lambda dZ1, m: 1 / m * np.sum(dZ1, axis=1, keepdims=True),
        ),
        true(of=TWO_LAYERS, dW1=lambda dZ1, X: dZ1 @ X.T, db1=lambda dZ1: np.sum(dZ1, axis=1, keepdims=True)),
    ),
    claim(
        "002-28",
        M_EXAMPLES,
        "keepdims gives (n,1), not (n,), “which can result in bugs”",
        shown(demo.update_with_rank_1_db_spoils_b),
    ),
    claim(
        "002-29",
        M_EXAMPLES,
        "W = 0 at the start: every unit computes the same and nothing (useful) is learnt; random W, b may be 0",
        shown(demo.equal_start_stays_equal),
    ),
)

DEEP_NETWORKS = (
    holds(
        "002-30",
        BOTH,
        "z: (n[l],1), w: (n[l], n[l-1]), b: (n[l],1); dW has W's shape, db has b's; "
        "with m examples Z, A, dZ: (n[l], m)",
        shapes(on=ONE_EXAMPLE, Z=lambda n: (n, 1), W=lambda n, n_prev: (n, n_prev), b=lambda n: (n, 1)),
        shapes(dW=lambda W: W.shape, db=lambda b: b.shape),
        shapes(on=M_EXAMPLES, Z=lambda n, m: (n, m), A=lambda n, m: (n, m), dZ=lambda n, m: (n, m)),
    ),
    holds(
        "002-31",
        M_EXAMPLES,
        "B is (n[l], m)",
        agree(Z=lambda W, A_prev, b, n, m: W @ A_prev + np.broadcast_to(b, (n, m))),
        shapes(b=lambda n: (n, 1)),
        shown(lambda: demo.B_is_b_broadcast(DEEP)),
    ),
    misprint(
        "002-32",
        ONE_EXAMPLE,
        "closing list: da * g; dW = dz·a; da[l-1] = W·dz; dz[l] = W·dz[l+1] + g",
        "value, shape",
        fails(VALUE, dZ=lambda dA, g, Z: dA * g(Z)),
        fails(SHAPE, dW=lambda dZ, A_prev: dZ @ A_prev, dA_prev=lambda W, dZ: W @ dZ),
        fails(SHAPE, dZ=lambda W_next, dZ_next, g, Z: W_next @ dZ_next + g(Z)),
        fails(VALUE, of=SQUARE, dA_prev=lambda W, dZ: W @ dZ),
        fails(VALUE, of=SQUARE, dZ=lambda W_next, dZ_next, g, Z: W_next @ dZ_next + g(Z)),
        corrected=to(
            "da * g′; dW = dz·a[l-1]ᵀ; da[l-1] = Wᵀ·dz; dz[l] = W[l+1]ᵀ·dz[l+1] * g′",
            agree(
                dZ=lambda dA, g_prime, Z: dA * g_prime(Z),
                dW=lambda dZ, A_prev: dZ @ A_prev.T,
                dA_prev=lambda W, dZ: W.T @ dZ,
            ),
            agree(dZ=lambda W_next, dZ_next, g_prime, Z: W_next.T @ dZ_next * g_prime(Z)),
        ),
    ),
    holds(
        "002-33",
        M_EXAMPLES,
        "dW = (1/m) dZ·A[l-1]ᵀ; db = (1/m) np.sum(dZ), axis=1, keepdims=True; dA[l-1] = Wᵀ·dZ",
        course(
            dW=lambda dZ, A_prev, m: 1 / m * dZ @ A_prev.T,
            db=lambda dZ, m: 1 / m * np.sum(dZ, axis=1, keepdims=True),
        ),
        true(dW=lambda dZ, A_prev: dZ @ A_prev.T, db=lambda dZ: np.sum(dZ, axis=1, keepdims=True)),
        agree(dA_prev=lambda W, dZ: W.T @ dZ),
        # as printed, with the bracket misplaced, db is not even a statement
        fails(SyntaxError, db=lambda dZ, m: as_printed("db = (1/m) * np.sum(dZ), axis=1, keepdims=True", dZ=dZ, m=m)),
    ),
)

ENTRIES = (*LOGISTIC_REGRESSION, *TWO_LAYER_NETWORKS, *DEEP_NETWORKS)
