"""Where the cost and the gradients of a batch come from: this process as it is, a compiled program, other machines.

A Source computes, and changes nothing: neither parameters nor Buffers. What is done with the result is the Trainer's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from nn.buffers import Buffer, buffers_apart
from nn.data import columns, inputs
from nn.losses import CostError, Loss
from nn.losses.checks import why_not_finite
from nn.module import Module
from nn.optim import Optimizer
from nn.train.leaves import check_leaves
from nn.train.stopping import Watch


class Batch(NamedTuple):
    """Some of the columns: X (n_x, m) or a tuple of such arrays, Y (n_y, m), and the weights (m,) of the columns."""

    X: Any
    Y: Any
    weights: Any = None


class Computed(NamedTuple):
    """What there is to know of one batch.

    cost         a finite number
    A, Y         predictions and targets as plain arrays, (n, m) each, in the same order of columns
    m            the number of columns
    gradients    one for each parameter of the optimizer, in its order; None for one that is frozen
    buffers      the new numbers of the Buffers that have changed
    kept         what each metric keeps of the batch, where that is known already; A and Y may be missing then
    after        what `Source.move` takes, where the source moves the parameters by itself
    """

    cost: float
    A: Any
    Y: Any
    m: int
    gradients: Sequence[Any] = ()
    buffers: Mapping[Buffer, Any] = MappingProxyType({})
    kept: Sequence[Any] | None = None
    after: Any = None


class Source:
    """The protocol of sources, and what is the same for all. A subclass defines `batches` and `compute`.

    m          how many columns there are
    compiled   whether a compiled program computes, so far
    why_not    why it does not, or not as C, in words
    program    the text of that program
    c          the text of the C that it runs as
    backend    what runs it, see autograd.compile; None where there is no program
    predicted  the latest predictions, as far as this process has them
    """

    m = 0
    compiled = False
    why_not: str | None = None
    program: str | None = None
    c: str | None = None
    backend: str | None = None
    predicted: Any = None
    watch: Watch | None = None  # of the Trainer, which is told of steps that a source takes

    def batches(self, batch_size: int | None, rng: np.random.Generator) -> Iterator[Any]:
        """One epoch: each column once, in an order that `rng` shuffles, as whatever `compute` takes. None takes all
        columns at once, and needs no order."""
        raise NotImplementedError

    def begin(self) -> None:
        """An epoch begins. Between epochs callbacks may have given parameters new data, and frozen or freed them."""

    def steps_before_c(self) -> int:
        """How many steps take about as long by NumPy as building a C program: from then on it is worth while."""
        return 0

    def native(self) -> None:
        """From now on programs are C, where that is wanted and can be."""

    def compute(self, batch: Any) -> Computed:
        """The cost and the gradients at the parameters as they are.

        Raises CostError where the cost is not finite, DataError where predictions cannot be used.
        """
        raise NotImplementedError

    def move(self, after: Any) -> bool:
        """Take the step to the state that `compute` gave as `after`. False where the optimizer has to take it: then the
        model has the state before it, and the gradients."""
        raise NotImplementedError

    def settle(self) -> None:
        """Somebody may look at the model or the optimizer: they have to be as of the last step."""

    def arrays(self, batch: Any) -> tuple[tuple[Any, ...], Any]:
        """The inputs and the targets of a batch, for what is said of a cost that is not finite; ((), None) where this
        process does not have them."""
        return (), None

    def close(self) -> None:
        """The training is over."""


def orders(m: int, batch_size: int | None, rng: np.random.Generator) -> Iterator[Any]:
    """The columns of each batch of one epoch: all as they are, or parts of a shuffled order.

    >>> [len(part) for part in orders(5, 2, np.random.default_rng(0))]
    [2, 2, 1]
    """
    if batch_size is None or batch_size >= m:
        yield slice(None)
        return
    order = rng.permutation(m)
    yield from (order[i : i + batch_size] for i in range(0, m, batch_size))


class Eager(Source):
    """Runs the model and a sweep, operation by operation.

    data   all columns; None where batches are only handed in
    """

    def __init__(self, model: Module, loss: Loss, optimizer: Optimizer, data: Batch | None = None) -> None:
        self.model, self.loss, self.optimizer, self.data = model, loss, optimizer, data
        self.m = 0 if data is None else data.Y.shape[-1]
        self.checked = False

    def batches(self, batch_size: int | None, rng: np.random.Generator) -> Iterator[Batch]:
        """See Source."""
        assert self.data is not None
        return iter((self.data,)) if batch_size is None else self._parts(self.data, batch_size, rng)

    def _parts(self, data: Batch, batch_size: int, rng: np.random.Generator) -> Iterator[Batch]:
        X, Y, weights = data
        for part in orders(Y.shape[-1], batch_size, rng):
            if isinstance(part, slice):
                yield data
            else:
                yield Batch(columns(X, part), Y[..., part], None if weights is None else weights[part])

    def arrays(self, batch: Any) -> tuple[tuple[Any, ...], Any]:
        """See Source."""
        X, Y, _ = unpacked(batch)
        return X, Y

    def compute(self, batch: Any) -> Computed:
        """See Source."""
        X, Y, weights = unpacked(batch)
        with buffers_apart() as state:
            A, J = self.forward(X, Y, weights)
        if not self.checked:
            check_leaves(J, self.model, self.optimizer, self.loss)
            self.checked = True
        self.optimizer.zero_grad()
        J.backward()
        gradients = [p.grad if p.requires_grad else None for p in self.optimizer.parameters]
        return Computed(J.item(), plain(A), plain(Y), np.shape(X[0])[-1], gradients, state)

    def forward(self, X: tuple[Any, ...], Y: Any, weights: Any = None) -> tuple[Any, ag.Tensor]:
        """The predictions and their cost, which is finite."""
        self.predicted = None
        A = self.model(*X)
        self.predicted = plain(A)
        J = checked_cost(self.loss, self.loss(A, Y) if weights is None else self.loss(A, Y, weights=weights))
        value = J.item()
        if not np.isfinite(value):
            raise CostError(f"The cost is {value}: {self._of_own_loss(A, Y)}")
        return A, J

    def _of_own_loss(self, A: Any, Y: Any) -> str:
        predicted = plain(A)
        if not np.isfinite(predicted).all():
            return why_not_finite(A, Y)
        return (
            f"the loss {self.loss.name} gives that for predictions between {np.min(predicted):.3g} and "
            f"{np.max(predicted):.3g}. Where it divides, takes a logarithm or a root, keep these away from 0; "
            "`with autograd.anomaly():` around fit names the operation and its entry."
        )


def checked_cost(loss: Loss, J: Any) -> ag.Tensor:
    """What a loss returned, if it is a cost."""
    if not isinstance(J, ag.Tensor):
        raise TypeError(f"The loss must return a Tensor, but {loss.name} returned {type(J).__name__}.")
    if J.size != 1:
        raise ag.ShapeError(
            f"The loss must return a single number, but {loss.name} returned shape {J.shape}. Take its "
            "mean: np.mean(…)."
        )
    return J


def unpacked(batch: Any) -> tuple[tuple[Any, ...], Any, Any]:
    """The inputs, the targets and the weights of a batch as arrays; Tensors stay what they are."""
    if not isinstance(batch, (tuple, list)) or len(batch) != 2 + isinstance(batch, Batch):
        raise TypeError(
            f"A batch must be a pair (X, Y) of arrays, a column per sample, but got {type(batch).__name__}"
            f"{f' of {len(batch)}' if isinstance(batch, (tuple, list)) else ''}. Write trainer.step((X, Y))."
        )
    X, Y, *weights = batch
    given = [x if isinstance(x, ag.Tensor) else np.asarray(x) for x in (*inputs(X), Y)]
    return tuple(given[:-1]), given[-1], weights[0] if weights else None


def plain(x: Any) -> Any:
    """The array or number of a Tensor, or what is one already."""
    return x.data if isinstance(x, ag.Tensor) else x
