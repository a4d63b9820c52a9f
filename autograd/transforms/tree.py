"""Nested lists, tuples and dicts of values, flattened and built up again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


class Leaf:
    """Stands for one value in a structure."""


LEAF = Leaf()


def flatten(tree: Any) -> tuple[list[Any], Any]:
    """The values in order, and the structure with a mark in place of each. A list of numbers is a container, too.

    >>> flatten({"W": 1.0, "b": [2.0, 3.0]})[0]
    [1.0, 2.0, 3.0]
    """
    if isinstance(tree, dict):
        parts = {k: flatten(v) for k, v in tree.items()}
        return [x for values, _ in parts.values() for x in values], {k: s for k, (_, s) in parts.items()}
    if isinstance(tree, (list, tuple)):
        pairs = [flatten(v) for v in tree]
        return [x for values, _ in pairs for x in values], _sequence(tree, [s for _, s in pairs])
    return [tree], LEAF


def rebuild(structure: Any, values: Sequence[Any]) -> Any:
    """The structure with the values in their places.

    >>> rebuild(flatten({"W": 1.0, "b": [2.0, 3.0]})[1], "xyz")
    {'W': 'x', 'b': ['y', 'z']}
    """
    return _rebuild(structure, iter(values))


def paths(tree: Any, name: str) -> Iterator[str]:
    """What each value in a nested structure is called, in the order of `flatten`."""
    parts = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, (list, tuple)) else None
    if parts is None:
        yield name
    else:
        for key, part in parts:
            yield from paths(part, f"{name}[{key!r}]")


def _rebuild(structure: Any, values: Iterator[Any]) -> Any:
    if isinstance(structure, dict):
        return {k: _rebuild(s, values) for k, s in structure.items()}
    if isinstance(structure, (list, tuple)):
        return _sequence(structure, [_rebuild(s, values) for s in structure])
    return next(values)


def _sequence(like: Any, values: list[Any]) -> Any:
    """A sequence of the same type, named tuples included."""
    return type(like)(*values) if hasattr(like, "_fields") else type(like)(values)
