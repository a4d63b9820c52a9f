"""fit: the training loop."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import autograd as ag
from autograd.signposts import answering
from nn import data, random
from nn.losses import Loss, find
from nn.module import Module
from nn.optim import Optimizer
from nn.train.history import History
from nn.train.metrics import Metric, accuracy, are_several_labels
from nn.train.progress import progress_bar
from nn.train.stopping import TrainingError
from nn.train.trainer import Trainer, mean


@answering
def fit(
    model: Module,
    X: Any,
    Y: Any,
    *,
    loss: str | Loss | Callable[[Any, Any], Any],
    optimizer: Optimizer,
    epochs: int = 100,
    batch_size: int | None = None,
    seed: int = 0,
    validation: tuple[Any, Any] | None = None,
    metric: Metric | None = None,
    progress: bool = True,
) -> History:
    """Train a model: for each batch forward, backward, step; returns the history.

    Arguments:
        X (n_x, m), Y (n_y, m)  the data, a column per sample; X is a tuple of arrays where the model takes several
        loss        a name or function of nn.losses, or any (A, Y) -> Tensor
        batch_size  None takes all m columns at once
        seed        of all that is random: the same seed gives the same training, to the last bit
        validation  (X, Y) that the model is only tested on, after each epoch
        metric      (A, Y) -> number in place of accuracy
        progress    show a bar, where there is a terminal

    The model is in training while its parameters are, and in evaluation on the validation data (see Module.train);
    afterwards it is as it was. Dropout draws from the seed, too.

    Ctrl-C ends the training, not the program: the model is as of the last whole step, and
    `history.interrupted` is True.

    >>> import nn
    >>> X, Y = nn.datasets.xor(m=200)
    >>> model = nn.Sequential(nn.Linear(2, 8, seed=1), nn.Tanh(), nn.Linear(8, 1, seed=2), nn.Sigmoid())
    >>> history = nn.fit(model, X, Y, loss="binary_cross_entropy", optimizer=nn.optim.Adam(model.parameters(), lr=0.05),
    ...                  epochs=100, progress=False)
    >>> history.accuracy[-1] > 0.95
    True

    Raises ShapeError, DtypeError, DataError for data that do not fit, with what to do; TrainingError where the cost is
    not finite: with the likely reason, and the model as of the last step after which it was.
    """
    loss = find(loss)
    X, Y = _checked(X, Y, loss)
    if validation is not None:
        if not isinstance(validation, (tuple, list)) or len(validation) != 2:
            raise TypeError(
                "validation must be a pair (X, Y) of arrays, a column per sample, but got "
                f"{_described(validation)}. None leaves it out."
            )
        try:
            validation = _checked(*validation, loss)
        except (ag.ShapeError, ag.DataError) as error:
            raise type(error)(f"validation: {error}") from None
    for name, number in (("epochs", epochs), ("batch_size", batch_size)):
        integer = isinstance(number, (int, np.integer)) and not isinstance(number, bool)
        if not (integer and number is not None and number >= 1) and not (name == "batch_size" and number is None):
            raise ValueError(f"{name} must be an integer of at least 1, but got {number!r}.")
    if metric is None:
        metric = partial(accuracy, threshold=loss.threshold, multi_label=are_several_labels(Y))
    trainer, history = Trainer(model, loss, optimizer, metric), History()
    shown = progress and sys.stderr.isatty()
    with random.seeded(seed) as rng, model.mode(training=True), progress_bar(epochs, shown) as advance:
        try:
            for epoch in range(1, epochs + 1):
                trainer.begin(epoch)
                steps = [trainer.step(batch) for batch in data.batches(X, Y, batch_size or Y.shape[-1], seed=rng)]
                history.add(mean(steps), trainer.test(validation) if validation else None)
                advance(history)
        except KeyboardInterrupt:
            history.interrupted = True
        except TrainingError as error:
            error.history = history
            raise
    return history


def _described(given: Any) -> str:
    if isinstance(given, (tuple, list)):
        return f"a {type(given).__name__} of {len(given)}"
    return f"an array of shape {given.shape}" if isinstance(given, np.ndarray) else f"{given!r}"


def _checked(X: Any, Y: Any, loss: Loss) -> tuple[Any, Any]:
    """The data as arrays, if they can be trained on."""
    if any(isinstance(x, ag.Tensor) for x in (*data.inputs(X), Y)):
        raise TypeError("fit takes plain arrays as data; of a Tensor, pass its .data.")
    X, Y = data.check_data(X, Y)
    loss.check_targets(Y)
    return X, Y
