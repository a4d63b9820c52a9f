"""What nn.fit takes beside data, a loss and an optimizer: validation, early stopping, schedules, callbacks, weights,
metrics; and what it says of how it went."""

import json
import sys
import types

import numpy as np
import pytest

import autograd as ag
import nn
from nn.train import progress

X, Y = nn.datasets.moons(m=80, seed=1)


def network(*extra, last=nn.Sigmoid):
    return nn.Sequential(nn.Linear(2, 6, seed=3), nn.Tanh(), *extra, nn.Linear(6, 1, seed=4), last())


def fit(model=None, X=X, Y=Y, lr=0.05, epochs=8, loss="binary_cross_entropy", **how):
    model = network() if model is None else model
    how["optimizer"] = how.get("optimizer") or nn.optim.Adam(model.parameters(), lr=lr)
    return nn.fit(model, X, Y, loss=loss, epochs=epochs, progress=False, **how), model


# --- validation -------------------------------------------------------------------------------------------------------


def test_a_share_of_the_samples_is_set_aside_by_the_seed():
    seen = []

    class Spy(nn.Module):
        def forward(self, X):
            seen.append((self.training, np.array(X.data if isinstance(X, ag.Tensor) else X)))
            return X

    fit(nn.Sequential(Spy(), *network().layers), validation=0.25, epochs=1, seed=5, compile=False)
    (_, trained), (_, tested) = seen
    assert (trained.shape, tested.shape) == ((2, 60), (2, 20))
    both = np.concatenate([trained, tested], axis=1)
    assert sorted(map(tuple, both.T)) == sorted(map(tuple, X.T))
    seen.clear()
    fit(nn.Sequential(Spy(), *network().layers), validation=0.25, epochs=1, seed=5, compile=False)
    assert np.array_equal(seen[1][1], tested)


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.2, True, "0.2", float("nan")])
def test_a_share_lies_between_0_and_1(share):
    with pytest.raises(TypeError, match=r"validation must be a pair .* or a share of the samples between 0 and 1"):
        fit(validation=share)


# --- early stopping ---------------------------------------------------------------------------------------------------


class Walk:
    """A schedule that lets the cost fall, and then rise."""

    def rate(self, epoch, base, costs):
        return base if epoch < 4 else 100 * base


@pytest.mark.parametrize("held_out", [True, False])
@pytest.mark.parametrize("compile", [True, False])
def test_early_stopping_restores_the_best(held_out, compile):
    kept = []

    def keep(trainer, history):
        kept.append(([p.data for p in trainer.model.parameters()], history.judged[-1]))

    model = network()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.5)
    validation = (X, Y) if held_out else None
    how = {
        "loss": "mse",
        "optimizer": optimizer,
        "schedule": Walk(),
        "callbacks": keep,
        "validation": validation,
        "compile": compile,
    }
    history, _ = fit(model, epochs=40, patience=3, **how)
    costs = [cost for _, cost in kept]
    best = int(np.argmin(costs))
    assert history.best_epoch == best + 1 and len(costs) == best + 4
    assert history.stopped == f"stopped after epoch {best + 4}: no lower cost for 3 epochs"
    for p, value in zip(model.parameters(), kept[best][0], strict=True):
        np.testing.assert_array_equal(p.data, value)


def test_the_best_is_restored_where_no_epoch_is_left_and_patience_was_not_lost():
    history, _ = fit(epochs=5, patience=10)
    assert history.stopped is None and history.best_epoch == int(np.argmin(history.cost)) + 1


def test_early_stopping_restores_buffers_too():
    class Counting(nn.Module):
        def __init__(self):
            self.count = nn.Buffer(0.0, name="count")

        def forward(self, X):
            if self.training:
                self.count.update(self.count.value + 1)
            return X

    counting = Counting()
    model = nn.Sequential(counting, *network().layers)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.5)
    history, _ = fit(model, optimizer=optimizer, epochs=40, patience=2, schedule=Walk(), validation=(X, Y))
    assert history.stopped and float(counting.count.value) == history.best_epoch


@pytest.mark.parametrize("patience", [0, -1, 1.5, True, "3"])
def test_patience_is_a_number_of_epochs(patience):
    with pytest.raises(ValueError, match="patience must be an integer of at least 1"):
        fit(patience=patience)


# --- schedules and callbacks ------------------------------------------------------------------------------------------


