"""Submissions as students write them: what is said of them has to be true, and of use to whoever reads it."""

import json
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
    with pytest.raises(TypeError, match=r"check_function needs a function fn.*but got int"):
        byhand.check_function(3, *setting())
    with pytest.raises(TypeError, match=r"gradient_check needs a function numeric.*but got dict"):
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


# --- what cannot be read ----------------------------------------------------------------------------------------------


def test_what_is_left_out_of_an_exercise_is_open():
    """The notebooks write `...`, the scripts of exercises None."""
    model, X, Y = setting()
    report = byhand.check(model, X, Y, passed(model, X, Y) | {"dW1": None, "db1": ...})
    assert report["dW1"].verdict == report["db1"].verdict == "open"


def test_fractions_are_numbers():
    model, X, Y = setting()
    arrays = {name: np.vectorize(Fraction)(x).tolist() for name, x in passed(model, X, Y).items()}
    assert byhand.check(model, X, Y, arrays).ok


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        ("text", "but got str. Hand in np.array(…)."),
        ({"a": 1}, "but got dict. Hand in np.array(…)."),
        (len, "but got builtin_function_or_method. Hand in np.array(…)."),
        ([[1.0, 2.0], [3.0]], "but got rows of different lengths. Hand in np.array(…)."),
        ([["1.0"]], "but got list of <U3 values. Convert it to floats."),
    ],
)
def test_what_is_not_an_array_is_told_what_to_do(thing, said):
    model, X, Y = setting()
    assert byhand.check(model, X, Y, {"dW1": thing})["dW1"].message == f"dW1 needs an array of numbers, {said}"


# --- numbers that show nothing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("zero", [0.0, 1e-12])
def test_nothing_but_zeros_is_no_sign_of_a_mistake(zero):
    """Many edits give zeros; none of them is what was written."""
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    for name, x in arrays.items():
        found = byhand.check(model, X, Y, arrays | {name: np.round(zero * x, 6)})
        assert [f.name for f in found.causes] == [name]
        assert found[name].mistake is None
        assert "All its entries are 0." in found[name].message


def test_where_zeros_are_right_the_shape_tells_the_mistake():
    """All units of the layer are dead, and so are all of its gradients."""
    model = nn.Sequential(nn.Linear(3, 4, seed=0), nn.ReLU(), nn.Linear(4, 2, seed=1), nn.ReLU())
    model[2].b.data = np.full((2, 1), -100.0)
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(3, 5)), rng.normal(size=(2, 5))
    found = byhand.check(model, X, Y, {"dW2": np.zeros((4, 2))}, loss="mse")
    assert [(f.name, f.mistake) for f in found.causes] == [("dW2", "transpose")]


def test_one_number_is_a_factor_of_every_other():
    model, X, Y = setting()
    report = byhand.check(model, X, Y, passed(model, X, Y) | {"db2": [[0.123456]]})
    assert "times what it should be" not in report["db2"].message


def test_nan_in_a_line_without_a_division_is_not_put_down_to_one():
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    hidden = byhand.check(model, X, Y, arrays | {"dA1": arrays["dA1"] * np.nan})["dA1"]
    assert hidden.mistake == "not_finite"
    assert "Y/A" not in hidden.message
    assert "what it is computed from is finite" in hidden.message
    last = byhand.check(model, X, Y, arrays | {"dZ2": arrays["dZ2"] * np.nan})["dZ2"]
    assert "Y/A" in last.message


# --- reports ----------------------------------------------------------------------------------------------------------


def test_a_report_is_a_collection_of_findings():
    model, X, Y = setting()
    report = byhand.check(model, X, Y, passed(model, X, Y))
    assert [f.name for f in report] == [f.name for f in report.findings]
    assert "dW1" in report
    assert "dW7" not in report


def test_a_report_is_read_at_the_prompt():
    model, X, Y = setting()
    report = byhand.check(model, X, Y, passed(model, X, Y))
    assert repr(report) == str(report)


def test_a_long_name_leaves_room_for_what_is_said():
    model, X, Y = setting()
    text = str(byhand.check(model, X, Y, passed(model, X, Y) | {"x" * 90: 1}))
    assert max(map(len, text.splitlines())) <= 100
    assert any("dW1 is right." in line for line in text.splitlines())


