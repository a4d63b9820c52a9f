"""One step of training as a NumPy program: cost, gradients and, where the optimizer can be read too, the update."""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

import autograd as ag
from autograd.core.handle import give_gradients, replacing
from autograd.transforms.tree import flatten, rebuild
from nn.buffers import buffers_apart
from nn.losses.checks import check_probable
from nn.module import Module
from nn.optim import Optimizer
from nn.parameters import parameters_apart
from nn.train.leaves import check_leaves
from nn.train.metrics import Measured, Share
from nn.train.outside import fingerprint, speaks
from nn.train.sources import Computed, Eager, checked_cost, plain


class NotCompiled(ag.GraphError):
    """A step of training that cannot be compiled, and why."""


class State(NamedTuple):
    """What a step changes: the values of all Tensors and Buffers, in the order in which a program takes them; and the
    state of the optimizer.

    gradients   those by which it came about, if the program gives them
    squares     the sum of squares of what has moved, and of Buffers, which is finite only where all of it is
    """

    values: list[Any]
    buffers: list[Any]
    optimizer: dict[str, Any]
    gradients: list[Any]
    squares: float = 0.0


class Program:
    """One step for one kind of batch, as a function of arrays.

    moves    whether it moves the parameters, too; otherwise that is left to the optimizer
    gives    whether it gives the gradients, too: one that moves the parameters needs no memory of their own for them
             otherwise. One that draws random numbers gives them, since they cannot be found again
    metrics  what is kept of a batch for them; where it is a number of columns, the program counts them
    backend  of autograd.compile: "numpy", "c" or "auto"; afterwards the one that runs it
    why_not  why it does not run as C, where that was asked for
    source   its text; c is that of the C, if there is any
    """

    def __init__(
        self,
        eager: Eager,
        X: tuple[Any, ...],
        Y: Any,
        weights: Any,
        moves: bool = False,
        metrics: Sequence[Measured] = (),
        backend: str = "numpy",
        gives: bool = True,
    ) -> None:
        self.eager, self.moves, self.metrics = eager, moves, metrics
        self.gives = gives or not moves
        self.m, self.inputs = X[0].shape[-1], len(X)
        self.of = 0  # of how many columns metrics count those that are right; of sequences each step is one
        self.shows = any(metric.hits is None for metric in metrics) or not metrics  # whether it gives the predictions
        self.tensors = everything(eager.model, eager.optimizer)
        self.buffers = [buffer for _, buffer in eager.model.named_buffers()]
        self.changing: list[int] = []  # places of the Buffers that a step changes
        trained = {id(p) for p in eager.optimizer.parameters}
        self.trained = [t.requires_grad and id(t) in trained for t in self.tensors]
        self.looks = False  # whether predictions have to be looked at, before they can be taken for probabilities
        self.effects: str | None = None
        data = [*X, Y] if weights is None else [*X, Y, weights]
        names = self._names(len(X), weights is not None)
        step = ag.compile(self._function(names, len(X), weights is not None), backend=backend)
        routine = step.program(*self._given(self.now()), *data)
        if routine.draws and not self.gives:
            self.gives = True
            routine = copy.copy(step).program(*self._given(self.now()), *data)
        if self.effects is not None:
            raise NotCompiled(self.effects)
        self.source, self.run, self.c = routine.source, routine.run, routine.c
        self.backend, self.why_not = routine.backend, routine.why_not
        places = {id(t): i for i, t in enumerate(self._moving())}
        self.place = [places.get(id(p)) for p in eager.optimizer.parameters]  # among all gradients
        if self.place == [*range(len(places))]:
            self.place = []
        self.moved = [i for i, moves in enumerate(self.trained) if moves]

    def __call__(self, data: tuple[Any, ...], state: State) -> Computed | None:
        """What there is to know of a batch X…, Y and its weights, with the state after the step if the program moves;
        None where the cost is not finite, or Python's numbers raise, of which NumPy says inf or nan."""
        try:
            if self.moves:
                optimizer = self.eager.optimizer
                J, hits, A, gradients, buffers, squares, values, after = self.run(
                    *state.values, *state.buffers, state.optimizer, optimizer._lr, *data
                )
            else:
                J, hits, A, gradients, buffers = self.run(*state.values, *state.buffers, *data)
        except (ArithmeticError, ValueError):
            return None
        J = float(J)
        if not isfinite(J):
            return None
        if self.looks:
            check_probable(A, self.eager.loss._advice)
        kept: list[Any] | None = [Share(hit, self.of) for hit in hits]
        if self.shows:
            kept = self._kept(hits, A, data[self.inputs]) if self.metrics else None
        if self.place and self.gives:
            gradients = [None if i is None else gradients[i] for i in self.place]
        changed = {self.buffers[i]: value for i, value in zip(self.changing, buffers)}
        if not self.moves:
            return Computed(J, A, data[self.inputs], self.m, gradients, changed, kept)
        if len(values) < len(self.tensors):
            values = _with(state.values, self.moved, values)
        if len(buffers) < len(self.buffers):
            buffers = _with(state.buffers, self.changing, buffers)
        return Computed(J, A, None, self.m, gradients, changed, kept, State(values, buffers, after, gradients, squares))

    def _kept(self, hits: list[Any], A: Any, Y: Any) -> list[Any]:
        """What each metric keeps of the batch; some of it the program has counted."""
        counted = iter(hits)
        return [m.keep(A, Y) if m.hits is None else Share(next(counted), self.of) for m in self.metrics]

    def now(self) -> State:
        """The state as it is."""
        optimizer = self.eager.optimizer._state() if self.moves else {}
        return State([t._value for t in self.tensors], [b.value for b in self.buffers], optimizer, [])

    def write(self, state: State) -> None:
        """Make that the state of the model and of the optimizer."""
        pairs = [(t, new) for t, new in zip(self.tensors, state.values, strict=True) if new is not t._value]
        replacing([t for t, _ in pairs], [new for _, new in pairs])()
        vars(self.eager.optimizer).update(state.optimizer)
        for buffer, value in zip(self.buffers, state.buffers, strict=True):
            if value is not buffer.value:
                buffer.restore(value)
        if state.gradients:
            give_gradients(self.eager.optimizer.parameters, state.gradients)

    def _given(self, state: State) -> list[Any]:
        """The arguments of the program, up to the data."""
        if not self.moves:
            return [*state.values, *state.buffers]
        return [*state.values, *state.buffers, state.optimizer, self.eager.optimizer.lr]

    def _moving(self) -> list[ag.Tensor]:
        return [t for t, moves in zip(self.tensors, self.trained, strict=True) if moves]

    def _names(self, n: int, weighted: bool) -> list[str]:
        """The names of the arguments: parameters are called as they are in formulas."""
        from autograd.read.printing.identifiers import Identifiers  # large, and only for programs

        names = Identifiers()
        wanted = [t.name or "p" for t in self.tensors] + [b.name or "buffer" for b in self.buffers]
        wanted += ["state", "lr"] if self.moves else []
        wanted += ["X"] if n == 1 else [f"X{i + 1}" for i in range(n)]
        wanted += ["Y", "weights"] if weighted else ["Y"]
        return [names.new(name) for name in wanted]

    def _function(self, names: list[str], n: int, weighted: bool) -> Any:
        """The function that is compiled."""

        def step(*given: Any) -> Any:
            return self._step(given, n, weighted)

        kind = inspect.Parameter.POSITIONAL_ONLY
        step.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in names])  # type: ignore[attr-defined]
        return step

    def _step(self, given: tuple[Any, ...], n: int, weighted: bool) -> Any:
        """One step on stand-ins for arrays."""
        eager, k, b = self.eager, len(self.tensors), len(self.buffers)
        before = fingerprint(eager.model, eager.loss)
        tensors = [
            ag.Tensor(value, name=t.name, requires_grad=moves)
            for t, value, moves in zip(self.tensors, given[:k], self.trained, strict=True)
        ]
        buffers = dict(zip(self.buffers, given[k : k + b], strict=True))
        data = given[k + b + 2 * self.moves :]
        X, Y = data[:n], data[n]
        options = {"weights": data[-1]} if weighted else {}
        with parameters_apart(self.tensors, tensors), buffers_apart(buffers) as state:
            A = eager.model(*X)
            J = checked_cost(eager.loss, eager.loss(A, Y, **options))
            check_leaves(J, eager.model, eager.optimizer, eager.loss)
            J.backward()
        op = getattr(A.node, "op", None) if isinstance(A, ag.Tensor) else None
        self.looks = eager.loss.of_probabilities and not (op is not None and op.probabilities)
        self.changing = [i for i, buffer in enumerate(self.buffers) if state[buffer] is not buffers[buffer]]
        self._note_effects(before)
        gradients = [t.grad for t, moves in zip(tensors, self.trained, strict=True) if moves and self.gives]
        A = plain(A)
        self.of = math.prod(A.shape[1:])
        hits = [metric.hits(A, Y) for metric in self.metrics if metric.hits is not None]
        found = [J.data, hits, A if self.shows or self.looks else None, gradients]
        changed = [state[self.buffers[i]] for i in self.changing]
        found.append(changed)
        if self.moves:
            values, after = self._update(tensors, given[k + b], given[k + b + 1])
            looked_at = [x for i, x in zip(self.changing, changed) if self.buffers[i].is_looked_at]
            found += [sum(np.vdot(x, x) for x in [*values, *looked_at]), values, after]
        return tuple(found)

    def _update(self, tensors: list[ag.Tensor], state: dict[str, Any], lr: Any) -> list[Any]:
        """The new values of the parameters, and the new state of the optimizer."""
        by_id = {id(t): given for t, given in zip(self.tensors, tensors, strict=True)}
        twin = copy.copy(self.eager.optimizer)
        leaves, structure = flatten(state)  # rules write into lists of their own
        vars(twin).update(rebuild(structure, leaves), _lr=lr, parameters=[by_id[id(p)] for p in twin.parameters])
        steps = twin.steps + 1
        vars(twin)["steps"] = steps
        places, moving, gradients = twin._moving()
        new = dict(zip(map(id, moving), twin._stepped(places, moving, gradients), strict=True))
        values, after = [new[id(t)] for t in tensors if id(t) in new], twin._state()
        if not (_alike(state, after) and _alike([t._value for t in moving], [new[id(t)] for t in moving])):
            raise NotCompiled("The state of the optimizer changes its form from step to step.")
        return [values, after]

    def _note_effects(self, before: Any) -> None:
        """Whether a step does what a program would not: the model or the loss is changed, or something is printed."""
        model, loss = self.eager.model, self.eager.loss
        self.effects = None
        if fingerprint(model, loss) != before:
            self.effects = (
                "A step changes what the model or the loss holds or refers to, which a program would do only once: "
                "make it an nn.Buffer, or a callback's business."
            )
        elif (speaker := speaks(model, loss)) is not None:
            self.effects = f"{speaker} prints, which a program would not."


def everything(model: Module, optimizer: Optimizer) -> list[ag.Tensor]:
    """All leaves, trained or frozen, of a model and an optimizer, each once."""
    found = [t for _, t in model._named_tensors() if getattr(t.node, "op", None) is None]
    return list({id(t): t for t in (*found, *optimizer.parameters)}.values())


def can_move(optimizer: Optimizer) -> bool:
    """Whether the step of an optimizer is that of all, so that a program can be made of its update."""
    shared = ("step", "take_step", "_moved", "_moving")
    return isinstance(optimizer, Optimizer) and all(
        getattr(type(optimizer), name) is getattr(Optimizer, name) for name in shared
    )


def _with(values: list[Any], places: list[int], new: list[Any]) -> list[Any]:
    """The values, with new ones in these places."""
    values = values.copy()
    for i, value in zip(places, new, strict=True):
        values[i] = value
    return values


def _alike(one: Any, other: Any) -> bool:
    """Whether two structures hold arrays and numbers of the same kinds in the same places."""
    (some, structure), (others, like) = flatten(one), flatten(other)
    return structure == like and all(
        np.shape(old) == np.shape(new) and getattr(old, "dtype", None) == getattr(new, "dtype", None)
        for old, new in zip(some, others, strict=True)
    )
