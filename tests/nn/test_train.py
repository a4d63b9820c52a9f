"""Costs, optimizers and fit."""

import numpy as np
import pytest

import autograd as ag
import nn

RNG = np.random.default_rng(0)
A = RNG.uniform(0.05, 0.95, (3, 5))
Z = RNG.standard_normal((3, 5))
Y = np.eye(3)[:, [0, 2, 1, 1, 0]]


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=0)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


COSTS = {
    "binary_cross_entropy": (A, lambda a: -(Y * np.log(a) + (1 - Y) * np.log(1 - a)), (A - Y) / (A * (1 - A))),
    "binary_cross_entropy_logits": (
        Z,
        lambda z: -(Y * np.log(sigmoid(z)) + (1 - Y) * np.log(1 - sigmoid(z))),
        sigmoid(Z) - Y,
    ),
    "cross_entropy": (A, lambda a: -Y * np.log(a), -Y / A),
    "cross_entropy_logits": (Z, lambda z: -Y * np.log(softmax(z)), softmax(Z) - Y),
    "squared_error": (A, lambda a: (a - Y) ** 2 / 2, A - Y),
    "mse": (A, lambda a: (a - Y) ** 2, 2 * (A - Y)),
}


@pytest.mark.parametrize("name", COSTS)
def test_a_cost_is_summed_over_units_and_averaged_over_columns(name):
    at, losses, slope = COSTS[name]
    t = ag.Tensor(at)
    J = nn.losses.find(name)(t, Y)
    J.backward()
    assert J.item() == pytest.approx(losses(at).sum() / 5, rel=1e-13)
    np.testing.assert_allclose(t.grad, slope / 5, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", COSTS)
@pytest.mark.parametrize(
    ("target", "error", "advice"),
    [
        (Y.astype(int), ag.DtypeError, "one_hot"),
        (Y > 0, ag.DtypeError, "astype"),
        (Y.T, ag.ShapeError, "use Y.T"),
        (np.ones(5), ag.ShapeError, r"Y.reshape\(1, -1\)"),
        (np.ones((1, 5)), ag.ShapeError, "must have one shape"),
        (np.full((3, 5), np.nan), ag.DataError, "target are NaN"),
    ],
    ids=["integers", "booleans", "rows", "rank 1", "another size", "nan"],
)
def test_a_target_that_does_not_fit_is_refused_with_the_fix(name, target, error, advice):
    with pytest.raises(error, match=advice):
        nn.losses.find(name)(ag.Tensor(COSTS[name][0]), target)


def test_an_empty_target_is_refused():
    with pytest.raises(ag.DataError, match="nothing to average"):
        nn.losses.mse(ag.Tensor(np.ones((1, 0))), np.ones((1, 0)))


def test_a_rank_1_target_for_a_column_names_the_column():
    with pytest.raises(ag.ShapeError, match=r"Y.reshape\(-1, 1\)"):
        nn.losses.mse(ag.Tensor(np.ones((4, 1))), np.ones(4))


def test_a_sure_and_wrong_prediction_names_the_loss_on_logits():
    with pytest.raises(ag.DataError, match="binary_cross_entropy_logits"):
        nn.losses.binary_cross_entropy(ag.Tensor([[1.0]]), np.array([[0.0]]))


def test_a_sure_and_right_prediction_costs_nothing_and_moves_nothing():
    z = ag.Tensor([[800.0, -800.0]])
    J = nn.losses.binary_cross_entropy(ag.sigmoid(z), np.array([[1.0, 0.0]]))
    J.backward()
    assert J.item() == 0 and np.array_equal(z.grad, [[0.0, 0.0]])


def test_l2_adds_lambda_over_m_times_w():
    W = ag.Tensor(A)
    nn.losses.l2([W], strength=0.7, m=5).backward()
    np.testing.assert_allclose(W.grad, 0.7 / 5 * A, rtol=1e-14)


def test_l2_needs_weights_and_samples():
    with pytest.raises(ValueError, match="but got none"):
        nn.losses.l2([], 0.1, 5)
    for m in (0, -1, float("nan")):
        with pytest.raises(ValueError, match=f"but got m={m}"):
            nn.losses.l2([ag.Tensor(A)], 0.1, m)


@pytest.mark.parametrize("loss", [nn.losses.binary_cross_entropy, nn.losses.cross_entropy])
@pytest.mark.parametrize("values", [[[1.5, 0.5], [0.5, 0.5]], [[0.5, 0.5], [-0.5, 0.5]]], ids=str)
@pytest.mark.parametrize("kind", [ag.Tensor, np.array])
def test_predictions_that_are_no_probabilities_are_refused(loss, values, kind):
    with pytest.raises(ag.DataError, match=r"Predictions need to be probabilities, .* range from .* logits"):
        loss(kind(values), np.array([[1.0, 0.0], [0.0, 1.0]]))


def test_a_probability_may_be_rounded():
    assert nn.losses.cross_entropy(ag.Tensor([[1 + 2e-16, 0.5], [0.0, 0.5]]), np.eye(2)).item() > 0


def steps(optimizer, w, gradients):
    for g in gradients:
        w.grad = g
        optimizer.step()
    return w.data


GRADIENTS = [np.array([1.0, -2.0]), np.array([0.5, 3.0]), np.array([-4.0, 0.25])]


def test_sgd():
    w = ag.Tensor([1.0, 1.0])
    np.testing.assert_allclose(steps(nn.optim.SGD([w], lr=0.1), w, GRADIENTS), 1 - 0.1 * np.sum(GRADIENTS, axis=0))


def test_momentum():
    w, v, by_hand = ag.Tensor([1.0, 1.0]), 0.0, np.ones(2)
    for g in GRADIENTS:
        v = 0.8 * v + 0.2 * g
        by_hand = by_hand - 0.1 * v
    np.testing.assert_allclose(steps(nn.optim.Momentum([w], lr=0.1, beta=0.8), w, GRADIENTS), by_hand)


def test_adam():
    w, v, s, by_hand = ag.Tensor([1.0, 1.0]), 0.0, 0.0, np.ones(2)
    for t, g in enumerate(GRADIENTS, start=1):
        v, s = 0.9 * v + 0.1 * g, 0.99 * s + 0.01 * g**2
        by_hand = by_hand - 0.1 * v / (1 - 0.9**t) / (np.sqrt(s / (1 - 0.99**t)) + 1e-8)
    np.testing.assert_allclose(steps(nn.optim.Adam([w], lr=0.1, beta2=0.99), w, GRADIENTS), by_hand)


def test_a_step_leaves_the_callers_arrays_as_they_were():
    given = np.ones(2)
    w = ag.Tensor(given)
    steps(nn.optim.SGD([w], lr=0.1), w, GRADIENTS)
    assert np.array_equal(given, np.ones(2))


def test_a_step_without_backward_says_so():
    with pytest.raises(ag.GraphError, match=r"W \(2, 1\) has no gradient. Call J.backward\(\)"):
        nn.optim.SGD(nn.Linear(1, 2).parameters(), lr=0.1).step()


def test_targets_that_are_no_probabilities_are_refused():
    X, model = np.ones((2, 4)), nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
    how = {"optimizer": nn.optim.SGD(model.parameters(), lr=0.1), "epochs": 1, "progress": False}
    with pytest.raises(ag.DataError, match=r"\(Y \+ 1\) / 2"):
        nn.fit(model, X, np.array([[-1.0, 1.0, 1.0, -1.0]]), loss="binary_cross_entropy", **how)
    with pytest.raises(ag.ShapeError, match="row for each class"):
        nn.fit(model, X, np.ones((1, 4)), loss="cross_entropy", **how)
    with pytest.raises(ag.DataError, match="one_hot"):
        nn.fit(model, X, np.ones((2, 4)), loss="cross_entropy_logits", **how)
    with pytest.raises(ag.DataError, match="binary_cross_entropy needs targets between 0 and 1"):
        nn.losses.binary_cross_entropy(ag.Tensor([[0.9]]), np.array([[3.0]]))


def test_a_plain_prediction_gives_a_plain_cost():
    assert nn.losses.mse(np.ones((1, 4)), np.zeros((1, 4))) == 1.0


@pytest.mark.parametrize(
    "how",
    [{"epochs": 0}, {"epochs": 1.5}, {"batch_size": 0}, {"batch_size": 2.5}],
    ids=str,
)
def test_numbers_that_make_no_sense_are_refused(how):
    with pytest.raises(ValueError, match="integer"):
        moons(**how)


def test_other_things_that_fit_cannot_use():
    with pytest.raises(TypeError, match=r"nn\.optim"):
        moons(optimizer="sgd")
    with pytest.raises(TypeError, match="must return a Tensor"):
        moons(loss=lambda A, Y: 1.0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (np.ones((2, 4)), r"an array of shape \(2, 4\)"),
        ((np.ones((2, 4)),), "a tuple of 1"),
        (1.5, "1.5"),
        (True, "True"),
    ],
    ids=["array", "alone", "beyond", "boolean"],
)
def test_validation_is_a_pair_or_a_share(given, said):
    with pytest.raises(TypeError, match=rf"validation must be a pair \(X, Y\).*but got {said}"):
        moons(validation=given)


