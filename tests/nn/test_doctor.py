"""The doctor: planted problems are found, each with its layer and figures; healthy trainings give no finding."""

import copy
import io
from itertools import pairwise

import numpy as np
import pytest
from rich.console import Console

import nn

SEEDS = (0, 1, 2)
FEW = {"steps": 60}
LONG = {"healthy_convolution", "healthy_normalized", "healthy_sequence"}  # one seed will do


def mlp(*sizes, hidden=nn.Tanh, last=nn.Sigmoid, init="xavier", seed=0):
    layers = []
    for i, (n_in, n_out) in enumerate(pairwise(sizes)):
        layers.append(nn.Linear(n_in, n_out, init=init, seed=100 * seed + i))
        layers.append(hidden() if i < len(sizes) - 2 else last() if last else None)
    return nn.Sequential(*(layer for layer in layers if layer is not None))


def moons(seed):
    X, Y = nn.datasets.moons(200, noise=0.15, seed=seed)
    return nn.data.standardize(X), Y


def checked(model, X, Y, loss, optimizer, **how):
    before = copy.deepcopy((model.state_dict(), optimizer.state_dict()))
    report = nn.diagnose(model, X, Y, loss=loss, optimizer=optimizer, **how)
    after = (model.state_dict(), optimizer.state_dict())
    assert repr(before) == repr(after), "nothing of the user's is changed"
    assert all(p.grad is None for p in model.parameters())
    return report


# --- the planted problems: (model, X, Y, loss, optimizer, options), and where they are found -------------------------


def dead_units(seed):
    model = mlp(2, 16, 8, 1, hidden=nn.ReLU, init="he", seed=seed)
    model[2].b.data = np.full((8, 1), -50.0)
    X, Y = moons(seed)
    return model, X, Y, "binary_cross_entropy", nn.optim.Adam(model.parameters(), lr=0.01), FEW


def saturated_units(seed):
    model = mlp(2, 16, 1, seed=seed)
    model[0].W.data = 60 * model[0].W.data
    X, Y = moons(seed)
    return model, X, Y, "binary_cross_entropy", nn.optim.Adam(model.parameters(), lr=0.01), FEW


def vanishing_gradients(seed):
    model = mlp(2, *[16] * 10, 1, hidden=nn.Sigmoid, seed=seed)
    X, Y = moons(seed)
    return model, X, Y, "binary_cross_entropy", nn.optim.Adam(model.parameters(), lr=0.01), FEW


def exploding_gradients(seed):
    model = mlp(2, *[32] * 8, 1, hidden=nn.ReLU, last=None, init="he", seed=seed)
    for layer in model.layers[::2]:
        layer.W.data = 4 * layer.W.data
    X, Y = moons(seed)
    return model, X, Y, "mse", nn.optim.Adam(model.parameters(), lr=0.001), FEW


def symmetric_units(seed):
    model = mlp(2, 8, 1, seed=seed)
    model[0].W.data = np.full((8, 2), 0.3)
    model[2].W.data = np.full((1, 8), 0.2)
    X, Y = moons(seed)
    return model, X, Y, "binary_cross_entropy", nn.optim.Adam(model.parameters(), lr=0.05), FEW


def unscaled_inputs(seed):
    X, Y = nn.datasets.load("breast_cancer")
    model = mlp(30, 8, 1, seed=seed)
    return model, X, Y, "binary_cross_entropy", nn.optim.Adam(model.parameters(), lr=0.01), FEW


def too_high(seed):
    X, Y = moons(seed)
    model = mlp(2, 16, 1, last=None, seed=seed)
    return model, X, Y, "mse", nn.optim.SGD(model.parameters(), lr=3.0), FEW


def too_low(seed):
    X, Y = moons(seed)
    model = mlp(2, 16, 1, seed=seed)
    return model, X, Y, "binary_cross_entropy", nn.optim.SGD(model.parameters(), lr=1e-5), FEW