def test_a_schedule_sets_the_rate_of_each_epoch_by_the_costs_before():
    asked, rates = [], []

    class Halving:
        def rate(self, epoch, base, costs):
            asked.append((epoch, base, len(costs)))
            return base / 2**epoch

    model = network()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.8)
    fit(
        model,
        optimizer=optimizer,
        schedule=Halving(),
        epochs=3,
        validation=(X, Y),
        callbacks=[lambda trainer, history: rates.append(trainer.optimizer.lr)],
    )
    assert asked == [(0, 0.8, 0), (1, 0.8, 1), (2, 0.8, 2)]
    assert rates == [0.8, 0.4, 0.2] and optimizer.lr == 0.8


def test_what_is_no_schedule_or_callback_is_refused():
    with pytest.raises(TypeError, match=r"schedule must be one of nn\.schedules, or have a method rate"):
        fit(schedule=0.9)
    with pytest.raises(TypeError, match=r"A callback must be a function \(trainer, history\), but got 3"):
        fit(callbacks=[3])
    with pytest.raises(TypeError, match=r"A callback must be a function \(trainer, history\), but got 3"):
        fit(callbacks=3)
    with pytest.raises(TypeError, match=r"schedule must be one of .*, but got <class 'nn\.schedules\.Cosine'>"):
        fit(schedule=nn.schedules.Cosine)


def test_callbacks_follow_each_epoch_and_one_that_returns_true_ends_the_training():
    seen = []

    def watch(trainer, history):
        seen.append((trainer.epoch, history.epochs, trainer.model is model))

    def enough(trainer, history):
        return history.epochs == 3

    model = network()
    history, _ = fit(model, callbacks=[watch, enough])
    assert seen == [(1, 1, True), (2, 2, True), (3, 3, True)]
    assert history.stopped == "stopped after epoch 3: by enough" and len(history.cost) == 3


def test_numpys_warnings_are_as_usual_in_a_callback():
    seen = []
    with np.errstate(divide="raise", over="warn"):
        fit(epochs=1, callbacks=lambda trainer, history: seen.append(np.geterr()))
    assert (seen[0]["divide"], seen[0]["over"]) == ("raise", "warn")


# --- metrics ----------------------------------------------------------------------------------------------------------


def test_metrics_by_name_are_those_of_all_columns_of_an_epoch():
    def share(A, Y):
        return np.mean(A)

    names = ["precision", "recall", "f1", "auc", "confusion_matrix"]
    model = network()
    history, _ = fit(
        model,
        epochs=3,
        batch_size=16,
        metrics=[*names, share],
        validation=(X, Y),
        optimizer=nn.optim.SGD(model.parameters(), lr=1e-12),
    )
    A = model.predict(X)
    for name in names:
        expected = getattr(nn.metrics, name)(A, Y)
        np.testing.assert_allclose(history.metrics[name][-1], expected, rtol=1e-9)
        np.testing.assert_allclose(getattr(history, f"validation_{name}")[-1], expected, rtol=1e-9)
    assert len(history.f1) == 3 and history.share[0] == pytest.approx(A.mean(), rel=1e-6)
    assert history.confusion_matrix[0].sum() == 80
    with pytest.raises(AttributeError, match="has no figures 'recal'; it has cost, accuracy, precision, recall"):
        history.recal  # noqa: B018


def test_metric_takes_the_place_of_accuracy():
    history, _ = fit(epochs=2, metric="f1", metrics="auc")
    assert len(history.accuracy) == 2 and list(history.metrics) == ["auc"]


def test_metrics_that_are_not_known_or_not_told_apart_are_refused():
    with pytest.raises(ValueError, match="There is no metric 'f2'; known: accuracy, precision, recall, f1, auc"):
        fit(metrics=["f2"])
    with pytest.raises(ValueError, match="a name for each, but got f1, f1"):
        fit(metrics=["f1", nn.metrics.f1])
    with pytest.raises(ValueError, match="metric= takes the place of accuracy, which metrics= names, too"):
        fit(metric="f1", metrics=["accuracy"])


def test_an_accuracy_of_the_users_own_is_that_of_the_history():
    def accuracy(A, Y):
        return 0.125

    history, _ = fit(epochs=2, metrics=[accuracy], validation=0.2)
    assert history.accuracy == history.validation_accuracy == [0.125, 0.125]


