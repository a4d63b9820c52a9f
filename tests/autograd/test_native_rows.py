"""Every elementwise row that has a spelling in C gives in C what NumPy gives, at the edges of all dtypes too."""

import re

import numpy as np
import pytest

import autograd as ag
from autograd.core.op import OPS
from autograd.read.notation.row import ROWS
from autograd.rules import activations, special
from tests.autograd.native import need_compiler
from tests.autograd.test_native_functions import edges, same

UFUNCS = [f for f, row in ROWS.items() if row.native is not None and isinstance(f, np.ufunc)]
# Whose results may be a few units in the last place off NumPy's, which itself has other forms on other processors.
ROUNDED = {
    *(np.exp, np.exp2, np.expm1, np.log, np.log1p, np.log2, np.log10, np.tanh, np.sinh, np.cosh, np.logaddexp),
    *(np.arcsinh, np.arccosh, np.arctanh, np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan, np.arctan2),
    *(np.hypot, np.cbrt, np.power, np.logaddexp2),
}
OF_TWO_SIGNS = {np.maximum, np.minimum, np.fmax, np.fmin, np.clip}  # of 0 and -0 they may be either, in NumPy too
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


OURS = {f: row for f, row in ROWS.items() if row.native is not None and not isinstance(f, np.ufunc) and f in OPS}
AS_ARRAYS = {np.where, np.copy, special.identity, special.cast, special.over_power}  # other operands, or parameters
NEAR = {special.xlogy: 4, special.log_loss: 64, activations.normal_cdf: 2000}  # units: what cancels; Φ(-38) is e^-722


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_rows_of_our_own_at_edges(dtype):
    """Beside the function itself of each pair alone: of arrays, one entry decides for all whether 0/0 is looked for."""
    need_compiler()
    x, y = operands(dtype)
    functions = {f: f if f is np.clip else OPS[f].kernel for f in {*OURS} - AS_ARRAYS}
    taken = {f: 3 if f is np.clip else len(OPS[f].vjps) for f in functions}
    together = ag.compile(lambda x, y: [f(*(x, y, y)[: taken[f]]) for f in functions], backend="c")
    assert len(functions) >= 9
    with np.errstate(all="ignore"):
        for f, c in zip(functions, together(x, y), strict=True):
            each = [np.asarray(functions[f](*(a, b, b)[: taken[f]])) for a, b in zip(x[:, None], y[:, None])]
            same(c, np.concatenate(each), ulps=NEAR.get(f, 0), signs=f not in OF_TWO_SIGNS)
    assert together.backend == "c" and len(re.findall(r"^int ", together.c, re.MULTILINE)) == 1


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_c_has_in_another_form_at_edges(dtype):
    need_compiler()
    x = np.reshape(np.tile(edges(dtype)[:24], 3)[:70], (7, 10))

    def f(x):
        total = ag.logsumexp(x, axis=1, keepdims=True)
        means = [np.mean(np.clip(x, -9, 9), axis=axis, keepdims=True) for axis in (None, 0, (0, 1))]
        return special.portion(x, total), special.portion(x, x[:, :1]), special.over_power(x, x + 1, x, x), *means

    compiled = ag.compile(f, backend="c")
    for given in (np.where(np.isfinite(x), x, 0), x, np.where(np.isinf(x), x, 0), np.full_like(x, -np.inf)):
        with np.errstate(all="ignore"):
            for found, expected in zip(compiled(given), f(given), strict=True):
                found, expected = np.asarray(found), np.asarray(expected)
                assert found.dtype == expected.dtype
                np.testing.assert_allclose(found, expected, rtol=1e-5 if dtype == "float32" else 1e-12)
    assert compiled.backend == "c" and len(re.findall(r"^int ", compiled.c, re.MULTILINE)) == 1


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


# They stay NumPy lines: ldexp is of integers, matmul no elementwise function.
BY_NUMPY = "ldexp matmul"


def test_the_elementwise_rows_that_stay_numpy_lines_are_known():
    ours = {op.function for op in OPS.values() if isinstance(op.function, np.ufunc) and op.function.nout == 1}
    without = {f.__name__ for f in ours if f not in ROWS or ROWS[f].native is None}
    assert without <= {*BY_NUMPY.split(), "spacing"}
