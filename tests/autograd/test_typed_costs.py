"""Costs as students type them, in plain NumPy: their lines are those of the lecture notes, character for character."""

import re

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
    "np.dot of logarithms of a turned a": "J = -1/m*(np.dot(Y, np.log(a.T)) + np.dot(1-Y, np.log(1-a.T)))",
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
    "from 1": "a = 1 - 1/(np.exp(z)+1)",
    "by tanh": "a = 0.5*(1 + np.tanh(z/2))",
    "np.e**-z": "a = 1/(1+np.e**-z)",
    "math.e**z": "import math\na = math.e**z/(1+math.e**z)",
    "np.power(np.e, -z)": "a = 1/(1+np.power(np.e, -z))",
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
TWO_COSTS = {name: re.sub(r"\ba\b", "A2", cost) for name, cost in COSTS.items()}
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
    "an axis by None": "E = np.exp(Z2 - Z2.max(axis=0)[None, :])\nA2 = E/np.sum(E, axis=0)[None]",
    "a function": "def softmax(z):\n    e = np.exp(z - np.max(z))\n    return e/e.sum(axis=0)\nA2 = softmax(Z2)",
}


@pytest.mark.parametrize("form", SOFTMAX)
@pytest.mark.parametrize("cost", ["-(1/m)*np.sum(Y*np.log(A2))", "-np.mean(np.sum(Y*np.log(A2), axis=0))"])
def test_softmax_however_it_is_typed(form, cost):
    three = NETWORK + "Y = np.eye(3)[:, [0, 1, 2, 0, 1, 1]]\nW2, b2 = ag.Tensor(rng.normal(size=(3, 4))), "
    three += "ag.Tensor(np.zeros((3, 1)))\nA1 = np.tanh(Z1)\nZ2 = np.dot(W2, A1) + b2"
    assert texts(three, SOFTMAX[form], f"J = {cost}") == ["dA2 = −Y/A2", *TWO_LAYERS[1:]]


LEAKY = "dZ1 = dA1 ∗ ([Z1 > 0] + 0.01 [Z1 ≤ 0])"
PIECES = {
    "np.where(Z1 > 0, Z1, 0)": "dZ1 = dA1 ∗ [A1 > 0]",
    "np.where(Z1 <= 0, 0, Z1)": "dZ1 = dA1 ∗ [A1 > 0]",
    "np.where(0 < Z1, Z1, 0.0)": "dZ1 = dA1 ∗ [A1 > 0]",
    "(Z1 + np.abs(Z1))/2": "dZ1 = dA1 ∗ [A1 > 0]",
    "np.where(Z1 > 0, Z1, 0.01*Z1)": LEAKY,
    "np.where(Z1 >= 0, Z1, 0.01*Z1)": LEAKY,
    "np.where(Z1 < 0, 0.01*Z1, Z1)": LEAKY,
    "np.where(0 >= Z1, Z1*0.01, Z1)": LEAKY,
    "np.maximum(0.01*Z1, Z1)": LEAKY,
    "np.maximum(Z1, 0.01*Z1)": LEAKY,
    "np.where(Z1 > 0, Z1, np.exp(Z1) - 1)": "dZ1 = dA1 ∗ ([Z1 > 0] + [Z1 ≤ 0] ∗ e^Z1)",
    "np.log(1 + np.exp(Z1))": "dZ1 = dA1 ∗ σ(Z1)",
    "np.log1p(np.exp(Z1))": "dZ1 = dA1 ∗ σ(Z1)",
    "np.where(Z1 >= 0, 1/(1+np.exp(-Z1)), np.exp(Z1)/(1+np.exp(Z1)))": "dZ1 = dA1 ∗ A1 ∗ (1 − A1)",
}


@pytest.mark.parametrize("activation", PIECES)
def test_activations_in_pieces(activation):
    lines = texts(NETWORK, f"A1 = {activation}", SECOND, TWO_COSTS["(1/m) in front"])
    assert lines == [*TWO_LAYERS[:5], PIECES[activation], *TWO_LAYERS[6:]]


@pytest.mark.parametrize(
    "activation", ["np.where(Z > 0, Z, 0)", "np.where(Z >= 0, Z, 0.01*Z)", "np.maximum(0.01*Z, Z)"]
)
def test_pieces_keep_their_own_derivative_at_0(activation):
    derived(f"Z = ag.Tensor(np.array([[-1.0, 0.0, 2.0]]))\nA = {activation}\nJ = np.sum(A*A + 3*A)")


