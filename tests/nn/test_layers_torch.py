"""Every layer of layer_table.py against PyTorch's: values, gradients and second derivatives, in both precisions."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag
from tests.nn.layer_table import ROWS

torch = pytest.importorskip("torch", reason="PyTorch is in the extra `bench`: make venv-bench")

WAYS = {f"{row.name}{setting}": (row, setting) for row in ROWS if row.torch for setting in row.settings}
EXACT = {np.float64: {"rtol": 1e-9, "atol": 1e-10}, np.float32: {"rtol": 2e-3, "atol": 2e-4}}


def test_every_layer_is_compared_or_says_why_not():
    assert all((row.torch is None) != (row.why == "") for row in ROWS)


def as_torch(x, requires_grad=False):
    x = torch.tensor(np.ascontiguousarray(x))
    return x.requires_grad_() if requires_grad else x


def weights_of(x):
    """A number for each entry, by which results are weighed: none is left out."""
    return np.cos(np.arange(x.size) * 0.7).reshape(x.shape).astype(x.dtype)


def turned_back(turn, x, shape):
    """What `turn` makes x of: an array of that shape, of the same entries in another order."""
    places = turn(np.arange(x.size).reshape(shape))
    out = np.empty(x.size, x.dtype)
    out[places.ravel()] = x.ravel()
    return out.reshape(shape)


def ours(layer, X):
    """The result, the gradients of a cost by X and the parameters, and those of a number made of all of these."""
    leaves = [ag.Tensor(X, name="X")] if X.dtype.kind == "f" else []
    leaves += layer.parameters()
    layer.zero_grad()
    out = layer(leaves[0] if X.dtype.kind == "f" else X)
    np.sum(np.sin(out) * weights_of(out.data)).backward(create_graph=True)
    grads = [x.grad for x in leaves]
    for x in leaves:
        x.grad = None
    sum((np.sum(g * weights_of(g.data)) for g in grads), start=ag.Tensor(0.0)).backward()
    return out.data, [g.data for g in grads], [np.zeros(x.shape) if x.grad is None else x.grad for x in leaves]


def theirs(row, other, layer, X):
    """The same of PyTorch, in our form."""
    x = as_torch(row.inward(X), X.dtype.kind == "f")
    named = dict(other.named_parameters()) if isinstance(other, torch.nn.Module) else {}
    names = [name for name, _ in layer.named_parameters()]
    leaves = ([x] if x.requires_grad else []) + [named[row.names[name]] for name in names]
    out = other(x)
    shaped = row.outward(out.detach().numpy())
    J = torch.sum(torch.sin(out) * as_torch(turned_back(row.outward, weights_of(shaped), tuple(out.shape))))
    grads = torch.autograd.grad(J, leaves, create_graph=True)
    forms = [row.inward] * x.requires_grad + [lambda w, p=p: w.reshape(p.shape) for p in leaves[x.requires_grad :]]
    backs = [lambda g: turned_back(row.inward, g, X.shape)] * x.requires_grad + [
        lambda g, p=p: g.reshape(p.shape) for p in layer.parameters()
    ]
    found = [back(g.detach().numpy()) for back, g in zip(backs, grads, strict=True)]
    second = sum(torch.sum(g * as_torch(form(weights_of(f)))) for form, g, f in zip(forms, grads, found, strict=True))
    again = torch.autograd.grad(second, leaves, allow_unused=True) if second.requires_grad else [None] * len(leaves)
    again = [torch.zeros_like(leaf) if g is None else g for g, leaf in zip(again, leaves, strict=True)]
    return shaped, found, [back(g.detach().numpy()) for back, g in zip(backs, again, strict=True)]


def compare(row, setting, dtype, training=True, seed=0):
    layer = (row.make(setting, dtype=dtype) if row.has_dtype() else row.make(setting)).train(training)
    rng = np.random.default_rng(seed)
    for p in layer.parameters():
        p.data = (p.data + 0.3 * rng.standard_normal(p.shape)).astype(p.dtype)
    for _, buffer in layer.named_buffers():
        buffer.update((buffer.value + 0.2 * rng.random(buffer.value.shape)).astype(buffer.value.dtype))
    X = setting.X(seed, dtype)
    other = row.make_torch(torch, layer, setting, dtype)
    if isinstance(other, torch.nn.Module):
        other.train(training)
    expected, found = theirs(row, other, layer, X), ours(layer, X)
    np.testing.assert_allclose(found[0], expected[0], **EXACT[dtype])
    assert found[0].dtype == dtype
    for a, b in zip([*found[1], *found[2]], [*expected[1], *expected[2]], strict=True):
        np.testing.assert_allclose(a, b, **EXACT[dtype])
    given = dict(other.named_buffers()) if isinstance(other, torch.nn.Module) else {}
    for name, buffer in layer.named_buffers():
        np.testing.assert_allclose(buffer.value.ravel(), given[row.names[name]].numpy().ravel(), **EXACT[dtype])


@pytest.mark.parametrize("dtype", EXACT, ids=lambda dtype: dtype.__name__)
@pytest.mark.parametrize("training", [True, False], ids=["training", "evaluation"])
@pytest.mark.parametrize("way", WAYS)
def test_it_is_pytorchs(way, dtype, training):
    row, setting = WAYS[way]
    if training or list(row.make(setting).named_buffers()):
        compare(row, setting, dtype, training)


@pytest.mark.parametrize("row", [row for row in ROWS if row.torch and row.random is not None], ids=lambda row: row.name)
@settings(max_examples=8, deadline=None, derandomize=True)
@given(data=st.data())
def test_it_is_pytorchs_for_any_sizes(row, data):
    setting = data.draw(row.random)
    compare(row, setting, data.draw(st.sampled_from([np.float64, np.float32])), data.draw(st.booleans()))
