"""Two-dimensional toy data, written from their formulas: two classes that no straight line separates.

Each gives `X (2, m)` and `Y (1, m)` of 0 and 1, float64, first the columns of class 0, then those of class 1;
of an odd m, class 0 has one more. The same seed gives the same bytes. `noise` is the standard deviation of
what is added to the points.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from autograd import DataError

Array = npt.NDArray[Any]


def planar_flower(m: int = 400, *, noise: float = 0.2, seed: int = 0) -> tuple[Array, Array]:
    """A flower of eight petals, four of each class: r = 4 sin 4t, 0 to π in class 0, π to 2π in class 1.

    Noise is added to the radius and to the angle, so that petals touch in the middle.

    Args:
        m: the number of samples, at least 2.
        noise: the standard deviation of the radius and of the angle (in radians).
        seed: the same seed gives the same data.

    Returns:
        X `(2, m)`, Y `(1, m)`.

    Raises:
        DataError: m is below 2, or noise is negative.

    Example:
        >>> X, Y = planar_flower(400)
        >>> X.shape, Y.shape, float(Y.mean())
        ((2, 400), (1, 400), 0.5)
    """
    rng, Y = _begin(m, noise, seed)
    t = np.pi * (_along_each_class(Y) + Y[0]) + noise * rng.standard_normal(m)
    r = 4 * np.sin(4 * t) + noise * rng.standard_normal(m)
    return np.stack([r * np.cos(t), r * np.sin(t)]), Y


def moons(m: int = 400, *, noise: float = 0.1, seed: int = 0) -> tuple[Array, Array]:
    """Two half circles that reach into each other.

    Class 0 is (cos t, sin t), class 1 is (1 − cos t, ½ − sin t), t from 0 to π.

    Args, returns, errors: as for `planar_flower`; noise is added to both coordinates.

    Example:
        >>> X, Y = moons(6, noise=0)
        >>> X.round(2) + 0.0
        array([[ 1. ,  0. , -1. ,  0. ,  1. ,  2. ],
               [ 0. ,  1. ,  0. ,  0.5, -0.5,  0.5]])
    """
    rng, Y = _begin(m, noise, seed)
    t = np.pi * _along_each_class(Y)
    lower = Y[0] == 1
    X = np.stack([np.where(lower, 1 - np.cos(t), np.cos(t)), np.where(lower, 0.5 - np.sin(t), np.sin(t))])
    return X + noise * rng.standard_normal(X.shape), Y


def xor(m: int = 400, *, noise: float = 0.05, seed: int = 0) -> tuple[Array, Array]:
    """Four squares: class 1 where the coordinates have different signs, class 0 where they have the same.

    Args, returns, errors: as for `planar_flower`; noise is added to both coordinates
    after the class is decided.

    Example:
        >>> X, Y = xor(100, noise=0)
        >>> bool(np.all((X[0] * X[1] < 0) == Y[0]))
        True
    """
    rng, Y = _begin(m, noise, seed)
    sign = rng.choice([-1.0, 1.0], size=m)
    sizes = 1 - rng.random((2, m))  # in (0, 1]: never 0, which has no sign
    X = sizes * np.stack([sign, sign * (1 - 2 * Y[0])])
    return X + noise * rng.standard_normal(X.shape), Y


def spirals(m: int = 400, *, noise: float = 0.05, seed: int = 0) -> tuple[Array, Array]:
    """Two spirals of one and a half turns, from the centre to radius 1.

    Radius t, angle 3πt, t from 0 to 1; class 1 is class 0 turned by half a turn.

    Args, returns, errors: as for `planar_flower`; noise is added to both coordinates.

    Example:
        >>> X, Y = spirals(400, noise=0)
        >>> bool(np.allclose(X[:, :200], -X[:, 200:]))
        True
    """
    rng, Y = _begin(m, noise, seed)
    r = _along_each_class(Y)
    t = 3 * np.pi * r + np.pi * Y[0]
    X = r * np.stack([np.cos(t), np.sin(t)])
    return X + noise * rng.standard_normal(X.shape), Y


def _begin(m: int, noise: float, seed: int) -> tuple[np.random.Generator, Array]:
    """What all generators share: the checks, the random numbers, the classes."""
    if m < 2:
        raise DataError(f"Two classes need at least m=2 samples, but got m={m}.")
    if not noise >= 0:
        raise DataError(f"noise, a standard deviation, must be at least 0, but got {noise}.")
    Y = np.zeros((1, m))
    Y[0, m - m // 2 :] = 1
    return np.random.default_rng(seed), Y


def _along_each_class(Y: Array) -> Array:
    """`(m,)`: evenly spaced from 0 to 1 over the columns of class 0, and again over those of class 1."""
    ones = int(Y.sum())
    return np.concatenate([np.linspace(0, 1, Y.shape[1] - ones), np.linspace(0, 1, ones)])
