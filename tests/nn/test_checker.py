"""byhand.check: which array is right, which line is the cause, and which mistake it is."""

import json
from functools import cache

import numpy as np
import pytest

import autograd as ag
import nn
from nn import byhand
from nn.byhand.checker import Checker, judge, search
from nn.byhand.checker.check import cost_of
from nn.byhand.checker.report import CAUSE, CONSEQUENCE, MARKS, OPEN, RIGHT, WRONG, Finding, Report
from tests.golden.subjects import programs
from tests.studies.byhand import OF_ALL_LAYERS, Tally, checker_of, correct, judged, plant
from tests.studies.planted import PLANTED, backward, network

RNG = np.random.default_rng(0)


@cache
def deep():
    """A network of four layers, of which each line depends on what it reads."""
    rng = np.random.default_rng(3)
    net = network(rng, 4, "binary_cross_entropy")
    while "relu" in net.activations or len(set(net.activations)) < 2:
        net = network(rng, 4, "binary_cross_entropy")
    return net


@cache
def deep_checker(lr=None):
    return checker_of(deep(), lr)


# --- the planted mistakes ---------------------------------------------------------------------------------------------


def test_planted_mistakes_are_named():
    tally = plant(2, seed=5)
    assert tally.total("missed") == 0, tally.missed
    assert tally.named >= 0.97, tally.missed
    assert {PLANTED[name][0] for name, _ in tally.counts} >= {"mean_missing", "sign", "wrong_cache", "keepdims"}


def test_correct_submissions_raise_no_alarm():
    assert correct(24, seed=7) == []


def test_a_mistake_in_each_line_in_turn_is_one_cause():
    net = deep()
    checker = deep_checker()
    tally = Tally()
    for layer in range(1, net.L + 1):
        for name in PLANTED:
            if PLANTED[name][2](net, layer) and name not in OF_ALL_LAYERS:
                report = checker.check(backward(net, name, layer))
                tally.add(name, judged(report, name, layer), (layer, report))
                assert {f.verdict for f in report.findings} <= {"right", "cause", "consequence"}
    assert tally.named == 1, tally.missed


def test_two_mistakes_in_different_lines_are_both_found():
    net = deep()
    arrays = backward(net, "sign of dZ", 3)
    arrays["dW1"] = arrays["dW1"] * net.m
    report = deep_checker().check(arrays)
    assert [(f.name, f.mistake) for f in report.causes] == [("dZ3", "sign"), ("dW1", "mean_missing")]
    assert report["dZ2"].verdict == report["dW2"].verdict == "consequence"
    assert report["dZ4"].verdict == report["dW4"].verdict == "right"


def test_two_mistakes_in_one_line():
    net = deep()
    arrays = backward(net, "z for a", 2)
    arrays["dW2"] = -arrays["dW2"]
    finding = deep_checker().check(arrays)["dW2"]
    assert finding.verdict == "cause"
    assert set(finding.mistakes) == {"sign", "wrong_cache"}


def test_a_cause_in_a_line_that_was_not_handed_in():
    net = deep()
    arrays = backward(net, "other activation", 2)
    given = {name: arrays[name] for name in arrays if name[:2] in ("dW", "db")}
    report = deep_checker().check(given)
    assert [(f.name, f.mistake) for f in report.causes] == [("dZ2", "other_activation")]
    assert [report[f"dW{l}"].verdict for l in (4, 3, 2, 1)] == ["right", "right", "consequence", "consequence"]


# --- conventions and layouts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("convention", ["course", "true"])
def test_both_conventions_are_recognized(convention):
    net = deep()
    report = deep_checker().check(backward(net, convention=convention))
    assert (report.ok, report.convention) == (True, convention)


def test_a_mixture_of_conventions_is_flagged():
    net = deep()
    true, course = backward(net, convention="true"), backward(net)
    mixed = {name: (true if name[:2] in ("dZ", "dA") else course)[name] for name in true}
    mixed |= {name: x / net.m for name, x in course.items() if name[:2] in ("dW", "db")}
    report = deep_checker().check(mixed)
    assert report.convention == "mixed"
    assert {f.mistake for f in report.causes} == {"mean_twice"}


