"""Products and running products without division: exact derivatives of every order, in as many steps as entries."""

from fractions import Fraction
from itertools import permutations
from math import prod
from tracemalloc import get_traced_memory, start, stop

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag

# What makes division wrong: zeros, denormals, and entries whose products leave the range on the way.
SPECIAL = [0.0, -0.0, 5e-324, 1e-310, 1e-200, 1e-20, 1.0, -1.0, 3.0, 1e20, -1e200, 1e300]
LINES = st.lists(st.sampled_from(SPECIAL), min_size=1, max_size=5)


def exact_partials(x, order):
    """Partial derivatives of the product, in exact fractions: the product of the rest, 0 where a place repeats."""
    n, exact = len(x), [Fraction(v) for v in x]
    found = np.zeros((n,) * order, object)
    for places in permutations(range(n), order):
        found[places] = prod((v for k, v in enumerate(exact) if k not in places), start=Fraction(1))
    return found


def rounded(exact):
    """An exact number as the nearest float."""
    try:
        return float(exact)
    except OverflowError:
        return np.inf if exact > 0 else -np.inf


def assert_nearest(found, exact):
    """Equal up to rounding, in the whole range of floats."""
    with np.errstate(all="ignore"):
        expected = np.vectorize(rounded, otypes=[float])(exact)
        np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-323)


def nested(modes, f):
    """The derivative of f of as many orders as there are modes."""
    for mode in modes:
        f = {"reverse": ag.jacobian, "forward": forward_jacobian}[mode](f)
    return f


def forward_jacobian(f):
    """The Jacobian by tangents, one for each entry, along a last axis."""

    def jacobian(x):
        columns = [ag.jvp(f, (x,), (e,))[1] for e in np.eye(np.size(x))]
        return np.stack(columns, axis=-1)

    return jacobian


@settings(max_examples=80, deadline=None)
@given(LINES)
def test_the_gradient_of_a_product_is_exact(x):
    with np.errstate(all="ignore"):
        assert_nearest(ag.grad(np.prod)(np.array(x)), exact_partials(x, 1))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1e-20, -2.0, 1.0, 3.0, 1e30]), min_size=1, max_size=5))
def test_second_and_third_derivatives_of_a_product_are_exact_in_every_mode(x):
    for modes in (["reverse"] * 2, ["forward"] * 2, ["forward", "reverse"], ["reverse", "forward"], ["reverse"] * 3):
        assert_nearest(nested(modes, np.prod)(np.array(x)), exact_partials(x, len(modes)))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([0.0, 1e-30, -2.0, 1.0, 3.0, 1e30]), min_size=1, max_size=5))
def test_derivatives_of_a_running_product_are_exact_in_every_mode(x):
    """The last entry of the running product is the product; those before it are products of fewer."""
    for modes in (["reverse"], ["forward"], ["reverse"] * 2, ["forward"] * 2, ["forward", "reverse"], ["reverse"] * 3):
        for k in range(len(x)):
            found = nested(modes, lambda t, k=k: np.cumprod(t)[k])(np.array(x))
            expected = np.zeros(found.shape, object)
            expected[(slice(k + 1),) * len(modes)] = exact_partials(x[: k + 1], len(modes))
            assert_nearest(found, expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_products_on_the_way_may_leave_the_range_of_a_narrow_dtype(dtype):
    tiny, huge = np.finfo(dtype).tiny, np.finfo(dtype).max
    x = np.array([tiny, tiny, huge, huge], dtype)
    with np.errstate(all="ignore"):
        found = ag.grad(np.prod)(x)
    expected = [float(tiny) * float(huge) ** 2, float(tiny) ** 2 * float(huge)]
    assert found.dtype == dtype
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(found, np.array(np.repeat(expected, 2)).astype(dtype), rtol=2e-3)


@pytest.mark.parametrize(
    "f",
    [
        np.prod,
        np.nanprod,
        lambda x: np.sum(np.prod(x, axis=(0, 2))),
        lambda x: np.sum(np.prod(x, axis=-1, keepdims=True)),
        lambda x: np.prod(x, where=np.arange(4) != 2),
        lambda x: np.sum(np.multiply.reduce(x, axis=1)),
        lambda x: np.sum(np.multiply.accumulate(x, axis=1)),
        lambda x: np.sum(np.cumprod(x)),
        lambda x: np.sum(np.nancumprod(x, axis=-2)),
    ],
)
def test_a_product_of_many_is_differentiated_in_any_form_and_in_a_compiled_program(f):
    x = np.random.default_rng(0).integers(-2, 3, (2, 3, 4)) / 2
    x[0, 0, 0] = 0.0

    H = ag.hessian(f)(x)
    np.testing.assert_allclose(ag.compile(ag.hessian(f))(x), H, rtol=1e-13, atol=1e-15)
    steps = np.random.default_rng(1).normal(size=(2, *x.shape))
    bend = (ag.grad(f)(x + 1e-6 * steps[0]) - ag.grad(f)(x - 1e-6 * steps[0])) / 2e-6
    np.testing.assert_allclose(np.tensordot(H, steps[0], 3), bend, atol=1e-7)
    push = ag.jvp(ag.grad(f), (x,), (steps[1],))[1]
    np.testing.assert_allclose(np.tensordot(H, steps[1], 3), push, rtol=1e-11, atol=1e-13)
    ag.check_grads(f, x)


@pytest.mark.parametrize("f", [np.prod, lambda x: np.sum(np.cumprod(x)), lambda x: np.sum(np.cumprod(x, axis=0))])
def test_a_zero_costs_no_more_memory_than_its_neighbours(f):
    x = np.ones((200, 500))
    x[3, 3] = 0.0
    start()
    ag.grad(f)(x)
    peak = get_traced_memory()[1]
    stop()
    assert peak < 30 * x.nbytes


@pytest.mark.parametrize("size", [1e165, 1e250, 1e-165, 1e-300])
@pytest.mark.parametrize("n", [3, 4, 5])
def test_the_third_derivative_wherever_it_is_in_range(n, size):
    summed = lambda f: ag.grad(lambda x: np.sum(f(x)))
    with np.errstate(over="ignore"):
        third = summed(summed(summed(np.prod)))(np.full(n, size))
        np.testing.assert_allclose(third, np.full(n, float((n - 1) * (n - 2) * np.power(size, n - 3))), rtol=1e-13)
