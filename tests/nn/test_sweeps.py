"""nn.sweep: the same runs whoever makes them, and none twice."""

import json
import math
import os
import signal
import time

import distributed
import numpy as np
import optuna
import pytest
import scipy.stats

import autograd as ag
import nn
from nn.sweeps.job import in_folds
from nn.sweeps.results import Run, Sweep

X, Y = nn.datasets.xor(m=60)
GRID = {"hidden": [1, 6], "act": [nn.Tanh, nn.ReLU], "lr": [0.001, 0.1]}


def build(hidden, lr, act=nn.Tanh):
    model = nn.Sequential(nn.Linear(2, hidden), act(), nn.Dropout(0.9), nn.Linear(hidden, 1), nn.Sigmoid())
    return model, nn.optim.Adam(model.parameters(), lr=lr)


def swept(build=build, X=X, Y=Y, **options):
    given = {"loss": "binary_cross_entropy", "epochs": 25, "folds": 2, "progress": False, "compile": False}
    return nn.sweep(build, X, Y, **{**given, **options})


def what(sweep):
    """All of a sweep but the time that it took."""
    return [(run.number, run.settings, run.seed, run.scores, run.cost, run.epochs) for run in sweep]


@pytest.fixture(scope="module")
def alone():
    return swept(grid=GRID)


def test_runs_are_sorted_by_their_score_on_what_they_have_not_seen(alone):
    assert len(alone) == 8
    scores = [run.score for run in alone]
    assert scores == sorted(scores, reverse=True)
    assert alone.best["lr"] == 0.1
    assert len({run.seed for run in alone}) == 8
    assert all(run.score == pytest.approx(np.mean(run.scores)) and run.epochs == 50 for run in alone)
    columns = alone.to_dict()
    assert columns["hidden"][0] == alone.best["hidden"]
    assert {len(column) for column in columns.values()} == {8}


def test_a_run_is_what_fit_gives_for_its_seed(alone):
    run = alone[0]
    (training, tested), _ = in_folds(Y, 2, seed=0)
    with nn.init.seeded(run.seed):
        model, optimizer = build(**run.settings)
    nn.fit(
        model,
        X[:, training],
        Y[:, training],
        loss="binary_cross_entropy",
        optimizer=optimizer,
        epochs=25,
        seed=run.seed,
        progress=False,
    )
    assert nn.accuracy(model.predict(X[:, tested]), Y[:, tested]) == run.scores[0]


def test_processes_make_the_same_runs(alone):
    assert what(swept(grid=GRID, workers=2)) == what(alone)


