"""Weights of samples and classes, class numbers as targets, label smoothing; and what is said of what does not fit."""

import copy
import functools
import pickle

import numpy as np
import pytest

import autograd as ag
import nn
from nn.losses import ONE_HOT, PROBABILITIES, QUANTITIES, SIGNS
from tests.nn.test_every_loss import data

LOSSES = pytest.mark.parametrize("loss", nn.losses.KNOWN.values(), ids=str)
OF_CLASSES = [loss for loss in nn.losses.KNOWN.values() if loss.target.labels]
WEIGHTS = np.array([0.5, 2.0, 0.0, 1.5, 1.0])
LABELS = np.array([0, 2, 1, 1, 0])


# --- weights


@LOSSES
def test_weights_multiply_the_losses_of_samples_and_m_divides_them(loss):
    A, Y = data(loss)
    columns = [loss(ag.Tensor(A[:, [k]]), Y[:, [k]]).item() for k in range(5)]
    for weights in (WEIGHTS, WEIGHTS.tolist(), WEIGHTS[None], WEIGHTS.astype(np.float32), ag.Tensor(WEIGHTS)):
        assert loss(ag.Tensor(A), Y, weights=weights).item() == pytest.approx(np.dot(WEIGHTS, columns) / 5, rel=1e-12)
    for same in (np.ones(5), np.ones(5, int)):
        assert loss(ag.Tensor(A), Y, weights=same).item() == pytest.approx(loss(ag.Tensor(A), Y).item(), rel=1e-15)
    assert loss(A.astype(np.float32), Y.astype(np.float32), weights=WEIGHTS).dtype == np.float32


@LOSSES
def test_a_sample_of_weight_2_counts_as_two(loss):
    A, Y = data(loss)
    twice = [0, 1, 1, 3]
    once = loss(A[:, twice], Y[:, twice]).item() * 4
    assert loss(A, Y, weights=[1, 2, 0, 1, 0]).item() * 5 == pytest.approx(once, rel=1e-12)


@LOSSES
def test_weighted_costs_compile_and_are_derived(loss):
    A, Y = data(loss)
    f = ag.value_and_grad(lambda A, Y, w: loss(A, Y, weights=w))
    compiled = ag.compile(f)
    for w in (WEIGHTS, WEIGHTS[::-1].copy()):
        for a, b in zip(compiled(A, Y, w), f(A, Y, w), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)
    lines = ag.derive(loss(ag.Tensor(A, name="A"), Y, weights=WEIGHTS)).lines
    assert any("w" in line.numpy for line in lines)


def test_weights_that_are_a_tensor_have_a_gradient():
    A, Y = data(nn.losses.mse)
    w = ag.Tensor(WEIGHTS)
    nn.losses.mse(A, Y, weights=w).backward()
    np.testing.assert_allclose(w.grad, ((A - Y) ** 2).sum(axis=0) / 5, rtol=1e-12)


@LOSSES
@pytest.mark.parametrize(
    ("weights", "error", "said"),
    [
        (
            np.ones(4),
            ag.ShapeError,
            r"weights need one number for each of the 5 samples, shape \(5,\), but have .* \(4,\)",
        ),
        (np.ones((5, 1)), ag.ShapeError, r"\(5, 1\)"),
        (np.ones((3, 5)), ag.ShapeError, r"\(3, 5\)"),
        (2.0, ag.ShapeError, r"have shape \(\)"),
        ([1, 1, -1, 1, 1], ag.DataError, "finite numbers of at least 0, but that of sample 2 is -1"),
        ([1, 1, 1, np.nan, 1], ag.DataError, "sample 3 is nan"),
        (["a"] * 5, ag.DtypeError, "weights must be numbers, but hold <U1"),
    ],
    ids=str,
)
def test_weights_that_do_not_fit_are_refused(loss, weights, error, said):
    A, Y = data(loss)
    with pytest.raises(error, match=said):
        loss(A, Y, weights=weights)


