"""NetworkClassifier: a network that gives each sample one of several labels."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, column_or_1d, validate_data

import autograd as ag
from nn.losses import Loss, find
from nn.losses.targets import ONE_HOT, PROBABILITIES
from nn.sklearn.estimator import FLOATING, NetworkEstimator, in_columns, weighted


class NetworkClassifier(ClassifierMixin, NetworkEstimator):
    """A network as a classifier of scikit-learn: X (m, n_x) and y (m,) in rows, labels of any kind.

    Arguments:
        hidden        the number of units of each hidden layer
        activation    between the layers: a name, as "tanh" or "relu", or a class of layers
        build         a function (n_in, n_out) -> Module in place of these two; n_out is 1 for two classes
        loss          a name or loss of nn.losses; None takes cross-entropy on logits, so the network ends with them
        optimizer     a name, as "adam" or "sgd", or a class or function (parameters, lr=) -> Optimizer
        lr, weight_decay   of the optimizer
        epochs, batch_size, validation, patience   as in nn.fit; validation is a share of the samples, or None
        class_weight  None, "balanced", or a dict from labels to weights
        random_state  of all that is random; None is different each time

    After fit: classes_, model_ (the Module), loss_curve_ and validation_curve_ (a cost for each epoch), n_iter_.
    Scale the data: `make_pipeline(StandardScaler(), NetworkClassifier())`.

    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> import nn
    >>> X, y = load_iris(return_X_y=True)
    >>> pipeline = make_pipeline(StandardScaler(), nn.sklearn.NetworkClassifier(hidden=(8,), random_state=0))
    >>> pipeline.fit(X, y).score(X, y) > 0.95
    True
    """

    def __init__(
        self,
        hidden: Any = (16,),
        *,
        activation: Any = "tanh",
        build: Any = None,
        loss: Any = None,
        optimizer: Any = "adam",
        lr: float = 0.01,
        weight_decay: float = 0.0,
        epochs: int = 200,
        batch_size: int | None = None,
        validation: float | None = None,
        patience: int | None = None,
        class_weight: Any = None,
        random_state: Any = None,
    ) -> None:
        super().__init__(
            hidden,
            activation=activation,
            build=build,
            loss=loss,
            optimizer=optimizer,
            lr=lr,
            weight_decay=weight_decay,
            epochs=epochs,
            batch_size=batch_size,
            validation=validation,
            patience=patience,
            random_state=random_state,
        )
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a new network on samples X (m, n_x) with labels y (m,), of weights (m,) or all of the same."""
        self._begin()
        X, y = validate_data(self, X, y, dtype=FLOATING)
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"NetworkClassifier needs labels of at least two classes, but got one class: {self.classes_[0]!r}. "
                "Leave such data out."
            )
        if self.class_weight is not None:
            given = 1.0 if sample_weight is None else _check_sample_weight(sample_weight, X)
            sample_weight = given * compute_sample_weight(self.class_weight, y)
        X, labels, weights = weighted(X, labels, sample_weight)
        self._train(in_columns(X), self._targets(labels, X.dtype), weights)
        return self

    def predict(self, X: Any) -> Any:
        """The most probable label of each sample X (m, n_x): (m,)."""
        A = self._outputs(X)
        if len(A) > 1:
            return self.classes_[A.argmax(axis=0)]
        threshold = 0.0 if self._loss().logits else 0.5
        return self.classes_[(threshold < A[0]).astype(int)]

    def predict_proba(self, X: Any) -> Any:
        """The probability of each class in the order of classes_, for samples X (m, n_x): (m, n_classes)."""
        A = self._outputs(X)
        if len(A) == 1:
            p = ag.sigmoid(A) if self._loss().logits else A
            return np.concatenate([1 - p, p]).T
        return in_columns(ag.softmax(A, axis=0) if self._loss().logits else A)

    def _loss(self) -> Loss:
        if self._recipe["loss"] is None:
            return find("binary_cross_entropy_logits" if len(self.classes_) == 2 else "cross_entropy_logits")
        loss = find(self._recipe["loss"])
        if loss.target is ONE_HOT or (loss.target is PROBABILITIES and len(self.classes_) == 2):
            return loss
        raise ValueError(
            f"NetworkClassifier needs for {len(self.classes_)} classes a loss of probabilities, but got {loss.name}. "
            "Take cross_entropy_logits, or for two classes binary_cross_entropy_logits; one of your own is declared by "
            "nn.losses.loss(target=…)."
        )

    def _targets(self, labels: Any, dtype: Any) -> Any:
        """Numbers of classes (m,) as targets (n_out, m)."""
        if self._loss().target is ONE_HOT:
            return (np.arange(len(self.classes_))[:, None] == labels).astype(dtype)
        return labels[None].astype(dtype)
