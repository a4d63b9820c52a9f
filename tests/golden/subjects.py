"""What the golden files are made of: 50 networks and 50 programs, always the same ones.

A subject builds its cost anew each time: (J, a leaf of it, a function of arrays that computes the same and its
gradients, its arguments).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

import autograd as ag
import nn
from tests.autograd.programs import BINARY, SHAPES, UNARY, Program

Subject = Callable[[], tuple[ag.Tensor, ag.Tensor, Callable[..., Any], tuple[Any, ...]]]

HIDDEN = [nn.Tanh, nn.ReLU, nn.Sigmoid, nn.LeakyReLU]
HEADS = {
    "binary_cross_entropy": nn.Sigmoid,
    "binary_cross_entropy_logits": None,
    "cross_entropy": nn.Softmax,
    "cross_entropy_logits": None,
    "squared_error": nn.Tanh,
    "mse": None,
}


def networks() -> dict[str, Subject]:
    """Fully connected networks: 1 to 4 layers, every activation and every loss."""
    found: dict[str, Subject] = {}
    for seed in range(50):
        rng = np.random.default_rng(seed)
        loss = list(HEADS)[seed % len(HEADS)]
        units = rng.permutation(np.arange(2, 9))[: 2 + seed % 4].tolist()
        if loss.startswith("binary"):
            units[-1] = 1
        hidden = [HIDDEN[(seed + k) % len(HIDDEN)] for k in range(len(units) - 2)]
        title = f"{seed:02} {'-'.join(map(str, units))} {' '.join(h.__name__ for h in hidden)} {loss}".replace(
            "  ", " "
        )
        found[title] = _network(units, hidden, loss, seed)
    return found


def _network(units: list[int], hidden: list[type], loss: str, seed: int) -> Subject:
    def build() -> Any:
        layers: list[Any] = []
        for k, (n_in, n_out) in enumerate(pairwise(units)):
            layers.append(nn.Linear(n_in, n_out, seed=seed + k))
            last = k == len(units) - 2
            activation = HEADS[loss] if last else hidden[k]
            layers += [activation()] if activation else []
        model = nn.Sequential(*layers)
        rng = np.random.default_rng(seed)
        X, m = rng.standard_normal((units[0], 6)), 6
        labels = rng.integers(0, max(units[-1], 2), m)
        Y = np.eye(units[-1])[:, labels] if loss.startswith("cross") else rng.integers(0, 2, (units[-1], m)) * 1.0
        parameters = model.parameters()

        def step(X: Any, Y: Any, *values: Any) -> Any:
            def cost(*values: Any) -> Any:
                A: Any = X
                flat = iter(values)
                for layer in layers:
                    A = next(flat) @ A + next(flat) if isinstance(layer, nn.Linear) else layer(A)
                return nn.losses.find(loss)(A, Y)

            J, grads = ag.value_and_grad(cost, argnums=tuple(range(len(values))))(*values)
            return J, [w - 0.1 * g for w, g in zip(values, grads, strict=True)]

        return nn.losses.find(loss)(model(X), Y), parameters[0], step, (X, Y, *(p.data for p in parameters))

    return build


def programs() -> dict[str, Subject]:
    """Costs that people write by hand, and random ones."""
    found = {f.__name__.replace("_", " "): _of(f, *shapes) for f, *shapes in BY_HAND}
    for seed in range(50 - len(found)):
        found[f"random {seed:02}"] = _random(seed)
    return found


def _of(f: Callable[..., Any], *shapes: tuple[int, ...]) -> Subject:
    def build() -> Any:
        rng = np.random.default_rng(len(shapes))
        arrays = [rng.uniform(0.2, 0.9, s) if s else float(rng.uniform(0.2, 0.9)) for s in shapes]
        tensors = [ag.Tensor(x, name=name) for x, name in zip(arrays, f.__code__.co_varnames)]
        return f(*tensors), tensors[0], ag.value_and_grad(f, argnums=tuple(range(len(shapes)))), tuple(arrays)

    return build


def _random(seed: int) -> Subject:
    rng = np.random.default_rng(1000 + seed)
    unary, binary = sorted(UNARY), sorted(BINARY)
    steps: list[tuple[str, tuple[int, ...]]] = []
    for _ in range(int(rng.integers(4, 12))):
        if rng.random() < 0.6:
            steps.append((unary[rng.integers(len(unary))], (int(rng.integers(60)),)))
        else:
            steps.append((binary[rng.integers(len(binary))], (int(rng.integers(60)), int(rng.integers(60)))))
    program = Program([SHAPES[k] for k in rng.integers(0, len(SHAPES), 2)], steps, seed)

    def build() -> Any:
        arrays = program.inputs()
        tensors = [ag.Tensor(x, name=name) for x, name in zip(arrays, "xy")]
        return (
            program(*tensors),
            tensors[0],
            ag.value_and_grad(program, argnums=(0, 1)),
            tuple(arrays),
        )

    return build


def logistic(w: Any, b: Any, X: Any) -> Any:
    a = 1 / (1 + np.exp(-(w.T @ X + b)))
    Y = np.array([[1.0, 0.0, 1.0, 1.0, 0.0]])
    return -(1 / 5) * np.sum(Y * np.log(a) + (1 - Y) * np.log(1 - a))


def scalar_unit(w: Any, x: Any, b: Any) -> Any:
    a = ag.sigmoid(w * x + b)
    return -(0.7 * np.log(a) + 0.3 * np.log(1 - a))


def softmax_by_hand(Z: Any) -> Any:
    E = np.exp(Z)
    return -np.mean(np.sum(np.eye(3)[:, [0, 2, 1, 1]] * np.log(E / np.sum(E, axis=0)), axis=0))


def attention(Q: Any, K: Any, V: Any) -> Any:
    S = ag.softmax(Q @ K.T / np.sqrt(4.0), axis=1)
    return np.mean((S @ V) ** 2)


def batch_normalization(X: Any, gamma: Any, beta: Any) -> Any:
    mean, variance = np.mean(X, axis=1, keepdims=True), np.var(X, axis=1, keepdims=True)
    return np.mean((gamma * (X - mean) / np.sqrt(variance + 1e-5) + beta) ** 3)


def recurrent(W: Any, U: Any, b: Any) -> Any:
    h: Any = np.zeros((2, 4))
    for x in np.linspace(-1, 1, 36).reshape(3, 3, 4):
        h = np.tanh(W @ h + U @ x + b)
    return np.sum(h * h) / 4


def convolution(W: Any, X: Any) -> Any:
    return np.mean(ag.max_pool2d(ag.relu(ag.conv2d(X, W)), 2) ** 2)


def norms(x: Any, y: Any) -> Any:
    return np.linalg.norm(x) + np.sum(np.hypot(x, y)) + np.std(y) ** 2


def reuse(a: Any) -> Any:
    b = a + a
    c = b + b
    return np.sum(c * b)


def residual(W: Any, x: Any) -> Any:
    for _ in range(3):
        x = x + np.tanh(W @ x)
    return np.sum(x)


def ridge(A: Any, x: Any) -> Any:
    return np.sum((A @ x - 1) ** 2) / 2 + 0.1 * np.sum(x**2)


def indexing(T: Any) -> Any:
    return np.sum(T[[0, 2, 0]] ** 2) + np.sum(T[:, 1] * T[:, 0]) + T[-1, -1]


def joining(a: Any, b: Any) -> Any:
    return np.sum(np.tanh(np.concatenate([a, np.stack([b, b * b])]) @ np.ones(3)))


def piecewise(x: Any, y: Any) -> Any:
    return np.sum(np.where(x > y, x * x, np.maximum(y, 0.5) - np.abs(x)))


def products(x: Any) -> Any:
    return np.prod(x) + np.sum(np.cumprod(x)) + np.sum(np.cumsum(x) ** 2)


def linear_algebra(A: Any, b: Any) -> Any:
    M = A @ A.T + np.eye(3)
    return np.log(np.linalg.det(M)) + np.sum(np.linalg.solve(M, b)) + np.trace(np.linalg.inv(M))


def einsum(A: Any, B: Any) -> Any:
    return np.sum(np.einsum("ij,jk->ik", A, B) ** 2) + np.einsum("ii", A @ B)


def sorted_values(x: Any) -> Any:
    return np.sum(np.sort(x) * np.arange(5.0)) + np.median(x) + np.max(x)


def entropy(z: Any) -> Any:
    p = ag.softmax(z)
    return -np.sum(ag.xlogy(p, p)) + ag.logsumexp(z)


def newton(a: Any) -> Any:
    r = a
    for _ in range(4):
        r = 0.5 * (r + a / r)
    return r


def rows(X: Any, w: Any, b: Any) -> Any:
    A = ag.sigmoid(X @ w + b)
    Y = np.array([[1.0], [0.0], [1.0], [0.0], [1.0]])
    return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))


BY_HAND: list[Any] = [
    (logistic, (3, 1), (), (3, 5)),
    (scalar_unit, (), (), ()),
    (softmax_by_hand, (3, 4)),
    (attention, (3, 4), (5, 4), (5, 2)),
    (batch_normalization, (3, 6), (3, 1), (3, 1)),
    (recurrent, (2, 2), (2, 3), (2, 1)),
    (convolution, (2, 1, 2, 2), (1, 5, 5, 3)),
    (norms, (4,), (4,)),
    (reuse, (3,)),
    (residual, (3, 3), (3, 2)),
    (ridge, (4, 3), (3,)),
    (indexing, (3, 3)),
    (joining, (2, 3), (3,)),
    (piecewise, (2, 3), (2, 3)),
    (products, (4,)),
    (linear_algebra, (3, 3), (3, 1)),
    (einsum, (2, 3), (3, 2)),
    (sorted_values, (5,)),
    (entropy, (4,)),
    (newton, ()),
    (rows, (5, 2), (2, 1), ()),
]
