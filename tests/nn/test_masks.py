"""A mask of steps, given to a whole model: it goes to the layers that take one, in whatever way the model is used."""

import copy

import numpy as np
import pytest

import autograd as ag
import nn
import viz

LENGTHS = np.array([3, 1, 2, 3])
T, M = 3, len(LENGTHS)
MASK = np.arange(T)[:, None] < LENGTHS
X = np.random.default_rng(0).normal(size=(3, T, M))
Y = (X[0].sum(axis=0, where=MASK, keepdims=True) > 0).astype(float)
TOKENS = np.random.default_rng(1).integers(0, 5, (T, M))


def head(n):
    return nn.Linear(n, 1, seed=9), nn.Sigmoid()


class Own(nn.Module):
    """A Module of a user's own with a mask."""

    def __init__(self):
        self.attention = nn.MultiHeadAttention(4, 2, seed=1)

    def forward(self, X, mask=None):
        return self.attention(X, mask=None if mask is None else mask[None])


MODELS = {
    "LSTM": lambda: nn.Sequential(nn.LSTM(3, 2, bidirectional=True, last=True, seed=0), *head(4)),
    "GRU, then RNN": lambda: nn.Sequential(nn.GRU(3, 4, seed=0), nn.RNN(4, 4, last=True, seed=1), *head(4)),
    "attention": lambda: nn.Sequential(
        nn.Linear(3, 4, seed=0), nn.TransformerBlock(4, 2, seed=1), nn.GlobalAvgPool(), *head(4)
    ),
    "within": lambda: nn.Sequential(
        nn.Sequential(nn.Linear(3, 4, seed=0), nn.Residual(nn.MultiHeadAttention(4, 2, seed=1))),
        nn.Residual(nn.Sequential(nn.Linear(4, 4, seed=2), nn.Tanh(), nn.GRU(4, 4, seed=3))),
        nn.GlobalMaxPool(),
        *head(4),
    ),
    "of one's own": lambda: nn.Sequential(nn.Linear(3, 4, seed=0), Own(), nn.GlobalMaxPool(), *head(4)),
    "tokens": lambda: nn.Sequential(
        nn.Embedding(5, 4, seed=0),
        nn.PositionalEncoding(4, T),
        nn.TransformerBlock(4, seed=1),
        nn.GlobalAvgPool(),
        *head(4),
    ),
}


@pytest.fixture(params=MODELS)
def model(request):
    return MODELS[request.param]()


def data_of(model):
    return TOKENS if isinstance(model[0], nn.Embedding) else X


def fitted(model, given=None, **options):
    optimizer = nn.optim.Adam(model.parameters(), lr=0.05)
    given = (data_of(model), MASK) if given is None else given
    settings = {"loss": "binary_cross_entropy", "optimizer": optimizer, "epochs": 3, "progress": False} | options
    return nn.fit(model, given, Y, **settings)


def test_each_sample_is_as_if_it_were_alone_and_as_long_as_it_is(model):
    x = data_of(model)
    whole = model.predict((x, MASK))
    alone = [model.predict(x[..., :n, i : i + 1]) for i, n in enumerate(LENGTHS)]
    np.testing.assert_allclose(whole, np.concatenate(alone, axis=-1), atol=1e-12)
    np.testing.assert_array_equal(model(x, mask=MASK).data, whole)
    np.testing.assert_array_equal(model.predict((x, np.ones_like(MASK))), model.predict(x))


def test_what_stands_at_padding_has_no_influence_and_no_gradient(model):
    if data_of(model) is X:
        x = ag.Tensor(np.where(MASK, X, 1e3))
        J = nn.losses.binary_cross_entropy(model(x, MASK), Y)
        J.backward()
        assert not x.grad[:, ~MASK].any()
        assert x.grad[:, MASK].any()
        np.testing.assert_allclose(J.data, nn.losses.binary_cross_entropy(model(X, MASK), Y).data, rtol=1e-12)
        assert ag.check_grads(lambda x: np.sum(np.sin(model(x, MASK))), X, order=1).ok


def test_fit_compiles_it_and_gives_the_numbers_of_operation_by_operation(model):
    other = copy.deepcopy(model)
    backend = "c" if isinstance(model[1], nn.TransformerBlock) else "numpy"
    history = fitted(model, batch_size=2, compile=backend)
    assert history.compiled, history.why_not
    assert fitted(other, batch_size=2, compile=False).cost == pytest.approx(history.cost, rel=1e-9)
    for p, q in zip(model.parameters(), other.parameters(), strict=True):
        np.testing.assert_allclose(p.data, q.data, atol=1e-9)
    assert set(model.evaluate((data_of(model), MASK), Y, loss="binary_cross_entropy")) == {"cost", "accuracy"}