def test_samples_in_rows_are_recognized():
    net = deep()
    report = deep_checker().check({name: x.T for name, x in backward(net).items()})
    assert (report.ok, report.layout) == (True, "rows")
    assert "rows" in str(report)


# --- names and things that are not arrays -----------------------------------------------------------------------------


@cache
def logistic():
    X = np.random.default_rng(1).normal(size=(3, 5))
    Y = np.array([[1.0, 0.0, 1.0, 1.0, 0.0]])
    model = nn.Sequential(nn.Linear(3, 1, seed=0), nn.Sigmoid())
    A = model(X).data
    return model, X, Y, {"dZ1": A - Y, "dW1": (A - Y) @ X.T / 5, "db1": np.sum(A - Y, axis=1, keepdims=True) / 5}


@cache
def logistic_checker():
    model, X, Y, _ = logistic()
    return Checker(cost_of(model, X, Y, "binary_cross_entropy"))


@pytest.mark.parametrize(
    "names", [("dz1", "dw1", "db1"), ("dZ_1", "dW[1]", "db¹"), ("dZ^{[1]}", "dW₁", "d_b_1"), ("dJdZ1", "dLdW1", "DB1")]
)
def test_names_are_matched_leniently(names):
    *_, arrays = logistic()
    report = logistic_checker().check(dict(zip(names, arrays.values(), strict=True)))
    assert [f.name for f in report.findings] == ["dZ1", "dW1", "db1"]
    assert report.ok


def test_an_unknown_name_gets_a_suggestion():
    *_, arrays = logistic()
    finding = logistic_checker().check({"dWW1": arrays["dW1"]}).findings[0]
    assert finding.verdict == "wrong"
    assert finding.message == "dWW1 is not a name of this pass. Did you mean dW1?"


class Foreign:
    """A tensor of another library."""

    def __init__(self, x):
        self.x = x

    def detach(self):
        return self

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.x)


class Hostile:
    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no")


@pytest.mark.parametrize("kind", [list, np.array, Foreign, ag.Tensor])
def test_arrays_of_many_kinds(kind):
    *_, arrays = logistic()
    given = {name: kind(x.tolist() if kind is list else x) for name, x in arrays.items()}
    assert logistic_checker().check(given).ok


@pytest.mark.parametrize(
    "thing", ["text", object(), [[1.0, 2.0], [3.0]], {"a": 1}, np.array([[1j]]), lambda: 1, Hostile()]
)
def test_what_is_not_an_array_is_a_finding(thing):
    *_, arrays = logistic()
    report = logistic_checker().check(arrays | {"dW1": thing})
    assert report["dW1"].verdict == "wrong"
    assert report["dW1"].message.startswith("dW1 needs an array of numbers, but got ")
    assert report["dZ1"].verdict == report["db1"].verdict == "right"


