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
