"""Costs as students type them, in plain NumPy: their lines are those of the lecture notes, character for character."""

import numpy as np
import pytest

import autograd as ag

LOGISTIC = """
X, Y = rng.normal(size=(3, 6)), (rng.random((1, 6)) > 0.5) * 1.0
m = X.shape[1]
w, b = ag.Tensor(rng.normal(size=(3, 1))), ag.Tensor(0.1)
"""
COLUMNS = "z = np.dot(w.T, X) + b"
ROWS = "X, Y = X.T.copy(), Y.T.copy()\nz = X @ w + b"
SIGMOID = "a = 1/(1+np.exp(-z))"
MEAN = "J = -np.mean(Y*np.log(a) + (1-Y)*np.log(1-a))"

COSTS = {
    "(1/m) in front": "J = -(1/m)*np.sum(Y*np.log(a) + (1-Y)*np.log(1-a))",
    "-1/m in front": "J = -1/m * np.sum(Y*np.log(a) + (1-Y)*np.log(1-a))",
    "divided by m": "J = -np.sum(Y*np.log(a) + (1-Y)*np.log(1-a))/m",
    "m a float": "m = float(m)\nJ = -np.sum(Y*np.log(a) + (1-Y)*np.log(1-a))/m",
    "np.mean": MEAN,
    "np.mean, minus inside": "J = np.mean(-Y*np.log(a) - (1-Y)*np.log(1-a))",
    "two sums": "J = -(1/m)*(np.sum(Y*np.log(a)) + np.sum((1-Y)*np.log(1-a)))",
    "np.dot": "J = -(1/m)*(np.dot(Y, np.log(a).T) + np.dot(1-Y, np.log(1-a).T))",
    "np.dot, turned": "J = -(np.dot(np.log(a), Y.T) + np.dot(np.log(1-a), (1-Y).T))/m",
    "np.squeeze": "J = np.squeeze(-(1/m)*np.sum(Y*np.log(a) + (1-Y)*np.log(1-a)))",
    "np.multiply": "logprobs = np.multiply(np.log(a), Y) + np.multiply(np.log(1-a), 1-Y)\nJ = -np.sum(logprobs)/m",
    "a sum with axes": "J = -(1/m)*np.sum(Y*np.log(a) + (1-Y)*np.log(1-a), axis=1, keepdims=True)",
    "losses with a name": "L = -(Y*np.log(a) + (1-Y)*np.log(1-a))\nJ = np.sum(L)/m",
    "each loss over m": "J = np.sum(-(Y*np.log(a) + (1-Y)*np.log(1-a))/m)",
}
FORMS = {
    "1/(1+e^-z)": SIGMOID,
    "e^z/(1+e^z)": "a = np.exp(z)/(1+np.exp(z))",
    "a power": "a = (1+np.exp(-z))**-1",
    "a function": "def sigmoid(x):\n    s = 1.0/(1.0+np.exp(-x))\n    return s\na = sigmoid(z)",
    "steps with names": "e = np.exp(-z)\nunder = 1+e\na = 1/under",
    "by tanh": "a = 1 - 1/(np.exp(z)+1)",
}
GOLDEN = ["da = −Y/a + (1 − Y) / (1 − a)", "dz = a − Y", "dw = (1/m) X dzᵀ", "db = (1/m) Σ dz"]
GOLDEN_ROWS = [*GOLDEN[:2], "dw = (1/m) Xᵀ dz", GOLDEN[3]]


def derived(*parts, cost="J"):
    """The derivation of a cost that these lines of a script compute."""
    scope = {"np": np, "ag": ag, "rng": np.random.default_rng(0)}
    exec("\n".join([*parts, f"derivation = ag.derive({cost})"]), scope)
    derivation = scope["derivation"]
    found = {}
    exec(derivation.numpy(), found)  # the program gives what the sweep finds, too
    results = found["gradients"](**derivation.inputs)
    scope[cost].backward()
    for line in derivation.lines:
        leaf = scope.get(line.name[1:])
        if isinstance(leaf, ag.Tensor) and leaf.node.op is None:
            np.testing.assert_allclose(results[line.name], leaf.grad, rtol=1e-9, atol=1e-15)
    return derivation


