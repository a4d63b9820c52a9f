"""What is checked of predictions, targets and costs, and what is said of those that cannot be used.

The target has exactly the shape of the prediction. A vector (m,) would be broadcast against (1, m) or (m, 1) without a
word and give a wrong cost, so it is refused. So are values that cannot be used; but while autograd.compile reads a
function no values are known, and in its program these checks are left out.
"""

from __future__ import annotations

import numbers
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from autograd.core.convert import plain_array
from autograd.core.handle import value_of
from nn.losses.labels import are_labels, check_labels, one_hot, strings_in
from nn.losses.targets import ROUNDING, Target


class CostError(ag.DataError, ag.NumericalError):
    """A cost that is not finite."""


class Advice(NamedTuple):
    """How to get the probabilities that a loss needs: where predictions lie beyond 0 and 1, or where one is exactly 0
    or 1, against the target."""

    beyond: str
    exact: str


_CHECKED: dict[tuple[Any, str], tuple[Any, ...]] = {}  # the last targets that were of a kind, as they were
_SMALL = 8192  # bytes up to which targets are compared with the last ones, which is faster than to check them again


def looked_at(x: Any) -> Any:
    """The value of a Tensor; anything else as it is. Only to look at: who computes with it cuts the gradient off."""
    return value_of(x) if isinstance(x, ag.Tensor) else x


def fitting(A: Any, Y: Any, kind: Target, loss: str) -> tuple[Any, Any]:
    """A and Y, if they fit each other; a list becomes an array, a plain target a constant called Y. Class numbers
    become one-hot columns where the kind of the targets allows them."""
    ordinary = type(Y) is np.ndarray and isinstance(A, ag.Tensor) and Y.dtype.kind == "f"
    if ordinary and Y.shape == A.shape and Y.ndim > 1 and Y.size:
        return A, ag.Tensor(Y, name="Y", requires_grad=False)
    A = A if isinstance(A, (ag.Tensor, np.ndarray)) else _array(A, "prediction")
    if len(A.shape) < 2:
        fix = f"One unit: A.reshape(1, -1), shape (1, {A.size})." if A.shape else "One sample: shape (n, 1)."
        got = f"shape {A.shape}" if A.shape else "a single number"
        raise ag.ShapeError(f"A cost needs predictions (n, m), a column for each sample, but got {got}. {fix}")
    if isinstance(Y, ag.Tensor):
        plain = value_of(Y)
    else:
        plain = Y = _array(Y, "target")
    if plain.dtype.kind != "f":
        if not (kind.labels and are_labels(plain, A.shape)):
            raise _not_floating(A.shape, plain, kind)
        if not ag.tracing():
            check_labels(loss, plain, A.shape[0])
        plain = Y = one_hot(plain, A.shape, A.dtype)
    if plain.shape != A.shape:
        raise ag.ShapeError(_advice(A.shape, plain, kind))
    if not plain.size:
        raise ag.DataError(
            f"The prediction and the target are empty, of shape {plain.shape}: there is nothing to average."
        )
    return A, ag.Tensor(Y, name="Y", requires_grad=False) if type(Y) is np.ndarray else Y


def _array(given: Any, name: str) -> Any:
    """What is neither a Tensor nor an array as an array of numbers."""
    if type(given) is np.ndarray:
        return given
    try:
        array = plain_array(given) if hasattr(given, "dtype") else np.asarray(given)
    except ValueError as error:  # for example rows of different lengths
        raise ag.ShapeError(f"The {name} must be an array of shape (n, m), but got something else: {error}") from None
    if array.dtype.kind not in "fiub" and (name != "target" or strings_in(array) is None):
        raise ag.DtypeError(
            f"The {name} must be an array of numbers, but got {_described(given, array)}. Pass one of shape (n, m)."
        )
    return array


def _described(given: Any, array: Any) -> str:
    return f"{array.dtype} values" if array.shape else f"{given!r:.60}"


def _not_floating(predicted: tuple[int, ...], Y: Any, kind: Target) -> Exception:
    """What is said of a target of integers, booleans or strings."""
    if _in_rows(predicted, Y.shape):
        return ag.ShapeError(_advice(predicted, Y, kind))
    name = strings_in(Y)
    if name is not None:
        fix = f"(Y == {name}).astype(float) for one of two classes in a row"
        if kind.labels:
            fix = "Y, names = nn.data.class_numbers(Y)"
        return ag.DtypeError(f"The target holds strings, as {name}, but must hold numbers. Number the classes: {fix}.")
    labels = "Class numbers need the shape (m,)" if kind.labels else "For class labels"
    return ag.DtypeError(
        f"The target holds {Y.dtype} values. Give numbers: Y.astype(float) for 0 and 1. {labels}, or as columns "
        "nn.data.one_hot(labels, n_classes)."
    )


