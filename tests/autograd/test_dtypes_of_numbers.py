"""A Python number beside single precision: the result has the dtype that NumPy gives, for every function."""

import warnings

import numpy as np
import pytest

import autograd as ag
from autograd.op import COMPOSITES, OPS

NUMBERS = (2.0, 2, -0.5)


def calls(function):
    """Calls of it that NumPy accepts, with one array of single precision, and what NumPy gives."""
    for shape in ((), (3,), (2, 2)):
        x = np.full(shape, 0.5, np.float32)
        for number in NUMBERS:
            for operands in ((x, number), (number, x), (x, number, number), (True, x, number), (True, number, x)):
                for args in (operands, (list(operands),)):
                    try:
                        expected = function(*args)
                    except Exception:  # it takes other operands
                        continue
                    if isinstance(expected, (np.ndarray, np.generic)):
                        yield x, args, expected


def traced(x, args):
    if isinstance(args, (tuple, list)):
        return type(args)(traced(x, a) for a in args)
    return ag.Tensor(x) if args is x else args


FUNCTIONS = [
    f
    for f in [*OPS, *COMPOSITES]
    if isinstance(f, np.ufunc) or (getattr(f, "__module__", None) or "").startswith("numpy")
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
def test_the_dtype_is_that_of_numpy(function):
    for x, args, expected in calls(function):
        try:
            found = function(*traced(x, args))
        except (ag.AutogradError, TypeError, ValueError):  # a form of its other arguments that is refused
            continue
        found = found.data if isinstance(found, ag.Tensor) else found
        assert np.asarray(found).dtype == expected.dtype, args
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_most_functions_of_two_arrays_are_among_them():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tried = {f.__name__ for f in FUNCTIONS if next(calls(f), None) is not None}
    assert {"dot", "inner", "outer", "kron", "where", "stack", "hstack", "linspace", "append", "multiply"} <= tried