def test_accuracy_of_several_labels_asks_every_unit():
    guess, truth = np.array([[0.9, 0.9, 0.4], [0.8, 0.1, 0.3]]), np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0]])
    assert nn.accuracy(guess, truth) == nn.accuracy(ag.Tensor(guess), ag.Tensor(truth)) == 2 / 3
    one_each = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert nn.accuracy(guess, one_each) == 2 / 3
    assert nn.accuracy(guess, one_each, multi_label=True) == 1 / 3


def test_fit_sees_in_all_the_data_that_labels_are_several():
    X, Y = np.array([[-1.0, 0.0, 1.0]]), np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]])
    model = nn.Sequential(nn.Linear(1, 2, init="zeros"), nn.Sigmoid())
    model[0].b.data = np.array([[1.0], [1.0]])
    how = {"optimizer": nn.optim.SGD(model.parameters(), lr=1e-9), "epochs": 1, "batch_size": 1, "progress": False}
    assert nn.fit(model, X, Y, loss="binary_cross_entropy", **how).accuracy == [1 / 3]


def test_an_optimizer_takes_each_parameter_once():
    w = ag.Tensor(1.0)
    for parameters in ([w, w], w, [1.0], []):
        with pytest.raises(ValueError, match=r"twice|list of Tensors"):
            nn.optim.SGD(parameters, lr=0.1)


