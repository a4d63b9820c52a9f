"""byhand.check_function: a student's own backward pass; byhand.audit: which mistakes data hide."""

import itertools
import signal
import threading

import numpy as np
import pytest

import nn
from nn import byhand
from nn.byhand.checker.limit import TooLong, time_limit
from tests.studies.byhand import model_of
from tests.studies.planted import PLANTED, backward, network


def setting(*layers, seed=0, m=5):
    rng = np.random.default_rng(seed)
    model = nn.Sequential(*(layers or (nn.Linear(3, 4, seed=1), nn.Tanh(), nn.Linear(4, 1, seed=2), nn.Sigmoid())))
    return model, rng.normal(size=(3, m)), (np.arange(m) % 2 == 0).astype(float).reshape(1, m)


def student(parameters, X, Y):
    """As it should be."""
    W1, b1, W2, b2 = (parameters[name] for name in ("W1", "b1", "W2", "b2"))
    m = X.shape[1]
    A1 = np.tanh(W1 @ X + b1)
    A2 = 1 / (1 + np.exp(-(W2 @ A1 + b2)))
    dZ2 = A2 - Y
    dZ1 = W2.T @ dZ2 * (1 - A1**2)
    return {
        "dZ2": dZ2, "dW2": dZ2 @ A1.T / m, "db2": np.sum(dZ2, axis=1, keepdims=True) / m,
        "dZ1": dZ1, "dW1": dZ1 @ X.T / m, "db1": np.sum(dZ1, axis=1, keepdims=True) / m,
    }  # fmt: skip


def mistaken(**changes):
    """The student's function with some lines changed afterwards: name -> function of the right gradients and inputs."""

    def backward(parameters, X, Y):
        gradients = student(parameters, X, Y)
        return gradients | {name: change(gradients, parameters, X, Y) for name, change in changes.items()}

    return backward


def test_a_right_function_is_right():
    report = byhand.check_function(student, *setting())
    assert report.ok, str(report)
    assert [f.name for f in report.findings][:2] == ["dZ2", "dW2"]


def test_gradients_under_the_names_of_the_parameters():
    def fn(parameters, X, Y):
        gradients = student(parameters, X, Y)
        return 0.3, {"W1": gradients["dW1"], "b2": gradients["db2"]}

    report = byhand.check_function(fn, *setting())
    assert report.ok
    assert [f.name for f in report.findings] == ["db2", "dW1"]


@pytest.mark.parametrize(
    ("filename", "said"),
    [
        ("/tmp/ipykernel_4711/1234.py", "line 2 of the cell:"),
        ("<ipython-input-3-ab>", "line 2 of the cell:"),
        ("/home/a/mine.py", "line 2 of mine.py:"),
    ],
)
def test_a_cell_of_a_notebook_has_no_file(filename, said):
    namespace = {}
    exec(compile("def fn(parameters, X, Y):\n    return 1 / 0", filename, "exec"), namespace)
    report = byhand.check_function(namespace["fn"], *setting())
    assert said in report["fn"].message


def test_a_mistake_in_a_line_is_named():
    fn = mistaken(dW2=lambda g, p, X, Y: g["dZ2"] @ (p["W1"] @ X + p["b1"]).T / 5)
    report = byhand.check_function(fn, *setting())
    assert [(f.name, f.mistake) for f in report.causes] == [("dW2", "wrong_cache")]


def test_an_exception_names_the_line_of_the_students_file():
    def fails(parameters, X, Y):
        dZ1 = np.ones((4, 5))
        return {"dW1": dZ1 @ X}  # the line

    (finding,) = byhand.check_function(fails, *setting()).findings
    line = fails.__code__.co_firstlineno + 2
    assert finding.verdict == "wrong"
    assert f"fails raised ValueError in line {line} of test_check_function.py" in finding.message
    assert 'return {"dW1": dZ1 @ X}' in finding.message
    assert finding.mistake == "transpose"