@pytest.mark.parametrize("other", ["np.where(Z1 > 0.1, Z1, 0)", "np.where(Z1 > 0, 2*Z1, 0)", "np.maximum(2*Z1, Z1)"])
def test_pieces_that_only_look_like_a_relu(other):
    lines = texts(NETWORK, f"A1 = {other}", SECOND, TWO_COSTS["(1/m) in front"])
    assert lines[5] not in (LEAKY, "dZ1 = dA1 ∗ [A1 > 0]")


LABELS = """
X, Y = rng.normal(size=(4, 6)), np.array([0, 1, 2, 0, 1, 1])
m = X.shape[1]
W, b = ag.Tensor(rng.normal(size=(3, 4))), ag.Tensor(np.zeros((3, 1)))
Z = W @ X + b
"""
LABELS_IN_ROWS = """
X, Y = rng.normal(size=(6, 4)), np.array([0, 1, 2, 0, 1, 1])
m = len(X)
W, b = ag.Tensor(rng.normal(size=(4, 3))), ag.Tensor(np.zeros(3))
Z = X @ W + b
"""
PICKED = {
    "np.mean": "J = -np.mean(np.log(A[Y, np.arange(m)]))",
    "a sum over m": "J = -np.sum(np.log(A[Y, np.arange(m)]))/m",
    "a range": "J = -np.log(A[Y, range(m)]).mean()",
    "values with a name": "correct = A[Y, np.arange(m)]\nL = -np.log(correct)\nJ = np.sum(L)/m",
}


@pytest.mark.parametrize("cost", PICKED)
def test_integer_labels_pick_as_one_hot_targets_do(cost):
    softmax = "A = np.exp(Z)/np.sum(np.exp(Z), axis=0)\n"
    lines = texts(LABELS, softmax, PICKED[cost])
    assert lines[-4:] == ["dA = −onehot(Y)/A", "dZ = A − onehot(Y)", "dW = (1/m) dZ Xᵀ", "db = (1/m) Σ_columns dZ"]
    in_rows = PICKED[cost].replace("[Y, np.arange(m)]", "[np.arange(m), Y]").replace("[Y, range(m)]", "[range(m), Y]")
    lines = texts(LABELS_IN_ROWS, "E = np.exp(Z - Z.max(axis=1)[:, None])\nA = E/E.sum(axis=1)[:, None]", in_rows)
    assert lines[-4:-1] == ["dA = −onehot(Y)/A", "dZ = A − onehot(Y)", "dW = (1/m) Xᵀ dZ"]


LOG_SOFTMAX = {
    "the maximum subtracted": "S = Z - np.max(Z, axis=0, keepdims=True)\n"
    "P = S - np.log(np.sum(np.exp(S), axis=0, keepdims=True))",
    "without keepdims": "top = np.max(Z, axis=0)\nP = Z - top - np.log(np.sum(np.exp(Z - top), axis=0))",
    "in one": "P = Z - np.log(np.sum(np.exp(Z), axis=0))",
    "ag.logsumexp": "P = Z - ag.logsumexp(Z, axis=0)",
}


@pytest.mark.parametrize("form", LOG_SOFTMAX)
@pytest.mark.parametrize("labels", [False, True])
def test_log_softmax_by_hand(form, labels):
    cost = "J = -np.mean(P[Y, np.arange(m)])" if labels else "Y = np.eye(3)[:, Y]\nJ = -np.mean(np.sum(Y*P, axis=0))"
    Y = "onehot(Y)" if labels else "Y"
    assert texts(LABELS, LOG_SOFTMAX[form], cost) == [
        f"dP = −{Y}",
        f"dZ = softmax(Z) − {Y}",
        "dW = (1/m) dZ Xᵀ",
        "db = (1/m) Σ_columns dZ",
    ]


SUMS = {
    "einsum": "-np.einsum('ij,ij->', Y, np.log(A))/m",
    "a trace": "-np.trace(Y.T @ np.log(A))/m",
    "a trace, turned": "-np.trace(np.log(A) @ Y.T)/m",
    "np.sum": "-np.sum(Y*np.log(A))/m",
}


