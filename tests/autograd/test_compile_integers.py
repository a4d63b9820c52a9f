"""Functions of the engine's own, of integers and booleans: a compiled program converts them as the functions do."""

import warnings

import numpy as np
import pytest

import autograd as ag
from autograd.core.op import OPS
from tests.autograd.native import need_compiler

DTYPES = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
FUNCTIONS = {
    op.name: function
    for function, op in OPS.items()
    if op.ours and op.kind in ("elementwise", "general") and not op.variadic and len(op.reads) in (1, 2)
}


def operands(dtype, of):
    """Two arrays, or two numbers of NumPy's."""
    x = np.array([[0, 1, 100], [1, 0, 1], [100, 1, 0]], dtype)
    return [x, x.T.copy()] if of == "arrays" else [x[0, 2], x[0, 1]]


@pytest.mark.parametrize("of", ["arrays", "numbers"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("backend", ["numpy", "c"])
def test_programs_compute_as_the_functions_do(backend, dtype, of):
    """Not 1 / (1 + np.exp(-x)) of an uint8, whose -x wraps around, and whose np.exp is of half precision."""
    if backend == "c":
        need_compiler()
    tried = []
    for name, function in FUNCTIONS.items():
        if of == "numbers" and OPS[function].kind != "elementwise":
            continue
        given = operands(dtype, of)[: len(OPS[function].reads)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                expected = function(*given)
            except (TypeError, IndexError, ZeroDivisionError):  # it needs an index more, or weights
                continue
            found = ag.compile(lambda *x, function=function: function(*x), backend=backend)(*given)
        np.testing.assert_allclose(found, expected, rtol=1e-13, err_msg=name)
        assert np.asarray(found).dtype == np.asarray(expected).dtype, name
        tried.append(name)
    assert {"sigmoid", "log_sigmoid", "relu", "xlogy", "log_loss", *({"softmax"} if of == "arrays" else ())} <= {*tried}


@pytest.mark.parametrize("given", [0.5, 3, np.float32(0.5), np.array([0.5, -1.0])])
@pytest.mark.parametrize("backend", ["numpy", "c"])
def test_an_answer_is_a_number(given, backend):
    """Of Python's, of NumPy's, or an array of them."""
    if backend == "c":
        need_compiler()

    def f(x):
        return ag.sigmoid(x > 0), ag.relu(x > 0), ag.sigmoid(x)

    for found, expected in zip(ag.compile(f, backend=backend)(given), f(given), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-6)
