"""The number of samples m, its axis, and the two conventions."""

import re

import numpy as np
import pytest

import autograd as ag
from autograd.read.derive.samples import find_samples
from tests.autograd.derived import RNG, X, Y, called, constant, latex, tensor


def test_a_number_that_equals_m_stays_a_number():
    W = tensor("W", 1, 3)
    Z = called("Z", W @ constant("X", X))
    J = np.mean((Z - Y) ** 2) + np.sum(W**2) * 6
    assert latex(J)[1] == r"dW = \frac{1}{m}\,dZ\,X^{\mathsf{T}} + 12\,W"


def test_m_is_found_where_the_mean_is_taken_whatever_else_is_of_its_size():
    W, b = tensor("W", 6, 6), tensor("b", 6, 1)
    Z = called("Z", W @ constant("X", RNG.normal(size=(6, 6))) + b)
    J = np.mean(np.sum(Z**2, axis=0))
    samples = find_samples(J.node, ag.values(J.node))
    assert (samples.m, samples.axis(Z.node), samples.axis(W.node), samples.axis(b.node)) == (6, 1, None, None)
    assert latex(J) == [
        r"dZ = 2\,Z",
        r"dW = \frac{1}{m}\,dZ\,X^{\mathsf{T}}",
        r"db = \frac{1}{m}\,\sum_{\text{columns}} dZ",
    ]


def test_a_mean_over_units_and_samples():
    W = tensor("W", 2, 3)
    Z = called("Z", W @ constant("X", X))
    assert latex(np.mean(Z**2)) == [r"dZ = Z", r"dW = \frac{1}{m}\,dZ\,X^{\mathsf{T}}"]
    assert latex(np.mean(Z**2), convention="true")[0] == r"dZ = \frac{1}{m}\,Z"


def test_samples_in_rows():
    W, rows = tensor("W", 3, 1), constant("X", X.T)
    out = called("out", rows @ W)
    J = np.mean((out[:, 0] - Y[0]) ** 2)
    samples = find_samples(J.node, ag.values(J.node))
    assert (samples.axis(out.node), samples.axis(W.node)) == (0, None)
    assert latex(J)[-1] == r"dW = \frac{1}{m}\,X^{\mathsf{T}}\,d\mathit{out}"


def test_where_m_cannot_be_told_the_true_convention_is_used_and_said():
    W = tensor("W", 1, 3)
    J = called("J", np.sum((W @ X - Y) ** 2))
    derivation = ag.derive(J)
    assert derivation.convention == "true"
    assert re.match(r"The true convention: .* m cannot be told: no mean .* part of J. Pass m=", str(derivation))
    assert latex(J) == latex(J, convention="true") == [r"dW = 2\,(W\,X - Y)\,X^{\mathsf{T}}"]
    with pytest.raises(ag.GraphError, match="over m=5 samples"):
        ag.derive(J, m=5)
    assert latex(J, m=6) == [r"dW = 2\,(W\,X - Y)\,X^{\mathsf{T}}"]
    w = tensor("w")
    two = np.mean(w * X[:, 0]) + np.mean(w * Y)
    assert "has means over 3 and 6 values. Pass m=3, say," in str(ag.derive(two))
    assert ag.derive(two, m=6).convention == "course"


def test_a_mean_over_weights_is_none_over_samples():
    W = tensor("W", 1, 3)
    assert latex(np.mean(W**2) + np.mean((W @ X - Y) ** 2)) == [
        r"dW = \frac{2}{3}\,W + \frac{2}{m}\,(W\,X - Y)\,X^{\mathsf{T}}",
    ]


@pytest.mark.parametrize("of_weights", [np.mean, np.var, lambda b: np.std(b) ** 2, lambda b: np.sum(b * b) / 4])
def test_a_mean_over_weights_alone_is_no_reason_for_the_course_convention(of_weights):
    """The derivative of b would be m times too large, with the number of units for m."""
    W, b = tensor("W", 4, 3), called("b", ag.Tensor([[1.0], [2.0], [4.0], [5.0]]))
    J = np.sum(W @ X) + of_weights(b)
    derivation = ag.derive(J)
    assert derivation.convention == "true" and "m cannot be told" in str(derivation)
    J.backward()
    found = derivation.function()(**derivation.inputs)
    for leaf in (W, b):
        np.testing.assert_allclose(found[f"d{leaf.name}"], leaf.grad, rtol=1e-12)


def leaves_along_the_samples():
    """Costs of the course's convention, where a leaf has the axis of the samples, or one as long."""
    A, x = called("A", ag.Tensor(RNG.uniform(0.1, 0.9, (1, 6)))), called("x", ag.Tensor(X))
    W, square = tensor("W", 4, 3), tensor("S", 6, 6)
    yield [A], ag.binary_cross_entropy(A, constant("Y", Y))
    yield [x, W], np.mean(np.tanh(called("Z", W @ x)) ** 2)
    yield [x, W], np.mean(np.tanh(called("Z", called("R", x.T) @ W.T)) ** 2)
    yield [W, square], np.mean((W @ X @ square) ** 2)
    yield [x, W], np.sum((W @ x) ** 2) / 6 + np.var(W)