@pytest.mark.parametrize("lr", [0, "a", -0.1, float("nan")])
def test_a_learning_rate_must_be_positive(lr):
    with pytest.raises(ValueError, match="positive"):
        nn.optim.SGD([ag.Tensor(1.0)], lr=lr)


def moons(epochs=20, seed=0, **how):
    X, Y = nn.datasets.moons(m=120, seed=1)
    model = nn.Sequential(nn.Linear(2, 8, seed=3), nn.Tanh(), nn.Linear(8, 1, seed=4), nn.Sigmoid())
    optimizer = nn.optim.Adam(model.parameters(), lr=0.05)
    how = {"loss": "binary_cross_entropy", "optimizer": optimizer, "batch_size": 32, "validation": (X, Y)} | how
    return nn.fit(model, X, Y, epochs=epochs, seed=seed, progress=False, **how), model


def test_fit_learns_and_keeps_one_figure_per_epoch():
    history, _ = moons(epochs=60)
    assert history.cost[-1] < history.cost[0] / 3 and history.validation_accuracy[-1] > 0.95
    lengths = {len(v) for v in (history.cost, history.accuracy, history.validation_cost, history.validation_accuracy)}
    assert lengths == {60}


def test_the_same_seed_gives_the_same_training_to_the_last_bit():
    (first, a), (second, b) = moons(), moons()
    assert first == second and np.array_equal(a[0].W.data, b[0].W.data)
    assert moons(seed=1)[0] != first