@pytest.mark.parametrize("form", SUMS)
def test_cross_entropy_however_it_is_summed(form):
    script = "Y = np.eye(3)[:, Y]\nA = np.exp(Z)/np.sum(np.exp(Z), axis=0)\nJ = " + SUMS[form]
    assert texts(LABELS, script)[:2] == ["dA = −Y/A", "dZ = A − Y"]


SQUARES = {
    "np.sum": "np.sum((z - Y)**2)/(2*m)",
    "a product of columns": "(z - Y) @ (z - Y).T/(2*m)",
    "scaled first": "(1/(2*m))*(z - Y) @ (z - Y).T",
    "np.dot, squeezed": "np.squeeze(np.dot(z - Y, (z - Y).T))/(2*m)",
    "a norm": "np.linalg.norm(z - Y)**2/(2*m)",
}


@pytest.mark.parametrize("form", SQUARES)
def test_squared_errors_however_they_are_summed(form):
    assert texts(LOGISTIC, COLUMNS, "J = " + SQUARES[form]) == ["dz = z − Y", *GOLDEN[2:]]


def test_matrix_products_by_einsum():
    assert texts(LOGISTIC, "z = np.einsum('ij,ik->jk', w, X) + b", SIGMOID, MEAN) == GOLDEN
    assert texts(LOGISTIC, "z = np.einsum('ki,kj->ji', X, w) + b", SIGMOID, MEAN) == GOLDEN


def test_the_bounds_of_a_clip_are_not_rounded_to_1():
    cost = "p = np.clip(a, 1e-15, 1-1e-15)\nJ = -np.mean(Y*np.log(p) + (1-Y)*np.log(1-p))"
    assert texts(LOGISTIC, COLUMNS, SIGMOID, cost)[1] == "da = dp ∗ [a ≥ 1.0e-15] ∗ [a ≤ 0.999999999999999]"


def test_the_same_twice_is_two_times_that():
    line = texts(LOGISTIC, COLUMNS, SIGMOID, MEAN + " + 0.05*np.sum(w*w)")[2]
    assert line == "dw = (1/m) X dzᵀ + 0.1 w"


PENALTIES = {
    "(lambd/(2*m))*Σ": "(lambd/(2*m))*np.sum(w**2)",
    "lambd/2/m*Σ": "lambd/2/m*np.sum(np.square(w))",
    "(1/m)*(lambd/2)*Σ": "(1/m)*(lambd/2)*np.sum(w*w)",
    "Σ times": "np.sum(w**2)*(lambd/(2*m))",
    "a norm": "lambd/(2*m)*np.linalg.norm(w)**2",
}


@pytest.mark.parametrize("penalty", PENALTIES)
def test_a_penalty_over_m_keeps_the_names(penalty):
    found = derived(LOGISTIC, COLUMNS, SIGMOID, "lambd = 0.7", f"{MEAN} + {PENALTIES[penalty]}")
    assert found["dw"].text == "dw = (1/m) X dzᵀ + (lambd/m) w"
    assert "lambd/(2m): the cost uses a value that has no name" in str(found)


@pytest.mark.parametrize("factor", ["0.7/(2*m) + 1e-12", "0.35/2", "lambd/(2*m) if False else 0.05"])
def test_a_number_that_is_not_lambda_over_m_stays_one(factor):
    found = derived(LOGISTIC, COLUMNS, SIGMOID, "lambd = 0.7", f"{MEAN} + ({factor})*np.sum(w**2)")
    assert "lambd" not in found["dw"].text


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


def test_rows_with_a_vector_of_weights():
    rows = LOGISTIC.replace("(3, 6)", "(6, 3)").replace("(1, 6)", "6").replace("(3, 1)", "3").replace("[1]", "[0]")
    found = texts(rows, "z = X @ w + b", SIGMOID, MEAN)
    assert found == [*GOLDEN[:2], "dw = (1/m) Xᵀ dz", GOLDEN[3]]
    turned = texts(rows, "X = X.T.copy()\nz = w @ X + b", SIGMOID, MEAN)
    assert sorted(turned) == sorted([*GOLDEN[:2], "dw = (1/m) X dz", GOLDEN[3]])