@pytest.mark.parametrize("convention", ["course", "true"])
def test_the_line_of_a_leaf_is_its_gradient_in_either_convention(convention):
    for leaves, J in leaves_along_the_samples():
        derivation = ag.derive(J, convention=convention)
        found = derivation.function()(**derivation.inputs)
        for leaf in leaves:
            leaf.grad = None
        J.backward()
        for leaf in leaves:
            np.testing.assert_allclose(found[f"d{leaf.name}"], leaf.grad, rtol=1e-12)
            np.testing.assert_allclose(derivation[f"d{leaf.name}"].value, leaf.grad, rtol=1e-12)


def costs_of_one_row_and_column():
    """Costs of shape (1, 1), and what is said of w, the row, or x, the column, that they are of."""
    w, x, b = tensor("w", 1, 3), tensor("x", 3, 1), tensor("b", 1, 1)
    A, e = constant("A", RNG.normal(size=(3, 3))), w @ X - Y
    yield e @ e.T, ["dw = 2 (w X − Y) Xᵀ"]
    yield np.dot(e, e.T), ["dw = 2 (w X − Y) Xᵀ"]
    yield np.dot(e, e.T) / 6, ["dw = (2/m) (w X − Y) Xᵀ"]
    yield x.T @ A @ x, ["dx = Aᵀ x + A x"]
    yield np.sum(x.T @ A @ x), ["dx = Aᵀ x + A x"]
    yield w @ x + b, ["dw = xᵀ", "dx = wᵀ", "db = 1"]
    e = called("e", w @ X - Y)
    yield e @ e.T, ["de = 2 e", "dw = de Xᵀ"]
    yield np.exp(called("z", w @ x + b)), ["dz = J", "dw = dz xᵀ", "dx = wᵀ dz", "db = dz"]


@pytest.mark.parametrize("convention", ["course", "true"])
def test_a_cost_that_is_a_product_of_a_row_and_a_column(convention):
    for J, lines in costs_of_one_row_and_column():
        assert [line.text for line in ag.derive(J, convention=convention).lines] == lines
        assert len(ag.derive(J, convention=convention, steps=True).lines) == len(lines)


def test_one_sample_needs_no_convention():
    W, x = tensor("W", 2, 3), constant("x", X[:, :1])
    Z = called("Z", W @ x + tensor("b", 2, 1))
    for J in (np.mean(np.sum(Z**2, axis=0)), np.sum(Z**2)):
        derivation = ag.derive(J, m=1)
        assert [line.latex for line in derivation.lines] == [r"dZ = 2\,Z", r"dW = dZ\,x^{\mathsf{T}}", "db = dZ"]
        assert "one sample" in str(derivation)


@pytest.mark.parametrize("convention", ["course", "true"])
def test_a_line_does_not_wait_for_the_gradient_of_a_leaf_that_was_made_later(convention):
    """With one sample and one unit, the gradient of b is that of the sum, which has no name, and W comes before b."""
    W, b, x, y = tensor("W", 1, 3), tensor("b", 1, 1), constant("x", X[:, :1]), constant("y", Y[:, :1])
    derivation = ag.derive(ag.binary_cross_entropy(ag.sigmoid(W @ x + b), y), convention=convention)
    assert [line.text for line in derivation.lines] == ["dW = (σ(W x + b) − y) xᵀ", "db = σ(W x + b) − y"]
    two, c = tensor("W2", 1, 1), tensor("c", 1, 1)
    J = ag.binary_cross_entropy(ag.sigmoid(two @ np.tanh(W @ x + b) + c), y)
    assert ag.derive(J, convention=convention)["dW"]


@pytest.mark.parametrize(
    "cost",
    [
        lambda Z, Y, m: np.sum((Z - Y) ** 2 / 2) / m,
        lambda Z, Y, m: np.sum(0.5 * (Z - Y) ** 2) / m,
        lambda Z, Y, m: np.sum((Z - Y) ** 2) / 2 / m,
        lambda Z, Y, m: np.sum((Z - Y) * (Z - Y) / 2) / m,
        lambda Z, Y, m: np.sum((Z - Y) ** 2 / 2) / 2,
    ],
    ids=range(5),
)
def test_the_half_of_a_square_is_a_half_where_there_are_two_samples(cost):
    W, m = tensor("W", 1, 3), constant("m", np.array(2.0))
    Z = called("Z", W @ constant("X", X[:, :2]))
    derivation = ag.derive(cost(Z, constant("Y", Y[:1, :2]), m))
    assert [line.latex for line in derivation.lines] == [
        r"dZ = Z - Y",
        r"dW = \frac{1}{m}\,dZ\,X^{\mathsf{T}}",
    ]
    assert r"\frac{(Z - Y)^{2}}{m}" not in derivation.forward[-1].latex


def test_a_two_in_a_sum_over_two_samples_is_not_m():
    W, m = tensor("W", 1, 3), constant("m", np.array(2.0))
    Z = called("Z", W @ constant("X", X[:, :2]))
    assert ag.derive(np.sum(np.tanh(Z) / 2) / m).forward[-1].latex == r"J = \frac{\sum \frac{\tanh(Z)}{2}}{m}"
