"""The course's forward and backward functions, written by hand, and whole passes made of them.

Documents 000 and 001 describe them: forward takes A[l-1] and gives A[l] and a cache; backward takes dA[l] and that
cache and gives dA[l-1], dW[l], db[l]. Nothing here knows autograd.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.byhand.networks import Network
from nn.byhand.program import BY_HAND, SLOPES, Scope

Cache = tuple[Any, Any, Any, str]


def forward(A_prev: Any, W: Any, b: Any, g: str) -> tuple[Any, Cache]:
    """One layer forward: A (n, m), and the cache (A_prev, W, Z, g) that backward reads.

    >>> A, cache = forward(np.ones((3, 5)), np.zeros((4, 3)), np.zeros((4, 1)), "sigmoid")
    >>> A.shape, float(A[0, 0])
    ((4, 5), 0.5)
    """
    Z = W @ A_prev + b
    return BY_HAND[g](Z), (A_prev, W, Z, g)


def backward(dA: Any, cache: Cache, mean: float) -> tuple[Any, Any, Any]:
    """One layer back: dA_prev (n_prev, m), dW (n, n_prev), db (n, 1); `mean` is 1/m, or 1 if dA has it already.

    >>> _, cache = forward(np.ones((3, 5)), np.zeros((4, 3)), np.zeros((4, 1)), "sigmoid")
    >>> [d.shape for d in backward(np.ones((4, 5)), cache, mean=1 / 5)]
    [(3, 5), (4, 3), (4, 1)]
    """
    A_prev, W, Z, g = cache
    dZ = dA * SLOPES[g](Z)
    dW = mean * dZ @ A_prev.T
    db = mean * np.sum(dZ, axis=1, keepdims=True)
    return W.T @ dZ, dW, db


def forward_pass(network: Network) -> tuple[Scope, list[Cache]]:
    """All layers forward: the values A1, A2 …, and the caches, one for each layer."""
    A, caches, values = network.leaves["X"], [], {}
    for l, g in enumerate(network.activations, start=1):
        A, cache = forward(A, network.leaves[f"W{l}"], network.leaves[f"b{l}"], g)
        caches.append(cache)
        values[f"A{l}"] = A
    return values, caches


def backward_pass(network: Network, run: tuple[Scope, list[Cache]], *, convention: str = "course") -> Scope:
    """All layers back, from the log loss: dA0, dW1, db1, dA1 …, in the course's convention or in the true one."""
    values, caches = run
    A, Y, m = values[f"A{network.depth}"], network.constants["Y"], network.m
    in_dA, in_dW = (1, 1 / m) if convention == "course" else (1 / m, 1)
    dA = in_dA * (-Y / A + (1 - Y) / (1 - A))
    derivatives = {f"dA{network.depth}": dA}
    for l in range(network.depth, 0, -1):
        dA, dW, db = backward(dA, caches[l - 1], in_dW)
        derivatives |= {f"dA{l - 1}": dA, f"dW{l}": dW, f"db{l}": db}
    return derivatives


def logistic_loop(X: Any, Y: Any, w: Any, b: Any, *, inner: bool) -> Scope:
    """Document 002's loop over the examples for logistic regression; `inner`: with a second loop, over the features."""
    sigmoid, (n_x, m) = BY_HAND["sigmoid"], X.shape
    J, dw, db = 0.0, np.zeros((n_x, 1)), 0.0
    for i in range(m):
        x, y = X[:, [i]], Y[0, i]
        z = (w.T @ x + b).item()
        a = sigmoid(z)
        J += -(y * np.log(a) + (1 - y) * np.log(1 - a))
        dz = a - y
        if inner:
            for k in range(n_x):
                dw[k] += x[k] * dz
        else:
            dw += x * dz
        db += dz
    return {"J": J / m, "dw": dw / m, "db1": np.array([[db / m]])}


def two_layers_loop(X: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Scope:
    """Document 002's loop over the examples for two layers (tanh, then σ), one column at a time."""
    columns: dict[str, list[Any]] = {"Z1": [], "A1": [], "Z2": [], "A2": []}
    for i in range(X.shape[1]):
        z1 = W1 @ X[:, [i]] + b1
        a1 = BY_HAND["tanh"](z1)
        z2 = W2 @ a1 + b2
        a2 = BY_HAND["sigmoid"](z2)
        for name, column in zip(columns, (z1, a1, z2, a2), strict=True):
            columns[name].append(column)
    return {name: np.hstack(of) for name, of in columns.items()}
