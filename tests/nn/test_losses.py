"""Costs within compiled functions."""

import numpy as np
import pytest

import autograd as ag
import nn


@pytest.mark.parametrize("loss", ["binary_cross_entropy", "cross_entropy_logits", "squared_error"])
def test_losses_can_be_compiled(loss):
    rng = np.random.default_rng(0)
    W, X, Y = rng.standard_normal((3, 4)), rng.standard_normal((4, 6)), np.eye(3)[:, rng.integers(0, 3, 6)]
    output = (lambda Z: Z) if loss.endswith("logits") else ag.sigmoid
    f = ag.value_and_grad(lambda W, X, Y: getattr(nn.losses, loss)(output(W @ X), Y))
    J, dW = ag.compile(f)(W, X, Y)
    expected = f(W, X, Y)
    assert expected[0] == J and np.allclose(dW, expected[1], rtol=1e-12, atol=0)
