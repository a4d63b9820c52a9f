"""nn.datasets: the bundled data are what SOURCES.md says; the generators keep their promises."""

import hashlib
import re
from importlib.resources import files

import numpy as np
import pytest

from autograd import DataError, DtypeError, ShapeError
from nn import datasets

NAMES = ["breast_cancer", "digits", "airfoil"]
GENERATORS = [datasets.planar_flower, datasets.moons, datasets.xor, datasets.spirals]
each_generator = pytest.mark.parametrize("generate", GENERATORS, ids=lambda g: g.__name__)


def test_breast_cancer():
    X, Y = datasets.load("breast_cancer")
    assert X.shape == (30, 569) and X.dtype == np.float64
    assert Y.shape == (1, 569) and Y.dtype == np.float64
    assert set(Y.ravel()) == {0.0, 1.0}
    assert Y.sum() == 357  # 1 is benign
    # The first sample, and the ranges, as UCI gives them.
    np.testing.assert_array_equal(X[:4, 0], [17.99, 10.38, 122.8, 1001.0])
    assert Y[0, 0] == 0
    assert (X[0].min(), X[0].max()) == (6.981, 28.11)
    # Malignant nuclei are larger.
    assert X[0, Y[0] == 0].mean() > X[0, Y[0] == 1].mean()


def test_digits():
    X, Y = datasets.load("digits")
    assert X.shape == (64, 1797) and X.dtype == np.float64
    assert Y.shape == (10, 1797) and Y.dtype == np.float64
    assert (X.min(), X.max()) == (0.0, 1.0)
    np.testing.assert_array_equal(Y.sum(axis=0), 1)
    # The class distribution of the test set, as UCI gives it.
    np.testing.assert_array_equal(Y.sum(axis=1), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    # A zero is empty in the middle: pixel row by pixel row, the image is the right way round.
    zero = X[:, Y[0] == 1].mean(axis=1).reshape(8, 8)
    assert zero[3:5, 3:5].mean() < 0.1 < zero[3:5, [2, 5]].mean()


@pytest.mark.parametrize("name", NAMES)
def test_each_call_gives_new_arrays(name):
    X, Y = datasets.load(name)
    X[:] = Y[:] = -7
    again_X, again_Y = datasets.load(name)
    assert not np.any(again_X == -7) and not np.any(again_Y == -7)


@pytest.mark.parametrize("call", [datasets.load, datasets.describe])
def test_unknown_name_lists_the_known(call):
    with pytest.raises(DataError, match=r"'iris'.*breast_cancer, digits, airfoil"):
        call("iris")


@pytest.mark.parametrize("name", NAMES)
def test_describe_agrees_with_load(name):
    about, (X, Y) = datasets.describe(name), datasets.load(name)
    assert len(about.features) == X.shape[0]
    assert len(about.classes) == (0 if name == "airfoil" else max(Y.shape[0], 2))
    assert about.targets.startswith(str(Y.shape))
    assert about.title in str(about) and "CC BY 4.0" in str(about)
    if name == "breast_cancer":
        assert about.classes[1] == "benign"


@pytest.mark.parametrize("file", [*(f"{name}.npz" for name in NAMES), "sonnets.txt"])
def test_files_are_those_of_sources_md(file):
    folder = files("nn.datasets")
    digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
    sources = (folder / "SOURCES.md").read_text(encoding="utf-8")
    assert re.search(rf"`{re.escape(file)}` \|.*`{digest}`", sources)


def test_airfoil():
    X, Y = datasets.load("airfoil")
    assert X.shape == (5, 1503) and Y.shape == (1, 1503) and X.dtype == Y.dtype == np.float64
    # The first sample, and the ranges, as UCI gives them.
    np.testing.assert_array_equal(X[:, 0], [800, 0, 0.3048, 71.3, 0.00266337])
    assert Y[0, 0] == 126.201
    assert (X[0].min(), X[0].max()) == (200, 20000)
    assert (X[3].min(), X[3].max()) == (31.7, 71.3)
    assert (Y.min(), Y.max()) == (103.38, 140.987)


def test_the_sonnets_are_all_there():
    sonnets = datasets.text("sonnets").split("\n\n")
    lines = [len(sonnet.strip().split("\n")) for sonnet in sonnets]
    assert len(sonnets) == 154
    assert {k: n for k, n in enumerate(lines, start=1) if n != 14} == {99: 15, 126: 12}
    assert sonnets[17].startswith("Shall I compare thee to a summer's day?\nThou art more lovely and more temperate:")
    assert sonnets[-1].endswith("Love's fire heats water, water cools not love.\n")
    assert datasets.text("sonnets").isascii()


def test_characters_there_and_back():
    text = datasets.text("sonnets")
    characters = datasets.Characters.of(text)
    tokens = characters.encode(text)
    assert len(characters) == len(set(text)) == 61
    assert tokens.dtype == np.int64 and (tokens.min(), tokens.max()) == (0, 60)
    assert characters.decode(tokens) == text
    one_hot = characters.one_hot(tokens[:6].reshape(2, 3))
    assert one_hot.shape == (61, 2, 3)
    np.testing.assert_array_equal(one_hot.argmax(axis=0), tokens[:6].reshape(2, 3))
    np.testing.assert_array_equal(one_hot.sum(axis=0), 1)


@pytest.mark.parametrize(("length", "step", "m"), [(4, None, 5), (4, 1, 19), (22, None, 1), (7, 3, 6)])
def test_windows_hold_what_follows_each_step(length, step, m):
    tokens = np.arange(100, 123)
    X, Y = datasets.windows(tokens, length, step)
    assert X.shape == Y.shape == (length, m)
    np.testing.assert_array_equal(Y, X + 1)
    np.testing.assert_array_equal(X[0], 100 + (length if step is None else step) * np.arange(m))


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: datasets.text("hamlet"), DataError, "'hamlet'. Known: sonnets"),
        (lambda: datasets.Characters.of(""), DataError, "a text that is not empty"),
        (lambda: datasets.Characters("ab").encode("abc?"), DataError, "'?c' as well"),
        (lambda: datasets.Characters("ab").decode([0, 2]), DataError, "from 0 to 1, but they go from 0 to 2"),
        (lambda: datasets.Characters("ab").one_hot([-1]), DataError, "from 0 to 1"),
        (lambda: datasets.Characters("ab").decode([0.5]), DtypeError, "integer tokens, but got dtype float64"),
        (lambda: datasets.windows("abc", 2), DtypeError, "Characters.of(text).encode(text)"),
        (lambda: datasets.windows([[1, 2]], 1), ShapeError, "(N,), but got shape (1, 2)"),
        (lambda: datasets.windows([1, 2], 2), ShapeError, "Take a shorter length"),
        (lambda: datasets.windows([1, 2], 1, 0), ShapeError, "step, an integer of at least 1, but got 0"),
    ],
)
def test_texts_and_tokens_are_refused_in_words(call, error, words):
    with pytest.raises(error) as raised:
        call()
    assert words in str(raised.value)


