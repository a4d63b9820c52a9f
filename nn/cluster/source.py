"""Cluster: the gradients of a batch, from workers that each hold some of the columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from nn import random
from nn.cluster.blocks import any_dask, blocks, check_dask
from nn.cluster.crew import ClusterError, Crew, Held
from nn.cluster.share import Part, Task
from nn.losses import Loss
from nn.module import Module
from nn.optim import Optimizer
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
        self, client: Any, model: Module, loss: Loss, optimizer: Optimizer, data: Batch, compiled: bool = True
    ) -> None:
        self.model, self.loss, self.optimizer, self.compiled_there = model, loss, optimizer, compiled
        X, Y, weights = data
        if any_dask(X, Y):
            check_dask(X, Y)
        _check_generators(model)
        self.m = int(Y.shape[-1])
        self.eager = Eager(model, loss, optimizer)
        self.pieces = blocks(X, Y, weights, _PIECES * max(1, len(_workers(client))))
        self.crew = Crew(client, self.pieces, self._training)
        self.starts = np.array([block.start for block in self.pieces])
        self.checked = self.draws = False

    def batches(self, batch_size: int | None, rng: np.random.Generator) -> Iterator[Columns]:
        """See Source."""
        for part in orders(self.m, batch_size, rng):
            yield Columns(None, self.m) if isinstance(part, slice) else Columns(part, len(part))

    def begin(self) -> None:
        """See Source. Workers that have come get a share."""
        self.crew.look()

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
        return _summed(parts)

    def close(self) -> None:
        """See Source."""
        self.crew.close()

    def _training(self) -> tuple[bytes, bool]:
        """What a share is to know of the training."""
        pickled = import_module("cloudpickle").dumps((self.model, self.loss, self.optimizer))
        return pickled, self.compiled_there

    def _check(self, state: dict[str, Any]) -> None:
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

    def _task(self, held: Held, batch: Columns, state: dict[str, Any]) -> tuple[Task] | None:
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
    return Computed(cost, _joined([part.A for part in parts]), _joined([part.Y for part in parts]), m, gradients)


def _joined(parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def _agreed(parts: Sequence[Part]) -> dict[str, Any]:
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


def _workers(client: Any) -> dict[str, int]:
    try:
        there: dict[str, int] = client.nthreads()
    except (OSError, AttributeError):
        return {}
    return there


__all__ = ["Cluster", "ClusterError"]