@pytest.mark.parametrize("kind", ["int", "np.uint8", "bool"])
def test_targets_that_are_integers_or_booleans(kind):
    assert texts(LOGISTIC, f"Y = Y.astype({kind})", COLUMNS, SIGMOID, MEAN) == GOLDEN


GUARDED = {
    "a number beside a": ("Y*np.log(a + 1e-8) + (1-Y)*np.log(1 - a + 1e-8)", "dz = da ∗ a ∗ (1 − a)"),
    "log1p": ("Y*np.log(a) + (1-Y)*np.log1p(-a)", "dz = a − Y"),
}


@pytest.mark.parametrize("form", GUARDED)
def test_logarithms_that_are_guarded(form):
    cost, dz = GUARDED[form]
    lines = texts(LOGISTIC, COLUMNS, SIGMOID, f"J = -np.mean({cost})")
    assert lines[1:] == [dz, *GOLDEN[2:]]


def test_softmax_and_its_logarithm_in_one():
    three = NETWORK + "Y = np.eye(3)[:, [0, 1, 2, 0, 1, 1]]\nW2, b2 = ag.Tensor(rng.normal(size=(3, 4))), "
    three += "ag.Tensor(np.zeros((3, 1)))\nA1 = np.tanh(Z1)\nZ2 = np.dot(W2, A1) + b2\n"
    lines = texts(three, "P = Z2 - np.log(np.sum(np.exp(Z2), axis=0, keepdims=True))\nJ = -np.sum(Y*P)/m")
    assert lines[0] == "dP = −Y" and lines[2:] == TWO_LAYERS[2:]


@pytest.mark.parametrize("scaled", ["Q @ K.T / 2.0", "Q @ K.T / np.sqrt(4)", "0.5 * (Q @ K.T)"])
def test_attention(scaled):
    script = "Q, K, V = (ag.Tensor(rng.normal(size=(n, 4))) for n in (5, 6, 6))\nT = rng.normal(size=(5, 4))\n"
    script += f"S = {scaled}\nA = ag.softmax(S, axis=1)\nO = A @ V\nJ = np.sum((O - T)**2)/2"
    assert sorted(texts(script)) == sorted(
        [
            "dO = O − T",
            "dV = Aᵀ dO",
            "dA = dO Vᵀ",
            "dS = A ∗ (dA − Σ_columns dA ∗ A)",
            "dQ = 0.5 dS K",
            "dK = 0.5 dSᵀ Q",
        ]
    )


NORMALIZED = """
X, Y = rng.normal(size=(4, 6)), rng.normal(size=(4, 6))
m = X.shape[1]
W, gamma, beta = ag.Tensor(rng.normal(size=(4, 4))), ag.Tensor(np.ones((4, 1))), ag.Tensor(np.zeros((4, 1)))
Z = W @ X
"""
BY_HAND = "Zn = (Z - mu)/np.sqrt(var + 1e-8)\nZt = gamma*Zn + beta"
MOMENTS = {
    "np.mean": "mu = np.mean(Z, axis=1, keepdims=True)\nvar = np.mean((Z - mu)**2, axis=1, keepdims=True)\n" + BY_HAND,
    "1/m Σ": "mu = 1/m*np.sum(Z, axis=1, keepdims=True)\nvar = 1/m*np.sum((Z - mu)**2, axis=1, keepdims=True)\n"
    + BY_HAND,
    "np.var": "mu = np.mean(Z, axis=1, keepdims=True)\nvar = np.var(Z, axis=1, keepdims=True)\n" + BY_HAND,
    "normalize": "Zt = gamma*ag.normalize(Z, axis=1) + beta",
}


@pytest.mark.parametrize("moments", MOMENTS)
def test_batch_normalization_is_over_m(moments):
    lines = texts(NORMALIZED + MOMENTS[moments] + "\nJ = (1/m)*np.sum((Zt - Y)**2)")
    assert not any(number in line for line in lines for number in ("0.1667", "0.1666", "/6", "/ 6", "(6"))
    assert lines[0] == "dZt = 2 · (Zt − Y)" and lines[-1] == "dW = (1/m) dZ Xᵀ"
    assert lines[1].startswith("dγ = (1/m) Σ_columns dZt ∗ ") and lines[2] == "dβ = (1/m) Σ_columns dZt"


