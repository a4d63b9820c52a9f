"""Sorting and picking at the edges: ties, nan, repeated places, what is written where; and what is refused."""

import numpy as np
import pytest

import autograd as ag
from autograd import rules
from autograd.rules.indexing import put, scatter
from tests.autograd.helpers import close, form

rng = np.random.default_rng(3)


def gradient(f, x):
    """The gradient of Σ k·f(x)_k, k = 1, 2, …: each entry of the result tells its place."""
    return ag.grad(lambda x: np.sum(np.reshape(f(x), -1) * np.arange(1.0, 1 + np.size(f(x)))))(x)


# --- sorting -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_entries_that_tie_keep_their_order(dtype):
    x = np.array([2, 1, 2, 1, 2], dtype)
    assert gradient(np.sort, x).tolist() == [3, 1, 4, 2, 5]
    assert form(gradient(np.sort, x)) == form(x)
    assert gradient(lambda x: np.partition(x, 2), x).sum() == 15


def test_nan_is_sorted_last():
    x = np.array([np.nan, 2.0, 1.0])
    assert gradient(np.sort, x).tolist() == [3, 2, 1]
    np.testing.assert_array_equal(np.sort(ag.Tensor(x)).data, np.sort(x))


@pytest.mark.parametrize("size", [1, 2, 50, 1000, 5000])
def test_a_partition_is_the_one_that_numpy_makes(size):
    """NumPy sorts large arrays by other algorithms than small ones, and may choose them by the processor."""
    x = rng.normal(size=size)
    t = ag.Tensor(x)
    out = np.partition(t, size // 2)
    np.testing.assert_array_equal(out.data, np.partition(x, size // 2))
    out.backward(out.data)
    np.testing.assert_array_equal(t.grad, x)  # the permutation, there and back


@pytest.mark.parametrize(
    "attempt",
    [
        lambda t: np.sort(t, order="name"),
        lambda t: np.partition(t, 1, order="name"),
        lambda t: np.quantile(t, 0.5, method="inverted_cdf", weights=np.ones(3)),
        lambda t: np.quantile(np.ones(3), t[0]),
        lambda t: np.median(t, out=np.zeros(())),
        lambda t: np.take(t, 0, out=np.zeros(())),
        lambda t: np.where(t),
        lambda t: np.piecewise(t, [t > 0], [1, 2]),
    ],
)
def test_refused(attempt):
    with pytest.raises(ag.Unsupported):
        attempt(ag.Tensor(np.ones(3)))


@pytest.mark.parametrize(
    "attempt",
    [
        lambda t: np.put(t, 0, 1.0),
        lambda t: np.put_along_axis(t, np.array([0]), 1.0, 0),
    ],
)
def test_what_writes_names_put(attempt):
    with pytest.raises(ag.Unsupported, match=r"autograd\.put"):
        attempt(ag.Tensor(np.ones(3)))


# --- median and quantiles ------------------------------------------------------------------------------------------


def test_the_median_is_one_entry_or_two_halves():
    assert ag.grad(np.median)(np.array([3.0, 1.0, 2.0])).tolist() == [0, 0, 1]
    assert ag.grad(np.median)(np.array([4.0, 1.0, 3.0, 2.0])).tolist() == [0, 0, 0.5, 0.5]
    assert ag.grad(np.median)(np.array([2.0, 2.0])).tolist() == [0.5, 0.5]
    assert ag.grad(np.median)(5.0) == 1.0


def test_the_median_of_infinities():
    x = np.array([1.0, np.inf, np.inf])
    assert np.median(ag.Tensor(x)).data == np.inf
    assert ag.grad(np.median)(x).tolist() == [0, 1, 0]


def test_nan_spoils_a_median_and_is_left_out_of_a_nanmedian():
    x = np.array([[np.nan, 1.0, 2.0], [5.0, 3.0, 4.0], [np.nan] * 3])
    t = ag.Tensor(x)
    np.testing.assert_array_equal(np.median(t, axis=1).data, [np.nan, 4, np.nan])
    np.testing.assert_array_equal(np.quantile(t, 0.25, axis=1).data, [np.nan, 3.5, np.nan])
    np.testing.assert_array_equal(np.nanmedian(t, axis=1).data, [1.5, 4, np.nan])
    np.nanmedian(t, axis=1).backward(np.ones(3))
    assert t.grad.tolist() == [[0, 0.5, 0.5], [0, 0, 1], [0, 0, 0]]


def test_quantiles_of_single_precision_follow_numpy():
    x = rng.normal(size=101).astype(np.float32)
    for q in (0.1, 0.7, np.array([0.1, 0.7]), np.float32(0.3), 1):
        for method in ("linear", "lower", "median_unbiased", "nearest"):
            found, expected = np.quantile(ag.Tensor(x), q, method=method), np.quantile(x, q, method=method)
            assert found.dtype == expected.dtype
            close(found.data, expected, rtol=2e-6)
    close(np.percentile(ag.Tensor(x), 70).data, np.percentile(x, 70), rtol=2e-6)


def test_errors_of_quantiles_are_numpys():
    t = ag.Tensor(np.arange(3.0))
    with pytest.raises(ValueError, match="range"):
        np.quantile(t, 1.5)
    with pytest.raises(ValueError, match="method"):
        np.quantile(t, 0.5, method="guess")
    with pytest.warns(RuntimeWarning):
        assert np.isnan(np.median(ag.Tensor(np.zeros(0))).data)


# --- put, scatter, take --------------------------------------------------------------------------------------------


def test_put_leaves_its_operand_alone():
    x = np.zeros(3)
    assert put(x, 1, 2.0).tolist() == [0, 2, 0]
    assert x.tolist() == [0, 0, 0]
    assert put(5.0, (), 2.0).tolist() == 2.0


def test_the_last_of_repeated_places_counts():
    x, values, index = ag.Tensor(np.ones(3)), ag.Tensor(np.array([2.0, 3.0, 4.0])), [0, 2, 0]
    out = put(x, index, values)
    assert out.data.tolist() == [4, 1, 3]
    out.backward(np.array([10.0, 20.0, 30.0]))
    assert x.grad.tolist() == [0, 20, 0]
    assert values.grad.tolist() == [0, 30, 10]


def test_one_value_in_many_places_receives_the_sum():
    value = ag.Tensor(2.0)
    put(np.zeros((2, 3)), (slice(None), 1), value).backward(np.arange(6.0).reshape(2, 3))
    assert value.grad == 1 + 4


def test_put_with_a_mask():
    x = ag.Tensor(np.array([1.0, -2.0, 3.0]))
    out = put(x, x < 0, 0.0)
    assert out.data.tolist() == [1, 0, 3]
    assert ag.grad(lambda x: np.sum(put(x, x < 0, 0.0) ** 2))(x.data).tolist() == [2, 0, 6]


def test_put_into_whole_numbers_and_single_precision():
    assert put(np.arange(3), 0, ag.Tensor(0.5)).data.tolist() == [0.5, 1, 2]
    value = ag.Tensor(np.array(0.5))
    out = put(np.ones(3, np.float32), 0, value)
    assert out.dtype == np.float32
    out.backward(np.ones(3, np.float32))
    assert form(value.grad) == form(value)


def test_an_index_that_does_not_fit():
    with pytest.raises(IndexError):
        put(ag.Tensor(np.ones(3)), 3, 1.0)
    with pytest.raises(IndexError):
        np.take(ag.Tensor(np.ones(3)), [0, 3])
    with pytest.raises(ValueError, match="choice"):
        np.choose(np.array([0, 2]), [ag.Tensor(1.0), 2.0])
    with pytest.raises(ag.DtypeError, match="index"):
        np.take(ag.Tensor(np.ones(3)), ag.Tensor(1.0))
    with pytest.raises(ag.ShapeError):
        put(ag.Tensor(np.ones(3)), slice(2), np.ones(3))


def added(g, index, shape):
    """What scatter does, by np.add.at."""
    out = np.zeros(shape, g.dtype)
    np.add.at(out, index, g)
    return out


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "index",
    [
        rng.integers(-5, 5, 40),
        rng.integers(-5, 5, (8, 5)),
        (rng.integers(0, 5, (6, 1)), rng.integers(-4, 4, 3)),
        (rng.integers(0, 5, 7), slice(1, None), rng.integers(0, 3, 7)),
        rng.integers(-5, 5, 400),
        (rng.integers(0, 5, 900), slice(1, None), rng.integers(0, 3, 900)),
        (..., rng.integers(0, 3, 9)),
        (None, [0, 0, 4], 1),
        (1, np.array([2, 2])),
        np.zeros((0,), int),
        np.array(3),
        np.True_,
        [True, False, True, False, False],
        (slice(None, None, -2), None, ..., 1),
    ],
    ids=lambda index: str(index)[:40],
)
def test_scatter_is_adding_at(index, dtype):
    shape = (5, 4, 3)
    g = rng.normal(size=np.zeros(shape)[index].shape).astype(dtype)
    close(scatter(g, index, shape), added(g, index, shape), rtol=1e-6)
    assert scatter(g, index, shape).dtype == dtype
    values = rng.normal(size=g.shape).astype(dtype)
    expected = np.zeros(shape, dtype)
    expected[index] = values
    np.testing.assert_array_equal(put(np.zeros(shape, dtype), index, values), expected)


def test_a_column_in_fortran_order():
    x = np.asfortranarray(rng.normal(size=(3, 4)))
    np.testing.assert_array_equal(put(x, [0, 0, 2], 1.0)[[0, 2]], np.ones((2, 4)))
    assert gradient(lambda x: x[[0, 0]], x).tolist() == [[6, 8, 10, 12], [0] * 4, [0] * 4]


def test_embedding_picks_rows_and_collects_their_gradients():
    table, words = rng.normal(size=(50, 8)), rng.integers(0, 50, (6, 7))
    u = rng.normal(size=(6, 7, 8))
    (g,) = ag.vjp(lambda E: E[words], table)[1](u)
    close(g, added(u, words, table.shape))


def test_second_derivative_through_repeated_places():
    x, index = np.array([1.0, 2.0, 3.0]), np.array([0, 0, 2])
    close(ag.hessian(lambda x: np.sum(rules.getitem(x, index) ** 3))(x), np.diag([12.0, 0, 18]))
    close(ag.hessian(lambda x: np.sum(put(x, index, x**2) ** 2))(x), np.diag([0, 12 * 2**2 + 2, 12 * 3.0**2]))


# --- axes out of range, nothing at all -------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [7, 2, -3])
@pytest.mark.parametrize(
    "f",
    [
        np.median,
        np.nanmedian,
        lambda x, axis: np.quantile(x, 0.5, axis=axis),
        lambda x, axis: np.nanpercentile(x, 50, axis=axis),
        lambda x, axis: np.median(x, axis=(0, axis)),
        lambda x, axis: np.take(x, 0, axis=axis),
        lambda x, axis: np.compress([True], x, axis=axis),
    ],
)
def test_an_axis_out_of_range(f, axis):
    x = np.arange(6.0).reshape(2, 3)
    for a in (x, ag.Tensor(x)):
        with pytest.raises(np.exceptions.AxisError):
            f(a, axis=axis)


def test_an_axis_given_twice():
    with pytest.raises(ValueError, match="repeated axis"):
        np.median(ag.Tensor(np.ones((2, 3))), axis=(0, -2))


@pytest.mark.parametrize("f", [np.nanquantile, np.nanpercentile])
@pytest.mark.parametrize("how", [{}, {"axis": 0}, {"axis": 1}, {"axis": 0, "keepdims": True}])
@pytest.mark.parametrize("q", [0.5, [0.5, 0.2]])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_quantiles_of_nothing_without_nan(f, how, q):
    x = np.ones((0, 3))
    np.testing.assert_array_equal(f(ag.Tensor(x), q, **how).data, f(x, q, **how))
    assert gradient(lambda x: f(x, q, **how), x).shape == (0, 3)


def test_take_out_of_bounds_names_the_operand():
    t = ag.Tensor(np.arange(6.0).reshape(2, 3), name="A")
    with pytest.raises(ag.errors.IndexingError, match=r"take: index 9 .* the flattened array of A \(2, 3\)"):
        np.take(t, 9)
    with pytest.raises(ag.errors.IndexingError, match=r"take: index -3 .* axis 0 of A \(2, 3\)"):
        np.take(t, [0, -3], axis=0)
    assert np.take(t, [9, -9], mode="wrap").data.tolist() == [3, 3]
