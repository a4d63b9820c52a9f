"""byhand.check says something within 3 seconds, whatever is handed in: costs of many numbers, and of many lines."""

import time
from itertools import pairwise

import numpy as np
import pytest

import autograd as ag
import nn
from nn import byhand
from nn.byhand.checker import Checker, edits, fewer
from nn.byhand.checker.check import cost_of

SECONDS = 30.0  # of the processor, for this thread alone: ten times what it takes, for slow machines


def setting(sizes, m, activation=nn.Tanh):
    rng = np.random.default_rng(0)
    layers = []
    for n_in, n_out in pairwise(sizes[:-1]):
        layers += [nn.Linear(n_in, n_out, seed=1), activation()]
    model = nn.Sequential(*layers, nn.Linear(sizes[-2], 1, seed=2), nn.Sigmoid())
    return model, rng.normal(size=(sizes[0], m)), (rng.random((1, m)) > 0.5).astype(float)


def passed(model, X, Y):
    """A right pass, in plain NumPy."""
    parameters, m, A, arrays = [p.data for p in model.parameters()], X.shape[1], [X], {}
    last = len(parameters) // 2
    for l in range(1, last + 1):
        Z = parameters[2 * l - 2] @ A[-1] + parameters[2 * l - 1]
        A.append(np.tanh(Z) if l < last else 1 / (1 + np.exp(-Z)))
        arrays |= {f"Z{l}": Z, f"A{l}": A[-1]}
    dZ = A[-1] - Y
    for l in range(last, 0, -1):
        arrays |= {f"dZ{l}": dZ, f"dW{l}": dZ @ A[l - 1].T / m, f"db{l}": np.sum(dZ, axis=1, keepdims=True) / m}
        if l > 1:
            arrays[f"dA{l - 1}"] = parameters[2 * l - 2].T @ dZ
            dZ = arrays[f"dA{l - 1}"] * (1 - A[l - 1] ** 2)
    return arrays


def timed(*what, check=byhand.check):
    start = time.thread_time()
    report = check(*what)
    assert time.thread_time() - start < SECONDS
    return report


@pytest.fixture(scope="module", autouse=True)
def first_check():
    """What the first check of all imports."""
    model, X, Y = setting((3, 4, 1), 5)
    byhand.check(model, X, Y, passed(model, X, Y))


@pytest.fixture(scope="module")
def wide():
    """Many samples of many features: the data are 1.2 million numbers, each hidden value a million."""
    model, X, Y = setting((600, 500, 1), 2000)
    return model, X, Y, passed(model, X, Y)


@pytest.fixture(scope="module")
def wide_checker(wide):
    return Checker(cost_of(*wide[:3], None))


def test_many_samples_and_units(wide, wide_checker):
    *_, arrays = wide
    report = timed(arrays, check=wide_checker.check)
    assert report.ok and not report.left_out


def test_a_mistake_among_many_samples_is_named(wide):
    model, X, Y, arrays = wide
    dZ1 = arrays["dA1"] * arrays["A1"] ** 2
    wrong = {"dZ1": dZ1, "dW1": dZ1 @ X.T / 2000, "dW2": 2000 * arrays["dW2"]}
    report = timed(model, X, Y, arrays | wrong)
    assert [(f.name, f.verdict) for f in report if f.verdict != "right"] == [
        ("dW2", "cause"), ("dZ1", "cause"), ("dW1", "consequence"),
    ]  # fmt: skip
    assert (report["dW2"].mistake, report["dZ1"].mistake) == ("mean_missing", "derivative_missing")


def test_numbers_that_no_mistake_gives(wide, wide_checker):
    *_, arrays = wide
    report = timed({name: np.cos(7 * x + 1) for name, x in arrays.items()}, check=wide_checker.check)
    assert {f.verdict for f in report} == {"cause"} and len(report.findings) == len(arrays)


def test_a_lost_transpose_of_very_many_samples_is_not_computed():
    """dZᵀ A of 60,000 samples would have 3.6 billion entries."""
    model, X, Y = setting((3, 4, 1), 60_000)
    arrays = passed(model, X, Y)
    assert timed(model, X, Y, arrays).ok
    report = timed(model, X, Y, {name: np.cos(x) for name, x in arrays.items()} | {"dZ2": arrays["dZ2"].ravel()})
    assert report["dZ2"].verdict == "cause" and not report.ok


@pytest.mark.parametrize("call", [np.matmul, np.multiply])
def test_what_is_too_large_is_not_computed(call):
    column, row = np.ones((50_000, 1)), np.ones((1, 50_000))
    with pytest.raises(ValueError, match="too large"):
        edits._bounded(call, column, row)
    assert edits._bounded(call, row[:, :3].T, row[:, :3]).shape == (3, 3)


def test_a_recorded_cost_of_many_samples():
    rng = np.random.default_rng(1)
    W, b = ag.Tensor(rng.normal(size=(300, 200)) / 20, name="W"), ag.Tensor(np.zeros((300, 1)), name="b")
    X = rng.normal(size=(200, 5000))
    Z = W @ X + b
    A = ag.relu(Z)
    J = np.sum(A**2) / 5000 + 0.1 * np.sum(W**2)
    dA = 2 * A.data
    dZ = dA * (Z.data > 0)
    dW = dZ @ X.T / 5000 + 0.2 * W.data
    report = timed(J, {"dA": dA, "dZ": dZ, "dW": dW})
    assert report.ok and not report.left_out
    found = timed(J, {"dA": dA, "dZ": dZ, "dW": dW - 0.2 * W.data})["dW"]
    assert found.verdict == "cause" and found.mistake is not None


