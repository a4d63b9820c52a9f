"""nn.from_torch: a Sequential of PyTorch's, with the same values and gradients."""

import numpy as np
import pytest

import autograd as ag
import nn
from tests.nn.layer_table import ROWS, first, last

torch = pytest.importorskip("torch", reason="PyTorch is in the extra `bench`: make venv-bench")
tn = torch.nn


def cnn():
    return tn.Sequential(
        tn.Sequential(tn.Conv2d(2, 4, 3, padding="same"), tn.BatchNorm2d(4), tn.ReLU()),
        tn.MaxPool2d(2, padding=1),
        tn.Conv2d(4, 6, (3, 2), stride=(2, 1), groups=2, bias=False),
        tn.PReLU(6),
        tn.AdaptiveAvgPool2d(1),
        tn.Flatten(),
        tn.Dropout(0.3),
        tn.LayerNorm(6),
        tn.Linear(6, 3),
        tn.LogSoftmax(dim=-1),
    )


MODELS = {
    "columns": (
        lambda: tn.Sequential(tn.Linear(5, 4), tn.Tanh(), tn.Identity(), tn.Linear(4, 3), tn.Softmax(1)),
        (6, 5),
    ),
    "images": (cnn, (3, 2, 8, 7)),
    "sequences": (
        lambda: tn.Sequential(
            tn.Conv1d(3, 4, 3, dilation=2), tn.GroupNorm(2, 4), tn.SiLU(), tn.AvgPool1d(2), tn.Flatten()
        ),
        (4, 3, 11),
    ),
    "a single layer": (lambda: tn.Linear(5, 2), (3, 5)),
}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("kind", MODELS)
def test_values_and_gradients_are_the_same(kind, dtype, training):
    torch.manual_seed(0)
    build, shape = MODELS[kind]
    theirs = build().to(getattr(torch, dtype)).train(training)
    for part in theirs.modules():
        if isinstance(part, tn.Dropout):
            part.eval()
    model = nn.from_torch(theirs)
    x = np.random.default_rng(1).standard_normal(shape).astype(dtype)
    X, x = ag.Tensor(last(x)), torch.tensor(x, requires_grad=True)
    for _ in range(2):  # running statistics follow alike
        A, a = model(X), theirs(x)
    tolerance = 1e-10 if dtype == "float64" else 2e-5
    np.testing.assert_allclose(first(A.data), a.detach().numpy(), atol=tolerance, rtol=tolerance)
    assert A.dtype == dtype
    np.sum(np.sin(A)).backward()
    a.sin().sum().backward()
    np.testing.assert_allclose(first(X.grad), x.grad.numpy(), atol=tolerance, rtol=tolerance)
    for ours, grad in zip(model.parameters(), [p.grad for p in theirs.parameters()], strict=True):
        np.testing.assert_allclose(ours.grad.ravel(), grad.numpy().ravel(), atol=10 * tolerance, rtol=tolerance)
    for (_, ours), (_, buffer) in zip(
        model.named_buffers(), [b for b in theirs.named_buffers() if "num_batches" not in b[0]], strict=True
    ):
        np.testing.assert_allclose(ours.value.ravel(), buffer.numpy().ravel(), rtol=1e-5)


# Those rows of the table of layers whose counterpart is a layer of PyTorch's by itself, of one input and one result.
OTHERS = ("RNN", "LSTM", "GRU", "MultiheadAttention", "TransformerEncoderLayer")
CONVERTED = [
    pytest.param(row, setting, id=f"{row.name}{setting}")
    for row in ROWS
    for setting in row.settings
    if row.torch is not None
    and isinstance(row.torch(torch, setting), tn.Module)
    and type(row.torch(torch, setting)).__module__.startswith("torch.nn")
    and type(row.torch(torch, setting)).__name__ not in OTHERS
]


@pytest.mark.parametrize(("row", "setting"), CONVERTED)
def test_layers_of_the_table_come_back(row, setting):
    ours = row.make(setting).eval()
    layer, X = nn.from_torch(tn.Sequential(row.make_torch(torch, ours, setting))), setting.X()
    np.testing.assert_allclose(layer.predict(X), ours.predict(X), atol=1e-12)


def test_what_is_frozen_shared_and_in_evaluation():
    shared = tn.Linear(3, 3)
    tied = tn.Linear(3, 3)
    tied.weight = shared.weight
    shared.bias.requires_grad = False
    module = tn.Sequential(shared, tn.Tanh(), shared, tied.eval())
    model = nn.from_torch(module)
    assert model[0] is model[2] and model[3].W is model[0].W
    assert not model[0].b.requires_grad and model[3].b.requires_grad
    assert [layer.training for layer in model.layers] == [True, True, True, False]
    model[0].W.data = model[0].W.data + 1
    assert not np.allclose(shared.weight.detach().numpy(), model[0].W.data)  # a copy


