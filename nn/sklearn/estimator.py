"""What NetworkClassifier and NetworkRegressor share: parameters, training, and what a pickle of them holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from nn.losses import Loss
from nn.module import Module
from nn.seeds import seeded
from nn.sklearn import parts
from nn.train import fit

try:
    from sklearn.base import BaseEstimator
    from sklearn.utils import check_random_state
    from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
except ImportError as missing:
    raise ImportError("nn.sklearn needs scikit-learn. Install it: pip install 'chalkgrad[sklearn]'.") from missing

FLOATING = (np.float64, np.float32)


class NetworkEstimator(BaseEstimator):
    """A network with scikit-learn's interface. Samples are rows here, and columns from the border on."""

    _recipe: dict[str, Any]  # the parameters that decide on the network, as they were when it was fitted
    _shape: tuple[int, int, str]  # of the data that it was fitted to: n_x, n_y and the precision
    _model: Module | None
    _parameters: dict[str, Any] | None

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
        random_state: Any = None,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.build = build
        self.loss = loss
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.epochs = epochs
        self.batch_size = batch_size
        self.validation = validation
        self.patience = patience
        self.random_state = random_state

    @property
    def model_(self) -> Module:
        """The network that was trained, a Module whose samples are columns."""
        check_is_fitted(self)
        if self._model is None:  # this came out of a pickle
            with seeded(0):
                self._model = self._made(*self._shape)
            self._model.load_state_dict(self._parameters or {})
            self._parameters = None
        return self._model

    def __sklearn_is_fitted__(self) -> bool:
        return "_model" in vars(self)

    def _loss(self) -> Loss:
        """The loss that it was fitted with."""
        raise NotImplementedError

    def _made(self, n_in: int, n_out: int, dtype: str) -> Module:
        """A new network."""
        build, loss = self._recipe["build"], self._loss()
        if build is None:
            last = loss.target.activation if loss.of_probabilities else None
            return parts.network(self._recipe["hidden"], self._recipe["activation"], n_in, n_out, last, dtype)
        model = build(n_in, n_out)
        if not isinstance(model, Module):
            raise TypeError(f"build must return an nn.Module, but returned {model!r:.60}.")
        return model

    def _begin(self) -> None:
        """Note the parameters of the network that is to be trained, for they may be set anew afterwards."""
        self._recipe = {name: getattr(self, name) for name in ("hidden", "activation", "build", "loss")}

    def _train(self, X: Any, Y: Any, weights: Any) -> None:
        """Train a new network on samples in columns: X (n_x, m), Y (n_y, m), weights (m,) or None."""
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        shape = len(X), len(Y), X.dtype.name
        with seeded(seed):
            model = self._made(*shape)
            history = fit(
                model,
                X,
                Y,
                loss=self._loss(),
                optimizer=parts.optimizer(self.optimizer, model, self.lr, self.weight_decay),
                epochs=self.epochs,
                batch_size=self.batch_size,
                seed=seed,
                validation=self.validation,
                patience=self.patience,
                sample_weights=weights,
                progress=False,
            )
        self._shape, self._parameters = shape, None
        self._model = model
        self.loss_curve_ = list(history.cost)
        self.validation_curve_ = list(history.validation_cost)
        self.n_iter_ = len(self.loss_curve_)

    def _outputs(self, X: Any) -> Any:
        """What the network gives for samples in rows: (n_out, m)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATING, reset=False)
        return self.model_.predict(np.ascontiguousarray(X.T, dtype=self._shape[-1]))

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: parameters of the estimator and plain arrays, no layers. So no code runs when that is read,
        neither of a layer nor of `build`; the network is built when it is first asked for."""
        state = dict(super().__getstate__())
        if state.get("_model") is not None:
            state.update(_model=None, _parameters=self.model_.state_dict())
        return state


def weighted(X: Any, Y: Any, sample_weight: Any) -> tuple[Any, Any, Any]:
    """Samples in rows without those of weight 0, and weights of mean 1."""
    if sample_weight is None:
        return X, Y, None
    weights = _check_sample_weight(sample_weight, X, dtype=X.dtype, ensure_non_negative=True)
    there = weights > 0
    kept = weights[there]
    return X[there], Y[there], kept / kept.mean(dtype=float).astype(kept.dtype)


def in_columns(X: Any) -> Any:
    return np.ascontiguousarray(X.T)