# --- edits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wrong", "mistake", "written"),
    [
        ("dZ1", lambda d, g: d["dA1"] * (1 - d["A1"]), "derivative_missing", "dA1 ∗ (1 − A1)"),
        ("dZ1", lambda d, g: d["dA1"] * d["A1"] ** 2, "derivative_missing", "dA1 ∗ A1²"),
        ("dA2", lambda d, g: -g["Y"] / d["A2"], "derivative_missing", "−Y/A2"),
        ("dA2", lambda d, g: (1 - g["Y"]) / (1 - d["A2"]), "derivative_missing", "(1 − Y) / (1 − A2)"),
        ("dA2", lambda d, g: -g["Y"] / d["A2"] - (1 - g["Y"]) / (1 - d["A2"]), "sign", None),
        ("A1", lambda d, g: 1 / (1 + np.exp(-d["Z1"])), "other_activation", "σ(Z1)"),
        ("A2", lambda d, g: np.tanh(d["Z2"]), "other_activation", "tanh(Z2)"),
        ("A1", lambda d, g: d["Z1"], "other_activation", "Z1"),
    ],
)
def test_a_part_that_is_lost_is_named(name, wrong, mistake, written):
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    W1, b1, W2, b2 = (p.data for p in model.parameters())
    arrays |= {"Z1": W1 @ X + b1, "Z2": W2 @ arrays["A1"] + b2}
    arrays["dA2"] = -Y / arrays["A2"] + (1 - Y) / (1 - arrays["A2"])
    arrays[name] = wrong(arrays, {"X": X, "Y": Y})
    found = byhand.check(model, X, Y, arrays)[name]
    assert (found.verdict, found.mistake) == ("cause", mistake)
    assert written is None or found.written == f"{name} = {written}"


def test_a_slope_that_is_part_of_another():
    model, X, Y = setting(nn.Linear(3, 4, seed=1), nn.Sigmoid(), nn.Linear(4, 1, seed=2), nn.Sigmoid())
    A1 = model[1](model[0](X)).data
    dA1 = model[2].W.data.T @ (model(X).data - Y)
    found = byhand.check(model, X, Y, {"dA1": dA1, "dZ1": dA1 * (1 - A1)})["dZ1"]
    assert (found.mistake, found.written) == ("derivative_missing", "dZ1 = dA1 ∗ (1 − A1)")


def test_a_number_that_is_lost_is_named():
    """1/√d of an attention head, say: a number that is neither 2 nor ½."""
    rng = np.random.default_rng(3)
    Q, K, G = (ag.Tensor(rng.normal(size=(3, 5)), name=name) for name in "QKG")
    S = K.T @ Q / np.sqrt(3)
    S.name = "S"
    P = ag.softmax(S, axis=0)
    P.name = "P"
    J = np.sum(G @ P)
    J.backward()
    dP = G.data.T @ np.ones((3, 5))
    dS = P.data * (dP - np.sum(dP * P.data, axis=0))
    assert byhand.check(J, {"dS": dS, "dQ": K.data @ dS / np.sqrt(3)}).ok
    for off in (np.sqrt(3), 1 / np.sqrt(3)):
        found = byhand.check(J, {"dS": dS, "dQ": K.data @ dS / np.sqrt(3) * off})["dQ"]
        assert found.mistake == "constant_factor"
        assert found.written


def test_softmax_itself_is_not_called_a_derivative():
    model, X, Y = setting(nn.Linear(3, 4, seed=0), nn.Softmax(), classes=4)
    A, E = model(X).data, np.exp(model[0](X).data)
    values = byhand.check(model, X, Y, {"A1": E / E.sum(axis=1, keepdims=True)})["A1"]
    assert "softmax over the wrong axis" in values.message
    gradients = byhand.check(model, X, Y, {"dA1": -Y / A, "dZ1": -Y * (1 - A)})["dZ1"]
    assert "the derivative of softmax" in gradients.message


# --- what cannot be told ----------------------------------------------------------------------------------------------


def test_what_no_data_tell_is_not_put_down_to_these():
    """dA ∗ A is g for g′, and ReLU′(z) z as well: random data do not help whoever hears of them."""
    model, X, Y = setting(nn.Linear(3, 4, seed=1), nn.ReLU(), nn.Linear(4, 1, seed=2), nn.Sigmoid())
    A1 = model[1](model[0](X)).data
    dA1 = model[2].W.data.T @ (model(X).data - Y)
    found = byhand.check(model, X, Y, {"dA1": dA1, "dZ1": dA1 * A1})["dZ1"]
    assert found.mistake == "derivative_missing"
    assert "With any data this cannot be told from: multiplied by z." in found.message
    assert "Take random data" not in found.message
    assert found.inseparable == ("extra_factor",)


def test_two_passes_are_told_by_running_twice():
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    report = byhand.check(model, X, Y, arrays | {"dW2": 2 * arrays["dW2"], "db2": 2 * arrays["db2"]})
    assert "constant_factor" in report["dW2"].inseparable
    assert "Run check_function, which runs the pass twice." in report["dW2"].message
    assert "Hand in dZ" not in str(report)


