"""Augment: what is drawn is new in each epoch, whoever computes, and the same from the same seed."""

import numpy as np
import pytest

import autograd as ag
import nn

X = np.random.default_rng(0).random((1, 4, 5, 12))
Y = np.tile([[0.0, 1.0]], 6)
HOW = {"flip": True, "shift": 1, "rotate": 20.0, "noise": 0.1}


class Seen(nn.Module):
    """Notes what a model is given, and passes it on."""

    def __init__(self, seen):
        self.seen = seen

    def forward(self, X):
        self.seen(np.array(X.data))
        return X


def network(*first, **how):
    return nn.Sequential(nn.Augment(**(how or HOW)), *first, nn.Flatten(), nn.Linear(20, 1, seed=0), nn.Sigmoid())


def fitted(model, epochs=4, **options):
    settings = {"batch_size": 5, "seed": 3, "progress": False} | options
    optimizer = nn.optim.Momentum(model.parameters(), lr=0.1)
    return nn.fit(model, X, Y, loss="binary_cross_entropy", optimizer=optimizer, epochs=epochs, **settings)


def state(model):
    return [p.data.tobytes() for p in model.parameters()]


@pytest.mark.parametrize("how", [{"flip": True}, {"shift": 2}, {"rotate": 30.0}, {"noise": 0.2}, HOW], ids=str)
@pytest.mark.parametrize("dtype", [float, np.float32])
def test_it_changes_images_as_augment_does(how, dtype):
    given = X.astype(dtype)
    changed = nn.Augment(**how, seed=7)(given)
    np.testing.assert_array_equal(changed, nn.data.augment(given, **how, seed=7))
    assert changed.dtype == dtype
    assert (changed != given).any()


def test_each_epoch_draws_anew_and_the_same_seed_the_same():
    runs = []
    for seed in (3, 3, 4):
        seen = []
        fitted(network(Seen(seen.append)), seed=seed, batch_size=None, compile=False)
        runs.append(np.array(seen))
    assert len({images.tobytes() for images in runs[0]}) == len(runs[0]) == 4
    np.testing.assert_array_equal(runs[0], runs[1])
    assert (runs[0] != runs[2]).any(axis=(1, 2, 3, 4)).all()


@pytest.mark.parametrize("backend", ["numpy", "c"])
def test_a_compiled_training_draws_the_same_and_anew(backend):
    one, other, fixed = network(), network(), network(noise=0.0)
    history = fitted(one, compile=backend)
    assert history.compiled, history.why_not
    assert fitted(other, compile=False).cost == pytest.approx(history.cost, rel=1e-10)
    for p, q in zip(one.parameters(), other.parameters(), strict=True):
        np.testing.assert_allclose(p.data, q.data, rtol=1e-9, atol=1e-12)
    assert fitted(fixed).cost != history.cost
    again = network()
    assert fitted(again, compile=backend).cost == history.cost
    assert state(again) == state(one)


@pytest.mark.parametrize("compile", [False, "numpy"])
def test_a_resumed_training_draws_what_it_would_have(tmp_path, compile):
    whole, part, rest = network(), network(), network()
    expected = fitted(whole, compile=compile)
    fitted(part, 2, compile=compile, checkpoint=tmp_path / "run.npz")
    assert fitted(rest, compile=compile, resume=tmp_path / "run.npz").cost == expected.cost
    assert state(rest) == state(whole)


def test_evaluation_has_the_images_as_they_are():
    model = network()
    assert model.predict(X).tolist() == nn.Sequential(*model[1:]).predict(X).tolist()
    assert model.training
    history = fitted(model, validation=(X, Y), epochs=1)
    assert history.validation_cost[-1] == pytest.approx(model.evaluate(X, Y, loss="binary_cross_entropy")["cost"])


def test_a_gradient_flows_to_where_pixels_came_from():
    layer, x = nn.Augment(flip=True, shift=1, rotate=20.0), ag.Tensor(X)

    def cost(x):
        with nn.random.seeded(1):
            return np.sum(np.sin(layer(x)))

    assert ag.check_grads(cost, X).ok
    cost(x).backward()
    assert x.grad.any()


def test_columns_take_noise_alone():
    given = X.reshape(20, 12)
    assert nn.Augment(noise=0.1)(given).shape == given.shape
    with pytest.raises(
        ag.ShapeError, match=r"Augment\(flip=True\) needs images .* but got \(20, 12\)\. Rows of pixels"
    ):
        nn.Augment(flip=True)(given)
    for wrong, words in (({"shift": 0.5}, "shift, an integer"), ({"noise": -1.0}, "noise, a number of at least 0")):
        with pytest.raises(ag.DataError, match=f"Augment needs {words}"):
            nn.Augment(**wrong)
    with pytest.raises(TypeError, match="flip of Augment must be True or False"):
        nn.Augment(flip=1)
