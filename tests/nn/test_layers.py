"""Modules, layers, activations and initializers."""

import numpy as np
import pytest

import autograd as ag
import nn

X = np.random.default_rng(0).standard_normal((3, 7))


def network(**how):
    return nn.Sequential(nn.Linear(3, 5, seed=1, **how), nn.Tanh(), nn.Linear(5, 2, seed=2, **how), nn.Sigmoid())


def test_sequential_names_values_and_parameters_as_the_course_does():
    model = network()
    A2 = model(X)
    names = [n.name for n in ag.ancestors(A2.node) if n.name]
    assert sorted(names) == ["A1", "A2", "W1", "W2", "Z1", "Z2", "b1", "b2"]
    assert [p.name for p in model.parameters()] == ["W1", "b1", "W2", "b2"]


def test_the_input_is_a_constant_called_X():
    W1 = next(n for n in ag.ancestors(network()(X).node) if n.op is not None)
    assert W1.parents[1].name == "X"


def test_names_count_through_nested_sequentials():
    model = nn.Sequential(nn.Sequential(nn.Linear(3, 4), nn.ReLU()), nn.Linear(4, 1))
    assert [p.name for p in model.parameters()] == ["W1", "b1", "W2", "b2"]
    assert model(X).name == "Z2"


def test_the_gradients_of_two_layers_are_the_courses():
    model, Y, m = network(), (X[:2] > 0).astype(float), X.shape[1]
    A2 = model(X)
    nn.losses.binary_cross_entropy(A2, Y).backward()
    A1 = np.tanh(model[0].W.data @ X + model[0].b.data)
    dZ2 = A2.data - Y
    dZ1 = model[2].W.data.T @ dZ2 * (1 - A1**2)
    np.testing.assert_allclose(model[2].W.grad, dZ2 @ A1.T / m, rtol=1e-12)
    np.testing.assert_allclose(model[2].b.grad, dZ2.sum(axis=1, keepdims=True) / m, rtol=1e-12)
    np.testing.assert_allclose(model[0].W.grad, dZ1 @ X.T / m, rtol=1e-12)
    np.testing.assert_allclose(model[0].b.grad, dZ1.sum(axis=1, keepdims=True) / m, rtol=1e-12)


def test_single_precision_stays_single():
    model = network(dtype=np.float32)
    J = nn.losses.squared_error(model(X.astype(np.float32)), np.zeros((2, 7), np.float32))
    J.backward()
    assert {p.grad.dtype for p in model.parameters()} == {np.dtype(np.float32)}
    assert J.dtype == np.float32


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        (X.T, "X.T, or nn.data.from_rows"),
        (X[:, 0], r"X.reshape\(-1, 1\)"),
        (np.ones((4, 7)), "Compare n_in"),
    ],
    ids=["rows", "rank 1", "another size"],
)
def test_an_input_that_does_not_fit_is_refused_with_the_fix(given, advice):
    with pytest.raises(ag.ShapeError, match=advice):
        network()(given)


def test_parameters_that_are_shared_stand_once():
    layer = nn.Linear(3, 3)
    assert len(nn.Sequential(layer, nn.Tanh(), layer).parameters()) == 2


def test_a_layer_that_is_used_again_keeps_its_number():
    layer = nn.Linear(3, 3)
    model = nn.Sequential(layer, nn.Tanh(), layer, nn.Tanh(), nn.Linear(3, 1))
    assert [p.name for p in model.parameters()] == ["W1", "b1", "W2", "b2"]


class Holder(nn.Module):
    """A module with parameters and layers in containers of every kind."""

    def __init__(self):
        self.ws = [ag.Tensor(np.ones((1, 2))), (ag.Tensor(np.ones((2, 1))), 3.0)]
        self.by_name = {"up": ag.Tensor(1.0), "fixed": ag.Tensor(2.0, requires_grad=False), "again": self.ws[0]}
        self.heads = {"first": nn.Linear(1, 1), "others": [nn.Linear(2, 1)]}
        self.same = self.heads["first"]

    def forward(self, X):
        return self.ws[0] @ X


