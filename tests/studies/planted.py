"""Backward passes of dense networks in plain NumPy, each with one mistake written by hand.

Nothing here knows the checker, its edits or the engine: what is planted is independent of what looks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

ACTIVATIONS = ("tanh", "sigmoid", "relu", "leaky_relu")
LOSSES = ("binary_cross_entropy", "cross_entropy", "squared_error", "mse")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z, axis=0):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


G = {
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "softmax": softmax,
}
SLOPE = {
    "tanh": lambda z: 1 - np.tanh(z) ** 2,
    "sigmoid": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    "relu": lambda z: np.where(z > 0, 1.0, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, 1.0, 0.01),
}
WRITTEN_IN_A = {
    "tanh": lambda a: 1 - a**2,
    "sigmoid": lambda a: a * (1 - a),
    "relu": lambda a: np.where(a > 0, 1.0, 0.0),
    "leaky_relu": lambda a: np.where(a > 0, 1.0, 0.01),
}


@dataclass
class Net:
    """A network with data: sizes pairwise different, m ≥ 5."""

    sizes: list[int]
    activations: list[str]
    loss: str
    X: np.ndarray
    Y: np.ndarray
    W: dict[int, np.ndarray]
    b: dict[int, np.ndarray]

    @property
    def L(self):
        return len(self.activations)

    @property
    def m(self):
        return self.X.shape[1]


def network(rng, L=None, loss=None):
    """A random network; anew where an output is saturated, so that the cost is not finite."""
    while True:
        net = _network(rng, L, loss)
        parameters = {f"W{l}": W for l, W in net.W.items()} | {f"b{l}": b for l, b in net.b.items()}
        with np.errstate(all="ignore"):
            if np.isfinite(cost_by_hand(net)(parameters, net.X, net.Y)):
                return net


def _network(rng, L, loss):
    L = L or int(rng.integers(1, 5))
    loss = loss or str(rng.choice(LOSSES))
    m = int(rng.choice([5, 7, 11, 13]))
    # A size that is m, 2m, m/2 … would make another count the same as a stray factor.
    free = [n for n in range(2, 10) if not any(m * k == n * l for k in (1, 2, 3, 4) for l in (1, 2, 3, 4))]
    sizes = [int(n) for n in rng.choice(free, size=L + 1, replace=False)]
    if loss == "binary_cross_entropy" and rng.random() < 0.5:
        sizes[-1] = 1
    hidden = [str(g) for g in rng.choice(ACTIVATIONS, size=L - 1)]
    last = {"binary_cross_entropy": "sigmoid", "cross_entropy": "softmax"}.get(loss) or str(rng.choice(ACTIVATIONS))
    X = rng.normal(size=(sizes[0], m))
    if loss == "cross_entropy":
        Y = np.eye(sizes[-1])[rng.integers(0, sizes[-1], size=m)].T
    elif loss == "binary_cross_entropy":
        Y = rng.integers(0, 2, size=(sizes[-1], m)).astype(float)
    else:
        Y = rng.normal(size=(sizes[-1], m))
    W = {l: rng.normal(size=(n, p)) for l, (p, n) in enumerate(pairwise(sizes), 1)}
    b = {l: rng.normal(size=(n, 1)) for l, n in enumerate(sizes[1:], 1)}
    return Net(sizes, [*hidden, last], loss, X, Y, W, b)


def forward(net, given=None):
    v = {"A0": net.X}
    for l, g in enumerate(net.activations, 1):
        v[f"Z{l}"] = net.W[l] @ v[f"A{l - 1}"] + net.b[l]
        v[f"A{l}"] = G[g](v[f"Z{l}"])
    return v | (given or {})


def cost_by_hand(net):
    """The cost as a function of parameters and data."""

    def cost(parameters, X, Y):
        A = X
        for l, g in enumerate(net.activations, 1):
            A = G[g](parameters[f"W{l}"] @ A + parameters[f"b{l}"])
        if net.loss == "binary_cross_entropy":
            return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / X.shape[1]
        if net.loss == "cross_entropy":
            return -np.sum(Y * np.log(A)) / X.shape[1]
        return np.sum((A - Y) ** 2) / X.shape[1] / (2 if net.loss == "squared_error" else 1)

    return cost


def dA_last(net, A):
    Y = net.Y
    return {
        "binary_cross_entropy": lambda: -Y / A + (1 - Y) / (1 - A),
        "cross_entropy": lambda: -Y / A,
        "squared_error": lambda: A - Y,
        "mse": lambda: 2 * (A - Y),
    }[net.loss]()


def dZ_of(net, l, dA, v):
    A, Z, g = v[f"A{l}"], v[f"Z{l}"], net.activations[l - 1]
    if l == net.L and net.loss in ("binary_cross_entropy", "cross_entropy"):
        return A - net.Y
    return dA * SLOPE[g](Z)


def backward(net, mistake=None, at=None, convention="course"):
    """Values and gradients by their names; a mistake is made in layer `at`, and what follows is computed from it."""
    v = forward(net)
    m, out = net.m, dict(v)
    one, mean = (1, 1 / m) if convention == "course" else (1 / m, 1)
    lr = 0.1
    W, dZ = net.W, None
    for l in range(net.L, 0, -1):
        here = mistake if l == at else None
        A, Z, A_prev, g = v[f"A{l}"], v[f"Z{l}"], v[f"A{l - 1}"], net.activations[l - 1]
        if l == net.L:
            dA = one * dA_last(net, A)
            if here == "sign of dA":
                dA = -dA
            if here == "constant of dA":
                dA = 2 * dA if net.loss != "mse" else dA / 2
        else:
            W_next, dZ_next = W[l + 1], dZ
            dA = W_next.T @ dZ_next
            if here == "wrong matrix":
                dA = out[f"dW{l + 1}"].T @ dZ_next
            if here == "updated too early":
                dA = (W_next - lr * out[f"dW{l + 1}"]).T @ dZ_next
            if here == "constant of dA":
                dA = dA / 2
            if here == "transposed dA":
                out[f"dA{l}"] = dA.T
        out.setdefault(f"dA{l}", dA)
        dZ = dZ_of(net, l, dA, v)
        if l == net.L and net.loss in ("binary_cross_entropy", "cross_entropy"):
            dZ = one * dZ
        elif g == "softmax":
            dZ = A * (dA - np.sum(dA * A, axis=0, keepdims=True))
        if here == "mean twice in dZ":
            dZ = dZ / m
        if here == "constant of dZ":
            dZ = 4 * dZ
        if here == "sign of dZ":
            dZ = -dZ
        if here == "product for dZ":
            dZ = dA @ WRITTEN_IN_A[g](A).T
        if here == "g for g'":
            dZ = dA * A
        if here in ("derivative left out", "left out at output"):
            dZ = dA + 0
        if here == "written in a, of z":
            dZ = dA * WRITTEN_IN_A[g](Z)
        if here == "g' of a":
            dZ = dA * SLOPE[g](A)
        if here == "other activation":
            other = {"tanh": "sigmoid", "sigmoid": "tanh", "relu": "tanh", "leaky_relu": "sigmoid"}[g]
            dZ = dA * WRITTEN_IN_A[other](A)
        if here == "derivative at output":
            dZ = dZ * A * (1 - A)
        if here == "times z":
            dZ = dZ * Z
        if here == "diagonal softmax":
            dZ = dA * A * (1 - A)
        if here == "softmax over the wrong axis":
            dZ = one * (softmax(Z, axis=1) - net.Y)
        if here == "softmax twice":
            dZ = one * (softmax(A) - net.Y)
        if here == "one target row as a column":
            dZ = one * (A - net.Y.T)
        out[f"dZ{l}"] = dZ
        if dZ.shape != A.shape:  # nothing that follows can be computed from it
            dZ = one * dZ_of(net, l, dA, v) if _fused(net, l) else dZ_of(net, l, dA, v)
        dW = mean * dZ @ A_prev.T
        db = mean * np.sum(dZ, axis=1, keepdims=True)
        if here == "no mean in dW":
            dW = dW * m
        if here == "no mean in db":
            db = db * m
        if here == "mean twice in dW":
            dW = dW / m
        if here == "n for m":
            dW = dW * m / net.sizes[l - 1]
        if here == "transposed dW":
            dW = A_prev @ dZ.T * mean
        if here == "z for a":
            dW = mean * dZ @ v[f"Z{l - 1}"].T
        if here == "wrong layer":
            dW = mean * dZ @ v[f"A{l - 2}"].T
        if here == "sum without axis":
            db = np.array(mean * np.sum(dZ))
        if here == "sum over rows":
            db = mean * np.sum(dZ, axis=0, keepdims=True)
        if here == "no keepdims":
            db = mean * np.sum(dZ, axis=1)
        if here == "accumulated":
            dW, db = 2 * dW, 2 * db
        if here == "log of zero":
            out[f"dA{l}"] = np.where(np.arange(dA.size).reshape(dA.shape) == 0, np.inf, dA)
        out[f"dW{l}"], out[f"db{l}"] = dW, db
    if mistake == "accumulated everywhere":
        for l in range(1, net.L + 1):
            out[f"dW{l}"], out[f"db{l}"] = 2 * out[f"dW{l}"], 2 * out[f"db{l}"]
    if mistake == "rows for columns":
        for l in range(1, net.L + 1):
            out[f"dW{l}"] = out[f"dW{l}"].T
    out.pop("A0")
    return out


def _inner(net, l):
    return net.activations[l - 1] != "softmax"


def _fused(net, l):
    return l == net.L and net.loss in ("binary_cross_entropy", "cross_entropy")


# What is planted: name -> (key of the mistake, the line that is wrong, where it can be made).
PLANTED = {
    "no mean in dW": ("mean_missing", "dW", lambda n, l: True),
    "no mean in db": ("mean_missing", "db", lambda n, l: True),
    "mean twice in dZ": ("mean_twice", "dZ", lambda n, l: True),
    "mean twice in dW": ("mean_twice", "dW", lambda n, l: True),
    "n for m": ("wrong_count", "dW", lambda n, l: True),
    "constant of dA": ("constant_factor", "dA", lambda n, l: True),
    "constant of dZ": ("constant_factor", "dZ", lambda n, l: True),
    "sign of dA": ("sign", "dA", lambda n, l: l == n.L),
    "sign of dZ": ("sign", "dZ", lambda n, l: True),
    "transposed dW": ("transpose", "dW", lambda n, l: True),
    "transposed dA": ("transpose", "dA", lambda n, l: l < n.L),
    "product for dZ": ("wrong_product", "dZ", lambda n, l: _inner(n, l) and n.sizes[l] > 1),
    "g for g'": ("derivative_missing", "dZ", lambda n, l: _inner(n, l)),
    "derivative left out": ("derivative_missing", "dZ", lambda n, l: l < n.L),
    "left out at output": ("output_derivative", "dZ", lambda n, l: l == n.L and not _fused(n, l)),
    "written in a, of z": ("derivative_at_wrong_value", "dZ", lambda n, l: n.activations[l - 1] in ("tanh", "sigmoid")),
    "g' of a": ("derivative_at_wrong_value", "dZ", lambda n, l: n.activations[l - 1] in ("tanh", "sigmoid")),
    "other activation": ("other_activation", "dZ", lambda n, l: _inner(n, l)),
    "derivative at output": ("output_derivative", "dZ", _fused),
    "z for a": ("wrong_cache", "dW", lambda n, l: l > 1 and n.activations[l - 2] != "softmax"),
    "wrong matrix": ("wrong_matrix", "dA", lambda n, l: l < n.L),
    "times z": ("extra_factor", "dZ", lambda n, l: "relu" not in n.activations[l - 1]),  # of ReLU, g(z) is g′(z) z
    "sum without axis": ("wrong_sum", "db", lambda n, l: n.sizes[l] > 1),
    "sum over rows": ("wrong_sum", "db", lambda n, l: n.sizes[l] > 1),
    "no keepdims": ("keepdims", "db", lambda n, l: n.sizes[l] > 1),
    "one target row as a column": ("rank_one", "dZ", lambda n, l: l == n.L and n.sizes[-1] == 1 and _fused(n, l)),
    "rows for columns": ("rows_for_columns", "dW", lambda n, l: l == n.L > 1),
    "updated too early": ("updated_too_early", "dA", lambda n, l: l < n.L),
    "accumulated everywhere": ("accumulated", "dW", lambda n, l: l == n.L),
    "diagonal softmax": ("softmax_jacobian", "dZ", lambda n, l: n.activations[l - 1] == "softmax"),
    "softmax over the wrong axis": ("softmax_jacobian", "dZ", lambda n, l: n.loss == "cross_entropy" and l == n.L),
    "softmax twice": ("softmax_jacobian", "dZ", lambda n, l: n.loss == "cross_entropy" and l == n.L),
    "log of zero": ("not_finite", "dA", lambda n, l: l == n.L and "cross" in n.loss),
}
