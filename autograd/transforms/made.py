"""How functions were made that have no name of their own: a gradient of f by grad and f. So it can be made anew."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

Function = Callable[..., Any]
Recipe = tuple[Function, tuple[Any, ...]]  # a call, as pickle wants it; f is its first argument

# Not an attribute: functools.wraps would give it to whatever wraps the function.
_MADE: WeakKeyDictionary[Function, Recipe] = WeakKeyDictionary()


def made_by(transform: Function, f: Function, *how: Any) -> Callable[[Function], Function]:
    """A decorator that notes the call `transform(f, *how)` as what gives the function."""

    def note(function: Function) -> Function:
        _MADE[function] = transform, (f, *how)
        return function

    return note


def recipe(function: Any) -> Recipe | None:
    """The call that gives it, or None."""
    return _MADE.get(function) if isinstance(function, FunctionType) else None
