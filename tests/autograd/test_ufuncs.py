"""The ends of the range of NumPy's ufuncs: poles, origins, ties, nan, infinities; aliases and methods of ufuncs."""

import math

import numpy as np
import pytest

import autograd as ag
from autograd.core.op import COMPOSITES, OPS
from autograd.rules.elementwise import UFUNC_METHODS, gap
from autograd.rules.trigonometric import bessel
from tests.autograd.helpers import close, form, inner
from tests.autograd.test_edges import derivatives, gradient

INF, NAN = np.inf, np.nan
KINDS = [float, np.float64, np.float32]


def as_kind(values, kind):
    """The values one by one as Python floats, or as one array."""
    return [float(v) for v in values] if kind is float else [np.array(values, kind)]


SLOPES = {  # the function, places, and the derivative there
    "fabs": (np.fabs, [-2.0, -0.0, 0.0, 2.0], [-1, 0, 0, 1]),
    "copysign to -": (lambda x: np.copysign(x, -1.0), [-2.0, 0.0, 2.0], [1, 0, -1]),
    "copysign, by the sign": (lambda y: np.copysign(3.0, y), [-2.0, 0.0, 2.0], [0, 0, 0]),
    "heaviside": (lambda x: np.heaviside(x, 0.5), [-1.0, 0.0, 1.0], [0, 0, 0]),
    "heaviside, by the value at 0": (lambda h: np.heaviside(0.0, h), [0.5, 2.0], [1, 1]),
    "heaviside, by the value elsewhere": (lambda h: np.heaviside(1.0, h), [0.5, 2.0], [0, 0]),
    "floor_divide": (lambda x: np.floor_divide(x, 2.0), [-2.0, 0.0, 3.0], [0, 0, 0]),
    "remainder": (lambda x: np.remainder(x, 2.0), [-3.5, -2.0, 0.0, 3.5], [1, 1, 1, 1]),
    "remainder, by the divisor": (lambda y: np.remainder(-7.0, y), [2.0, -2.0, INF], [4, -3, 1]),
    "fmod, by the divisor": (lambda y: np.fmod(-7.0, y), [2.0, -2.0, INF], [3, -3, 0]),
    "round": (np.round, [0.5, 1.2], [0, 0]),
    "fix": (np.fix, [-1.0, 1.2], [0, 0]),
    "angle": (np.angle, [-1.0, 0.0, 1.0], [0, 0, 0]),
    "nan_to_num": (np.nan_to_num, [-INF, 1.0, NAN, INF], [0, 1, 0, 0]),
    "fmax with a number": (lambda x: np.fmax(x, 1.0), [0.0, 1.0, 2.0, NAN], [0, 0.5, 1, 0]),
    "fmin with a number": (lambda x: np.fmin(1.0, x), [0.0, 1.0, 2.0, NAN], [1, 0.5, 0, 0]),
    "fmax with nan": (lambda x: np.fmax(NAN, x), [0.0, NAN], [1, 0]),
    "fmin with nan": (lambda x: np.fmin(x, NAN), [0.0, NAN], [1, 0]),
    "hypot with 0": (lambda x: np.hypot(x, 0.0), [-2.0, 0.0, 2.0], [-1, 0, 1]),
    "hypot with ∞": (lambda x: np.hypot(x, INF), [-2.0, 0.0, 2.0], [0, 0, 0]),
    "arctan far out": (np.arctan, [-1e30, 0.0, 1e30], [0, 1, 0]),
    "arctan2 on an axis": (lambda y: np.arctan2(y, 2.0), [0.0], [0.5]),
    "arcsinh far out": (np.arcsinh, [-1e30, 0.0, 1e30], [1e-30, 1, 1e-30]),
    "logaddexp far apart": (lambda x: np.logaddexp(x, 0.0), [-1000.0, 0.0, 1000.0], [0, 0.5, 1]),
    "logaddexp of nothing": (lambda x: np.logaddexp(x, -INF), [-INF, 0.0], [0.5, 1]),
    "logaddexp2 far apart": (lambda x: np.logaddexp2(0.0, x), [-2000.0, 0.0, 2000.0], [0, 0.5, 1]),
    "logaddexp2 of nothing": (lambda x: np.logaddexp2(x, -INF), [-INF, 0.0], [0.5, 1]),
    "sinc": (np.sinc, [0.0, 1.0, -1.0], [0, -1, 1]),
    "modf, the fraction": (lambda x: np.modf(x)[0], [-1.5, 2.0, INF], [1, 1, 0]),
}


@pytest.mark.parametrize("name", SLOPES)
@pytest.mark.parametrize("kind", KINDS)
def test_slopes_at_the_edges(name, kind):
    f, places, expected = SLOPES[name]
    found = [gradient(f, x) for x in as_kind(places, kind)]
    assert all(form(g) == form(ag.Tensor(x)) for g, x in zip(found, as_kind(places, kind), strict=True))
    close(np.ravel(found), expected, rtol=1e-6, atol=0 if "far out" in name and "sinh" in name else 1e-9)