def test_what_these_data_hide_is_told_with_data_that_show_it():
    model, X, Y = setting(m=2)
    arrays = passed(model, X, Y)
    found = byhand.check(model, X, Y, arrays | {"dW1": 2 * arrays["dW1"]})["dW1"]
    assert found.mistake == "mean_missing"
    assert not found.inseparable
    assert "With these data this cannot be told from: " in found.message


def test_several_mistakes_in_one_line_are_said_in_words():
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    for off in (-2, -7, -1 / 7, 3 / 7):
        message = byhand.check(model, X, Y, arrays | {"dW1": off * arrays["dW1"]})["dW1"].message
        assert "_" not in message.replace("Σ_columns", "").replace("check_function", "")


def test_a_mistake_that_was_made_twice_is_named_once():
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(3, 7)), ag.Tensor(rng.normal(size=(1, 3)), name="W")
    J = np.sum(np.tanh(W @ X)) / 7 + 0.1 * np.sum(W**2)
    J.backward()
    dZ = 1 - np.tanh(W.data @ X) ** 2
    found = byhand.check(J, {"dW": dZ @ X.T / 7 + 7 * 0.2 * W.data + 0.2 * W.data})["dW"]
    assert "accumulated and a reused" not in found.message


def test_what_follows_is_put_down_to_what_is_wrong():
    """A2 comes from A1 by way of Z2, which was not handed in."""
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    W2, b2 = model[2].W.data, model[2].b.data
    A1 = np.cos(arrays["A1"])
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))
    report = byhand.check(model, X, Y, {"A1": A1, "A2": A2, "dZ2": A2 - Y, "dW2": (A2 - Y) @ A1.T / 7})
    assert report["A2"].message == "A2 is right for A1 as you have it; what is off comes from there."
    assert report["dW2"].message == "dW2 is right for A1 and dZ2 as you have them; what is off comes from there."


def test_one_wrong_line_is_not_told_to_hand_in_fewer():
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    assert "fewer arrays" not in str(byhand.check(model, X, Y, arrays | {"dW1": np.cos(arrays["dW1"])}))


def test_a_vector_without_a_sum_has_not_forgotten_keepdims():
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    report = byhand.check(model, X, Y, arrays | {"dZ2": arrays["dZ2"].ravel(), "db1": arrays["db1"].ravel()})
    assert (report["dZ2"].mistake, report["db1"].mistake) == ("rank_one", "keepdims")


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["∂J/∂W1", "∂W1", "W1.grad", "grad_W1", "W1_gradient", "∇W1", "dL_dW1"])
def test_a_gradient_is_known_by_what_others_call_it(name):
    model, X, Y = setting()
    assert byhand.check(model, X, Y, {name: passed(model, X, Y)["dW1"]})["dW1"].verdict == "right"


def test_delta_is_the_gradient_of_z():
    model, X, Y = setting()
    arrays = passed(model, X, Y)
    assert byhand.check(model, X, Y, {"delta1": arrays["dZ1"], "δ2": arrays["dZ2"]}).ok


@pytest.mark.parametrize("name", ["dX", "dA0", "dY"])
def test_a_gradient_of_data_is_not_a_line(name):
    model, X, Y = setting()
    found = byhand.check(model, X, Y, {name: np.ones((3, 7))})[name]
    assert found.message.startswith(f"{name} is not a line of this pass: no gradient with respect to data is needed.")


@pytest.mark.parametrize(
    ("name", "said"),
    [("dJ", "the gradient of J itself is 1"), ("d", "is not a name of this pass"), ("done", "Known are")],
)
def test_what_is_not_a_gradient_of_the_pass_is_said(name, said):
    model, X, Y = setting()
    assert said in byhand.check(model, X, Y, {name: 1.0})[name].message


def cost_without_names():
    rng = np.random.default_rng(0)
    W, X = ag.Tensor(rng.normal(size=(2, 3)), name="W"), rng.normal(size=(3, 5))
    A = np.tanh(W @ X)
    return np.sum(A**2 + np.exp(A)) / 5


def test_values_without_names_are_not_suggested():
    message = byhand.check(cost_without_names(), {"dv": np.ones((2, 5)), "dZ": np.ones((2, 5))})["dv"].message
    assert "Did you mean dv" not in message
    assert "by its name=, or by a variable where the check is called" in message


def test_a_report_knows_values_by_the_variables_of_its_caller():
    rng = np.random.default_rng(0)
    W, X = ag.Tensor(rng.normal(size=(2, 3))), rng.normal(size=(3, 5))
    Z = W @ X
    A = np.tanh(Z)
    J = np.sum(A**2) / 5
    assert J.size == 1
    report = byhand.check(J, {"dZ": np.ones((2, 5))})
    assert {"W", "Z", "A", "J"} <= set(report.called)


