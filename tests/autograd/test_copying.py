"""Copying and pickling Tensors and models."""

import copy
import pickle

import numpy as np
import pytest

import autograd as ag
import nn


def leaf():
    t = ag.Tensor([1.0, 2.0], name="W")
    t.grad = np.array([3.0, 4.0])
    return t


@pytest.mark.parametrize("way", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))], ids=["deepcopy", "pickle"])
def test_a_leaf_goes_with_its_name_and_gradient_and_shares_nothing(way):
    t = leaf()
    twin = way(t)
    assert (twin.name, twin.requires_grad) == ("W", True)
    assert np.array_equal(twin.data, t.data) and np.array_equal(twin.grad, t.grad)
    assert twin.data is not t.data and twin.node is not t.node


def test_a_shallow_copy_is_a_leaf_of_its_own_with_the_same_array():
    t = leaf()
    twin = copy.copy(t)
    assert twin.data is t.data and twin.node is not t.node


def test_a_constant_stays_one():
    assert not pickle.loads(pickle.dumps(ag.Tensor(2.0, name="y", requires_grad=False))).requires_grad


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_result_is_refused_with_the_alternative(way):
    with pytest.raises(ag.GraphError, match=r"result of multiply.*detach"):
        way(leaf() * 2)


def test_a_model_can_be_copied_and_pickled():
    model = nn.Sequential(nn.Linear(3, 2, seed=0), nn.Tanh(), nn.Linear(2, 1, seed=1), nn.Sigmoid())
    X = np.ones((3, 4))
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert np.array_equal(twin(X).data, model(X).data)
        twin[0].W.data = twin[0].W.data + 1
        assert not np.array_equal(twin(X).data, model(X).data)
        assert [p.name for p in twin.parameters()] == ["W1", "b1", "W2", "b2"]
