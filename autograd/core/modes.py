"""What is recorded, and who looks on: the protocol of observers, the mode, and the blocks that change it.

The mode is a context variable, so that threads and asyncio tasks do not disturb one another. `None` is the ordinary
mode; the hot path asks only whether it is that.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator, Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.core.types import Value

if TYPE_CHECKING:
    from autograd.core.node import Constant, Node


class Observer:
    """Somebody who looks on. A subclass defines what it wants to be told of; what it leaves out costs nothing.

    An observer of a block (Switched) is told of everything that runs within it, one that is given to a sweep of that
    sweep. An exception that it raises ends what it was told of, and reaches the user as it is.
    """

    hides_values = False  # whether values are unknown meanwhile, since a program is being read off a function

    def recorded(self, node: Node | None, what: str, operands: Any, raws: Any, out: Value) -> None:
        """The operation `what` on `raws` gave `out`; node is None where nothing was recorded of it."""

    def named(self, node: Node | Constant) -> None:
        """A node, or a constant, was given a name."""

    def shown(self, value: Value) -> Value:
        """`Tensor.data` is asked for; what is returned is given."""
        return value

    def drawn(self, draw: Callable[..., Any], rng: Any, name: str | None) -> Callable[..., Any]:
        """Random numbers are to be drawn by `draw(rng)`; what is returned is called in its place."""
        return draw

    def asked(self, what: str, question: Callable[[], Any], answer: Any) -> None:
        """State from outside decided what is computed; see autograd.core.outside."""

    def visit(self, node: Node, g: Value) -> Value:
        """The gradient of `node` is complete; what is returned takes its place."""
        return g

    def edge(self, node: Node, position: int, incoming: Value, contribution: Value, fitted: Any, total: Value) -> None:
        """`node` (whose gradient is `incoming`) sent `contribution` to its operand `position`.

        `fitted` is the contribution in the operand's shape and dtype, `total` what the operand has received by now.
        """

    def pushed(self, node: Node, position: int, incoming: Value, contribution: Value) -> None:
        """The tangent `incoming` of operand `position` gave `contribution` to that of `node`."""

    def tangent(self, node: Node, t: Value) -> Value:
        """The tangent of `node` is complete; what is returned takes its place."""
        return t


def listeners(observers: Iterable[Observer], event: str) -> list[Callable[..., Any]]:
    """The methods for that event, of the observers that define it."""
    ignored = getattr(Observer, event)
    return [getattr(o, event) for o in observers if getattr(type(o), event) is not ignored]


class Mode(NamedTuple):
    """What holds within a block.

    record     whether operations are recorded
    observers  who is told of them, and of sweeps
    scope      where they are
    owner      who opened the block, and what is kept until its end
    kept
    around     the mode in which it was opened: so there is a chain of the blocks that are open, which may end in any
               order, as they do where several generators hold one each
    """

    record: bool = True
    observers: tuple[Observer, ...] = ()
    scope: tuple[str, ...] = ()
    owner: Switched | None = None
    kept: Any = None
    around: Mode | None = None


ORDINARY = Mode()
MODE: ContextVar[Mode | None] = ContextVar("autograd mode", default=None)  # None stands for the ordinary one
STANDING: list[Observer] = []  # who is told of every sweep, whatever the block


def observing() -> tuple[Observer, ...]:
    """Who is to be told of what a sweep does."""
    mode = MODE.get()
    return (*STANDING, *(() if mode is None else mode.observers))


class Switched:
    """A block, or a function decorated with it, within which the mode is another.

    record    whether operations are recorded; None leaves that as it is
    observer  who is told of what happens
    alone     whether nobody else is, meanwhile

    One object may be entered many times, also by several threads and tasks at once: which of its blocks are open stands
    in MODE, which each thread and task has for itself, and never in the object.

    A decorated generator has the changed mode only while it runs itself: whoever takes its values keeps their own. (A
    `with` around a `yield` cannot do that: Python gives the block no notice when the generator is left.)
    """

    def __init__(self, record: bool | None = None, observer: Observer | None = None, alone: bool = False) -> None:
        self.settings = record, observer, alone

    def __enter__(self) -> None:
        kept = self._begin()
        MODE.set(self._within(MODE.get() or ORDINARY, kept))

    def __exit__(self, *error: Any) -> None:
        mode, later = MODE.get(), []
        while mode is not None and mode.owner is not self:
            later.append(mode)
            mode = mode.around
        if mode is None:  # a generator is closed in a context where it was never resumed
            return
        ended, mode = mode, mode.around or ORDINARY
        for inner in reversed(later):
            mode = inner.owner._within(mode, inner.kept)
        MODE.set(None if mode.owner is None else mode)
        self._end(ended.kept, later[::-1])

    def _begin(self) -> Any:
        """What is to be kept until the end of the block."""

    def _within(self, around: Mode, kept: Any) -> Mode:
        """The mode within a block that is opened in this one."""
        record, observer, alone = self.settings
        observers = () if alone else around.observers
        observers = observers if observer is None else (*observers, observer)
        record = around.record if record is None else record
        return Mode(record, observers, around.scope, self, kept, around)

    def _end(self, kept: Any, later: list[Mode]) -> None:
        """See to what was kept; `later` are the modes of blocks within it that go on, outermost first."""

    def _anew(self) -> Switched:
        return type(self)(*self.settings)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isasyncgenfunction(function):
            raise TypeError(
                f"{function.__name__} is an async generator, which a mode cannot follow; use `with` inside it."
            )
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def awaited(*args: Any, **kwargs: Any) -> Any:
                with self._anew():
                    return await function(*args, **kwargs)

            return awaited
        if inspect.isgeneratorfunction(function):
            return functools.wraps(function)(lambda *args, **kwargs: self._resumed(function(*args, **kwargs)))

        @functools.wraps(function)
        def within(*args: Any, **kwargs: Any) -> Any:
            with self._anew():
                return function(*args, **kwargs)

        return within

    def _resumed(self, generator: Any) -> Generator[Any, Any, Any]:
        """The generator, with the mode switched from each time that it is resumed until it yields."""
        send, given = generator.send, None
        while True:
            try:
                with self._anew():
                    value = send(given)
            except StopIteration as end:
                return end.value
            try:
                send, given = generator.send, (yield value)
            except GeneratorExit:
                generator.close()
                raise
            except BaseException as error:
                send, given = generator.throw, error


def no_grad() -> Switched:
    """Within this block, or a function decorated with it, nothing is recorded: results are constants.

    >>> import autograd as ag
    >>> x = ag.Tensor(3.0, name="x")
    >>> with ag.no_grad():
    ...     y = x * x
    >>> y.requires_grad
    False
    """
    return Switched(record=False)


class scope(Switched):
    """Within this block, or a function decorated with it, what is computed belongs to a part of the whole;
    `Tensor.scope` says to which, from the outermost name to the innermost.

    Pictures fold and colour a graph by its scopes. nn's Modules enter theirs by themselves: a Sequential "layer 1",
    "layer 2" …, another Module the attribute by which the Module around it holds it.

    >>> import numpy as np, autograd as ag
    >>> x = ag.Tensor([1.0, 2.0])
    >>> with ag.scope("layer 2", "attention"):
    ...     weights = ag.softmax(x)
    >>> weights.scope, x.scope
    (('layer 2', 'attention'), ())

    Raises TypeError where a name is not text.
    """

    def __init__(self, *names: str) -> None:
        for name in names:
            if not isinstance(name, str):
                raise TypeError(f"scope needs names, as scope('layer 2'), but got {name!r}. Pass strings.")
        self.names = names

    def _within(self, around: Mode, kept: Any) -> Mode:
        return Mode(around.record, around.observers, around.scope + self.names, self, kept, around)

    def _anew(self) -> scope:
        return scope(*self.names)


def current_scope() -> tuple[str, ...]:
    """The names of the blocks `scope(…)` that are open, from the outermost."""
    mode = MODE.get()
    return () if mode is None else mode.scope


def recording() -> Switched:
    """Within this block operations are recorded, also inside of no_grad()."""
    return Switched(record=True)


def tracing() -> bool:
    """Whether a program is being read off a function (`compile`), so that no values are known: checks of values, such
    as that a cost is finite, are then to be left out.

    >>> import autograd as ag
    >>> ag.tracing()
    False
    """
    mode = MODE.get()
    return mode is not None and any(o.hides_values for o in mode.observers)