def test_a_full_batch_of_fit_is_one_step_of_gradient_descent():
    X, Y = nn.datasets.xor(m=10)
    model, twin = (nn.Sequential(nn.Linear(2, 1, seed=0), nn.Sigmoid()) for _ in range(2))
    nn.fit(model, X, Y, loss="mse", optimizer=nn.optim.SGD(model.parameters(), lr=0.5), epochs=1, progress=False)
    nn.losses.mse(twin(X), Y).backward()
    np.testing.assert_allclose(model[0].W.data, twin[0].W.data - 0.5 * twin[0].W.grad, rtol=1e-12)


def test_interrupting_keeps_the_model_and_the_history():
    calls = []

    def loss(A, Y):
        calls.append(1)
        if len(calls) == 15:
            raise KeyboardInterrupt
        return nn.losses.mse(A, Y)

    history, model = moons(loss=loss, validation=None, compile=False)
    assert history.interrupted and len(history.cost) == 3
    assert all(np.isfinite(p.data).all() for p in model.parameters())


def test_a_loss_on_logits_is_judged_at_zero():
    X = np.array([[-1.0, 0.2, 0.4]])
    model = nn.Sequential(nn.Linear(1, 1, init=lambda rng, n, k: np.ones((n, k))))
    optimizer = nn.optim.SGD(model.parameters(), lr=1e-9)
    Y = np.array([[0.0, 1.0, 1.0]])
    how = {"loss": "binary_cross_entropy_logits", "optimizer": optimizer, "epochs": 1, "progress": False}
    assert nn.fit(model, X, Y, **how).accuracy == [1.0]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda X, Y: (X.T, Y), ag.ShapeError),
        (lambda X, Y: (X, Y[0]), ag.ShapeError),
        (lambda X, Y: (X, Y.astype(int)), (ag.DtypeError, ag.DataError)),
        (lambda X, Y: (X * np.nan, Y), ag.DataError),
        (lambda X, Y: (X[:, :0], Y[:, :0]), ag.DataError),
    ],
    ids=["rows", "rank 1", "integers", "nan", "empty"],
)
def test_fit_refuses_data_that_do_not_fit(change, error):
    X, Y = change(*nn.datasets.xor(m=10))
    model = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
    with pytest.raises(error):
        nn.fit(model, X, Y, loss="mse", optimizer=nn.optim.SGD(model.parameters(), lr=0.1), progress=False)


def test_history_plot_needs_matplotlib_or_says_so():
    history = nn.History(cost=[1.0, 0.5], accuracy=[0.5, 1.0])
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        with pytest.raises(ImportError, match=r"chalkgrad\[notebook\]"):
            history.plot()
    else:
        assert len(history.plot().axes) == 2


X_LINE = np.arange(20.0).reshape(1, 20)


def line_model():
    return nn.Sequential(nn.Linear(1, 1, seed=0))


def diverging(loss, lr=1.0, batch_size=None, **how):
    model = line_model()
    optimizer = nn.optim.SGD(model.parameters(), lr=lr)
    with pytest.raises(nn.TrainingError) as caught:
        nn.fit(model, X_LINE, 3 * X_LINE, loss=loss, optimizer=optimizer, epochs=500, batch_size=batch_size,
               progress=False, **how)  # fmt: skip
    return model, optimizer, caught.value


