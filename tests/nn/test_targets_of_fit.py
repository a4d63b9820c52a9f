"""Targets that do not fit are answered once: who does what is said is through, or is told of something else."""

import numpy as np
import pytest

import autograd as ag
import nn

rng = np.random.default_rng(0)
ROWS, NUMBERS = rng.random((150, 4)), rng.integers(0, 3, 150)
NAMES = np.array(["cat", "cow", "dog"])[NUMBERS]
X = ROWS.T
YES = (NUMBERS > 0) * 1.0


def train(X, Y, loss="cross_entropy_logits", n=3, **how):
    model = nn.Sequential(nn.Linear(4, n, seed=0), *[nn.Sigmoid()] * (loss == "binary_cross_entropy"))
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
    return nn.fit(model, X, Y, loss=loss, optimizer=optimizer, epochs=2, progress=False, **how)


@pytest.mark.parametrize("compile", [False, True])
@pytest.mark.parametrize(
    "Y", [NUMBERS, NUMBERS[None], NUMBERS.tolist(), NUMBERS.astype(np.uint8)], ids=lambda Y: str(type(Y))
)
def test_class_numbers_train_as_one_hot_columns_do(Y, compile):
    expected = train(X, nn.data.one_hot(NUMBERS, 3), compile=compile)
    assert train(X, Y, compile=compile).cost == pytest.approx(expected.cost, rel=1e-12)


@pytest.mark.parametrize(
    ("Y", "loss"),
    [(NUMBERS, "cross_entropy_logits"), (NUMBERS * 1.0, "cross_entropy_logits"), (NAMES, "cross_entropy_logits")]
    + [(YES, "binary_cross_entropy"), (NUMBERS, "mse"), (NUMBERS.tolist(), "mse"), (ROWS[:, 0], "mae"), (NAMES, "mse")],
)
def test_samples_in_rows_are_answered_once(Y, loss):
    with pytest.raises(
        ag.ShapeError, match=r"X has shape \(150, 4\) and Y has shape \(150,\): samples are rows"
    ) as said:
        train(ROWS, Y, loss)
    assert "X, Y = nn.data.from_rows(X, y) turns both, into (4, 150) and (1, 150)" in str(said.value)
    assert ("nn.data.class_numbers(y) numbers the classes" in str(said.value)) == (Y is NAMES)
    y = nn.data.class_numbers(Y)[0] if Y is NAMES else Y
    if loss == "cross_entropy_logits":
        train(ROWS.T, np.asarray(y).astype(int))
    else:
        train(*nn.data.from_rows(ROWS, y), loss, n=1)


@pytest.mark.parametrize(
    ("Y", "loss", "said"),
    [
        (NAMES, "cross_entropy_logits", r"numbers, names = nn\.data\.class_numbers\(Y\)"),
        (NAMES[None].astype(object), "binary_cross_entropy", r"nn\.data\.class_numbers\(Y\)"),
        (
            NUMBERS * 1.0,
            "cross_entropy_logits",
            r"or class numbers as integers, but got \(150,\)\. .* Y\.astype\(int\)",
        ),
        (NUMBERS[None] * 1.0, "cross_entropy_logits", r"or class numbers as integers, but got \(1, 150\)"),
        (2 * YES[None] - 1, "binary_cross_entropy", r"For labels -1 and 1: \(Y \+ 1\) / 2"),
        (YES[None], "hinge", r"For labels 0 and 1: 2 \* Y - 1"),
        (nn.data.one_hot(NUMBERS, 3), "binary_cross_entropy", "as many units as the target has rows: 3"),
        (NUMBERS - 1, "cross_entropy_logits", "class numbers from 0 and more but they go from -1 to 1"),
    ],
)
def test_targets_of_another_kind_are_refused_with_the_fix(Y, loss, said):
    with pytest.raises((ag.DataError, ag.ShapeError), match=said):
        train(X, Y, loss, n=3 if loss == "cross_entropy_logits" else 1)


@pytest.mark.parametrize("compile", [False, True])
def test_a_class_that_the_model_does_not_have_is_not_silent(compile):
    with pytest.raises(nn.TrainingError, match=r"class numbers from 0 to 2, a row .* but they go from 1 to 3. Number"):
        train(X, NUMBERS + 1, compile=compile)
