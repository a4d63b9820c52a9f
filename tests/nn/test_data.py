"""nn.data: turning, checking, splitting, scaling, one-hot targets, mini-batches."""

import re

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from autograd import DataError, ShapeError
from nn import data

X = np.arange(12.0).reshape(2, 6)
Y = np.array([[0.0, 1.0, 0.0, 1.0, 1.0, 0.0]])

# Every message must say what was given, and what to do.
REFUSED = [
    # what is wrong, X, Y, the exception, words that must be in its message
    ("rank-1 target", X, Y[0], ShapeError, ["Y has shape (6,)", "(1, 6)", "y.reshape(1, -1)"]),
    ("rank-1 data", X[0], Y, ShapeError, ["X has shape (6,)", "X.reshape(-1, 1)", "X.reshape(1, -1)"]),
    ("a single number", 3.0, Y, ShapeError, ["X has shape ()", "np.array([[X]])"]),
    ("too few targets", X, Y[:, :4], ShapeError, ["(2, 6)", "(1, 4)", "one target for each sample"]),
    ("samples in rows", X.T, Y, ShapeError, ["(6, 2)", "(1, 6)", "nn.data.from_rows(X, y)"]),
    ("both in rows", X.T, Y.T, ShapeError, ["(6, 2)", "(6, 1)", "nn.data.from_rows(X, y)"]),
    ("no samples", X[:, :0], Y[:, :0], DataError, ["X is empty", "(2, 0)"]),
    ("no features", X[:0], Y, DataError, ["X is empty", "(0, 6)"]),
    ("no target rows", X, Y[:0], DataError, ["Y is empty", "(0, 6)"]),
    (
        "NaN in X",
        np.where(X == 7, np.nan, X),
        Y,
        DataError,
        ["X, shape (2, 6)", "1 of its 12", "X[1, 1] = nan"],
    ),
    ("infinity in Y", X, np.where(Y == 1, np.inf, Y), DataError, ["Y[0, 1] = inf"]),
    ("text", X.astype(str), Y, DataError, ["X has dtype <U", "X.astype(float)"]),
    ("objects", X.astype(object), Y, DataError, ["X has dtype object"]),
    ("complex numbers", X * 1j, Y, DataError, ["X has dtype complex128"]),
    ("ragged rows", [[1.0, 2.0], [3.0]], Y, DataError, ["X is not an array of numbers"]),
]


