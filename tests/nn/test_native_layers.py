"""Training as C beside the same as NumPy: every layer, many in one program; every loss and every optimizer."""

from functools import partial

import numpy as np
import pytest

import autograd as ag
import nn
from autograd.read.native.regions import regions
from autograd.read.native.views import is_view
from autograd.read.term import in_order, never
from tests.autograd.native import need_compiler
from tests.nn.layer_table import ROWS
from tests.nn.test_every_layer import as_function, holders
from tests.nn.test_every_loss import data

PARTS = 4


def steps(rows, dtype):
    """A function that takes a step through each of these layers, and its arguments, all in one list."""
    taken, arguments = [], []
    for row in rows:
        layer = row.make()
        X = row.settings[0].X()
        f, arrays = as_function(layer)
        given = [x.astype(dtype) if x.dtype.kind == "f" else x for x in (X, *arrays)]
        by = tuple(range(0 if X.dtype.kind == "f" else 1, 1 + len(holders(layer))))
        taken.append((ag.value_and_grad(lambda *a, f=f: np.sum(np.sin(f(*a)[0])), argnums=by), len(given)))
        arguments += given

    def together(*given):
        found, at = [], 0
        for step, n in taken:
            J, gradients = step(*given[at : at + n])
            found.append([J, *gradients])
            at += n
        return found

    return together, arguments


@pytest.mark.parametrize(("dtype", "rtol"), [("float64", 1e-9), ("float32", 2e-3)])
@pytest.mark.parametrize("part", range(PARTS))
def test_a_step_through_layers_as_c_is_that_of_numpy(part, dtype, rtol):
    need_compiler()
    rows = ROWS[part::PARTS]
    f, arguments = steps(rows, dtype)
    with nn.random.seeded(1):
        expected = ag.compile(f)(*arguments)
    with nn.random.seeded(1):
        compiled = ag.compile(f, backend="c")
        found = compiled(*arguments)
    assert compiled.backend == "c", compiled.why_not
    for row, ours, known in zip(rows, found, expected, strict=True):
        for a, b in zip(ours, known, strict=True):
            assert np.asarray(a).dtype == np.asarray(b).dtype, row.name
            np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol / 100, err_msg=row.name)


# Products of convolutions are NumPy's, and tables are looked up by it.
BY_NUMPY = {
    *("conv1d", "conv1d_input", "conv1d_weights", "conv2d", "conv2d_input", "conv2d_weights"),
    *("getitem", "scatter", "searchsorted"),
}


def test_all_else_of_layers_and_losses_is_c(monkeypatch):
    left = set()

    def watched(roots):
        found = regions(roots)
        done = {s for region in found for s in region.terms}
        steps = [s for s in in_order(roots, never) if s.call is not None and s not in done]
        left.update(s.function for s in steps if not is_view(s))
        return []

    monkeypatch.setattr("autograd.read.native.native.regions", watched)
    f, arguments = steps(ROWS, "float64")
    ag.compile(f, backend="auto")(*arguments)
    losses = list(nn.losses.KNOWN.values())

    def costs(given):
        return [ag.value_and_grad(lambda A, Y=Y, loss=loss: loss(A, Y))(A) for loss, (A, Y) in zip(losses, given)]

    ag.compile(costs, backend="auto")([data(loss) for loss in losses])
    assert left == BY_NUMPY


# --- losses and optimizers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "rtol"), [("float64", 1e-9), ("float32", 1e-4)])
def test_losses_as_c_are_those_of_numpy(dtype, rtol):
    need_compiler()
    losses = list(nn.losses.KNOWN.values())
    arguments = [tuple(x.astype(dtype) for x in data(loss)) for loss in losses]

    def together(given):
        return [ag.value_and_grad(lambda A, Y=Y, loss=loss: loss(A, Y))(A) for loss, (A, Y) in zip(losses, given)]

    compiled = ag.compile(together, backend="c")
    for loss, ours, known in zip(losses, compiled(arguments), ag.compile(together)(arguments), strict=True):
        for a, b in zip(ours, known, strict=True):
            assert np.asarray(a).dtype == np.asarray(b).dtype, loss.name
            np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol / 100, err_msg=loss.name)
    assert compiled.backend == "c", compiled.why_not


OPTIMIZERS = {
    "SGD": nn.optim.SGD,
    "SGD that is clipped": partial(nn.optim.SGD, clip_norm=0.01, clip_value=0.005, weight_decay=0.1),
    "Momentum": nn.optim.Momentum,
    "Nesterov": nn.optim.Nesterov,
    "Adagrad": nn.optim.Adagrad,
    "RMSprop": nn.optim.RMSprop,
    "Adam": nn.optim.Adam,
    "AdamW": partial(nn.optim.AdamW, weight_decay=0.1),
}


def trained(optimizer, dtype, compile):
    """Cost and weights after five steps of a small network, and what ran them."""
    model = nn.Sequential(nn.Linear(2, 6, seed=3, dtype=dtype), nn.Tanh(), nn.Linear(6, 1, seed=4, dtype=dtype))
    X, Y = (x.astype(dtype) for x in nn.datasets.moons(m=20, seed=1))
    moved = optimizer(model.parameters(), lr=0.05)
    history = nn.fit(model, X, Y, loss="mse", optimizer=moved, epochs=5, compile=compile, progress=False)
    return history, [history.cost, *model.state_dict().values()]


@pytest.mark.parametrize(("dtype", "rtol"), [("float64", 1e-9), ("float32", 1e-3)])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers_as_c_are_those_of_numpy(optimizer, dtype, rtol):
    need_compiler()
    (history, ours), (_, known) = (trained(OPTIMIZERS[optimizer], dtype, compile) for compile in ("c", "numpy"))
    assert history.backend == "c", history.why_not
    for a, b in zip(ours, known, strict=True):
        assert np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol / 100)


def test_every_optimizer_is_tried():
    classes = {getattr(made, "func", made) for made in OPTIMIZERS.values()}
    every = {x for x in vars(nn.optim).values() if isinstance(x, type) and issubclass(x, nn.optim.Optimizer)}
    assert every - {nn.optim.Optimizer} == classes
