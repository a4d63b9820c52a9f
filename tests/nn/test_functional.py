"""nn.functional: the functions that the layers are."""

import inspect

import numpy as np
import pytest

import autograd as ag
import nn
from nn import functional as F
from tests.nn.layer_table import COLUMNS, IMAGES, ROWS, SEQUENCE

rng = np.random.default_rng(0)
X, S, I = rng.standard_normal(COLUMNS), rng.standard_normal(SEQUENCE), rng.standard_normal(IMAGES)
linear, conv1d, conv2d = nn.Linear(3, 2, seed=0), nn.Conv1d(2, 3, 2, 2, seed=0), nn.Conv2d(2, 3, 2, padding=1, seed=0)
prelu, batch, table = nn.PReLU(3), nn.BatchNorm(3), nn.Embedding(5, 2, seed=0)
trained = nn.BatchNorm(3)
trained(X)
ALIKE = {
    "Linear": (linear, X, lambda: F.linear(X, linear.W, linear.b)),
    "Conv1d": (conv1d, S, lambda: F.conv1d(S, conv1d.W, conv1d.b, stride=2)),
    "Conv2d": (conv2d, I, lambda: F.conv2d(I, conv2d.W, conv2d.b, padding=1)),
    "Sigmoid": (nn.Sigmoid(), X, lambda: F.sigmoid(X)),
    "Tanh": (nn.Tanh(), X, lambda: F.tanh(X)),
    "ReLU": (nn.ReLU(), X, lambda: F.relu(X)),
    "LeakyReLU": (nn.LeakyReLU(0.1), X, lambda: F.leaky_relu(X, slope=0.1)),
    "ELU": (nn.ELU(0.5), X, lambda: F.elu(X, alpha=0.5)),
    "GELU": (nn.GELU("tanh"), X, lambda: F.gelu(X, "tanh")),
    "SiLU": (nn.SiLU(), X, lambda: F.silu(X)),
    "Softplus": (nn.Softplus(2.0), X, lambda: F.softplus(X, 2.0)),
    "HardTanh": (nn.HardTanh(), X, lambda: F.hard_tanh(X)),
    "PReLU": (prelu, X, lambda: F.prelu(X, prelu.a)),
    "Softmax": (nn.Softmax(), X, lambda: F.softmax(X)),
    "LogSoftmax": (nn.LogSoftmax(), X, lambda: F.log_softmax(X)),
    "MaxPool1d": (nn.MaxPool1d(2), S, lambda: F.max_pool1d(S, 2)),
    "MaxPool2d": (nn.MaxPool2d(2), I, lambda: F.max_pool2d(I, 2)),
    "AvgPool1d": (nn.AvgPool1d(2), S, lambda: F.average_pool1d(S, 2)),
    "AvgPool2d": (nn.AvgPool2d(2), I, lambda: F.average_pool2d(I, 2)),
    "GlobalAvgPool": (nn.GlobalAvgPool(), I, lambda: F.global_average_pool(I)),
    "GlobalMaxPool": (nn.GlobalMaxPool(), I, lambda: F.global_max_pool(I)),
    "Flatten": (nn.Flatten(), I, lambda: F.flatten(I)),
    "Reshape": (nn.Reshape(5, 12), I, lambda: F.reshape(I, (5, 12))),
    "BatchNorm": (batch, X, lambda: F.batch_norm(X, batch.gamma, batch.beta)),
    "BatchNorm in evaluation": (
        trained.eval(),
        X,
        lambda: F.batch_norm(X, trained.gamma, trained.beta, trained.mean.value, trained.variance.value),
    ),
    "LayerNorm": (nn.LayerNorm(3, affine=False), X, lambda: F.layer_norm(X)),
    "GroupNorm": (nn.GroupNorm(2, 2, affine=False), I, lambda: F.group_norm(I, 2)),
    "Embedding": (table, np.array([[1, 4]]), lambda: F.embedding(table.W, [[1, 4]])),
    "Residual": (nn.Residual(nn.Tanh()), X, lambda: F.residual(X, np.tanh)),
    "Dropout": (nn.Dropout(0.7), X, lambda: F.dropout(X, 0.7)),
}
WITHOUT = {
    "RNN LSTM GRU MultiHeadAttention PositionalEncoding": "compared in test_recurrent.py and test_attention.py",
    "Augment": "nn.data.augment; compared in test_augment.py",
    "TransformerBlock": "made of other layers",
    "Lambda": "a function already",
    "Sequential": "a chain of calls",
}


def test_every_layer_has_its_function():
    assert {name.split(" in ")[0] for name in ALIKE} | set(" ".join(WITHOUT).split()) >= {row.name for row in ROWS}


@pytest.mark.parametrize("name", ALIKE)
def test_the_function_is_the_layer(name):
    layer, given, function = ALIKE[name]
    with nn.random.seeded(0):
        expected = layer(given)
    with nn.random.seeded(0):
        found = function()
    np.testing.assert_array_equal(*(x.data if isinstance(x, ag.Tensor) else x for x in (found, expected)))


def test_it_says_what_each_is():
    functions = [f for name, f in vars(F).items() if callable(f) and not name.startswith("_")]
    assert len(functions) >= 28
    assert all(inspect.getdoc(f) for f in functions)
