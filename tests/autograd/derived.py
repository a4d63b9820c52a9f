"""Costs that derivations are made of: small networks and formulas, with the names that the course gives them."""

from itertools import pairwise

import numpy as np

import autograd as ag

RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 6))
Y = (RNG.random((1, 6)) > 0.5) * 1.0
ONE_HOT = np.eye(3)[:, [0, 1, 2, 0, 1, 1]]


def tensor(name, *shape):
    return ag.Tensor(RNG.normal(size=shape) if shape else float(RNG.normal()), name=name)


def called(name, value):
    value.name = name
    return value


def constant(name, value):
    return ag.Tensor(value, name=name, requires_grad=False)


def network(activation=np.tanh, sizes=(3, 4, 1), last=ag.sigmoid, target=Y):
    """A, and the last Z, of a network with the course's names."""
    A = constant("X", X)
    for l, (n, k) in enumerate(pairwise(sizes), 1):
        Z = called(f"Z{l}", tensor(f"W{l}", k, n) @ A + tensor(f"b{l}", k, 1))
        A = called(f"A{l}", (activation if l < len(sizes) - 1 else last)(Z))
    return A, Z, constant("Y", target)


def two_layers(activation=np.tanh):
    A, _, Y = network(activation)
    return ag.binary_cross_entropy(A, Y)


def logistic():
    w, b = tensor("w", 3, 1), tensor("b")
    Z = called("Z", w.T @ constant("X", X) + b)
    A = called("A", ag.sigmoid(Z))
    return ag.binary_cross_entropy(A, constant("Y", Y))


def scalars():
    x, y = constant("x", 0.5), constant("y", 1.0)
    z1 = called("z1", tensor("w1") * x + tensor("b1"))
    a1 = called("a1", ag.sigmoid(z1))
    z2 = called("z2", tensor("w2") * a1 + tensor("b2"))
    a2 = called("a2", ag.sigmoid(z2))
    return called("L", ag.log_loss(a2, y))


def softmax_and_cross_entropy():
    A, _, Y = network(sizes=(3, 4, 3), last=ag.softmax, target=ONE_HOT)
    return np.sum(-ag.xlogy(Y, A)) / constant("m", 6.0)


def squared_error():
    _, Z, Y = network(sizes=(3, 4, 3), target=ONE_HOT)
    return np.sum((Z - Y) ** 2 / 2) / constant("m", 6.0)


def weight_decay():
    A, _, Y = network()
    J = ag.binary_cross_entropy(A, Y)
    weights = [n for n in ag.ancestors(J.node) if n.name in ("W1", "W2")]
    W1, W2 = (ag.tensor.wrap(n.out, n) for n in weights)
    return J + (np.sum(W1**2) + np.sum(W2**2)) * constant("lambda", 0.3) / 2 / constant("m", 6.0)


def latex(J, **how):
    return [line.latex for line in ag.derive(J, **how).lines]