def test_parameters_in_lists_tuples_and_dicts_are_found_once_and_in_order():
    held = Holder()
    first, others = held.heads["first"], held.heads["others"][0]
    expected = [held.ws[0], held.ws[1][0], held.by_name["up"], first.W, first.b, others.W, others.b]
    assert [id(p) for p in held.parameters()] == [id(p) for p in expected]
    assert list(held.children()) == [first, others]


def test_fit_trains_a_parameter_in_a_list():
    held, (X, Y) = Holder(), nn.datasets.xor(m=10)
    before = held.ws[0].data
    nn.fit(held, X, Y, loss="mse", optimizer=nn.optim.SGD(held.parameters()[:1], lr=0.1), epochs=1, progress=False)
    assert not np.array_equal(held.ws[0].data, before)


def test_sequential_numbers_what_a_layer_holds_in_lists_and_dicts():
    model = nn.Sequential(nn.Linear(2, 2), Holder())
    assert [p.name for p in model.parameters()][2:5] == ["ws2_0", "ws2_1_0", "by_name2_up"]


def test_a_module_may_know_the_one_that_it_is_part_of():
    model = network()
    model[0].whole = model
    assert len(model.parameters()) == 4


def test_the_same_seed_gives_the_same_layer():
    nn.init.seed(7)
    first = nn.Linear(4, 3).W.data
    nn.init.seed(7)
    assert np.array_equal(nn.Linear(4, 3).W.data, first)
    assert np.array_equal(nn.Linear(4, 3, seed=5).W.data, nn.Linear(4, 3, seed=5).W.data)


@pytest.mark.parametrize(("init", "scale"), [("xavier", 0.1), ("he", np.sqrt(0.02)), ("normal", 0.01), ("zeros", 0.0)])
def test_initializers_have_the_spread_they_promise(init, scale):
    assert nn.Linear(100, 400, init=init, seed=0).W.data.std() == pytest.approx(scale, rel=0.02)


def test_an_unknown_initializer_is_refused():
    with pytest.raises(ValueError, match="known: zeros, normal, xavier, he"):
        nn.Linear(3, 2, init="glorot")


@pytest.mark.parametrize(
    ("layer", "g"),
    [
        (nn.Sigmoid(), lambda z: 1 / (1 + np.exp(-z))),
        (nn.Tanh(), np.tanh),
        (nn.ReLU(), lambda z: np.maximum(z, 0)),
        (nn.LeakyReLU(0.2), lambda z: np.where(z > 0, z, 0.2 * z)),
        (nn.Softmax(), lambda z: np.exp(z) / np.exp(z).sum(axis=0)),
    ],
    ids=["sigmoid", "tanh", "relu", "leaky_relu", "softmax"],
)
def test_activations(layer, g):
    np.testing.assert_allclose(layer(ag.Tensor(X)).data, g(X), rtol=1e-14)


def test_sequential_takes_only_modules():
    with pytest.raises(TypeError, match="but got <ufunc 'tanh'>"):
        nn.Sequential(nn.Linear(2, 2), np.tanh)


def test_zero_grad_forgets():
    model = network()
    model(X).sum().backward()
    model.zero_grad()
    assert [p.grad for p in model.parameters()] == [None] * 4


def test_a_layer_of_a_network_takes_a_plain_array():
    np.testing.assert_array_equal(network()[1](X), np.tanh(X))


def test_some_layers_of_a_network_are_a_network_with_the_same_names():
    model = network()
    back = model[2:]
    assert isinstance(back, nn.Sequential) and list(back.layers) == model.layers[2:]
    assert [p.name for p in back.parameters()] == ["W2", "b2"]
    A1 = model[:2](X)
    assert (A1.name, back(A1).name) == ("A1", "A2")


@pytest.mark.parametrize("sizes", [(2.0, 3), (2, "3"), (0, 3), (2, -1)], ids=str)
def test_a_layer_has_whole_numbers_of_inputs_and_outputs(sizes):
    with pytest.raises(ag.ShapeError, match=f"but got n_in={sizes[0]!r}, n_out={sizes[1]!r}"):
        nn.Linear(*sizes)
