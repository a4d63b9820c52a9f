"""Starting values of weights: each a function (rng, n_out, n_in) -> array (n_out, n_in)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd as ag

Initializer = Callable[[np.random.Generator, int, int], np.ndarray]

_rng = np.random.default_rng(0)


def seed(number: int) -> None:
    """Start nn's own generator anew: layers made afterwards without a seed of their own repeat the same values."""
    global _rng
    _rng = np.random.default_rng(number)


def generator(seed: Any) -> np.random.Generator:
    """The generator for a seed; None stands for nn's own, which starts from 0 in every process."""
    return _rng if seed is None else np.random.default_rng(seed)


def zeros(rng: np.random.Generator, n_out: int, n_in: int) -> np.ndarray:
    """All 0: every unit of a layer then learns the same (document 002, formula 29). For b, or to show that."""
    return np.zeros((n_out, n_in))


def normal(rng: np.random.Generator, n_out: int, n_in: int, scale: float = 0.01) -> np.ndarray:
    """Normal with standard deviation 0.01, the course's first choice for shallow networks."""
    return scale * rng.standard_normal((n_out, n_in))


def xavier(rng: np.random.Generator, n_out: int, n_in: int) -> np.ndarray:
    """Normal with variance 1/n_in, which keeps the scale of tanh layers (after Glorot and Bengio, 2010)."""
    return rng.standard_normal((n_out, n_in)) / np.sqrt(n_in)


def he(rng: np.random.Generator, n_out: int, n_in: int) -> np.ndarray:
    """Normal with variance 2/n_in, which makes up for the half that ReLU cuts off (He et al., 2015)."""
    return rng.standard_normal((n_out, n_in)) * np.sqrt(2 / n_in)


_BY_NAME: dict[str, Initializer] = {"zeros": zeros, "normal": normal, "xavier": xavier, "he": he}


def find(init: str | Initializer) -> Initializer:
    """The initializer of that name; a function is taken as it is."""
    if callable(init):
        return init
    if init not in _BY_NAME:
        raise ValueError(f"There is no initializer {init!r}; known: {', '.join(_BY_NAME)}, or give a function.")
    return _BY_NAME[init]


def weights(init: str | Initializer, seed: Any, n_out: int, n_in: int) -> np.ndarray:
    """The starting values that an initializer gives, if they are finite numbers of the right shape."""
    W = np.asarray(find(init)(generator(seed), n_out, n_in))
    name = getattr(init, "__name__", init)
    if W.shape != (n_out, n_in):
        raise ag.ShapeError(
            f"init={name} must give weights of shape (n_out, n_in) = {(n_out, n_in)}, but gave {W.shape}."
        )
    if W.dtype.kind not in "fiu" or not np.isfinite(W).all():
        raise ag.DataError(f"init={name} must give finite real numbers, but gave {W.dtype} {W.ravel()[:3]} ….")
    return W