def test_a_regression_has_no_accuracy():
    model = nn.Sequential(nn.Linear(2, 1, seed=0))
    history, _ = fit(model, Y=X[:1] * 3, loss="mse", epochs=2, validation=0.2)
    assert history.accuracy == history.validation_accuracy == []
    assert "accuracy" not in repr(history) and "accuracy" not in progress.figures(history)
    with pytest.raises(ag.DataError, match="The metric auc needs targets that are classes, but got quantities"):
        fit(model, Y=X[:1] * 3, loss="mse", metrics=["auc"])


# --- weights ----------------------------------------------------------------------------------------------------------


def weighted(A, Y, weights=1.0):
    return np.mean(weights * np.sum((A - Y) ** 2, axis=0))


@pytest.mark.parametrize("batch_size", [None, 16])
@pytest.mark.parametrize("compile", [True, False])
def test_sample_weights_follow_their_columns(batch_size, compile):
    """A column of weight 2 counts as much as two of weight 1."""
    counts = np.where(np.arange(80) % 3 == 0, 2.0, 1.0)
    model = network()
    optimizer = nn.optim.SGD(model.parameters(), lr=1e-12)
    history, _ = fit(
        model,
        loss=weighted,
        optimizer=optimizer,
        epochs=1,
        batch_size=batch_size,
        sample_weights=counts,
        compile=compile,
    )
    losses = np.sum((model.predict(X) - Y) ** 2, axis=0)
    assert history.cost[0] == pytest.approx(np.mean(counts * losses), rel=1e-9)


@pytest.mark.parametrize("loss", ["cross_entropy", "cross_entropy_logits"])
@pytest.mark.parametrize("how", [{}, {"batch_size": 16}, {"class_weights": "balanced", "validation": 0.25}], ids=str)
@pytest.mark.parametrize("compile", [True, False])
def test_class_numbers_are_targets_too(loss, how, compile):
    numbers, found = np.arange(80) % 3, []
    for targets in (nn.data.one_hot(numbers, 3), numbers, numbers.reshape(1, -1)):
        layers = [nn.Linear(2, 3, seed=0), *([nn.Softmax()] if loss == "cross_entropy" else [])]
        history, model = fit(nn.Sequential(*layers), Y=targets, loss=loss, metrics="f1", compile=compile, **how)
        assert history.compiled is compile
        found.append((history.curves(), model.predict_classes(X)))
    for curves, classes in found[1:]:
        assert curves == found[0][0] and np.array_equal(classes, found[0][1])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("balanced", [80 / (2 * 20), 80 / (2 * 60)]),
        ({1: 3.0}, [1.0, 3.0]),
        ([0.5, 2.0], [0.5, 2.0]),
        (np.array([0.5, 2.0]), [0.5, 2.0]),
    ],
    ids=["balanced", "dict", "list", "array"],
)
def test_class_weights_become_those_of_the_columns(given, expected):
    labels = (np.arange(80) >= 20).astype(int)
    for targets in (labels.reshape(1, -1).astype(float), nn.data.one_hot(labels, 2)):
        found = nn.train.weights.column_weights(targets, given, None)
        np.testing.assert_allclose(found, np.array(expected)[labels])
    both = nn.train.weights.column_weights(targets, given, np.full(80, 2.0))
    np.testing.assert_allclose(both, 2 * np.array(expected)[labels])


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ({"sample_weights": np.ones(79)}, ag.ShapeError, r"a number for each of the 80 columns, shape \(80,\), but"),
        ({"sample_weights": -np.ones(80)}, ag.DataError, "of at least 0"),
        ({"sample_weights": np.full(80, np.nan)}, ag.DataError, "finite numbers"),
        ({"sample_weights": np.zeros(80)}, ag.DataError, "all 0"),
        ({"class_weights": {2: 1.0}}, ValueError, "must be of the classes 0 to 1, but got one of 2"),
        ({"class_weights": [1.0, 2.0, 3.0]}, ValueError, "one number for each of the 2 classes"),
        ({"class_weights": [1.0, -2.0]}, ag.DataError, "at least 0"),
        ({"class_weights": "even"}, ValueError, 'a dict, a list or "balanced"'),
        ({"class_weights": "balanced", "Y": X, "loss": "mse"}, ag.DataError, "targets of one class each"),
        (
            {"sample_weights": np.ones(80), "loss": lambda A, Y: np.mean((A - Y) ** 2)},
            TypeError,
            "no argument called w",
        ),
    ],
    ids=["length", "negative", "nan", "zero", "unknown", "too many", "negative class", "word", "quantities", "own"],
)
def test_weights_that_do_not_fit_are_refused(how, error, said):
    with pytest.raises(error, match=said):
        fit(**how)