@pytest.mark.parametrize("check", [data.check_data, data.check_columns, data.split], ids=lambda f: f.__name__)
@pytest.mark.parametrize(("X", "Y", "error", "words"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_bad_data_are_refused_with_words(check, X, Y, error, words):
    with pytest.raises(error) as caught:
        check(X, Y)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize("dtype", [int, bool, np.uint8])
def test_targets_for_training_must_be_floating(dtype):
    with pytest.raises(DataError, match=re.escape("nn.data.one_hot(y, n_classes)")) as caught:
        data.check_data(X, Y.astype(dtype))
    assert str(np.dtype(dtype)) in str(caught.value)
    data.check_columns(X, Y.astype(dtype))


def test_good_data_are_not_copied():
    checked = data.check_data(X, Y)
    assert checked[0] is X and checked[1] is Y


def test_images_have_samples_last():
    images = np.zeros((3, 8, 8, 6))
    assert data.check_data(images, Y)[0].shape == (3, 8, 8, 6)


@pytest.mark.parametrize("y_shape", [(6,), (6, 1)])
def test_from_rows_turns_both(y_shape):
    turned_X, turned_Y = data.from_rows(X.T, Y.reshape(y_shape))
    np.testing.assert_array_equal(turned_X, X)
    np.testing.assert_array_equal(turned_Y, Y)
    assert turned_X.flags.c_contiguous and not np.shares_memory(turned_X, X)


def test_from_rows_of_images():
    images = np.arange(24.0).reshape(2, 3, 4)
    turned, _ = data.from_rows(images, [0, 1])
    np.testing.assert_array_equal(turned[..., 1], images[1])


def test_from_rows_dtypes():
    turned_X, turned_Y = data.from_rows(X.T.astype(np.float32), Y[0].astype(int))
    assert (turned_X.dtype, turned_Y.dtype) == (np.float32, np.float64)


@pytest.mark.parametrize(
    ("X", "y", "words"),
    [(X[0], Y[0], "X.reshape(-1, 1)"), (X, Y[0], "(2, 6) and y has shape (6,)"), (X, 1.0, "shape ()")],
)
def test_from_rows_refuses(X, y, words):
    with pytest.raises(ShapeError, match=re.escape(words)):
        data.from_rows(X, y)


@given(hnp.arrays(np.int64, st.integers(1, 30), elements=st.integers(0, 4)))
def test_one_hot_has_one_1_per_column(labels):
    encoded = data.one_hot(labels, 5)
    assert encoded.shape == (5, len(labels)) and encoded.dtype == np.float64
    np.testing.assert_array_equal(encoded.sum(axis=0), 1)
    np.testing.assert_array_equal(encoded.argmax(axis=0), labels)
    np.testing.assert_array_equal(data.one_hot(labels.reshape(1, -1), 5), encoded)


@pytest.mark.parametrize(
    ("labels", "error", "words"),
    [
        ([0, 3], DataError, "from 0 to 3"),
        ([-1, 0], DataError, "from -1 to 0"),
        ([0.0, 1.0], DataError, "labels.astype(int)"),
        (np.array([], dtype=int), DataError, "at least one label"),
        ([[0], [1]], ShapeError, "(2, 1)"),
    ],
)
def test_one_hot_refuses(labels, error, words):
    with pytest.raises(error, match=re.escape(words)):
        data.one_hot(labels, 3)


@given(m=st.integers(2, 60), test=st.floats(0.01, 0.99), seed=st.integers(0, 2**32))
def test_split_keeps_every_pair_once(m, test, seed):
    ids = np.arange(float(m)).reshape(1, m)
    X_train, Y_train, X_test, Y_test = data.split(ids, -ids, test=test, seed=seed)
    np.testing.assert_array_equal(X_train, -Y_train)
    np.testing.assert_array_equal(X_test, -Y_test)
    np.testing.assert_array_equal(np.sort(np.concatenate([X_train, X_test], axis=1)), ids)
    assert X_train.shape[1] >= 1 and X_test.shape[1] >= 1
    assert abs(X_test.shape[1] - test * m) <= 1


def test_split_is_repeatable_and_shuffled():
    ids = np.arange(100.0).reshape(1, 100)
    first, again, other = (data.split(ids, ids, seed=seed)[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, np.sort(first))


@pytest.mark.parametrize("test", [0, 1, -0.1, 30, float("nan")])
def test_split_refuses_a_fraction_outside(test):
    with pytest.raises(DataError, match="between 0 and 1"):
        data.split(X, Y, test=test)


def test_split_refuses_one_sample():
    with pytest.raises(DataError, match="at least two"):
        data.split(X[:, :1], Y[:, :1])


def test_standardize_uses_the_training_statistics():
    rng = np.random.default_rng(0)
    train, test = rng.normal(5, 3, (4, 50)), rng.normal(0, 1, (4, 20))
    scaled, scaled_test = data.standardize(train, test)
    np.testing.assert_allclose(scaled.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.std(axis=1), 1)
    expected = (test - train.mean(axis=1, keepdims=True)) / train.std(axis=1, keepdims=True)
    np.testing.assert_allclose(scaled_test, expected)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e8 / 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_standardize_a_constant_feature_gives_zeros(value, dtype):
    scaled = data.standardize(np.full((1, 7), value, dtype))
    np.testing.assert_array_equal(scaled, 0)
    assert scaled.dtype == dtype


def test_standardize_refuses_other_features():
    with pytest.raises(ShapeError, match=re.escape("others[1] has shape (3, 6)")):
        data.standardize(X, X, np.ones((3, 6)))


def test_standardize_integers():
    assert data.standardize(X.astype(int)).dtype == np.float64


@given(m=st.integers(1, 40), size=st.integers(1, 50), seed=st.integers(0, 2**32))
def test_batches_hold_every_pair_once(m, size, seed):
    ids = np.arange(float(m)).reshape(1, m)
    parts = list(data.batches(ids, -ids, size, seed=seed))
    assert [x.shape[1] for x, _ in parts[:-1]] == [size] * (len(parts) - 1)
    assert 1 <= parts[-1][0].shape[1] <= size
    for x, y in parts:
        np.testing.assert_array_equal(x, -y)
    np.testing.assert_array_equal(np.sort(np.concatenate([x for x, _ in parts], axis=1)), ids)


def test_batches_repeat_with_a_number_and_go_on_with_a_generator():
    def epoch(seed):
        return np.concatenate([x for x, _ in data.batches(X, Y, 4, seed=seed)], axis=1)

    np.testing.assert_array_equal(epoch(3), epoch(3))
    rng = np.random.default_rng(3)
    np.testing.assert_array_equal(epoch(rng), epoch(3))
    assert not np.array_equal(epoch(rng), epoch(3))


def test_batches_refuse_at_once():
    with pytest.raises(DataError, match="at least 1, but got 0"):
        data.batches(X, Y, 0, seed=0)
    with pytest.raises(ShapeError):
        data.batches(X, Y[0], 2, seed=0)


def test_errors_are_value_errors():
    with pytest.raises(ValueError, match="Y has shape"):
        data.check_data(X, Y[0])