@pytest.mark.parametrize("loss", ["mse", "squared_error", lambda A, Y: np.mean((A - Y) ** 2)])
@pytest.mark.parametrize("batch_size", [None, 7])
def test_a_learning_rate_that_is_too_high_is_named_and_the_last_step_taken_back(loss, batch_size):
    model, optimizer, error = diverging(loss, batch_size=batch_size)
    assert f"in epoch {error.epoch}, batch {error.batch}" in str(error)
    assert "learning rate lr=1 is probably too high" in str(error) and "ln 0" not in str(error)
    assert len(error.history.cost) == error.epoch - 1 and np.isfinite(error.history.cost).all()
    assert all(np.isfinite(p.data).all() for p in model.parameters())
    assert optimizer.steps == (error.epoch - 1) * (1 if batch_size is None else 3) + error.batch - 2
    with np.errstate(over="ignore"):
        assert np.isfinite(np.abs(model(X_LINE).data)).all()


def test_ln_0_and_an_undefined_loss_are_named_for_what_they_are():
    model = nn.Sequential(nn.Linear(1, 1, init=lambda rng, n, m: np.full((n, m), 1e3)), nn.Sigmoid())
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(nn.TrainingError, match=r"gives ln 0.*as it was before training"):
        nn.fit(model, X_LINE + 1, 0 * X_LINE, loss="binary_cross_entropy", optimizer=optimizer, progress=False)
    model = line_model()
    with pytest.raises(nn.TrainingError, match=r"loss <lambda> gives that .*autograd\.anomaly"):
        nn.fit(model, X_LINE, X_LINE, loss=lambda A, Y: np.mean(np.log(A - 1e6)),
               optimizer=nn.optim.SGD(model.parameters(), lr=0.1), progress=False)  # fmt: skip


XOR_X, XOR_Y = nn.datasets.xor(m=60)
THREE = nn.data.one_hot(np.arange(60) % 3, 3)
BCE, CE = "binary_cross_entropy", "cross_entropy"


def _net(*last, n=1, first=nn.Tanh):
    return nn.Sequential(nn.Linear(2, 4, seed=0), first(), nn.Linear(4, n, seed=1), *last)


def _broken_net():
    model = _net(nn.Sigmoid())
    model[2].W.data = np.array([[1.0, np.nan, 1.0, 1.0]])
    return model


RATE = r"learning rate lr=\S+ is probably too high, as the last step changed a parameter by .* Try lr="
PROBABLE = "Predictions need to be probabilities, between 0 and 1, but they range from"


@pytest.mark.parametrize(
    ("model", "loss", "lr", "said"),
    [
        (lambda: _net(nn.Sigmoid()), BCE, 1e300, RATE),
        (lambda: _net(nn.Sigmoid()), BCE, 1e4, RATE),
        (lambda: _net(nn.Sigmoid(), first=nn.ReLU), BCE, 1e3, RATE),
        (lambda: _net(nn.Sigmoid()), BCE, 1.7e308, RATE),
        (lambda: _net(), "mse", 1e308, RATE),
        (lambda: _net(), "mse", 1e3, "as the cost had grown from .* Try lr=100"),
        (lambda: _net(nn.Softmax(), n=3), CE, 1e300, RATE),
        (lambda: _net(nn.Softmax(), n=3), BCE, 1e5, RATE),
        (lambda: _net(), BCE, 0.1, PROBABLE),
        (lambda: _net(), BCE, 1e300, PROBABLE),
        (lambda: _net(nn.Tanh()), BCE, 0.1, PROBABLE),
        (lambda: _net(n=3), CE, 0.1, PROBABLE),
        (lambda: _net(nn.ReLU()), BCE, 0.1, "A prediction is exactly 0 or 1 .* gives ln 0"),
        (_broken_net, BCE, 0.1, "W2 is NaN or infinite before the first step"),
        (_broken_net, "mse", 1e300, "W2 is NaN or infinite before the first step"),
        (lambda: _net(nn.Sigmoid()), lambda A, Y: np.mean(A / Y), 0.1, "loss <lambda> gives that .* divides"),
    ],
)
@pytest.mark.parametrize("batch_size", [None, 13])
def test_training_that_goes_wrong_names_where_why_and_what_to_do(model, loss, lr, said, batch_size):
    model = model()
    Y = THREE if model[2].W.shape[0] == 3 else XOR_Y
    before = [p.data.copy() for p in model.parameters()]
    with pytest.raises(nn.TrainingError, match=said) as caught:
        nn.fit(model, XOR_X, Y, loss=loss, optimizer=nn.optim.SGD(model.parameters(), lr=lr), epochs=200,
               batch_size=batch_size, progress=False)  # fmt: skip
    error = caught.value
    assert f"Training stopped in epoch {error.epoch}, batch {error.batch}. " in str(error)
    if "before the first step" not in said:
        assert all(np.isfinite(p.data).all() for p in model.parameters())
    if "as it was before training" in str(error):
        assert all(np.array_equal(p.data, old, equal_nan=True) for p, old in zip(model.parameters(), before))
    else:
        assert "The model is as of the last step after which the cost was finite." in str(error)


