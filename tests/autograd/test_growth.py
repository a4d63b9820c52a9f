"""What is kept, and for how long: nothing that a user may build grows without end."""

import gc
import linecache

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


def test_the_lines_of_a_program_go_with_it():
    gc.collect()
    before = programs()
    for k in range(5):
        held = read_and_run(k)
        assert programs() > before
    del held
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