def test_a_function_of_ones_own_gets_weights_if_it_takes_them():
    A, Y = data(nn.losses.mse)

    def own(A, Y, weights=None):
        return np.sum(weights * (A - Y) ** 2) / 5

    expected = nn.losses.mse(A, Y, weights=WEIGHTS).item()
    assert nn.losses.find(own)(ag.Tensor(A), Y, weights=WEIGHTS).item() == pytest.approx(expected)
    with pytest.raises(TypeError, match="Weights of samples need a loss that takes them, but plain has no argument"):

        def plain(A, Y):
            return np.sum((A - Y) ** 2)

        nn.losses.find(plain)(A, Y, weights=WEIGHTS)
    mean = nn.losses.Loss(lambda A, Y: np.mean(A - Y), "mean", QUANTITIES, is_mean=True)
    with pytest.raises(TypeError, match="the loss mean is declared as their mean"):
        mean(A, Y, weights=WEIGHTS)
    with pytest.raises(TypeError, match="Weights belong to the samples of one call"):
        nn.losses.find(functools.partial(nn.losses.mse, weights=WEIGHTS))


# --- weights of classes

TARGETS = {
    "class numbers": [0, 2, 1, 1, 0],
    "in a row": np.array([[0, 2, 1, 1, 0]]),
    "one-hot columns": np.eye(3)[:, LABELS],
    "in a Tensor": ag.Tensor(np.eye(3)[:, LABELS]),
    "integers": np.eye(3, dtype=int)[:, LABELS],
}


@pytest.mark.parametrize("name", TARGETS)
def test_class_weights_become_weights_of_samples(name):
    Y = TARGETS[name]
    for weights in ([1.0, 2.0, 3.0], {1: 2.0, 2: 3.0}, {0: 1, 1: 2, 2: 3}):
        np.testing.assert_array_equal(nn.losses.class_weights(Y, weights), [1, 3, 2, 2, 1])
    balanced = nn.losses.class_weights(Y, "balanced")
    assert balanced.mean() == pytest.approx(1) and balanced[1] == pytest.approx(5 / 3)


@pytest.mark.parametrize("Y", [[[0.0, 1.0, 1.0]], [[-1.0, 1.0, 1.0]], [[False, True, True]], [0, 1, 1]], ids=str)
def test_two_classes_in_a_row_are_0_and_1(Y):
    np.testing.assert_array_equal(nn.losses.class_weights(Y, [3.0, 5.0]), [3, 5, 5])
    np.testing.assert_allclose(nn.losses.class_weights(Y, "balanced"), [1.5, 0.75, 0.75])


@pytest.mark.parametrize(
    ("Y", "weights", "error", "said"),
    [
        ([[0.2, 0.8]], [1, 2], ag.DataError, r"of one class each: .* but got float64 values of shape \(1, 2\)"),
        (np.ones((3, 2)), [1, 2, 3], ag.DataError, "of one class each"),
        (["cat", "dog"], [1, 2], ag.DataError, "<U3 values"),
        ([0, 1], [1, 2, 3], ValueError, r"one number for each of the 2 classes, but got shape \(3,\)"),
        ([0, 1], {"cat": 2}, ValueError, "of the classes 0 to 1, but got one of 'cat'"),
        ([0, 1], "fair", ValueError, "a dict, a list or \"balanced\", but got 'fair'"),
        ([0, 1], [1, -1], ag.DataError, "that of sample 1 is -1"),
    ],
    ids=str,
)
def test_class_weights_that_do_not_fit_are_refused(Y, weights, error, said):
    with pytest.raises(error, match=said):
        nn.losses.class_weights(Y, weights)


# --- class numbers


