"""What a program as C is given, in every form that an array has, beside the same as NumPy; and what it gives."""

import numpy as np
import pytest

import autograd as ag
from tests.autograd.native import need_compiler

pytestmark = pytest.mark.filterwarnings("ignore:f was compiled for")  # many kinds of arguments, which is meant
RNG = np.random.default_rng(0)
X, Y, MORE = RNG.normal(size=(4, 6)), RNG.normal(size=(4, 6)), RNG.normal(size=(10, 20))


def f(x, y, s):
    """Steps in C, and results that are nothing but an argument or a part of one."""
    a = np.sin(x) * s + y
    return [a, np.sum(a * x, axis=0), np.sum(a), x, x.T, a.T, a[1:], np.cos(a) @ x.T, s, y * 1.0]


def read_only(x):
    x = x.copy()
    x.flags.writeable = False
    return x


GIVEN = {
    "plain": (X, Y, 2.0),
    "read-only": (read_only(X), read_only(Y), 2.0),
    "Fortran's order": (np.asfortranarray(X), np.asfortranarray(Y), 2.0),
    "backwards": (X[::-1, ::-1], Y[:, ::-1], 2.0),
    "with gaps": (MORE[:8:2, 3:15:2], MORE[1:9:2, :6], 2.0),
    "repeated": (np.broadcast_to(X[:1], (4, 6)), np.broadcast_to(1.5, (4, 6)), 2.0),
    "not aligned": (np.frombuffer(b"-" + X.tobytes(), dtype=np.uint8)[1:].view(float).reshape(4, 6), Y, 2.0),
    "one array twice": (X, X, 2.0),
    "overlapping": (MORE[:4, :6], MORE[1:5, :6], 2.0),
    "an integer": (X, Y, 2),
    "a number of NumPy's": (X, Y, np.float64(2.0)),
    "one in single precision": (X, Y, np.float32(2.0)),
    "an array without axes": (X, Y, np.array(2.0)),
    "one of those in single precision": (X, Y, np.array(2.0, np.float32)),
    "no columns": (X[:, :0], Y[:, :0], 2.0),
    "no rows": (X[:0], Y[:0], 2.0),
    "one row": (X[:1], Y[:1], 2.0),
    "mixed precision": (X.astype(np.float32), Y, 2.0),
    "single precision": (X.astype(np.float32), Y.astype(np.float32), 2.0),
    "half precision": (X.astype(np.float16), Y.astype(np.float16), 2.0),
    "integers": ((3 * X).astype(np.int32), (3 * Y).astype(np.uint8), 2.0),
    "booleans": (X > 0, Y, 2.0),
}


@pytest.fixture(scope="module")
def compiled():
    """By NumPy and as C, one of each for all tests: arrays in another form come to a program that was made for some."""
    need_compiler()
    return ag.compile(f), ag.compile(f, backend="c")


def outcome(f, arguments):
    try:
        with np.errstate(all="ignore"):
            return f(*arguments)
    except ag.AutogradError as error:
        return str(error)


@pytest.mark.parametrize("form", GIVEN)
def test_arrays_of_every_form(compiled, form):
    by_numpy, as_c = compiled
    arguments = GIVEN[form]
    known = [np.copy(x) for x in arguments]
    expected, found = by_numpy(*arguments), as_c(*arguments)
    rtol = 1e-13 if all(x.dtype.itemsize == 8 for x in map(np.asarray, arguments[:2])) else 1e-2
    for a, b in zip(found, expected, strict=True):
        assert type(a) is type(b)
        assert np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol)
    for x, before in zip(arguments, known, strict=True):
        np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("form", GIVEN)
@pytest.mark.parametrize("backend", ["numpy", "c"])
def test_results_are_arrays_of_their_own(compiled, form, backend):
    arguments = GIVEN[form]
    results = [y for y in compiled[backend == "c"](*arguments) if isinstance(y, np.ndarray)]
    assert all(y.flags.writeable for y in results)
    for k, y in enumerate(results):
        assert not any(np.shares_memory(y, x) for x in arguments if isinstance(x, np.ndarray))
        assert k in (2, 3, 4) or not any(np.shares_memory(y, other) for other in results[:k])


@pytest.mark.parametrize(
    "x",
    [X.astype(">f8"), X + 0j, X.astype(object), np.ma.array(X), X.astype(np.longdouble)],
    ids=["other order of bytes", "complex", "objects", "masked", "long double"],
)
def test_arrays_that_c_does_not_have_are_for_numpy(compiled, x):
    found, expected = (outcome(f, (x, Y, 2.0)) for f in compiled[::-1])
    assert type(found) is type(expected)
    if isinstance(expected, str):
        assert found == expected
    else:
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-13)


def test_an_array_in_a_file(compiled, tmp_path):
    x = np.memmap(tmp_path / "x", dtype=float, mode="w+", shape=(4, 6))
    x[:] = X
    for found, expected in zip(compiled[1](x, Y, 2.0), f(X, Y, 2.0), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-13)
        assert type(found) is not np.memmap


def test_a_sum_of_nothing_but_minus_0():
    """It is 0 for NumPy, along axes of any length and in products too."""
    need_compiler()

    def sums(a, b, c, v):
        rows = [np.sum(a * 2.0, axis=0), np.sum(b * 2.0, axis=1), np.sum(a), np.sum(c, axis=1, keepdims=True)]
        return [*rows, b @ a, a @ b, a.T @ v, np.vdot(v, v), np.sum(c * 2.0, axis=(0, 2)), np.max(c * 2.0, axis=1)]

    arguments = [np.full(shape, -0.0) for shape in ((1, 3), (3, 1), (3, 1, 2))] + [np.ones((1, 1))]
    compiled = ag.compile(sums, backend="c")
    for found, expected in zip(compiled(*arguments), sums(*arguments), strict=True):
        np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))
    assert compiled.backend == "c"


def test_integers_are_compared_exactly():
    """Those with a sign and those without have no type in common but float64, and NumPy does not compare in that."""
    need_compiler()

    def compare(u, s):
        return [u > s, u >= s, u < s, u <= s, u == s, u != s, u + s, s + 1, u * 2]

    u = np.array([2**63, 2**53 + 1, 1, 0, 2**64 - 1], np.uint64)
    s = np.array([2**62, 2**53, 1, -1, -1])
    compiled = ag.compile(compare, backend="c")
    for found, expected in zip(compiled(u, s), compare(u, s), strict=True):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    assert compiled.backend == "c"