def unfit_labels(seed):
    X, Y = nn.datasets.load("digits")
    labels = Y.argmax(axis=0).reshape(1, -1).astype(float)
    model = mlp(64, 16, 1, last=None, seed=seed)
    return model, X[:, :300], labels[:, :300], "mse", nn.optim.Adam(model.parameters(), lr=0.01), FEW


class OverSamples(nn.Module):
    """A mistake: the mean is over the samples."""

    def forward(self, Z):
        return Z - np.mean(Z, axis=-1, keepdims=True)


def leaking_samples(seed):
    X, Y = moons(seed)
    model = nn.Sequential(
        nn.Linear(2, 8, seed=seed), OverSamples(), nn.Tanh(), nn.Linear(8, 1, seed=seed), nn.Sigmoid()
    )
    return model, X, Y, "binary_cross_entropy", nn.optim.Adam(model.parameters(), lr=0.02), FEW


class Nothing(nn.Module):
    """A mistake: what comes in is multiplied by 0."""

    def forward(self, Z):
        return 0.0 * Z


def constant_predictions(seed):
    X, Y = moons(seed)
    model = nn.Sequential(nn.Linear(2, 8, seed=seed), Nothing(), nn.Linear(8, 1, seed=seed), nn.Sigmoid())
    return model, X, Y, "binary_cross_entropy", nn.optim.Adam(model.parameters(), lr=0.02), FEW


def overfitting(seed):
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(10, 60)), (rng.random((1, 60)) < 0.5).astype(float)
    model = mlp(10, 64, 1, seed=seed)
    return model, X, Y, "binary_cross_entropy", nn.optim.Adam(model.parameters(), lr=0.03), {"validation": 0.4}


PLANTED = {
    dead_units: ("dead units", "layer 2"),
    saturated_units: ("saturated units", "layer 1"),
    vanishing_gradients: ("vanishing gradients", "layer 1"),
    exploding_gradients: ("exploding gradients", "layer 1"),
    symmetric_units: ("symmetric units", "layer 1"),
    unscaled_inputs: ("unscaled inputs", "X"),
    too_high: ("learning rate too high", "optimizer"),
    too_low: ("learning rate too low", "optimizer"),
    unfit_labels: ("labels that do not fit the loss", "Y"),
    leaking_samples: ("samples leak into each other", "layer 1, "),
    constant_predictions: ("constant predictions", "the model"),
    overfitting: ("overfitting", "the model"),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_problem_is_found(plant, seed):
    *given, how = plant(seed)
    report = checked(*given, **how)
    problem, layer = PLANTED[plant]
    found = [f for f in report if f.problem == problem]
    assert found, report.problems
    assert found[0].layer.startswith(layer)
    assert found[0].figures and any(ch.isdigit() for ch in found[0].words)
    assert found[0].advice.endswith(".") and found[0].words.endswith((".", ")"))


# --- healthy trainings -----------------------------------------------------------------------------------------------


def healthy_moons(seed):
    model = mlp(2, 16, 1, seed=seed)
    return model, *moons(seed), "binary_cross_entropy", nn.optim.Adam(model.parameters(), lr=0.02), {"steps": 100}


def healthy_relu(seed):
    model = mlp(2, 16, 16, 1, hidden=nn.ReLU, init="he", last=None, seed=seed)
    return (
        model,
        *moons(seed),
        "binary_cross_entropy_logits",
        nn.optim.Adam(model.parameters(), lr=0.01),
        {"steps": 100},
    )


def healthy_descent(seed):
    X, Y = nn.datasets.xor(200, seed=seed)
    model = mlp(2, 8, 1, seed=seed)
    return (
        model,
        nn.data.standardize(X),
        Y,
        "binary_cross_entropy",
        nn.optim.SGD(model.parameters(), lr=0.5),
        {"steps": 100},
    )


def healthy_cancer(seed):
    X, Y = nn.datasets.load("breast_cancer")
    model = mlp(30, 8, 1, seed=seed)
    optimizer = nn.optim.Momentum(model.parameters(), lr=0.1)
    return model, nn.data.standardize(X), Y, "binary_cross_entropy", optimizer, {"batch_size": 64, "steps": 100}


def healthy_digits(seed):
    X, Y = nn.datasets.load("digits")
    model = mlp(64, 32, 10, hidden=nn.ReLU, init="he", last=nn.Softmax, seed=seed)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.005)
    return model, X[:, :500], Y[:, :500], "cross_entropy", optimizer, {"batch_size": 64, "steps": 100}


