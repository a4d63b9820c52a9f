"""What is kept, and for how long: nothing that a user may build grows without end."""

import copy
import gc
import linecache
import sys
from functools import partial

import numpy as np
import pytest

import autograd as ag
import nn


def programs():
    return sum("compiled" in file or "derivation" in file for file in linecache.cache)


def read_and_run(k):
    x = np.ones(3)
    step = ag.compile(ag.value_and_grad(lambda t: np.sum(t * t) + k))
    step(x)
    w = ag.Tensor(x, name="w")
    return step, ag.derive(np.sum(w * w)).function()


def programs_while_held():
    """In a frame of its own: derive has looked at the variables of its callers, and Python keeps what it saw."""
    held = [read_and_run(k) for k in range(5)]
    return programs() if held else 0


def test_the_lines_of_a_program_go_with_it():
    gc.collect()
    before = programs()
    assert programs_while_held() >= before + 10
    gc.collect()
    assert programs() == before


def test_a_module_that_contains_itself():
    layer = nn.Linear(2, 2, seed=0)
    model = nn.Sequential(layer, nn.Tanh())
    model.me, model.held = model, []
    model.held.append(model.held)
    assert [p.shape for p in model.parameters()] == [(2, 2), (2, 1)]
    assert model(np.ones((2, 3))).shape == (2, 3)
    model.layers.append(model)
    assert "…" in repr(model)
    for use in (lambda: model(np.ones((2, 3))), lambda: nn.Sequential(model)):
        with pytest.raises(ValueError, match="contains itself"):
            use()


def calls(run):
    """How many functions are called, Python's and C's."""
    count = 0

    def called(frame, event, _):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(called)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


def unnamed(n):
    x = ag.Tensor(0.5, name="x")
    J = x
    for _ in range(n):
        J = np.sin(J) * 1.01
    J.name = "J"
    return J, x


def entries_of_one(n):
    x = ag.Tensor(np.ones(4))
    return np.stack([x[i % 4] for i in range(n)])


def second_derivative(join):
    def run(n):
        grad = ag.grad(lambda x: np.sum(join([x * k for k in range(n)]) ** 2))
        return lambda: ag.jvp(lambda x: grad(x), (np.ones(2),), (np.ones(2),))

    return run


def deep(n):
    return nn.Sequential(*(nn.Linear(2, 2, seed=0) for _ in range(n)))


LINEAR = {
    "chain over unnamed operations": lambda n: partial(lambda made: str(ag.chain(*made)), unnamed(n)),
    "concatenate, forward": lambda n: (
        lambda: ag.jvp(lambda x: np.concatenate([x * k for k in range(n)]), (np.ones(2),), (np.ones(2),))
    ),
    "concatenate, second order": second_derivative(np.concatenate),
    "stack, second order": second_derivative(np.stack),
    "entries of one array": lambda n: np.sum(entries_of_one(n)).backward,
    "graph()": lambda n: partial(lambda made: str(made[0].graph()), unnamed(n)),
    "a copy of a model": lambda n: partial(copy.deepcopy, deep(n)),
    "a model is named": lambda n: lambda: deep(n),
}


@pytest.mark.parametrize("name", LINEAR)
def test_linear(name):
    few, many = (calls(LINEAR[name](n)) for n in (50, 200))
    assert many < 5 * few
