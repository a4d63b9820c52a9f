"""nn.from_torch of layers of sequences: the same values and gradients."""

import numpy as np
import pytest

import autograd as ag
import nn

torch = pytest.importorskip("torch", reason="PyTorch is in the extra `bench`: make venv-bench")
tn = torch.nn
SEQUENCES = {"batch_first": True, "dtype": torch.float64}
RECURRENT = {
    "RNN": lambda: tn.RNN(3, 4, nonlinearity="relu", **SEQUENCES),
    "LSTM": lambda: tn.LSTM(3, 4, 2, bidirectional=True, **SEQUENCES),
    "GRU": lambda: tn.GRU(3, 4, bidirectional=True, **SEQUENCES),
    "GRU without biases": lambda: tn.GRU(3, 4, 2, bias=False, **SEQUENCES),
}
BLOCKS = {
    "relu": lambda: tn.TransformerEncoderLayer(4, 2, 6, **SEQUENCES),
    "gelu": lambda: tn.TransformerEncoderLayer(4, 2, 6, norm_first=True, activation="gelu", **SEQUENCES),
    "several": lambda: tn.TransformerEncoder(
        tn.TransformerEncoderLayer(4, 2, 6, **SEQUENCES), 2, tn.LayerNorm(4, dtype=torch.float64)
    ),
}


def assert_same(model, theirs, x, call):
    X, x = ag.Tensor(x.T), torch.tensor(x, requires_grad=True)
    out, expected = model(X), call(theirs, x)
    np.testing.assert_allclose(out.data.T, expected.detach().numpy(), atol=1e-12)
    np.sum(np.sin(out)).backward()
    torch.sin(expected).sum().backward()
    np.testing.assert_allclose(X.grad.T, x.grad.numpy(), atol=1e-12)


@pytest.mark.parametrize("name", RECURRENT)
def test_recurrent_layers(name):
    theirs = RECURRENT[name]()
    assert_same(
        nn.from_torch(theirs), theirs, np.random.default_rng(0).standard_normal((2, 5, 3)), lambda f, x: f(x)[0]
    )


@pytest.mark.parametrize("name", BLOCKS)
def test_transformers(name):
    theirs = BLOCKS[name]().eval()
    assert_same(nn.from_torch(theirs), theirs, np.random.default_rng(0).standard_normal((2, 5, 4)), lambda f, x: f(x))


def test_attention():
    theirs = tn.MultiheadAttention(4, 2, **SEQUENCES)
    x = np.random.default_rng(0).standard_normal((2, 5, 4))
    assert_same(nn.from_torch(theirs), theirs, x, lambda f, x: f(x, x, x)[0])


def test_a_model_of_tokens():
    theirs = tn.Sequential(
        tn.Embedding(7, 4), tn.TransformerEncoderLayer(4, 2, 6, batch_first=True), tn.LayerNorm(4), tn.Linear(4, 7)
    ).eval()
    tokens = np.random.default_rng(0).integers(0, 7, (2, 5))
    model = nn.from_torch(theirs)
    np.testing.assert_allclose(
        model.predict(tokens.T), theirs(torch.tensor(tokens)).detach().numpy().T, atol=1e-5, rtol=1e-5
    )
    assert model[1].keep_prob == pytest.approx(0.9) and not model[1].training


def test_what_is_frozen_stays_so():
    theirs = tn.LSTM(3, 4)
    theirs.weight_hh_l0.requires_grad = False
    assert [name for name, _ in nn.from_torch(theirs).named_parameters()] == ["Wx", "b"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: tn.LSTM(3, 4, proj_size=2), "proj_size=2"),
        (lambda: tn.MultiheadAttention(4, 2, kdim=3), "kdim=3"),
        (lambda: tn.MultiheadAttention(4, 2, dropout=0.1), "dropout=0.1"),
        (lambda: tn.TransformerEncoderLayer(4, 2, activation=torch.tanh), "another activation than relu or gelu"),
        (lambda: tn.TransformerEncoderLayer(4, 2, bias=False), "bias=False"),
        (lambda: tn.Sequential(tn.Embedding(3, 4), tn.GRU(4, 4), tn.Flatten()), "another order of axes"),
    ],
)
def test_what_has_no_counterpart_is_refused(make, words):
    with pytest.raises(ag.Unsupported) as refused:
        nn.from_torch(make())
    assert words in str(refused.value)
