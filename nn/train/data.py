"""What `fit` is given, checked, and brought into the form in which it is trained on."""

from __future__ import annotations

import itertools
import numbers
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from nn import data
from nn.buffers import buffers_apart
from nn.data.checks import numbers_of
from nn.data.disk import is_on_disk
from nn.layers.normalization import BatchNorm
from nn.losses import Loss
from nn.losses.targets import ONE_HOT, PROBABILITIES
from nn.module import Module
from nn.train.metrics import Measured, are_several_labels
from nn.train.sources import Batch
from nn.train.weights import column_weights


class Prepared(NamedTuple):
    """The data that are trained on, and those that the model is only tested on, if there are any."""

    training: Batch
    validation: Batch | None


def prepared(
    X: Any,
    Y: Any,
    loss: Loss,
    *,
    validation: Any = None,
    class_weights: Any = None,
    sample_weights: Any = None,
    seed: Any = 0,
) -> Prepared:
    """The data as arrays, if they can be trained on."""
    X, Y = checked(X, Y, loss)
    weights = column_weights(Y, class_weights, sample_weights)
    if validation is None or isinstance(validation, (tuple, list)):
        return Prepared(Batch(X, Y, weights), tested(validation, loss))
    share = isinstance(validation, numbers.Real) and not isinstance(validation, bool)
    if not share or not 0 < validation < 1:
        raise TypeError(
            "validation must be a pair (X, Y) of arrays, a column per sample, or a share of the samples between 0 and "
            f"1, but got {_described(validation)}. None leaves it out."
        )
    if any(map(is_on_disk, data.inputs(X))):
        raise ag.DataError(
            "A share for validation needs data in memory, but X is in a file, and both parts would be read whole. "
            "Pass a pair, whose arrays stay in the file: X[..., :k], Y[..., :k], validation=(X[..., k:], Y[..., k:])."
        )
    places = np.arange(Y.shape[-1]).reshape(1, -1)
    (mine,), _, (other,), _ = data.split(places, Y, test=float(validation), seed=seed)
    return Prepared(
        Batch(data.columns(X, mine), Y[..., mine], None if weights is None else weights[mine]),
        Batch(data.columns(X, other), Y[..., other]),
    )


def tested(validation: Any, loss: Loss) -> Batch | None:
    """The pair of data that a model is only tested on, checked."""
    if validation is None:
        return None
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise TypeError(
            "validation must be a pair (X, Y) of arrays, a column per sample, or a share of the samples between 0 and "
            f"1, but got {_described(validation)}. None leaves it out."
        )
    try:
        return Batch(*checked(validation[0], validation[1], loss))
    except (ag.ShapeError, ag.DataError) as error:
        raise type(error)(f"validation: {error}") from None


def checked(X: Any, Y: Any, loss: Loss) -> tuple[Any, Any]:
    """The data as arrays, if they can be trained on."""
    if any(isinstance(x, ag.Tensor) for x in (*data.inputs(X), Y)):
        raise TypeError("fit takes plain arrays as data; of a Tensor, pass its .data.")
    data.check_turned(X, Y)
    targets = numbers_of(Y, "Y")
    if loss.target.labels and targets.ndim == 1 and targets.dtype.kind == "f":
        loss.check_targets(targets)
    if loss.target.labels and targets.dtype.kind in "iu":  # class numbers
        X, Y = data.check_columns(X, targets.reshape(1, -1) if targets.ndim == 1 else targets)
    else:
        X, Y = data.check_data(X, Y)
    loss.check_targets(Y)
    return X, Y


def are_classes(loss: Loss | None, Y: Any) -> bool:
    """Whether a share of right predictions says anything."""
    if (loss is not None and loss.target in (PROBABILITIES, ONE_HOT)) or Y.dtype.kind in "iu":
        return True
    return bool(((Y == 0) | (Y == 1)).all() or ((Y == -1) | (Y == 1)).all())


def check_judged(metrics: Iterable[Measured], loss: Loss | None, Y: Any) -> None:
    """Refuse metrics of classes where the targets are quantities: they would be numbers that say nothing."""
    known = [metric.name for metric in metrics if metric.known]
    if known and not are_classes(loss, Y) and Y.size and max(Y.max(), -Y.min()) > 1:
        raise ag.DataError(
            f"The metric {known[0]} needs targets that are classes, but got quantities from {Y.min():.3g} to "
            f"{Y.max():.3g}. Of quantities the cost says how good the predictions are; a loss is a metric, too: "
            "metrics=[nn.losses.mae]."
        )


def are_labels(Y: Any) -> bool:
    """Whether each unit of the targets is a question of its own."""
    return Y.dtype.kind not in "iu" and are_several_labels(Y)


def check_numbers(**given: Any) -> None:
    """Refuse what is not an integer of at least 1. None leaves a number out, but not that of epochs."""
    for name, number in given.items():
        integer = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        if not (integer and number >= 1) and not (name != "epochs" and number is None):
            raise ValueError(f"{name} must be an integer of at least 1, but got {number!r}.")


def check_last_batch(
    model: Module, batch: Batch, batch_size: int | None, generators: Iterable[np.random.Generator]
) -> None:
    """Refuse before the first step what BatchNorm would refuse in the last batch of an epoch: a single column."""
    m = batch.Y.shape[-1]
    normalizes = any(isinstance(layer, BatchNorm) and layer.training for layer in model.modules())
    if not normalizes or batch_size is None or m < batch_size or m % batch_size != 1:
        return
    states = [(generator.bit_generator, generator.bit_generator.state) for generator in generators]
    try:
        with ag.no_grad(), buffers_apart():
            model(*data.inputs(data.columns(batch.X, slice(0, 1))))
    except ag.ShapeError as error:
        fix = next(size for size in itertools.count(batch_size + 1) if m % size != 1)
        raise ag.ShapeError(
            f"The last batch of each epoch would be a single column, of {m} in batches of {batch_size}: {error} Here: "
            f"batch_size={fix}."
        ) from None
    finally:
        for generator, state in states:
            generator.state = state


def _described(given: Any) -> str:
    if isinstance(given, (tuple, list)):
        return f"a {type(given).__name__} of {len(given)}"
    return f"an array of shape {given.shape}" if isinstance(given, np.ndarray) else f"{given!r:.60}"
