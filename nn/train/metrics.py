"""What a training is judged by, beside its cost: `nn.metrics`. All take predictions A and targets Y, (n, m) each."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from autograd.signposts import here_it_is
from nn import losses

Metric = Callable[[Any, Any], float]
__all__ = ["accuracy", "auc", "confusion_matrix", "f1", "precision", "recall"]


def accuracy(A: Any, Y: Any, threshold: float = 0.5, multi_label: bool | None = None) -> float:
    """The share of columns that are predicted right: by the largest unit, or by a single unit above the threshold. A
    column with nan in it is not.

    A, Y         (n, m); for sequences (n, T, m), each of whose T · m columns counts
    multi_label  whether each unit is a question of its own; a column is then right if all its units are on the right
                 side of the threshold. None: where Y holds only 0 and 1, and not one 1 in every column

    >>> accuracy(np.array([[0.9, 0.2, 0.6]]), np.array([[1.0, 0.0, 0.0]])) == 2 / 3
    True
    >>> accuracy(np.array([[0.9, 0.2], [0.8, 0.6]]), np.array([[1.0, 1.0], [1.0, 1.0]]))
    0.5

    Raises ShapeError unless both have the same shape (n, m).
    """
    A, Y = _pair("accuracy", A, Y)
    several = are_several_labels(Y) if multi_label is None else multi_label
    return float(_hits(A, Y, threshold, several) / math.prod(A.shape[1:]))


def precision(A: Any, Y: Any, threshold: float = 0.5, multi_label: bool | None = None) -> float:
    """Of what is predicted to be of a class, the share that is: TP / (TP + FP). A single unit is about the class 1,
    and so are two classes; of more classes, or of labels, it is the mean over those that occur. 0 where nothing is
    predicted.

    >>> precision(np.array([[0.9, 0.8, 0.1, 0.2]]), np.array([[1.0, 0.0, 1.0, 0.0]]))
    0.5
    """
    return _of_counts(_counts("precision", A, Y, threshold, multi_label), _precision)


def recall(A: Any, Y: Any, threshold: float = 0.5, multi_label: bool | None = None) -> float:
    """Of what is of a class, the share that is predicted to be: TP / (TP + FN). See `precision`.

    >>> recall(np.array([[0.9, 0.8, 0.1, 0.2]]), np.array([[1.0, 1.0, 1.0, 0.0]])) == 2 / 3
    True
    """
    return _of_counts(_counts("recall", A, Y, threshold, multi_label), _recall)


def f1(A: Any, Y: Any, threshold: float = 0.5, multi_label: bool | None = None) -> float:
    """The harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN). See `precision`.

    >>> f1(np.array([[0.9, 0.8, 0.1, 0.2]]), np.array([[1.0, 0.0, 1.0, 0.0]]))
    0.5
    """
    return _of_counts(_counts("f1", A, Y, threshold, multi_label), _f1)


def confusion_matrix(A: Any, Y: Any, threshold: float = 0.5, multi_label: bool | None = None) -> Any:
    """How many columns of each class (rows) are predicted to be of each class (columns): (n, n), of a single unit
    (2, 2), of n labels (n, 2, 2).

    >>> confusion_matrix(np.array([[0.9, 0.8, 0.1, 0.2]]), np.array([[1.0, 0.0, 1.0, 0.0]]))
    array([[1, 1],
           [1, 1]])
    """
    return _counts("confusion_matrix", A, Y, threshold, multi_label)


def auc(A: Any, Y: Any) -> float:
    """The area under the ROC curve: how likely a column with the label is predicted higher than one without; of several
    classes or labels the mean over them. nan where a class has all columns or none. Of logits of several classes take
    autograd.softmax first, as fit and evaluate do: the order of the columns can be another.

    >>> auc(np.array([[0.1, 0.4, 0.35, 0.8]]), np.array([[0.0, 0.0, 1.0, 1.0]]))
    0.75
    """
    A, Y = _pair("auc", A, Y)
    return float(np.mean([_area(a, y > 0.5) for a, y in zip(A.reshape(len(A), -1), Y.reshape(len(Y), -1))]))


def _area(scores: Any, positive: Any) -> float:
    """By the sum of ranks (Mann and Whitney), in which equal scores share theirs."""
    n, k = len(scores), int(np.count_nonzero(positive))
    if k in (0, n):
        return float("nan")
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[positive].sum() - k * (k + 1) / 2) / (k * (n - k)))


# --- counting ---------------------------------------------------------------------------------------------------------


def _pair(called: str, A: Any, Y: Any) -> tuple[Any, Any]:
    """Predictions and targets as plain arrays of one shape; class labels as one-hot columns."""
    if type(A) is type(Y) is np.ndarray and A.shape == Y.shape and A.ndim == 2 and A.size:
        return A, Y
    A, Y = (x.data if isinstance(x, ag.Tensor) else x for x in (A, Y))
    if not ag.tracing():
        A, Y = np.asarray(A), np.asarray(Y)
    if Y.dtype.kind in "iu" and A.ndim >= 2 and len(A) > 1 and Y.shape in (A.shape[1:], (1, *A.shape[1:])):
        Y = (np.arange(len(A)).reshape(-1, *[1] * (A.ndim - 1)) == Y.reshape(A.shape[1:])).astype(A.dtype)
    if A.shape != Y.shape or A.ndim < 2 or not A.size:
        hint = f" For one unit: Y.reshape(1, -1), shape (1, {Y.size})." if Y.ndim == 1 else ""
        raise ag.ShapeError(
            f"{called} needs predictions and targets of the same shape (n, m), but got {A.shape} and {Y.shape}.{hint}"
        )
    return A, Y


def _hits(A: Any, Y: Any, threshold: float, multi_label: bool) -> Any:
    """How many columns are right; one with nan in it is not. A program can hold it, too: nothing here depends on
    values."""
    if len(Y) > 1 and not multi_label:
        right = (A.argmax(axis=0) == Y.argmax(axis=0)) & ~(np.isnan(A) | np.isnan(Y)).any(axis=0)
    else:
        sides = (Y > 0.5) & (threshold < A) | (threshold >= A) & (Y <= 0.5)
        right = sides if len(Y) == 1 else sides.all(axis=0)
    return np.count_nonzero(right)


def _counts(called: str, A: Any, Y: Any, threshold: float, multi_label: bool | None) -> Any:
    """The confusion matrix of classes, or one for each label."""
    A, Y = _pair(called, A, Y)
    A, Y = A.reshape(len(A), -1), Y.reshape(len(Y), -1)
    multi_label = are_several_labels(Y) if multi_label is None else multi_label
    if len(Y) > 1 and not multi_label:
        return _confusion(Y.argmax(axis=0), A.argmax(axis=0), len(Y))
    tables = [_confusion(y, a, 2) for y, a in zip(Y > 0.5, threshold < A, strict=True)]
    return tables[0] if len(Y) == 1 else np.stack(tables)


def _confusion(truth: Any, predicted: Any, n: int) -> Any:
    return np.bincount(truth * n + predicted, minlength=n * n).reshape(n, n)


def _of_counts(counts: Any, share: Callable[[Any, Any, Any], Any]) -> float:
    """The mean of a share of TP, FP and FN over the classes or labels that occur; of a single unit that of class 1."""
    if counts.ndim == 3:
        hits, falsely, missed = counts[:, 1, 1], counts[:, 0, 1], counts[:, 1, 0]
    else:
        hits = counts.diagonal()
        falsely, missed = counts.sum(axis=0) - hits, counts.sum(axis=1) - hits
    if counts.shape == (2, 2):
        hits, falsely, missed = hits[1:], falsely[1:], missed[1:]
    elif counts.ndim == 2:
        occur = hits + falsely + missed > 0
        hits, falsely, missed = hits[occur], falsely[occur], missed[occur]
    return float(np.mean(share(hits, falsely, missed)))


def _precision(hits: Any, falsely: Any, missed: Any) -> Any:
    return hits / np.maximum(hits + falsely, 1)


def _recall(hits: Any, falsely: Any, missed: Any) -> Any:
    return hits / np.maximum(hits + missed, 1)


def _f1(hits: Any, falsely: Any, missed: Any) -> Any:
    return 2 * hits / np.maximum(2 * hits + falsely + missed, 1)


def are_several_labels(Y: Any) -> bool:
    """Whether the columns of Y say yes or no to each unit, and not to just one."""
    return len(Y) > 1 and bool(((Y == 0) | (Y == 1)).all() and (Y.sum(axis=0) != 1).any())


# --- batch by batch ---------------------------------------------------------------------------------------------------


class Measured(NamedTuple):
    """A metric that is taken batch by batch: what is kept of each adds up, and the result is that of all columns.

    name     of the metric, in a history
    keep     (A, Y) -> what is kept of a batch, which has +
    result   what is kept -> the metric
    known    whether it is one of nn.metrics, rather than a function of the user's
    hits     (A, Y) -> how many columns are right, where that is all that is kept: a program can hold it, too
    """

    name: str
    keep: Callable[[Any, Any], Any]
    result: Callable[[Any], Any]
    known: bool = True
    hits: Callable[[Any, Any], Any] | None = None


class Share:
    """What is kept of a batch for a mean over columns: a sum, and of how many."""

    __slots__ = ("of", "total")

    def __init__(self, total: float, of: int) -> None:
        self.total, self.of = total, of

    def __add__(self, other: Share) -> Share:
        return Share(self.total + other.total, self.of + other.of)

    def mean(self) -> float:
        """The mean over the columns."""
        return float(self.total / self.of)


def measured(
    metric: str | Metric, threshold: float = 0.5, multi_label: bool | None = None, *, of_class_logits: bool = False
) -> Measured:
    """The metric of that name; a function (A, Y) -> number is averaged over the batches, by their columns.

    of_class_logits   whether predictions are logits of which a softmax makes probabilities

    >>> kept = measured("f1").keep(np.array([[0.9, 0.1]]), np.array([[1.0, 1.0]]))
    >>> measured("f1").result(kept + kept) == 2 / 3
    True
    """
    if isinstance(metric, str):
        if metric not in _NAMED:
            if isinstance(getattr(losses, metric, None), losses.Loss):
                raise ValueError(
                    f"{metric!r} is a loss, which is not known as a metric by its name. A function is a metric, too: "
                    f"nn.losses.{metric}."
                )
            raise ValueError(
                f"There is no metric {metric!r}{here_it_is('nn.metrics', metric, _NAMED)}; known: {', '.join(_NAMED)}, "
                "or give a function (A, Y) -> number."
            )
        found = _NAMED[metric](threshold, multi_label)
        return _of_probabilities(found) if of_class_logits and metric == "auc" else found
    known = {f: name for name, f in _FUNCTIONS.items()}.get(metric)
    if known is not None:
        return measured(known, threshold, multi_label, of_class_logits=of_class_logits)
    if not callable(metric):
        raise TypeError(
            f"metric must be a function (A, Y) -> number, or one of {', '.join(_NAMED)}, but got {metric!r:.60}. "
            "None is accuracy."
        )
    name = getattr(metric, "__name__", type(metric).__name__)
    return Measured(name, partial(_weighted, metric), Share.mean, known=False)


def all_measured(
    metrics: Iterable[str | Metric], threshold: float, multi_label: bool | None, *, of_class_logits: bool = False
) -> list[Measured]:
    """The metrics of a training, each by a name of its own."""
    if isinstance(metrics, str) or callable(metrics):
        metrics = [metrics]
    found = [measured(metric, threshold, multi_label, of_class_logits=of_class_logits) for metric in metrics]
    names = [m.name for m in found]
    if len(set(names)) < len(names):
        raise ValueError(f"metrics needs a name for each, but got {', '.join(names)}. Name the functions apart.")
    if "cost" in names:
        raise ValueError("A metric cannot be called cost, which is the name of the loss. Rename the function.")
    return found


def _weighted(metric: Metric, A: Any, Y: Any) -> Any:
    m = np.shape(A)[-1]
    return Share(as_number(metric(A, Y), "metric") * m, m)


def _accuracy(threshold: float, multi_label: bool | None) -> Measured:
    def keep(A: Any, Y: Any) -> Share:
        A, Y = _pair("accuracy", A, Y)
        several = are_several_labels(Y) if multi_label is None else multi_label
        return Share(int(_hits(A, Y, threshold, several)), math.prod(A.shape[1:]))

    def hits(A: Any, Y: Any) -> Any:
        A, Y = _pair("accuracy", A, Y)
        return _hits(A, Y, threshold, bool(multi_label))

    return Measured("accuracy", keep, Share.mean, hits=None if multi_label is None else hits)


def _counting(name: str, result: Callable[[Any], Any]) -> Callable[[float, bool | None], Measured]:
    return lambda threshold, multi_label: Measured(
        name, partial(_counts, name, threshold=threshold, multi_label=multi_label), result
    )


def _auc(threshold: float, multi_label: bool | None) -> Measured:
    def result(kept: Any) -> float:
        return auc(*(np.concatenate(parts, axis=-1) for parts in zip(*kept, strict=True)))

    return Measured("auc", lambda A, Y: [_pair("auc", A, Y)], result)


def _of_probabilities(metric: Measured) -> Measured:
    """The metric of the softmax of predictions: what is compared between columns depends on all units of each."""
    return metric._replace(keep=lambda A, Y: metric.keep(ag.softmax(A) if len(A) > 1 else A, Y))


_FUNCTIONS: dict[str, Any] = {
    "accuracy": accuracy, "precision": precision, "recall": recall, "f1": f1, "auc": auc,
    "confusion_matrix": confusion_matrix,
}  # fmt: skip
_NAMED: dict[str, Callable[[float, bool | None], Measured]] = {
    "accuracy": _accuracy,
    "precision": _counting("precision", lambda counts: _of_counts(counts, _precision)),
    "recall": _counting("recall", lambda counts: _of_counts(counts, _recall)),
    "f1": _counting("f1", lambda counts: _of_counts(counts, _f1)),
    "auc": _auc,
    "confusion_matrix": _counting("confusion_matrix", lambda counts: counts),
}


def as_number(result: Any, what: str) -> float:
    """What a metric returned as a float, without the graph that a Tensor would keep alive."""
    if isinstance(result, ag.Tensor):
        result = result.data
    if isinstance(result, np.ndarray) and result.size == 1:
        result = result.item()
    if not isinstance(result, (numbers.Real, np.bool_)):
        given = f"an array of shape {result.shape}" if isinstance(result, np.ndarray) else f"{result!r}"
        raise TypeError(f"{what} must return a number, but returned {given}. Take its mean: float(np.mean(…)).")
    return float(result)
