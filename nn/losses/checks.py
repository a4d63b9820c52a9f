"""What is checked of predictions, targets and costs, and what is said of those that cannot be used.

The target has exactly the shape of the prediction. A vector (m,) would be broadcast against (1, m) or (m, 1) without a
word and give a wrong cost, so it is refused. So are values that cannot be used; but while autograd.compile reads a
function no values are known, and in its program these checks are left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from autograd.core.convert import plain_array


class CostError(ag.DataError, ag.NumericalError):
    """A cost that is not finite."""


_ROUNDING = 1e-6  # probabilities that a user's own function makes may miss 0 or 1 by that much


def fitting_target(A: Any, Y: Any) -> Any:
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


def finite(J: Any, A: Any, Y: Any, of_probabilities: bool) -> Any:
    """The cost, if it is finite."""
    value = J.data if isinstance(J, ag.Tensor) else J
    if not ag.tracing() and not abs(value) < np.inf:
        if of_probabilities:
            _refuse_improbable(A)
        raise CostError(f"The cost is {value}: {why_not_finite(A, Y, of_probabilities)}")
    return J


def probable(J: Any, A: Any) -> Any:
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
