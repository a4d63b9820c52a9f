"""Polynomials and evenly spaced numbers: their ends, and what is refused."""

import numpy as np
import pytest

import autograd as ag
from tests.autograd.helpers import close
from tests.autograd.test_edges import derivatives, gradient


def test_derivatives_of_a_polynomial_are_numpys():
    p, x = np.array([2.0, -1.0, 0.5, 3.0]), np.linspace(-2, 2, 5)
    for order, found in enumerate(derivatives(lambda x: np.polyval(p, x), x, 4)):
        close(found, np.polyval(np.polyder(p, order), x))
    close(gradient(lambda p: np.polyval(p, 2.0), p), [8, 4, 2, 1])


def test_vandermonde_is_the_derivative_by_the_coefficients():
    p, x = np.array([2.0, -1.0, 0.5]), np.array([0.0, -1.0, 3.0])
    close(ag.jacobian(lambda p: np.polyval(p, x))(p), np.vander(x))
    close(gradient(lambda x: np.vander(x)[:, 0], x), 2 * x)


@pytest.mark.parametrize("f", [np.linspace, np.geomspace])
def test_the_ends_are_exact(f):
    for kind in (float, np.float32, lambda v: np.array([v, -v])):
        start, stop = kind(0.1), kind(0.7)
        out = f(ag.Tensor(start), stop, 7)
        assert np.array_equal(out.data[0], start) and np.array_equal(out.data[-1], stop)
        close(gradient(lambda a, b: f(a, b, 7)[-1], start, stop)[1], np.ones(np.shape(stop)))


REFUSED = {
    "retstep": (lambda t: np.linspace(t, 1.0, retstep=True), ag.Unsupported, "retstep="),
    "dtype": (lambda t: np.geomspace(t, 1.0, dtype=int), ag.Unsupported, "dtype="),
    "several bases": (lambda t: np.logspace(t, 1.0, base=np.array([2.0, 3.0])), ag.Unsupported, "base"),
    "geometric from 0": (lambda t: np.geomspace(t, 0.0), ag.DataError, "0"),
    "polynomial of a polynomial": (lambda t: np.polyval(t, np.poly1d([1.0])), ag.Unsupported, "polynomial"),
    "negative derivative": (lambda t: np.polyder(t, -1), ag.DataError, "polyint"),
    "negative integral": (lambda t: np.polyint(t, -1), ag.DataError, "polyder"),
    "too few constants": (lambda t: np.polyint(t, 3, [1.0, 2.0]), ag.DataError, "3 constants"),
    "sum with a matrix": (lambda t: np.polyadd(t, np.ones((2, 2))), ag.ShapeError, r"one axis.*\(2, 2\)"),
    "derivative of a matrix": (lambda t: np.polyder(t[None]), ag.ShapeError, r"one axis.*\(1, 2\)"),
    "integral of a matrix": (lambda t: np.polyint(t[:, None]), ag.ShapeError, r"one axis.*\(2, 1\)"),
    "powers of a matrix": (lambda t: np.vander(np.reshape(t, (1, 2))), ag.ShapeError, "one axis"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_in_words(name):
    attempt, error, words = REFUSED[name]
    with pytest.raises(error, match=words):
        attempt(ag.Tensor(np.ones(2)))