def test_a_cost_with_too_many_numbers_is_compared_by_values():
    model, X, Y = setting((1500, 1000, 1), 50)
    arrays = passed(model, X, Y)
    report = timed(model, X, Y, arrays)
    assert report.ok and "Check it with fewer samples or units" in str(" ".join(str(report).split()))
    wrong = timed(model, X, Y, arrays | {"dW1": 50 * arrays["dW1"]})
    assert [f.name for f in wrong.causes] == ["dW1"]
    assert wrong["dW1"].message.startswith("dW1 is not right, or comes from what is not. At [")


def test_a_network_of_forty_layers():
    model, X, Y = setting((5, *[4] * 39, 1), 20)
    arrays = passed(model, X, Y)
    report = timed(model, X, Y, arrays | {"dW7": 20 * arrays["dW7"]})
    assert [(f.name, f.mistake) for f in report.causes] == [("dW7", "mean_missing")] and not report.left_out


def test_a_cost_of_too_many_operations_is_compared_by_values():
    model, X, Y = setting((5, *[4] * 99, 1), 20)
    arrays = passed(model, X, Y)
    in_true = {name: x / 20 if name[:2] in ("dZ", "dA") else x for name, x in arrays.items()}
    in_rows = {name: x.T for name, x in arrays.items()}
    for given, convention, layout in (
        (arrays, "course", "columns"),
        (in_true, "true", "columns"),
        (in_rows, "course", "rows"),
    ):
        report = timed(model, X, Y, given)
        assert (report.ok, report.convention, report.layout) == (True, convention, layout)
        assert "Check it with fewer layers or steps." in report.left_out and report.left_out in report.said
    things = {"dW50": "text", "dW51": ..., "dQ": 1.0, "db52": np.ones(3), "dZ53": np.round(arrays["dZ53"], 12) + 1}
    report = timed(model, X, Y, arrays | things)
    assert {f.name: f.verdict for f in report if f.verdict != "right"} == {
        "dQ": "wrong", "dW50": "wrong", "dW51": "open", "db52": "wrong", "dZ53": "wrong",
    }  # fmt: skip
    assert report["db52"].message == "db52 is not right. Its shape is (3,), but should be (4, 1)."


def test_values_are_compared_after_a_step_and_rounded():
    model, X, Y = setting((5, *[4] * 99, 1), 20)
    arrays = passed(model, X, Y)
    W3 = model.parameters()[4].data
    assert byhand.check(model, X, Y, {"W3": W3 - 0.1 * arrays["dW3"]}, lr=0.1).ok
    assert not byhand.check(model, X, Y, {"W3": W3 + (0.1 * arrays["dW3"] + 1)}, lr=0.1).ok
    assert byhand.check(model, X, Y, {name: np.round(x, 4) for name, x in arrays.items() if name[0] in "AZ"}).ok


@pytest.mark.parametrize("activation", [nn.Tanh, nn.ReLU, nn.LeakyReLU, nn.Sigmoid])
def test_the_lines_of_fewer_samples_are_those_of_all(activation, monkeypatch):
    model, X, Y = setting((6, 5, 4, 1), 90, activation)
    J = cost_of(model, X, Y, None)
    whole = Checker(J)
    monkeypatch.setattr(fewer, "LARGE", 100)
    small = Checker(J)
    assert small._fewer is not None and not small.left_out
    for convention in ("course", "true"):
        a, b = whole.key(convention), small.key(convention)
        assert [eq.name for eq in a.equations] == [eq.name for eq in b.equations]
        assert (a.m, a.convention) == (b.m, b.convention)
        for one, other in zip(a.equations, b.equations, strict=True):
            assert str(one.forms[0]) == str(other.forms[0])
            assert np.allclose(a.values[one.key], b.values[one.key], rtol=1e-10)


def test_a_cost_that_has_other_lines_with_fewer_samples_is_compared_by_values(monkeypatch):
    """Here the first samples are all of one kind: their targets sum to 1, the others do not."""
    monkeypatch.setattr(fewer, "LARGE", 100)
    rng = np.random.default_rng(0)
    X, T = rng.normal(size=(3, 120)), np.zeros((4, 120))
    T[0, :60] = 1
    T[1:3, 60:] = 1
    W = ag.Tensor(rng.normal(size=(4, 3)), name="W")
    Z = W @ X
    P = ag.softmax(Z, axis=0)
    J = -np.sum(T * np.log(P)) / 120
    J.backward()
    report = byhand.check(J, {"P": P.data, "dW": W.grad})
    assert report.ok
    assert not byhand.check(J, {"dW": (P.data - T) @ X.T / 120}).ok


def test_samples_that_are_not_one_number_are_not_cut():
    J = np.mean(ag.Tensor(np.ones((3, 200)), name="A")) + np.mean(ag.Tensor(np.ones((5, 300)), name="B"))
    assert fewer.samples_of(J) is None and fewer.with_fewer_samples(J) is None