def test_workers_of_a_cluster_make_the_same_runs(alone):
    with (
        distributed.LocalCluster(
            n_workers=1, processes=False, protocol="tcp://", dashboard_address=":0", host="127.0.0.1", silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        few = swept(grid={**GRID, "hidden": [1]}, client=client)
    assert what(few) == what(swept(grid={**GRID, "hidden": [1]}))


def test_a_sweep_that_was_interrupted_makes_what_is_missing(alone, tmp_path):
    path, made = tmp_path / "sweep.json", []

    def interrupted(hidden, lr, act):
        made.append(hidden)
        if len(made) == 8 and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.raise_signal(signal.SIGINT)
        return build(hidden, lr, act)

    first = swept(interrupted, grid=GRID, path=path)
    assert first.interrupted
    assert len(first) == 3
    assert "interrupted" in repr(first)
    whole = swept(interrupted, grid=GRID, path=path)
    assert what(whole) == what(alone)
    assert len(made) == 8 + 2 * 5
    again = swept(interrupted, grid=GRID, path=path)
    assert what(again) == what(alone)
    assert len(made) == 18  # nothing is made again


def test_a_file_of_another_sweep_is_refused(tmp_path):
    path = tmp_path / "sweep.json"
    few = {"lr": [0.1], "hidden": [1]}
    swept(grid=few, path=path, epochs=2)
    others = {
        "options": {"epochs": 3},
        "seed": {"seed": 1},
        "folds": {"folds": 3},
        "space": {"grid": {"hidden": [1], "lr": [0.1]}},  # another order: other numbers
        "score": {"score": "f1"},
        "data": {"X": X + 1},
        "build": {"build": lambda hidden, lr: build(hidden, lr)},
    }
    for name, options in others.items():
        with pytest.raises(ag.DataError, match=f"the same sweep, but in .* {name} is"):
            swept(**{"grid": few, "path": path, "epochs": 2, **options})
    path.write_text("{}")
    with pytest.raises(ag.DataError, match=r"something else .*Give another path"):
        swept(grid=few, path=path)


def test_what_is_drawn_depends_on_seed_and_number_only():
    space = {
        "hidden": nn.sweeps.Integers(1, 8, log=True),
        "lr": nn.sweeps.LogUniform(1e-3, 1e-1),
        "act": [nn.Tanh, nn.ReLU],
        "batch_size": scipy.stats.randint(10, 20),
    }
    few = swept(sample=space, trials=2, epochs=2)
    more = swept(sample=space, trials=4, epochs=2)
    by_number = {run.number: what([run]) for run in more}
    assert all(by_number[run.number] == what([run]) for run in few)
    assert len({run.settings["lr"] for run in more}) == 4


@pytest.mark.parametrize(
    "values",
    [
        nn.sweeps.Uniform(-1, 2),
        nn.sweeps.LogUniform(0.1, 10),
        nn.sweeps.Integers(1, 3),
        nn.sweeps.Integers(1, 9, log=True),
    ],
    ids=repr,
)
def test_values_lie_in_their_range_and_reach_both_ends(values):
    rng = np.random.default_rng(0)
    drawn = [values.draw(rng) for _ in range(500)]
    assert values.low <= min(drawn) <= max(drawn) <= values.high
    assert all(values.load(json.loads(json.dumps(values.dump(x)))) == x for x in drawn)
    if isinstance(values, nn.sweeps.Integers):
        assert set(drawn) == set(range(values.low, values.high + 1))
    else:
        reach = values.high - values.low
        assert min(drawn) < values.low + 0.05 * reach
        assert max(drawn) > values.high - 0.15 * reach


def test_optuna_suggests_and_goes_on(tmp_path):
    space = {"hidden": [2, 6], "lr": nn.sweeps.LogUniform(1e-3, 1e-1)}
    options = {"sample": space, "epochs": 3, "path": tmp_path / "sweep.json"}
    first = swept(**options, trials=3, sampler=optuna.samplers.TPESampler(seed=0))
    more = swept(**options, trials=5, sampler=optuna.samplers.TPESampler(seed=0))
    assert {run.number: what([run]) for run in more}.items() >= {run.number: what([run]) for run in first}.items()
    whole = swept(sample=space, epochs=3, trials=5, sampler=optuna.samplers.TPESampler(seed=0))
    assert what(more) == what(whole)


def test_a_training_that_fails_is_a_run_that_failed():
    sweep = swept(grid={"hidden": [3], "lr": [1e300, 0.05]})
    assert [run.error is None for run in sweep] == [True, False]
    assert math.isnan(sweep[1].score)
    assert "learning rate" in sweep[1].error
    assert "failed" in repr(sweep)
    with pytest.raises(ValueError, match="no best run"):
        _ = Sweep([sweep[1]], "accuracy", True).best


def test_quantities_are_judged_by_their_cost_and_validation_data_by_themselves():
    x = np.linspace(-1, 1, 40).reshape(1, -1)

    def line(lr):
        model = nn.Linear(1, 1)
        return model, nn.optim.SGD(model.parameters(), lr=lr)

    for options in ({"folds": 2}, {"validation": (x, 2 * x)}, {"validation": 0.25}):
        sweep = nn.sweep(line, x, 2 * x, grid={"lr": [1e-4, 0.3]}, loss="mse", epochs=20, progress=False, **options)
        assert (sweep.score_name, sweep.higher, sweep.best) == ("cost", False, {"lr": 0.3})
        assert sweep[0].score == sweep[0].cost < 0.01
    assert len(sweep[0].scores) == 1


def test_settings_go_to_whoever_takes_them():
    seen = []

    def noted(lr, seed, **others):
        seen.append((lr, seed, others))
        return build(2, lr)

    sweep = swept(noted, grid={"lr": [0.1], "depth": [3]}, folds=2)
    assert seen == [(0.1, sweep[0].seed, {"depth": 3})] * 2
    sweep = swept(grid={"hidden": [2], "lr": [0.1], "epochs": [1, 4]})
    assert sorted((run.settings["epochs"], run.epochs) for run in sweep) == [(1, 2), (4, 8)]
    assert sweep[0].settings["hidden"] == 2
    early = swept(grid={"hidden": [2], "lr": [0.3]}, patience=1, epochs=200)
    assert early[0].epochs < 400
    with pytest.raises(RuntimeError, match="mine") as raised:
        swept(lambda lr: (_ for _ in ()).throw(RuntimeError("mine")), grid={"lr": [0.1]})
    assert raised.value.__notes__ == ["in run 0 of the sweep: lr=0.1"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "either grid= or sample="),
        ({"grid": {"lr": [1]}, "sample": {"lr": [1]}}, "either grid= or sample="),
        ({"grid": {"lr": [0.1]}}, "values for 'hidden', which build takes"),
        ({"grid": {"lr": [0.1], "hidden": [1], "depth": [2]}}, r"take the setting 'depth'.*def build\("),
        ({"grid": {"lr": 0.1, "hidden": [1]}}, r"grid needs for lr a list of values, but got 0.1"),
        ({"grid": {"lr": nn.sweeps.Uniform(0, 1), "hidden": [1]}}, "To draw values: sample="),
        ({"grid": [1]}, "grid must be a dict"),
        ({"grid": {"lr": [], "hidden": [1]}}, "at least one value"),
        ({"grid": GRID, "folds": 1}, "folds must be an integer of at least 2"),
        ({"grid": GRID, "folds": 100}, "at most the number of samples, 60"),
        ({"grid": GRID, "folds": 2, "validation": 0.2}, "either folds= or validation="),
        ({"grid": GRID, "workers": 0}, "workers must be an integer of at least 1"),
        ({"grid": GRID, "optimizer": "adam"}, "'optimizer' cannot be one of them"),
        ({"grid": GRID, "sampler": "tpe"}, "sampler must be one of optuna.samplers"),
        ({"build": lambda lr: "model", "grid": {"lr": [1]}}, "build must return a model"),
    ],
)
def test_what_cannot_be_is_answered_in_words(options, words):
    with pytest.raises((TypeError, ValueError), match=words):
        swept(**options)


