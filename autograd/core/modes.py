"""What is recorded, and who looks on: the protocol of observers, the mode, and the blocks that change it.

The mode is a context variable, so that threads and asyncio tasks do not disturb one another. `None` is the ordinary
mode; the hot path asks only whether it is that.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Generator, Iterable
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.core.types import Value

if TYPE_CHECKING:
    from autograd.core.node import Node


class Observer:
    """Somebody who looks on. A subclass defines what it wants to be told of; what it leaves out costs nothing.

    An observer of a block (Switched) is told of everything that runs within it, one that is given to a sweep of that
    sweep. An exception that it raises ends what it was told of, and reaches the user as it is.
    """

    hides_values = False  # whether values are unknown meanwhile, since a program is being read off a function

    def recorded(self, node: Node | None, what: str, operands: Any, raws: Any, out: Value) -> None:
        """The operation `what` on `raws` gave `out`; node is None where nothing was recorded of it."""

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
    """record: whether operations are recorded; observers: who is told of them, and of sweeps; scope: where they are."""

    record: bool = True
    observers: tuple[Observer, ...] = ()
    scope: tuple[str, ...] = ()


ORDINARY = Mode()
MODE: ContextVar[Mode | None] = ContextVar("autograd mode", default=None)  # None stands for the ordinary one
STANDING: list[Observer] = []  # who is told of every sweep, whatever the block


def observing() -> tuple[Observer, ...]:
    """Who is to be told of what a sweep does."""
    mode = MODE.get()
    return (*STANDING, *(() if mode is None else mode.observers))


@dataclasses.dataclass(eq=False, slots=True)
class Block:
    """A block that has been entered and not left yet: who opened it, the mode within it, made of the one around it."""

    owner: Switched
    change: Callable[[Mode], Mode]
    kept: Any = None  # what is to be seen to at its end
    outer: tuple[Block, ...] = ()  # the blocks that were open when it was entered
    around: Mode | None = None  # and the mode that they made


# The open blocks, outermost first. The mode follows from them: so they may end in any order, as they do where several
# generators hold one each.
BLOCKS: ContextVar[tuple[Block, ...]] = ContextVar("autograd blocks", default=())


def _switch(blocks: tuple[Block, ...]) -> None:
    BLOCKS.set(blocks)
    mode = ORDINARY
    for block in blocks:
        mode = block.change(mode)
    MODE.set(None if mode == ORDINARY else mode)


def changed(record: bool | None, observer: Observer | None, alone: bool, mode: Mode) -> Mode:
    """The mode with these settings, the first three of a Switched."""
    observers = () if alone else mode.observers
    observers = observers if observer is None else (*observers, observer)
    return Mode(mode.record if record is None else record, observers, mode.scope)


class Switched:
    """A block, or a function decorated with it, within which the mode is another.

    record    whether operations are recorded; None leaves that as it is
    observer  who is told of what happens
    alone     whether nobody else is, meanwhile

    One object may be entered many times, also by several threads and tasks at once: which of its blocks are open stands
    in BLOCKS, which each thread and task has for itself, and never in the object.

    A decorated generator has the changed mode only while it runs itself: whoever takes its values keeps their own. (A
    `with` around a `yield` cannot do that: Python gives the block no notice when the generator is left.)
    """

    def __init__(self, record: bool | None = None, observer: Observer | None = None, alone: bool = False) -> None:
        self.settings = record, observer, alone

    def __enter__(self) -> None:
        block = self._begin()
        block.outer, block.around = BLOCKS.get(), MODE.get()
        mode = block.change(block.around or ORDINARY)
        BLOCKS.set((*block.outer, block))
        MODE.set(None if mode == ORDINARY else mode)

    def __exit__(self, *error: Any) -> None:
        blocks = BLOCKS.get()
        if blocks and (last := blocks[-1]).owner is self and blocks[:-1] == last.outer:  # as nearly always
            BLOCKS.set(last.outer)
            MODE.set(last.around)
            self._end(last, ())
            return
        place = next((i for i in reversed(range(len(blocks))) if blocks[i].owner is self), None)
        if place is not None:  # else a generator is closed in a context where it was never resumed
            _switch(blocks[:place] + blocks[place + 1 :])
            self._end(blocks[place], blocks[place + 1 :])

    def _begin(self) -> Block:
        return Block(self, functools.partial(changed, *self.settings))

    def _end(self, block: Block, later: tuple[Block, ...]) -> None:
        """See to what the block has kept; `later` are blocks within it that go on."""

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

    def __enter__(self) -> None:
        # As of every block, written out because each layer enters one: it takes half of the time.
        outer, around = BLOCKS.get(), MODE.get()
        BLOCKS.set((*outer, Block(self, self._within, None, outer, around)))
        MODE.set(self._within(around or ORDINARY))

    def __exit__(self, *error: Any) -> None:
        blocks = BLOCKS.get()
        if blocks and (last := blocks[-1]).owner is self and blocks[:-1] == last.outer:
            BLOCKS.set(last.outer)
            MODE.set(last.around)
        else:
            super().__exit__(*error)

    def _begin(self) -> Block:
        return Block(self, self._within)

    def _within(self, mode: Mode) -> Mode:
        return Mode(mode.record, mode.observers, mode.scope + self.names)

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