CUBED = """
from autograd import primitive

def cubed_here(x):
    return x**3

cubed_here = primitive.elementwise(cubed_here, lambda out, x: 3*x**2)
"""


def test_a_program_says_what_it_needs_beside_numpy(tmp_path, monkeypatch):
    (tmp_path / "users_functions.py").write_text(CUBED)
    monkeypatch.syspath_prepend(tmp_path)
    program = derived("from users_functions import cubed_here\nx = ag.Tensor(2.0)\nJ = cubed_here(x)*2").numpy()
    said = program.split('"""')[1].replace("\n", " ")
    assert "It needs more than NumPy" in said and said.count("from users_functions import cubed_here") == 1
    scope = {"ag": ag, "np": np, "__name__": "__main__"}
    exec(CUBED + "x = ag.Tensor(2.0)\nJ = cubed_here(x)*2\nprogram = ag.derive(J).numpy()", scope)
    said = scope["program"].split('"""')[1].replace("\n", " ")
    assert "cubed_here: defined in the script that was run, which no program can import" in said
    said = derived("x = ag.Tensor(2.0)\nJ = np.tanh(x)").numpy().split('"""')[1]
    assert "NumPy" not in said and "script" not in said


SHARED = {
    "a leaf": ("np.sin(v + w)", ["dv = cos(v + w)", "dw = dv", "du = 2 dv u"]),
    "a leaf further on": ("np.sin((v - 3*x) + w*x)", ["dv = cos(v − 2.1 + w x)", "dw = dv x", "du = 2 dv u"]),
    "a newer value": ("np.sin(v + 3*t)", ["dv = cos(v + 3 t)", "dt = dv · 3", "dw = 6 dv w", "du = 2 dv u"]),
}


@pytest.mark.parametrize("case", SHARED)
def test_a_line_stands_after_the_one_that_it_refers_to(case):
    cost, lines = SHARED[case]
    assert texts(f"u, w, x = ag.Tensor(0.3), ag.Tensor(0.4), 0.7\nv = u**2\nt = w**2\nJ = {cost}") == lines


# --- a loop over the samples ----------------------------------------------------------------------------------------

LOOPED = """
X, Y = rng.normal(size=(2, 3)), np.array([[1.0, 0.0, 1.0]])
m = X.shape[1]
x1, x2, y = X[0].copy(), X[1].copy(), Y[0].copy()
w, w1, w2, b = ag.Tensor(rng.normal(size=(2, 1))), ag.Tensor(0.3), ag.Tensor(-0.5), ag.Tensor(0.1)
J = 0
for i in range(m):
    z = x1[i]*w1 + x2[i]*w2 + b
    a = 1/(1+np.exp(-z))
"""
IN_TURN = [*(f"da_{i} = −y[{i}]/a_{i} + (1 − y[{i}]) / (1 − a_{i})" for i in range(3)),
    *(f"dz_{i} = a_{i} − y[{i}]" for i in range(3)),
    "dw1 = (1/m) (x1[0] dz_0 + x1[1] dz_1 + x1[2] dz_2)",
    "dw2 = (1/m) (x2[0] dz_0 + x2[1] dz_1 + x2[2] dz_2)",
    "db = (1/m) (dz_0 + dz_1 + dz_2)",
]  # fmt: skip
ACCUMULATED = {
    "J += -(…)": "    J += -(y[i]*np.log(a) + (1-y[i])*np.log(1-a))\nJ = J/m",
    "J /= m": "    J += -(y[i]*np.log(a) + (1-y[i])*np.log(1-a))\nJ /= m",
    "J -= …": "    J -= y[i]*np.log(a) + (1-y[i])*np.log(1-a)\nJ = (1/m)*J",
    "J = J - …": "    J = J - (y[i]*np.log(a) + (1-y[i])*np.log(1-a))\nJ = J*(1/m)",
    "on the other side": "    J = -(y[i]*np.log(a) + (1-y[i])*np.log(1-a)) + J\nJ = J/m",
    "each over m": "    J += -(y[i]*np.log(a) + (1-y[i])*np.log(1-a))/m",
    "each times 1/m": "    J += -(1/m)*(y[i]*np.log(a) + (1-y[i])*np.log(1-a))",
}