@pytest.mark.parametrize("hidden", [nn.Tanh, nn.Sigmoid, nn.ReLU, nn.LeakyReLU])
def test_a_derivative_without_what_comes_back_is_named(hidden):
    """dZ = g′(Z) alone; the lecture has a slide that says so of the output, dz = a(1 − a)."""
    rng = np.random.default_rng(2)
    X, Y = rng.normal(size=(3, 5)), np.array([[1.0, 0.0, 0.0, 1.0, 1.0]])
    model = nn.Sequential(nn.Linear(3, 4, seed=1), hidden(), nn.Linear(4, 1, seed=2), nn.Sigmoid())
    Z1 = ag.Tensor(model[0](X).data)
    model[1](Z1).sum().backward()
    A2 = model(X).data
    report = byhand.check(model, X, Y, {"dZ2": A2 * (1 - A2), "dZ1": Z1.grad})
    assert [(f.verdict, f.mistake) for f in report.findings] == [("cause", "derivative_missing")] * 2
    assert report["dZ2"].written == "dZ2 = A2 ∗ (1 − A2)"


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (lambda db: db[:, 0], "keepdims forgotten. Its shape is (4,), but should be (4, 1)."),
        (lambda db: np.sum(db), "should be db1 = (1/m) Σ_columns dZ1. Its shape is (), but should be (4, 1)."),
    ],
)
def test_where_the_shape_is_wrong_the_shape_is_said(spoilt, words):
    """The numbers may be right, and the formula does not show it: db = (1/m) Σ dZ with or without keepdims."""
    X, Y = np.random.default_rng(1).normal(size=(3, 5)), np.array([[1.0, 0.0, 0.0, 1.0, 1.0]])
    model = nn.Sequential(nn.Linear(3, 4, seed=1), nn.Tanh(), nn.Linear(4, 1, seed=2), nn.Sigmoid())
    nn.losses.binary_cross_entropy(model(X), Y).backward()
    finding = byhand.check(model, X, Y, {"db1": spoilt(model[0].b.grad)})["db1"]
    assert words in finding.message and "you have" not in finding.message


@cache
def textbook():
    """Numbers of one digit: the data, the gradients, and the checker."""
    X, Y = np.array([[0.1, 0.7, -0.3, 0.9, 1.3], [1.1, -0.3, 0.3, 0.2, -0.9]]), np.array([[0.3, 1.0, 0.1, 0.0, 0.7]])
    W = ag.Tensor([[0.3, -0.1]], name="W")
    E = W @ X - Y
    J = np.mean(E**2) / 2
    E.name, J.name = "E", "J"
    dE = np.round(E.data, 2)
    return dE, dE @ X.T / 5, Checker(J)


@pytest.mark.parametrize("convention", [1, 5])
@pytest.mark.parametrize("off", [1.01, 1.003])
def test_textbook_numbers_are_not_taken_for_rounded_ones(convention, off):
    """dZ of two digits is exact where the right one has no more; the next line must not be let off by half a digit."""
    dE, dW, checker = textbook()
    arrays = {"dE": dE / convention, "dW": dW}
    assert checker.check(arrays).ok
    assert checker.check(arrays | {"dW": dW * off})["dW"].verdict == "cause"
    assert checker.check({"dE": np.round(dE + 0.002, 2) / convention, "dW": np.round(dW, 3)}).ok


def test_a_number_has_no_place():
    w = ag.Tensor(3.0, name="w")
    assert " You have 12, right is 6." in byhand.check(w * w, {"dw": 12.0})["dw"].message


def test_a_blank_is_not_filled_in_yet():
    """What an exercise leaves open as `...` is neither right nor wrong; it stands in its place, and lines after it are
    judged without it."""
    *_, arrays = logistic()
    report = logistic_checker().check(arrays | {"dW1": ..., "db1": 2 * arrays["db1"]})
    assert [(f.name, f.verdict) for f in report.findings][-3:] == [("dZ1", "right"), ("dW1", "open"), ("db1", "cause")]
    assert report["dW1"].message == "dW1 is not filled in yet. Put your result in place of the dots."
    assert report.summary.endswith("; to fix: db1; to do: dW1.") and not report.ok
    assert "not yet" in str(report) and "not yet" in report._repr_html_()
    assert logistic_checker().check({"dW1": ...}).summary == "0 of 1 right; to do: dW1."


@pytest.mark.parametrize("shape", [(), (0,), (2,), (3, 1), (1, 4), (5, 5), (2, 3, 4)])
def test_a_wrong_shape_is_a_finding(shape):
    *_, arrays = logistic()
    report = logistic_checker().check(arrays | {"dW1": np.full(shape, 0.3)})
    assert report["dW1"].verdict == "cause"
    assert not report.ok