@pytest.mark.parametrize("returned", [None, 3, [], "dW1", np.ones(3)])
def test_what_is_not_a_dict_is_a_finding(returned):
    (finding,) = byhand.check_function(lambda parameters, X, Y: returned, *setting()).findings
    assert "must return a dict of gradients, but returned" in finding.message


def test_a_function_that_ends_the_program_is_a_finding():
    def ends(parameters, X, Y):
        raise SystemExit(1)

    assert "raised SystemExit" in byhand.check_function(ends, *setting()).findings[0].message


def never_ends(parameters, X, Y):
    while True:
        pass


def catches_all(parameters, X, Y):
    while True:
        try:
            while True:
                pass
        except Exception:
            pass


@pytest.mark.parametrize("fn", [never_ends, catches_all])
def test_a_function_that_never_ends_is_stopped(fn):
    (finding,) = byhand.check_function(fn, *setting(), timeout=0.3).findings
    assert finding.verdict == "wrong"
    assert finding.message.startswith(f"{fn.__name__} did not end within 0.3 s; it was stopped in line ")
    assert "of test_check_function.py, `" in finding.message
    report = byhand.check_function(student, *setting(), gradient_check=fn, timeout=1.0)  # enough for the student's
    assert [f.name for f in report.causes] == [fn.__name__]


def test_the_limit_leaves_the_alarms_of_others_as_they_were():
    heard = []
    before = signal.signal(signal.SIGALRM, lambda *_: heard.append(1))
    signal.setitimer(signal.ITIMER_REAL, 100.0)
    try:
        with time_limit(50.0):
            pass
        assert 0 < 100 - signal.getitimer(signal.ITIMER_REAL)[0] < 50
        with pytest.raises(TooLong), time_limit(0.01):
            while True:
                pass
        signal.raise_signal(signal.SIGALRM)
        assert heard == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_in_another_thread_there_is_no_limit():
    reports = []
    check = threading.Thread(target=lambda: reports.append(byhand.check_function(student, *setting(), timeout=1e-9)))
    check.start()
    check.join()
    assert reports[0].ok


def test_gradients_that_are_added_up():
    total = {}

    def fn(parameters, X, Y):
        for name, g in student(parameters, X, Y).items():
            if name.startswith(("dW", "db")):
                total[name] = total.get(name, 0) + g
        return total

    report = byhand.check_function(fn, *setting())
    assert {(f.name, f.mistake) for f in report.causes} == {(n, "accumulated") for n in ("dW1", "db1", "dW2", "db2")}
    assert "it is added up" in report.findings[0].message


def test_arrays_of_the_caller_that_are_changed():
    def fn(parameters, X, Y):
        gradients = student(parameters, X, Y)
        parameters["W1"] -= 0.1 * gradients["dW1"]
        X[:] = 0
        return gradients

    model, X, Y = setting()
    before = X.copy(), model[0].W.data.copy()
    report = byhand.check_function(fn, model, X, Y)
    assert [(f.name, f.mistake) for f in report.causes] == [("W1", "in_place"), ("X", "in_place")]
    assert (before[0] == X).all()
    assert (before[1] == model[0].W.data).all()


def test_a_random_function():
    rng = np.random.default_rng(0)
    fn = mistaken(dW1=lambda g, p, X, Y: g["dW1"] * (rng.random(g["dW1"].shape) > 0.5))
    report = byhand.check_function(fn, *setting())
    assert any("different in a second call" in f.message for f in report.causes)


def cost(parameters, X, Y):
    A1 = np.tanh(parameters["W1"] @ X + parameters["b1"])
    A2 = 1 / (1 + np.exp(-(parameters["W2"] @ A1 + parameters["b2"])))
    return -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))


def differences(step=1e-6, of=cost, sides=2):
    def numeric(parameters, X, Y):
        found = {}
        for name, value in parameters.items():
            found[f"d{name}"] = np.zeros_like(value)
            for i in np.ndindex(value.shape):
                there, back = (parameters | {name: value.copy()} for _ in range(2))
                there[name][i] += step
                back[name][i] -= step * (sides == 2)
                found[f"d{name}"][i] = (of(there, X, Y) - of(back, X, Y)) / (step * sides)
        return found

    return numeric


