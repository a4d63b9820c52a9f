"""Initializers: their variances are those that they are named for, and those of PyTorch."""

import math

import numpy as np
import pytest

import autograd as ag
import nn

torch = pytest.importorskip("torch", reason="PyTorch is in the extra `bench`: make venv-bench")

SIZES = [(200, 100), (100, 300), (150, 150)]

# PyTorch's of the same meaning
COUNTERPARTS = {
    "zeros": torch.nn.init.zeros_,
    "normal": lambda W: torch.nn.init.normal_(W, std=0.01),
    "xavier": lambda W: torch.nn.init.kaiming_normal_(W, nonlinearity="linear"),
    "xavier_normal": torch.nn.init.xavier_normal_,
    "xavier_uniform": torch.nn.init.xavier_uniform_,
    "he": torch.nn.init.kaiming_normal_,
    "he_normal": torch.nn.init.kaiming_normal_,
    "he_uniform": torch.nn.init.kaiming_uniform_,
    "lecun_normal": lambda W: torch.nn.init.kaiming_normal_(W, nonlinearity="linear"),
    "lecun_uniform": lambda W: torch.nn.init.kaiming_uniform_(W, nonlinearity="linear"),
    "orthogonal": torch.nn.init.orthogonal_,
}


def test_every_initializer_has_a_counterpart():
    assert set(COUNTERPARTS) == set(nn.init._BY_NAME)
    assert all(nn.init.find(name) is getattr(nn.init, name) for name in COUNTERPARTS)


@pytest.mark.parametrize("name", COUNTERPARTS)
@pytest.mark.parametrize("shape", [*SIZES, (60, 50, 3, 3)])
def test_the_spread_is_that_of_pytorch(name, shape):
    if len(shape) == 2:
        ours = nn.Linear(shape[1], shape[0], init=name, seed=0).W.data
    else:
        ours = nn.Conv2d(shape[1], shape[0], shape[2], init=name, seed=0).W.data
    torch.manual_seed(0)
    theirs = torch.empty(shape)
    COUNTERPARTS[name](theirs)
    assert ours.shape == shape and abs(ours.mean()) <= 4 * ours.std() / math.sqrt(ours.size)
    assert ours.std() == pytest.approx(theirs.std().item(), rel=0.02)
    if "uniform" in name:
        assert np.abs(ours).max() == pytest.approx(theirs.abs().max().item(), rel=0.01)
        assert np.abs(ours).max() < 1.7321 * ours.std() * 1.02
    elif name not in ("zeros", "orthogonal"):
        assert np.mean(ours**4) / ours.var() ** 2 == pytest.approx(3, rel=0.1)  # the kurtosis of a normal distribution


@pytest.mark.parametrize(("n_out", "n_in"), [(3, 5), (5, 3), (4, 4), (1, 1), (1, 6)])
def test_orthogonal_keeps_lengths(n_out, n_in):
    W = nn.init.orthogonal(np.random.default_rng(0), n_out, n_in)
    small = W @ W.T if n_out <= n_in else W.T @ W
    np.testing.assert_allclose(small, np.eye(min(n_out, n_in)), atol=1e-14)


def test_no_direction_of_orthogonal_is_preferred():
    rng = np.random.default_rng(0)
    first = [nn.init.orthogonal(rng, 2, 2)[0, 0] for _ in range(400)]
    assert abs(np.mean(first)) < 4 * math.sqrt(0.5 / 400)


@pytest.mark.parametrize("init", ["glorot", None, 3, ["he"]], ids=repr)
def test_what_is_no_initializer_is_refused_with_those_there_are(init):
    with pytest.raises(ValueError, match=r"There is no initializer .* known: .*xavier_uniform.*, or give a function"):
        nn.init.find(init)


def test_a_function_of_ones_own_is_asked_for_a_matrix():
    asked = []

    def own(rng, n_out, n_in):
        asked.append((n_out, n_in))
        return np.ones((n_out, n_in))

    nn.Conv2d(2, 3, 5, init=own)
    assert asked == [(3, 50)]
    with pytest.raises(ag.ShapeError, match=r"init=<lambda> must give weights of shape \(n_out, n_in\) = \(3, 2\)"):
        nn.Linear(2, 3, init=lambda rng, n_out, n_in: np.ones((n_in, n_out)))
