"""Attention and the transformer beyond the table of layers: masks, other sequences, what they must not see."""

import numpy as np
import pytest

import autograd as ag
import nn
from nn.layers.attention import multi_head_attention, positional_encoding

RNG = np.random.default_rng(0)
T, S, M = 3, 5, 2
Q, K, V = RNG.standard_normal((4, T, M)), RNG.standard_normal((4, S, M)), RNG.standard_normal((6, S, M))
MASK = RNG.random((T, S, M)) < 0.5
MASK[:, 0] = True


def by_hand(mask):
    """A sample and a step at a time."""
    out = np.zeros((6, T, M))
    for sample in range(M):
        for t in range(T):
            weights = np.exp(K[:, :, sample].T @ Q[:, t, sample] / 2) * mask[t, :, sample]
            out[:, t, sample] = V[:, :, sample] @ (weights / weights.sum())
    return out


@pytest.mark.parametrize(
    ("given", "means"),
    [
        (None, np.ones((T, S, M), bool)),
        (MASK, MASK),
        (MASK[..., 0], MASK[..., :1]),
        (MASK[:1], MASK[:1]),
        (MASK[..., :1], MASK[..., :1]),
        (MASK[:1, :, 0], MASK[:1, :, :1]),
    ],
)
@pytest.mark.parametrize("causal", [False, True])
def test_masks_say_what_may_be_looked_at(given, means, causal):
    means = np.broadcast_to(means, (T, S, M)) & (np.tri(T, S, dtype=bool)[..., None] if causal else True)
    out = nn.scaled_dot_product_attention(Q, K, V, mask=given, causal=causal)
    np.testing.assert_allclose(out, by_hand(means), atol=1e-14)


def test_masked_attention_has_first_and_second_derivatives_and_no_warnings():
    assert ag.check_grads(
        lambda *given: np.sum(np.sin(nn.scaled_dot_product_attention(*given, mask=MASK))), Q, K, V, order=2
    ).ok
    with ag.anomaly():
        np.sum(nn.scaled_dot_product_attention(*map(ag.Tensor, (Q, K, V)), mask=MASK)).backward()


def test_large_scores_stay_finite():
    out = nn.scaled_dot_product_attention(1e3 * Q, 1e3 * K, V)
    assert np.isfinite(out).all()


def test_it_is_pytorchs_of_another_sequence_and_masked():
    torch = pytest.importorskip("torch")
    layer = nn.MultiHeadAttention(4, 2, seed=0)
    other = torch.nn.MultiheadAttention(4, 2, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        other.in_proj_weight.copy_(torch.tensor(np.concatenate([layer.W_q.data, layer.W_k.data, layer.W_v.data])))
        other.out_proj.weight.copy_(torch.tensor(layer.W_o.data))
    query, key, value = RNG.standard_normal((3, 4, S, M))
    theirs = [torch.tensor(x.T.copy()) for x in (query[:, :T], key, value)]
    hidden = ~np.repeat(np.moveaxis(MASK, -1, 0), 2, axis=0)  # True for what may not be seen, for each head
    out, _ = other(*theirs, attn_mask=torch.tensor(hidden))
    np.testing.assert_allclose(layer(query[:, :T], key, value, mask=MASK).data, out.detach().numpy().T, atol=1e-14)
    np.testing.assert_array_equal(layer(query, key).data, layer(query, key, key).data)


LAYERS = {
    "MultiHeadAttention": lambda **how: nn.MultiHeadAttention(4, 2, seed=0, **how),
    "TransformerBlock": lambda **how: nn.TransformerBlock(4, 2, seed=0, **how),
    "norm after": lambda **how: nn.TransformerBlock(4, 2, norm_first=False, seed=0, **how),
}
each_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)


@each_layer
def test_a_causal_layer_does_not_see_what_comes_later(make):
    layer, x = make(causal=True), ag.Tensor(K)
    out = layer(x)
    np.testing.assert_allclose(layer(K[:, :2]).data, out.data[:, :2], atol=1e-14)
    np.sum(out[:, 2] ** 2).backward()
    assert not x.grad[:, 3:].any() and x.grad[:, :3].all()


@each_layer
def test_padding_has_no_part(make):
    """Sequences of different lengths by a mask of their steps: those before the padding are as if there were none."""
    layer, there = make(), np.arange(S)[:, None] < np.array([3, 5])
    out = layer(K, mask=there[None]).data
    np.testing.assert_allclose(out[:, :3, :1], layer(K[:, :3, :1]).data, atol=1e-14)
    np.testing.assert_allclose(out[:, :, 1:], layer(K[:, :, 1:]).data, atol=1e-14)


@each_layer
def test_without_positions_the_order_of_steps_is_not_known_and_with_them_it_is(make):
    layer, order = make(), [3, 1, 4, 0, 2]
    np.testing.assert_allclose(layer(K[:, order]).data, layer(K).data[:, order], atol=1e-13)
    placed = nn.Sequential(nn.PositionalEncoding(4, S), layer)
    assert np.abs(placed(K[:, order]).data - placed(K).data[:, order]).max() > 0.1