@pytest.mark.parametrize("form", ACCUMULATED)
def test_a_loop_over_samples(form):
    derivation = derived(LOOPED + ACCUMULATED[form])
    assert derivation.convention == "course" and "one sample" not in str(derivation)
    assert sorted(line.text for line in derivation.lines) == sorted(IN_TURN)
    said = "x1[i], x2[i], y[i]: the cost uses values that have no name, and in these data they are equal to these."
    assert said in str(derivation)


def test_a_loop_that_adds_two_terms_in_each_turn():
    lines = texts(LOOPED + "    J = J + y[i]*np.log(a) + (1-y[i])*np.log(1-a)\nJ = -J/m")
    assert sorted(line for line in lines if line[:3] != "da_") == sorted(IN_TURN[3:])


def test_a_loop_over_the_columns_of_a_matrix():
    step = "    z = w.T @ X[:, i:i+1] + b\n    a = 1/(1+np.exp(-z))\n"
    step += "    J += -(Y[:, i]*np.log(a) + (1-Y[:, i])*np.log(1-a))\nJ /= m"
    lines = texts(LOOPED + step)
    assert [f"dz_{i} = a_{i} − Y[:, {i}]" for i in range(3)] == sorted(line for line in lines if line[:2] == "dz")
    assert lines[-2:] == [
        "dw = (1/m) (X[:, 0:1] dz_0ᵀ + X[:, 1:2] dz_1ᵀ + X[:, 2:3] dz_2ᵀ)",
        "db = (1/m) ((Σ dz_0) + Σ dz_1 + Σ dz_2)",
    ]


def test_squared_errors_in_a_loop_and_a_weight_that_is_decayed():
    lines = texts(LOOPED + "    yhat = x1[i]*w1 + b\n    J += (yhat - y[i])**2\nJ = J/(2*m) + 0.5*w1**2")
    assert [f"dyhat_{i} = yhat_{i} − y[{i}]" for i in range(3)] == sorted(
        line for line in lines if "dyhat_" in line[:6]
    )
    assert lines[-2:] == [
        "dw1 = (1/m) (x1[0] dyhat_0 + x1[1] dyhat_1 + x1[2] dyhat_2) + w1",
        "db = (1/m) (dyhat_0 + dyhat_1 + dyhat_2)",
    ]


NO_MEAN_OF_SAMPLES = {
    "another number": LOOPED + "    J += (z - y[i])**2\nJ = J/4",
    "a sum": LOOPED + "    J += (z - y[i])**2",
    "six terms over three": LOOPED + "    J += (z - y[i])**2 + (z - 2*y[i])**2\n    J += (z - y[i])**2\nJ = J/4",
    "twice as many": LOOPED.replace("range(m)", "[*range(m), *range(m)]") + "    J += (z - y[i])**2\nJ = J/3",
    "a loop over time": LOOPED + "    w2 = np.tanh(w2*x2[i] + w1)\n    J += w2*w2\nJ = J/3",
    "different weights": LOOPED + "J = (w1**2 + w2**2 + b**2)/3",
    "half of two squares": LOOPED + "J = ((w1*x1[0] - y[0])**2 + (w1*x1[1] - y[1])**2)/2",
    "the same three times": LOOPED + "J = (w1**2 + w1**2 + w1**2)/3",
    "if and else": LOOPED + "    J -= np.log(a) if y[i] == 1 else np.log(1-a)\nJ = J/m",
}


@pytest.mark.parametrize("script", NO_MEAN_OF_SAMPLES)
def test_a_sum_that_is_no_mean_over_samples_is_none(script):
    derivation = derived(NO_MEAN_OF_SAMPLES[script])
    assert derivation.convention == "true"
    assert "Every line is a derivative of the cost" in str(derivation) and "There is one sample" not in str(derivation)


def test_a_loop_of_another_number_of_samples_than_is_said():
    with pytest.raises(ag.GraphError, match="m=7"):
        derived(LOOPED + ACCUMULATED["J /= m"] + "\nag.derive(J, m=7)")


# --- what only looks alike ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "a",
    [
        "1/(1+2.718281828**-z)",
        "1/(1+np.exp(-z)+1e-9)",
        "1/(1+2*np.exp(-z))",
        "1/(1.001+np.exp(-z))",
        "np.exp(z)/(2+np.exp(z))",
    ],
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
