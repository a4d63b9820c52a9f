"""derive at the end of a training loop: the leaves have new data by then, and the lines are those of the last pass."""

import numpy as np
import pytest

import autograd as ag
from autograd.errors import GraphError

DATA = """
X, Y = rng.normal(size=(3, 6)), (rng.random((1, 6)) > 0.5) * 1.0
m, lam = X.shape[1], 0.7
W1, b1 = ag.Tensor(rng.normal(size=(4, 3))), ag.Tensor(np.zeros((4, 1)))
W2, b2 = ag.Tensor(rng.normal(size=(1, 4))), ag.Tensor(np.zeros((1, 1)))
"""
THREE = """
Y = np.eye(3)[:, [0, 1, 2, 0, 1, 1]]
W2, b2 = ag.Tensor(rng.normal(size=(3, 4))), ag.Tensor(np.zeros((3, 1)))
"""
LAYERS = "Z1 = W1 @ X + b1\nA1 = {}\nZ2 = W2 @ A1 + b2\n"
SIGMOID = "A2 = 1/(1+np.exp(-Z2))\n"
LOG_LOSS = "J = -(1/m)*np.sum(Y*np.log(A2) + (1-Y)*np.log(1-A2))"
SOFTMAX = "E = np.exp(Z2 - np.max(Z2, axis=0, keepdims=True))\nA2 = E/np.sum(E, axis=0, keepdims=True)\n"
NETWORKS = {
    "tanh": LAYERS.format("np.tanh(Z1)") + SIGMOID + LOG_LOSS,
    "tanh by exp": LAYERS.format("(np.exp(Z1)-np.exp(-Z1))/(np.exp(Z1)+np.exp(-Z1))") + SIGMOID + LOG_LOSS,
    "sigmoids": LAYERS.format("1/(1+np.exp(-Z1))") + SIGMOID + LOG_LOSS,
    "ReLU by where": LAYERS.format("np.where(Z1 > 0, Z1, 0)") + SIGMOID + LOG_LOSS,
    "softplus": LAYERS.format("np.log(1+np.exp(Z1))") + SIGMOID + LOG_LOSS,
    "ag.sigmoid": LAYERS.format("np.tanh(Z1)") + "A2 = ag.sigmoid(Z2)\n" + LOG_LOSS,
    "regularized": LAYERS.format("np.tanh(Z1)") + SIGMOID + LOG_LOSS + " + lam/(2*m)*np.sum(W1**2)",
    "squares": LAYERS.format("np.maximum(0, Z1)") + "J = np.mean((Z2 - Y)**2)",
    "softmax": THREE + LAYERS.format("np.tanh(Z1)") + SOFTMAX + "J = -np.sum(Y*np.log(A2))/m",
    "log-softmax": THREE
    + LAYERS.format("np.tanh(Z1)")
    + "P = Z2 - np.log(np.sum(np.exp(Z2), axis=0))\nJ = -np.mean(np.sum(Y*P, axis=0))",
}


def trained(network, rate=0.1, steps=3):
    """The variables of a script after some steps; `before` and `grads` are those of the last one."""
    head, _, body = network.rpartition("Z1 = W1")
    scope = {"np": np, "ag": ag, "rng": np.random.default_rng(0)}
    exec(DATA + head, scope)
    for _ in range(steps):
        exec(f"Z1 = W1{body}\nJ.backward()", scope)
        parameters = {name: scope[name] for name in ("W1", "b1", "W2", "b2")}
        scope["before"] = {name: p.data.copy() for name, p in parameters.items()}
        scope["grads"] = {name: p.grad.copy() for name, p in parameters.items()}
        for p in parameters.values():
            p.data, p.grad = p.data - rate * p.grad, None
    return scope


@pytest.mark.parametrize("network", NETWORKS)
def test_networks_after_three_steps(network):
    scope = trained(NETWORKS[network])
    exec("derivation = ag.derive(J)", scope)
    derivation = scope["derivation"]
    program: dict = {}
    exec(derivation.numpy(), program)
    results = program["gradients"](**derivation.inputs)
    for name, gradient in scope["grads"].items():
        np.testing.assert_array_equal(derivation.inputs[name], scope["before"][name])
        np.testing.assert_allclose(derivation[f"d{name}"].value, gradient, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(results[f"d{name}"], gradient, rtol=1e-9, atol=1e-14)
    assert str(derivation) == untrained(NETWORKS[network])


def untrained(network):
    """What derive prints where no leaf has moved."""
    scope = trained(network, 0.0, 1)
    exec("derivation = ag.derive(J)", scope)
    return str(scope["derivation"])


@pytest.mark.parametrize(
    "cost",
    [
        "1/(1+np.exp(-w))",
        "np.log(1+np.exp(w))",
        "(np.exp(w)-np.exp(-w))/(np.exp(w)+np.exp(-w))",
        "np.sum(np.array([1.0, 2.0])*(np.exp(w)/np.sum(np.exp(w))))",
    ],
)
def test_a_recognized_function_of_a_leaf_that_was_updated(cost):
    start = np.array([2.0, -1.0]) if "array" in cost else np.array(2.0)
    w = ag.Tensor(start)
    J = eval(cost)
    fresh = str(ag.derive(J))
    w.data = np.full_like(start, 1.0)
    derivation = ag.derive(J)
    assert str(derivation) == fresh
    np.testing.assert_array_equal(derivation.inputs["w"], start)


def test_a_leaf_with_two_values_in_one_cost():
    w = ag.Tensor([2.0, 3.0])
    a = np.exp(w)
    w.data = np.array([1.0, 1.0])
    with pytest.raises(GraphError, match="w was given new data between two uses in this cost"):
        ag.derive(np.sum(a * w))
