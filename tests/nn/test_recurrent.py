"""RNN, LSTM, GRU beyond the table of layers: masks, states, lengths, formulas."""

import numpy as np
import pytest

import autograd as ag
import nn
from nn.layers.cells import gru, lstm, rnn
from nn.layers.sequences import steps_of

RNG = np.random.default_rng(0)
X = RNG.standard_normal((3, 5, 4))
LENGTHS = np.array([5, 2, 1, 4])
MASK = np.arange(5)[:, None] < LENGTHS
KINDS = [nn.RNN, nn.LSTM, nn.GRU]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def flat(state):
    return [x for one in state for x in (one if isinstance(one, tuple) else (one,))]


@each_kind
@pytest.mark.parametrize("options", [{}, {"bidirectional": True, "layers": 2}, {"last": True, "bidirectional": True}])
def test_a_masked_sample_is_as_if_it_were_shorter(kind, options):
    """Outputs, states and gradients are those of the sample by itself, cut; what stands in the padding has no part."""
    layer = kind(3, 2, seed=0, **options)
    x = ag.Tensor(X)
    out, after = layer(x, mask=MASK, with_state=True)
    np.sum(np.sin(out)).backward()
    for k, n in enumerate(LENGTHS):
        one = ag.Tensor(X[:, :n, k : k + 1])
        alone, state = layer(one, with_state=True)
        np.sum(np.sin(alone)).backward()
        found = out.data[..., k : k + 1]
        np.testing.assert_allclose(found if layer.last else found[:, :n], alone.data, atol=1e-15)
        for given, expected in zip(flat(after), flat(state), strict=True):
            np.testing.assert_allclose(given.data[:, k : k + 1], expected.data, atol=1e-15)
        np.testing.assert_allclose(x.grad[:, :n, k : k + 1], one.grad, atol=1e-15)
    assert not x.grad[:, ~MASK].any()
    assert layer.last or not out.data[:, ~MASK].any()


@each_kind
def test_a_sequence_in_two_parts_is_the_whole(kind):
    layer = kind(3, 2, layers=2, seed=0)
    whole, end = layer(X, with_state=True)
    first, state = layer(X[:, :2], with_state=True)
    second, last = layer(X[:, 2:], state, with_state=True)
    np.testing.assert_allclose(np.concatenate([first.data, second.data], axis=1), whole.data, atol=1e-15)
    for found, expected in zip(flat(last), flat(end), strict=True):
        np.testing.assert_allclose(found.data, expected.data, atol=1e-15)


@each_kind
def test_one_step_is_a_sequence_too_and_its_state_of_zeros_gives_no_gradient(kind):
    layer = kind(3, 2, last=True, seed=0)
    np.testing.assert_allclose(layer(X[:, :1]).data, kind(3, 2, seed=0)(X).data[:, 0], atol=1e-15)
    np.sum(layer(X[:, :1])).backward()
    assert layer.Wx.grad.any() and not layer.Wh.grad.any()


@each_kind
def test_a_state_has_a_gradient(kind):
    layer = kind(3, 2, seed=0)
    _, state = layer(X[:, :1], with_state=True)
    assert ag.check_grads(lambda state: np.sum(np.sin(layer(X, state))), state).ok


@each_kind
def test_a_state_that_does_not_fit_is_refused(kind):
    layer = kind(3, 2, layers=2)
    for state in ([np.zeros((2, 4))], np.zeros((2, 4)), layer(X[..., :1], with_state=True)[1]):
        with pytest.raises(ag.ShapeError, match=r"one entry for each of its 2 cells.*with_state=True"):
            layer(X, state)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gru_by_hand(layer, x):
    """The form of the papers and of the course, which resets before the product, a sample and a step at a time."""
    (Wr, Wu, Wn), (Ur, Uu, Un), (br, bu, bn) = (np.split(p.data, 3) for p in (layer.Wx, layer.Wh, layer.b))
    a, outputs = np.zeros((2, 1)), []
    for t in range(x.shape[1]):
        r, u = sigmoid(Wr @ x[:, t] + Ur @ a + br), sigmoid(Wu @ x[:, t] + Uu @ a + bu)
        candidate = np.tanh(Wn @ x[:, t] + Un @ (r * a) + bn)
        a = (1 - u) * candidate + u * a
        outputs.append(a)
    return np.stack(outputs, axis=1)


def test_a_gru_that_resets_before_is_that_of_the_papers():
    layer = nn.GRU(3, 2, reset_after=False, seed=0)
    layer.b.data = RNG.standard_normal(layer.b.shape)
    assert not hasattr(layer, "bh") or layer.bh is None
    for k in range(X.shape[-1]):
        np.testing.assert_allclose(layer(X).data[..., k : k + 1], gru_by_hand(layer, X[..., k : k + 1]), atol=1e-15)
    assert ag.check_grads(lambda x: np.sum(np.sin(layer(x))), X[..., :1], order=2).ok


def test_the_forget_gate_starts_open():
    np.testing.assert_array_equal(nn.LSTM(2, 3, dtype=np.float32).b.data.ravel(), np.repeat([0, 1, 0, 0], 3))
    assert nn.LSTM(2, 3, dtype=np.float32).b.dtype == np.float32


