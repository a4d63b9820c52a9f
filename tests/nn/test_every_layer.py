"""Whatever holds for every layer: a layer that is added is added to LAYERS."""

import copy

import numpy as np
import pytest

import autograd as ag
import nn
import viz

X = np.random.default_rng(0).standard_normal((3, 5))

LAYERS = {
    "Linear": lambda: nn.Linear(3, 2, seed=0),
    "Sigmoid": nn.Sigmoid,
    "Tanh": nn.Tanh,
    "ReLU": nn.ReLU,
    "LeakyReLU": lambda: nn.LeakyReLU(0.1),
    "Softmax": nn.Softmax,
    "Dropout": lambda: nn.Dropout(keep_prob=0.7),
    "Sequential": lambda: nn.Sequential(nn.Linear(3, 2, seed=0), nn.Tanh()),
}


@pytest.fixture(params=LAYERS)
def layer(request):
    return LAYERS[request.param]()


def test_every_layer_is_here():
    layers = {
        name for name in nn.__all__ if isinstance(getattr(nn, name), type) and issubclass(getattr(nn, name), nn.Module)
    }
    assert layers - {"Module"} == set(LAYERS)


def cost(layer, x):
    with nn.random.seeded(0):
        return np.sum(np.sin(layer(x)))


def test_its_gradients_are_those_of_differences(layer):
    assert ag.check_grads(lambda x: cost(layer, x), X, order=2).ok
    cost(layer, ag.Tensor(X)).backward()
    for p in layer.parameters():
        old, costs = p.data, []
        for way in (1e-6, -1e-6):
            new = old.copy()
            new.flat[0] += way
            p.data = new
            costs.append(cost(layer, ag.Tensor(X)).item())
        p.data = old
        assert p.grad.flat[0] == pytest.approx((costs[0] - costs[1]) / 2e-6, rel=1e-5, abs=1e-8)


class BentELU(nn.Module):
    """A layer with a mistake that only shows at 0: its slope there is 1/2, though it is 1 on both sides."""

    def forward(self, Z):
        return np.where(Z > 0, Z, np.exp(np.minimum(Z, 0.0)) - 1)


def slopes_at(layer, Z, step=1e-6):
    """The slopes of a sum of a layer's results at entries of Z: autograd's, and by differences to the left and right.

    Entries differ, so that a layer that mixes them is seen, too.
    """
    weights = np.cos(np.arange(layer.predict(Z).size)).reshape(layer.predict(Z).shape)

    def J(x):
        return np.sum(weights * layer.predict(x))

    at, found = J(Z), []
    for k in range(Z.size):
        way = np.zeros(Z.shape)
        way.flat[k] = step
        found.append([(at - J(Z - way)) / step, (J(Z + way) - at) / step])
    return ag.grad(lambda x: np.sum(weights * layer.eval()(x)))(Z).ravel(), *np.transpose(found)


KINKS = {"zeros": np.zeros((3, 2)), "one zero": np.array([[0.0, 1.5], [-2.0, 0.0], [0.3, -0.4]])}


def bent(layer, Z):
    """The entries at which autograd's slope is neither that of a smooth place nor of one side of a kink."""
    slope, left, right = slopes_at(layer, Z)
    smooth = np.abs(left - right) < 1e-4
    near_left, near_right = (np.isclose(slope, side, rtol=1e-4, atol=1e-5) for side in (left, right))
    return ~np.where(smooth, near_left & near_right, near_left | near_right)


@pytest.mark.parametrize("at", KINKS)
def test_its_gradient_at_zero_is_that_of_a_side(layer, at):
    assert not bent(layer, KINKS[at]).any()


@pytest.mark.parametrize("at", KINKS)
def test_a_slope_that_is_wrong_only_at_zero_is_seen(at):
    np.testing.assert_array_equal(bent(BentELU(), KINKS[at]), KINKS[at].ravel() == 0.0)


def test_it_compiles_where_no_tensor_comes_from_outside(layer):
    if layer.parameters():
        with pytest.raises(ag.GraphError, match="from outside"):
            ag.compile(lambda x: layer(x))(X)
        return
    compiled = ag.compile(lambda x: layer(x))
    with nn.random.seeded(1):
        expected = [layer(X), layer(X)]
    with nn.random.seeded(1):
        for result in expected:
            np.testing.assert_allclose(compiled(X), result, rtol=1e-13)


def test_it_is_derived_drawn_and_stepped(layer):
    model = nn.Sequential(nn.Linear(3, 3, seed=1), layer)
    out = model(X)
    J = nn.losses.mse(out, np.zeros(out.shape))
    assert ag.derive(J).lines and viz.record(J).steps
    assert "Layer 1" in viz.draw(J).graph.layers


def test_its_state_and_its_copies_compute_the_same(layer):
    other = copy.deepcopy(layer).eval()
    for p in layer.parameters():
        p.data = p.data + 1.0
    other.load_state_dict(layer.state_dict())
    np.testing.assert_array_equal(other.predict(X), layer.predict(X))


def test_single_precision_stays_and_evaluation_is_repeatable(layer):
    single = ag.Tensor(X.astype(np.float32))
    assert layer.eval()(single).dtype == (np.float64 if layer.parameters() else np.float32)
    np.testing.assert_array_equal(layer.predict(X), layer.predict(X))
    assert repr(layer).startswith(type(layer).__name__)