def healthy_regression(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(3, 150))
    Y = np.sin(X[:1]) + 0.5 * X[1:2] + 0.1 * rng.normal(size=(1, 150))
    model = mlp(3, 16, 1, last=None, seed=seed)
    return model, X, Y, "mse", nn.optim.Adam(model.parameters(), lr=0.01), {"steps": 100}


def healthy_convolution(seed):
    X, Y = nn.datasets.load("digits")
    layers = nn.Conv2d(1, 4, 3, init="he", seed=seed), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()
    model = nn.Sequential(*layers, nn.Dropout(0.9, seed=seed), nn.Linear(36, 10, seed=seed), nn.Softmax())
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
    return model, X[:, :300].reshape(1, 8, 8, 300), Y[:, :300], "cross_entropy", optimizer, {"steps": 60}


def healthy_normalized(seed):
    X, Y = nn.datasets.load("breast_cancer")  # its own normalization makes up for data that are not scaled
    layers = nn.BatchNorm(30), nn.Linear(30, 8, seed=seed), nn.BatchNorm(8), nn.Tanh(), nn.Linear(8, 1, seed=seed)
    model = nn.Sequential(*layers, nn.Sigmoid())
    return model, X, Y, "binary_cross_entropy", nn.optim.Adam(model.parameters(), lr=0.01), {"steps": 100}


def healthy_sequence(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(1, 6, 120))
    Y = (X.sum(axis=1) > 0).astype(float)
    model = nn.Sequential(nn.LSTM(1, 8, last=True, seed=seed), nn.Linear(8, 1, seed=seed), nn.Sigmoid())
    return model, X, Y, "binary_cross_entropy", nn.optim.Adam(model.parameters(), lr=0.02), {"steps": 60}


HEALTHY = [thing for name, thing in list(globals().items()) if name.startswith("healthy_")]


HEALTHY_SEEDS = [(plant, seed) for plant in HEALTHY for seed in SEEDS[: 1 if plant.__name__ in LONG else None]]


@pytest.mark.parametrize(("plant", "seed"), HEALTHY_SEEDS)
def test_a_healthy_training_gives_no_finding(plant, seed):
    *given, how = plant(seed)
    report = checked(*given, **how)
    assert report.ok and report.problems == [], str(report)
    assert len(report.costs) == how.get("steps", 200)


# --- the report ------------------------------------------------------------------------------------------------------


def test_a_report_prints_as_text_on_a_terminal_and_in_a_notebook():
    *given, how = symmetric_units(0)
    report = checked(*given, **how)
    text = str(report)
    assert "symmetric units" in text and "layer 1" in text and "All 8 units" in text
    assert f"{len(report)} finding" in text and "in 60 steps the cost went from" in text
    assert all(len(line) <= 110 for line in text.splitlines())
    shown = io.StringIO()
    Console(file=shown, width=120, force_terminal=True).print(report)
    assert "\x1b[" in shown.getvalue() and "symmetric units" in shown.getvalue()
    page = report._repr_html_()
    assert "<table>" in page and "<td>symmetric units</td>" in page
    assert report.problems[0] == "symmetric units" and bool(report) and not report.ok


def test_the_range_test_is_plotted():
    pytest.importorskip("matplotlib")
    *given, how = too_low(0)
    report = checked(*given, **how)
    left, right = report.plot().axes
    assert [line.get_label() for line in left.lines] == ["cost", "validation cost"]
    assert right.get_xscale() == "log" and len(right.lines[0].get_xdata()) == len(report.rates.rates) > 10
    assert report.rates.plot().axes[0].get_xlabel() == "learning rate"
    assert report.rates.best > 100 * report.rates.lr


