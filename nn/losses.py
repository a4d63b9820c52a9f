"""Costs: one number for predictions and targets of shape (n, m); summed over the n units, averaged over the m columns.

The target has exactly the shape of the prediction. A vector (m,) would be broadcast against (1, m) or (m, 1) without a
word and give a wrong cost, so it is refused. So are values that cannot be used; but while autograd.compile reads a
function no values are known, and in its program these checks are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.convert import plain_array

Loss = Callable[[Any, Any], ag.Tensor]


class CostError(ag.DataError, ag.NumericalError):
    """A cost that is not finite."""


_ROUNDING = 1e-6  # probabilities that a user's own function makes may miss 0 or 1 by that much


def binary_cross_entropy(A: Any, Y: Any) -> ag.Tensor:
    """J = (1/m) Σ −(Y ln A + (1−Y) ln(1−A)), for probabilities A (n, m) and targets Y (n, m) between 0 and 1.

    Document 002, formulas 4 and 6. Where A may reach 0 or 1, binary_cross_entropy_logits is the exact form.

    >>> import numpy as np, nn
    >>> nn.losses.binary_cross_entropy(ag.Tensor([[0.5, 0.5]]), np.array([[1.0, 0.0]]))
    Tensor(0.6931471805599453)

    Raises autograd.ShapeError, DtypeError or DataError where A and Y do not fit, A is not a probability, or the cost is
    not finite.
    """
    return _probable(_finite(ag.binary_cross_entropy(A, _target(A, Y)), A, Y, of_probabilities=True), A)


def binary_cross_entropy_logits(Z: Any, Y: Any) -> ag.Tensor:
    """binary_cross_entropy(σ(Z), Y), exact also where σ(Z) rounds to 0 or 1.

    >>> import numpy as np, nn
    >>> nn.losses.binary_cross_entropy_logits(ag.Tensor([[-1000.0]]), np.array([[1.0]]))
    Tensor(1000.0)
    """
    return _mean(ag.log_loss_logits(Z, _target(Z, Y)), Z, Y)


def cross_entropy(A: Any, Y: Any) -> ag.Tensor:
    """J = (1/m) Σ −Y ln A, for the probabilities A (n, m) of n classes and one-hot targets Y (n, m).

    >>> import numpy as np, nn
    >>> nn.losses.cross_entropy(ag.Tensor([[0.5], [0.5]]), np.array([[1.0], [0.0]]))
    Tensor(0.6931471805599453)
    """
    return _probable(_mean(-ag.xlogy(_target(A, Y), A), A, Y, of_probabilities=True), A)


def cross_entropy_logits(Z: Any, Y: Any) -> ag.Tensor:
    """cross_entropy(softmax(Z), Y), exact also where a probability rounds to 0.

    >>> import numpy as np, nn
    >>> nn.losses.cross_entropy_logits(ag.Tensor([[0.0], [1000.0]]), np.array([[1.0], [0.0]]))
    Tensor(1000.0)
    """
    Y = _target(Z, Y)
    return _mean(Y * (ag.logsumexp(Z, axis=0, keepdims=True) - Z), Z, Y)


def squared_error(A: Any, Y: Any) -> ag.Tensor:
    """J = (1/m) Σ (A − Y)²/2, the course's form: its dA is A − Y (document 002, formula 5).

    >>> import numpy as np, nn
    >>> nn.losses.squared_error(ag.Tensor([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
    Tensor(1.0)
    """
    return _mean((A - _target(A, Y)) ** 2 / 2, A, Y)


def mse(A: Any, Y: Any) -> ag.Tensor:
    """J = (1/m) Σ (A − Y)²: twice squared_error.

    >>> import numpy as np, nn
    >>> nn.losses.mse(ag.Tensor([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
    Tensor(2.0)
    """
    return _mean((A - _target(A, Y)) ** 2, A, Y)


def l2(weights: Iterable[ag.Tensor], strength: float, m: int) -> ag.Tensor:
    """λ/(2m) Σ W², to be added to a cost over m samples; its share of dW is (λ/m) W.

    >>> import autograd as ag, nn
    >>> nn.losses.l2([ag.Tensor([[1.0, 2.0]])], strength=0.5, m=5)
    Tensor(0.25)

    Raises ValueError where there are no weights or no samples.
    """
    weights = list(weights)
    squares = [np.sum(_countable(W) ** 2) for W in weights]
    if not squares:
        raise ValueError("l2 needs at least one weight, but got none. Give a list: [model[0].W, model[2].W].")
    if not m > 0:
        raise ValueError(f"m, the number of samples, must be at least 1, but got m={m!r}.")
    total = sum(squares[1:], squares[0])
    J = total * _named("lambda", strength, total) / 2 / _named("m", m, total)
    return _like(J, weights[0]) if all(W.dtype == np.float16 for W in weights) else J


_BY_NAME: dict[str, Loss] = {
    f.__name__: f
    for f in (
        binary_cross_entropy,
        binary_cross_entropy_logits,
        cross_entropy,
        cross_entropy_logits,
        squared_error,
        mse,
    )
}


def threshold(loss: Loss) -> float:
    """From which value on a single unit says "yes": a probability from ½, a logit from 0."""
    return 0.0 if loss is binary_cross_entropy_logits else 0.5


def find(loss: str | Loss) -> Loss:
    """The loss of that name; a function (A, Y) -> Tensor is taken as it is."""
    if callable(loss):
        return loss
    if loss not in _BY_NAME:
        raise ValueError(
            f"There is no loss {loss!r}; known: {', '.join(_BY_NAME)}, or give a function (A, Y) -> Tensor."
        )
    return _BY_NAME[loss]


def check_targets(loss: Loss, Y: Any) -> None:
    """Refuse targets that are not probabilities for a loss that takes them as such: -1 and 1, or 1 and 2."""
    if loss in (binary_cross_entropy, binary_cross_entropy_logits) and (Y.min() < 0 or Y.max() > 1):
        raise ag.DataError(
            f"{_name(loss)} needs targets between 0 and 1, but got {Y.min():g} to {Y.max():g}. {_scaling(Y)}"
        )
    if loss in (cross_entropy, cross_entropy_logits):
        if Y.shape[0] < 2:
            raise ag.ShapeError(
                f"{_name(loss)} needs a row for each class, but got {Y.shape}. For two classes in one row: "
                "binary_cross_entropy."
            )
        rounded = len(Y) * np.finfo(Y.dtype).eps  # of each share, in the precision of Y
        if Y.min() < 0 or not np.allclose(Y.sum(axis=0, dtype=float), 1, atol=max(rounded, 1e-8)):
            raise ag.DataError(f"{_name(loss)} needs columns that sum to 1, as nn.data.one_hot makes them.")


def _scaling(Y: Any) -> str:
    """Advice on how to convert the given labels to 0 and 1, where they allow it."""
    low, high = Y.min(), Y.max()
    if ((low == Y) | (high == Y)).all() and low < high:
        return (
            "For labels -1 and 1: (Y + 1) / 2." if (low, high) == (-1, 1) else f"Write (Y == {high:g}).astype(float)."
        )
    return "For class labels: nn.data.one_hot(labels, n_classes). For quantities take the loss mse."


def _name(loss: Loss) -> str:
    return getattr(loss, "__name__", "the loss")


def _target(A: Any, Y: Any) -> Any:
    """Y, if it fits A; a plain array is a constant called Y."""
    if not (A.shape if isinstance(A, (ag.Tensor, np.ndarray)) else np.shape(A)):
        raise ag.ShapeError(
            "A cost needs predictions (n, m), but got a single number. One sample is a column: shape (n, 1)."
        )
    if isinstance(Y, ag.Tensor):
        plain = Y.data
    else:
        plain = Y = plain_array(Y) if hasattr(Y, "dtype") else np.asarray(Y)
    if plain.dtype.kind != "f":
        raise ag.DtypeError(
            f"The target holds {plain.dtype} values. Give numbers: Y.astype(float) for 0 and 1, or for class labels "
            "nn.data.one_hot(labels, n_classes)."
        )
    if plain.shape != A.shape:
        raise ag.ShapeError(_advice(A.shape, plain.shape))
    if not plain.size:
        raise ag.DataError(
            f"The prediction and the target are empty, of shape {plain.shape}: there is nothing to average."
        )
    return ag.Tensor(Y, name="Y", requires_grad=False) if type(Y) is np.ndarray else Y


def _advice(predicted: tuple[int, ...], target: tuple[int, ...]) -> str:
    start = f"The prediction is {predicted} and the target {target}; they must have one shape, (n, m)."
    if len(target) == 1 and predicted[-1:] == target:
        return f"{start} A rank-1 target would broadcast silently: use Y.reshape(1, -1)."
    if len(target) == len(predicted) == 2 and predicted[1] == target[1]:
        return f"{start} Give the last layer as many units as the target has rows: {target[0]}."
    if len(target) == 1 and predicted[:1] == target:
        return f"{start} A rank-1 target would broadcast silently: use Y.reshape(-1, 1)."
    if target[::-1] == predicted:
        return f"{start} The target has rows for samples: use Y.T."
    return start


def _mean(losses: Any, A: Any, Y: Any, of_probabilities: bool = False) -> ag.Tensor:
    """Σ / m, if it is finite."""
    total = _countable(losses).sum()
    return _finite(_like(total / _named("m", losses.shape[-1], total), losses), A, Y, of_probabilities)


def _countable(x: Any) -> Any:
    """x in a precision that can count: numbers of half precision end at 65504."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


def _like(J: ag.Tensor, x: Any) -> ag.Tensor:
    """The cost in half precision, if that was counted for it."""
    return J.astype(np.float16) if x.dtype == np.float16 else J


def _named(name: str, value: float, like: ag.Tensor) -> ag.Tensor:
    """A number that formulas show by its name, in the precision of another."""
    return ag.Tensor(like.dtype.type(value), name=name, requires_grad=False)


def _finite(J: Any, A: Any, Y: Any, of_probabilities: bool = False) -> ag.Tensor:
    value = J.data if isinstance(J, ag.Tensor) else J
    if not ag.tracing() and not abs(value) < np.inf:
        if of_probabilities:
            _refuse_improbable(A)
        raise CostError(f"The cost is {value}: {why_not_finite(A, Y, of_probabilities)}")
    return J


def _probable(J: Any, A: Any) -> Any:
    """The cost of the predictions A, if they are probabilities. A cost made of their logarithms cannot be negative."""
    if ag.tracing():
        return J
    # What sigmoid and softmax give needs no look, which would take as long as the cost of a small network.
    op = getattr(A.node, "op", None) if isinstance(A, ag.Tensor) else None
    if op is None or not op.probabilities:
        _refuse_improbable(A)
    if (J.data if isinstance(J, ag.Tensor) else J) < 0:
        raise ag.DataError(
            "Predictions and targets need to be probabilities, between 0 and 1, but the cost is negative. Check both."
        )
    return J


def _refuse_improbable(A: Any) -> None:
    plain = A.data if isinstance(A, ag.Tensor) else A
    least, most = np.min(plain), np.max(plain)
    if least < -_ROUNDING or most > 1 + _ROUNDING:
        raise ag.DataError(
            f"Predictions need to be probabilities, between 0 and 1, but they range from {least:.3g} to {most:.3g}. "
            "End the model with Sigmoid or Softmax, or take the loss on logits (binary_cross_entropy_logits, "
            "cross_entropy_logits)."
        )


def why_not_finite(A: Any, Y: Any, of_probabilities: bool) -> str:
    """The reason why a cost of predictions A and targets Y is not finite, if they show one."""
    predicted, target = (np.asarray(x.data if isinstance(x, ag.Tensor) else x) for x in (A, Y))
    for name, x in (("prediction", predicted), ("target", target)):
        bad = np.argwhere(~np.isfinite(x))
        if len(bad):
            first = tuple(bad[0].tolist())
            return f"{len(bad)} values of the {name} are NaN or infinite, the first at {first}."
    if of_probabilities:
        return (
            "a prediction is exactly 0 or 1 where the target says otherwise, which gives ln 0. Leave the last "
            "activation out, and use the loss that takes logits (binary_cross_entropy_logits, cross_entropy_logits)."
        )
    return (
        f"predictions as large as {np.max(np.abs(predicted)):.3g}, against targets as large as "
        f"{np.max(np.abs(target)):.3g}, give a cost beyond the range of {predicted.dtype}. Take a smaller "
        "learning rate, or scale the data: nn.data.standardize(X)."
    )
