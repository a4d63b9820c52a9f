"""nn.data: turning, checking, splitting, scaling, one-hot targets, mini-batches."""

import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

import autograd as ag
import nn
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


# --- frames, whose samples are rows ----------------------------------------------------------------------------------


def frames(values):
    """The same table in both libraries."""
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    return [pandas.DataFrame(values), polars.DataFrame(values)]


def test_frames_are_turned_wherever_data_are_taken():
    for frame in frames({"a": [1.0, 2.0, 3.0], "b": [4, 5, 6], "y": [0.0, 1.0, 1.0]}):
        X, y = frame[["a", "b"]], frame["y"]
        for turned, Y in (data.check_data(X, y), data.from_rows(X, y), data.from_rows(frame, "y")):
            assert turned.tolist() == [[1, 2, 3], [4, 5, 6]] and Y.tolist() == [[0, 1, 1]]
        assert data.one_hot(frame["b"] - 4).tolist() == np.eye(3).tolist()
        assert data.inputs((X, X))[1].shape == data.inputs(X)[0].shape == (2, 3)
        model = nn.Sequential(nn.Linear(2, 1, seed=0), nn.Sigmoid())
        optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
        history = nn.fit(model, X, y, loss="binary_cross_entropy", optimizer=optimizer, epochs=2, progress=False)
        assert history.epochs == 2
        assert model.predict(X).tolist() == model.predict(np.array([[1.0, 2, 3], [4, 5, 6]])).tolist()


def test_class_numbers_may_be_a_frame_of_one_column_but_no_masked_array():
    Z, y = np.ones((2, 3)), [0, 2, 1]

    def cost(Y):
        model = nn.Sequential(nn.Linear(2, 3, seed=0))
        optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
        return nn.fit(model, Z, Y, loss="cross_entropy_logits", optimizer=optimizer, epochs=2, progress=False).cost

    for frame in frames({"y": y}):
        assert cost(frame) == cost(frame["y"]) == cost(y)
    with pytest.raises(ag.DataError, match="Y has 1 masked value, but"):
        cost(np.ma.masked_equal(y, 2))
    with pytest.raises(ag.DataError, match="Y is not an array of numbers"):
        cost([[0], [2, 1]])


def test_what_a_frame_cannot_be_is_said_by_the_names_of_its_columns():
    for frame in frames({"a": [1.0, None, 3.0], "kind": ["x", "y", "x"], "y": [0.0, 1.0, 1.0]}):
        with pytest.raises(ag.DataError, match="X, column 'a', has 1 missing value in 3 rows"):
            data.check_data(frame[["a"]], frame["y"])
        with pytest.raises(ag.DataError, match=r"X, column 'kind', holds .*, but data must be numbers"):
            data.check_data(frame[["y", "kind"]], frame["y"])
        with pytest.raises(ag.DataError, match="y='z' must be a column of X, which has 'a', 'kind', 'y'"):
            data.from_rows(frame, "z")
        numbers, names = data.class_numbers(frame["kind"])
        assert numbers.tolist() == [0, 1, 0] and names.tolist() == ["x", "y"]


def test_masked_values_are_missing_ones():
    known = np.ma.masked_array([[1.0, 2.0, 3.0]])
    assert data.check_columns(known, np.ones((1, 3)))[0].tolist() == [[1, 2, 3]]
    with pytest.raises(ag.DataError, match=r"X has 1 masked value, but data must be known\. Fill them in"):
        data.check_columns(np.ma.masked_greater(known, 2), np.ones((1, 3)))


def test_types_of_pandas_own_are_numbers():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": pandas.array([1, 2, 3], "Int64"), "b": pandas.array([True, False, True], "boolean")})
    X, _ = data.check_columns(frame, np.ones((1, 3)))
    assert X.tolist() == [[1, 2, 3], [1, 0, 1]]
    assert data.check_columns(np.ones((1, 3)), frame[["a"]])[1].dtype == np.int64
    frame["a"] = pandas.array([1, None, 3], "Int64")
    with pytest.raises(ag.DataError, match="X, column 'a', has 1 missing value"):
        data.check_columns(frame, np.ones((1, 3)))