def texts(*parts, cost="J"):
    return [line.text for line in derived(*parts, cost=cost).lines]


@pytest.mark.parametrize("cost", COSTS)
def test_logistic_regression_however_the_cost_is_typed(cost):
    lines = texts(LOGISTIC, COLUMNS, SIGMOID, COSTS[cost])
    assert [line for line in lines if line.split()[0] in ("da", "dz", "dw", "db")] == GOLDEN


@pytest.mark.parametrize("form", FORMS)
def test_logistic_regression_however_the_sigmoid_is_typed(form):
    assert texts(LOGISTIC, COLUMNS, FORMS[form], MEAN) == GOLDEN


@pytest.mark.parametrize("cost", ["(1/m) in front", "divided by m", "np.mean", "two sums", "losses with a name"])
def test_samples_in_rows(cost):
    lines = texts(LOGISTIC, ROWS, SIGMOID, COSTS[cost])
    assert [line for line in lines if line.split()[0] in ("da", "dz", "dw", "db")] == GOLDEN_ROWS


NETWORK = """
X, Y = rng.normal(size=(3, 6)), (rng.random((1, 6)) > 0.5) * 1.0
m = X.shape[1]
W1, b1 = ag.Tensor(rng.normal(size=(4, 3))), ag.Tensor(np.zeros((4, 1)))
W2, b2 = ag.Tensor(rng.normal(size=(1, 4))), ag.Tensor(np.zeros((1, 1)))
Z1 = np.dot(W1, X) + b1
"""
SECOND = "Z2 = np.dot(W2, A1) + b2\nA2 = 1/(1+np.exp(-Z2))"
TWO_COSTS = {name: cost.replace("(a)", "(A2)").replace("-a)", "-A2)") for name, cost in COSTS.items()}
TWO_LAYERS = [
    "dA2 = −Y/A2 + (1 − Y) / (1 − A2)",
    "dZ2 = A2 − Y",
    "dW2 = (1/m) dZ2 A1ᵀ",
    "db2 = (1/m) Σ_columns dZ2",
    "dA1 = W2ᵀ dZ2",
    "dZ1 = dA1 ∗ (1 − A1²)",
    "dW1 = (1/m) dZ1 Xᵀ",
    "db1 = (1/m) Σ_columns dZ1",
]
ACTIVATIONS = {
    "np.tanh(Z1)": TWO_LAYERS[5],
    "(np.exp(Z1)-np.exp(-Z1))/(np.exp(Z1)+np.exp(-Z1))": TWO_LAYERS[5],
    "(np.exp(2*Z1)-1)/(np.exp(2*Z1)+1)": TWO_LAYERS[5],
    "2/(1+np.exp(-2*Z1)) - 1": TWO_LAYERS[5],
    "1/(1+np.exp(-Z1))": "dZ1 = dA1 ∗ A1 ∗ (1 − A1)",
    "np.maximum(0, Z1)": "dZ1 = dA1 ∗ [A1 > 0]",
}


@pytest.mark.parametrize("cost", TWO_COSTS)
def test_two_layers_however_the_cost_is_typed(cost):
    lines = texts(NETWORK, "A1 = np.tanh(Z1)", SECOND, TWO_COSTS[cost])
    assert [line for line in lines if line.split()[0] not in ("dL", "dlogprobs")] == TWO_LAYERS


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_two_layers_however_the_activation_is_typed(activation):
    lines = texts(NETWORK, f"A1 = {activation}", SECOND, TWO_COSTS["(1/m) in front"])
    assert lines == [*TWO_LAYERS[:5], ACTIVATIONS[activation], *TWO_LAYERS[6:]]