def test_a_gradient_inside_of_softmax_is_not_a_line():
    rng = np.random.default_rng(0)
    W, X = ag.Tensor(rng.normal(size=(2, 3)), name="W"), rng.normal(size=(3, 5))
    E = np.exp(W @ X)
    S = np.sum(E, axis=0, keepdims=True)
    P = E / S
    J = -np.sum(X[:2] * np.log(P)) / 5
    assert S.shape == (1, 5)
    assert "it lies inside of what is derived in one step" in byhand.check(J, {"dS": np.ones((1, 5))})["dS"].message


# --- audit, exercises -------------------------------------------------------------------------------------------------


def test_advice_about_relu_is_given_of_a_relu():
    model, X, Y = setting()
    for p in model.parameters():
        p.data = np.zeros(p.shape)
    assert not any("ReLU" in line for line in byhand.audit(model, X, Y).advice)


def test_what_cannot_be_told_apart_is_set_apart():
    """Titles have commas in them."""
    assert "; gradients not zeroed, or = for +=" in str(byhand.audit(*setting()))


def test_an_audit_says_whether_other_data_would_do_better():
    model, X, Y = setting()
    assert str(byhand.audit(model, X, Y)).endswith("Other data would not show more.")
    one = byhand.audit(model, X[:, :1], Y[:, :1])
    assert str(one).endswith(
        f"Other data would show {len(one.cured)} of them, such as those in .data with random parameters."
    )


def test_a_changed_input_is_not_taken_for_a_parameter():
    def fn(parameters, X, Y):
        X -= 1
        parameters["W1"] -= 1
        return {}

    report = byhand.check_function(fn, *setting())
    assert report["X"].message.endswith("in place of X -= ….")
    assert report["W1"].message.endswith("update parameters after all gradients are found.")


def test_a_name_is_not_markup_in_a_notebook(tmp_path):
    text = byhand.exercise(seed="<b>A_d*a</b>", layers=1).notebook(tmp_path / "ex.ipynb").read_text(encoding="utf-8")
    heading = json.loads(text)["cells"][0]["source"][0]
    assert heading == "# Backpropagation by hand, 1 layer (\\<b\\>A\\_d\\*a\\</b\\>)\n"


def test_what_follows_from_data_that_were_changed_is_no_cause():
    def fn(parameters, X, Y):
        X -= X.mean(axis=1, keepdims=True)
        W1, b1, W2, b2 = (parameters[name] for name in ("W1", "b1", "W2", "b2"))
        A1 = np.tanh(W1 @ X + b1)
        dZ2 = 1 / (1 + np.exp(-(W2 @ A1 + b2))) - Y
        dZ1 = W2.T @ dZ2 * (1 - A1**2)
        return {"dZ2": dZ2, "dW2": dZ2 @ A1.T, "dZ1": dZ1, "dW1": dZ1 @ X.T / 7}

    report = byhand.check_function(fn, *setting())
    assert [f.name for f in report.causes] == ["X", "dW2"]
    assert report["dW1"].message == "dW1 is right for X as fn has changed it; what is off comes from there."


def test_the_value_of_the_same_step_for_that_of_the_step_before():
    """dWh = Σ dz_t h_{t−1}ᵀ, with h_t in each summand."""
    rng = np.random.default_rng(3)
    Wx, Wh = ag.Tensor(rng.normal(size=(3, 2)), name="Wx"), ag.Tensor(rng.normal(size=(3, 3)), name="Wh")
    xs, h0 = rng.normal(size=(3, 2, 4)), rng.normal(size=(3, 4))
    z1 = Wx @ xs[0] + Wh @ h0
    h1 = np.tanh(z1)
    z2 = Wx @ xs[1] + Wh @ h1
    h2 = np.tanh(z2)
    z3 = Wx @ xs[2] + Wh @ h2
    h3 = np.tanh(z3)
    J = np.sum(h3**2) / 2
    H1, H2, H3 = h1.data, h2.data, h3.data
    dz3 = H3 * (1 - H3**2)
    dz2 = Wh.data.T @ dz3 * (1 - H2**2)
    dz1 = Wh.data.T @ dz2 * (1 - H1**2)
    arrays = {"dz3": dz3, "dz2": dz2, "dz1": dz1, "dWh": dz3 @ H2.T + dz2 @ H1.T + dz1 @ h0.T}
    assert byhand.check(J, arrays).ok
    found = byhand.check(J, arrays | {"dWh": dz3 @ H3.T + dz2 @ H2.T + dz1 @ H1.T})["dWh"]
    assert (found.mistake, found.written) == ("wrong_cache", "dWh = dz3 h3ᵀ + dz2 h2ᵀ + dz1 h1ᵀ")
