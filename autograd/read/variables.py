"""What the variables of a running function are bound to, one value after the other, for the names of those values.

A function of n lines may have n variables, so they are not looked at after each line: what a line binds waits until it
would be bound anew, or until the function returns.
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache, wraps
from types import CodeType, FrameType
from typing import Any, TypeVar


class Variables:
    """Whoever asks which values variables were bound to while some code ran.

    kept      what is to be kept of a value; None where it is to be ignored
    ignored   how the files begin whose functions are left alone
    """

    def __init__(self, kept: Callable[[Any], Any], ignored: tuple[str, ...]) -> None:
        self.kept, self.ignored = kept, ignored
        self.clock = 0  # events: when a variable was bound
        self._bound: list[tuple[int, str, Any]] = []

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Within this block. Not while a debugger or a coverage tool is watching the program by the same means."""
        if sys.gettrace() is not None:
            yield
            return
        sys.settrace(self._entered)
        try:
            yield
        finally:
            sys.settrace(None)

    def bound(self) -> dict[str, list[Any]]:
        """The values of each variable, both in the order in which they were bound; a value only once."""
        found: dict[str, dict[int, Any]] = {}
        for _, name, value in sorted(self._bound, key=lambda bound: bound[0]):
            found.setdefault(name, {}).setdefault(id(value), value)
        return {name: list(values.values()) for name, values in found.items()}

    def _entered(self, frame: FrameType, event: str, _arg: Any) -> Any:
        return None if frame.f_code.co_filename.startswith(self.ignored) else _Call(self, frame).watch

    def look(self, frame: FrameType, since: dict[str, int]) -> None:
        """Note what these variables of a call are bound to, and when that was."""
        variables = frame.f_locals
        for name, when in since.items():
            value = self.kept(variables.get(name))
            if value is not None:
                self._bound.append((when, name, value))


class _Call:
    """One call of a function. Its variables wait to be looked at, each with the time since when it is bound."""

    def __init__(self, variables: Variables, frame: FrameType) -> None:
        self.variables = variables
        self.binds = _bindings(frame.f_code)
        self.line: int | None = None  # that is run now
        self.waiting: dict[str, int] = {}

    def watch(self, frame: FrameType, event: str, _arg: Any) -> Any:
        """Called by Python before each line, and at the end."""
        if event not in ("line", "return"):
            return self.watch
        self.variables.clock += 1
        if self.line is None:  # arguments, and what closures and generators have already
            self.waiting = dict.fromkeys(frame.f_locals, self.variables.clock)
        for name in self.binds.get(self.line, ()):
            self.waiting[name] = self.variables.clock
        self.line = frame.f_lineno
        if event == "return" or not self.waiting.keys().isdisjoint(self.binds.get(self.line, ())):
            self.variables.look(frame, self.waiting)
            self.waiting = {}
        return self.watch


F = TypeVar("F", bound=Callable[..., Any])


def unwatched(function: F) -> F:
    """The same function; nothing in it binds a variable whose name is asked for. Python tells us of no call in it."""

    @wraps(function)
    def called(*args: Any) -> Any:
        watch = sys.gettrace()
        if getattr(watch, "__func__", None) is not Variables._entered:
            return function(*args)
        sys.settrace(None)
        try:
            return function(*args)
        finally:
            sys.settrace(watch)

    return called  # type: ignore[return-value]


@lru_cache(maxsize=1024)
def _bindings(code: CodeType) -> dict[int | None, tuple[str, ...]]:
    """The variables that each line binds or deletes. Names of attributes may be among them."""
    found: dict[int | None, dict[str, None]] = {}
    starts = dict(dis.findlinestarts(code))
    line = None
    for instruction in dis.get_instructions(code):
        line = starts.get(instruction.offset, line)
        if instruction.opname.startswith(("STORE_", "DELETE_")):
            names = instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,)
            found.setdefault(line, {}).update(dict.fromkeys(name for name in names if isinstance(name, str)))
    return {line: tuple(names) for line, names in found.items()}