def test_what_has_no_counterpart_is_listed_all_at_once():
    class Own(tn.Module):
        pass

    class Turned(tn.Sequential):
        def forward(self, x):
            return super().forward(x).flip(0)

    module = tn.Sequential(
        tn.Conv2d(1, 1, 3, padding_mode="reflect"),
        tn.Sequential(tn.Bilinear(2, 2, 2), Own()),
        tn.Softmax(dim=3),
        tn.LayerNorm(7),
        Turned(tn.Tanh()),
    )
    with pytest.raises(ag.Unsupported) as refused:
        nn.from_torch(module)
    lines = str(refused.value).split("\n  ")[1:]
    assert [line.split(",")[0] for line in lines] == [
        "[0]: Conv2d",
        "[1][0]: Bilinear",
        "[1][1]: Own",
        "[2]: Softmax",
        "[4]: Turned",
    ]
    assert "padding_mode='reflect'" in lines[0]
    with pytest.raises(ag.Unsupported, match=r"\[1\]: LayerNorm, after channels, which are not"):
        nn.from_torch(tn.Sequential(tn.Conv2d(1, 1, 3), tn.LayerNorm(7)))
    for layer in (tn.Flatten(), tn.BatchNorm1d(4), tn.Softmax(1), tn.Conv1d(4, 4, 1)):
        with pytest.raises(ag.Unsupported, match="after an Embedding"):
            nn.from_torch(tn.Sequential(tn.Embedding(5, 4), tn.Tanh(), layer))
    with pytest.raises(ag.Unsupported, match=r"bfloat16, which NumPy does not have"):
        nn.from_torch(tn.Linear(2, 2).to(torch.bfloat16))
    with pytest.raises(TypeError, match=r"needs a torch.nn.Module, but got list"):
        nn.from_torch([])


# --- which axis is which ----------------------------------------------------------------------------------------------

# All sizes are 4, so that an axis that is taken for another one shows in the numbers alone.
ANY_AXES = {
    "Linear": lambda: tn.Linear(4, 4),
    "LayerNorm": lambda: tn.LayerNorm(4),
    "LayerNorm of 2": lambda: tn.LayerNorm((4, 4)),
    "LayerNorm of 3": lambda: tn.LayerNorm((4, 4, 4)),
    "Softmax(-1)": lambda: tn.Softmax(-1),
    "LogSoftmax(1)": lambda: tn.LogSoftmax(1),
    "Tanh": lambda: tn.Tanh(),
    "BatchNorm1d": lambda: tn.BatchNorm1d(4),
    "BatchNorm2d": lambda: tn.BatchNorm2d(4),
    "GroupNorm": lambda: tn.GroupNorm(2, 4),
    "PReLU": lambda: tn.PReLU(4),
    "PReLU of all": lambda: tn.PReLU(),
    "Conv1d": lambda: tn.Conv1d(4, 4, 1),
    "Conv2d": lambda: tn.Conv2d(4, 4, 1),
    "MaxPool2d": lambda: tn.MaxPool2d(2, 2),
    "AvgPool1d": lambda: tn.AvgPool1d(1),
    "AdaptiveAvgPool1d": lambda: tn.AdaptiveAvgPool1d(1),
    "AdaptiveMaxPool2d": lambda: tn.AdaptiveMaxPool2d(1),
    "Flatten": lambda: tn.Flatten(),
    "Unflatten": lambda: tn.Unflatten(1, (2, 2)),
    "Dropout": lambda: tn.Dropout(),
    "TransformerEncoderLayer": lambda: tn.TransformerEncoderLayer(4, 2, 6, batch_first=True),
}
READS_LAST = ("Linear", "LayerNorm", "Softmax(-1)", "TransformerEncoderLayer")
READS_NONE = ("Tanh", "Dropout", "PReLU of all")


def random_model(rng):
    """A Sequential of random layers, which is run by PyTorch for samples of 1, 2 or 3 axes; with distinct numbers."""
    while True:
        names = rng.choice(list(ANY_AXES), size=rng.integers(1, 5)).tolist()
        theirs = tn.Sequential(*(ANY_AXES[name]() for name in names)).double().eval()
        for p in (*theirs.parameters(), *(b for b in theirs.buffers() if b.dtype is torch.float64)):
            p.data = torch.tensor(rng.uniform(0.5, 1.5, p.shape))
        x = rng.standard_normal((3, *(4,) * rng.integers(1, 4)))
        try:
            return names, theirs, x, theirs(torch.tensor(x)).detach().numpy()
        except (RuntimeError, ValueError, IndexError, AssertionError):  # layers that do not fit one another
            continue