@pytest.mark.parametrize("loss", OF_CLASSES, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("given", [np.array, list, lambda y: y[None], lambda y: y.astype(np.uint8)])
def test_class_numbers_stand_for_one_hot_columns(loss, dtype, given):
    A = data(loss)[0].astype(dtype)
    columns = np.eye(3, dtype=dtype)[:, LABELS]
    J = ag.value_and_grad(lambda A: loss(A, given(LABELS)))(A)
    expected = ag.value_and_grad(lambda A: loss(A, columns))(A)
    assert loss(A, given(LABELS)).dtype == dtype
    for a, b in zip(J, expected, strict=True):
        np.testing.assert_array_equal(a, b)
    loss.check_targets(given(LABELS))


@pytest.mark.parametrize("loss", OF_CLASSES, ids=str)
def test_class_numbers_are_an_argument_of_compiled_costs_and_are_derived(loss):
    A = data(loss)[0]
    f = ag.value_and_grad(lambda A, Y: loss(A, Y))
    compiled = ag.compile(f)
    for wrong in (3, -1):
        assert np.isnan(compiled(A, np.array([0, 2, 1, wrong, 0]))[0])  # its program looks at no values
    for labels in (LABELS, LABELS[::-1].copy()):
        for a, b in zip(compiled(A, labels), f(A, labels), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)
    assert ag.derive(loss(ag.Tensor(A, name="A"), LABELS)).lines


def test_each_place_of_a_sequence_has_a_class_of_its_own():
    Z = np.random.default_rng(0).standard_normal((4, 3, 5))
    labels = np.random.default_rng(1).integers(0, 4, (3, 5))
    each = [nn.losses.cross_entropy_logits(Z[:, t], labels[t]).item() for t in range(3)]
    assert nn.losses.cross_entropy_logits(Z, labels).item() == pytest.approx(sum(each), rel=1e-12)


@pytest.mark.parametrize("loss", OF_CLASSES, ids=str)
@pytest.mark.parametrize(
    ("Y", "error", "said"),
    [
        (LABELS + 1, ag.DataError, "class numbers from 0 to 2, .* but they go from 1 to 3. Number the classes from 0"),
        (LABELS - 1, ag.DataError, "they go from -1 to 1"),
        (np.array([-1, 1, 1, -1, 1]), ag.DataError, r"For labels −1 and 1 .* \(Y \+ 1\) / 2"),
        (LABELS.astype(float), ag.ShapeError, r"Class numbers need to be integers: Y.astype\(int\)"),
        (LABELS.astype(float)[None], ag.ShapeError, r"Class numbers need to be integers: Y.astype\(int\)"),
        (LABELS[:, None], ag.DtypeError, r"Class numbers need the shape \(m,\)"),
        (np.array(["cat", "dog", "cat", "cow", "dog"]), ag.DtypeError, r"as 'cat', .* nn\.data\.class_numbers\(Y\)"),
        (["cat", "dog", "cat", "cow", "dog"], ag.DtypeError, "The target holds strings, as 'cat'"),
        (np.array(["cat", "dog", "cat", "cow", "dog"], object), ag.DtypeError, "The target holds strings, as 'cat'"),
    ],
    ids=str,
)
def test_class_numbers_that_do_not_fit_are_refused_with_the_fix(loss, Y, error, said):
    A = data(loss)[0]
    with pytest.raises(error, match=said):
        loss(ag.Tensor(A), Y)


def test_class_numbers_are_refused_before_the_training_too():
    for Y in (np.array([0, -1]), np.array([[0, -1]])):
        with pytest.raises(ag.DataError, match="cross_entropy needs class numbers from 0 and more but they go from -1"):
            nn.losses.cross_entropy.check_targets(Y)
    with pytest.raises(ag.DataError, match="at least one class number"):
        nn.losses.cross_entropy.check_targets(np.array([], int))


@LOSSES
def test_strings_are_answered_as_strings_whatever_the_loss(loss):
    A, _ = data(loss)
    for Y in (np.full((3, 5), "yes"), np.full((3, 5), "yes", object), [["yes"] * 5] * 3):
        with pytest.raises(ag.DtypeError, match=r"The target holds strings, as 'yes', but must hold numbers. Number"):
            loss(A, Y)


# --- samples in rows


@LOSSES
@pytest.mark.parametrize(
    "Y", [np.zeros(150), np.zeros(150, int), np.full(150, "a")], ids=["floats", "integers", "strings"]
)
def test_samples_in_rows_are_answered_once_with_all_there_is_to_do(loss, Y):
    """(150, 4) with (150,): who follows the advice is through."""
    rows = np.random.default_rng(0).random((150, 4))
    with pytest.raises(ag.ShapeError, match=r"in rows: X, Y = nn\.data\.from_rows\(X, y\) turns them") as refused:
        loss(rows, Y)
    assert "(150, 4) and the target (150,)" in str(refused.value)
    if loss.target.labels:
        assert "y as integers of shape (150,)" in str(refused.value)
        columns = rows.T / rows.T.sum(axis=0)
        assert np.isfinite(loss(columns, np.random.default_rng(1).integers(0, 4, 150)).item())


# --- label smoothing


@LOSSES
@pytest.mark.parametrize("smoothing", [0.1, 1, np.float32(0.25)])
def test_smoothing_spreads_a_share_of_the_targets(loss, smoothing):
    A, Y = data(loss)
    if not loss.target.probabilities:
        with pytest.raises(
            TypeError, match=f"smoothing= is for targets that are probabilities, but those of {loss.name}"
        ):
            loss(A, Y, smoothing=smoothing)
        return
    smooth = (1 - float(smoothing)) * Y + float(smoothing) / (3 if loss.target is ONE_HOT else 2)
    assert loss(A, Y, smoothing=smoothing).item() == pytest.approx(loss(A, smooth).item(), rel=1e-12)
    assert loss(A, Y, smoothing=0).item() == loss(A, Y).item()
    by_name = nn.losses.find(functools.partial(loss, smoothing=smoothing))
    assert by_name(A, Y).item() == loss(A, Y, smoothing=smoothing).item()
    assert by_name(A, Y, smoothing=0).item() == loss(A, Y).item() and by_name.name == loss.name
    for copied in (copy.deepcopy(by_name), pickle.loads(pickle.dumps(by_name))):
        assert copied(A, Y).item() == by_name(A, Y).item()
    compiled = ag.compile(ag.value_and_grad(lambda A, Y: by_name(A, Y)))
    np.testing.assert_allclose(compiled(A, Y)[0], by_name(A, Y).item(), rtol=1e-12)


@pytest.mark.parametrize("smoothing", [-0.1, 1.1, np.nan, True, "0.1", [0.1]], ids=repr)
def test_smoothing_is_a_share(smoothing):
    A, Y = data(nn.losses.cross_entropy)
    with pytest.raises(ValueError, match="smoothing must be a number from 0 to 1, but got"):
        nn.losses.cross_entropy(A, Y, smoothing=smoothing)


# --- targets −1 and 1


def test_hinge_takes_signs_alone():
    Z = np.array([[0.5, -2.0]])
    assert nn.losses.hinge(Z, [[1.0, -1.0]]).item() == 0.25
    with pytest.raises(
        ag.DataError, match=r"hinge needs targets −1 and 1, but got 0 to 1. For labels 0 and 1: 2 \* Y - 1"
    ):
        nn.losses.hinge(Z, [[1.0, 0.0]])
    assert nn.losses.hinge.target is SIGNS and nn.losses.binary_cross_entropy.target is PROBABILITIES


@pytest.mark.parametrize("delta", [0, -1.0, np.inf, "1"], ids=repr)
def test_delta_is_positive(delta):
    with pytest.raises(ValueError, match="delta must be positive and finite, but got"):
        nn.losses.huber([[1.0]], [[0.0]], delta=delta)


def test_a_loss_with_options_is_copied_and_pickled():
    huber = nn.losses.find(functools.partial(nn.losses.huber, delta=0.5))
    assert repr(huber) == "<loss huber, delta=0.5>"
    A, Y = data(huber)
    for copied in (copy.deepcopy(huber), pickle.loads(pickle.dumps(huber))):
        assert copied(A, Y).item() == nn.losses.huber(A, Y, delta=0.5).item() != nn.losses.huber(A, Y).item()


def test_huber_of_large_errors_does_not_overflow():
    E = np.array([[3e4, -3e4]], np.float16)
    value, slope = ag.value_and_grad(lambda A: nn.losses.huber(A, np.zeros((1, 2), np.float16), delta=0.5))(E)
    assert value == pytest.approx(0.5 * (3e4 - 0.25), rel=1e-3) and slope.tolist() == [[0.25, -0.25]]