# --- what is said -----------------------------------------------------------------------------------------------------


def test_a_history_is_readable_and_can_be_written_as_json():
    history, _ = fit(epochs=3, metrics=["f1", "confusion_matrix"], validation=0.25)
    assert repr(history).startswith("History of 3 epochs: cost 0.")
    assert "validation f1" in repr(history) and repr(history).endswith("; compiled as NumPy")
    again = json.loads(json.dumps(history.to_dict()))
    assert again["cost"] == history.cost and again["metrics"]["f1"] == history.f1
    assert again["metrics"]["confusion_matrix"][0] == history.confusion_matrix[0].tolist()
    assert "def step(W1, b1, W2, b2, state, lr, X, Y):" in again["source"]


def test_a_plot_has_axes_for_each_metric():
    pytest.importorskip("matplotlib")
    history, _ = fit(epochs=3, metrics=["f1", "confusion_matrix"], validation=0.25, patience=5)
    axes = history.plot().axes
    assert [a.get_ylabel() for a in axes] == ["cost", "accuracy", "f1"]
    assert [line.get_label() for line in axes[2].lines] == ["f1", "validation f1"]


class Clock:
    """A clock that goes on by a step of its own at each look."""

    def __init__(self, tick):
        self.now, self.tick = 0.0, tick

    def __call__(self):
        self.now += self.tick
        return self.now


def test_progress_shows_figures_rate_and_what_is_left(monkeypatch):
    monkeypatch.setattr(progress.time, "perf_counter", Clock(0.25))
    bar = progress.Progress(10, 4)
    for _ in range(8):
        bar.step()
    bar.end_epoch(nn.History(cost=[0.7, 0.5]))
    assert (bar.epoch, bar.taken) == (2, 8)
    assert bar.words == "cost 0.5000  3.6 steps/s  0:09 left"
    assert progress.Progress(10, 4, done=8).all == 8


@pytest.mark.parametrize("backend", ["c", "numpy", None])
def test_progress_shows_what_runs_the_steps_where_there_is_room(monkeypatch, backend):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    runs = {"c": "in C", "numpy": "in NumPy", None: "eager"}[backend]

    class Runs(nn.train.Source):
        compiled = backend is not None

    source = Runs()
    source.backend = backend
    monkeypatch.setattr(progress.time, "perf_counter", Clock(0.05))
    for width in range(40, 130, 3):
        monkeypatch.setenv("COLUMNS", str(width))
        with progress.Terminal(10, 4, source=source) as bar:
            assert runs not in bar.words  # before the first step nobody knows
            bar.step()
            bar.end_epoch(nn.History(cost=[0.5], accuracy=[0.5]))
            words, room = bar.words, width - len("epoch 10/10 ━━━━━━━━ ")
        figures, pace, left = "cost 0.5000  accuracy 50.0%", f" steps/s {runs}  ", "left"
        assert words.startswith(figures)
        assert words == figures if room < len(f"{figures}  0:00 left") else words.endswith(left)
        assert (" steps/s" in words) == (room >= len(f"{figures}  9.9 steps/s  0:00 left")), width
        assert (pace in words) == (room >= len(f"{figures}  9.9{pace}0:00 left")), width
        assert len(words) <= max(room, len(figures))


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_narrow_terminal_shows_which_epoch_it_is(monkeypatch, capsys, width):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(width))
    model = network()
    how = {"optimizer": nn.optim.SGD(model.parameters(), lr=0.1), "metrics": ["f1", "accuracy"], "validation": 0.25}
    nn.fit(model, X, Y, loss="binary_cross_entropy", epochs=12, **how)
    assert "epoch 12/12 " in capsys.readouterr().err


