"""What is recorded, and how carefully: `no_grad`, `record_lines`, `anomaly`, `guard`.

The mode is a context variable, so that threads and asyncio tasks do not disturb one another. `None` is the ordinary
mode; the hot path asks only whether it is that.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import sys
from collections.abc import Callable, Generator
from contextvars import ContextVar
from typing import Any

import numpy as np

from autograd.callers import user_frame
from autograd.errors import EditError
from autograd.locks import ADVICE, Locks, is_read_only


@dataclasses.dataclass(frozen=True)
class Mode:
    """record: operations are recorded; lines: each keeps the user's file and line; anomaly: the first NaN or Inf is an
    error; guarded: what makes the arrays of operations read-only, None where they are left as they are; tracing: who is
    told of every operation and every edge of a sweep while a program is read off a function."""

    record: bool = True
    lines: bool = False
    anomaly: bool = False
    guarded: Locks | None = None
    tracing: Any = None


MODE: ContextVar[Mode | None] = ContextVar("autograd mode", default=None)


@dataclasses.dataclass(frozen=True, eq=False)
class Block:
    """A block that has been entered and not left yet."""

    owner: Switched
    changes: dict[str, Any]
    kept: Any = None  # what is to be seen to at its end


# The open blocks, outermost first. The mode follows from them: so they may end in any order, as they do where several
# generators hold one each.
BLOCKS: ContextVar[tuple[Block, ...]] = ContextVar("autograd blocks", default=())


def _switch(blocks: tuple[Block, ...]) -> None:
    BLOCKS.set(blocks)
    mode = Mode()
    for block in blocks:
        mode = dataclasses.replace(mode, **block.changes)
    MODE.set(None if mode == Mode() else mode)


class Switched:
    """A block, or a function decorated with it, in which some switches of the mode are changed.

    One object may be entered many times, also by several threads and tasks at once: which of its blocks are open stands
    in BLOCKS, which each thread and task has for itself, and never in the object.

    A decorated generator has the changed mode only while it runs itself: whoever takes its values keeps their own. (A
    `with` around a `yield` cannot do that: Python gives the block no notice when the generator is left.)
    """

    def __init__(self, **changes: Any) -> None:
        self.changes = changes

    def __enter__(self) -> None:
        _switch((*BLOCKS.get(), self._begin()))

    def __exit__(self, *error: Any) -> None:
        blocks = BLOCKS.get()
        place = next((i for i in reversed(range(len(blocks))) if blocks[i].owner is self), None)
        if place is not None:  # else a generator is closed in a context where it was never resumed
            _switch(blocks[:place] + blocks[place + 1 :])
            self._end(blocks[place], blocks[place + 1 :])

    def _begin(self) -> Block:
        return Block(self, self.changes)

    def _end(self, block: Block, later: tuple[Block, ...]) -> None:
        """See to what the block has kept; `later` are blocks within it that go on."""

    def _anew(self) -> Switched:
        return type(self)(**self.changes)

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


def recording() -> Switched:
    """Within this block operations are recorded, also inside of no_grad()."""
    return Switched(record=True)


def record_lines() -> Switched:
    """Within this block every recorded operation keeps the file and line of the user's code that called it.

    >>> import autograd as ag
    >>> x = ag.Tensor(3.0)
    >>> with ag.record_lines():
    ...     y = x * x
    >>> y.node.line[1]  # the line within this example
    2
    """
    return Switched(lines=True)


def tracing() -> bool:
    """Whether a program is being read off a function (`compile`), so that no values are known: checks of values, such
    as that a cost is finite, are then to be left out.

    >>> import autograd as ag
    >>> ag.tracing()
    False
    """
    mode = MODE.get()
    return mode is not None and mode.tracing is not None


class anomaly(Switched):
    """Within this block the first operation, forward or backward, that makes a NaN or Inf out of finite numbers raises
    NumericalError: with the operation, its operands and their names, the offending entry, and the user's file and line.
    NumPy's own warnings of the same are silent meanwhile.

    >>> import numpy as np, autograd as ag
    >>> x = ag.Tensor([4.0, 0.0], name="x")
    >>> with ag.anomaly():
    ...     np.sqrt(x).sum().backward()
    Traceback (most recent call last):
        ...
    autograd.errors.NumericalError: The gradient of x by way of sqrt is inf at (1,), from finite numbers alone.
      x (2,) float64, here 0.0
      ...
    """

    def __init__(self, **changes: Any) -> None:
        super().__init__(anomaly=True, lines=True)

    def _begin(self) -> Block:
        return Block(self, self.changes, np.seterr(all="ignore"))

    def _end(self, block: Block, later: tuple[Block, ...]) -> None:
        for b in later:
            if "anomaly" in b.changes:
                b.kept.update(block.kept)  # it is the one now after which NumPy speaks again
                return
        np.seterr(**block.kept)


class guard(Switched):
    """Within this block the arrays that operations read or make are read-only, so that an edit in place, which would
    make gradients wrong without a word, is an error at its own line; indices and masks, too. When the block ends they
    are writable again. A view that was taken before the block is out of reach: NumPy lets it write into what it views;
    so is memory that NumPy could not make writable again, such as another library's.

    >>> import numpy as np, autograd as ag
    >>> X = np.ones(3)
    >>> with ag.guard():
    ...     y = ag.Tensor(np.ones(3)) * X
    ...     X[0] = 5.0
    Traceback (most recent call last):
        ...
    ValueError: assignment destination is read-only
    autograd.guard() keeps the arrays that operations have read or made read-only, ...
    """

    def __init__(self, **changes: Any) -> None:
        super().__init__()

    def __exit__(self, *error: Any) -> None:
        for raised in error:
            if is_read_only(raised) and not isinstance(raised, EditError) and ADVICE not in _notes(raised):
                raised.add_note(ADVICE)  # NumPy's own words do not say who has locked the array
        super().__exit__(*error)

    def _begin(self) -> Block:
        locks = Locks()
        return Block(self, {"guarded": locks}, locks)

    def _end(self, block: Block, later: tuple[Block, ...]) -> None:
        mode = MODE.get()
        if mode is not None and mode.guarded is not None:  # another block goes on guarding them
            for array in block.kept.arrays.values():
                mode.guarded.add(array)
        block.kept.release()


def _notes(error: Any) -> list[str]:
    return getattr(error, "__notes__", [])


def user_line() -> tuple[str, int] | None:
    """File and line of the innermost frame that is neither of these packages nor NumPy's."""
    frame = user_frame(sys._getframe(1))
    return None if frame is None else (frame.f_code.co_filename, frame.f_lineno)
