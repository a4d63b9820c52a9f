"""Every elementwise row that has a spelling in C gives in C what NumPy gives, at the edges of all dtypes too."""

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
    functions = [f for f in UFUNCS if takes(f, x, y)]
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


# They stay NumPy lines. ldexp is of integers, matmul no elementwise function; the others have no spelling yet.
BY_NUMPY = "conjugate deg2rad degrees floor_divide fmax fmin fmod ldexp matmul power rad2deg radians remainder signbit"


def test_the_elementwise_rows_that_stay_numpy_lines_are_known():
    ours = {op.function for op in OPS.values() if isinstance(op.function, np.ufunc) and op.function.nout == 1}
    without = {f.__name__ for f in ours if f not in ROWS or ROWS[f].native is None}
    assert without <= {*BY_NUMPY.split(), "spacing"}
