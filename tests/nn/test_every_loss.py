"""Whatever holds for every loss: a loss that is declared is found here by itself."""

import numpy as np
import pytest

import autograd as ag
import nn
from nn.losses import ONE_HOT, PROBABILITIES

rng = np.random.default_rng(0)
Z = rng.standard_normal((3, 5))
LOSSES = pytest.mark.parametrize("loss", nn.losses.KNOWN.values(), ids=str)


def data(loss):
    """Predictions and targets that it takes."""
    A = np.exp(Z) / np.exp(Z).sum(axis=0) if loss.of_probabilities else Z
    if loss.target is ONE_HOT:
        return A, np.eye(3)[:, [0, 2, 1, 1, 0]]
    return A, rng.integers(0, 2, (3, 5)) * 1.0 if loss.target is PROBABILITIES else rng.standard_normal((3, 5))


@LOSSES
def test_it_is_summed_over_units_and_averaged_over_columns(loss):
    A, Y = data(loss)
    columns = [loss(ag.Tensor(A[:, [k]]), Y[:, [k]]).item() for k in range(5)]
    assert loss(ag.Tensor(A), Y).item() == pytest.approx(np.mean(columns), rel=1e-12)


@LOSSES
def test_its_gradients_are_those_of_differences(loss):
    _, Y = data(loss)
    assert ag.check_grads(lambda Z: loss(ag.sigmoid(Z) if loss.of_probabilities else Z, Y), Z, order=1).ok


@LOSSES
def test_it_compiles_and_is_derived(loss):
    A, Y = data(loss)
    f = ag.value_and_grad(lambda A: loss(A, Y))
    for a, b in zip(ag.compile(f)(A), f(A), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    assert ag.derive(loss(ag.Tensor(A, name="A"), Y)).lines


@LOSSES
def test_it_refuses_what_does_not_fit(loss):
    A, Y = data(loss)
    with pytest.raises(ag.ShapeError, match="they must have one shape"):
        loss(ag.Tensor(A), Y[0])
    with pytest.raises(ag.DtypeError, match="The target holds int64"):
        loss(ag.Tensor(A), Y.astype(int))
    if loss.target.probabilities:
        with pytest.raises(ag.DataError, match=f"{loss.name} needs"):
            loss.check_targets(Y * 2 - 1)


@LOSSES
def test_half_and_single_precision_stay(loss):
    A, Y = data(loss)
    for dtype in (np.float16, np.float32):
        assert loss(ag.Tensor(A.astype(dtype)), Y.astype(dtype)).dtype == dtype
