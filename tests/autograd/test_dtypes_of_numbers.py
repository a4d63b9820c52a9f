"""A Python number beside single precision: the result has the dtype that NumPy gives, for every function."""

import warnings

import numpy as np
import pytest

import autograd as ag
from autograd.core.op import COMPOSITES, OPS

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


X, Y = np.array([0.1, 0.7]), np.array([0.3, 0.4], np.float32)
# A number that NumPy computed is of double precision, and so is what a narrower array becomes beside it; a number of
# Python's own has no precision.
MIXED = {
    "a sum": (lambda x, y: np.sum(x) * y, X, Y),
    "an entry": (lambda x, y: x[0] + y, X, Y),
    "NumPy of a number": (lambda c, y: np.exp(c) * y, 0.3, Y),
    "and on from there": (lambda c, y: y / (2 * np.exp(c) - 1), 0.3, Y),
    "a number": (lambda c, y: c * y, 0.3, Y),
    "Python of a number": (lambda c, y: (2 * c - c**2) * y, 0.3, Y),
    "NumPy's number": (lambda c, y: (2 * c - 1) * y, np.float64(0.3), Y),
    "the engine of a number": (lambda c, y: ag.sigmoid(c) * y, 0.3, Y),
    "dot of a number": (np.dot, 0.3, Y),
    "inner": (np.inner, 0.3, Y),
    "log_loss_logits": (ag.log_loss_logits, 0.3, Y),
    "a mean of booleans": (lambda x, y: np.mean(x > 0.5) * y, X, Y),
    "a Tensor": (lambda c, y: (np.exp(ag.Tensor(c)) * y).data, 0.3, Y),
    "a gradient": (ag.grad(lambda x, y: np.sum(np.sum(np.exp(x)) * y), argnums=(0, 1)), X, Y),
    "a slope": (lambda x, y: ag.jvp(lambda x: np.sum(x) * y, (x,), (x,)), X, Y),
}


@pytest.mark.parametrize("case", MIXED)
def test_a_program_computes_in_the_precision_of_its_function(case):
    f, *args = MIXED[case]
    found, expected = ag.compile(f)(*args), f(*args)
    for a, b in zip(*(x if type(x) is tuple else (x,) for x in (found, expected)), strict=True):
        assert np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_allclose(a, b, rtol=4 * np.finfo(np.asarray(b).dtype).eps)


# Functions of double precision with constants of less, whose values are exact in double: so are the derivatives.
IN_DOUBLE = {
    "dot": lambda x, y: 0.3 * np.dot(x, y),
    "entries": lambda x, y: 0.3 * (x[0] * y[0] + np.sin(x[1]) / y[1]),
    "sum": lambda x, y: 0.3 * np.sum(x * y),
    "sums": lambda x, y: 0.3 * (np.sum(x) * np.sum(y.astype(float))),
    "a number on an array": lambda x, y: np.mean(np.sum(np.exp(x)) * y.astype(x.dtype) / y),
    "a number beside an array": lambda x, y: np.sum(np.sum(np.exp(x)) * y + y / np.prod(x)),
    "einsum": lambda x, y: 0.3 * np.einsum("i,i->", x, y),
    "log_loss": lambda x, y: 0.3 * np.sum(ag.log_loss(x[0], np.round(4 * y) / 4)),
}


@pytest.mark.parametrize("narrow", [np.float32, np.float16])
@pytest.mark.parametrize("case", IN_DOUBLE)
def test_derivatives_of_double_precision_are_computed_in_it(case, narrow):
    f, y, t = IN_DOUBLE[case], Y.astype(narrow), np.array([0.3, 0.7])
    for derived in (
        lambda y: ag.grad(f)(X, y),
        lambda y: ag.jvp(lambda x: f(x, y), (X,), (t,))[1],
        lambda y: ag.grad(lambda x: np.sum(ag.grad(f)(x, y) * t))(X),
    ):
        found, exact = derived(y), derived(y.astype(float))
        np.testing.assert_allclose(found, exact, rtol=1e-14)
        np.testing.assert_allclose(ag.compile(derived)(y), exact, rtol=1e-14)


@pytest.mark.parametrize("function", [np.add, np.subtract, np.multiply, np.divide, np.power, np.hypot, np.arctan2])
@pytest.mark.parametrize("narrow", [np.float32, np.float16])
def test_the_gradient_of_a_number_in_double_precision_has_all_its_digits(function, narrow):
    """Also where the other operand has fewer: as if that had been given in double precision, too."""
    a, b = ag.Tensor(narrow(0.7)), ag.Tensor(0.3)
    (function(a, b) * (1 / 3)).backward()
    p, q = ag.Tensor(float(narrow(0.7))), ag.Tensor(0.3)
    (function(p, q) * (1 / 3)).backward()
    assert b.grad == q.grad
    assert (a.grad.dtype, a.grad) == (narrow, narrow(p.grad))
