"""Reductions, statistics and running sums at the edges: constants, zeros, nan, nothing; and what is refused."""

import numpy as np
import pytest

import autograd as ag
from tests.autograd.helpers import close, form

NAN, INF = np.nan, np.inf


def gradient(f, x):
    """The gradient of the sum of f, found in both modes, which agree."""
    raw, traced = ag.Tensor(x), ag.Tensor(x)
    np.sum(f(raw)).backward()
    np.sum(f(traced)).backward(create_graph=True)
    np.testing.assert_array_equal(raw.grad, traced.grad.data)
    assert form(raw.grad) == form(raw)
    return raw.grad


# --- reductions ----------------------------------------------------------------------------------------------------


def test_an_initial_value_that_ties_takes_its_share():
    x = np.array([1.0, 3.0, 3.0])
    close(gradient(lambda x: np.max(x, initial=3.0), x), [0, 1 / 3, 1 / 3])
    close(gradient(lambda x: np.max(x, initial=4.0), x), [0, 0, 0])
    close(gradient(lambda x: np.min(x, initial=1.0), x), [0.5, 0, 0])
    assert np.max(ag.Tensor(np.zeros(0)), initial=2.0).data == 2
    assert gradient(lambda x: np.max(x, initial=2.0), np.zeros(0)).shape == (0,)


def test_ties_outside_of_where_have_no_share():
    x, mask = np.array([3.0, 3.0, 3.0]), np.array([True, False, True])
    assert gradient(lambda x: np.max(x, where=mask, initial=0.0), x).tolist() == [0.5, 0, 0.5]


def test_reductions_where_nothing_is():
    x, mask = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[True, True], [False, False]])
    t = ag.Tensor(x)
    assert np.sum(t, axis=1, where=mask).data.tolist() == [3, 0]
    assert np.prod(t, axis=1, where=mask).data.tolist() == [2, 1]
    assert gradient(lambda x: np.prod(x, axis=1, where=mask), x).tolist() == [[2, 1], [0, 0]]
    with pytest.warns(RuntimeWarning):
        np.testing.assert_array_equal(np.mean(t, axis=1, where=mask).data, [1.5, NAN])


def test_what_is_left_out_may_be_anything():
    x = np.array([NAN, 2.0, 0.0, INF])
    mask = np.array([False, True, True, False])
    assert gradient(lambda x: np.prod(x, where=mask), x).tolist() == [0, 0, 2, 0]
    assert gradient(lambda x: np.sum(x, where=mask), x).tolist() == [0, 1, 1, 0]
    assert gradient(lambda x: np.var(x, where=mask), x).tolist() == [0, 1, -1, 0]


def test_extremes_over_several_axes_share_among_all_of_them():
    x = np.array([[[1.0, 2.0], [2.0, 0.0]], [[2.0, 2.0], [1.0, 0.0]]])
    assert gradient(lambda x: np.amax(x, axis=(0, 2)), x).tolist() == [[[0, 1 / 3], [1, 0]], [[1 / 3, 1 / 3], [0, 0]]]
    assert gradient(lambda x: np.amin(x, axis=(-1, 0)), x).tolist() == [[[1, 0], [0, 0.5]], [[0, 0], [0, 0.5]]]


def test_the_range_of_equal_entries():
    assert gradient(np.ptp, np.full(3, 2.0)).tolist() == [0, 0, 0]
    assert gradient(np.ptp, 2.0) == 0


# --- variance ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [np.std, np.nanstd, lambda x: np.std(x, axis=0), lambda x: np.std(x, ddof=1)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_deviation_of_a_constant_has_slope_zero(f, dtype):
    x = np.full(4, 0.5, dtype)
    assert f(ag.Tensor(x)).data == 0
    assert gradient(f, x).tolist() == [0] * 4
    assert ag.jvp(f, (x,), (np.ones(4, dtype),))[1] == 0
    assert np.isfinite(ag.hessian(f)(x)).all()


def test_a_constant_row_does_not_disturb_the_others():
    x = np.array([[1.0, 1.0], [0.0, 2.0]])
    close(gradient(lambda x: np.std(x, axis=1), x), [[0, 0], [-0.5, 0.5]])
    assert gradient(np.std, 3.0) == 0


def test_more_degrees_of_freedom_than_entries():
    with np.errstate(divide="ignore", invalid="ignore"):
        assert np.isnan(np.var(ag.Tensor(np.ones(1)), ddof=1).data)
        assert np.isinf(np.var(ag.Tensor(np.array([1.0, 3.0])), ddof=2).data)
    with pytest.raises(ValueError, match="simultaneously"):
        np.var(ag.Tensor(np.ones(3)), ddof=1, correction=1)