def test_a_healthy_report_says_so():
    *given, _ = healthy_moons(0)
    report = checked(*given, steps=30, validation=None)
    assert str(report).startswith("no finding; in 30 steps the cost went from")
    assert "<table>" not in report._repr_html_() and report.validation == ()


def test_the_same_seed_gives_the_same_report():
    *given, how = healthy_digits(0)
    how = {**how, "steps": 10}
    assert checked(*given, **how) == checked(*given, **how)


# --- what cannot be trained on is a finding, too ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "problem", "layer"),
    [
        (lambda X, Y: (X, 2 * Y - 1), "labels that do not fit the loss", "Y"),
        (lambda X, Y: (X, Y[0]), "labels that do not fit the loss", "Y"),
        (lambda X, Y: (X, np.full(Y.shape, "yes")), "labels that do not fit the loss", "Y"),
        (lambda X, Y: (X, np.vstack([Y, Y])), "labels that do not fit the loss", "Y"),
        (lambda X, Y: (X, 0 * Y), "labels that do not fit the loss", "Y"),
        (lambda X, Y: (X.T, Y), "data that cannot be trained on", "X"),
        (lambda X, Y: (X * np.nan, Y), "data that cannot be trained on", "X"),
        (lambda X, Y: (np.vstack([X, X]), Y), "data that cannot be trained on", "X"),
    ],
)
def test_data_that_do_not_fit_are_a_finding(change, problem, layer):
    model, X, Y, loss, optimizer, _ = healthy_moons(0)
    report = checked(model, *change(X, Y), loss, optimizer, steps=5)
    assert (report.findings[0].problem, report.findings[0].layer) == (problem, layer)
    assert report.findings[0].words.endswith(".") and report.findings[0].advice.endswith((".", ")"))


def test_logits_and_ranges_that_do_not_fit_are_found():
    model, X, Y, _, optimizer, _ = healthy_moons(0)
    report = checked(model, X, Y, "binary_cross_entropy_logits", optimizer, steps=20)
    assert "they are made twice" in report.findings[0].words
    report = checked(model, X, 3 * X[:1], "mse", optimizer, steps=20)
    assert report.findings[0].figures["high"] == 1.0 and report.findings[0].layer == "layer 2"


def test_a_rare_class_that_is_never_predicted_is_found():
    rng = np.random.default_rng(0)
    X, Y = rng.normal(size=(3, 300)), (rng.random((1, 300)) < 0.03).astype(float)
    model = mlp(3, 4, 1)
    report = checked(model, X, Y, "binary_cross_entropy", nn.optim.SGD(model.parameters(), lr=0.3))
    assert report.problems == ["constant predictions"] and report.findings[0].figures["class"] == 0


def test_integers_that_leak_are_found_without_derivatives():
    class Mixed(nn.Module):
        def forward(self, E):
            return E + E.mean(axis=-1, keepdims=True)

    rng = np.random.default_rng(0)
    X = rng.integers(0, 20, (5, 60))
    for more, leaks in ([Mixed()], True), ([], False):
        last = nn.Lambda(mean_over_time), nn.Linear(4, 1), nn.Sigmoid()
        model = nn.Sequential(nn.Embedding(20, 4), *more, *last)
        optimizer = nn.optim.Adam(model.parameters(), lr=0.03)
        report = checked(model, X, (X[:1] > 10).astype(float), "binary_cross_entropy", optimizer, steps=20)
        assert ("samples leak into each other" in report.problems) == leaks


def mean_over_time(E):
    return E.mean(axis=1)


def test_what_is_asked_for_is_checked():
    *given, _ = healthy_moons(0)
    for how in ({"steps": 0}, {"steps": None}, {"batch_size": "all"}):
        (name, number), *_ = how.items()
        with pytest.raises(ValueError, match=f"{name} must be an integer of at least 1, but got {number!r}"):
            checked(*given, **how)
    with pytest.raises(TypeError, match=r"optimizer must be one of nn\.optim"):
        nn.diagnose(*given[:3], loss=given[3], optimizer="adam")
