"""nn.metrics: the values of scikit-learn, whole or batch by batch."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import autograd as ag
import nn
from nn.train.metrics import measured

NAMES = ["accuracy", "precision", "recall", "f1", "auc", "confusion_matrix"]


def data(kind, m, seed, rounded=True):
    """Predictions, some of them equal, and targets."""
    rng = np.random.default_rng(seed)
    n = {"unit": 1, "two classes": 2, "classes": 4, "labels": 3}[kind]
    A = rng.random((n, m))
    A = np.round(A, 1) + 0.05 if rounded else A
    if kind == "unit" or kind == "labels":
        Y = (rng.random((n, m)) > 0.4).astype(float)
        if kind == "labels":
            Y[:, 0] = 1.0
    else:
        A = A + 0.01 * np.arange(n).reshape(-1, 1)  # no two units alike
        Y = nn.data.one_hot(rng.integers(0, n, m), n)
    return A, Y


def by_sklearn(name, kind, A, Y):
    metrics = pytest.importorskip("sklearn.metrics")
    if name == "auc":
        with np.errstate(all="ignore"):
            return np.mean([metrics.roc_auc_score(y, a) if 0 < y.sum() < len(y) else np.nan for a, y in zip(A, Y)])
    guess, truth = (A > 0.5).T.astype(int), Y.T.astype(int)
    if kind == "unit":
        guess, truth = guess[:, 0], truth[:, 0]
    elif kind != "labels":
        guess, truth = A.argmax(axis=0), Y.argmax(axis=0)
    if name == "accuracy":
        return metrics.accuracy_score(truth, guess)
    if name == "confusion_matrix":
        if kind == "labels":
            return metrics.multilabel_confusion_matrix(truth, guess)
        return metrics.confusion_matrix(truth, guess, labels=range(max(2, len(Y))))
    average = "macro" if kind in ("classes", "labels") else "binary"
    return getattr(metrics, f"{name}_score")(truth, guess, average=average, zero_division=0)


@pytest.mark.parametrize("kind", ["unit", "two classes", "classes", "labels"])
@pytest.mark.parametrize("name", NAMES)
@given(m=st.integers(1, 30), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_it_is_that_of_scikit_learn(name, kind, m, seed):
    A, Y = data(kind, m, seed)
    expected = by_sklearn(name, kind, A, Y)
    several = kind == "labels"
    known = {} if name == "auc" else {"multi_label": several}
    np.testing.assert_allclose(getattr(nn.metrics, name)(A, Y, **known), expected, rtol=1e-12)
    metric, kept = measured(name, multi_label=several), None
    for part in np.array_split(np.arange(m), min(3, m)):
        more = metric.keep(A[:, part], Y[:, part])
        kept = more if kept is None else kept + more
    np.testing.assert_allclose(metric.result(kept), expected, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_class_labels_tensors_and_lists_are_taken(name):
    A, Y = data("classes", 20, 0)
    metric = getattr(nn.metrics, name)
    for other in (Y.argmax(axis=0), Y.argmax(axis=0).reshape(1, -1)):
        np.testing.assert_array_equal(metric(ag.Tensor(A), other), metric(A, Y))
    np.testing.assert_array_equal(metric(A.tolist(), Y.tolist()), metric(A, Y))


@pytest.mark.parametrize("name", NAMES)
def test_shapes_that_would_be_broadcast_are_refused(name):
    for a, y in (((1, 3), (3,)), ((1, 3), (3, 1)), ((3,), (3,)), ((2, 3), (1, 3)), ((1, 0), (1, 0))):
        with pytest.raises(ag.ShapeError, match=rf"{name} needs predictions and targets of the same shape \(n, m\)"):
            getattr(nn.metrics, name)(np.ones(a), np.ones(y))


def test_every_column_of_a_sequence_counts():
    A, Y = data("classes", 30, 0)
    as_sequences = A.reshape(4, 5, 6), Y.reshape(4, 5, 6)
    for name in NAMES:
        metric = getattr(nn.metrics, name)
        np.testing.assert_array_equal(metric(*as_sequences), metric(A, Y))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e200])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_accuracy_of_numbers_that_are_not_finite(value, dtype):
    with np.errstate(over="ignore"):
        A = np.array([[value, 0.9, 0.1]]).astype(dtype)
    expected = (0 if np.isnan(value) else int(value > 0)) + 1 + 1
    assert nn.metrics.accuracy(A, np.array([[1.0, 1.0, 0.0]])) == expected / 3


# --- a model by itself ------------------------------------------------------------------------------------------------


def constant(b, *last):
    model = nn.Sequential(nn.Linear(1, len(b), init="zeros"), *last)
    model[0].b.data = np.array(b, dtype=float).reshape(-1, 1)
    return model


X = np.array([[0.0, 1.0, 2.0, 3.0]])


def test_evaluate_gives_cost_and_metrics_in_evaluation():
    model = constant([0.0], nn.Sigmoid(), nn.Dropout(0.5))
    model[0].W.data = np.array([[1.0]])
    Y = np.array([[0.0, 1.0, 0.0, 1.0]])
    A = 1 / (1 + np.exp(-X))
    found = model.evaluate(X, Y, loss="mse", metrics=["accuracy", "auc", nn.metrics.recall])
    assert found == {
        "cost": pytest.approx(np.mean((A - Y) ** 2)),
        "accuracy": nn.accuracy(A, Y),
        "auc": nn.metrics.auc(A, Y),
        "recall": 1.0,
    }
    in_parts = model.evaluate(X, Y, loss="mse", metrics=["accuracy", "auc", nn.metrics.recall], batch_size=3)
    assert in_parts == pytest.approx(found) and model.training
    assert model.evaluate(X, Y) == {"accuracy": nn.accuracy(A, Y)}
    logits = constant([0.2])
    assert logits.evaluate(X, Y * 0 + 1, loss="binary_cross_entropy_logits")["accuracy"] == 1.0


def test_quantities_have_no_accuracy_nor_any_metric_of_classes():
    model, Y = constant([0.0]), np.array([[3.0, 50.0, 7.0, 21.0]])
    assert list(model.evaluate(X, Y, loss="mse")) == ["cost"]
    assert list(model.evaluate(X, Y, loss="mse", metrics=[nn.losses.mae])) == ["cost", "mae"]
    with pytest.raises(ag.DataError, match="The metric f1 needs targets that are classes, but got quantities from -50"):
        model.evaluate(X, -Y, loss="mse", metrics=["f1"])
    with pytest.raises(ag.DataError, match="evaluate needs a loss or metrics where targets are quantities"):
        model.evaluate(X, Y)
    assert model.evaluate(X, np.array([[0.0, 1.0, 0.0, 1.0]]), loss="mse")["accuracy"] == 0.5


def test_no_metric_is_called_cost():
    def cost(A, Y):
        return 99.0

    with pytest.raises(ValueError, match="A metric cannot be called cost, which is the name of the loss"):
        constant([0.0]).evaluate(X, X, loss="mse", metrics=[cost])


def test_evaluate_checks_its_data_as_fit_does():
    with pytest.raises(ag.ShapeError, match="samples are columns"):
        constant([0.0]).evaluate(X, X[0], loss="mse")
    with pytest.raises(ValueError, match="batch_size must be an integer of at least 1"):
        constant([0.0]).evaluate(X, X, loss="mse", batch_size=0)


def test_classes_are_predicted_as_integers():
    assert constant([0.1, 0.9, 0.3]).predict_classes(X).tolist() == [1, 1, 1, 1]
    model = constant([-1.5], nn.Sigmoid())
    model[0].W.data = np.array([[1.0]])
    classes = model.predict_classes(X)
    assert classes.tolist() == [0, 0, 1, 1] and classes.dtype.kind == "i"
    assert model.predict_classes(X, threshold=0.9).tolist() == [0, 0, 0, 0]
    logits = constant([-1.5])
    logits[0].W.data = np.array([[1.0]])
    assert logits.predict_classes(X, threshold=0.0).tolist() == [0, 0, 1, 1]
    with pytest.raises(ag.DataError, match=r"needs probabilities, .* from -1\.5 to 1\.5\. Of logits: "):
        logits.predict_classes(X)


def test_auc_of_classes_is_that_of_their_probabilities():
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(3)
    X, labels = rng.standard_normal((3, 50)), rng.integers(0, 3, 50)
    logits = nn.Sequential(nn.Linear(3, 3, seed=0))
    P = nn.Sequential(logits[0], nn.Softmax()).predict(X)
    expected = pytest.approx(metrics.roc_auc_score(labels, P.T, multi_class="ovr"))
    assert nn.metrics.auc(logits.predict(X), labels) != expected
    for Y in (labels, nn.data.one_hot(labels, 3)):
        for how in ("auc", nn.metrics.auc):
            assert logits.evaluate(X, Y, loss="cross_entropy_logits", metrics=[how])["auc"] == expected
    options = {"loss": "cross_entropy_logits", "optimizer": nn.optim.SGD(logits.parameters(), lr=1e-12), "epochs": 1}
    history = nn.fit(
        logits, X, labels, metric="auc", metrics=["auc"], validation=(X, labels), progress=False, **options
    )
    assert history.validation_accuracy[-1] == expected and history.accuracy[-1] == expected