def test_nan_is_a_cause_and_what_follows_a_consequence():
    net = deep()
    arrays = backward(net)
    for name in ("dA4", "dZ4", "dW4"):
        arrays[name] = arrays[name] + np.nan
    report = deep_checker().check(arrays)
    assert (report["dA4"].verdict, report["dA4"].mistake) == ("cause", "not_finite")
    assert report["dW4"].verdict == "consequence"


def test_nothing_handed_in():
    report = logistic_checker().check({})
    assert report.ok
    assert "Nothing was handed in." in str(report)


def test_what_is_not_a_dict_is_refused_in_words():
    model, X, Y, arrays = logistic()
    with pytest.raises(TypeError, match="check needs a dict of arrays by their names, but got list"):
        byhand.check(model, X, Y, list(arrays.values()))
    with pytest.raises(TypeError, match="needs a model or the Tensor of a cost, but got int"):
        byhand.check(3, X, Y, arrays)


# --- what is said -----------------------------------------------------------------------------------------------------


def test_a_finding_has_both_lines_and_the_worst_entry():
    *_, arrays = logistic()
    finding = logistic_checker().check(arrays | {"dW1": arrays["dW1"] * 5})["dW1"]
    assert (finding.expected, finding.written) == ("dW1 = (1/m) dZ1 Xᵀ", "dW1 = dZ1 Xᵀ")
    assert finding.expected_latex == r"dW_{1} = \frac{1}{m}\,dZ_{1}\,X^{\mathsf{T}}"
    assert finding.factor == pytest.approx(5)
    place, given, right = finding.entry
    assert (given, right) == (arrays["dW1"][place] * 5, pytest.approx(arrays["dW1"][place]))


def test_a_report_prints_as_text_html_and_json():
    *_, arrays = logistic()
    report = logistic_checker().check(arrays | {"dW1": arrays["dW1"] * 5})
    assert "dW1 is the cause: 1/m missing." in " ".join(str(report).split())
    assert "<table>" in report._repr_html_()
    assert r"\mathsf{T}" in report._repr_html_()
    found = json.loads(report.json())
    assert (found["ok"], [f["verdict"] for f in found["findings"]]) == (False, ["right", "cause", "right"])


@pytest.mark.parametrize("verdict", [RIGHT, CAUSE, CONSEQUENCE, WRONG, OPEN])
def test_every_verdict_can_be_shown(verdict):
    report = Report((Finding("dW1", verdict, "a message"),))
    assert MARKS[verdict] in str(report) and MARKS[verdict] in report._repr_html_() and verdict in report.json()


def test_updated_parameters():
    model, X, Y, arrays = logistic()
    after = {"W1": model[0].W.data - 0.5 * arrays["dW1"], "b1": model[0].b.data - 0.5 * arrays["db1"]}
    assert byhand.check(model, X, Y, arrays | after, lr=0.5).ok
    after["W1"] = model[0].W.data + 0.5 * arrays["dW1"]
    finding = byhand.check(model, X, Y, arrays | after, lr=0.5)["W1"]
    assert (finding.verdict, finding.mistake, finding.written) == ("cause", "sign", "W1 = W1 + α dW1")


def test_a_vector_for_a_column_makes_a_matrix_of_the_bias():
    net = deep()
    arrays = {name: x for name, x in backward(net).items() if name[:2] in ("dZ", "db")}
    arrays["db2"] = arrays["db2"].ravel()
    arrays |= {f"b{l}": net.b[l] - 0.1 * arrays[f"db{l}"] for l in net.b}
    report = deep_checker(0.1).check(arrays)
    assert [(f.name, f.mistake) for f in report.causes] == [("db2", "keepdims")]
    n = net.sizes[2]
    assert f"Its shape is ({n},), but should be ({n}, 1)." in report["db2"].message
    assert (arrays["b2"].shape, report["b2"].verdict) == ((n, n), "consequence")


