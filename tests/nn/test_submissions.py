"""Submissions as students write them: what is said of them has to be true, and of use to whoever reads it."""

from fractions import Fraction

import numpy as np
import pytest

import autograd as ag
import nn
from nn import byhand


def setting(*layers, m=7, classes=1):
    rng = np.random.default_rng(0)
    model = nn.Sequential(*(layers or (nn.Linear(3, 4, seed=1), nn.Tanh(), nn.Linear(4, 1, seed=2), nn.Sigmoid())))
    X = rng.normal(size=(3, m))
    Y = np.eye(classes)[:, rng.integers(0, classes, m)] if classes > 1 else (rng.random((1, m)) > 0.5) * 1.0
    return model, X, Y


def passed(model, X, Y):
    """The pass of the network of two layers."""
    W1, b1, W2, b2 = (p.data for p in model.parameters())
    m = X.shape[1]
    A1 = np.tanh(W1 @ X + b1)
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))
    dZ2 = A2 - Y
    dA1 = W2.T @ dZ2
    dZ1 = dA1 * (1 - A1**2)
    sums = {"db2": dZ2.sum(axis=1, keepdims=True) / m, "db1": dZ1.sum(axis=1, keepdims=True) / m}
    return {"A1": A1, "A2": A2, "dZ2": dZ2, "dW2": dZ2 @ A1.T / m, "dA1": dA1, "dZ1": dZ1, "dW1": dZ1 @ X.T / m} | sums


def stepped(parameters, X, Y):
    """A student's function that gives the gradients and the parameters after a step of 0.1."""
    model, *_ = setting()
    arrays = passed(model, X, Y)
    gradients = {"d" + name: arrays["d" + name] for name in parameters}
    return gradients | {name: W - 0.1 * gradients["d" + name] for name, W in parameters.items()}


# --- parameters -------------------------------------------------------------------------------------------------------


def test_a_function_may_give_gradients_and_parameters():
    report = byhand.check_function(stepped, *setting(), lr=0.1)
    assert report.ok, str(report)
    assert {"dW1", "W1", "db2", "b2"} <= {f.name for f in report.findings}


def test_a_function_may_give_parameters_alone_where_there_is_a_learning_rate():
    def fn(parameters, X, Y):
        return {name: x for name, x in stepped(parameters, X, Y).items() if not name.startswith("d")}

    assert byhand.check_function(fn, *setting(), lr=0.1).ok


def test_parameters_after_a_step_need_a_learning_rate():
    """Without lr they are not what the cost was computed from; the gradients beside them are right all the same."""
    model, X, Y = setting()
    for report in (
        byhand.check_function(stepped, model, X, Y),
        byhand.check(model, X, Y, stepped({p.name: p.data for p in model.parameters()}, X, Y)),
    ):
        assert report["dW1"].verdict == "right"
        assert report["W1"].verdict == "wrong"
        assert "To check the parameters after a step, give lr=." in report["W1"].message


@pytest.mark.parametrize("lr", ["x", [0.1, 0.2], float("nan"), True])
def test_a_learning_rate_is_a_number(lr):
    model, X, Y = setting()
    with pytest.raises(TypeError, match=r"lr needs a finite number, but got .*\. Use lr=0\.1, say\."):
        byhand.check(model, X, Y, {}, lr=lr)


def test_what_is_not_a_function_is_refused_in_words():
    with pytest.raises(TypeError, match="check_function needs a function fn.*but got int"):
        byhand.check_function(3, *setting())
    with pytest.raises(TypeError, match="gradient_check needs a function numeric.*but got dict"):
        byhand.check_function(stepped, *setting(), gradient_check={"dW1": 1})


# --- the cost ---------------------------------------------------------------------------------------------------------


def test_the_usual_loss_after_softmax_is_the_cross_entropy():
    model, X, Y = setting(nn.Linear(3, 4, seed=0), nn.Softmax(), classes=4)
    A = model(X).data
    arrays = {"dA1": -Y / A, "dZ1": A - Y, "dW1": (A - Y) @ X.T / 7}
    assert byhand.check(model, X, Y, arrays).ok
    assert not byhand.check(model, X, Y, arrays, loss="binary_cross_entropy").ok
    assert byhand.check_function(lambda p, X, Y: {"dW1": arrays["dW1"]}, model, X, Y).ok
    assert "dZ1" in str(byhand.audit(model, X, Y))
