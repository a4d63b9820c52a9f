"""How a Module is printed: as the call that makes it, in one line or, where that is too long, in several."""

from __future__ import annotations

import inspect
from reprlib import recursive_repr
from textwrap import indent
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from nn.module import Module

_WIDTH = 88
_ONLY_AT_FIRST = frozenset({"init", "seed", "dtype"})  # what the parameters began as


@recursive_repr("…")
def shown(module: Module) -> str:
    """The call with every argument that is not its default, and then the Modules that it has made itself.

    >>> import nn
    >>> nn.Linear(3, 2, bias=False)
    Linear(3, 2, bias=False)
    """
    given = [value for _, values in _arguments(module) for value in values]
    made = [child for child in module.named_children() if not any(child[1] is value for value in given)]
    return _set(module, [*_said(module), *(f"{name}: {child!r}" for name, child in made)])


def as_call(module: Module) -> str:
    """The call alone, where the Modules that it has made follow from the arguments."""
    return _set(module, _said(module))


def _said(module: Module) -> list[str]:
    arguments = _arguments(module)
    return [f"{'' if name is None else f'{name}='}{_value(value)}" for name, values in arguments for value in values]


def _set(module: Module, parts: list[str]) -> str:
    """In one line or, where that is too long, in several."""
    line = f"{type(module).__name__}({', '.join(parts)})"
    if len(line) <= _WIDTH and "\n" not in line:
        return line
    inside = indent(",\n".join(parts), "    ")
    return f"{type(module).__name__}(\n{inside},\n)"


def _arguments(module: Module) -> list[tuple[str | None, tuple[Any, ...]]]:
    """The arguments of its constructor that it keeps under their names: (name, or None by place; values)."""
    found: list[tuple[str | None, tuple[Any, ...]]] = []
    try:
        parameters = inspect.signature(type(module)).parameters.values()
    except (TypeError, ValueError):  # a constructor that Python cannot read
        return found
    for p in parameters:
        if p.name in _ONLY_AT_FIRST or not hasattr(module, p.name):
            continue
        value = getattr(module, p.name)
        if p.kind is p.VAR_POSITIONAL:
            found.append((None, tuple(value)))
        elif p.kind is not p.VAR_KEYWORD and not _same(value, p.default):
            by_place = p.default is p.empty and p.kind is not p.KEYWORD_ONLY
            found.append((None if by_place else p.name, (value,)))
    return found


def _same(value: Any, default: Any) -> bool:
    """Whether an argument is its default; an array never is."""
    return value is default or (type(value) is type(default) and np.ndim(value) == 0 and bool(value == default))


def _value(value: Any) -> str:
    shape = getattr(value, "shape", None)
    if isinstance(shape, tuple):
        return f"{type(value).__name__} {shape}"
    name = getattr(value, "__name__", None)
    return name if callable(value) and isinstance(name, str) else repr(value)
