"""Trainer.step, which fit repeats; and training and evaluation, which fit switches between."""

import numpy as np
import pytest

import autograd as ag
import nn

X, Y = nn.datasets.xor(m=60)


def network(*extra):
    return nn.Sequential(nn.Linear(2, 8, seed=0), nn.Tanh(), *extra, nn.Linear(8, 1, seed=1), nn.Sigmoid())


def test_fit_is_a_loop_over_steps():
    one, other = network(), network()
    trainer = nn.train.Trainer(one, "binary_cross_entropy", nn.optim.Adam(one.parameters()), nn.accuracy)
    rng = np.random.default_rng(3)
    costs = [[trainer.step(batch) for batch in nn.data.batches(X, Y, 16, seed=rng)] for _ in range(3)]
    history = nn.fit(
        other,
        X,
        Y,
        loss="binary_cross_entropy",
        optimizer=nn.optim.Adam(other.parameters()),
        epochs=3,
        batch_size=16,
        seed=3,
        compile=False,
        progress=False,
    )
    assert history.cost == [sum(f.cost * f.m for f in steps) / 60 for steps in costs]
    for p, q in zip(one.parameters(), other.parameters(), strict=True):
        np.testing.assert_array_equal(p.data, q.data)


def test_a_step_that_goes_wrong_says_where():
    model = network()
    trainer = nn.train.Trainer(
        model, lambda A, Y: np.sum(A) * np.inf, nn.optim.SGD(model.parameters(), 1.0), nn.accuracy
    )
    trainer.begin(4)
    with pytest.raises(nn.TrainingError, match="Training stopped in epoch 4, batch 1") as stopped:
        trainer.step((X, Y))
    assert (stopped.value.epoch, stopped.value.batch) == (4, 1)


class Spy(nn.Module):
    """Keeps whether it was trained, at each call."""

    def __init__(self):
        self.seen = []

    def forward(self, A):
        self.seen.append((self.training, self.training and ag.Tensor(1.0).requires_grad))
        return A


@pytest.mark.parametrize("before", [True, False])
def test_fit_trains_tests_in_evaluation_and_leaves_the_model_as_it_was(before):
    spy = Spy()
    model = network(spy).train(before)
    nn.fit(
        model,
        X,
        Y,
        loss="mse",
        optimizer=nn.optim.SGD(model.parameters(), lr=0.1),
        epochs=2,
        validation=(X, Y),
        compile=False,
        progress=False,
    )
    assert [training for training, _ in spy.seen] == [True, False, True, False]
    assert all(module.training == before for module in model.modules())
    model.predict(X)
    assert spy.seen[-1][0] is False and model.training == before


def test_a_training_with_dropout_is_repeated_by_its_seed_to_the_last_bit():
    def trained(seed):
        model = network(nn.Dropout(keep_prob=0.7))
        optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
        history = nn.fit(
            model, X, Y, loss="mse", optimizer=optimizer, epochs=5, batch_size=16, seed=seed, progress=False
        )
        return history.cost, model.predict(X)

    (cost, A), (again, B), (other, _) = trained(1), trained(1), trained(2)
    assert cost == again != other
    np.testing.assert_array_equal(A, B)


def test_an_error_in_training_leaves_the_mode_as_it_was():
    model = network().eval()
    with pytest.raises(nn.TrainingError):
        nn.fit(
            model,
            X,
            Y,
            loss=lambda A, Y: np.sum(A) * np.nan,
            optimizer=nn.optim.SGD(model.parameters(), lr=0.1),
            epochs=2,
            progress=False,
        )
    assert not model.training


class Pair(nn.Module):
    """A network of two inputs."""

    def __init__(self):
        self.one, self.other = nn.Linear(2, 1, seed=0), nn.Linear(3, 1, seed=1)
        self.out = nn.Sigmoid()

    def forward(self, X1, X2):
        return self.out(self.one(X1) + self.other(X2))


class Joined(Pair):
    """The same of one input, in which both stand below one another."""

    def forward(self, X):
        return super().forward(X[:2], X[2:])


