"""Whatever holds for every layer: of each row of layer_table.py."""

import copy
import inspect
import sys
from dataclasses import replace

import numpy as np
import pytest

import autograd as ag
import nn
import viz
from tests.autograd.alone import run_alone
from tests.nn.layer_table import COLUMNS, ROWS

BY_NAME = {row.name: row for row in ROWS}
WAYS = {f"{row.name}{setting}": (row, setting) for row in ROWS for setting in row.settings}


@pytest.fixture(params=BY_NAME)
def row(request):
    return BY_NAME[request.param]


@pytest.fixture
def layer(row):
    return row.make()


@pytest.fixture
def X(row):
    return row.settings[0].X()


def test_every_layer_has_a_row():
    layers = {
        name for name in nn.__all__ if isinstance(getattr(nn, name), type) and issubclass(getattr(nn, name), nn.Module)
    }
    assert layers - {"Module"} == set(BY_NAME)
    assert len(BY_NAME) == len(ROWS)


def cost(layer, x):
    """A number on which each entry of the result has an influence of its own."""
    with nn.random.seeded(0):
        out = layer(x)
    return np.sum(np.sin(out) * np.cos(np.arange(np.size(out))).reshape(np.shape(out)))


# --- derivatives ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_its_gradients_are_those_of_differences(way):
    row, setting = WAYS[way]
    layer, X = row.make(setting), setting.X()
    if setting.indices is None:
        order = 2 if setting is row.settings[0] else 1
        assert ag.check_grads(lambda x: cost(layer, x), X, order=order).ok
    J = cost(layer, X if setting.indices is not None else ag.Tensor(X))
    J.backward()
    for p in layer.parameters():
        old, costs, last = p.data, [], p.data.size - 1
        for step in (1e-6, -1e-6):
            new = old.copy()
            new.flat[last] += step
            p.data = new
            costs.append(float(cost(layer, X).data))
        p.data = old
        assert p.grad.flat[last] == pytest.approx((costs[0] - costs[1]) / 2e-6, rel=1e-5, abs=1e-7)


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


KINKS = {
    "zeros": np.zeros(COLUMNS),
    "one zero": np.array([[0.0, 1.5, 3, 4, 5], [-2.0, 0, 1, 2, 3], [0.3, -0.4, 0, 1, 2]]),
}
OF_COLUMNS = {name: row for name, row in BY_NAME.items() if row.settings[0].shape == COLUMNS}
FLAT = {"LayerNorm": "of equal entries the scale is 1/√eps: no difference of 1e-6 is small"}


def bent(layer, Z):
    """The entries at which autograd's slope is neither that of a smooth place nor of one side of a kink."""
    slope, left, right = slopes_at(layer, Z)
    smooth = np.abs(left - right) < 1e-4
    near_left, near_right = (np.isclose(slope, side, rtol=1e-4, atol=1e-5) for side in (left, right))
    return ~np.where(smooth, near_left & near_right, near_left | near_right)


@pytest.mark.parametrize("name", OF_COLUMNS)
@pytest.mark.parametrize("at", KINKS)
def test_its_gradient_at_zero_is_that_of_a_side(name, at):
    if not (name in FLAT and at == "zeros"):
        assert not bent(OF_COLUMNS[name].make(), KINKS[at]).any()


@pytest.mark.parametrize("at", KINKS)
def test_a_slope_that_is_wrong_only_at_zero_is_seen(at):
    np.testing.assert_array_equal(bent(BentELU(), KINKS[at]), KINKS[at].ravel() == 0.0)


# --- programs, pictures, steps -------------------------------------------------------------------------------


def holders(layer):
    """Where its parameters are: (the Module that holds one, the attribute)."""
    return [
        (module, name)
        for module in layer.modules()
        for name, value in vars(module).items()
        if isinstance(value, ag.Tensor)
    ]


def as_function(layer):
    """Layer, parameters and buffers as a function of plain arrays, and those arrays."""
    places, buffers = holders(layer), [buffer for _, buffer in layer.named_buffers()]
    values = [getattr(module, name).data for module, name in places]

    def f(X, *given):
        for (module, name), value in zip(places, given[: len(places)]):
            object.__setattr__(module, name, value)
        with nn.buffers_apart(dict(zip(buffers, given[len(places) :]))) as state:
            out = layer(X)
        return out, [state[buffer] for buffer in buffers]

    return f, [*values, *(buffer.value for buffer in buffers)]


def test_it_compiles_with_its_parameters_as_arguments(layer, X):
    f, arrays = as_function(layer)
    compiled = ag.compile(f)
    with nn.random.seeded(1):
        expected = [f(X, *arrays), f(X, *arrays)]
    with nn.random.seeded(1):
        for out, state in expected:
            found, after = compiled(X, *arrays)
            np.testing.assert_allclose(found, out, rtol=1e-12, atol=1e-14)
            for new, known in zip(after, state, strict=True):
                np.testing.assert_allclose(new, known, rtol=1e-12)