def regularized(parameters, X, Y):
    return cost(parameters, X, Y) + 0.05 * sum(np.sum(parameters[W] ** 2) for W in ("W1", "W2"))


MASKS = np.random.default_rng(0)


def noisy(parameters, X, Y):
    return cost(parameters, X * (MASKS.random(X.shape) > 0.3), Y)


@pytest.mark.parametrize(
    ("numeric", "said"),
    [
        (differences(1e-14), "The step is too small"),
        (differences(1e-6, lambda *given: np.float32(cost(*given))), "float32"),
        (differences(of=regularized), "is off by 0.1 times the weights"),
        (differences(of=noisy), "differs from call to call"),
        (differences(step=1.0, sides=1), "does not agree with the derivative of the cost"),
    ],
)
def test_a_gradient_check_that_is_wrong_itself(numeric, said):
    report = byhand.check_function(student, *setting(), gradient_check=numeric)
    found = [f for f in report.causes if f.mistake == "gradient_check"]
    assert found
    assert said in found[0].message


def test_a_right_gradient_check():
    assert byhand.check_function(student, *setting(), gradient_check=differences()).ok


# --- audit ------------------------------------------------------------------------------------------------------------


def brute_force(net):
    """What planted passes show: the mistakes that change nothing, and pairs that give the same wrong values."""
    right = backward(net)
    made = {}
    for name, (key, line, where) in PLANTED.items():
        for l in range(1, net.L + 1):
            if where(net, l) and name not in ("accumulated everywhere", "rows for columns", "log of zero"):
                made[f"{line}{l}", key, name] = backward(net, name, l)[f"{line}{l}"]

    def same(a, b):
        return a.shape == b.shape and np.allclose(a, b, rtol=0, atol=1e-10)

    invisible = {(line, key) for (line, key, _), x in made.items() if same(x, right[line])}
    confused = {
        (a[0], a[1], b[1])
        for a, b in itertools.combinations(made, 2)
        if a[0] == b[0] and a[1] != b[1] and same(made[a], made[b]) and not same(made[a], right[a[0]])
    }
    return invisible, confused


@pytest.mark.parametrize("kind", ["one sample", "two samples", "zero weights", "all ReLU", "generic"])
def test_audit_finds_what_brute_force_finds(kind):
    rng = np.random.default_rng(4)
    net = network(rng, 2, "binary_cross_entropy")
    net.activations[0] = "relu" if kind == "all ReLU" else "tanh"
    m = {"one sample": 1, "two samples": 2}.get(kind, net.m)
    net.X, net.Y = net.X[:, :m], net.Y[:, :m]
    if kind == "zero weights":
        net.W[2] = 0 * net.W[2]
    found = byhand.audit(model_of(net), net.X, net.Y)
    invisible, confused = brute_force(net)
    assert invisible <= set(found.invisible)
    sets = dict.fromkeys(line for line, _ in found.confused)
    for line, one, other in confused:
        assert any(name == line and {one, other} <= keys for name, keys in found.confused), (line, one, other, sets)
    if kind == "one sample":
        assert {("dW1", "mean_missing"), ("db2", "mean_missing")} <= set(found.cured)
    if kind == "zero weights":
        assert not found.ok
        assert "zero" in found.advice[0]
    if kind == "generic":
        assert found.ok, found.cured


def test_two_samples_make_a_missing_mean_equal_to_two_passes():
    model, X, Y = setting(m=2)
    found = byhand.audit(model, X, Y)
    assert any(line == "dW1" and {"mean_missing", "accumulated"} <= keys for line, keys in found.confused)
    assert "m = 2" in found.advice[0]
    again = byhand.audit(model, *found.data)
    assert not any({"mean_missing", "accumulated"} <= keys for _, keys in again.confused)