@pytest.mark.parametrize("batch_size", [None, 16])
def test_a_model_of_several_inputs_is_trained_as_one_of_a_single_input(batch_size):
    more = np.random.default_rng(0).standard_normal((3, 60))
    found = []
    for model, data in ((Pair(), (X, more)), (Joined(), np.vstack([X, more]))):
        X_train, Y_train, X_test, Y_test = nn.data.split(data, Y, test=0.25)
        optimizer = nn.optim.Adam(model.parameters(), lr=0.05)
        history = nn.fit(
            model,
            X_train,
            Y_train,
            loss="binary_cross_entropy",
            optimizer=optimizer,
            epochs=5,
            batch_size=batch_size,
            validation=(X_test, Y_test),
            progress=False,
        )
        figures = nn.train.Trainer(model, "binary_cross_entropy", optimizer).test((X_test, Y_test))
        found.append((history.cost, history.validation_cost, figures, model.predict(X_test)))
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ((X, X[:, :7]), r"X\[1\] has shape \(2, 7\) and Y has shape \(1, 60\)"),
        ((X, X[0]), r"X\[1\] has shape \(60,\), but samples are columns"),
        ((X * np.nan, X), r"X\[0\], shape \(2, 60\), has NaN or infinity"),
        ((X, "text"), r"X\[1\] has dtype"),
    ],
    ids=["columns", "rank 1", "nan", "text"],
)
def test_each_of_several_inputs_is_checked(inputs, words):
    model = Pair()
    with pytest.raises((ag.ShapeError, ag.DataError), match=words):
        nn.fit(model, inputs, Y, loss="mse", optimizer=nn.optim.SGD(model.parameters(), 0.1), progress=False)


def trainer_of(model, loss="binary_cross_entropy", metric=None):
    return nn.train.Trainer(model, loss, nn.optim.SGD(model.parameters(), lr=0.1), metric)


def test_a_trainer_refuses_what_it_cannot_use():
    model = network()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    for optimizer_given in (None, "adam", nn.optim.SGD):
        with pytest.raises(TypeError, match="optimizer must be one of nn"):
            nn.train.Trainer(model, "mse", optimizer_given)
        with pytest.raises(TypeError, match="optimizer must be one of nn"):
            nn.fit(model, X, Y, loss="mse", optimizer=optimizer_given)
    for model_given in (lambda X: X, None, nn.Linear):
        with pytest.raises(TypeError, match=r"model must be an nn\.Module, but got"):
            nn.train.Trainer(model_given, "mse", optimizer)
        with pytest.raises(TypeError, match=r"model must be an nn\.Module, but got"):
            nn.fit(model_given, X, Y, loss="mse", optimizer=optimizer)
    with pytest.raises(TypeError, match="metric must be a function"):
        nn.train.Trainer(model, "mse", optimizer, 3)
    with pytest.raises(ValueError, match="There is no metric 'accurate'; known: accuracy, precision"):
        nn.train.Trainer(model, "mse", optimizer, "accurate")


@pytest.mark.parametrize("batch", [None, X, (X,), (X, Y, Y), "XY"], ids=["none", "array", "one", "three", "text"])
def test_a_batch_is_a_pair(batch):
    trainer = trainer_of(network())
    for run in (trainer.step, trainer.test):
        with pytest.raises(TypeError, match=r"A batch must be a pair \(X, Y\) of arrays"):
            run(batch)


def test_a_batch_may_be_of_lists_and_the_metric_be_left_out():
    one, other = network(), network()
    assert trainer_of(one).step((X.tolist(), Y.tolist())) == trainer_of(other, metric=nn.accuracy).step([X, Y])


BROKEN = {
    "X": (lambda X, Y: (X * np.nan, Y), r"X, shape \(2, 60\), has NaN or infinity in 120 of its 120 values"),
    "one of X": (lambda X, Y: (np.where(np.arange(60) == 3, np.inf, X), Y), r"first in X\[0, 3\] = inf"),
    "Y": (lambda X, Y: (X, np.where(np.arange(60) == 3, np.nan, Y)), r"Y, shape \(1, 60\), has NaN .* in 1 of its 60"),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("steps", [0, 1, 3])
@pytest.mark.parametrize(
    "loss", ["binary_cross_entropy", "mse", lambda A, Y: np.mean((A - Y) ** 2)], ids=["bce", "mse", "own"]
)
def test_a_cost_is_not_finite_because_of_data_that_are_not(broken, steps, loss):
    change, words = BROKEN[broken]
    trainer = trainer_of(network(), loss)
    for _ in range(steps):
        trainer.step((X, Y))
    with pytest.raises(nn.TrainingError, match=words) as stopped:
        trainer.step(change(X, Y))
    assert "learning rate" not in str(stopped.value)


def test_a_step_refuses_targets_of_another_kind():
    for loss in ("binary_cross_entropy", nn.losses.binary_cross_entropy):
        for run in ("step", "test"):
            trainer = trainer_of(network(), loss)
            before = trainer.model.state_dict()
            with pytest.raises(
                ag.DataError, match=r"needs targets between 0 and 1, but got -1 to 1. .* \(Y \+ 1\) / 2"
            ):
                getattr(trainer, run)((X, 2 * Y - 1))
            assert all(np.array_equal(before[name], x) for name, x in trainer.model.state_dict().items())
