"""Losses against PyTorch's: values, gradients and second derivatives, of single and of double precision."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag
import nn
from nn.losses import ONE_HOT, PROBABILITIES, QUANTITIES, SIGNS

torch = pytest.importorskip("torch", reason="PyTorch is in the extra `bench`: make venv-bench")
F = torch.nn.functional


# PyTorch's losses of all entries, or of columns, which are its rows
COUNTERPARTS = {
    "binary_cross_entropy": lambda A, Y: F.binary_cross_entropy(A, Y, reduction="none"),
    "binary_cross_entropy_logits": lambda Z, Y: F.binary_cross_entropy_with_logits(Z, Y, reduction="none"),
    "cross_entropy": lambda A, Y: -torch.xlogy(Y, A),  # PyTorch's own is of logits
    "cross_entropy_logits": lambda Z, Y: F.cross_entropy(Z.T, Y.T, reduction="none"),
    "kl_divergence": lambda A, Y: F.kl_div(A.log(), Y, reduction="none"),
    "kl_divergence_logits": lambda Z, Y: F.kl_div(F.log_softmax(Z, 0), Y, reduction="none"),
    "squared_error": lambda A, Y: F.mse_loss(A, Y, reduction="none") / 2,
    "mse": lambda A, Y: F.mse_loss(A, Y, reduction="none"),
    "mae": lambda A, Y: F.l1_loss(A, Y, reduction="none"),
    "huber": lambda A, Y: F.huber_loss(A, Y, reduction="none"),
    "hinge": lambda Z, Y: torch.relu(1 - Y * Z),  # PyTorch has none of two classes by itself
}


def test_every_loss_has_a_counterpart():
    assert set(COUNTERPARTS) == set(nn.losses.KNOWN)


def data(loss, n, m, dtype):
    """Predictions, targets, and directions for the second derivative."""
    rng = np.random.default_rng(n * 100 + m)
    n = max(n, 2) if loss.target is ONE_HOT else n
    Z = 2 * rng.standard_normal((n, m))
    A = np.exp(Z) / np.exp(Z).sum(axis=0) if loss.target is ONE_HOT else 1 / (1 + np.exp(-Z))
    soft = rng.dirichlet(np.ones(n), m).T
    Y = {
        PROBABILITIES: rng.random((n, m)),
        ONE_HOT: soft,
        QUANTITIES: rng.standard_normal((n, m)),
        SIGNS: rng.choice([-1.0, 1.0], (n, m)),
    }[loss.target]
    return [x.astype(dtype) for x in (A if loss.of_probabilities else Z, Y, rng.standard_normal((n, m)))]


def ours(loss, A, Y, V, **how):
    """Value, gradient, and the derivative of the gradient in a direction."""
    value, slope = ag.value_and_grad(lambda A: loss(A, Y, **how))(A)
    return value, slope, ag.grad(lambda A: np.sum(ag.grad(lambda A: loss(A, Y, **how))(A) * V))(A)


def theirs(losses, A, Y, V, weights=None):
    A, Y, V = torch.tensor(A, requires_grad=True), torch.tensor(Y), torch.tensor(V)
    entries = losses(A, Y)
    J = (entries if weights is None else entries * torch.tensor(weights)).sum() / A.shape[-1]
    (slope,) = torch.autograd.grad(J, A, create_graph=True)
    second = torch.zeros_like(A)
    if slope.requires_grad:  # else it is constant
        (second,) = torch.autograd.grad((slope * V).sum(), A, allow_unused=True, materialize_grads=True)
    return J.item(), slope.detach().numpy(), second.detach().numpy(force=True)


def agree(found, expected, dtype):
    rtol = {np.float32: 2e-4, np.float64: 1e-10}[dtype]
    assert found[1].dtype == found[2].dtype == dtype
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * max(1e-3, np.max(np.abs(b))))


@pytest.mark.parametrize("name", COUNTERPARTS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(n=st.integers(1, 4), m=st.integers(1, 6))
@settings(max_examples=6, deadline=None, derandomize=True)
def test_value_gradient_and_second_derivative_are_those_of_pytorch(name, dtype, n, m):
    loss = nn.losses.KNOWN[name]
    A, Y, V = data(loss, n, m, dtype)
    agree(ours(loss, A, Y, V), theirs(COUNTERPARTS[name], A, Y, V), dtype)
    weights = np.random.default_rng(m).random(m).astype(dtype)
    agree(ours(loss, A, Y, V, weights=weights), theirs(COUNTERPARTS[name], A, Y, V, weights), dtype)


@pytest.mark.parametrize("delta", [0.1, 1.0, 3.0])
def test_huber_with_another_delta(delta):
    A, Y, V = data(nn.losses.huber, 3, 6, np.float64)
    counterpart = lambda A, Y: F.huber_loss(A, Y, reduction="none", delta=delta)
    agree(ours(nn.losses.huber, A, Y, V, delta=delta), theirs(counterpart, A, Y, V), np.float64)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_class_numbers_and_label_smoothing_are_those_of_pytorch(dtype, smoothing):
    loss = nn.losses.cross_entropy_logits
    Z, _, V = data(loss, 4, 6, dtype)
    labels = np.array([3, 0, 1, 1, 2, 3])

    def counterpart(Z, Y):
        return F.cross_entropy(Z.T, Y, reduction="none", label_smoothing=smoothing)

    expected = theirs(counterpart, Z, labels, V)
    for given_labels in (labels, labels[None], labels.astype(np.uint8), nn.data.one_hot(labels, 4).astype(dtype)):
        agree(ours(loss, Z, given_labels, V, smoothing=smoothing), expected, dtype)


def test_class_weights_are_those_of_pytorch_but_for_the_sum_that_it_divides_by():
    Z = data(nn.losses.cross_entropy_logits, 3, 5, np.float64)[0]
    labels, weights = np.array([2, 0, 0, 1, 2]), [0.5, 2.0, 1.5]
    of_samples = nn.losses.class_weights(labels, weights)
    total = F.cross_entropy(
        torch.tensor(Z.T), torch.tensor(labels), weight=torch.tensor(weights, dtype=float), reduction="sum"
    )
    assert nn.losses.cross_entropy_logits(Z, labels, weights=of_samples).item() == pytest.approx(total.item() / 5)


def test_balanced_weights_are_those_of_scikit_learn():
    utils = pytest.importorskip("sklearn.utils.class_weight", reason="scikit-learn is in the extra `sklearn`")
    labels = np.array([2, 0, 0, 1, 2, 2, 2])
    expected = utils.compute_sample_weight("balanced", labels)
    for Y in (labels, labels[None], nn.data.one_hot(labels, 3)):
        np.testing.assert_allclose(nn.losses.class_weights(Y, "balanced"), expected, rtol=1e-15)
