"""Cluster: the gradients of a batch, from workers that each hold some of the columns."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from importlib import import_module
from operator import add
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from nn import random
from nn.cluster.blocks import blocks
from nn.cluster.crew import Crew, Held, usable
from nn.cluster.share import Part, Task, Training
from nn.losses import Loss
from nn.module import Module
from nn.optim import Optimizer
from nn.train.metrics import Measured
from nn.train.outside import fingerprint
from nn.train.sources import Batch, Computed, Eager, Source, orders

_PIECES = 8  # blocks for each worker that is there at the beginning, so that more can have some
_FEW = 2  # columns on which the model is tried out here, before workers are asked


class Columns(NamedTuple):
    """The columns of a batch by their numbers; None for all of them."""

    numbers: Any
    m: int


class Cluster(Source):
    """Asks the workers of a Dask client. It gives what Eager gives, to rounding, whatever the number of workers.

    data   all columns; X and Y may be dask.arrays with the samples on the last axis, which stay on the workers
    """

    def __init__(
        self,
        client: Any,
        model: Module,
        loss: Loss,
        optimizer: Optimizer,
        data: Batch,
        metrics: Sequence[Measured] = (),
        *,
        compiled: bool = True,
    ) -> None:
        _check_generators(model)
        client = usable(client)
        self.model, self.loss, self.optimizer, self.metrics = model, loss, optimizer, list(metrics)
        self.may_compile = compiled
        self.m = int(data.Y.shape[-1])
        self.eager = Eager(model, loss, optimizer)
        self.pieces = blocks(*data, pieces=_PIECES * max(1, len(client.nthreads())))
        self.starts = np.array([block.start for block in self.pieces])
        self.crew = Crew(client, self.pieces, self._training)
        self.checked = False
        self.known: Any = None  # what workers know of the model

    def batches(self, batch_size: int | None, rng: np.random.Generator) -> Iterator[Columns]:
        """See Source. Workers that have come get a share."""
        self.crew.look()
        for part in orders(self.m, batch_size, rng):
            yield Columns(None, self.m) if isinstance(part, slice) else Columns(part, len(part))

    def begin(self) -> None:
        """See Source. What callbacks have changed in the model or the loss, workers are told."""
        known = fingerprint(self.model, self.loss), [module.training for module in self.model.modules()]
        if known != self.known and self.known is not None:
            training = self._training()
            self.crew.ask("train", lambda h: (training,))
        self.known = known

    def compute(self, batch: Columns) -> Computed:
        """See Source."""
        rng = random.current()
        before = rng.bit_generator.state
        if not self.checked:
            self._check(before)
        answers = self.crew.ask("step", lambda h: self._task(h, batch, before))
        parts = [part for _, part in answers]
        if sum(part.m for part in parts) != batch.m:
            raise ag.GraphError(f"The workers computed other columns than the {batch.m} of the batch. Report this.")
        rng.bit_generator.state = _agreed(parts)
        self._note(parts)
        return _summed(parts)

    def _note(self, parts: Sequence[Part]) -> None:
        """Whether compiled programs computed, which workers run by NumPy."""
        self.compiled = all(part.compiled is True for part in parts)
        self.backend = "numpy" if self.compiled else None
        if self.compiled and self.program is None:
            self.program = self.crew.ask("program", lambda h: ())[0][1]
        if not self.compiled and self.why_not is None:
            whys = [part.compiled for part in parts if isinstance(part.compiled, str)]
            self.why_not = whys[0] if whys else "Batches have other numbers of columns in each share each time."

    def close(self) -> None:
        """See Source."""
        self.crew.close()

    def _training(self) -> Training:
        """What a share is to know of the training."""
        told = self.model, self.loss, self.optimizer, self.metrics
        try:
            return Training(import_module("cloudpickle").dumps(told), self.may_compile)
        except (TypeError, pickle.PicklingError) as error:
            raise TypeError(
                "fit(cluster=) needs a model, a loss, an optimizer and metrics that can be sent to workers, but "
                f"pickle says: {error}. Keep files, locks and generators of Python's out of them."
            ) from error

    def _check(self, state: Mapping[str, Any]) -> None:
        """Try the model out here on a few columns, for what is to be said of it, and there on some more."""
        crew = self.crew
        crew.settle()
        X, Y, weights = crew.ask("sample", lambda h: (_FEW,))[0][1]
        self.eager.compute(Batch(X, Y, weights))
        everything = Columns(None, self.m)
        for why in {why for _, why in crew.ask("why_not_additive", lambda h: self._task(h, everything, state))}:
            if why is not None:
                raise ag.GraphError(
                    f"fit(cluster=) needs a cost that is a mean over columns, but {why}. Layers that normalize over "
                    "the batch, as BatchNorm, cannot be shared out: take LayerNorm or GroupNorm."
                )
        self.checked = True

    def _task(self, held: Held, batch: Columns, state: Mapping[str, Any]) -> tuple[Task] | None:
        """What to ask of a share for a batch; None where it has none of the columns."""
        columns = positions = None
        if batch.numbers is not None:
            columns, positions = self._of(held, batch.numbers)
            if not len(columns):
                return None
        parameters = self.optimizer.parameters
        return (
            Task(
                [p.data for p in parameters],
                [p.requires_grad for p in parameters],
                columns,
                positions,
                batch.m,
                state,
            ),
        )

    def _of(self, held: Held, numbers: Any) -> tuple[Any, Any]:
        """Which of these columns a share has: their places in it, and their positions in the batch."""
        sizes = np.array([self.pieces[i].m for i in held.blocks])
        offsets = np.full(len(self.pieces), -1)
        offsets[list(held.blocks)] = np.cumsum(sizes) - sizes
        block = np.searchsorted(self.starts, numbers, side="right") - 1
        positions = np.flatnonzero(offsets[block] >= 0)
        own = block[positions]
        return offsets[own] + numbers[positions] - self.starts[own], positions


def _summed(parts: Sequence[Part]) -> Computed:
    """The parts of a batch as one: cost and gradients are means, weighted by columns."""
    m = sum(part.m for part in parts)
    shares = [part.m / m for part in parts]
    cost = sum(share * part.cost for share, part in zip(shares, parts))
    gradients = [
        None if gs[0] is None else sum((share * g for share, g in zip(shares[1:], gs[1:])), shares[0] * gs[0])
        for gs in zip(*(part.gradients for part in parts))
    ]
    kept = [reduce(add, same) for same in zip(*(part.kept for part in parts))]
    return Computed(cost, None, None, m, gradients, kept=kept)


def _agreed(parts: Sequence[Part]) -> Mapping[str, Any]:
    """The state of the generator after the batch, which must be the same for all."""
    first = parts[0].draws
    if any(part.draws != first for part in parts):
        raise ag.GraphError(
            "fit(cluster=) needs random numbers with a column for each sample, but a layer draws others, as many as it "
            "has columns. Draw them in the shape of its input, or of one column: (n, 1)."
        )
    return first


def _check_generators(model: Module) -> None:
    """Refuse a layer with a generator of its own, of which each worker would have a copy."""
    for layer in model.modules():
        if any(isinstance(value, np.random.Generator) for value in vars(layer).values()):
            raise ag.GraphError(
                f"fit(cluster=) needs layers that draw from the seed of fit, but {layer!r:.60} has a generator of its "
                "own. Leave seed= out."
            )
