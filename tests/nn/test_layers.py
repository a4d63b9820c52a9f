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
    with pytest.raises(ValueError, match=r"known: zeros, normal, xavier, .*he, "):
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


# --- layers that belong to the one before ---------------------------------------------------------------------


def names_of(model, X):
    out = model(X)
    values = [n.name for n in ag.ancestors(out.node) if n.name and n.op is not None]
    return [p.name for p in model.parameters()], sorted(values)


def test_normalization_and_slopes_belong_to_the_layer_before():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm(4), nn.PReLU(4), nn.Linear(4, 2), nn.LayerNorm(2), nn.Tanh())
    parameters, values = names_of(model, X)
    assert parameters == ["W1", "b1", "gamma1", "beta1", "a1", "W2", "b2", "gamma2", "beta2"]
    assert values == ["A1", "A2", "Z1", "Z2", "Zt1", "Zt2"]


def test_the_input_is_normalized_as_layer_0():
    assert names_of(nn.Sequential(nn.BatchNorm(3), nn.Linear(3, 1)), X)[0] == ["gamma0", "beta0", "W1", "b1"]


def test_a_second_one_of_the_same_names_counts_as_a_layer():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm(4), nn.LayerNorm(4), nn.Linear(4, 1))
    assert names_of(model, X)[0] == ["W1", "b1", "gamma1", "beta1", "gamma2", "beta2", "W3", "b3"]


def test_a_layer_that_was_numbered_elsewhere_keeps_its_names():
    elsewhere = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm(3))
    model = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm(3), *elsewhere.layers, nn.Linear(3, 1))
    names = [p.name for p in model.parameters()]
    assert names[4:8] == ["W1", "b1", "gamma1", "beta1"]
    assert [name for name in names[:4] + names[8:] if name in names[4:8]] == []


# --- one by one -------------------------------------------------------------------------------------------------


def test_a_linear_layer_may_be_without_b_and_takes_sequences():
    layer = nn.Linear(3, 2, bias=False, seed=0)
    assert layer.b is None and [p.name for p in layer.parameters()] == ["W"]
    sequences = np.random.default_rng(1).standard_normal((3, 4, 5))
    out = nn.Linear(3, 2, seed=0)(sequences)
    np.testing.assert_allclose(out.data[:, 2], nn.Linear(3, 2, seed=0)(sequences[:, 2]).data, rtol=1e-14)


def test_images_before_a_linear_layer_are_to_be_flattened():
    with pytest.raises(ag.ShapeError, match=r"Put nn.Flatten\(\) before it"):
        nn.Linear(48, 2)(np.ones((3, 4, 4, 7)))


def test_the_running_statistics_are_those_of_the_batches():
    layer, data = nn.BatchNorm(2, momentum=0.5), np.random.default_rng(0).normal(3, 2, (2, 4, 4, 9))
    layer(data)
    np.testing.assert_allclose(layer.mean.value.ravel(), 0.5 * data.mean(axis=(1, 2, 3)))
    np.testing.assert_allclose(layer.variance.value.ravel(), 0.5 + 0.5 * data.var(axis=(1, 2, 3), ddof=1))
    layer.eval()(100 * data)
    np.testing.assert_allclose(layer.mean.value.ravel(), 0.5 * data.mean(axis=(1, 2, 3)))


def test_no_gradient_flows_through_the_running_statistics():
    layer, Z = nn.BatchNorm(3), ag.Tensor(X)
    first = layer(Z)
    assert all(n.op is None or "var" not in n.op.name for n in ag.ancestors(first.node))
    assert type(layer.mean.value) is np.ndarray


def test_indices_go_through_a_network_as_integers_or_floats_that_are_integers():
    model = nn.Sequential(nn.Embedding(5, 3, seed=0), nn.Flatten(), nn.Linear(6, 2, seed=0))
    whole = np.array([[1, 0, 4], [2, 2, 3]])
    np.testing.assert_array_equal(model(whole).data, model(whole.astype(float)).data)
    with pytest.raises(ag.DtypeError, match="must be integers, but got float64"):
        model(whole + 0.5)
    with pytest.raises(ag.DataError, match="rows 0 to 4, but the indices run from 1 to 5"):
        model(whole + 1)


def test_indices_are_arguments_of_a_compiled_function():
    W = np.random.default_rng(0).standard_normal((5, 3))
    step = ag.value_and_grad(lambda W, i: np.sum(np.sin(ag.embedding(W, i))))
    compiled, indices = ag.compile(step), np.array([1, 0, 1])
    for given in (indices, indices + 2):
        for found, known in zip(compiled(W, given), step(W, given), strict=True):
            np.testing.assert_allclose(found, known)
    for wrong in (indices - 1, indices + 4):  # -1 is not the last row
        with pytest.raises(IndexError):
            compiled(W, wrong)


def test_residual_adds_and_refuses_another_shape():
    np.testing.assert_array_equal(nn.Residual(nn.Tanh())(X), X + np.tanh(X))
    with pytest.raises(ag.ShapeError, match=r"keeps the shape of X \(3, 7\), but Linear\(3, 2\) gave \(2, 7\)"):
        nn.Residual(nn.Linear(3, 2))(X)
    with pytest.raises(TypeError, match=r"Residual needs a Module, but got <ufunc 'tanh'>.*nn.Lambda"):
        nn.Residual(np.tanh)
    with pytest.raises(TypeError, match="Lambda needs a function"):
        nn.Lambda(3)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: nn.Conv2d(3, 4, 3, groups=2), "that groups=2 divides, but got c_in=3, c_out=4"),
        (lambda: nn.Conv2d(3, 4, 3, padding="same", stride=2), "'same' with a stride of 1, but got 'same', stride=2"),
        (lambda: nn.Conv1d(1, 1, 3, padding="valid"), "but got 'valid'"),
        (lambda: nn.Conv2d(0, 4, 3), "c_in=0"),
        (lambda: nn.Conv2d(1, 4, 0), "size= must be an integer of at least 1"),
        (lambda: nn.GroupNorm(3, 4), "that groups=3 divides, but got n=4"),
        (lambda: nn.BatchNorm(2.5), "an integer of at least 1, but got n=2.5"),
        (lambda: nn.Reshape(2, -1), "the sizes of a sample, integers of at least 1"),
        (lambda: nn.Embedding(3, True), "n_out=True"),
        (lambda: nn.MaxPool2d(3)(np.ones((1, 2, 2, 1))), "larger than the images"),
        (lambda: nn.Linear(2, 2, dtype=int), "need a floating dtype, but got int64"),
        (lambda: nn.BatchNorm(2, dtype=int), "The parameters of BatchNorm need a floating dtype"),
    ],
)
def test_what_a_layer_cannot_be_is_refused_in_words(make, words):
    with pytest.raises((ag.ShapeError, ag.DtypeError)) as error:
        make()
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: nn.LeakyReLU(np.inf), "slope of LeakyReLU must be a finite number"),
        (lambda: nn.ELU("1"), "alpha of ELU must be a finite number"),
        (lambda: nn.GELU("exact"), 'must be "none" or "tanh"'),
        (lambda: nn.Softplus(0), "beta of Softplus must be above 0"),
        (lambda: nn.HardTanh(1, -1), "low below high"),
        (lambda: nn.BatchNorm(2, momentum=2), "a momentum from 0 to 1"),
    ],
)
def test_what_an_activation_cannot_be_is_refused_in_words(make, words):
    with pytest.raises(ValueError, match=words):
        make()