def test_a_training_step_through_it_compiles(layer, X):
    f, arrays = as_function(layer)
    places = len(holders(layer))

    def J(*given):
        return np.sum(np.sin(f(*given)[0]))

    by = tuple(range(0 if X.dtype.kind == "f" else 1, 1 + places))
    step = ag.value_and_grad(J, argnums=by)
    with nn.random.seeded(1):
        expected = step(X, *arrays)
    with nn.random.seeded(1):
        compiled = ag.compile(step)
        found = compiled(X, *arrays)
    with nn.random.seeded(1):
        J, gradients = run_alone(compiled, X, *arrays)
    for g, known in zip([J, *gradients], [found[0], *found[1]], strict=True):
        np.testing.assert_array_equal(g, known)
    for g, known in zip([found[0], *found[1]], [expected[0], *expected[1]], strict=True):
        np.testing.assert_allclose(g, known, rtol=1e-9, atol=1e-12)


def test_where_a_tensor_comes_from_outside_it_does_not_compile(layer, X):
    if layer.parameters():
        with pytest.raises(ag.GraphError, match=r"from outside|being compiled"):
            ag.compile(lambda x: layer(x))(X)


def test_it_is_derived_drawn_and_stepped(layer, X):
    out = layer(X if X.dtype.kind != "f" else ag.Tensor(X, name="X"))
    J = nn.losses.mse(np.reshape(out, (-1, out.shape[-1])), np.zeros((out.size // out.shape[-1], out.shape[-1])))
    assert ag.derive(J).lines and viz.record(J).steps
    assert viz.draw(J).source


def test_a_network_with_it_is_drawn_by_layers(row):
    if row.name in OF_COLUMNS:
        model = nn.Sequential(nn.Linear(3, 3, seed=1), row.make())
        out = model(row.settings[0].X())
        J = nn.losses.mse(out, np.zeros(out.shape))
        assert "Layer 1" in viz.draw(J).graph.layers


# --- copies, state, precision --------------------------------------------------------------------------------


def test_its_state_and_its_copies_compute_the_same(layer, X):
    other = copy.deepcopy(layer).eval()
    for p in layer.parameters():
        p.data = p.data + 1.0
    other.load_state_dict(layer.state_dict())
    np.testing.assert_array_equal(other.predict(X), layer.predict(X))


def test_single_precision_stays_and_evaluation_is_repeatable(row, X):
    if row.settings[0].args and isinstance(row.settings[0].args[0], nn.Module):
        return  # the layers that it is made of have a dtype
    layer = row.make(dtype=np.float32) if row.has_dtype() else row.make()
    single = X.astype(np.float32) if X.dtype.kind == "f" else X
    for mode in (layer.train(), layer.eval()):
        out = mode(single if X.dtype.kind != "f" else ag.Tensor(single))
        assert out.dtype == np.float32
        np.sum(out).backward()
        assert {p.grad.dtype for p in layer.parameters()} <= {np.dtype(np.float32)}
    assert {b.value.dtype for _, b in layer.named_buffers()} <= {np.dtype(np.float32)}
    np.testing.assert_array_equal(layer.predict(single), layer.predict(single))


@pytest.mark.parametrize("way", WAYS)
def test_it_keeps_what_it_was_made_with_and_prints_as_that_call(way):
    row, setting = WAYS[way]
    layer = row.make(setting)
    for p in inspect.signature(row.layer).parameters.values():
        if p.name not in ("init", "seed", "dtype") and p.kind is not p.VAR_POSITIONAL:
            assert hasattr(layer, p.name), p.name
    assert repr(layer).startswith(row.name)
    if row.layer is not nn.Lambda:
        assert repr(eval(repr(layer), dict(vars(nn)))) == repr(layer)


# --- samples -------------------------------------------------------------------------------------------------


def calls(layer, X):
    """How many functions Python calls for the value and the gradients."""
    count = 0

    def tell(_frame, event, _arg):
        nonlocal count
        count += event in ("call", "c_call")

    x = X if X.dtype.kind != "f" else ag.Tensor(X)
    np.sum(layer(x)).backward()
    sys.setprofile(tell)
    try:
        np.sum(layer(x)).backward()
    finally:
        sys.setprofile(None)
    return count


def test_no_loop_runs_over_samples(row, layer):
    setting = row.settings[0]
    few, many = (replace(setting, shape=(*setting.shape[:-1], m)).X() for m in (3, 48))
    assert calls(layer, many) <= calls(layer, few) + 40  # an array of another size may take another way, by calls


@pytest.mark.parametrize("way", WAYS)
def test_samples_do_not_meet_in_evaluation(way):
    row, setting = WAYS[way]
    layer, X = row.make(setting).eval(), setting.X()
    whole = layer.predict(X)
    np.testing.assert_allclose(layer.predict(X[..., -1:]), whole[..., -1:], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("row", "shape", "words"), [(row, *wrong) for row in ROWS for wrong in row.wrong], ids=lambda x: str(x)[:40]
)
def test_a_wrong_shape_is_refused_in_words(row, shape, words):
    with pytest.raises(ag.ShapeError) as error:
        row.make()(np.ones(shape))
    assert words in str(error.value) and str(shape) in str(error.value)