def test_weights_that_start_alike_are_named():
    X, Y = RNG.normal(size=(3, 5)), np.array([[1.0, 0.0, 1.0, 1.0, 0.0]])
    model = nn.Sequential(nn.Linear(3, 4, init="zeros"), nn.Tanh(), nn.Linear(4, 1, init="zeros"), nn.Sigmoid())
    report = byhand.check(model, X, Y, {"dZ2": model(X).data - Y})
    assert [(f.name, f.mistake) for f in report.causes] == [("W1", "symmetric_start")]
    assert logistic_checker().check(logistic()[3]).ok


def test_there_are_the_27_mistakes_of_the_catalogue():
    assert sorted(mistake.number for mistake in byhand.mistakes.values()) == list(range(1, 28))
    for key, mistake in byhand.mistakes.items():
        assert mistake.key == key
        assert mistake.title and mistake.explanation and mistake.example and mistake.corrected


# --- graphs that no catalogue knows -----------------------------------------------------------------------------------


def named(**tensors):
    for name, tensor in tensors.items():
        tensor.name = name
    return tuple(tensors.values())


@cache
def checker_for(J):
    """What is derived of a cost is derived once."""
    return Checker(J)


def right_arrays(J):
    key = checker_for(J).key("course")
    return {eq.name: key.values[eq.key] for eq in key.equations if eq.kind == "gradient"}


def batch_normalization():
    X, W = RNG.normal(size=(3, 7)), ag.Tensor(RNG.normal(size=(4, 3)), name="W")
    gamma, beta = (ag.Tensor(RNG.normal(size=(4, 1)), name=name) for name in ("gamma", "beta"))
    Z = W @ X
    mu = np.mean(Z, axis=1, keepdims=True)
    C = Z - mu
    V = np.mean(C**2, axis=1, keepdims=True)
    N = C / np.sqrt(V + 1e-5)
    A = gamma * N + beta
    named(Z=Z, mu=mu, C=C, V=V, N=N, A=A)
    J = nn.losses.mse(A, RNG.normal(size=(4, 7)))
    arrays = right_arrays(J)
    arrays["dgamma"] = np.sum(arrays["dA"], axis=1, keepdims=True) / 7
    return J, arrays, "dgamma", "derivative_missing"


def softmax_written_out():
    X, W = RNG.normal(size=(5, 7)), ag.Tensor(RNG.normal(size=(4, 5)), name="W")
    Z = W @ X
    E = np.exp(Z)
    A = E / np.sum(E, axis=0, keepdims=True)
    named(Z=Z, A=A)
    Y = np.eye(4)[RNG.integers(0, 4, size=7)].T
    J = nn.losses.mse(A, Y)
    arrays = right_arrays(J)
    A, dA = A.data, arrays["dA"]
    arrays["dZ"] = dA * A * (1 - A)
    arrays["dW"] = arrays["dZ"] @ X.T / 7
    return J, arrays, "dZ", "softmax_jacobian"


def attention_head():
    X = RNG.normal(size=(5, 7))
    Wq, Wk, Wv = (ag.Tensor(RNG.normal(size=(4, 5)), name=name) for name in ("Wq", "Wk", "Wv"))
    Q, K, V = Wq @ X, Wk @ X, Wv @ X
    S = Q.T @ K / 2.0
    P = ag.softmax(S, axis=1)
    O = V @ P.T
    named(Q=Q, K=K, V=V, S=S, P=P, O=O)
    J = nn.losses.mse(O, RNG.normal(size=(4, 7)))
    arrays = right_arrays(J)
    arrays["dQ"] = 0.5 * K.data @ arrays["dS"]
    arrays["dWq"] = arrays["dQ"] @ X.T / 7
    return J, arrays, "dQ", "transpose"


def recurrent():
    Wx, Wh = ag.Tensor(RNG.normal(size=(4, 3)), name="Wx"), ag.Tensor(RNG.normal(size=(4, 4)), name="Wh")
    V, h = ag.Tensor(RNG.normal(size=(2, 4)), name="V"), np.zeros((4, 7))
    xs = [RNG.normal(size=(3, 7)) for _ in range(3)]
    for t, x in enumerate(xs, 1):
        Z = Wx @ x + Wh @ h
        h = np.tanh(Z)
        named(**{f"Z{t}": Z, f"h{t}": h})
    O = V @ h
    O.name = "O"
    J = nn.losses.mse(O, RNG.normal(size=(2, 7)))
    arrays = right_arrays(J)
    arrays["dWx"] = (arrays["dZ3"] @ xs[2].T + arrays["dZ1"] @ xs[0].T) / 7
    return J, arrays, "dWx", "reused_parameter"


