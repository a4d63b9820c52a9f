"""Optimisers: a step is all or nothing, whatever goes wrong within it."""

import signal
import sys

import numpy as np
import pytest

import autograd as ag
import nn

OPTIMIZERS = {
    "SGD": nn.optim.SGD,
    "Momentum": nn.optim.Momentum,
    "Adam": nn.optim.Adam,
}


class InPlace(nn.optim.Optimizer):
    """A user's rule, with state in a dict of arrays that are changed in place."""

    def __init__(self, parameters, lr):
        super().__init__(parameters, lr)
        self.state = {"v": [np.zeros(p.shape) for p in self.parameters], "count": [0]}

    def update(self, i, g):
        self.state["count"][0] += 1
        v = self.state["v"][i]
        v *= 0.9
        v += g
        return self.lr * v


OPTIMIZERS["a user's own, in place"] = InPlace


def made(kind):
    parameters = [ag.Tensor(np.full((2, 2), i + 1.0), name=f"p{i}") for i in range(3)]
    optimizer = kind(parameters, lr=0.1)
    for p in parameters:
        p.grad = np.ones(p.shape)
    optimizer.step()
    return parameters, optimizer


def seen(parameters, optimizer):
    """All that a step changes, as text: to the last bit, and independent of later changes."""
    state = {k: v for k, v in vars(optimizer).items() if k not in ("parameters", "update")}
    return repr([p.data.tobytes() for p in parameters]), repr(state), [p.node.index for p in parameters]


def raises_at(optimizer, position, action):
    rule = optimizer.update

    def update(i, g):
        change = rule(i, g)
        if i == position:
            action()
        return change

    optimizer.update = update


def interrupt():
    signal.raise_signal(signal.SIGINT)


def refuse():
    raise ZeroDivisionError


@pytest.mark.parametrize("kind", OPTIMIZERS)
@pytest.mark.parametrize("position", range(3))
@pytest.mark.parametrize("action", [refuse, interrupt])
def test_a_step_that_raises_leaves_parameters_and_state_as_they_were(kind, position, action):
    parameters, optimizer = made(OPTIMIZERS[kind])
    before = seen(parameters, optimizer)
    raises_at(optimizer, position, action)
    with pytest.raises((ZeroDivisionError, KeyboardInterrupt)):
        optimizer.step()
    assert seen(parameters, optimizer) == before


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_a_missing_gradient_or_a_change_of_the_wrong_shape_moves_nothing(kind):
    parameters, optimizer = made(OPTIMIZERS[kind])
    before = seen(parameters, optimizer)
    parameters[2].grad = None
    with pytest.raises(ag.GraphError, match=r"p2 .* has no gradient"):
        optimizer.step()
    assert seen(parameters, optimizer) == before
    parameters[2].grad = np.ones((2, 2))
    rule = optimizer.update
    optimizer.update = lambda i, g: np.ones((2, 2, 2)) if i == 2 else rule(i, g)
    with pytest.raises(ag.ShapeError):
        optimizer.step()
    assert seen(parameters, optimizer) == before


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_ctrl_c_at_any_step_of_python_within_a_step_is_all_or_nothing(kind):
    """A signal arrives before the n-th line that runs within step(), for every n until the step gets through."""
    parameters, optimizer = made(OPTIMIZERS[kind])
    begun = seen(parameters, optimizer)
    once = optimizer.snapshot()
    optimizer.step()
    done = seen(parameters, optimizer)[:2]
    once()
    assert seen(parameters, optimizer) == begun
    for n in range(1, 2_000):
        restore, left, tracer = optimizer.snapshot(), n, sys.gettrace()

        def trace(frame, event, arg):
            nonlocal left
            if event == "line":
                left -= 1
                if left == 0:
                    interrupt()
            return trace

        interrupted = False
        try:
            sys.settrace(trace)
            optimizer.step()
        except KeyboardInterrupt:
            interrupted = True
        finally:
            sys.settrace(tracer)
        now = seen(parameters, optimizer)
        assert now == begun if interrupted else now[:2] == done, n
        if not interrupted and left > 0:
            break
        restore()
    else:
        pytest.fail("the step never got through")


def test_a_frozen_parameter_stays_and_the_others_move():
    parameters, optimizer = made(nn.optim.Adam)
    parameters[1].requires_grad = False
    before = [p.data for p in parameters]
    optimizer.zero_grad()
    sum(np.sum(p) for p in parameters).backward()
    optimizer.step()
    assert [np.array_equal(p.data, b) for p, b in zip(parameters, before, strict=True)] == [False, True, False]


def test_a_result_is_not_a_parameter():
    with pytest.raises(ag.GraphError, match=r"needs leaves, but y .* is the result of multiply"):
        y = ag.Tensor(1.0) * 2
        y.name = "y"
        nn.optim.SGD([y], lr=0.1)


@pytest.mark.parametrize("lr", [0, -1.0, float("nan"), float("inf"), "0.1", None, True])
def test_a_learning_rate_is_a_positive_number(lr):
    with pytest.raises(ValueError, match="the learning rate, must be positive and finite, but got"):
        nn.optim.SGD([ag.Tensor(1.0)], lr=lr)


@pytest.mark.parametrize("lr", [np.float32(0.1), np.float64(0.1), 1, np.int64(1)])
def test_a_learning_rate_may_be_any_real_number(lr):
    assert nn.optim.SGD([ag.Tensor(1.0)], lr=lr).lr == lr


@pytest.mark.parametrize("name", ["beta1", "beta2"])
@pytest.mark.parametrize("value", [1.0, -0.1, float("nan")])
def test_a_decay_is_at_least_0_and_less_than_1(name, value):
    with pytest.raises(ValueError, match=f"{name} must be at least 0 and less than 1, but got"):
        nn.optim.Adam([ag.Tensor(1.0)], **{name: value})


@pytest.mark.parametrize("optimizer", [nn.optim.SGD, nn.optim.Momentum, nn.optim.Adam])
def test_half_precision_steps_as_single_does(optimizer):
    gradients = np.array([1e-4, 0.0, 1e-7, 3e4])
    moved = {}
    for dtype in (np.float16, np.float32):
        p = ag.Tensor(np.full(4, 0.5, dtype))
        steps = optimizer([p], lr=1e-3)
        for _ in range(3):
            p.grad = gradients.astype(np.float16).astype(dtype)
            steps.step()
        assert p.dtype == dtype
        moved[dtype] = p.data.astype(float)
    np.testing.assert_allclose(moved[np.float16], moved[np.float32], rtol=3e-3)
