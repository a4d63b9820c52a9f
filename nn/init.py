"""Starting values of weights: each a function (rng, n_out, n_in) -> array (n_out, n_in)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

import autograd as ag
from autograd.signposts import here_it_is

Initializer = Callable[..., np.ndarray]  # (rng, n_out, n_in)

_rng = np.random.default_rng(0)
_APART: ContextVar[np.random.Generator | None] = ContextVar("nn generator of starting values", default=None)


def seed(number: int) -> None:
    """Start nn's own generator anew: layers made afterwards without a seed of their own repeat the same values."""
    global _rng
    if _APART.get() is not None:
        _APART.set(np.random.default_rng(number))
    else:
        _rng = np.random.default_rng(number)


@contextmanager
def seeded(number: int) -> Iterator[None]:
    """Within this block, and this thread, layers made without a seed of their own draw from a generator apart.

    >>> import nn
    >>> with nn.init.seeded(1):
    ...     first = nn.Linear(2, 1)
    >>> with nn.init.seeded(1):
    ...     bool((nn.Linear(2, 1).W.data == first.W.data).all())
    True
    """
    token = _APART.set(np.random.default_rng(number))
    try:
        yield
    finally:
        _APART.reset(token)


def generator(seed: Any) -> np.random.Generator:
    """The generator for a seed; None stands for nn's own, which starts from 0 in every process."""
    return (_APART.get() or _rng) if seed is None else np.random.default_rng(seed)


def zeros(rng: np.random.Generator, n_out: int, n_in: int) -> np.ndarray:
    """All 0: every unit of a layer then learns the same (document 002, formula 29). For b, or to show that."""
    return np.zeros((n_out, n_in))


def normal(rng: np.random.Generator, n_out: int, n_in: int, scale: float = 0.01) -> np.ndarray:
    """Normal with standard deviation 0.01, the course's first choice for shallow networks."""
    return scale * rng.standard_normal((n_out, n_in))


def xavier(rng: np.random.Generator, n_out: int, n_in: int) -> np.ndarray:
    """Normal with variance 1/n_in, which keeps the scale of tanh layers: the course's (after Glorot and Bengio, 2010).

    With both sizes in it, as PyTorch has it, it is xavier_normal.
    """
    return rng.standard_normal((n_out, n_in)) / np.sqrt(n_in)


def xavier_normal(rng: np.random.Generator, n_out: int, n_in: int, receptive: int = 1) -> np.ndarray:
    """Normal with variance 2/(n_in + n_out), which keeps the scale forward and backward (Glorot and Bengio, 2010).

    receptive  the numbers of a filter for one channel, as 9 for 3 by 3: so many outputs does an input reach
    """
    return rng.standard_normal((n_out, n_in)) * np.sqrt(2 / (n_in + n_out * receptive))


def xavier_uniform(rng: np.random.Generator, n_out: int, n_in: int, receptive: int = 1) -> np.ndarray:
    """Uniform with variance 2/(n_in + n_out), between ±√(6/(n_in + n_out)) (Glorot and Bengio, 2010)."""
    return _uniform(rng, n_out, n_in, 2 / (n_in + n_out * receptive))


def he(rng: np.random.Generator, n_out: int, n_in: int) -> np.ndarray:
    """Normal with variance 2/n_in, which makes up for the half that ReLU cuts off (He et al., 2015)."""
    return rng.standard_normal((n_out, n_in)) * np.sqrt(2 / n_in)


def he_uniform(rng: np.random.Generator, n_out: int, n_in: int) -> np.ndarray:
    """Uniform with variance 2/n_in, between ±√(6/n_in) (He et al., 2015)."""
    return _uniform(rng, n_out, n_in, 2 / n_in)


def lecun_uniform(rng: np.random.Generator, n_out: int, n_in: int) -> np.ndarray:
    """Uniform with variance 1/n_in, between ±√(3/n_in) (LeCun et al., 1998)."""
    return _uniform(rng, n_out, n_in, 1 / n_in)


def orthogonal(rng: np.random.Generator, n_out: int, n_in: int) -> np.ndarray:
    """Random orthonormal rows or, where there are more rows than columns, columns: lengths stay what they are (Saxe et
    al., 2014).

    >>> import numpy as np
    >>> W = orthogonal(np.random.default_rng(0), 2, 3)
    >>> bool(np.allclose(W @ W.T, np.eye(2)))
    True
    """
    Q, R = np.linalg.qr(rng.standard_normal((max(n_out, n_in), min(n_out, n_in))))
    Q = Q * np.sign(np.diagonal(R))  # so that no direction is preferred
    return Q if n_out >= n_in else Q.T


he_normal, lecun_normal = he, xavier


def _uniform(rng: np.random.Generator, n_out: int, n_in: int, variance: float) -> np.ndarray:
    most = np.sqrt(3 * variance)
    return rng.uniform(-most, most, (n_out, n_in))


_BY_NAME: dict[str, Initializer] = {
    "zeros": zeros,
    "normal": normal,
    "xavier": xavier,
    "xavier_normal": xavier_normal,
    "xavier_uniform": xavier_uniform,
    "he": he,
    "he_normal": he_normal,
    "he_uniform": he_uniform,
    "lecun_normal": lecun_normal,
    "lecun_uniform": lecun_uniform,
    "orthogonal": orthogonal,
}


def find(init: str | Initializer) -> Initializer:
    """The initializer of that name; a function is taken as it is."""
    if callable(init):
        return init
    if not isinstance(init, str) or init not in _BY_NAME:
        here = here_it_is("nn.init", init, _BY_NAME) if isinstance(init, str) else ""
        raise ValueError(
            f"There is no initializer {init!r:.60}{here}; known: {', '.join(_BY_NAME)}, or give a function."
        )
    return _BY_NAME[init]


def weights(init: str | Initializer, seed: Any, n_out: int, n_in: int, receptive: int = 1) -> np.ndarray:
    """The starting values that an initializer gives, if they are finite numbers of the right shape.

    receptive  the numbers of a filter for one channel, which n_in has as a factor
    """
    function = find(init)
    further = {"receptive": receptive} if function in (xavier_normal, xavier_uniform) else {}
    W = np.asarray(function(generator(seed), n_out, n_in, **further))
    name = getattr(init, "__name__", init)
    if W.shape != (n_out, n_in):
        raise ag.ShapeError(
            f"init={name} must give weights of shape (n_out, n_in) = {(n_out, n_in)}, but gave {W.shape}."
        )
    if W.dtype.kind not in "fiu" or not np.isfinite(W).all():
        raise ag.DataError(f"init={name} must give finite real numbers, but gave {W.dtype} {W.ravel()[:3]} ….")
    return W