@pytest.mark.parametrize("made", [batch_normalization, softmax_written_out, attention_head, recurrent])
def test_on_graphs_that_no_catalogue_knows(made):
    J, arrays, line, mistake = made()
    assert checker_for(J).check(right_arrays(J)).ok
    report = checker_for(J).check(arrays)
    assert [(f.name, f.mistake) for f in report.causes] == [(line, mistake)], str(report)


@pytest.mark.parametrize("name", ["batch normalization", "convolution", "sorted values", "indexing", "einsum", "rows"])
def test_on_the_programs_of_the_golden_files(name):
    J = programs()[name]()[0]
    key = checker_for(J).key("course")
    right = {eq.name: key.values[eq.key] for eq in key.equations}
    assert checker_for(J).check(right).ok
    eq = next(eq for eq in key.equations if eq.kind == "gradient" and np.any(key.values[eq.key]))
    report = checker_for(J).check(right | {eq.name: -np.asarray(right[eq.name])})
    assert [f.name for f in report.causes] == [eq.name]


def test_a_checker_keeps_what_it_derived():
    net = deep()
    checker = deep_checker()
    assert checker.check(backward(net)).ok
    assert checker.key("course") is checker.key("course")


def test_what_the_data_cannot_tell_is_a_set():
    """With m = 2, a missing 1/m is two passes added up, if every gradient has it."""
    model, X, Y, _ = logistic()
    X, Y = X[:, :2], Y[:, :2]
    dZ, checker = model(X).data - Y, Checker(cost_of(model, X, Y, "binary_cross_entropy"))
    both = checker.check({"dW1": dZ @ X.T, "db1": np.sum(dZ, axis=1, keepdims=True)})
    assert {"mean_missing", "accumulated"} <= set(both["dW1"].candidates)
    assert "Take at least 3 samples." in both["dW1"].message
    one = checker.check({"dW1": dZ @ X.T, "db1": np.sum(dZ, axis=1, keepdims=True) / 2})
    assert "accumulated" not in one["dW1"].candidates
    assert one["dW1"].mistake == "mean_missing"


def test_a_factor_at_the_output_is_not_told_from_two_passes_by_the_gradients_of_parameters_alone():
    net = deep()
    arrays = backward(net, "constant of dZ", net.L)
    given = {name: arrays[name] / 2 for name in arrays if name[:2] in ("dW", "db")}
    (cause,) = deep_checker().check(given).causes
    assert cause.name in (f"dZ{net.L}", f"dA{net.L}")
    assert {"constant_factor", "accumulated"} <= set(cause.candidates)
    assert "Hand in dZ as well" in cause.message


# --- what fits no mistake of the catalogue ----------------------------------------------------------------------------


@cache
def one_layer(activation):
    """A layer with the squared error: data, targets, values, and the checker."""
    rng = np.random.default_rng(0)
    model = nn.Sequential(nn.Linear(5, 3, seed=1), activation())
    X, Y = rng.normal(size=(5, 7)), rng.normal(size=(3, 7))
    return X, Y, model(X).data, Checker(cost_of(model, X, Y, "squared_error"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda x: x * 11 / 13, "It is 11/13 times what it should be."),
        (lambda x: x[:, ::-1], "The entries are right, but stand in another order."),
        (lambda x: x * np.where(np.arange(x.size).reshape(x.shape) == 2, -1, 1), "1 of 15 entries have the wrong sign"),
        (lambda x: x + np.where(np.arange(x.size).reshape(x.shape) == 2, 0.3, 0), "1 of 15 entries differ."),
        (lambda x: np.cos(x), "No known mistake gives these numbers."),
    ],
)
def test_what_fits_no_mistake_is_described(change, said):
    X, Y, A, checker = one_layer(nn.Tanh)
    dZ = (A - Y) * (1 - A**2)
    report = checker.check({"dZ1": dZ, "dW1": change(dZ @ X.T / 7)})
    assert report["dW1"].verdict == "cause"
    assert said in report["dW1"].message
    assert "At [" in report["dW1"].message


