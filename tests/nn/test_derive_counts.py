"""A number is m where it was computed as m, not where it equals m: programs of few samples, run on other numbers.

k is a number of the user's that equals m in the run, and stays what it is where there are more samples.
"""

import numpy as np
import pytest

import autograd as ag
import nn

RNG = np.random.default_rng(3)
MANY = (1, 2, 3, 4, 7)


def m_of(Y):
    """The number of samples, as a constant that is called m."""
    return ag.Tensor(float(Y.shape[1]), name="m", requires_grad=False)


def standard(Z, **how):
    away = Z - np.mean(Z, axis=1, keepdims=True)
    return away / np.sqrt(np.var(Z, axis=1, keepdims=True, **how) + 0.1)


def logistic(Z, Y):
    return nn.losses.binary_cross_entropy(ag.sigmoid(Z), Y)


COSTS = {
    "squared_error": lambda W, Z, Y, k: nn.losses.squared_error(Z, Y),
    "mse": lambda W, Z, Y, k: nn.losses.mse(Z, Y),
    "mse / k": lambda W, Z, Y, k: nn.losses.mse(Z, Y) / k,
    "mse / k / 2": lambda W, Z, Y, k: nn.losses.mse(Z, Y) / k / 2,
    "mse / (2k)": lambda W, Z, Y, k: nn.losses.mse(Z, Y) / (2 * k),
    "(1/k) mse": lambda W, Z, Y, k: (1 / k) * nn.losses.mse(Z, Y),
    "logistic / k": lambda W, Z, Y, k: logistic(Z, Y) / k,
    "mean / k": lambda W, Z, Y, k: np.mean((Z - Y) ** 2) / k,
    "a mean of terms over k": lambda W, Z, Y, k: np.mean((Z - Y) ** 2 / k),
    "terms over k": lambda W, Z, Y, k: np.sum((Z - Y) ** 2 / k) / m_of(Y),
    "terms over 2k": lambda W, Z, Y, k: np.sum((Z - Y) ** 2 / (2 * k)) / m_of(Y),
    "terms of a product": lambda W, Z, Y, k: np.sum((Z - Y) * (Z - Y) / k) / m_of(Y),
    "terms times 1/k": lambda W, Z, Y, k: np.sum(np.tanh(Z) * (1 / k)) / m_of(Y),
    "tanh over k": lambda W, Z, Y, k: np.sum(np.tanh(Z) / k) / m_of(Y),
    "a sum over k": lambda W, Z, Y, k: np.sum((Z - Y) ** 2) / k / m_of(Y),
    "over m, over k": lambda W, Z, Y, k: np.sum((Z - Y) ** 2) / m_of(Y) / k,
    "two means": lambda W, Z, Y, k: np.sum((Z - Y) ** 2) / m_of(Y) + np.sum(np.tanh(Z)) / m_of(Y) / k,
    "a product of means": lambda W, Z, Y, k: np.sum(Z**2) / m_of(Y) * np.sum(np.tanh(Z)) / m_of(Y) / k,
    "l2": lambda W, Z, Y, k: nn.losses.mse(Z, Y) + nn.losses.l2([W], strength=0.7, m=Y.shape[1]),
    "l2 of a logistic cost": lambda W, Z, Y, k: logistic(Z, Y) + nn.losses.l2([W], strength=0.7, m=Y.shape[1]),
    "l2 / k": lambda W, Z, Y, k: nn.losses.mse(Z, Y) + nn.losses.l2([W], strength=0.7, m=Y.shape[1]) / k,
    "W² / k": lambda W, Z, Y, k: nn.losses.mse(Z, Y) + np.sum(W**2) * 0.5 * k,
    "standardized": lambda W, Z, Y, k: nn.losses.mse(standard(Z), Y),
    "standardized, m − 1": lambda W, Z, Y, k: nn.losses.mse(standard(Z, ddof=1), Y),
    "standardized, over k": lambda W, Z, Y, k: np.mean((standard(Z) - Y) ** 2) / k,
    "a variance": lambda W, Z, Y, k: nn.losses.mse(Z, Y) + np.sum(np.var(Z, axis=1)) / k,
    "a deviation, m − 1": lambda W, Z, Y, k: nn.losses.mse(Z, Y) + np.sum(np.std(Z, axis=1, ddof=1)),
}
AT_LEAST_TWO = {"standardized, m − 1", "a deviation, m − 1"}


