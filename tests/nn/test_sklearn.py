"""NetworkClassifier and NetworkRegressor within scikit-learn."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import estimator_checks_generator

import nn
from nn.sklearn import NetworkClassifier, NetworkRegressor

X, Y = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)
LABELS = np.array(["setosa", "versicolor", "virginica"])[Y]


def layers(n_in, n_out):
    return nn.Sequential(nn.Linear(n_in, 5), nn.Dropout(0.9), nn.ReLU(), nn.Linear(5, n_out))


CHECKS = [
    pytest.param(estimator, check, id=f"{type(estimator).__name__}-{i}-{getattr(check, 'func', check).__name__}")
    for made in (NetworkClassifier(epochs=100), NetworkRegressor(epochs=100))
    for i, (estimator, check) in enumerate(estimator_checks_generator(made))
]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@pytest.mark.parametrize(("estimator", "check"), CHECKS)
def test_it_does_what_scikit_learn_expects_of_estimators(estimator, check):
    check(estimator)