def test_sums_that_cancel_are_right_whatever_is_left_of_them():
    """The derivative with respect to a bias before softmax, summed over all units, is 0 on paper, not in floats."""
    rng = np.random.default_rng(0)
    W, b, X = ag.Tensor(rng.normal(size=(4, 3)), name="W"), ag.Tensor(0.3, name="b"), rng.normal(size=(3, 7))
    Z = W @ X + b
    A = ag.softmax(Z)
    named(Z=Z, A=A)
    J = nn.losses.cross_entropy(A, np.eye(4)[rng.integers(0, 4, size=7)].T)
    arrays = right_arrays(J)
    assert abs(arrays["db"]) < 1e-15
    for other in (0.0, 3e-17, -2e-16):
        assert checker_for(J).check(arrays | {"db": np.array(other)}).ok
    assert checker_for(J).check(arrays | {"db": np.array(1e-3)})["db"].verdict == "cause"


def test_rounding_does_not_hide_what_a_relu_does():
    """A value that is 0 is not moved to see what rounding does: its gradient would come and go."""
    _, Y, A, checker = one_layer(nn.ReLU)
    for digits in (4, 6, 16):
        arrays = {"A1": A, "dA1": A - Y, "dZ1": (A - Y) * A}
        report = checker.check({n: np.round(x, digits) for n, x in arrays.items()})
        assert [(f.name, f.mistake) for f in report.causes] == [("dZ1", "derivative_missing")]


# --- time -------------------------------------------------------------------------------------------------------------


class Clock:
    """Goes on by a hundredth of a second with each wrong line that is computed, and with each line that follows."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        for module, name in ((search, "computed"), (judge, "with_values")):
            monkeypatch.setattr(module, name, self._slow(getattr(module, name)))

    def _slow(self, function):
        def slow(*arguments):
            self.now += 0.01
            return function(*arguments)

        return slow

    def __call__(self):
        return self.now


def test_the_search_stops_in_time_whatever_is_handed_in(monkeypatch):
    """3 seconds in all: what has not been found by then is described as what fits no mistake."""
    net = deep()
    right = {name: x for name, x in backward(net).items() if name[0] == "d"}
    wrong = {name: np.cos(7 * x + 1) for name, x in right.items()}
    clock = Clock(monkeypatch)
    checker = Checker(deep_checker().cost, clock=clock)
    for arrays in (wrong, {name: x for name, x in wrong.items() if name[:2] in ("dW", "db")}):
        start = clock.now
        report = checker.check(arrays)
        assert sorted(f.name for f in report.findings) == sorted(arrays)
        assert {f.verdict for f in report.findings} == {"cause"}
        assert "The search for the mistake stopped when its time was over" in str(report.findings[-1])
        assert 2 < clock.now - start < 3


def test_what_cannot_be_derived_is_refused_in_words():
    with pytest.raises(ag.GraphError, match="derive needs a cost"):
        byhand.check(ag.Tensor(2.0), {})
    X = np.ones((2, 3))
    with pytest.raises(TypeError, match=r"check\(model, X, Y, arrays\) needs data and targets"):
        byhand.check(nn.Sequential(nn.Linear(2, 1)), X)


def test_names_are_printed_safely():
    *_, arrays = logistic()
    report = logistic_checker().check(arrays | {"dW\x1b[31m": arrays["dW1"], "<b>": 1, 3: 2, None: 1})
    assert "\x1b" not in str(report)
    assert "<b>" not in report._repr_html_()