def test_data_that_are_not_scaled_are_the_likely_reason_at_the_first_step():
    model = _net(nn.Sigmoid(), first=nn.ReLU)
    with pytest.raises(nn.TrainingError, match=r"The data reach .* nn\.data\.standardize\(X\) scales them"):
        nn.fit(model, XOR_X * 1e5, XOR_Y, loss=BCE, optimizer=nn.optim.SGD(model.parameters(), lr=0.1), progress=False)


@pytest.mark.parametrize(
    ("labels", "advice"),
    [
        (2 * XOR_Y - 1, r"but got -1 to 1\. For labels -1 and 1: \(Y \+ 1\) / 2"),
        (255 * XOR_Y, r"but got 0 to 255\. Write \(Y == 255\)\.astype"),
        (XOR_Y + 1, r"but got 1 to 2\. Write \(Y == 2\)\.astype"),
        (np.arange(60.0).reshape(1, -1), r"one_hot\(labels, n_classes\)"),
    ],
)
def test_labels_outside_of_0_and_1_are_refused_with_what_makes_them_so(labels, advice):
    model = _net(nn.Sigmoid())
    with pytest.raises(ag.DataError, match=advice):
        nn.fit(model, XOR_X, labels, loss=BCE, optimizer=nn.optim.SGD(model.parameters(), lr=0.1), progress=False)


@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        (
            {"loss": lambda A, Y: (A - Y) ** 2},
            ag.ShapeError,
            r"must return a single number, but <lambda> returned shape",
        ),
        ({"loss": lambda A, Y: ag.Tensor(3.0)}, ag.GraphError, "a Tensor that was made anew"),
        ({"validation": (XOR_X * np.nan, XOR_Y)}, ag.DataError, "validation: X, shape .* has NaN"),
        (
            {"optimizer": nn.optim.SGD(_net().parameters(), lr=0.1)},
            ag.GraphError,
            "parameters that the cost depends on",
        ),
    ],
)
def test_other_mistakes_of_training_are_named(how, error, said):
    model = _net(nn.Sigmoid())
    given = {"loss": BCE, "optimizer": nn.optim.SGD(model.parameters(), lr=0.1)} | how
    with pytest.raises(error, match=said):
        nn.fit(model, XOR_X, XOR_Y, progress=False, **given)


def test_an_optimizer_of_nothing_names_frozen_parameters():
    with pytest.raises(ValueError, match=r"needs a list of Tensors, but got none\. .* frozen"):
        nn.optim.SGD([], lr=0.1)


def test_a_gradient_that_is_not_finite_stops_also_at_the_last_step():
    model = nn.Sequential(nn.Linear(1, 1, init="zeros"))
    with pytest.raises(nn.TrainingError, match="made W1 NaN or infinite, though the cost was finite: its gradient is"):
        nn.fit(model, X_LINE, X_LINE, loss=lambda A, Y: np.mean(np.sqrt(A**2 * A)), epochs=1,
               optimizer=nn.optim.SGD(model.parameters(), lr=0.1), progress=False)  # fmt: skip
    assert np.array_equal(model[0].W.data, [[0.0]])