def of_kind(kind: Target, loss: str, Y: Any) -> None:
    """Raise for targets that a loss cannot be used with, such as -1 and 1 for probabilities.

    A training asks this of the same array at each step. It may have been changed in between, so its contents are
    compared, not its identity.
    """
    plain = looked_at(Y)
    now = (plain.shape, plain.dtype, plain.tobytes()) if plain.nbytes <= _SMALL else ()
    if now and _CHECKED.get((kind.check, loss)) == now:
        return
    kind.check(loss, plain)
    if now:
        _CHECKED[kind.check, loss] = now


def _in_rows(predicted: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Whether both seem to have rows for samples: (150, 4) with (150,)."""
    return len(predicted) == 2 and len(target) == 1 and predicted[0] == target[0] != predicted[1]


def _advice(predicted: tuple[int, ...], Y: Any, kind: Target) -> str:
    target = Y.shape
    start = f"The prediction is {predicted} and the target {target}; they must have one shape, (n, m)."
    if _in_rows(predicted, target):
        m, n = predicted
        turned = f"X, Y = nn.data.from_rows(X, y) turns them, and the prediction is then {(n, m)}"
        if kind.labels and n > 1:
            fix = f"{turned}; for class numbers give X.T, and y as integers of shape {target}"
        else:
            fix = f"{turned}, the target {(1, m)}"
        return f"{start} Samples are columns here, and these have them in rows: {fix}. (One sample: Y.reshape(-1, 1).)"
    if kind.labels and target in (predicted[1:], (1, *predicted[1:])):
        return f"{start} Class numbers need to be integers: Y.astype(int). For one unit: Y.reshape(1, -1)."
    if len(target) == 1 and predicted[-1:] == target:
        return f"{start} A rank-1 target would broadcast silently: use Y.reshape(1, -1)."
    if len(target) == len(predicted) == 2 and predicted[1] == target[1]:
        return f"{start} Give the last layer as many units as the target has rows: {target[0]}."
    if target[::-1] == predicted:
        return f"{start} The target has rows for samples: use Y.T."
    return start


def positive(name: str, given: Any) -> float:
    """An option that must be a positive number."""
    real = isinstance(given, numbers.Real) and not isinstance(given, (bool, np.bool_))
    if not real or not 0 < given < np.inf:
        raise ValueError(f"{name} must be positive and finite, but got {given!r:.60}.")
    return float(given)


def check_finite(J: Any, A: Any, Y: Any, advice: Advice | None) -> None:
    """Raise CostError unless the cost is finite. There is advice where predictions have to be probabilities."""
    value = looked_at(J)
    if not abs(value) < np.inf:
        if advice:
            _refuse_improbable(A, advice)
        raise CostError(f"The cost is {value}: {why_not_finite(A, Y, advice)}")


def check_probable(A: Any, advice: Advice) -> None:
    """Raise DataError unless the predictions are probabilities."""
    # What sigmoid and softmax give needs no look, which would take as long as the cost of a small network.
    op = getattr(A.node, "op", None) if isinstance(A, ag.Tensor) else None
    if op is None or not op.probabilities:
        _refuse_improbable(A, advice)


def check_classes(A: Any, loss: str, advice: Advice) -> None:
    """Refuse what a sigmoid gives where probabilities of classes are needed: the cost would be least with all at 1."""
    op = getattr(A.node, "op", None) if isinstance(A, ag.Tensor) else None
    if op is not None and op.function is ag.sigmoid:
        raise ag.DataError(
            f"{loss} needs the probabilities of classes, which sum to 1 in each column, but got those of a sigmoid, of "
            f"which each stands for itself: all at 1 would cost nothing. {advice.beyond} For units that are questions "
            "of their own: binary_cross_entropy."
        )


def _refuse_improbable(A: Any, advice: Advice) -> None:
    plain = looked_at(A)
    least, most = np.min(plain), np.max(plain)
    if least < -ROUNDING or most > 1 + ROUNDING:
        raise ag.DataError(
            f"Predictions need to be probabilities, between 0 and 1, but they range from {least:.3g} to {most:.3g}. "
            f"{advice.beyond}"
        )


def why_not_finite(A: Any, Y: Any, advice: Advice | None = None) -> str:
    """The reason why a cost of predictions A and targets Y is not finite, if they show one."""
    predicted, target = (np.asarray(looked_at(x)) for x in (A, Y))
    for name, x in (("prediction", predicted), ("target", target)):
        bad = np.argwhere(~np.isfinite(x))
        if len(bad):
            first = tuple(bad[0].tolist())
            if len(bad) == 1:
                return f"one value of the {name} is NaN or infinite, at {first}."
            return f"{len(bad)} values of the {name} are NaN or infinite, the first at {first}."
    if advice:
        return f"a prediction is exactly 0 or 1 where the target says otherwise, which gives ln 0. {advice.exact}"
    return (
        f"predictions as large as {np.max(np.abs(predicted)):.3g}, against targets as large as "
        f"{np.max(np.abs(target)):.3g}, give a cost beyond the range of {predicted.dtype}. Take a smaller "
        "learning rate, or scale the data: nn.data.standardize(X)."
    )
