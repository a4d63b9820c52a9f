"""Costs within compiled functions."""

import copy
import dataclasses
import functools
import pickle

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


@pytest.mark.parametrize("loss", nn.losses.KNOWN.values(), ids=str)
def test_a_loss_is_a_record_that_is_found_by_name_and_copied_as_itself(loss):
    assert nn.losses.find(loss.name) is nn.losses.find(loss) is getattr(nn.losses, loss.name) is loss
    assert pickle.loads(pickle.dumps(loss)) is copy.deepcopy(loss) is loss
    assert loss.__name__ == loss.name and "(" in (loss.__doc__ or "")
    assert loss.threshold == (0.0 if loss.logits and loss.target is nn.losses.PROBABILITIES else 0.5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        loss.name = "other"


def test_a_new_loss_is_declared_in_one_place_and_known_everywhere(monkeypatch):
    monkeypatch.setattr(nn.losses.record, "_KNOWN", known := dict(nn.losses.KNOWN))
    monkeypatch.setattr(nn.losses.record, "KNOWN", known)

    @nn.losses.loss(target=nn.losses.QUANTITIES)
    def absolute(A, Y, scale=1.0):
        """J = (1/m) Σ |A − Y|."""
        return scale * np.abs(A - Y)

    A, Y = ag.Tensor([[3.0, 1.0], [0.0, 2.0]], name="A"), np.zeros((2, 2))
    assert absolute(A, Y).item() == 3.0 and absolute(A, Y, scale=2.0).item() == 6.0
    assert nn.losses.find(functools.partial(absolute, scale=2.0))(A, Y).item() == 6.0
    with pytest.raises(ag.ShapeError, match="rank-1 target"):
        absolute(A, np.zeros(2))
    with pytest.raises(nn.losses.CostError, match="The cost is nan: 1 values of the prediction"):
        absolute(ag.Tensor([[np.nan]]), np.zeros((1, 1)))
    model = nn.Sequential(nn.Linear(2, 2, seed=0))
    history = nn.fit(
        model, A.data, Y, loss="absolute", optimizer=nn.optim.SGD(model.parameters(), lr=0.1), epochs=2, progress=False
    )
    assert history.cost[1] < history.cost[0]


def test_a_function_of_ones_own_is_called_as_it_is():
    own = nn.losses.find(lambda A, Y: np.sum(A))
    assert own.own and own(ag.Tensor([1.0, 2.0]), "nothing of use").item() == 3.0