POLES = {
    "arcsin": (np.arcsin, [-1.0, 1.0], INF),
    "arccos": (np.arccos, [-1.0, 1.0], -INF),
    "arctanh": (np.arctanh, [-1.0, 1.0], INF),
    "arccosh": (np.arccosh, [1.0], INF),
    "cbrt": (np.cbrt, [0.0], INF),
    "reciprocal": (np.reciprocal, [0.0], -INF),
    "log2": (np.log2, [0.0], INF),
    "log10": (np.log10, [0.0], INF),
    "arctan2": (lambda x: np.arctan2(x, x), [0.0], NAN),
}


@pytest.mark.parametrize("name", POLES)
@pytest.mark.parametrize("kind", KINDS)
def test_poles(name, kind):
    f, places, slope = POLES[name]
    with np.errstate(divide="ignore", invalid="ignore"):
        for x in as_kind(places, kind):
            assert np.array_equal(gradient(f, x), np.full(np.shape(x), slope), equal_nan=True)


def test_near_the_ends_no_digits_are_lost():
    x = 1 - 2.0**-40
    slope = 2.0**20 / math.sqrt(1 + x)
    close(gradient(np.arcsin, x), slope, rtol=1e-15)
    close(gradient(np.arccos, -x), -slope, rtol=1e-15)
    close(gradient(np.arctanh, x), 2.0**40 / (1 + x), rtol=1e-15)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_no_square_overflows_or_vanishes(scale):
    y, x = 3 * scale, 4 * scale
    close(np.array(gradient(np.hypot, y, x)), [0.6, 0.8])
    close(np.array(gradient(np.arctan2, y, x)) * scale, [0.16, -0.12])


def test_sinc_at_zero_to_the_sixth_derivative():
    """sin πx / πx = 1 − (πx)²/3! + (πx)⁴/5! − …"""
    expected = [1, 0, -(np.pi**2) / 3, 0, np.pi**4 / 5, 0, -(np.pi**6) / 7]
    for x in (0.0, np.zeros(2)):
        for found, value in zip(derivatives(np.sinc, x, 6), expected, strict=True):
            close(np.ravel(found), np.full(np.size(x), value), rtol=1e-13)


@pytest.mark.parametrize("order", range(5))
def test_the_two_ways_to_bessel_functions_meet(order):
    """Just below and above where the series gives way to the recurrence, and the differential equation further out.

    f = jₙ(x)/xⁿ satisfies x f″ + 2(n + 1) f′ + x f = 0.
    """
    border = 1.0 + order
    below, above = bessel(np.array([border * (1 - 1e-13), border]), order)
    close(below, above, rtol=1e-11)
    x = np.linspace(-30, 30, 601)
    f, slope, curvature = derivatives(lambda x: bessel(x, order), x, 2)
    close(x * curvature + 2 * (order + 1) * slope + x * f, np.zeros_like(x), atol=1e-11)


def test_fmod_just_below_a_whole_quotient():
    """x/y rounds up to 5, but the quotient whose remainder was taken is 4."""
    x, y = 3.4999999999999996, 0.7
    assert np.trunc(x / y) == 5 and np.fmod(x, y) > 0.69
    assert gradient(lambda y: np.fmod(x, y), y) == -4


def test_gap_of_infinities():
    x = np.array([INF, -INF, INF, 1.0])
    close(gap(ag.Tensor(x), np.array([INF, -INF, -INF, 3.0])), [0, 0, INF, -2])
    assert gap(ag.Tensor(-INF), -INF).data == 0


def test_curvature_of_logaddexp_at_a_tie():
    close(ag.hessian(lambda z: np.logaddexp(z[0], z[1]))(np.zeros(2)), [[0.25, -0.25], [-0.25, 0.25]])


def test_modf_and_divmod_give_what_numpy_gives():
    x = np.array([-2.0, -1.5, -0.0, 0.0, 2.5, INF, -INF])
    for found, expected in zip(np.modf(ag.Tensor(x)), np.modf(x), strict=True):
        np.testing.assert_array_equal(found.data, expected)
        np.testing.assert_array_equal(np.signbit(found), np.signbit(expected))
    for found, expected in zip(np.divmod(ag.Tensor(x[:5]), 0.7), np.divmod(x[:5], 0.7), strict=True):
        np.testing.assert_array_equal(found.data, expected)


@pytest.mark.parametrize("f", [np.real, np.real_if_close, np.conjugate])
def test_real_numbers_stay_what_they_are(f):
    assert gradient(f, 3.0) == 1
    assert form(f(ag.Tensor(np.ones(2, np.float32)))) == ((2,), np.float32)


