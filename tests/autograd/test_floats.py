"""What a program may rewrite: the same results over the whole range of each precision, and nothing else."""

import numpy as np
import pytest

import autograd as ag
from autograd.read import Term
from autograd.read.passes.floats import rewritten
from autograd.read.term import in_order, never
from autograd.rules import log_loss_slope, ratio

DTYPES = [np.float16, np.float32, np.float64]


def ends(dtype):
    """Numbers from everywhere in the range of a precision: its ends, ties, neighbours, both signs."""
    info = np.finfo(dtype)
    tiny, least, big = float(info.tiny), float(info.smallest_subnormal), float(info.max)
    root = float(np.sqrt(big))
    sizes = [0, least, 3 * least, tiny, tiny * 1.3, 1 / root, 0.3, 0.5, 1, 1 + float(info.eps), 2.7, root, big / 2, big]
    found = np.array(sizes + [np.inf]).astype(dtype)
    return np.concatenate([found, -found, np.array([np.nan], dtype)])


def pairs(dtype):
    x, y = np.meshgrid(ends(dtype), ends(dtype))
    return Term(x.ravel(), "x"), Term(y.ravel(), "y")


REWRITTEN = {
    "a sum with a negative": (lambda x, y: x + -y, {"subtract"}),
    "a negative in a sum": (lambda x, y: -x + y, {"subtract"}),
    "a difference with a negative": (lambda x, y: x - -y, {"add"}),
    "a product of negatives": (lambda x, y: -x * -y, {"multiply"}),
    "a quotient of negatives": (lambda x, y: -x / -y, {"divide"}),
    "a multiple of a negative": (lambda x, _: 0.3 * -x, {"multiply"}),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", REWRITTEN)
def test_the_same_over_the_whole_range(case, dtype):
    build, functions = REWRITTEN[case]
    with np.errstate(all="ignore"):
        symbol = build(*pairs(dtype))
        (new,) = rewritten([symbol])
    steps = [s for s in in_order([new], never) if s.call is not None]
    assert {s.function for s in steps} == functions and len(steps) < len(
        [s for s in in_order([symbol], never) if s.call is not None]
    )
    assert new.dtype == symbol.dtype == dtype
    np.testing.assert_array_equal(new.value, symbol.value)
    finite = np.isfinite(symbol.value)
    np.testing.assert_array_equal(np.signbit(new.value[finite]), np.signbit(symbol.value[finite]))


AS_WRITTEN = {
    "a constant that rounds": lambda x, y: (x + 2.0**52) - 2.0**52,
    "a difference of sums": lambda x, y: (x + y) - y,
    "the error of a sum": lambda x, y: (x - (x - y)) - y,
    "what cancels": lambda x, y: x * y / x,
    "0/0": lambda x, y: x * x / x,
    "x/x": lambda x, y: x / x,
    "x - x": lambda x, y: x - x,
    "0x": lambda x, y: 0 * x,
    "x + 0, which is 0 of -0": lambda x, y: x + 0,
    "-(x - y), which is -0 where y - x is 0": lambda x, y: -(x - y),
    "a square in a denominator": lambda x, y: -(x / y) / y,
    "quotients over one denominator": lambda x, y: 1 / x - 1 / y,
    "a factor": lambda x, y: x * y + x * x,
    "a reciprocal": lambda x, y: (1 / x) * y,
    "a multiple that overflows on the way": lambda x, y: 0.25 * (3.0 * x),
    "a multiple that is lost on the way": lambda x, y: 1024.0 * (0.3 * x),
    "fractions, which round": lambda x, y: 0.25 * (0.3 * x),
    "a product in another order": lambda x, y: (x * y) * (y * x),
    "0/0 that counts as 0": lambda x, y: ratio(x, y) * y,
    "the slope of a loss at what is no sigmoid": lambda x, y: log_loss_slope(x, y) * (x * (1 - x)),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", AS_WRITTEN)
def test_left_as_it_is_written(case, dtype):
    with np.errstate(all="ignore"):
        symbol = AS_WRITTEN[case](*pairs(dtype))
        assert rewritten([symbol])[0] is symbol


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_slope_of_log_loss_at_a_sigmoid(dtype):
    z = np.array([-1000, -5, -0.1, 0, 0.1, 5, 1000], dtype).repeat(3)
    Z, Y = Term(z, "Z"), Term(np.tile(np.array([0, 1, 0.25], dtype), 7), "Y")
    with np.errstate(all="ignore"):
        A = ag.sigmoid(Z)
        symbol = 0.25 * log_loss_slope(A, Y) * (A * (1 - A))
        (new,) = rewritten([symbol])
    assert [s.function for s in in_order([new], never) if s.call is not None] == ["sigmoid", "subtract", "multiply"]
    finite = np.isfinite(symbol.value)
    assert not finite.all()  # a certain and wrong prediction
    np.testing.assert_allclose(new.value[finite], symbol.value[finite], rtol=8 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(new.value, 0.25 * (A.value - Y.value))


@pytest.mark.parametrize("shape", [(3,), (2, 3)])
def test_the_norm_of_half_precision_is_at_least_as_good_as_numpys(shape):
    x = np.full(shape, 1e-4, np.float16)  # of which the square is denormal
    exact, found = np.linalg.norm(x.astype(float)), ag.compile(np.linalg.norm)(x)
    assert abs(found - exact) <= abs(np.linalg.norm(x) - exact)
    assert abs(np.linalg.norm(ag.Tensor(x)).data - exact) <= abs(np.linalg.norm(x) - exact)
