"""checkpoint: the same values and derivatives with less kept."""

import gc
import weakref

import numpy as np
import pytest

import autograd as ag

X = np.random.default_rng(0).standard_normal((3, 4))


def block(W, x):
    return np.tanh(W @ np.tanh(W @ x))


def gradients(f):
    W, x = ag.Tensor(np.eye(3) + 0.1), ag.Tensor(X)
    np.sum(f(W, x) ** 2).backward()
    return W.grad, x.grad


def test_the_gradients_are_the_same_to_the_last_bit():
    for plain, again in zip(gradients(block), gradients(ag.checkpoint(block)), strict=True):
        assert np.array_equal(plain, again)


def test_captured_parameters_receive_their_gradients():
    W = ag.Tensor(np.eye(3) + 0.1)
    inside = 2 * W
    f = ag.checkpoint(lambda x: np.tanh(inside @ x) + W @ x)
    np.sum(f(X) ** 2).backward()
    found, W.grad = W.grad, None
    np.sum((np.tanh((2 * W) @ X) + W @ X) ** 2).backward()
    np.testing.assert_allclose(found, W.grad, rtol=1e-14)


def test_second_order():
    f = ag.checkpoint(lambda x: np.sin(x) * x)
    hessian = ag.grad(ag.grad(f))(0.7)
    assert hessian == pytest.approx(2 * np.cos(0.7) - 0.7 * np.sin(0.7), rel=1e-14)


def test_forward_mode():
    value, tangent = ag.jvp(ag.checkpoint(block), (np.eye(3), X), (np.ones((3, 3)), np.zeros((3, 4))))
    expected = ag.jvp(block, (np.eye(3), X), (np.ones((3, 3)), np.zeros((3, 4))))
    np.testing.assert_array_equal(value, expected[0])
    np.testing.assert_allclose(tangent, expected[1], rtol=1e-13)


def test_two_sweeps_by_different_operands_do_not_mix():
    f = ag.checkpoint(lambda a, b: a * a * b)
    assert ag.grad(f, 0)(3.0, 5.0) == 30.0 and ag.grad(f, 1)(3.0, 5.0) == 9.0
    _, back = ag.vjp(f, 3.0, 5.0)
    assert back(1.0) == (30.0, 9.0) and back(2.0) == (60.0, 18.0)


def test_an_operand_that_is_not_used_has_gradient_zero():
    f = ag.checkpoint(lambda a, b: np.sum(a * 2.0))
    assert np.array_equal(ag.grad(f, 1)(X, np.ones(5)), np.zeros(5))


def test_nothing_inside_is_kept():
    kept = []

    def f(x):
        inside = np.exp(x)
        kept.append(weakref.ref(inside.data))
        return np.exp(inside)

    gc.disable()
    try:
        y = ag.checkpoint(f)(ag.Tensor(X))
        assert kept[0]() is None and y.requires_grad
    finally:
        gc.enable()


def test_a_parameter_changed_before_the_sweep_is_noticed():
    W = ag.Tensor(np.eye(3), name="W")
    J = ag.checkpoint(lambda x: np.sum(W @ x))(X)
    W.data = 2 * np.eye(3)
    with pytest.raises(ag.GraphError, match="W was given new data"):
        J.backward()


def test_a_function_that_is_not_deterministic_is_noticed():
    rng = np.random.default_rng(0)
    J = ag.checkpoint(lambda x: np.sum(x * rng.standard_normal()))(ag.Tensor(X))
    with pytest.raises(ag.GraphError, match="deterministic"):
        J.backward()


def test_what_is_no_tensor_is_refused():
    with pytest.raises(ag.GraphError, match="returned a tuple"):
        ag.checkpoint(lambda x: (x, x))(ag.Tensor(1.0))


def test_without_gradients_it_is_the_function():
    assert ag.checkpoint(np.sin)(0.5) == np.sin(0.5)
    with ag.no_grad():
        assert not ag.checkpoint(np.sin)(ag.Tensor(0.5)).requires_grad


def test_shares_of_one_sweep_are_not_taken_for_those_of_another():
    x, z = ag.Tensor([1.0, 1.0]), ag.Tensor([1.0, 1.0])
    y = ag.checkpoint(lambda a, b: a * b)(x, z)
    seed = np.ones(2)
    ag.reverse(y.node, seed, targets=[x.node])
    seed *= 10
    assert np.array_equal(ag.reverse(y.node, seed, targets=[z.node])[z.node], [10.0, 10.0])


def test_a_change_that_keeps_the_sum_is_noticed_and_a_nan_is_not_one():
    q, x = ag.Tensor([1.0, 5.0]), ag.Tensor([1.0, 1.0])
    y = ag.checkpoint(lambda t: t * q)(x)
    q.data[:] = q.data[::-1].copy()
    with pytest.raises(ag.GraphError, match="deterministic"):
        y.sum().backward()
    t = ag.Tensor([np.nan, 2.0])
    ag.checkpoint(lambda u: u * u)(t).sum().backward()
    assert t.grad[1] == 4.0


def test_keywords_are_passed_on():
    x = ag.Tensor(2.0)
    ag.checkpoint(lambda t, k: t**k)(x, k=3).backward()
    assert x.grad == 12.0