def test_it_derives_draws_and_is_summed_up(model):
    J = nn.losses.binary_cross_entropy(model(data_of(model), MASK), Y)
    J.backward()
    derived = ag.derive(J)
    assert derived.lines
    viz.draw(J).source  # noqa: B018
    assert model.summary((data_of(model), MASK)).parameters == sum(p.size for p in model.parameters())


def test_validation_and_resume_take_the_mask_along(tmp_path):
    whole = MODELS["attention"]()
    expected = fitted(whole, epochs=4, batch_size=2, validation=0.25, compile=False)
    part = MODELS["attention"]()
    fitted(part, epochs=2, batch_size=2, validation=0.25, compile=False, checkpoint=tmp_path / "run.npz")
    resumed = MODELS["attention"]()
    history = fitted(resumed, epochs=4, batch_size=2, validation=0.25, compile=False, resume=tmp_path / "run.npz")
    assert history.cost == expected.cost
    assert history.validation_cost == expected.validation_cost


def test_a_mask_that_cannot_work_is_refused_in_words():
    lstm, dense = MODELS["LSTM"](), nn.Sequential(nn.Linear(3, 4), *head(4))
    with pytest.raises(ag.Unsupported, match=r"none of its layers takes it\. For several inputs write a Module"):
        dense(X[:, 0], MASK)
    with pytest.raises(ag.DtypeError, match=r"Sequential, beside X, needs a boolean mask.*got int64\. Write .*lengths"):
        lstm(X, LENGTHS)
    with pytest.raises(ag.ShapeError, match=r"mask of shape \(T, m\).*got \(4, 3\)\. Use mask\.T\."):
        lstm(X, MASK.T)
    with pytest.raises(ag.ShapeError, match=r"pairs of steps is an argument of the layer alone"):
        MODELS["attention"]()(X, np.ones((T, T, M), bool))
    with pytest.raises(ag.ShapeError, match=r"LSTM.*= \(3, 4\).*but got \(2, 4\)"):
        lstm(X, MASK[:2])
    with pytest.raises(ag.ShapeError, match="Layers before it must keep the number of steps"):
        nn.Sequential(nn.Conv1d(3, 4, 2, stride=2), nn.LSTM(4, 2))(X, MASK)
    with pytest.raises(ag.DataError, match="sample 1 has no step, so there is nothing to be pooled"):
        nn.Sequential(nn.GlobalAvgPool())(X, MASK & (np.arange(M) != 1))
    with pytest.raises(ag.ShapeError, match=r"takes a mask \(T, m\) of the steps of a sequence .* got \(1, 4, 4, 4\)"):
        nn.GlobalMaxPool()(np.ones((1, 4, 4, M)), mask=MASK)
    with pytest.raises(ag.Unsupported, match=r"got float64 \(3, 4\) beside X"):
        fitted(dense, (X[:, 0], X[:, 1]))


def test_pad_makes_the_array_and_its_mask():
    cut = [X[:, :n, i] for i, n in enumerate(LENGTHS)]
    padded, mask = nn.data.pad(cut)
    np.testing.assert_array_equal(padded, np.where(MASK, X, 0))
    np.testing.assert_array_equal(mask, MASK)
    tokens, mask = nn.data.pad([[3, 1], [2]], length=4, value=7)
    assert tokens.tolist() == [[3, 2], [1, 7], [7, 7], [7, 7]]
    assert tokens.dtype.kind == "i"
    for wrong, error, words in (
        ([], ag.DataError, "at least one sequence"),
        ([[1, 2], []], ag.DataError, r"sequences\[1\] has shape \(0,\)"),
        ([np.ones((4, 3)), np.ones((5, 3))], ag.ShapeError, r"For steps in rows: x\.T of each"),
        ([[1, np.nan]], ag.DataError, r"sequences\[0\].*NaN"),
        ([["a"]], ag.DataError, "must be real numbers"),
    ):
        with pytest.raises(error, match=words):
            nn.data.pad(wrong)
    with pytest.raises(ag.ShapeError, match=r"at most length=1 steps, but sequences\[0\] has 2\. Cut it"):
        nn.data.pad([[1, 2]], length=1)