@each_generator
@pytest.mark.parametrize("m", [2, 3, 400, 401])
def test_generators_shapes_and_classes(generate, m):
    X, Y = generate(m)
    assert X.shape == (2, m) and Y.shape == (1, m)
    assert X.dtype == Y.dtype == np.float64
    assert np.isfinite(X).all()
    assert Y.sum() == m // 2
    np.testing.assert_array_equal(Y, np.sort(Y))


@each_generator
def test_same_seed_same_bytes(generate):
    def as_bytes(seed):
        return b"".join(A.tobytes() for A in generate(50, seed=seed))

    assert as_bytes(4) == as_bytes(4)
    assert as_bytes(4) != as_bytes(5)


@each_generator
def test_noise_spreads_the_points(generate):
    clean, _ = generate(200, noise=0)
    slightly, _ = generate(200, noise=1e-3)
    distance = np.linalg.norm(slightly - clean, axis=0)
    assert 0 < distance.mean() < 0.02


@each_generator
def test_no_straight_line_separates(generate):
    X, Y = generate(400)
    A = np.vstack([X, np.ones(X.shape[1])])
    w = np.linalg.lstsq(A.T, 2 * Y[0] - 1, rcond=None)[0]
    assert np.mean((w @ A > 0) == Y[0]) < 0.92


@each_generator
def test_generators_refuse(generate):
    with pytest.raises(DataError, match="at least m=2"):
        generate(1)
    with pytest.raises(DataError, match="at least 0"):
        generate(10, noise=-0.1)


def test_flower_petals_lie_on_the_curve():
    X, Y = datasets.planar_flower(100, noise=0)
    t = np.concatenate([np.linspace(0, np.pi, 50), np.linspace(np.pi, 2 * np.pi, 50)])
    np.testing.assert_allclose(np.hypot(*X), np.abs(4 * np.sin(4 * t)), atol=1e-12)
    assert Y[0, 49] == 0 and Y[0, 50] == 1


def test_moons_lie_on_their_circles():
    X, Y = datasets.moons(100, noise=0)
    np.testing.assert_allclose(np.hypot(X[0] - Y[0], X[1] - Y[0] / 2), 1)