def test_float_power_is_double_precision():
    x = np.array([1.5, 2.5], np.float32)
    out = np.float_power(ag.Tensor(x), 2)
    assert out.dtype == np.float64
    assert gradient(lambda x: np.float_power(x, 2), x).dtype == np.float32


def test_aliases_are_the_same_rows():
    for alias in ("asin", "acos", "atan", "atan2", "asinh", "acosh", "atanh", "pow", "abs", "mod", "conj"):
        assert getattr(np, alias) in OPS
    assert np.true_divide in OPS


@pytest.mark.parametrize(
    "attempt",
    [
        lambda t: np.nan_to_num(t, copy=False),
        lambda t: np.round(t, out=np.ones(2)),
        lambda t: np.fix(t, out=np.ones(2)),
        lambda t: np.arctan2(t, 1.0, out=np.ones(2)),
        lambda t: np.hypot(t, 1.0, where=np.array([True, False])),
    ],
)
def test_keywords_are_refused_in_words(attempt):
    with pytest.raises(ag.Unsupported, match=r"copy=|out=|where="):
        attempt(ag.Tensor(np.ones(2)))


# --- methods of ufuncs ---------------------------------------------------------------------------------------------

A, B = np.array([[1.5, -0.5, 2.0], [0.25, 3.0, -1.0]]), np.array([0.75, -2.0])


def available():
    """Methods whose functions have a rule."""
    for (ufunc, method), function in UFUNC_METHODS.items():
        if method != "accumulate" or {np.cumsum, np.cumprod} <= OPS.keys() | COMPOSITES.keys():
            yield pytest.param(ufunc, method, function, id=f"{ufunc.__name__}.{method}")


@pytest.mark.parametrize(("ufunc", "method", "function"), available())
@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # powers of negative numbers
def test_methods_of_ufuncs_give_what_numpy_gives(ufunc, method, function):
    if ufunc is np.ldexp:
        calls = [((A, np.array([1, -2])), {})]
    elif method == "outer":
        calls = [((A, B), {}), ((2.0, A), {}), ((A, 2.0), {})]
    else:
        calls = [((A,), {}), ((A,), {"axis": 1}), ((A,), {"axis": -1})]
    if method == "reduce":
        calls += [((A,), {"axis": (0, 1)}), ((A,), {"axis": None, "keepdims": True}), ((np.array(2.0),), {})]
    if ufunc is np.logaddexp and method == "reduce":
        calls = [call for call in calls if not isinstance(call[1].get("axis"), tuple)]  # NumPy's is not reorderable
        calls = [call for call in calls if call[1].get("axis", 0) is not None]
    for args, params in calls:
        expected = getattr(ufunc, method)(*args, **params)
        out = function(ag.Tensor(args[0]), *args[1:], **params)
        close(out, expected, rtol=1e-13)
        assert np.asarray(getattr(out, "data", out)).dtype == np.asarray(expected).dtype


def test_gradients_of_methods_of_ufuncs():
    assert gradient(UFUNC_METHODS[np.add, "reduce"], A).tolist() == np.ones((2, 3)).tolist()
    assert gradient(UFUNC_METHODS[np.maximum, "reduce"], A).tolist() == [[1, 0, 1], [0, 1, 0]]
    a, b = gradient(UFUNC_METHODS[np.multiply, "outer"], A, B)
    close(a, np.full((2, 3), B.sum()))
    close(b, np.full(2, A.sum()))
    close(inner([a], [A]), inner([b], [B]))  # both are the sum of all products


def test_accumulate_of_a_scalar_is_refused():
    with pytest.raises(ag.Unsupported, match="axis"):
        UFUNC_METHODS[np.add, "accumulate"](ag.Tensor(1.0))


# --- mixed derivatives of x**y ---------------------------------------------------------------------------------------

MIXED = {  # at (x, y): by x and y, and twice by x and once by y, as the limits are
    (0.0, 1.0): (-INF, INF),
    (0.0, 2.0): (0, -INF),
    (0.0, 3.0): (0, 0),
    (0.0, 0.0): (INF, -INF),
    (2.0, 3.0): (4 + 12 * math.log(2), 10 + 12 * math.log(2)),
}


@pytest.mark.parametrize("place", MIXED)
@pytest.mark.parametrize("kind", [float, np.atleast_1d])
def test_mixed_derivatives_of_powers_agree_in_every_order(place, kind):
    x, y = map(kind, place)

    def along(order):
        f = lambda *xy: np.sum(np.power(*xy))
        for by in order:
            f = lambda *xy, f=f, by=by: np.sum(ag.grad(f, "xy".index(by))(*xy))
        return f(x, y)

    with np.errstate(divide="ignore", invalid="ignore"):
        assert along("xy") == along("yx") == pytest.approx(MIXED[place][0], rel=1e-14)
        assert along("xxy") == along("xyx") == along("yxx") == pytest.approx(MIXED[place][1], rel=1e-14)