def test_anything_that_can_be_an_array_is_one():
    class Own:
        def __array__(self, dtype=None, copy=None):
            return np.arange(6.0).reshape(2, 3)

    X, Y = data.check_data(Own(), [[1.0, 0.0, 1.0]])
    assert X.shape == (2, 3) and Y.shape == (1, 3)


# --- files larger than memory ----------------------------------------------------------------------------------------


def test_a_memory_map_is_not_read_whole(tmp_path):
    m = 80_000
    X = np.lib.format.open_memmap(tmp_path / "X.npy", mode="w+", dtype=np.float32, shape=(50, m))  # 16 MB
    X[:, :200] = np.random.default_rng(0).normal(size=(50, 200))
    X = np.load(tmp_path / "X.npy", mmap_mode="r")
    Y = np.zeros((1, m), np.float32)
    Y[:, ::2] = 1.0
    model = nn.Sequential(nn.Linear(50, 1, seed=0, dtype=np.float32), nn.Sigmoid())
    how = {"loss": "binary_cross_entropy", "optimizer": nn.optim.SGD(model.parameters(), lr=0.1), "progress": False}
    nn.fit(model, X[:, :100], Y[:, :100], epochs=1, **how)  # loads what a training needs
    tracemalloc.start()
    try:
        history = nn.fit(model, X, Y, epochs=1, batch_size=4000, **how)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert history.epochs == 1
    assert peak < X.nbytes / 2
    assert data.check_columns(X, Y)[0].base is not None


def test_a_scaling_is_measured_piece_by_piece(tmp_path, monkeypatch):
    monkeypatch.setattr("nn.data.disk.PIECE", 1000)
    values = np.random.default_rng(0).normal(5, 3, size=(4, 300))
    values[2] = 7.0
    np.save(tmp_path / "X.npy", values)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    whole, pieces = data.Scaling.of(values), data.Scaling.of(mapped)
    np.testing.assert_allclose(pieces.center, whole.center, rtol=1e-12)
    np.testing.assert_allclose(pieces.unit, whole.unit, rtol=1e-12)
    assert pieces.unit[2] == 1
    values[1, 77] = np.nan
    np.save(tmp_path / "Z.npy", values)
    with pytest.raises(ag.DataError, match="X has NaN or infinity"):
        data.Scaling.of(np.load(tmp_path / "Z.npy", mmap_mode="r"))


# --- scaling, splitting and labels -----------------------------------------------------------------------------------


def test_a_scaling_is_kept_undone_and_part_of_a_model():
    X = np.random.default_rng(0).normal(100, 30, size=(3, 50))
    scaling = data.Scaling.of(X)
    np.testing.assert_array_equal(scaling(X), data.standardize(X))
    np.testing.assert_allclose(scaling.undo(scaling(X)), X)
    layer = nn.Linear(3, 2, seed=0)
    model = nn.Sequential(nn.Lambda(scaling), layer)
    np.testing.assert_allclose(model.predict(X), layer.predict(data.standardize(X)))
    with pytest.raises(ag.ShapeError, match=r"features of shape \(3, m\), but X has \(2, 50\)"):
        scaling(X[:2])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["one-hot", "row", "numbers"])
def test_a_stratified_split_keeps_the_shares(kind, seed):
    numbers = np.repeat([0, 1, 2], [80, 15, 5]) if kind != "row" else np.repeat([0, 1], [90, 10])
    Y = {"one-hot": data.one_hot(numbers), "row": numbers.reshape(1, -1) * 1.0, "numbers": numbers.reshape(1, -1)}[kind]
    X = np.arange(100.0).reshape(1, -1)
    X_train, Y_train, X_test, _ = data.split(X, Y, test=0.2, seed=seed, stratify=True)
    assert sorted([*X_train[0], *X_test[0]]) == list(range(100)) and X_test.shape == (1, 20)
    count = lambda part: np.bincount(numbers[part[0].astype(int)], minlength=numbers.max() + 1)
    np.testing.assert_array_equal(count(X_test), np.bincount(numbers) * 0.2)
    np.testing.assert_array_equal(Y_train, Y[:, X_train[0].astype(int)])
    assert X_test[0].tolist() != data.split(X, Y, test=0.2, seed=seed + 9, stratify=True)[2][0].tolist()


