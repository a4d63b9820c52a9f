"""fit: the training loop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from autograd.signposts import answering
from nn import random
from nn.losses import Loss, find
from nn.module import Module
from nn.optim import Optimizer
from nn.train.checkpoints import Checkpoint, Run, Setting, described, found
from nn.train.compiled import Compiled
from nn.train.data import are_classes, are_labels, check_judged, check_last_batch, check_numbers, prepared
from nn.train.history import History
from nn.train.metrics import Measured, Metric, all_measured, measured
from nn.train.progress import Progress, progress_of
from nn.train.sources import Batch, Eager, Source
from nn.train.state import Best
from nn.train.stopping import Stopped, quiet
from nn.train.trainer import Trainer, summed_up

Callback = Callable[[Trainer, History], Any]


@answering
def fit(
    model: Module,
    X: Any,
    Y: Any,
    *,
    loss: str | Loss | Callable[..., Any],
    optimizer: Optimizer,
    epochs: int = 100,
    batch_size: int | None = None,
    seed: int = 0,
    validation: tuple[Any, Any] | float | None = None,
    patience: int | None = None,
    schedule: Any = None,
    metric: str | Metric | None = None,
    metrics: Sequence[str | Metric] | str = (),
    callbacks: Callback | Iterable[Callback] = (),
    class_weights: str | Mapping[int, float] | Sequence[float] | None = None,
    sample_weights: Any = None,
    checkpoint: str | os.PathLike[str] | None = None,
    resume: str | os.PathLike[str] | bool | None = None,
    compile: bool | str = "auto",
    cluster: Any = None,
    progress: bool = True,
) -> History:
    """Train a model: for each batch forward, backward, step; returns the history.

    Arguments:
        X (n_x, m), Y (n_y, m)  the data, a column per sample; X is a tuple of arrays where the model takes several
        loss        a name or function of nn.losses, or any (A, Y) -> Tensor
        batch_size  columns in a batch, which are shuffled; None takes all m columns at once, as they are
        seed        of all that is random: the same seed gives the same training, to the last bit
        validation  (X, Y) that the model is only tested on, after each epoch; or the share of the samples to set aside
        patience    stop after so many epochs without a lower cost (of the validation data if there are any). At the
                    end, but not after Ctrl-C, the model has the parameters and Buffers of its best epoch
        schedule    one of nn.schedules, which sets the learning rate of each epoch; afterwards it is as before
        metric      a name of nn.metrics or (A, Y) -> number in place of accuracy
        metrics     further ones: "precision", "recall", "f1", "auc", "confusion_matrix", or functions
        callbacks   functions (trainer, history), called after each epoch. One that returns True ends the training;
                    trainer.model and trainer.optimizer are what is trained
        class_weights   how much the columns of each class count: "balanced", {class: weight} or a list
        sample_weights  how much each column counts, (m,)
        checkpoint  a file to write to now and then, from which the training can go on
        resume      such a file to go on from; True is that of checkpoint, if there is one yet. The rest of the training
                    is what it would have been, to the last bit
        compile     whether a compiled program computes the steps (see autograd.compile): "auto" where that is possible,
                    True or else an error, False. NumPy runs it at first and, from the epoch on by which building it
                    will have been worth while, C, if there is a compiler; "c" from the first epoch on, "numpy" never.
                    All give the same numbers up to rounding; history.compiled, .backend, .why_not, .source and .c say
                    how it went. What a forward or a loss of your own does beside computing happens only while it is
                    read, by two calls
        cluster     a client of Dask distributed, whose workers compute the gradients
        progress    show figures, rate and remaining time, in a terminal or a notebook

    The model is in training while its parameters are, and in evaluation on the validation data (see Module.train);
    afterwards it is as it was. Dropout draws from the seed, too.

    Ctrl-C ends the training, not the program: the model is as of the last whole step, and
    `history.interrupted` is True.

    >>> import nn
    >>> X, Y = nn.datasets.xor(m=200)
    >>> model = nn.Sequential(nn.Linear(2, 8, seed=1), nn.Tanh(), nn.Linear(8, 1, seed=2), nn.Sigmoid())
    >>> history = nn.fit(model, X, Y, loss="binary_cross_entropy", optimizer=nn.optim.Adam(model.parameters(), lr=0.05),
    ...                  epochs=100, validation=0.2, metrics=["f1"], progress=False)
    >>> history.accuracy[-1] > 0.95, history.validation_f1[-1] > 0.9, history.compiled
    (True, True, True)

    Raises ShapeError, DtypeError, DataError for data that do not fit, with what to do; TrainingError where the cost is
    not finite: with the likely reason, and the model as of the last step after which it was.
    """
    loss = find(loss)
    check_numbers(epochs=epochs, batch_size=batch_size, patience=patience)
    callbacks = _callbacks(callbacks)
    _check_schedule(schedule)
    written, read = found(checkpoint, resume)
    elsewhere = None if cluster is None else import_module("nn.cluster")
    data, held_out = (prepared if elsewhere is None else elsewhere.prepared)(
        X, Y, loss, validation=validation, class_weights=class_weights, sample_weights=sample_weights, seed=seed
    )
    judged = _metrics(metric, metrics, loss, data.Y)
    source: Source
    if elsewhere is None:
        source = _local(Eager(model, loss, optimizer, data), compile, judged)
    else:
        source = elsewhere.Cluster(cluster, model, loss, optimizer, data, judged, compiled=compile is not False)
    trainer, history = Trainer(model, loss, optimizer, judged, source=source), History()
    best = None if patience is None else Best(model, patience)
    with random.seeded(seed) as rng, model.mode(training=True):
        setting = Setting(
            type(optimizer).__name__,
            loss.name,
            source.m,
            batch_size,
            seed if isinstance(seed, int) else None,
            optimizer.lr,
            described(schedule),
            described(data.weights),
            patience,
        )
        run = Run(model, optimizer, rng, history, best, setting)
        if read is not None:
            run.restore(read)
        saving = None if written is None else Checkpoint(written)
        steps = 1 if batch_size is None else -(-source.m // batch_size)
        try:
            if elsewhere is None:
                check_last_batch(model, data, batch_size, run.generators())
            run.native_from = 1 if compile == "c" else 1 + -(-source.steps_before_c() // steps)
            with progress_of(progress, epochs, steps, history.epochs, source) as bar:
                _train(trainer, run, bar, epochs, batch_size, held_out, schedule, callbacks, saving)
            if best is not None and best.state:
                best.restore()
                history.best_epoch = best.epoch
        except KeyboardInterrupt:
            history.interrupted = True
        except Stopped as error:
            error.history = history
            if "epoch" not in vars(error):  # it came before the first batch of an epoch
                error.epoch, error.batch = history.epochs + 1, 1
            raise
        finally:
            source.settle()
            source.close()
            history.compiled, history.why_not, history.source = source.compiled, source.why_not, source.program
            history.backend, history.c = source.backend, source.c
            if schedule is not None:
                optimizer.lr = run.base
    return history


def _train(
    trainer: Trainer,
    run: Run,
    bar: Progress,
    epochs: int,
    batch_size: int | None,
    held_out: Batch | None,
    schedule: Any,
    callbacks: Sequence[Callback],
    saving: Checkpoint | None,
) -> None:
    """Epoch after epoch, until the last or until something ends it."""
    history, source = run.history, trainer.source
    usual, begun = np.geterr(), False
    steady = not callbacks and all(metric.known for metric in trainer.metrics)  # no code of the user's in between
    observed = bool(held_out or callbacks or saving or run.best)  # whether anybody looks at the model in between
    trainer.quiet, source.seen = True, observed
    with quiet():
        for epoch in range(history.epochs + 1, epochs + 1):
            if history.stopped:
                break
            if schedule is not None:
                run.optimizer.lr = schedule.rate(epoch - 1, run.base, list(history.judged))
            if epoch >= run.native_from:
                source.native()
            if not (begun and steady):
                source.begin()
            _epoch(trainer, run, bar, epoch, batch_size, held_out, observed)
            if not begun:
                run.note_backend(source.backend)
                begun = True
            if saving is not None:
                run.backend = source.backend
            if run.best is not None:
                history.stopped = run.best.note(epoch, history.judged[-1])
            for callback in callbacks:
                with np.errstate(**usual):
                    ends = callback(trainer, history)
                if ends is True:
                    history.stopped = f"stopped after epoch {epoch}: by {_name(callback)}"
            if saving is not None:
                saving.after(run)
    trainer.source.settle()
    if saving is not None:
        saving.write(run)


def _epoch(
    trainer: Trainer,
    run: Run,
    bar: Progress,
    epoch: int,
    batch_size: int | None,
    held_out: Batch | None,
    observed: bool,
) -> None:
    """A step for each batch, and the figures of all."""
    trainer.begin(epoch)
    steps = []
    for batch in trainer.source.batches(batch_size, run.rng):
        steps.append(trainer.take(batch))
        bar.step()
    if observed:
        trainer.source.settle()
    tested = None if held_out is None else summed_up([trainer.judge(held_out)], trainer.metrics)
    run.history.add(summed_up(steps, trainer.metrics), tested)
    bar.end_epoch(run.history)


def _local(eager: Eager, compile: bool | str, judged: Sequence[Measured]) -> Source:
    """What computes gradients in this process, and moves parameters if nobody looks at them within an epoch."""
    if not (isinstance(compile, bool) or compile in ("auto", "c", "numpy")):
        raise ValueError(f'compile must be True, False, "auto", "c" or "numpy", but got {compile!r}.')
    if compile is False:
        eager.why_not = "compile=False"
        return eager
    moves = all(metric.known for metric in judged)
    wanted = compile if compile in ("c", "numpy") else "auto"
    return Compiled(eager, forced=compile is True, moves=moves, metrics=judged, backend=wanted)


def _metrics(metric: str | Metric | None, metrics: Sequence[str | Metric] | str, loss: Loss, Y: Any) -> list[Measured]:
    """What the training is judged by: first what history.accuracy is, if there is that."""
    labels = None if Y is None else are_labels(Y)
    further = all_measured(metrics, loss.threshold, labels, of_class_logits=loss.of_class_logits)
    first = [m for m in further if m.name == "accuracy"]
    if metric is not None:
        if first:
            raise ValueError("metric= takes the place of accuracy, which metrics= names, too. Put both into metrics=.")
        first = [measured(metric, loss.threshold, labels, of_class_logits=loss.of_class_logits)]
    if Y is not None:
        check_judged([*first, *further], loss, Y)
    if not first and (Y is None or are_classes(loss, Y)):
        first = [measured("accuracy", loss.threshold, labels)]
    return [*(m._replace(name="accuracy") for m in first), *(m for m in further if m.name != "accuracy")]


def _check_schedule(schedule: Any) -> None:
    if schedule is not None and (isinstance(schedule, type) or not callable(getattr(schedule, "rate", None))):
        raise TypeError(
            "schedule must be one of nn.schedules, or have a method rate(epoch, base, costs), but got "
            f"{schedule!r:.60}."
        )


def _callbacks(given: Callback | Iterable[Callback]) -> list[Callback]:
    found = list(given) if isinstance(given, Iterable) and not callable(given) else [given]
    for callback in found:
        if not callable(callback):
            raise TypeError(f"A callback must be a function (trainer, history), but got {callback!r:.60}.")
    return found


def _name(callback: Callback) -> str:
    return str(getattr(callback, "__name__", type(callback).__name__))
