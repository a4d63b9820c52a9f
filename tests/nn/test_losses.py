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
    of_scores = loss.target is nn.losses.SIGNS or (loss.logits and loss.target is nn.losses.PROBABILITIES)
    assert loss.threshold == (0.0 if of_scores else 0.5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        loss.name = "other"


@pytest.fixture
def declaring(monkeypatch):
    """Losses that are declared here are forgotten afterwards."""
    monkeypatch.setattr(nn.losses.record, "_KNOWN", known := dict(nn.losses.KNOWN))
    monkeypatch.setattr(nn.losses.record, "KNOWN", known)


def test_a_new_loss_is_declared_in_one_place_and_known_everywhere(declaring):

    @nn.losses.loss(target=nn.losses.QUANTITIES)
    def absolute(A, Y, scale=1.0):
        """J = (1/m) Σ |A − Y|."""
        return scale * np.abs(A - Y)

    A, Y = ag.Tensor([[3.0, 1.0], [0.0, 2.0]], name="A"), np.zeros((2, 2))
    assert absolute(A, Y).item() == 3.0 and absolute(A, Y, scale=2.0).item() == 6.0
    assert nn.losses.find(functools.partial(absolute, scale=2.0))(A, Y).item() == 6.0
    with pytest.raises(ag.ShapeError, match="rank-1 target"):
        absolute(A, np.zeros(2))
    with pytest.raises(nn.losses.CostError, match="The cost is nan: one value of the prediction is NaN"):
        absolute(ag.Tensor([[np.nan]]), np.zeros((1, 1)))
    model = nn.Sequential(nn.Linear(2, 2, seed=0))
    history = nn.fit(
        model, A.data, Y, loss="absolute", optimizer=nn.optim.SGD(model.parameters(), lr=0.1), epochs=2, progress=False
    )
    assert history.cost[1] < history.cost[0]


def test_a_function_of_ones_own_is_called_as_it_is():
    own = nn.losses.find(lambda A, Y: np.sum(A))
    assert own.own and own(ag.Tensor([1.0, 2.0]), "nothing of use").item() == 3.0


SHAPES = {
    "a column": lambda A, Y: np.abs(A - Y).sum(axis=1, keepdims=True),
    "a row": lambda A, Y: np.abs(A - Y).sum(axis=0, keepdims=True),
    "rank 1": lambda A, Y: np.abs(A - Y).sum(axis=1),
    "of columns": lambda A, Y: np.abs(A - Y).sum(axis=0),
    "a number": lambda A, Y: np.abs(A - Y).mean(),
    "Python's": lambda A, Y: 1.0,
    "nothing": lambda A, Y: None,
    "a list": lambda A, Y: [A, Y],
    "transposed": lambda A, Y: np.abs(A - Y).T,
}


@pytest.mark.parametrize("returned", SHAPES)
def test_a_loss_must_return_that_of_each_entry(declaring, returned):
    def own(A, Y):
        return SHAPES[returned](A, Y)

    declared = nn.losses.loss(target=nn.losses.QUANTITIES)(own)
    with pytest.raises(ag.ShapeError, match=r"The function of the loss own must return .* of shape \(2, 3\) as A, but"):
        declared(ag.Tensor(np.ones((2, 3))), np.zeros((2, 3)))


@pytest.mark.parametrize("returned", [name for name in SHAPES if name not in ("a number", "Python's")])
def test_a_loss_that_is_a_mean_must_return_one_number(declaring, returned):
    declared = nn.losses.loss(target=nn.losses.QUANTITIES, is_mean=True)(SHAPES[returned])
    with pytest.raises(ag.ShapeError, match="must return the cost, a single number, but returned"):
        declared(ag.Tensor(np.ones((2, 3))), np.zeros((2, 3)))


def test_a_loss_has_a_name_of_its_own_and_may_be_defined_again_at_its_place(declaring):
    for known in list(nn.losses.KNOWN):
        own = lambda A, Y: A - Y
        own.__name__ = own.__qualname__ = known
        with pytest.raises(ValueError, match=f"'{known}' is that of nn.losses"):
            nn.losses.loss(target=nn.losses.QUANTITIES)(own)
        assert nn.losses.find(known) is getattr(nn.losses, known)
    for factor in (1, 2):  # as a cell of a notebook that is run again

        @nn.losses.loss(target=nn.losses.QUANTITIES)
        def cell(A, Y, factor=factor):
            return factor * np.abs(A - Y)

    assert nn.losses.find("cell")([[1.0]], [[0.0]]).item() == 2.0


@pytest.mark.parametrize("given", [[1], None, 3, {"mse"}, np.ones(2)], ids=repr)
def test_what_is_not_a_loss_is_refused(given):
    with pytest.raises(TypeError, match=r"A loss must be a name or a function \(A, Y\) -> Tensor, but got"):
        nn.losses.find(given)


def test_the_kind_of_targets_is_one_of_those(declaring):
    for target in ("quantities", None):
        with pytest.raises(TypeError, match="target must be a kind of targets, as nn"):
            nn.losses.loss(target=target)(lambda A, Y: A - Y)