def test_no_axis_is_taken_for_another():
    """A model computes what PyTorch's does, or is refused in words: whatever layers it has, and axes its samples."""
    rng, same, refused = np.random.default_rng(0), set(), 0
    for _ in range(400):
        names, theirs, x, expected = random_model(rng)
        reads = next((name for name in names if name not in READS_NONE), "Linear")
        X = x.T if reads in READS_LAST else np.moveaxis(x, 0, -1)
        try:
            out = nn.from_torch(theirs).predict(X)
        except (ag.Unsupported, ag.ShapeError):
            refused += 1
            continue
        expected = expected.reshape(*expected.shape[:2], *(n for n in expected.shape[2:] if n > 1))  # of global pools
        ways = [out.T, np.moveaxis(out, -1, 0)]
        assert any(way.shape == expected.shape and np.allclose(way, expected) for way in ways), (names, x.shape)
        same.update(names)
    assert same >= set(ANY_AXES) and refused < 200, (set(ANY_AXES) - same, refused)


def test_layers_that_read_both_ends_take_columns():
    theirs = tn.Sequential(tn.Sequential(tn.Linear(4, 4), tn.BatchNorm1d(4)), tn.Softmax(1)).double().eval()
    model = nn.from_torch(theirs)
    x = np.random.default_rng(0).standard_normal((5, 4))
    np.testing.assert_allclose(model.predict(x.T), theirs(torch.tensor(x)).detach().numpy().T)
    for held in (model, nn.Sequential(model, nn.Tanh()), nn.Sequential(nn.Sequential(nn.Tanh()), model)):
        with pytest.raises(ag.ShapeError, match=r"Sequential\(…, ndim=2\) takes X of 2 axes.* but got \(4, 4, 5\)"):
            held.predict(np.ones((4, 4, 5)))
    assert "ndim=2" in repr(model) and "ndim" not in repr(nn.from_torch(tn.Sequential(tn.Linear(4, 4), tn.Tanh())))


def test_a_layer_that_stands_twice_reads_twice():
    linear, flat = tn.Linear(4, 4), tn.Flatten()
    theirs = tn.Sequential(flat, linear, tn.Unflatten(1, (2, 2)), flat, linear)
    x = np.random.default_rng(0).standard_normal((5, 4)).astype(np.float32)
    model = nn.from_torch(theirs)
    np.testing.assert_allclose(model.predict(x.T), theirs(torch.tensor(x)).detach().numpy().T, atol=1e-6)
    assert model[1] is model[4] and model[0] is model[3]
    with pytest.raises(ag.Unsupported, match=r"\[3\]: Linear, after channels"):
        nn.from_torch(tn.Sequential(flat, linear, tn.Unflatten(1, (2, 2)), linear))


def test_sequences_have_their_samples_in_one_place():
    block = tn.TransformerEncoderLayer(4, 2, 6, batch_first=True)
    other = tn.TransformerEncoder(tn.TransformerEncoderLayer(4, 2, 6), 1, enable_nested_tensor=False)
    theirs = tn.Sequential(tn.Embedding(7, 4), other).eval()
    indices = np.array([[1, 2, 6], [0, 0, 3]])  # (T, m)
    np.testing.assert_allclose(
        nn.from_torch(theirs).predict(indices),
        np.moveaxis(theirs(torch.tensor(indices)).detach().numpy(), -1, 0),
        atol=1e-5,
    )
    with pytest.raises(ag.Unsupported, match=r"\[1\]: TransformerEncoder, of which batch_first=False is not that of"):
        nn.from_torch(tn.Sequential(block, other))


def test_indices():
    torch.manual_seed(0)
    theirs = tn.Sequential(tn.Embedding(7, 4), tn.LayerNorm(4), tn.Tanh())
    indices = np.array([[1, 2, 6], [0, 0, 3]])  # (m, T)
    ours = nn.from_torch(theirs.double()).predict(indices.T)  # (4, T, m)
    np.testing.assert_allclose(
        np.transpose(ours), np.swapaxes(theirs(torch.tensor(indices)).detach().numpy(), 1, 1), atol=1e-12
    )


def test_hooks_change_what_is_computed():
    hooked, identity = tn.Linear(2, 2), tn.Identity()
    hooked.register_forward_hook(lambda module, inputs, out: 2 * out)
    identity.register_forward_pre_hook(lambda module, inputs: 3 * inputs[0])
    with pytest.raises(ag.Unsupported) as caught:
        nn.from_torch(tn.Sequential(tn.Linear(2, 2), hooked, identity))
    assert str(caught.value).splitlines()[1:3] == [
        "  [1]: Linear, with forward hooks",
        "  [2]: Identity, with forward pre hooks",
    ]
    with pytest.warns(FutureWarning):
        normed = tn.utils.weight_norm(tn.Linear(2, 2))
    with pytest.raises(ag.Unsupported, match="the model: Linear, with forward pre hooks"):
        nn.from_torch(normed)
