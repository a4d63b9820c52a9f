"""Parameters as arguments of a function: compiled, differentiated, and left alone."""

import numpy as np
import pytest

import autograd as ag
import nn

X = np.random.default_rng(0).standard_normal((3, 5))


def network():
    return nn.Sequential(nn.Linear(3, 4, seed=0), nn.Tanh(), nn.Linear(4, 1, seed=1))


def cost_of(model):
    def cost(values, X):
        with nn.parameters_apart(model.parameters(), values):
            return np.mean(model(X) ** 2)

    return cost


def test_a_compiled_function_takes_the_parameters_of_a_model():
    model = network()
    program = ag.compile(ag.value_and_grad(cost_of(model)))
    for shift in (0.0, 0.5):
        values = [p.data + shift for p in model.parameters()]
        J, gradients = program(values, X)
        other = network()
        for p, value in zip(other.parameters(), values, strict=True):
            p.data = value
        expected = np.mean(other(X) ** 2)
        expected.backward()
        assert pytest.approx(expected.item(), rel=1e-12) == J
        for g, p in zip(gradients, other.parameters(), strict=True):
            np.testing.assert_allclose(g, p.grad, rtol=1e-12)
    assert len(program.programs) == 1


def test_second_derivatives_and_names():
    model = network()
    H = ag.hessian(lambda W: cost_of(model)([W, *(p.data for p in model.parameters()[1:])], X))(model[0].W.data)
    assert H.shape == (4, 3, 4, 3)
    W = ag.Tensor(model[0].W.data)
    with nn.parameters_apart([model[0].W], [W]):
        assert model[0].W.name == "W1"
        J = np.sum(model(X))
    J.backward()
    assert W.grad is not None and model[0].W.grad is None


def test_afterwards_all_is_as_before_also_after_an_error():
    model = network()
    parameters = model.parameters()
    before = [(p._value, p.node) for p in parameters]
    with pytest.raises(ZeroDivisionError), nn.parameters_apart(parameters, [p.data for p in parameters]):
        raise ZeroDivisionError
    assert all(p._value is x and p.node is node for p, (x, node) in zip(parameters, before, strict=True))


def test_values_that_do_not_fit_are_refused():
    model = network()
    with (
        pytest.raises(ag.ShapeError, match=r"W1 has shape \(4, 3\), but got \(3, 4\)"),
        nn.parameters_apart([model[0].W], [np.zeros((3, 4))]),
    ):
        pass
    with (
        pytest.raises(ValueError, match="a value for each of the 4 parameters, but got 1"),
        nn.parameters_apart(model.parameters(), [1.0]),
    ):
        pass