def test_a_metric_that_returns_a_tensor_counts_as_its_number_and_others_are_refused():
    for metric, error in ((lambda a, y: np.mean(a), None), (lambda a, y: a, TypeError), (lambda a, y: "x", TypeError)):
        model = line_model()
        how = {"loss": "mse", "epochs": 1, "progress": False}
        how["optimizer"] = nn.optim.SGD(model.parameters(), lr=1e-4)
        if error is None:
            assert type(nn.fit(model, X_LINE, X_LINE, metric=metric, **how).accuracy[0]) is float
        else:
            with pytest.raises(error, match="metric must return a number"):
                nn.fit(model, X_LINE, X_LINE, metric=metric, **how)


def test_a_parameter_that_nothing_finds_is_refused():
    hidden = ag.Tensor(2.0, name="hidden")

    class Closure(nn.Module):
        def __init__(self):
            self.W = ag.Tensor([[1.0]])

        def forward(self, X):
            return self.W * X * hidden

    model = Closure()
    with pytest.raises(ag.GraphError, match=r"depends on hidden \(\), which would never be trained"):
        nn.fit(model, X_LINE, X_LINE, loss="mse", optimizer=nn.optim.SGD(model.parameters(), lr=0.1), progress=False)


def test_accuracy_counts_nan_as_wrong_and_refuses_shapes_that_broadcast():
    nan = np.array([[np.nan, 1.0, 1.0]])
    assert nn.accuracy(nan, np.array([[0.0, 1.0, 0.0]])) == 1 / 3
    assert nn.accuracy(np.array([[0.9, np.nan], [0.1, 0.2]]), np.eye(2)) == 0.5
    assert nn.accuracy(np.array([[0.9, 0.1]]), np.array([[1.0, np.nan]])) == 0.5
    for A, Y in (((1, 3), (3,)), ((1, 3), (3, 1)), ((3,), (3,)), ((2, 3), (1, 3)), ((1, 3), (1, 1)), ((1, 0), (1, 0))):
        with pytest.raises(ag.ShapeError, match=r"the same shape \(n, m\)"):
            nn.accuracy(np.ones(A), np.ones(Y))


@pytest.mark.parametrize("dtype", [int, np.int8, bool, complex, np.uint64])
def test_a_layer_refuses_a_dtype_that_is_not_floating(dtype):
    with pytest.raises(ag.DtypeError, match="need a floating dtype"):
        nn.Linear(4, 2, dtype=dtype)


def test_parameters_are_found_in_every_collection():
    import collections
    import functools

    for hold in (
        lambda a, b: {a, b},
        lambda a, b: frozenset({a, b}),
        lambda a, b: collections.deque([a, b]),
        lambda a, b: {"a": (a, [b])},
        lambda a, b: collections.UserList([a, b]),
        lambda a, b: functools.partial(print, a, key=b),
        lambda a, b: np.array([a, b], dtype=object),
    ):
        module, layers = nn.Module(), (nn.Linear(2, 2), nn.Linear(2, 1))
        module.held = hold(*layers)
        assert [p.shape for p in module.parameters()] == [(2, 2), (2, 1), (1, 2), (1, 1)]


def test_values_are_named_by_place_and_shared_parameters_once():
    act, shared = nn.Tanh(), nn.Linear(2, 2, seed=0)
    one = nn.Sequential(shared, act, shared, act, nn.Linear(2, 1, seed=1))
    other = nn.Sequential(nn.Linear(2, 2, seed=2), act, shared)
    for model, names in ((one, ["Z1", "A1", "Z2", "A2", "Z3"]), (other, ["Z1", "A1", "Z2"])):
        out = model(np.ones((2, 3)))
        found = [n.name for n in ag.ancestors(out.node) if n.op is not None and n.name]
        assert found == names
    assert [p.name for p in one.parameters()] == ["W1", "b1", "W2", "b2"]
    assert [p.name for p in other.parameters()] == ["W2", "b2", "W1", "b1"]