def data(m):
    return RNG.normal(size=(2, m)), RNG.integers(0, 2, size=(1, m)) * 1.0


def leaves():
    return {"W": ag.Tensor([[0.3, -0.2]], name="W"), "b": ag.Tensor([[0.1]], name="b")}


def derived(cost, X, Y, k, **how):
    made = leaves()
    m = Y.shape[1]  # noqa: F841, as a script has it
    J = cost(made["W"], made["W"] @ X + made["b"], Y, k)
    return ag.derive(J, **how)


def agrees(derivation, cost, X, Y, k):
    """The program and the sweep on these data."""
    made = leaves()
    J = cost(made["W"], made["W"] @ X + made["b"], Y, k)
    J.backward()
    known = {"X": X, "Y": Y, "W": made["W"].data, "b": made["b"].data, "lambda_": 0.7}
    given = {name: known.get(name, value) for name, value in derivation.inputs.items()}
    if "m" in given:
        given["m"] = Y.shape[1]
    if any(np.shape(given[name]) != np.shape(value) for name, value in derivation.inputs.items() if name not in known):
        raise AssertionError(f"of these data: {sorted(derivation.inputs)}")
    found = derivation.function()(**given)
    np.testing.assert_allclose(found["J"], J.data, rtol=1e-9)
    for name, leaf in made.items():
        np.testing.assert_allclose(found[f"d{name}"], leaf.grad, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("m", MANY)
@pytest.mark.parametrize("name", COSTS)
def test_a_number_that_equals_m_is_a_number_in_programs(name, m):
    if m == 1 and name in AT_LEAST_TWO:
        m = 5
    X, Y = data(m)
    derivation = derived(COSTS[name], X, Y, m)
    agrees(derivation, COSTS[name], X, Y, m)
    for other in (1,) if m == 1 else (2, 3, 6):
        agrees(derivation, COSTS[name], *data(other), m)


@pytest.mark.parametrize("m", MANY)
@pytest.mark.parametrize(
    "name, line",
    [
        ("squared_error", "dZ = Z − Y"),
        ("mse", "dZ = 2 · (Z − Y)"),
        ("terms over 2k", None),
    ],
)
def test_the_line_has_no_other_m(name, line, m):
    X, Y = data(m)
    made = leaves()
    Z = made["W"] @ X
    Z.name = "Z"
    J = COSTS[name](made["W"], Z, Y, m)
    text = ag.derive(J)["dZ"].text
    assert "m" not in text
    assert line in (text, None)


@pytest.mark.parametrize("m", MANY[1:])
def test_one_number_beside_a_sum_is_m_and_what_else_equals_it_is_not(m):
    """Which of two numbers is m does not matter, as long as it is one."""
    X, Y = data(m)
    for cost in (
        lambda W, Z, Y, k: np.sum(np.tanh(Z) / m) / Y.shape[1],
        lambda W, Z, Y, k: np.sum(np.tanh(Z)) / m / Y.shape[1],
        lambda W, Z, Y, k: np.sum((Z - Y) ** 2 / m) / Y.shape[1],
        lambda W, Z, Y, k: np.sum((Z - Y) ** 2) / Y.shape[1] / m,
        lambda W, Z, Y, k: (1 / Y.shape[1]) * np.sum(np.tanh(Z) / m),
    ):
        derivation = derived(cost, X, Y, m)
        assert derivation.m == m
        for other in (2, 5):
            agrees(derivation, cost, *data(other), m)


def test_a_number_that_scales_terms_is_m_only_with_a_note():
    X, Y = data(6)
    k = len(Y[0])
    derivation = derived(lambda W, Z, Y, k: np.sum((Z - Y) ** 2 / k), X, Y, k)
    assert derivation.m == 6
    assert "m: the cost uses a value that has no name, and in these data it is equal to m" in str(derivation)
    made = leaves()
    J = np.sum((made["W"] @ X[:, :5] + made["b"] - Y[:, :5]) ** 2 / 5)  # a number of the code
    assert ag.derive(J).m is None


def test_one_sample_has_no_m():
    X, Y = data(1)
    for name in ("mse", "squared_error", "logistic / k", "l2"):
        derivation = derived(COSTS[name], X, Y, 1)
        assert "m" not in derivation.inputs
        assert "one sample" in str(derivation)


INDICES = {
    "a mask": (lambda x: x[x.data > 0], "A boolean index (4,): written out as it is in this run"),
    "a mask of rows": (lambda x: np.stack([x, x])[:, x.data > 0], "A boolean index (4,): "),
    "chosen": (lambda x: x[np.array([0, 2, 2])], "An integer index (3,): "),
    "of a list": (lambda x: x[[0, 2, 2]], "An integer index (3,): "),
    "taken": (lambda x: np.take(x, np.array([0, 2])), "An integer index (2,): "),
    "compressed": (lambda x: np.compress([True, False, True, True], x), "An integer index (3,): "),
    "put": (lambda x: ag.put(x, np.array([0, 2]), 0.0), "An integer index (2,): "),
    "the largest": (lambda x: x[np.argmax(x.data)], "The index 1: "),
    "ids": (lambda x: np.stack([x, 2 * x])[np.array([0, 1, 1]), np.array([1, 1, 2])], "An integer index (3,): "),
    "embedded": (lambda x: ag.embedding(np.stack([x, 2 * x]), np.array([0, 1, 1])), "An integer index (3,): "),
}


@pytest.mark.parametrize("name", INDICES)
def test_indices_that_were_computed_are_said(name):
    choose, said = INDICES[name]
    x = ag.Tensor([0.5, 2.0, -1.0, 1.5], name="x")
    derivation = ag.derive(np.sum(choose(x) ** 2))
    for text in (str(derivation), " ".join(derivation.numpy().split())):
        assert said in text
        assert "the program is right only as long as" in text


def test_slices_and_numbers_of_the_code_are_no_such_indices():
    x = ag.Tensor([0.5, 2.0, -1.0, 1.5], name="x")
    assert "written out" not in str(ag.derive(np.sum(x[1:] ** 2) + x[0] + np.sum(x[::-1][:2]) + np.sum(x[None])))


def test_numbers_that_may_come_from_m_are_said():
    X, Y = data(9)
    made = leaves()
    Z = made["W"] @ X + made["b"]
    J = np.mean((Z - Y) ** 2) + np.sum((Z - np.mean(Z)) ** 2) / (Y.shape[1] - 1)
    assert "8: a number of this run, without a name" in str(ag.derive(J))
    J = np.mean((Z - Y) ** 2) + np.sum(made["W"] ** 2) / Y.shape[1]
    assert "9: a number of this run, without a name" in str(ag.derive(J))


def test_a_two_that_may_be_m_is_said():
    """Of half a sum of two squares it cannot be told, if the code has no 2 to divide by."""
    scope = {"np": np, "ag": ag, "Y": np.array([[0.5, 1.0]])}
    for cost in ("np.sum((W - Y)**2)/m", "np.sum((W - Y)**2/m)"):
        exec(f"W = ag.Tensor([[0.1]])\nm = Y.shape[1]\nderivation = ag.derive({cost})", scope)
        assert "2: a number of this run, without a name" in str(scope["derivation"])
    exec("derivation = ag.derive(np.sum((W - Y)**2)/2)", scope)
    assert "of this run" not in str(scope["derivation"])


def test_a_number_beside_the_mean_of_a_loop_is_a_number():
    scope = {"np": np, "ag": ag, "x": [1.0, 2.0, 4.0], "y": [1.0, 0.0, 2.0]}
    exec(
        """
w, m, J = ag.Tensor(0.5, name="w"), len(x), 0
k = m
for i in range(m):
    J = J + (w * x[i] - y[i]) ** 2
derivation = ag.derive(J / m / k)
""",
        scope,
    )
    assert "m²" not in str(scope["derivation"])


def test_covariances():
    X = RNG.normal(size=(2, 5))
    x = ag.Tensor(X, name="x")
    for how in ({}, {"ddof": 0}, {"ddof": 2}):
        derivation = ag.derive(np.sum(np.cov(x, **how) ** 2), convention="true")
        for n in (3, 5, 8):
            other = ag.Tensor(RNG.normal(size=(2, n)), name="x")
            J = np.sum(np.cov(other, **how) ** 2)
            J.backward()
            found = derivation.function()(x=other.data)
            np.testing.assert_allclose(found["dx"], other.grad, rtol=1e-9)
