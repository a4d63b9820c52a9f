"""Numbers at the ends of the range: Python raises there, where NumPy gives inf; the engine gives what NumPy gives."""

from itertools import product

import numpy as np
import pytest

import autograd as ag
from autograd.core.op import OPS
from tests.autograd.test_rules import own

ENDS = [0.0, -1.0, 2.0, -2.5, 1100.0, -1100.0, 1e200, 5e-324, np.inf, np.nan]
NOT_OF_A_NUMBER = {"unwrap", "nonzero"}  # goes along an axis; refuses a sum of weights that is 0
ROWS = [
    op
    for op in OPS.values()
    if op.kind == "elementwise" and len(op.reads) <= 2 and own(op.function) and op.name not in NOT_OF_A_NUMBER
]


def nth(f, order):
    for _ in range(order):
        f = ag.grad(f)
    return f


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("op", ROWS, ids=lambda op: op.name)
def test_no_derivative_of_a_number_raises(op, order):
    for xs in product(ENDS, repeat=len(op.reads)):
        for i in range(len(xs)):
            f = nth(lambda x, xs=xs, i=i: op.function(*xs[:i], x, *xs[i + 1 :]), order)
            with np.errstate(all="ignore"):
                assert isinstance(f(xs[i]), float)


@pytest.mark.parametrize(
    ("f", "x", "order", "expected"),
    [
        (lambda t: 2.0**t, 1100.0, 2, np.inf),
        (lambda t: 2.0**t, 1100.0, 3, np.inf),
        (lambda t: t**1100.0, 2.0, 2, np.inf),
        (lambda t: np.exp(t), 1000.0, 2, np.inf),
        (lambda t: t**-3.0, 1e-200, 2, np.inf),
    ],
)
def test_a_derivative_that_overflows_is_infinite(f, x, order, expected):
    with np.errstate(all="ignore"):
        assert nth(f, order)(x) == expected
        assert ag.compile(nth(f, order))(x) == expected
