"""Networks as estimators of scikit-learn: samples in rows, for Pipeline, GridSearchCV and whatever else takes one.

Needs the extra `sklearn`; this package itself is imported without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd.exports import exports

if TYPE_CHECKING:
    from nn.sklearn.classifier import NetworkClassifier as NetworkClassifier
    from nn.sklearn.regressor import NetworkRegressor as NetworkRegressor

if not TYPE_CHECKING:  # or else a type checker would let every name pass
    __getattr__, __dir__ = exports(__name__)