def test_the_terminals_bar_is_drawn_to_the_end(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    model = network()
    nn.fit(model, X, Y, loss="mse", optimizer=nn.optim.SGD(model.parameters(), lr=0.1), epochs=3)
    shown = capsys.readouterr()
    assert shown.out == "" and "epoch 3/3" in shown.err and "steps/s" in shown.err and "left" in shown.err


def test_in_a_notebook_one_output_is_replaced(monkeypatch):
    shown = []

    class Handle:
        def update(self, html):
            shown.append(html)

    def display(html, display_id):
        shown.append(html)
        return Handle()

    shell = type("ZMQInteractiveShell", (), {})
    python = types.SimpleNamespace(get_ipython=shell, display=types.SimpleNamespace(HTML=str, display=display))
    monkeypatch.setitem(sys.modules, "IPython", python)
    monkeypatch.setitem(sys.modules, "IPython.display", python.display)
    model = network()
    nn.fit(model, X, Y, loss="mse", optimizer=nn.optim.SGD(model.parameters(), lr=0.1), epochs=2)
    assert shown[0].startswith('<div><progress value="0" max="2"') and "epoch 2/2" in shown[-1]
    assert "cost 0." in shown[-1] and "left" in shown[-1]


def test_nothing_is_shown_where_nobody_looks(capsys):
    model = network()
    nn.fit(model, X, Y, loss="mse", optimizer=nn.optim.SGD(model.parameters(), lr=0.1), epochs=1)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("compile", ["auto", False])
def test_a_training_of_nothing_is_refused_in_words(compile):
    model = network()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    for p in model.parameters():
        p.requires_grad = False
    with pytest.raises(ag.GraphError, match="a parameter that can move, but all 4 of the optimizer are frozen"):
        fit(model, optimizer=optimizer, compile=compile)

    class Cut(nn.Module):
        def forward(self, A):
            return ag.Tensor(A.data, requires_grad=False)

    with pytest.raises(ag.GraphError, match="needs to depend on the parameters, but what mse returned is a constant"):
        fit(network(Cut(), last=Cut), loss="mse", compile=compile)


def test_data_in_a_file_are_trained_on_as_any_other(tmp_path):
    file = np.memmap(tmp_path / "X", dtype=float, mode="w+", shape=X.shape)
    file[:] = X
    for batch_size in (None, 16):
        (one, _), (other, _) = (fit(X=data, batch_size=batch_size) for data in (X, file))
        assert one.compiled and one.cost == other.cost
    with pytest.raises(ag.DataError, match="X is in a file, and both parts would be read whole"):
        fit(X=file, validation=0.2)
    k = 2 * X.shape[-1] // 3
    assert fit(X=file[:, :k], Y=Y[:, :k], validation=(file[:, k:], Y[:, k:]))[0].epochs


def test_a_last_batch_that_cannot_be_normalized_is_refused_before_the_first_step():
    model = nn.Sequential(
        nn.Linear(2, 3, seed=1), nn.BatchNorm(3), nn.Dropout(0.5, seed=2), nn.Linear(3, 1), nn.Sigmoid()
    )
    before = model.state_dict()

    def train(**how):
        optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
        return nn.fit(model, X[:, :9], Y[:, :9], loss="mse", optimizer=optimizer, epochs=1, progress=False, **how)

    with pytest.raises(ag.ShapeError, match=r"single column, of 9 in batches of 4: (.|\n)*Here: batch_size=5"):
        train(batch_size=4)
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, before[name])
    assert train(batch_size=5).epochs == train(batch_size=9).epochs == 1


def test_names_of_figures_and_metrics_of_others_are_answered():
    history = nn.History(cost=[0.5], accuracy=[0.5])
    for name, ours in {"loss": "cost", "val_loss": "validation_cost", "val_acc": "validation_accuracy"}.items():
        with pytest.raises(AttributeError, match=f"has no '{name}': here it is history.{ours}"):
            getattr(history, name)
    model = network()
    how = {"loss": "mse", "optimizer": nn.optim.SGD(model.parameters(), lr=0.1), "epochs": 1, "progress": False}
    with pytest.raises(ValueError, match=r"'mae' is a loss, .*: nn\.losses\.mae"):
        nn.fit(model, X, Y, metrics=["mae"], **how)
    assert nn.fit(model, X, Y, metrics=[nn.losses.mae], **how).mae[0] > 0
    with pytest.raises(ag.DataError, match=r"X is a list of 2 arrays.* are a tuple"):
        nn.fit(model, [X, X], Y, **how)
