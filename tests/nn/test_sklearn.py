"""NetworkClassifier and NetworkRegressor within scikit-learn."""

import copy
import io
import pickle
import sys
import warnings
from collections import Counter

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

import nn
from nn.sklearn import NetworkClassifier, NetworkRegressor

X, Y = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)
LABELS = np.array(["setosa", "versicolor", "virginica"])[Y]
BUILT = []


def layers(n_in, n_out):
    BUILT.append((n_in, n_out))
    return nn.Sequential(nn.Linear(n_in, 5), nn.Dropout(0.9), nn.ReLU(), nn.Linear(5, n_out))


def classifier(**options):
    return NetworkClassifier(**{"hidden": (8,), "epochs": 60, "random_state": 0, **options})


@pytest.mark.slow
@pytest.mark.parametrize("estimator", [NetworkClassifier(), NetworkRegressor()], ids=lambda e: type(e).__name__)
def test_it_does_all_that_scikit_learn_expects_of_estimators(estimator):
    results = check_estimator(estimator, on_skip=None)
    # This one is only about SciPy's array API, and is left out unless an environment variable switches that on.
    others = [r for r in results if r["check_name"] != "check_array_api_input"]
    assert Counter(r["status"] for r in others) == {"passed": len(results) - 1}


def test_a_pipeline_is_searched_for_the_best_values():
    pipeline = make_pipeline(StandardScaler(), classifier())
    grid = {"networkclassifier__hidden": [(), (8,)], "networkclassifier__lr": [1e-5, 0.05]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, LABELS)
    assert search.best_params_["networkclassifier__lr"] == 0.05
    assert search.score(X, LABELS) > 0.95


def test_labels_of_any_kind_come_back_with_probabilities():
    fitted = classifier().fit(X, LABELS)
    assert fitted.score(X, LABELS) > 0.93
    assert set(fitted.predict(X)) == set(LABELS)
    p = fitted.predict_proba(X)
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert (fitted.classes_[p.argmax(axis=1)] == fitted.predict(X)).all()


@pytest.mark.parametrize("loss", [None, "binary_cross_entropy", "cross_entropy", "cross_entropy_logits"])
def test_two_classes_take_one_unit_or_two(loss):
    some = Y < 2
    fitted = classifier(loss=loss).fit(X[some], LABELS[some])
    assert fitted.score(X[some], LABELS[some]) == 1
    assert len(fitted.model_.parameters()[-1].data) == (2 if str(loss).startswith("cross") else 1)
    p = fitted.predict_proba(X[some])
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert (fitted.classes_[p.argmax(axis=1)] == fitted.predict(X[some])).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"loss": "mse"}, "needs for 3 classes a loss of probabilities, but got mse"),
        ({"loss": "binary_cross_entropy"}, "needs for 3 classes a loss of probabilities"),
        ({"activation": "tan"}, "activation must be one of .*tanh.*but got 'tan'"),
        ({"optimizer": "adm"}, "optimizer must be one of .*adam.*but got 'adm'"),
        ({"hidden": 16}, r"hidden must be a tuple .*One layer of 16: \(16,\)"),
        ({"build": lambda n_in, n_out: None}, "build must return an nn.Module"),
    ],
)
def test_what_cannot_be_is_answered_in_words(options, words):
    with pytest.raises((ValueError, TypeError), match=words):
        classifier(**options).fit(X, LABELS)
    with pytest.raises(ValueError, match="at least two classes"):
        classifier().fit(X, np.zeros(len(X)))
    with pytest.raises(NotFittedError):
        classifier().model_  # noqa: B018


def test_the_same_state_gives_the_same_network_and_none_another():
    one, other = classifier(batch_size=32).fit(X, Y), classifier(batch_size=32).fit(X, Y)
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))
    assert (clone(one).set_params(random_state=1).fit(X, Y).predict_proba(X) != one.predict_proba(X)).any()
    before = nn.init.generator(None).bit_generator.state
    classifier().fit(X, Y)
    assert nn.init.generator(None).bit_generator.state == before  # nn's own generator is where it was