def test_functions_compute_what_layers_do():
    r, l, g, b = nn.RNN(3, 2, seed=0), nn.LSTM(3, 2, seed=0), nn.GRU(3, 2, seed=0), nn.GRU(3, 2, seed=0, bias=False)
    for layer, out in (
        (r, rnn(X, r.Wx.data, r.Wh.data, r.b.data, mask=MASK)),
        (l, lstm(X, l.Wx.data, l.Wh.data, l.b.data, mask=MASK)),
        (g, gru(X, g.Wx.data, g.Wh.data, g.b.data, g.bh.data, mask=MASK)),
        (b, gru(X, b.Wx.data, b.Wh.data, mask=MASK)),
    ):
        np.testing.assert_array_equal(layer(X, mask=MASK).data, out.data)


@pytest.mark.parametrize("T", [1, 8, 9, 50])
def test_steps_are_taken_out_in_order_and_at_a_cost_that_is_not_of_the_square(T):
    """Each step scatters into what it was taken out of; out of halves that is T log T entries, not T²."""
    x = ag.Tensor(RNG.standard_normal((2, T, 3)))
    steps = steps_of(x)
    np.testing.assert_array_equal(np.stack([step.data for step in steps], axis=1), x.data)
    sizes, seen, waiting = 0, set(), [step.node for step in steps]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen and getattr(node, "op", None) is not None:
            seen.add(id(node))
            parent = node.parents[0]
            sizes += parent.shape[1]
            waiting.append(parent)
    assert sizes <= 8 * T + 2 * T * np.log2(T)
    (g,) = np.random.default_rng(1).standard_normal((1, *x.shape))
    np.sum(np.stack(steps, axis=1) * g).backward()
    np.testing.assert_array_equal(x.grad, g)


def test_dropout_is_between_the_layers_and_only_in_training():
    layer = nn.LSTM(3, 2, layers=2, keep_prob=0.5, seed=0)
    with nn.random.seeded(0):
        one, other = layer(X).data, layer(X).data
    assert np.abs(one - other).max() > 1e-3
    layer.eval()
    np.testing.assert_array_equal(layer(X).data, layer(X).data)
    single = nn.LSTM(3, 2, keep_prob=0.5, seed=0)
    np.testing.assert_array_equal(single(X).data, single(X).data)


def test_backpropagation_through_time_is_derived_as_the_course_writes_it():
    model = nn.Sequential(nn.RNN(3, 2, last=True, seed=0))
    lines = str(ag.derive(nn.losses.squared_error(model(X[:, :3]), np.zeros((2, 4)))))
    for line in (
        "dZ1_3 = dA1 ∗ (1 − A1²)",
        "dA1_2 = Wh1ᵀ dZ1_3",
        "dZ1_2 = dA1_2 ∗ (1 − A1_2²)",
        "dA1_1 = Wh1ᵀ dZ1_2",
        "dWx1 = (1/m) dZ1_3 X_3ᵀ + (1/m) dZ1_2 X_2ᵀ + (1/m) dZ1_1 X_1ᵀ",
        "dWh1 = (1/m) dZ1_3 A1_2ᵀ + (1/m) dZ1_2 A1_1ᵀ + (1/m) dZ1_1 A1_0ᵀ",
    ):
        assert line in lines


def test_values_are_called_by_their_cell_and_step_and_stand_in_its_scope():
    _, state = nn.GRU(3, 2, layers=2, bidirectional=True, seed=0)(X, with_state=True)
    assert [end.name for end in state] == ["A_5", "A_back_1", "A_2_5", "A_2_back_1"]
    assert [end.scope for end in state] == [
        (f"level {level}", way, f"step {step}") for level in (1, 2) for way, step in (("forward", 5), ("backward", 1))
    ]


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"n_in": 0}, ag.ShapeError, "n_in=0"),
        ({"n_hidden": 2.0}, ag.ShapeError, "n_hidden=2.0"),
        ({"layers": True}, ag.ShapeError, "layers=True"),
        ({"bidirectional": 2}, TypeError, "bidirectional of LSTM must be True or False, but got 2"),
        ({"last": "yes"}, TypeError, "last of LSTM"),
        ({"keep_prob": 0}, ValueError, "keeping a unit"),
        ({"dtype": int}, ag.DtypeError, "floating dtype"),
    ],
)
def test_wrong_arguments_are_refused(given, error, words):
    with pytest.raises(error) as raised:
        nn.LSTM(**{"n_in": 3, "n_hidden": 2, **given})
    assert words in str(raised.value)


def test_another_activation_is_refused():
    with pytest.raises(ValueError, match="'tanh' or 'relu', but got 'sigmoid'"):
        nn.RNN(3, 2, activation="sigmoid")


@each_kind
@pytest.mark.parametrize(
    ("mask", "error", "words"),
    [
        (MASK.T, ag.ShapeError, "Use mask.T."),
        (MASK[:3], ag.ShapeError, "Compare it with X."),
        (MASK.astype(float), ag.DtypeError, "boolean mask, True where"),
        (LENGTHS, ag.DtypeError, "np.arange(T)[:, None] < lengths"),
    ],
)
def test_a_wrong_mask_is_refused(kind, mask, error, words):
    with pytest.raises(error) as raised:
        kind(3, 2)(X, mask=mask)
    assert words in str(raised.value)


@each_kind
def test_tokens_and_sequences_without_steps_are_refused(kind):
    with pytest.raises(ag.ShapeError, match=r"put nn\.Embedding\(n_tokens, 3\) before it"):
        kind(3, 2)(np.zeros((5, 4), int))
    with pytest.raises(ag.ShapeError, match="at least one step"):
        kind(3, 2)(np.zeros((3, 0, 4)))