def test_a_mean_that_is_handed_in_counts_as_what_it_is():
    x = np.array([1.0, 2.0, 6.0])
    close(gradient(lambda x: np.var(x, mean=np.mean(x, keepdims=True)), x), gradient(np.var, x))
    close(gradient(lambda x: np.var(x, mean=np.array([1.0])), x), 2 * (x - 1) / 3)
    close(ag.hessian(lambda x: np.var(x, mean=np.mean(x, keepdims=True)))(x), ag.hessian(np.var)(x))


# --- nan -----------------------------------------------------------------------------------------------------------

HOLES = np.array([[1.0, NAN, 3.0], [NAN, NAN, NAN]])


@pytest.mark.filterwarnings("ignore:Mean of empty|All-NaN|Degrees of freedom|invalid value|divide by zero")
@pytest.mark.parametrize("f", [np.nansum, np.nanprod, np.nanmean, np.nanmax, np.nanmin, np.nanvar, np.nanstd])
def test_a_row_of_nan(f):
    t = ag.Tensor(HOLES)
    out = f(t, axis=1)
    np.testing.assert_array_equal(out.data, f(HOLES, axis=1))
    out[0].backward()
    assert np.isfinite(t.grad).all()
    assert t.grad[0, 1] == 0


def test_running_sums_leave_nan_out():
    assert gradient(np.nancumsum, HOLES[0]).tolist() == [3, 0, 1]
    assert gradient(np.nancumprod, HOLES[0]).tolist() == [1 + 1 + 3, 0, 1]


# --- running products ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("x", [[2.0, 0.0, 3.0], [0.0, 5.0, 0.0], [0.0, 0.0, 0.0], [2.0, 1.0, 3.0], [0.0]], ids=str)
def test_running_products_with_zeros(x):
    """By the products written out, to third order."""

    def written_out(x):
        return np.stack([np.prod(x[: k + 1]) for k in range(len(x))])

    u = np.arange(1.0, 1 + len(x))
    for derivative in (ag.grad, ag.hessian, lambda f: ag.jacobian(ag.hessian(f))):
        close(*(derivative(lambda x, f=f: np.sum(u * f(x)))(np.array(x)) for f in (np.cumprod, written_out)))


def test_running_products_and_sums_of_a_number():
    for f in (np.cumsum, np.cumprod):
        assert f(ag.Tensor(0.0)).shape == (1,)
        assert gradient(f, 0.0) == 1


def test_running_sums_start_where_they_are_told():
    if hasattr(np, "cumulative_sum"):
        t = ag.Tensor(np.array([2.0, 3.0]))
        assert np.cumulative_sum(t, include_initial=True).data.tolist() == [0, 2, 5]
        assert np.cumulative_prod(t, include_initial=True).data.tolist() == [1, 2, 6]
        with pytest.raises(ValueError, match="axis"):
            np.cumulative_sum(ag.Tensor(np.ones((2, 2))))


# --- the rest ------------------------------------------------------------------------------------------------------


def test_averages_with_their_weights():
    a, w = ag.Tensor(np.array([1.0, 4.0])), ag.Tensor(np.array([3.0, 1.0]))
    mean, total = np.average(a, weights=w, returned=True)
    assert (mean.data, total.data) == (1.75, 4.0)
    mean.backward()
    assert a.grad.tolist() == [0.75, 0.25]
    close(w.grad, (a.data - 1.75) / 4)
    assert np.average(a, returned=True)[1] == 2
    with pytest.raises(ZeroDivisionError):
        np.average(a, weights=np.array([1.0, -1.0]))
    with pytest.raises(TypeError, match="Axis"):
        np.average(a, weights=np.ones(3))


def test_interpolation_at_a_corner_and_beyond_the_ends():
    xp, fp = np.array([0.0, 1.0, 3.0]), np.array([0.0, 2.0, 0.0])
    x = np.array([-1.0, 0.0, 1.0, 2.0, 3.0, 4.0])
    np.testing.assert_array_equal(np.interp(ag.Tensor(x), xp, fp).data, np.interp(x, xp, fp))
    assert gradient(lambda x: np.interp(x, xp, fp), x).tolist() == [0, 2, -1, -1, -1, 0]
    close(gradient(lambda fp: np.interp(x, xp, fp), fp), [2, 1.5, 2.5])


