"""What a worker does: it holds columns, and computes their cost and gradients at parameters that it is given."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from nn import data, random
from nn.cluster.additive import why_not_additive
from nn.cluster.blocks import Block
from nn.cluster.draws import OfBatch
from nn.train.compiled import Compiled
from nn.train.sources import Batch, Eager
from nn.train.stopping import quiet


class Task(NamedTuple):
    """What is asked of a share in one step.

    values     of the parameters of the optimizer
    trained    which of them are not frozen
    columns    of the share: None for all
    positions  of these columns in the batch; None for all of a batch that is whole
    m          the number of columns of the batch
    draws      the state of the generator before the batch
    """

    values: Sequence[Any]
    trained: Sequence[bool]
    columns: Any
    positions: Any
    m: int
    draws: dict[str, Any]


class Part(NamedTuple):
    """What a share gives back: see Computed; the gradients are those of the mean over its columns."""

    cost: float
    A: Any
    Y: Any
    gradients: Sequence[Any]
    m: int
    draws: dict[str, Any]


class Share:
    """An actor of Dask: an object that lives on a worker, and whose methods are called from afar."""

    def __init__(self, blocks: Sequence[Sequence[Any]] = ()) -> None:
        self.blocks = [Block(*block) for block in blocks]

    def hold(self, training: bytes, compiled: bool, blocks: Sequence[Sequence[Any]] = ()) -> int:
        """Take in the model, and the columns if they were not given at the beginning; gives their number."""
        held = [*self.blocks, *(Block(*block) for block in blocks)]
        self.blocks = []
        several = len(held[0].X) > 1
        X = tuple(_joined([np.asarray(block.X[i]) for block in held]) for i in range(len(held[0].X)))
        Y = _joined([np.asarray(block.Y) for block in held])
        weights = None if held[0].weights is None else _joined([np.asarray(block.weights) for block in held])
        self.data = Batch(X if several else X[0], Y, weights)
        self.ids = np.concatenate([np.arange(block.start, block.stop) for block in held])
        self.train(training, compiled)
        self._check(held)
        return len(self.ids)

    def train(self, training: bytes, compiled: bool) -> None:
        """Take in the model, the loss and the optimizer, of which only the list of parameters is used."""
        model, loss, optimizer = pickle.loads(training)
        self.model, self.loss, self.parameters = model, loss, optimizer.parameters
        self.eager = Eager(model, loss, optimizer, self.data)
        self.whole = Compiled(self.eager) if compiled else self.eager

    def _check(self, held: Sequence[Block]) -> None:
        """Refuse columns that cannot be trained on, and say which ones they are."""
        try:
            data.check_data(self.data.X, self.data.Y)
            self.loss.check_targets(self.data.Y)
        except ag.AutogradError as error:
            places = ", ".join(f"{block.start} to {block.stop - 1}" for block in held)
            raise type(error)(f"In the columns {places}: {error}") from None

    def step(self, task: Task) -> Part:
        """Cost and gradients of some of the columns, or of all."""
        self._set(task)
        source, batch, positions = self._chosen(task)
        rng = OfBatch(_generator(task.draws), task.m, positions)
        with quiet(), random.seeded(rng), self.model.mode(training=True):
            source.begin()
            computed = source.compute(batch)
        if computed.buffers:
            names = ", ".join(buffer.name or "a buffer" for buffer in computed.buffers)
            raise ag.GraphError(
                f"fit(cluster=) needs a model without statistics of its own, but a step changed {names}: each worker "
                "would keep those of its share. Leave these layers out, or train without cluster=."
            )
        return Part(
            computed.cost,
            computed.A,
            computed.Y,
            computed.gradients,
            computed.m,
            rng.bit_generator.state,
        )

    def sample(self, m: int) -> tuple[Any, Any, Any]:
        """The first columns, for whoever wants to try out the model: X, Y, weights."""
        X, Y, weights = self.data
        few = slice(0, m)
        return data.columns(X, few), Y[..., few], None if weights is None else weights[few]

    def why_not_additive(self, task: Task) -> str | None:
        """That the cost is not a mean over columns, if it is not; see additive."""
        self._set(task)
        X, Y, weights = self.sample(_TRIED)
        with quiet(), self.model.mode(training=True):
            return why_not_additive(self.eager, Batch(X, Y, weights), lambda: _generator(task.draws))

    def _set(self, task: Task) -> None:
        for p, value, trained in zip(self.parameters, task.values, task.trained, strict=True):
            p.data, p.requires_grad = value, trained

    def _chosen(self, task: Task) -> tuple[Any, Batch, Any]:
        """Who computes, the columns, and their positions in the batch."""
        if task.columns is None:
            return self.whole, self.data, self.ids if task.positions is None else task.positions
        X, Y, weights = self.data
        some = task.columns
        batch = Batch(data.columns(X, some), Y[..., some], None if weights is None else weights[some])
        return self.eager, batch, task.positions


_TRIED = 8  # columns that are enough to tell whether one depends on another


def _joined(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def _generator(state: dict[str, Any]) -> np.random.BitGenerator:
    """The generator of that state; fit's own is of NumPy's default kind."""
    made: np.random.BitGenerator = getattr(np.random, state["bit_generator"])()
    made.state = state
    return made