class Careful(pickle.Unpickler):
    """Refuses whatever is not plain data or the estimator."""

    def find_class(self, module, name):
        of_numpy = module.startswith("numpy") and name in {"_reconstruct", "ndarray", "dtype", "scalar", "_frombuffer"}
        own = {("nn.sklearn.classifier", "NetworkClassifier"), (__name__, "layers")}
        assert of_numpy or (module, name) in own, f"a pickle that loads {module}.{name}"
        return layers if name == "layers" else super().find_class(module, name)


@pytest.mark.parametrize("build", [None, layers])
@pytest.mark.parametrize("protocol", [4, 5])
def test_a_pickle_is_data_and_its_reading_runs_nothing_of_the_users(build, protocol, monkeypatch):
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or type(sys)(__name__))
    monkeypatch.setattr(sys.modules[__name__], "layers", layers, raising=False)
    fitted = classifier(build=build, epochs=5).fit(X, LABELS)
    expected = fitted.predict_proba(X)
    written = pickle.dumps(fitted, protocol)
    BUILT.clear()
    read = Careful(io.BytesIO(written)).load()
    assert BUILT == []
    fitted.set_params(hidden=(99,), activation="relu", loss="nonsense")  # of the next fit
    for it in (read, fitted, copy.deepcopy(fitted), pickle.loads(pickle.dumps(read, protocol))):
        np.testing.assert_array_equal(it.predict_proba(X), expected)
    assert read.model_ is read.model_


def test_weights_count_as_repetition_and_nought_as_absence():
    weights = np.arange(len(X)) % 3
    repeated = classifier().fit(X.repeat(weights, axis=0), Y.repeat(weights))
    weighted = classifier().fit(X, Y, sample_weight=weights)
    np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), rtol=1e-9)
    one_class = classifier(class_weight={0: 1000, 1: 1e-3, 2: 1e-3}).fit(0 * X, Y)
    assert (one_class.predict(0 * X) == 0).all()


def test_a_regressor_keeps_the_shape_and_precision_of_its_targets():
    y = X[:, 0] ** 2 + X[:, 1]
    made = NetworkRegressor((16,), epochs=300, random_state=0)
    assert made.fit(X, y).score(X, y) > 0.9
    assert made.predict(X).shape == (150,)
    several = clone(made).fit(X.astype(np.float32), np.stack([y, -y], axis=1))
    assert several.predict(X).shape == (150, 2)
    assert several.model_[0].W.dtype == several.predict(X).dtype == np.float32
    assert several.score(X, np.stack([y, -y], axis=1)) > 0.9


def test_options_reach_the_training():
    fitted = classifier(validation=0.3, patience=3, epochs=500, batch_size=16, optimizer=nn.optim.SGD, lr=1.0).fit(X, Y)
    assert 3 < fitted.n_iter_ < 500
    assert len(fitted.loss_curve_) == len(fitted.validation_curve_) == fitted.n_iter_
    heavy = classifier(weight_decay=5.0).fit(X, Y).model_
    assert np.abs(heavy[0].W.data).max() < np.abs(classifier().fit(X, Y).model_[0].W.data).max()


def test_a_regressor_warns_where_the_mean_would_be_nearer():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((50, 2))
    y = 3 * X[:, :1] + [[0.0, 500.0]]
    regressor = nn.sklearn.NetworkRegressor(epochs=60, lr=0.05, random_state=0)
    with pytest.warns(ConvergenceWarning, match=r"After 60 epochs .* to 50\d\.\d\. Scale y, Transformed"):
        regressor.fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        regressor.fit(X, y[:, 0])
        TransformedTargetRegressor(regressor, transformer=StandardScaler()).fit(X, y)
        regressor.fit(X, np.full(50, 500.0))  # no spread: nothing is said
