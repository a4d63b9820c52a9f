"""NetworkRegressor: a network that predicts quantities."""

from __future__ import annotations

import warnings
from typing import Any, Self

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import validate_data

from nn.losses import Loss, find
from nn.sklearn.estimator import FLOATING, NetworkEstimator, in_columns, weighted


class NetworkRegressor(RegressorMixin, NetworkEstimator):
    """A network as a regressor of scikit-learn: X (m, n_x) in rows, y (m,) or several quantities (m, n_y).

    Arguments:
        hidden        the number of units of each hidden layer
        activation    between the layers: a name, as "tanh" or "relu", or a class of layers
        build         a function (n_in, n_out) -> Module in place of these two
        loss          a name or loss of nn.losses; None takes mse
        optimizer     a name, as "adam" or "sgd", or a class or function (parameters, lr=) -> Optimizer
        lr, weight_decay   of the optimizer
        epochs, batch_size, validation, patience   as in nn.fit; validation is a share of the samples, or None
        random_state  of all that is random; None is different each time

    After fit: model_ (the Module), loss_curve_ and validation_curve_ (a cost for each epoch), n_iter_.
    Scale the data, y as well: `TransformedTargetRegressor(pipeline, transformer=StandardScaler())`.

    >>> import numpy as np, nn
    >>> X = np.linspace(-1, 1, 40).reshape(-1, 1)
    >>> y = np.sin(3 * X[:, 0])
    >>> nn.sklearn.NetworkRegressor(hidden=(8,), epochs=600, random_state=0).fit(X, y).score(X, y) > 0.9
    True
    """

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a new network on samples X (m, n_x) with quantities y (m,) or (m, n_y), of weights (m,) or all of the
        same."""
        self._begin()
        X, y = validate_data(self, X, y, dtype=FLOATING, multi_output=True, y_numeric=True)
        self._flat = y.ndim == 1
        X, y, weights = weighted(X, y.reshape(len(y), -1), sample_weight)
        self._train(in_columns(X), in_columns(y).astype(X.dtype), weights)
        self._check_fit(X, y, weights)
        return self

    def _check_fit(self, X: Any, y: Any, weights: Any) -> None:
        """Warn where the mean of y would be much nearer to y than what the network says: R² is below −1."""
        mean = np.average(y, axis=0, weights=weights)
        error, spread = (
            np.average((y - A) ** 2, axis=0, weights=weights) for A in (self.model_.predict(in_columns(X)).T, mean)
        )
        if np.any((error > 2 * spread) & (spread > 0)):
            warnings.warn(
                f"After {self.n_iter_} epochs {type(self).__name__} is farther from y than the mean of y is; y "
                f"goes from {np.min(y):.4g} to {np.max(y):.4g}. Scale y, TransformedTargetRegressor(regressor, "
                "transformer=StandardScaler()), and X, or train with more epochs=.",
                ConvergenceWarning,
                stacklevel=3,
            )

    def predict(self, X: Any) -> Any:
        """The quantities of samples X (m, n_x): (m,), or (m, n_y) where y had two axes."""
        A = self._outputs(X)
        return np.ravel(A) if self._flat else in_columns(A)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _loss(self) -> Loss:
        return find("mse" if self._recipe["loss"] is None else self._recipe["loss"])