def test_a_stratified_split_of_quantities_is_refused():
    with pytest.raises(ag.DataError, match=r"stratify=True needs class numbers.*but got quantities"):
        data.split(np.ones((1, 4)), np.array([[0.1, 0.2, 0.3, 0.4]]), stratify=True)


def test_labels_are_numbered_and_refused_where_some_are_missing():
    numbers, names = data.class_numbers(np.array([[3, 1, 3]]))
    assert numbers.tolist() == [1, 0, 1] and names.tolist() == [1, 3]
    for labels in (["a", None], [1.0, np.nan]):
        with pytest.raises(ag.DataError, match="Fill in what is missing"):
            data.class_numbers(labels)
    with pytest.raises(ag.ShapeError, match=r"labels of shape \(m,\)"):
        data.class_numbers(np.ones((2, 2)))
    with pytest.raises(ag.DataError, match=r"nn\.data\.class_numbers\(Y\)"):
        data.check_data(np.ones((1, 2)), np.array([["a", "b"]]))


# --- images ----------------------------------------------------------------------------------------------------------


def test_images_are_mirrored_shifted_and_turned():
    rng = np.random.default_rng(0)
    X = rng.random((2, 5, 6, 30)).astype(np.float32)
    flipped = data.augment(X, flip=True, seed=1)
    same, mirrored = (flipped == X).all((0, 1, 2)), (flipped == X[:, :, ::-1]).all((0, 1, 2))
    assert (same ^ mirrored).all() and same.any() and mirrored.any() and flipped.dtype == np.float32
    shifted = data.augment(X, shift=1, seed=2)
    padded = np.pad(X, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = [padded[:, i : i + 5, j : j + 6] for i in range(3) for j in range(3)]
    assert all(any((shifted[..., k] == w[..., k]).all() for w in windows) for k in range(30))
    assert len({int(np.argmax([(shifted[..., k] == w[..., k]).all() for w in windows])) for k in range(30)}) > 5
    turned = data.augment(np.ones((1, 9, 9, 4)), rotate=30, seed=3)
    np.testing.assert_allclose(turned[0, 2:7, 2:7], 1.0)
    assert turned.min() >= 0 and turned.max() <= 1 + 1e-12
    assert data.augment(X).tolist() == X.tolist()


def test_augmented_images_repeat_with_a_seed_and_keep_their_targets():
    X, Y = np.random.default_rng(0).random((1, 4, 4, 3)), data.one_hot([0, 1, 2], 3)
    more, targets = data.augment(X, Y, noise=0.1, copies=2, seed=5)
    assert more.shape == (1, 4, 4, 6) and targets.tolist() == np.tile(Y, 2).tolist()
    np.testing.assert_array_equal(more, data.augment(X, noise=0.1, copies=2, seed=5))
    assert (more[..., :3] != more[..., 3:]).all()


@pytest.mark.parametrize(
    ("given", "how", "error", "words"),
    [
        (np.ones((16, 3)), {}, ag.ShapeError, r"\(channels, height, width, m\), but got \(16, 3\)"),
        (np.ones((1, 4, 4, 3)), {"shift": 0.5}, ag.DataError, "shift, an integer of at least 0, but got 0.5"),
        (np.ones((1, 4, 4, 3)), {"rotate": -1}, ag.DataError, "rotate, a number of at least 0, but got -1"),
        (np.ones((1, 4, 4, 3)), {"copies": 0}, ag.DataError, "copies, an integer of at least 1, but got 0"),
        (np.ones((1, 4, 4, 3)), {"Y": np.ones((1, 2))}, ag.ShapeError, "as many samples in Y as in X"),
    ],
)
def test_what_cannot_be_augmented_is_refused(given, how, error, words):
    with pytest.raises(error, match=words):
        data.augment(given, **how)
