"""No wrong gradient in random programs. 500 of them; CHALKGRAD_PROGRAMS=20000 runs as many as that."""

import os

import numpy as np
from hypothesis import given, settings

import autograd as ag
from tests.autograd.programs import programs

COUNT = int(os.environ.get("CHALKGRAD_PROGRAMS", "500"))


@settings(max_examples=COUNT, deadline=None)
@given(programs())
def test_gradients_of_random_programs(program):
    inputs = program.inputs()
    rng = np.random.default_rng(program.seed + 2)
    directions = [rng.standard_normal(np.shape(x)) for x in inputs]

    step = 1e-30
    value = program(*(x + 1j * step * v for x, v in zip(inputs, directions, strict=True)))
    expected = value.imag / step

    numbers = tuple(range(len(inputs)))
    found, gradients = ag.value_and_grad(program, numbers)(*inputs)
    np.testing.assert_allclose(found, value.real, rtol=1e-12, atol=1e-12)
    by_reverse = sum(np.sum(g * v) for g, v in zip(gradients, directions, strict=True))
    scale = 1e-9 * sum(np.sum(np.abs(g * v)) for g, v in zip(gradients, directions, strict=True)) + 1e-12
    assert abs(by_reverse - expected) <= scale

    _, by_forward = ag.jvp(program, inputs, [v if np.ndim(v) else float(v) for v in directions])
    assert abs(by_forward - expected) <= scale

    tensors = [ag.Tensor(x) for x in inputs]
    program(*tensors).backward(create_graph=True)
    for t, g in zip(tensors, gradients, strict=True):
        traced = t.grad.data if t.grad is not None else np.zeros(t.shape)
        assert np.array_equal(traced, g) and np.shape(traced) == t.shape
