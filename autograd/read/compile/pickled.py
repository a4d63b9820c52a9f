"""What a compiled function is pickled as: its name, or the function that it was made from, of which it is read anew."""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from typing import Any

from autograd.errors import GraphError
from autograd.transforms.made import Recipe, recipe


def by_name(f: Any) -> Recipe | None:
    """How to find a function that was decorated: under the name of what it wraps; None where that is another one."""
    try:
        innermost: Any = inspect.unwrap(f)
    except ValueError:  # it wraps itself
        return None
    module, name = getattr(innermost, "__module__", None), getattr(innermost, "__qualname__", None)
    if not module or not name or _found(sys.modules.get(module), name) is not f:
        return None
    return named, (module, name)


def named(module: str, name: str) -> Any:
    """What a module has of that name. Raises GraphError where it has nothing."""
    found = _found(import_module(module), name)
    if found is None:
        raise GraphError(f"A compiled function was pickled as {name} of {module}, which is not there. Define it there.")
    return found


def _found(module: Any, name: str) -> Any:
    for part in name.split("."):
        module = getattr(module, part, None)
    return module


class Call:
    """Stands in a pickle for what a call gives."""

    def __init__(self, call: Recipe) -> None:
        self.call = call

    def __reduce__(self) -> Recipe:
        return self.call


def picklable(f: Any) -> Any:
    """What is read from a pickle as that function: f, or for the gradient of f, which has no name, ag.grad of f."""
    made = recipe(f)
    if made is None:
        return f
    transform, (of, *how) = made
    return Call(by_name(f) or (transform, (picklable(of), *how)))
