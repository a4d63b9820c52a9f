"""Small programs of different kinds, which tests of stories, pictures and pages go through."""

from functools import cache

import numpy as np

import autograd as ag
import nn
from viz.demo import logistic_regression
from viz.seen.story import record


@cache
def story_of(program, *arguments):
    """A recorded run of a program, the same one for all tests that only read it."""
    return record(program(*arguments))


def network():
    """Two layers with m = 5 columns: small arrays, all written out, with names of the user's own; b1 is broadcast."""
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(2, 5)).round(2), np.array([[1.0, 0.0, 1.0, 1.0, 0.0]])
    W1, b1 = ag.Tensor(rng.normal(size=(3, 2)).round(2), name="W1"), ag.Tensor(np.zeros((3, 1)), name="b1")
    W2, b2 = ag.Tensor(rng.normal(size=(1, 3)).round(2), name="W2"), ag.Tensor(np.zeros((1, 1)), name="b2")
    Z1 = W1 @ X + b1
    A1 = np.tanh(Z1)
    Z2 = W2 @ A1 + b2
    A2 = ag.sigmoid(Z2)
    J = ag.binary_cross_entropy(A2, Y)
    ag.names.given({"X": X, "Y": Y, "Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2, "J": J})
    return J


def two_layers():
    """The same, with its lines."""
    with ag.record_lines():
        return network()


def reused():
    """Each value is used twice."""
    a = ag.Tensor(3.0, name="a")
    b = a + a
    c = b * b
    ag.names.given({"b": b, "c": c})
    return c


def forty_samples():
    """Arrays of which only the range is written: examples/two_layer.py."""
    X, Y = nn.datasets.moons(m=40)
    model = nn.Sequential(nn.Linear(2, 4, seed=0), nn.Tanh(), nn.Linear(4, 1, seed=1), nn.Sigmoid())
    return nn.losses.binary_cross_entropy(model(X), Y)


def six_layers():
    """A picture that is many times wider than high."""
    X, Y = np.random.default_rng(0).normal(size=(4, 5)), np.ones((1, 5))
    layers = [part for l in range(5) for part in (nn.Linear(4, 4, seed=l), nn.Tanh())]
    model = nn.Sequential(*layers, nn.Linear(4, 1, seed=5), nn.Sigmoid())
    return nn.losses.binary_cross_entropy(model(X), Y)


def shared():
    """A parameter of two layers, a value that is used twice."""
    W, x = ag.Tensor(np.array([[0.5, -1.0], [2.0, 0.25]]), name="W"), np.array([[1.0], [-2.0]])
    a = np.tanh(W @ x)
    b = W @ a
    c = b + b
    J = (c * a).sum()
    ag.names.given({"x": x, "a": a, "b": b, "c": c, "J": J})
    return J


def scalar_network(inputs=2, hidden=16, outputs=17, seed=0):
    """A network of scalars: about 50 steps for each hidden unit."""
    rng = np.random.default_rng(seed)
    values = [ag.Tensor(float(rng.normal()), name=f"x{i}", requires_grad=False) for i in range(inputs)]
    for layer, size in enumerate((hidden, outputs, 1), 1):
        made = []
        for j in range(size):
            z = ag.Tensor(0.1, name=f"b{layer}_{j}")
            for i, a in enumerate(values):
                z = z + ag.Tensor(float(rng.normal()), name=f"w{layer}_{j}_{i}") * a
            made.append(np.tanh(z))
        values = made
    return values[0] * values[0]


PROGRAMS = {
    "two layers": two_layers,
    "forty samples": forty_samples,
    "logistic regression": logistic_regression,
    "shared": shared,
    "scalars": scalar_network,
}