@pytest.mark.parametrize("bad", [(1, 0), ("a", 1), (0, math.inf)])
def test_ranges_that_are_none_are_refused(bad):
    with pytest.raises(ValueError, match="Uniform needs numbers low <= high"):
        nn.sweeps.Uniform(*bad)
    with pytest.raises(ValueError, match="needs positive numbers"):
        nn.sweeps.LogUniform(0, 1)


def test_folds_hold_each_column_once_and_each_class_evenly():
    rng = np.random.default_rng(2)
    labels = rng.permutation(np.repeat([0, 1, 2], [50, 25, 10]))
    for Y in ((labels == 1)[None].astype(float), nn.data.one_hot(labels, 3), rng.random((1, 85))):
        found = in_folds(Y, 5, seed=3)
        assert sorted(np.concatenate([tested for _, tested in found])) == list(range(85))
        for training, tested in found:
            assert sorted([*training, *tested]) == list(range(85))
            if (Y.round() == Y).all():
                np.testing.assert_allclose(Y[:, tested].mean(axis=1), Y.mean(axis=1), atol=0.07)


def test_a_build_may_seed_by_itself():
    def seeding(lr):
        nn.init.seed(7)
        return build(4, lr)

    before = nn.init.generator(None).bit_generator.state
    sweep = swept(seeding, grid={"lr": [0.05, 0.05]})
    assert nn.init.generator(None).bit_generator.state == before
    assert len({seeding(0.1)[0][0].W.data[0, 0], seeding(0.1)[0][0].W.data[0, 0]}) == len(sweep) - 1 == 1


def test_a_process_that_dies_is_told_of():
    with pytest.raises(RuntimeError, match=r"ended while it made a run \(hidden=1"):
        swept(lambda hidden: os.kill(os.getpid(), signal.SIGKILL), grid={"hidden": [1]}, workers=2)


def test_the_table_and_the_picture_show_all_runs():
    runs = [
        Run(i, {"lr": lr, "act": act}, i, score=s, scores=(s, s))
        for i, (lr, act, s) in enumerate([(0.001, "a<b", 0.5), (0.1, "c", 0.75), (1.0, "c", 0.25)])
    ]
    space = {"lr": nn.sweeps.LogUniform(0.001, 1), "act": nn.sweeps.Choice(["a<b", "c"])}
    sweep = Sweep(runs, "accuracy", True, space)
    assert [line.split()[:3] for line in repr(sweep).splitlines()] == [
        ["lr", "act", "accuracy"],
        ["0.1", "c", "0.75"],
        ["0.001", "a<b", "0.5"],
        ["1", "c", "0.25"],
    ]
    assert "<td>a&lt;b</td>" in sweep._repr_html_()
    axes = sweep.plot().axes[0]
    lines = [line.get_ydata() for line in axes.lines if len(line.get_xdata()) == 3]
    np.testing.assert_allclose(lines[-1], [2 / 3, 1, 1])  # the best is on top
    assert [t.get_text() for t in axes.get_xticklabels()] == ["lr", "act", "accuracy"]


def test_the_time_of_a_run_is_noted(alone):
    start = time.perf_counter()
    run = swept(grid={"hidden": [1], "lr": [0.1]})[0]
    assert 0 < run.seconds < time.perf_counter() - start


def test_a_model_that_an_earlier_run_has_trained_is_refused():
    model = build(2, 0.1)[0]
    first = model.state_dict()

    def made_before(lr):
        return model, nn.optim.Adam(model.parameters(), lr=lr)

    def set_back(lr):
        model.load_state_dict(first)
        return made_before(lr)

    with pytest.raises(ValueError, match="build must return a new model each time"):
        swept(made_before, grid={"lr": [0.1]}, epochs=2)
    one, two = (swept(set_back, grid={"lr": [0.1, 0.1]}, epochs=2) for _ in range(2))
    assert what(one) == what(two) and not one.runs[0].error
