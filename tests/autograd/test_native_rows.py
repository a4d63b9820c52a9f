"""Every elementwise row that has a spelling in C gives in C what NumPy gives, at the edges of all dtypes too."""

import re

import numpy as np
import pytest

import autograd as ag
from autograd.core.op import OPS
from autograd.read.notation.row import ROWS
from tests.autograd.native import need_compiler
from tests.autograd.test_native_functions import edges, same

UFUNCS = [f for f, row in ROWS.items() if row.native is not None and isinstance(f, np.ufunc)]
# Whose results may be a few units in the last place off NumPy's, which itself has other forms on other processors.
ROUNDED = {
    *(np.exp, np.exp2, np.expm1, np.log, np.log1p, np.log2, np.log10, np.tanh, np.sinh, np.cosh, np.logaddexp),
    *(np.arcsinh, np.arccosh, np.arctanh, np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan, np.arctan2),
    *(np.hypot, np.cbrt, np.power, np.logaddexp2),
}
OF_TWO_SIGNS = {np.maximum, np.minimum, np.fmax, np.fmin}  # of 0 and -0 they may be either, in NumPy too
VALUES = {
    "float64": edges("float64"),
    "float32": edges("float32"),
    "int64": np.array([0, 1, -1, 2, 3, -7, 10, 2**31, -(2**40)]),
    "bool": np.array([False, True]),
}


def operands(dtype):
    """Every value with every other one."""
    x, y = np.meshgrid(VALUES[dtype], VALUES[dtype])
    return np.ascontiguousarray(x.ravel()), np.ascontiguousarray(y.ravel())


def takes(function, *arrays):
    """Whether NumPy has the function for these dtypes: there is no difference of booleans."""
    try:
        with np.errstate(all="ignore"):
            return function(*arrays[: function.nin]).dtype.kind in "fb" or arrays[0].dtype.kind != "f"
    except (TypeError, ValueError):  # no such loop; a negative power of integers
        return False


@pytest.mark.parametrize("dtype", VALUES)
def test_rows_at_edges(dtype):
    need_compiler()
    x, y = operands(dtype)
    functions = [f for f in UFUNCS if not ROWS[f].native.by_constant and takes(f, x, y)]
    together = ag.compile(lambda x, y: [f(*(x, y)[: f.nin]) for f in functions], backend="c")
    with np.errstate(all="ignore"):
        found = together(x, y)
        assert together.backend == "c", together.why_not
        for f, c in zip(functions, found, strict=True):
            expected = f(*(x, y)[: f.nin])
            if expected.dtype.kind != "f":
                assert c.dtype == expected.dtype and np.array_equal(c, expected), f.__name__
                continue
            try:
                if f in (np.logaddexp, np.logaddexp2):  # near 0 the result is as exact as the larger operand
                    far = ~np.isfinite(expected) | (np.abs(expected) >= np.maximum(np.abs(x), np.abs(y)))
                    c, expected = c[far], expected[far]
                same(c, expected, ulps=4 if f in ROUNDED else 0, signs=f not in OF_TWO_SIGNS)
            except AssertionError as failure:
                failure.add_note(f"{f.__name__} of {dtype}")
                raise


EXPONENTS = [-2, -1.5, -1, -0.5, -1 / 3, 0.5, 1.5, 2, 2.0, 2.5, 3, 3.0, 4, 17, np.inf, np.float64(0.5), np.float64(3)]
POWERS = [r"\bpowf?\(", r"= cg_cube(_f)?\(", r"= sqrtf?\(", r"= 1 / x"]  # what they are in C


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_powers_by_a_constant_at_edges(dtype):
    need_compiler()
    x = VALUES[dtype]
    together = ag.compile(lambda x: [x**p for p in EXPONENTS], backend="c")
    with np.errstate(all="ignore"):
        for p, c in zip(EXPONENTS, together(x), strict=True):
            same(c, x**p, ulps=4)
    assert together.backend == "c" and all(re.search(f, together.c) for f in POWERS)


def test_other_powers_stay_numpy_lines():
    need_compiler()
    x, s = np.array([0.5, 2.0, 3.0]), 0.5

    def f(x, y, s):
        return [x**y, 2.0**x, x**s, s**2 * x, s**x, np.exp(-x) * x + y]

    compiled = ag.compile(f, backend="c")
    for found, expected in zip(compiled(x, x, s), f(x, x, s), strict=True):
        same(found, expected, ulps=4)
    assert compiled.backend == "c" and not re.search(POWERS[0], compiled.c)


# They stay NumPy lines. ldexp is of integers, matmul no elementwise function; the others have no spelling yet.
BY_NUMPY = "conjugate deg2rad degrees fmax fmin fmod ldexp matmul rad2deg radians signbit"


def test_the_elementwise_rows_that_stay_numpy_lines_are_known():
    ours = {op.function for op in OPS.values() if isinstance(op.function, np.ufunc) and op.function.nout == 1}
    without = {f.__name__ for f in ours if f not in ROWS or ROWS[f].native is None}
    assert without <= {*BY_NUMPY.split(), "spacing"}
