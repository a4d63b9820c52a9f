"""The product of a gradient with a local derivative is found where it is in range, though a part of it may not be."""

from itertools import product

import mpmath
import numpy as np
import pytest

import autograd as ag
from autograd import rules
from autograd.core.op import OPS
from autograd.rules import statistics, trigonometric
from tests.autograd import truths

F32 = np.finfo(np.float32)
# Rows whose derivative is a quotient, or a power of the result: it may itself leave the range.
QUOTIENTS = {
    np.divide, np.reciprocal, np.log, np.log1p, np.log2, np.log10, rules.ratio, statistics.root_slope,
    trigonometric.bell,
}  # fmt: skip
# In the derivative is a difference, of which less is left than its parts are.
CANCELLING = {rules.log_loss_slope, rules.log_loss_logits}


def in_range(*xs, least=F32.tiny):
    return all(x == 0 or least <= abs(x) <= F32.max for x in map(mpmath.mpf, xs))


def places(n):
    ends = [float(end) ** p for end in (F32.tiny, F32.max) for p in ((0.9, 0.45) if n > 1 else (0.9, 0.6, 0.45, 0.3))]
    positive = [float(np.float32(x)) for x in (*ends, 0.5, *([] if n > 1 else [1e-40, 1.0, 3.0]))]
    return product([*positive, *(-x for x in positive)], repeat=n)


def incoming(function, place, i):
    """Gradients, and their products with the local derivative, where they are in range."""
    value = truths.truth(function, place, (0,) * len(place))
    local = None if value is None else truths.truth(function, place, tuple(int(i == j) for j in range(len(place))))
    if not local or not in_range(value) or not (function in QUOTIENTS or in_range(local)):
        return
    for target in (1.0, float(F32.max) ** 0.45, float(F32.tiny) ** 0.6, float(F32.max) ** 0.9):
        g = np.float32(float(target / local)) if in_range(target / local) else None
        if g is not None and in_range(float(g) * value, float(g) * local):
            yield g, float(float(g) * local)


@pytest.mark.parametrize("function", [f for f in truths.TWINS if f not in CANCELLING], ids=lambda f: OPS[f].name)
def test_products_that_are_in_range_are_found(function):
    n = len(OPS[function].vjps)
    for place in places(n):
        for i in range(n):
            for g, exact in incoming(function, place, i):
                xs = [np.array([x], np.float32) for x in place]
                f = lambda x, xs=xs, i=i: function(*xs[:i], x, *xs[i + 1 :])
                with np.errstate(all="ignore"):
                    back = ag.vjp(f, xs[i])[1](np.array([g]))
                    along = ag.jvp(f, (xs[i],), (np.array([g]),))[1]
                np.testing.assert_allclose([np.ravel(back)[0], along[0]], exact, 1e-4, err_msg=f"{place} {i} {g}")


@pytest.mark.parametrize("n", [-1, -2.0, -0.5, -3])
@pytest.mark.parametrize("x", [1e-35, 1e-20, 1e10, 1e20, 1e30])
def test_negative_powers(x, n):
    x = float(np.float32(x))
    value, local = mpmath.mpf(x) ** n, n * mpmath.mpf(x) ** (n - 1)
    for target in (1.0, 1e-20, 1e20):
        if in_range(value, target / local, target / local * value):
            g = float(np.float32(float(target / local)))
            t = ag.Tensor(np.array([x], np.float32))
            (t**n).backward(np.array([g], np.float32))
            np.testing.assert_allclose(t.grad[0], float(g * local), 1e-5)


SIGMOIDS = {
    "a quotient": lambda t: 1 / (1 + np.exp(-t)),
    "a power": lambda t: (1 + np.exp(-t)) ** -1,
    "a reciprocal": lambda t: np.reciprocal(1 + np.exp(-t)),
    "the other quotient": lambda t: np.exp(t) / (1 + np.exp(t)),
    "the function": ag.sigmoid,
}
LOGARITHMS = {"log": (np.log, 1.0), "log2": (np.log2, np.log(2)), "log10": (np.log10, np.log(10))}


@pytest.mark.parametrize("log", LOGARITHMS)
@pytest.mark.parametrize("form", SIGMOIDS)
def test_the_log_loss_by_hand_has_its_derivatives_in_single_precision(form, log):
    t = np.linspace(-85, -1, 60, dtype=np.float32)
    log, unit = LOGARITHMS[log]
    s = 1 / (1 + np.exp(-t.astype(float)))
    f = lambda t: -np.sum(log(SIGMOIDS[form](t))) * unit
    np.testing.assert_allclose(ag.grad(f)(t), s - 1, rtol=2e-5)
    np.testing.assert_allclose(ag.jvp(f, (t[:1],), (np.ones(1, np.float32),))[1], s[0] - 1, rtol=2e-5)
    second = ag.grad(lambda t: np.sum(ag.grad(f)(t)))(t)
    np.testing.assert_allclose(second, s * (1 - s), atol=3e-6)  # what is left of 1 - 1 in single precision


@pytest.mark.parametrize("form", ["a quotient", "a power", "the function"])
def test_the_hessian_of_binary_cross_entropy_by_hand(form):
    z = np.linspace(-85, 2, 40, dtype=np.float32)
    for y in (0.0, 1.0):
        cost = lambda z, y=y: ag.binary_cross_entropy(SIGMOIDS[form](z), np.full_like(z, y)) * len(z)
        s = 1 / (1 + np.exp(-z.astype(float)))
        second = ag.grad(lambda z, cost=cost: np.sum(ag.grad(cost)(z)))(z)
        np.testing.assert_allclose(second, s * (1 - s), atol=1e-5)
        third = ag.grad(lambda z, cost=cost: np.sum(ag.grad(lambda z: np.sum(ag.grad(cost)(z)))(z)))(z)
        np.testing.assert_allclose(third, s * (1 - s) * (1 - 2 * s), atol=1e-4)


def test_nothing_times_a_logarithm_of_a_denormal():
    t = ag.Tensor(np.array([1e-40, 0.5], np.float32))
    np.sum(np.array([0.0, 1.0], np.float32) * np.log(t)).backward()
    assert t.grad.tolist() == [0.0, 2.0]
