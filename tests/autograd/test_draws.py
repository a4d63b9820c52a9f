"""Random numbers within a compiled function: declared, they are drawn anew at each call; others are refused."""

import itertools
import random
import time

import numpy as np
import pytest

import autograd as ag

x = np.arange(1.0, 7.0).reshape(2, 3)


def mask(rng):
    return ag.drawn(lambda rng: (rng.random((2, 3)) < 0.5).astype(float), rng, name="D")


def test_a_program_draws_what_the_function_would():
    one, other = np.random.default_rng(1), np.random.default_rng(1)
    f = ag.compile(ag.value_and_grad(lambda x: np.sum(x * x * mask(one))))
    plain = ag.value_and_grad(lambda x: np.sum(x * x * mask(other)))
    seen = set()
    for _ in range(6):
        (J, g), (K, h) = f(x), plain(x)
        assert J == K
        np.testing.assert_array_equal(g, h)
        seen.add(J)
    assert len(seen) > 1 and len(f.programs) == 1


def test_several_draws_of_one_name_and_an_argument_of_that_name_are_told_apart():
    rng, same = np.random.default_rng(2), np.random.default_rng(2)
    f = ag.compile(lambda D: (D * mask(rng), mask(rng)))
    for _ in range(3):
        a, b = f(x)
        np.testing.assert_array_equal(a, x * (same.random((2, 3)) < 0.5))
        np.testing.assert_array_equal(b, same.random((2, 3)) < 0.5)


def test_which_generator_may_be_asked_at_each_call():
    current = [np.random.default_rng(3)]
    f = ag.compile(lambda x: x + ag.drawn(lambda rng: rng.random((2, 3)), lambda: current[0]))
    first = f(x)
    current[0] = np.random.default_rng(3)
    np.testing.assert_array_equal(f(x), first)


def test_a_number_may_be_drawn():
    rng, same = np.random.default_rng(3), np.random.default_rng(3)
    f = ag.compile(lambda t: t * ag.drawn(lambda rng: rng.random(), rng))
    assert [f(2.0), f(2.0)] == [2.0 * same.random(), 2.0 * same.random()]


def test_a_long_program_draws_too():
    rng, same = np.random.default_rng(4), np.random.default_rng(4)

    def long(x, rng):
        for _ in range(200):
            x = np.sin(x) + 0.001 * mask(rng)
        return x

    np.testing.assert_allclose(ag.compile(lambda x: long(x, rng))(x), long(x, same), rtol=1e-12)


_rng, _python, _count = np.random.default_rng(0), random.Random(0), itertools.count()
UNDECLARED = {
    "a generator": lambda x: x * (_rng.random((2, 3)) < 0.5),
    "NumPy's own": lambda x: x * np.random.rand(2, 3),  # noqa: NPY002 - what many still write
    "a new generator": lambda x: x + np.random.default_rng().normal(size=(2, 3)),
    "Python's": lambda x: x * _python.random(),
    "a clock": lambda x: x * time.perf_counter(),
    "a counter": lambda x: x / (1 - 0.9 ** (next(_count) + 1)),
    "an axis by chance": lambda x: np.roll(x, next(_count), axis=1),
    "a number of steps": lambda x: x * 2.0 if next(_count) % 2 else np.sin(x),
    "only the result": lambda x: (x, _rng.random(3)),
    "in a gradient": ag.grad(lambda x: np.sum(x * x * _rng.random((2, 3)))),
    "a static choice": lambda x: x[next(_count) % 2],
}


@pytest.mark.parametrize("name", UNDECLARED)
def test_what_differs_from_call_to_call_is_refused(name):
    with pytest.raises(ag.GraphError, match=r"must do the same at every call.*autograd\.drawn"):
        ag.compile(UNDECLARED[name])(x)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x * np.random.default_rng(0).random((2, 3)),
        lambda x: x * np.array([np.nan, 1.0, np.inf]),
        lambda x: np.einsum("ij,kj->ik", x, np.ones((4, 3))),
        lambda x: np.where(x > 2, x, np.nan)[[0, 1], :2],
        lambda x: ag.value_and_grad(lambda w: np.sum(ag.softmax(w @ x.T)))(x),
    ],
)
def test_what_is_the_same_at_each_call_is_not(f):
    np.testing.assert_array_equal(np.asarray(ag.compile(f)(x)[0]), np.asarray(f(x)[0]))


def test_a_generator_may_be_used_outside_of_the_function():
    assert np.random.default_rng(0).random() == np.random.default_rng(0).random()
    f = ag.compile(lambda x, r: x * r)
    assert not np.array_equal(f(x, _rng.random((2, 3))), f(x, _rng.random((2, 3))))
