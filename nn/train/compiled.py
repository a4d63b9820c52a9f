"""The gradients of a batch by a compiled program, read off the model and the loss once for each kind of batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.handle import give_gradients
from autograd.core.modes import MODE
from autograd.debug.hooks import hooks_of
from nn.data import inputs
from nn.losses import CostError
from nn.train.memory import keep_freed_memory
from nn.train.metrics import Measured
from nn.train.outside import fingerprint
from nn.train.program import NotCompiled, Program, State, can_move, everything
from nn.train.sources import Batch, Computed, Eager, Source
from nn.train.stopping import quiet

Kind = tuple[Any, ...]
_BUILDING = 0.5  # seconds that a C program takes to be built, about; and what a step takes by NumPy:
_STEP, _ENTRY = 5e-5, 5e-9  # in all, and for each entry of data and parameters
_SHORT = 'The training ended before it would have gained by C, which has to be built; compile="c" builds it at once.'
_MOST = 5  # changes of what a model or a loss refers to, up to which programs are read anew


class Compiled(Source):
    """Runs a NumPy program for each kind of batch: shapes, dtypes, which parameters are frozen, which layers are
    trained. Whatever cannot be compiled, or goes wrong, is done by `eager`: that knows what to say of it.

    Where programs move the parameters, too, the state after a step is kept here, and given to the model and the
    optimizer where somebody may look at them (`settle`): that is what makes the step of a small network fast.

    eager     computes the same, operation by operation
    forced    whether what cannot be compiled is an error
    moves     whether programs may move the parameters
    metrics   what is kept of each batch for them
    backend   of programs, from `native` on; before that it is NumPy (see autograd.compile)
    """

    def __init__(
        self,
        eager: Eager,
        forced: bool = False,
        moves: bool = False,
        metrics: Sequence[Measured] = (),
        backend: str = "numpy",
    ) -> None:
        self.wanted, self.runs = backend, "numpy"
        self.eager, self.forced, self.m, self.metrics = eager, forced, eager.m, metrics
        self.moves = moves and can_move(eager.optimizer)
        self.programs: dict[Kind, Program | str] = {}  # or why there is none
        self.known: Any = None  # what the model and the loss depend on
        self.changes = -1  # how often that has changed; the first time is none
        self.kind: Kind = ()
        self.again: Any = None  # the batch of the last step: all columns are the same one each time
        self.data: tuple[Any, ...] = ()  # its arrays
        self.latest: Program | None = None  # of the last step, whose state this is:
        self.state: State | None = None  # after the last step; None where it is that of the model
        self.before: State | None = None  # before that step; None likewise
        self.moved_by: Any = None  # the batch of that step

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
        """Why a program does not compute, or why it is not one in C."""
        found = next((why for why in self.programs.values() if isinstance(why, str)), None)
        found = found or next((p.why_not for p in self._read_programs() if p.why_not is not None), None)
        return _SHORT if found is None and self.programs and self.runs != self.wanted else found

    @property
    def program(self) -> str | None:  # type: ignore[override]
        """The text of the first program."""
        return next((p.source for p in self._read_programs()), None)

    @property
    def c(self) -> str | None:  # type: ignore[override]
        """The text of the first program in C."""
        return next((p.c for p in self._read_programs() if p.c is not None), None)

    @property
    def backend(self) -> str | None:  # type: ignore[override]
        """What runs the first program; None where there is none."""
        return next((p.backend for p in self._read_programs()), None)

    def _read_programs(self) -> Iterator[Program]:
        return (p for p in self.programs.values() if isinstance(p, Program))

    def steps_before_c(self) -> int:
        """See Source. It is a number of the sizes alone, so that a training can be repeated to the last bit."""
        if self.eager.data is None or self.wanted == "numpy":
            return 0
        X, Y, _ = self.eager.data
        arrays = [*inputs(X), Y, *(p.data for p in self.eager.optimizer.parameters)]
        return int(_BUILDING / (_STEP + _ENTRY * sum(map(np.size, arrays))))

    def native(self) -> None:
        """See Source."""
        if self.runs != self.wanted:
            self.settle()
            self.runs, self.programs, self.again = self.wanted, {}, None

    def begin(self) -> None:
        """See Source. What callbacks have changed in the model, the loss or the optimizer has programs of its own."""
        optimizer = self.eager.optimizer
        changing = {"_lr", *optimizer._state()}
        fixed = [x for name, x in vars(optimizer).items() if name not in changing]
        known = fingerprint(self.eager.model, self.eager.loss, *fixed)
        if known != self.known:
            self.programs, self.known = {}, known
            self.changes += 1
        frozen = tuple(p.requires_grad for p in everything(self.eager.model, optimizer))
        training = tuple(module.training for module in self.eager.model.modules())
        self.kind, self.again = (frozen, training), None

    def compute(self, batch: Any) -> Computed:
        """See Source."""
        if batch is not self.again:
            self._turn_to(batch)
        program = self.latest
        if program is None:
            return self.eager.compute(batch)
        computed = program(self.data, program.now() if self.state is None else self.state)
        if computed is None:
            self.settle()
            self.eager.compute(batch)  # which says why
            raise CostError(f"The cost is not finite: {self.eager.loss.name} gives that.")
        return computed

    def _turn_to(self, batch: Any) -> None:
        """Take up a batch, and the program for its kind, or none."""
        X, Y, weights = batch
        if type(X) is not tuple:
            X = (X,)
        kind = (*self.kind, *((x.shape, x.dtype) for x in X), Y.shape, Y.dtype, weights is None)
        program = self.programs.get(kind)
        if program is None:
            self.settle()
            program = self.programs[kind] = self._read(X, Y, weights)
        if program is not self.latest:
            self.settle()
            self.latest = program if isinstance(program, Program) else None
        self.again, self.data = batch, (*X, Y) if weights is None else (*X, Y, weights)

    def move(self, after: State) -> bool:
        """Take the step to the state that `compute` gave. False where a parameter or a Buffer is not finite then: the
        model has the state before, and the gradients."""
        # A sum of squares shows at once that all are finite, but where it overflows.
        if isfinite(after.squares) or self._is_finite(after):
            self.before, self.state, self.moved_by = self.state, after, self.again
            return True
        self.settle()
        give_gradients(self.eager.optimizer.parameters, after.gradients or self._gradients(self.again))
        return False

    def _is_finite(self, after: State) -> bool:
        """Whether parameters and Buffers can have these values."""
        assert self.latest is not None
        try:
            for i in self.latest.changing:
                self.latest.buffers[i].checked(after.buffers[i])
        except ag.DataError:
            return False
        return all(np.isfinite(x).all() for x in after.values)

    def settle(self) -> None:
        """See Source."""
        if self.state is None or self.latest is None:
            return
        if self.before is not None:
            self.latest.write(self.before)
        if self.watch is not None:
            self.watch.remember(self.latest.buffers)
        gradients = self.state.gradients or self._gradients(self.moved_by)
        self.latest.write(self.state._replace(gradients=gradients))
        self.before = self.state = None

    def _gradients(self, batch: Any) -> list[Any]:
        """Those of a batch at the parameters that the model has, where its program does not give them. There are none
        where the cost is finite for the program only."""
        try:
            with quiet():
                return list(self.eager.compute(batch).gradients)
        except ag.DataError:
            return []

    def _read(self, X: tuple[Any, ...], Y: Any, weights: Any) -> Program | str:
        keep_freed_memory()
        why = self._watched()
        for moves in (True, False) if self.moves else (False,):
            if why is not None:
                break
            try:
                return Program(self.eager, X, Y, weights, moves, self.metrics, self.runs, self.seen)
            except Exception as error:  # the user's own code is run on stand-ins, where it may raise anything
                if not moves:
                    own = isinstance(error, ag.AutogradError)
                    why = str(error) if own else f"{type(error).__name__}: {error}"
        if self.forced:
            raise NotCompiled(f"compile=True needs a model and a loss that can be compiled, but: {why}")
        return str(why)

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
