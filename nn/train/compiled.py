"""The gradients of a batch by a compiled program, read off the model and the loss once for each kind of batch."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from math import isfinite
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.modes import MODE
from autograd.debug.hooks import hooks_of
from nn.buffers import Buffer, buffers_apart
from nn.losses import CostError
from nn.losses.checks import check_probable
from nn.module import Module
from nn.optim import Optimizer
from nn.parameters import parameters_apart
from nn.train.leaves import check_leaves
from nn.train.outside import fingerprint, speaks
from nn.train.sources import Batch, Computed, Eager, Source, checked_cost, plain

Kind = tuple[Any, ...]
_MOST = 5  # changes of what a model or a loss refers to, up to which programs are read anew


class NotCompiled(ag.GraphError):
    """A step of training that cannot be compiled, and why."""


class Compiled(Source):
    """Runs a NumPy program for each kind of batch: shapes, dtypes, which parameters are frozen, which layers are
    trained. Whatever cannot be compiled, or goes wrong, is done by `eager`: that knows what to say of it.

    eager     computes the same, operation by operation
    forced    whether what cannot be compiled is an error
    """

    def __init__(self, eager: Eager, forced: bool = False) -> None:
        self.eager, self.forced, self.m = eager, forced, eager.m
        self.programs: dict[Kind, Program | str] = {}  # or why there is none
        self.known: Any = None  # what the model and the loss depend on
        self.changes = -1  # how often that has changed; the first time is none
        self.kind: Kind = ()

    def batches(self, batch_size: int | None, rng: np.random.Generator) -> Iterator[Batch]:
        """See Source."""
        return self.eager.batches(batch_size, rng)

    def arrays(self, batch: Any) -> tuple[tuple[Any, ...], Any]:
        """See Source."""
        return self.eager.arrays(batch)

    @property
    def predicted(self) -> Any:
        """See Source."""
        return self.eager.predicted

    @property
    def compiled(self) -> bool:  # type: ignore[override]
        """Whether every batch so far was computed by a program."""
        return bool(self.programs) and all(isinstance(program, Program) for program in self.programs.values())

    @property
    def why_not(self) -> str | None:  # type: ignore[override]
        """Why a program does not compute."""
        return next((why for why in self.programs.values() if isinstance(why, str)), None)

    @property
    def program(self) -> str | None:  # type: ignore[override]
        """The text of the first program."""
        return next((p.source for p in self.programs.values() if isinstance(p, Program)), None)

    def begin(self) -> None:
        """See Source. What callbacks have changed in the model or the loss has programs of its own."""
        known = fingerprint(self.eager.model, self.eager.loss)
        if known != self.known:
            self.programs, self.known = {}, known
            self.changes += 1
        frozen = tuple(p.requires_grad for p in everything(self.eager.model, self.eager.optimizer))
        training = tuple(module.training for module in self.eager.model.modules())
        self.kind = (frozen, training)

    def compute(self, batch: Any) -> Computed:
        """See Source."""
        X, Y, weights = batch
        if type(X) is not tuple:
            X = (X,)
        kind = (*self.kind, *((x.shape, x.dtype) for x in X), Y.shape, Y.dtype)
        program = self.programs.get(kind)
        if program is None:
            program = self.programs[kind] = self._read(X, Y, weights)
        if isinstance(program, str):
            return self.eager.compute(batch)
        computed = program(X, Y, weights)
        if computed is None or not isfinite(computed.cost):
            self.eager.compute(batch)  # which says why
            raise CostError(f"The cost is not finite: {self.eager.loss.name} gives that.")
        return computed

    def _read(self, X: tuple[Any, ...], Y: Any, weights: Any) -> Program | str:
        why = self._watched()
        if why is None:
            try:
                return Program(self.eager, X, Y, weights)
            except (
                Exception
            ) as error:  # the user's own code is run on stand-ins for arrays, where it may raise anything
                why = f"{type(error).__name__}: {error}" if not isinstance(error, ag.AutogradError) else str(error)
        if self.forced:
            raise NotCompiled(f"compile=True needs a model and a loss that can be compiled, but: {why}")
        return why

    def _watched(self) -> str | None:
        """Why a program would not be worth while: somebody looks on, who would not see it, or it would not last."""
        if self.changes > _MOST:
            return "What the model or the loss refers to changes from epoch to epoch, each time for another program."
        mode = MODE.get()
        if mode is not None and mode.observers:
            return f"{type(mode.observers[-1]).__name__} looks on at each operation, and would not see a program."
        if any(hooks_of(p.node) for p in self.eager.optimizer.parameters if isinstance(p.node, ag.Node)):
            return "There are hooks on parameters, which a program would not call."
        return None


class Program:
    """One program: cost, predictions and gradients as a function of arrays.

    source   its text
    """

    def __init__(self, eager: Eager, X: tuple[Any, ...], Y: Any, weights: Any) -> None:
        self.eager = eager
        self.tensors = everything(eager.model, eager.optimizer)
        self.buffers = [buffer for _, buffer in eager.model.named_buffers()]
        self.changing: list[Buffer] = []
        trained = {id(p) for p in eager.optimizer.parameters}
        self.trained = [t.requires_grad and id(t) in trained for t in self.tensors]
        self.looks = False  # whether predictions have to be looked at, before they can be taken for probabilities
        self.effects: str | None = None
        data = [*X, Y] if weights is None else [*X, Y, weights]
        routine = ag.compile(self._named(len(X), weights is not None)).program(*self._state(), *data)
        if self.effects is not None:
            raise NotCompiled(self.effects)
        self.source, self.run = routine.source, routine.run
        places = {id(t): i for i, t in enumerate(self._moving())}
        self.place = [places.get(id(p)) for p in eager.optimizer.parameters]  # among all gradients
        if self.place == [*range(len(places))]:
            self.place = []

    def __call__(self, X: tuple[Any, ...], Y: Any, weights: Any) -> Computed | None:
        """What there is to know of a batch, if its cost is a number."""
        data = (*X, Y) if weights is None else (*X, Y, weights)
        try:
            J, A, gradients, buffers = self.run(*self._state(), *data)
        except (ArithmeticError, ValueError):  # of Python's numbers, where NumPy says inf or nan
            return None
        if self.looks:
            check_probable(A, self.eager.loss._advice)
        if self.place:
            gradients = [None if i is None else gradients[i] for i in self.place]
        return Computed(J, A, Y, X[0].shape[-1], gradients, dict(zip(self.changing, buffers)))

    def _state(self) -> list[Any]:
        return [*(t._value for t in self.tensors), *(b.value for b in self.buffers)]

    def _moving(self) -> list[ag.Tensor]:
        return [t for t, moves in zip(self.tensors, self.trained, strict=True) if moves]

    def _named(self, n: int, weighted: bool) -> Any:
        """The function that is compiled, whose arguments are called as the parameters are."""
        from autograd.read.printing.identifiers import Identifiers  # large, and only for programs

        names = Identifiers()
        wanted = [t.name or "p" for t in self.tensors] + [b.name or "buffer" for b in self.buffers]
        wanted += ["X"] if n == 1 else [f"X{i + 1}" for i in range(n)]
        wanted += ["Y", "weights"] if weighted else ["Y"]
        kind = inspect.Parameter.POSITIONAL_ONLY

        def step(*arrays: Any) -> Any:
            return self._step(arrays, n, weighted)

        step.__signature__ = inspect.Signature([inspect.Parameter(names.new(w), kind) for w in wanted])  # type: ignore[attr-defined]
        return step

    def _step(self, arrays: tuple[Any, ...], n: int, weighted: bool) -> Any:
        """One step on stand-ins for arrays: forward and backward."""
        eager, k, b = self.eager, len(self.tensors), len(self.buffers)
        before = fingerprint(eager.model, eager.loss)
        given = [
            ag.Tensor(value, name=t.name, requires_grad=moves)
            for t, value, moves in zip(self.tensors, arrays[:k], self.trained, strict=True)
        ]
        buffers = dict(zip(self.buffers, arrays[k : k + b], strict=True))
        X, Y = arrays[k + b : k + b + n], arrays[k + b + n]
        options = {"weights": arrays[-1]} if weighted else {}
        with parameters_apart(self.tensors, given), buffers_apart(buffers) as state:
            A = eager.model(*X)
            J = checked_cost(eager.loss, eager.loss(A, Y, **options))
            check_leaves(J, eager.model, eager.optimizer, eager.loss)
            J.backward()
        op = getattr(A.node, "op", None) if isinstance(A, ag.Tensor) else None
        self.looks = eager.loss.of_probabilities and not (op is not None and op.probabilities)
        self.changing = [buffer for buffer in self.buffers if state[buffer] is not buffers[buffer]]
        self._note_effects(before)
        gradients = [t.grad for t, moves in zip(given, self.trained, strict=True) if moves]
        return J.data, plain(A), gradients, [state[buffer] for buffer in self.changing]

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
