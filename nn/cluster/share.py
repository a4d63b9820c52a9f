"""What a worker does: it holds columns, and computes their cost and gradients at parameters that it is given."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from nn import data, random
from nn.cluster.additive import why_not_additive
from nn.cluster.blocks import Block
from nn.cluster.draws import OfBatch
from nn.train.compiled import Compiled
from nn.train.data import checked
from nn.train.sources import Batch, Eager, Source
from nn.train.stopping import quiet


class Training(NamedTuple):
    """What a share is to know of a training.

    pickled    the model, the loss and the optimizer, of which only the list of parameters is used; and the metrics
    compiled   whether a compiled program may compute
    """

    pickled: bytes
    compiled: bool


class Task(NamedTuple):
    """What is asked of a share in one step.

    values     of the parameters of the optimizer
    trained    which of them are not frozen
    columns    of the share: None for all
    positions  of these columns in the batch; None for all
    m          the number of columns of the batch
    draws      the state of the generator before the batch
    """

    values: Sequence[Any]
    trained: Sequence[bool]
    columns: Any
    positions: Any
    m: int
    draws: Mapping[str, Any]


class Part(NamedTuple):
    """What a share gives back: see Computed; cost and gradients are those of the mean over its m columns.

    draws     the state of the generator after the batch
    compiled  whether a compiled program computed, or why not
    """

    cost: float
    m: int
    gradients: Sequence[Any]
    kept: Sequence[Any]
    draws: Mapping[str, Any]
    compiled: bool | str | None


class Share:
    """An actor of Dask: an object that lives on a worker, and whose methods are called from afar."""

    def __init__(self, blocks: Sequence[Sequence[Any]] = ()) -> None:
        self.blocks = [Block(*block) for block in blocks]

    def hold(self, training: Training, blocks: Sequence[Sequence[Any]] = ()) -> None:
        """Take in the model, and the columns that were not given at the beginning."""
        held = [*self.blocks, *(Block(*block) for block in blocks)]
        self.blocks = []
        several = len(held[0].X) > 1
        X = tuple(_joined([np.asarray(block.X[i]) for block in held]) for i in range(len(held[0].X)))
        Y = _joined([np.asarray(block.Y) for block in held])
        weights = None if held[0].weights is None else _joined([np.asarray(block.weights) for block in held])
        self.data = Batch(X if several else X[0], Y, weights)
        self.ids = np.concatenate([np.arange(block.start, block.stop) for block in held])
        self.train(training)
        self._check(held)

    def train(self, training: Training) -> None:
        """Take in the model and what belongs to it, in place of those before."""
        try:
            self.model, self.loss, optimizer, self.metrics = pickle.loads(training.pickled)
        except ImportError as error:
            raise ImportError(
                f"A worker cannot make the model: {error}. Install there what it is made of, or send the file: "
                "client.upload_file('models.py')."
            ) from None
        self.parameters = optimizer.parameters
        self.eager = Eager(self.model, self.loss, optimizer, self.data)
        self.whole: Source = Compiled(self.eager) if training.compiled else self.eager
        self.trained: list[bool] | None = None

    def _check(self, held: Sequence[Block]) -> None:
        """Refuse columns that cannot be trained on, and say which ones they are."""
        try:
            checked(self.data.X, self.data.Y, self.loss)
        except ag.AutogradError as error:
            places = ", ".join(f"{block.start} to {block.stop - 1}" for block in held)
            raise type(error)(f"In the columns {places}: {error}") from None

    def step(self, task: Task) -> Part:
        """Cost and gradients of some of the columns, or of all."""
        self._set(task)
        source, batch, positions = self._chosen(task)
        rng = OfBatch(_generator(task.draws), task.m, positions)
        with quiet(), random.seeded(rng):
            computed = source.compute(batch)
        if computed.buffers:
            names = ", ".join(buffer.name or "a buffer" for buffer in computed.buffers)
            raise ag.GraphError(
                f"fit(cluster=) needs a model without statistics of its own, but a step changed {names}: each worker "
                "would keep those of its share. Leave these layers out, or train without cluster=."
            )
        kept = [metric.keep(computed.A, computed.Y) for metric in self.metrics]
        compiled = source.compiled or source.why_not
        return Part(computed.cost, computed.m, computed.gradients, kept, rng.bit_generator.state, compiled)

    def program(self) -> str | None:
        """The text of the compiled program, if there is one."""
        return self.whole.program

    def sample(self, m: int) -> tuple[Any, Any, Any]:
        """The first columns, for whoever wants to try out the model: X, Y, weights."""
        X, Y, weights = self.data
        few = slice(0, m)
        return data.columns(X, few), Y[..., few], None if weights is None else weights[few]

    def why_not_additive(self, task: Task) -> str | None:
        """That the cost is not a mean over columns, if it is not; see additive."""
        self._set(task)
        X, Y, weights = self.sample(_TRIED)
        with quiet():
            return why_not_additive(self.eager, Batch(X, Y, weights), lambda: _generator(task.draws))

    def _set(self, task: Task) -> None:
        for p, value, trained in zip(self.parameters, task.values, task.trained, strict=True):
            if (
                p.data is not value
            ):  # it is where the step is repeated, or p frozen, and worker and client are one process
                p.data = value
            p.requires_grad = trained
        if task.trained != self.trained:
            self.trained = list(task.trained)
            self.whole.begin()

    def _chosen(self, task: Task) -> tuple[Source, Batch, Any]:
        """Who computes, the columns, and their positions in the batch."""
        if task.columns is None:
            return self.whole, self.data, self.ids
        X, Y, weights = self.data
        some = task.columns
        batch = Batch(data.columns(X, some), Y[..., some], None if weights is None else weights[some])
        return self.eager, batch, task.positions  # a program would be read anew for each number of columns


_TRIED = 8  # columns that are enough to tell whether one depends on another


def _joined(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def _generator(state: Mapping[str, Any]) -> np.random.BitGenerator:
    """The generator of that state; fit's own is of NumPy's default kind."""
    made: np.random.BitGenerator = getattr(np.random, state["bit_generator"])()
    made.state = state
    return made