def test_slopes_along_several_axes():
    f = np.arange(12.0).reshape(3, 4) ** 2
    for found, expected in zip(np.gradient(ag.Tensor(f), 0.5, 2.0), np.gradient(f, 0.5, 2.0), strict=True):
        close(found.data, expected)
    for attempt in (lambda t: np.gradient(t, axis=0, edge_order=2), lambda t: np.gradient(t, edge_order=3)):
        with pytest.raises(ValueError, match="edge_order"):
            attempt(ag.Tensor(np.ones((2, 5))))


def test_differences_with_whole_numbers_at_the_ends():
    t = ag.Tensor(np.array([1.0, 4.0]))
    assert np.diff(t, prepend=0, append=[9]).data.tolist() == [1, 3, 5]
    assert gradient(lambda t: np.diff(t, prepend=0), t.data).tolist() == [0, 1]
    for how in ({"n": -1}, {"axis": 0, "n": -2}):
        with pytest.raises(ValueError, match="order"):
            np.diff(t, **how)


REFUSED = {
    "sum dtype": lambda t: np.sum(t, dtype=float),
    "sum initial": lambda t: np.sum(t, initial=1.0),
    "sum out": lambda t: np.sum(t, out=np.zeros(())),
    "prod initial": lambda t: np.prod(t, initial=2.0),
    "cumsum dtype": lambda t: np.cumsum(t, dtype=float),
    "var dtype": lambda t: np.var(t, dtype=float),
    "std out": lambda t: np.std(t, out=np.zeros(())),
    "nansum dtype": lambda t: np.nansum(t, dtype=float),
    "nansum initial": lambda t: np.nansum(t, initial=1.0),
    "nanmax out": lambda t: np.nanmax(t, out=np.zeros(())),
    "ptp out": lambda t: np.ptp(t, out=np.zeros(())),
    "cov dtype": lambda t: np.cov(t, dtype=float),
    "interp period": lambda t: np.interp(t, np.arange(3.0), np.ones(3), period=2.0),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    function, keyword = name.split()
    with pytest.raises(ag.Unsupported, match=rf"{function}.*{keyword}="):
        REFUSED[name](ag.Tensor(np.ones(3)))


# --- axes out of range -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [5, 2, -4])
@pytest.mark.parametrize(
    "f",
    [
        np.diff,
        np.gradient,
        *(getattr(np, f) for f in ("cumulative_sum", "cumulative_prod") if hasattr(np, f)),
        np.nancumsum,
        lambda x, axis: np.average(x, axis=axis, weights=[1.0, 2.0]),
        lambda x, axis: np.var(x, axis=axis, mean=0.0),
    ],
)
def test_an_axis_out_of_range(f, axis):
    x = np.arange(6.0).reshape(2, 3)
    for a in (x, ag.Tensor(x)):
        with pytest.raises((np.exceptions.AxisError, ag.errors.IndexingError)):
            f(a, axis=axis)


@pytest.mark.parametrize("axis", [5, 2, -4])
def test_trapezoid_along_an_axis_out_of_range(axis):
    with pytest.raises(np.exceptions.AxisError):
        np.trapezoid(ag.Tensor(np.ones((2, 3))), axis=axis)


def test_an_axis_given_twice_to_gradient():
    with pytest.raises(ValueError, match="repeated axis"):
        np.gradient(ag.Tensor(np.ones((2, 3))), axis=(0, 0))


@pytest.mark.parametrize("how", [{}, {"axis": 0}, {"axis": -1, "include_initial": True}])
def test_a_running_sum_of_a_number(how):
    close(np.cumulative_sum(ag.Tensor(3.0), **how).data, np.cumulative_sum(np.array(3.0), **how))


# --- logsumexp at the infinities -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([-INF, -INF], [0.5, 0.5]),
        ([INF, 0.0], [1.0, 0.0]),
        ([INF, INF], [0.5, 0.5]),
        ([-INF, 0.0], [0.0, 1.0]),
        ([INF, -INF], [1.0, 0.0]),
    ],
)
def test_logsumexp_at_infinity_shares_as_logaddexp(x, expected):
    x = np.array(x)
    assert gradient(ag.logsumexp, x).tolist() == expected
    assert gradient(lambda x: np.logaddexp(x[0], x[1]), x).tolist() == expected
    rows = np.stack([x, np.zeros(2)])
    assert gradient(lambda x: ag.logsumexp(x, axis=1), rows).tolist() == [expected, [0.5, 0.5]]
    push = ag.jvp(lambda x: ag.logsumexp(x, axis=1, keepdims=True), (rows,), (np.array([[1.0, 3.0], [1.0, 3.0]]),))[1]
    assert np.ravel(push).tolist() == [expected[0] + 3 * expected[1], 2.0]
