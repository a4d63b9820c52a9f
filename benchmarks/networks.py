"""The five networks: data, and one training step of each in three ways. What is measured, not how."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

import autograd as ag
import nn

SIZES: dict[str, tuple[tuple[int, ...], int]] = {
    "2-4-1": ((2, 4, 1), 400),
    "64-32-10": ((64, 32, 10), 64),
    "784-128-10": ((784, 128, 10), 64),
    "12288-20-7-5-1": ((12288, 20, 7, 5, 1), 209),
    "784-1024-1024-10": ((784, 1024, 1024, 10), 512),
}
LR = 0.01
Step = Callable[[], float]


def problem(name: str, dtype: Any) -> tuple[Any, Any, list[Any], list[Any]]:
    """X (n_x, m), Y (n_y, m) of 0 and 1, and the starting weights and biases."""
    sizes, m = SIZES[name]
    rng = np.random.default_rng(0)
    X = rng.standard_normal((sizes[0], m)).astype(dtype)
    Y = (rng.random((sizes[-1], m)) > 0.5).astype(dtype)
    W = [(rng.standard_normal((b, a)) / np.sqrt(a)).astype(dtype) for a, b in pairwise(sizes)]
    b = [np.zeros((n, 1), dtype) for n in sizes[1:]]
    return X, Y, W, b


def by_hand(name: str, dtype: Any) -> Step:
    """The step that an expert writes in NumPy, with the course's formulas."""
    X, Y, W, b = problem(name, dtype)
    L, m = len(W), X.shape[1]

    def step() -> float:
        A = [X]
        for l in range(L):
            Z = W[l] @ A[l] + b[l]
            A.append(np.tanh(Z) if l < L - 1 else 1 / (1 + np.exp(-Z)))
        J = -np.sum(Y * np.log(A[L]) + (1 - Y) * np.log(1 - A[L])) / m
        dZ = A[L] - Y
        for l in reversed(range(L)):
            dW = dZ @ A[l].T / m
            db = np.sum(dZ, axis=1, keepdims=True) / m
            if l > 0:
                dZ = (W[l].T @ dZ) * (1 - A[l] ** 2)
            W[l] = W[l] - LR * dW
            b[l] = b[l] - LR * db
        return float(J)

    return step


def with_tensors(name: str, dtype: Any) -> Step:
    """The same step written with Tensors."""
    X, Y, weights, biases = problem(name, dtype)
    W, b = [ag.Tensor(w) for w in weights], [ag.Tensor(x) for x in biases]
    L, parameters = len(W), (*W, *b)

    def step() -> float:
        A: Any = X
        for l in range(L):
            Z = W[l] @ A + b[l]
            A = np.tanh(Z) if l < L - 1 else ag.sigmoid(Z)
        J = ag.binary_cross_entropy(A, Y)
        J.backward()
        for p in parameters:
            p.data = p.data - LR * p.grad
            p.grad = None
        return J.item()

    return step


def with_nn(name: str, dtype: Any) -> Step:
    """The same step through nn.Sequential, a loss and optim.SGD."""
    X, Y, weights, biases = problem(name, dtype)
    layers: list[nn.Module] = []
    for W, b in zip(weights, biases, strict=True):
        layer = nn.Linear(W.shape[1], W.shape[0], dtype=dtype)
        layer.W.data, layer.b.data = W, b
        layers += [layer, nn.Tanh()]
    model = nn.Sequential(*layers[:-1], nn.Sigmoid())
    optimizer = nn.optim.SGD(model.parameters(), lr=LR)

    def step() -> float:
        J = nn.losses.binary_cross_entropy(model(X), Y)
        optimizer.zero_grad()
        J.backward()
        optimizer.step()
        return J.item()

    return step
