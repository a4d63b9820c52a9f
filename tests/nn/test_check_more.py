"""Further things that byhand.check says: of numbers with one decimal, of a regularization that is not there, of J."""

import numpy as np
import pytest

import autograd as ag
import nn
from nn import byhand
from nn.byhand.checker.equation import Activation


def setting(activation=nn.Tanh, m=7):
    rng = np.random.default_rng(4)
    model = nn.Sequential(nn.Linear(3, 4, seed=1), activation(), nn.Linear(4, 1, seed=2), nn.Sigmoid())
    return model, rng.normal(size=(3, m)), (rng.random((1, m)) > 0.5).astype(float)


def passed(model, X, Y):
    W1, b1, W2, b2 = (p.data for p in model.parameters())
    A1 = np.tanh(W1 @ X + b1)
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))
    dZ2 = A2 - Y
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (1 - A1**2)
    m = X.shape[1]
    return {
        "A1": A1, "A2": A2, "dZ2": dZ2, "dW2": dZ2 @ A1.T / m, "dA1": dA1, "dZ1": dZ1, "dW1": dZ1 @ X.T / m,
    }  # fmt: skip


@pytest.mark.parametrize("decimals", [1, 2, 3])
@pytest.mark.parametrize("names", ["A1 A2", "A1 A2 dZ2 dA1 dZ1", "dZ2 dA1 dZ1"])
def test_numbers_that_were_rounded_are_right(decimals, names):
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    rounded = {name: np.round(arrays[name], decimals) for name in names.split()}
    assert byhand.check(model, X, Y, rounded).ok
    report = byhand.check(
        model, X, Y, rounded | {"A1": -rounded["A1"]} if "A1" in rounded else {"dZ2": -rounded["dZ2"]}
    )
    assert not report.ok


def test_what_was_computed_from_rounded_numbers_has_its_own_digits():
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    given = {"A1": np.round(arrays["A1"], 1), "A2": np.round(arrays["A2"], 1)}
    given["dW2"] = (given["A2"] - Y) @ given["A1"].T / 7
    assert byhand.check(model, X, Y, given).ok
    assert byhand.check(model, X, Y, given | {"dW2": 7 * given["dW2"]})["dW2"].mistake == "mean_missing"


def test_one_array_of_one_decimal_is_not_taken_for_a_rounded_one():
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    assert not byhand.check(model, X, Y, arrays | {"dZ2": np.round(arrays["dZ2"], 1)}).ok


@pytest.mark.parametrize("times", [0.1, 0.7 / 7, -0.35])
def test_a_regularization_that_the_cost_does_not_have_is_named(times):
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    W2 = model.parameters()[2].data
    found = byhand.check(model, X, Y, arrays | {"dW2": arrays["dW2"] + times * W2})["dW2"]
    assert found.verdict == "cause"
    assert f"{times:.4g} W2, the derivative of a regularization that the cost does not have" in found.message
    assert found.written == f"dW2 = (1/m) dZ2 A1ᵀ {'−' if times < 0 else '+'} {abs(times):.4g} W2"


def test_losses_of_every_prediction_with_every_target():
    model, X, Y = setting()
    A, T = model(X).data, Y.ravel()[:, None]
    of_pairs = -(T * np.log(A) + (1 - T) * np.log(1 - A))
    for J in (np.mean(of_pairs), np.sum(of_pairs) / 7):
        found = byhand.check(model, X, Y, {"J": J})["J"]
        assert (found.verdict, found.mistake) == ("cause", "rank_one")


def test_an_unknown_mistake_says_which_there_are():
    with pytest.raises(KeyError, match=r"There is no mistake 'transposed'. Did you mean 'transpose'\?"):
        byhand.mistakes["transposed"]
    with pytest.raises(KeyError, match=r"There is no mistake 'foo'. There are mean_missing, mean_twice, "):
        byhand.mistakes["foo"]
    assert "foo" not in byhand.mistakes and byhand.mistakes.get("foo") is None


@pytest.mark.parametrize("params", [{}, {"slope": 0.3}])
def test_the_slope_of_leaky_relu_is_that_of_the_operation(params):
    g = Activation("A", ag.leaky_relu, params)
    z = ag.Tensor(np.array([-2.0, 3.0]))
    g(z).sum().backward()
    assert np.array_equal(g.slope(g(z.data)), z.grad)


@pytest.mark.parametrize("hide", ["all", "values", "gradients"])
def test_answers_with_samples_in_rows(hide):
    exercise = byhand.exercise(seed=3, layers=2, hide=hide)
    answers = {name: x.T for name, x in exercise.answers().items()}
    report = exercise.report(answers)
    assert report.layout == "rows"
    assert exercise.grade(answers).fraction == 1


def test_a_gradient_check_at_a_kink():
    """Differences on both sides of 0 give half of what ReLU passes on, where it passes it on for all samples."""

    def student(parameters, X, Y):
        return {}

    model = nn.Sequential(nn.Linear(2, 3, seed=0), nn.ReLU(), nn.Linear(3, 1, seed=1), nn.Sigmoid())
    X, Y = np.array([[1.0, 2.0, 0.5], [-1.0, 0.3, 0.7]]), np.array([[0.0, 1.0, 1.0]])
    nn.losses.binary_cross_entropy(model(X), Y).backward()
    W1 = model.parameters()[0]
    halves = {"dW1": W1.grad * np.array([[1.0], [0.5], [1.0]])}  # as where the second unit is at 0
    report = byhand.check_function(student, model, X, Y, gradient_check=lambda parameters, X, Y: halves)
    (found,) = [f for f in report.causes if f.mistake == "gradient_check"]
    assert "there the cost has a kink, and both sides are averaged" in found.message