SOFTMAX = {
    "written out": "A2 = np.exp(Z2)/np.sum(np.exp(Z2), axis=0)",
    "with keepdims": "A2 = np.exp(Z2)/np.sum(np.exp(Z2), axis=0, keepdims=True)",
    "with the maximum subtracted": "E = np.exp(Z2 - np.max(Z2, axis=0, keepdims=True))\n"
    "A2 = E/np.sum(E, axis=0, keepdims=True)",
    "a function": "def softmax(z):\n    e = np.exp(z - np.max(z))\n    return e/e.sum(axis=0)\nA2 = softmax(Z2)",
}


@pytest.mark.parametrize("form", SOFTMAX)
@pytest.mark.parametrize("cost", ["-(1/m)*np.sum(Y*np.log(A2))", "-np.mean(np.sum(Y*np.log(A2), axis=0))"])
def test_softmax_however_it_is_typed(form, cost):
    three = NETWORK + "Y = np.eye(3)[:, [0, 1, 2, 0, 1, 1]]\nW2, b2 = ag.Tensor(rng.normal(size=(3, 4))), "
    three += "ag.Tensor(np.zeros((3, 1)))\nA1 = np.tanh(Z1)\nZ2 = np.dot(W2, A1) + b2"
    assert texts(three, SOFTMAX[form], f"J = {cost}") == ["dA2 = −Y/A2", *TWO_LAYERS[1:]]


def test_the_scalar_graph():
    script = """
x1, x2, y = 0.5, -1.0, 1.0
w1, w2, b = ag.Tensor(0.2), ag.Tensor(-0.4), ag.Tensor(0.1)
z = x1*w1 + x2*w2 + b
a = 1/(1+np.exp(-z))
L = -(y*np.log(a) + (1-y)*np.log(1-a))
"""
    assert texts(script, cost="L") == [
        "da = −y/a + (1 − y) / (1 − a)",
        "dz = a − y",
        "dw1 = x1 dz",
        "dw2 = x2 dz",
        "db = dz",
    ]


# --- what only looks alike ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "a", ["1/(1+np.exp(-z)+1e-9)", "1/(1+2*np.exp(-z))", "1/(1.001+np.exp(-z))", "np.exp(z)/(2+np.exp(z))"]
)
def test_what_is_not_a_sigmoid_is_not_taken_for_one(a):
    lines = texts(LOGISTIC, COLUMNS, f"a = {a}", MEAN)
    assert lines[0] == GOLDEN[0] and lines[1] != GOLDEN[1]


def test_a_softmax_is_one_along_its_own_axis():
    script = NETWORK + "A1 = np.exp(Z1)/np.sum(np.exp(Z1), axis=1, keepdims=True)"
    assert texts(script, "J = np.mean(np.sum(A1**2, axis=0))")[:2] == [
        "dA1 = 2 A1",
        "dZ1 = 2 · (A1 ∗ (A1 − Σ_columns A1²))",
    ]
    other = NETWORK + "A1 = np.exp(Z1)/np.sum(np.exp(2*Z1), axis=0)"
    assert "e^(2 Z1)" in texts(other, "J = np.mean(np.sum(A1**2, axis=0))")[1]


def test_weights_that_do_not_add_up_to_one_are_no_logistic_loss():
    lines = texts(LOGISTIC, COLUMNS, SIGMOID, "V = 1 - 0.9*Y\nJ = -np.mean(Y*np.log(a) + V*np.log(1-a))")
    assert "V" in lines[0] and GOLDEN[1] not in lines


@pytest.mark.parametrize("cost", ["J = np.sum((w.T @ X - Y)**2)/2", "J = 0.25*np.sum(w**2) + np.sum(w.T @ X)"])
def test_a_number_that_is_no_mean_is_none(cost):
    derivation = derived(LOGISTIC.replace("6", "2").replace("(3", "(4"), cost)
    assert derivation.convention == "true" and "m cannot be told" in str(derivation)


def test_the_maximum_with_0_keeps_its_half_where_an_entry_is_0():
    script = "x = ag.Tensor(np.array([[-1.0, 0.0, 2.0]]))\ny = np.maximum(0, x)\nJ = np.sum(y)"
    assert "0.5" in texts(script)[1]
