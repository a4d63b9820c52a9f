"""Dropout: its mask is an input that is drawn anew, whatever reads, compiles or trains the model."""

import numpy as np
import pytest

import autograd as ag
import nn
import viz

X = np.random.default_rng(0).standard_normal((3, 200))
Y = (X[:1] > 0).astype(float)


def network(keep_prob=0.5):
    return nn.Sequential(
        nn.Linear(3, 8, seed=0), nn.Tanh(), nn.Dropout(keep_prob), nn.Linear(8, 1, seed=1), nn.Sigmoid()
    )


def test_the_expected_value_stays_and_evaluation_passes_on():
    layer, A = nn.Dropout(keep_prob=0.8, seed=0), np.ones((100, 1000))
    assert layer(A).mean() == pytest.approx(1, abs=0.01)
    assert set(np.unique(layer(A))) == {0.0, 1.25}
    assert layer.eval()(A) is A


def test_a_gradient_flows_where_units_were_kept():
    A = ag.Tensor(np.ones((4, 5)), name="A")
    out = nn.Dropout(keep_prob=0.5, seed=0)(A)
    np.sum(out).backward()
    np.testing.assert_array_equal(A.grad, out.data)


def test_single_precision_stays():
    assert nn.Dropout()(ag.Tensor(np.ones((2, 3), np.float32))).dtype == np.float32


@pytest.mark.parametrize("keep_prob", [0, 0.0, -0.1, 1.1, "0.5", True, np.nan])
def test_a_probability_that_is_none_is_refused(keep_prob):
    with pytest.raises(ValueError, match="Dropout needs the probability of keeping a unit"):
        nn.Dropout(keep_prob)


def test_the_mask_is_called_by_its_layer():
    J = nn.losses.binary_cross_entropy(network()(X), Y)
    names = {getattr(p, "name", None) for n in ag.ancestors(J.node) for p in n.parents}
    assert "D1" in names
    assert [v.layer for v in viz.draw(J).graph if v.name == "D1"] == ["Layer 1"]


def test_a_derivation_has_the_mask_of_its_pass_and_agrees():
    J = nn.losses.binary_cross_entropy(network(keep_prob=0.8)(X), Y)
    lines = str(ag.derive(J)).splitlines()
    assert "dW2 = (1 / (m · 0.8)) dZ2 (A1 ∗ D1)ᵀ" in lines
    assert "dA1 = W2ᵀ dZ2 / 0.8 ∗ D1" in lines
    assert "The product of A1 and D1 gives A1∗D1." in [step.words for step in viz.record(J).steps]


def test_a_compiled_step_draws_a_new_mask_at_each_call_and_the_same_as_the_function():
    layer = nn.Dropout(0.5)

    def cost(W):
        return np.sum(layer(np.tanh(W @ X)))

    W, quick, plain = np.ones((2, 3)), ag.compile(ag.value_and_grad(cost)), ag.value_and_grad(cost)
    with nn.random.seeded(5):
        compiled = [quick(W) for _ in range(4)]
    with nn.random.seeded(5):
        eager = [plain(W) for _ in range(4)]
    for (J, g), (K, h) in zip(compiled, eager, strict=True):
        np.testing.assert_allclose(J, K, rtol=1e-13)
        np.testing.assert_allclose(g, h, rtol=1e-13)
    assert len({float(J) for J, _ in compiled}) == 4
    layer.eval()
    evaluated = ag.compile(cost)
    assert evaluated(W) == evaluated(W) == np.sum(np.tanh(W @ X))


def test_a_mask_of_numpys_generator_is_not_frozen():
    rng = np.random.default_rng(0)
    with pytest.raises(ag.GraphError, match="must do the same at every call"):
        ag.compile(lambda A: A * (rng.random((3, 200)) < 0.5))(X)


def test_a_checkpointed_dropout_is_run_again_with_the_same_mask():
    layer, W = nn.Dropout(0.5), ag.Tensor(np.ones((2, 3)), name="W")
    f = lambda W: np.sum(layer(np.tanh(W @ X)))
    with nn.random.seeded(1):
        f(W).backward()
    expected, W.grad = W.grad, None
    with nn.random.seeded(1):
        ag.checkpoint(f)(W).backward()
    np.testing.assert_array_equal(W.grad, expected)


@pytest.mark.parametrize("first", [True, False])
def test_a_compiled_function_follows_train_and_eval(first):
    layer = nn.Dropout(0.5)
    f = ag.compile(lambda A: layer(A) * 2)
    for training in (first, not first, first, not first):
        layer.train(training)
        dropped = bool((f(X) == 0).any())
        assert dropped is training
    assert len(f.programs) == 2 and "training is True" in repr(f) and "training is False" in repr(f)


def test_of_several_layers_each_is_followed():
    one, other = nn.Dropout(0.5), nn.Dropout(0.5)
    f = ag.compile(ag.grad(lambda A: np.sum(one(A) + 100 * other(A))))
    for _ in range(2):
        for a in (True, False):
            for b in (True, False):
                one.train(a), other.train(b)
                g = f(X)
                assert (len(np.unique(g)) == 2 ** (a + b)) is True
    assert len(f.programs) == 4


def test_what_a_compiled_function_sets_itself_is_no_state_from_outside():
    layer = nn.Dropout(0.5)
    predicting = ag.compile(lambda A: 2 * layer.predict(A))

    def both(A):
        with layer.mode(training=False):
            return layer(A) * 2

    for f in (predicting, ag.compile(both)):
        for training in (True, False, True, False):
            layer.train(training)
            np.testing.assert_array_equal(f(X), 2 * X)
            assert layer.training is training
        assert len(f.programs) <= 2
    layer.train()
    switching = ag.compile(lambda A: layer.eval()(A))
    for _ in range(4):
        np.testing.assert_array_equal(switching(X), X)
    assert len(switching.programs) <= 2