def test_the_function_computes_what_the_layer_does():
    layer = nn.MultiHeadAttention(4, 2, seed=0)
    Ws, bs = ([getattr(layer, f"{letter}_{part}").data for part in "qkvo"] for letter in "Wb")
    np.testing.assert_array_equal(multi_head_attention(K, K, K, Ws, bs, heads=2), layer(K).data)


def test_the_encoding_is_that_of_the_paper():
    P = positional_encoding(5, 7)
    for t in range(7):
        for i in range(5):
            angle = t / 10000 ** (2 * (i // 2) / 5)
            assert P[i, t] == pytest.approx(np.sin(angle) if i % 2 == 0 else np.cos(angle), abs=1e-15)


def test_a_learned_encoding_takes_of_its_table_what_a_sequence_needs():
    layer = nn.PositionalEncoding(4, 9, learned=True, seed=0)
    np.testing.assert_array_equal(layer(K).data, K + layer.W.data[:, :S, None])
    np.sum(layer(K)).backward()
    np.testing.assert_array_equal(layer.W.grad, M * (np.arange(9) < S) * np.ones((4, 1)))


def test_the_encoding_keeps_the_precision_of_the_sequence():
    assert nn.PositionalEncoding(4, 5)(K.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize(
    ("mask", "error", "words"),
    [
        (np.ones((S, S), float), ag.DtypeError, "boolean mask"),
        (np.ones((S, M), bool), ag.ShapeError, "mask[None]"),
        (np.ones((M, S), bool), ag.ShapeError, "mask.T[None]"),
        (np.ones((M, S, S), bool), ag.ShapeError, "np.moveaxis(mask, 0, -1)"),
        (np.ones(S, bool), ag.ShapeError, "An axis of size 1 is repeated"),
        (np.arange(S)[:, None] != np.full(S, 2)[:, None], ag.DataError, "step 2 may look at nothing"),
    ],
)
def test_a_wrong_mask_is_refused(mask, error, words):
    with pytest.raises(error) as raised:
        nn.MultiHeadAttention(4, 2)(K, mask=mask)
    assert words in str(raised.value)


def test_a_step_that_may_look_at_nothing_is_named_with_its_sample():
    mask = np.ones((S, S, M), bool)
    mask[3, :, 1] = False
    with pytest.raises(ag.DataError, match="step 3 of sample 1 may look at nothing"):
        nn.TransformerBlock(4, 2)(K, mask=mask)
    with pytest.raises(ag.DataError, match="together with causal=True step 0 may look at nothing"):
        nn.TransformerBlock(4, 2, causal=True)(K, mask=~np.eye(S, dtype=bool))


def test_shapes_that_do_not_fit_are_refused():
    for q, k, v in ((Q[0], K, V), (Q, K[:3], V), (Q, K, V[:, :4]), (Q[..., :1], K, V)):
        with pytest.raises(ag.ShapeError, match="Features are the first axis, steps the one before the last"):
            nn.scaled_dot_product_attention(q, k, v)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: nn.MultiHeadAttention(6, 4), ag.ShapeError, "Use n_model=8"),
        (lambda: nn.MultiHeadAttention(4, 0), ag.ShapeError, "heads=0"),
        (lambda: nn.MultiHeadAttention(4, causal=1), TypeError, "causal of MultiHeadAttention must be True or False"),
        (lambda: nn.MultiHeadAttention(4, dtype=int), ag.DtypeError, "floating dtype"),
        (lambda: nn.PositionalEncoding(4, 0), ag.ShapeError, "max_length=0"),
        (lambda: nn.TransformerBlock(4, 2, activation="tanh"), ValueError, "'relu', 'gelu'"),
        (lambda: nn.TransformerBlock(4, 2, keep_prob=2), ValueError, "keeping a unit"),
    ],
)
def test_wrong_arguments_are_refused(make, error, words):
    with pytest.raises(error) as raised:
        make()
    assert words in str(raised.value)


def test_dropout_is_in_training_alone():
    layer = nn.TransformerBlock(4, 2, keep_prob=0.5, seed=0)
    assert np.abs(layer(K).data - layer(K).data).max() > 1e-3
    np.testing.assert_array_equal(layer.eval()(K).data, layer(K).data)


def test_a_whole_model_of_tokens_says_what_is_wrong_with_them():
    model = nn.Sequential(
        nn.Embedding(7, 4, seed=0),
        nn.PositionalEncoding(4, 5),
        nn.TransformerBlock(4, 2, causal=True, seed=0),
        nn.Linear(4, 7, seed=0),
    )
    assert model(np.zeros((5, 2), int)).shape == (7, 5, 2)
    with pytest.raises(ag.ShapeError, match=r"at most 5 steps, but got a sequence of 6.*max_length=6"):
        model(np.zeros((6, 2), int))
    for tokens, words in ((np.full((5, 2), 7), "7"), (np.full((5, 2), -1), "-1"), (np.full((5, 2), 0.5), "integer")):
        with pytest.raises((ag.DataError, ag.DtypeError, ag.IndexingError), match=words):
            model(tokens)
