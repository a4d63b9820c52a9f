"""What an object holds in its attributes: directly, in __slots__, and in collections of any depth."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import lru_cache, partial
from types import MemberDescriptorType
from typing import Any

import numpy as np

Way = tuple[Any, ...]
Items = list[tuple[Any, Any]]


class Whole:
    """What is found as it is, though it may be a collection, too."""

    __slots__ = ()


_PLAIN = frozenset({bool, int, float, str, bytes, type(None)})


def held(owner: object, age: Callable[[Any], float]) -> list[tuple[Way, Any]]:
    """Each thing that an object holds, but for plain numbers and text: (the way to it, it), in order.

    age   sorts what is in a set, whose own order changes from run to run
    """
    found: list[tuple[Way, Any]] = []
    for name, value in _attributes(owner):
        kind: Any = type(value)
        if kind in _PLAIN:
            continue
        if _reader(kind) is None:
            found.append(((name,), value))
        else:
            found += within(value, age, (name,))
    return found


def contents(owner: object, age: Callable[[Any], float]) -> list[Any]:
    """The same without the ways, in less time: a training asks at each step."""
    kind: Any = type(owner)
    found: list[Any] = []
    waiting = [*vars(owner).values()][::-1]
    waiting += [getattr(owner, slot) for slot in reversed(_slots(kind)) if hasattr(owner, slot)]
    seen: set[int] = set()
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if kind in _PLAIN:
            continue
        read = _reader(kind)
        items = None if read is None else read(value, age)
        if items is None:
            found.append(value)
        elif id(value) not in seen:
            seen.add(id(value))
            waiting += [item for _, item in reversed(items)]
    return found


def within(value: Any, age: Callable[[Any], float], way: Way = ()) -> Iterator[tuple[Way, Any]]:
    """Each thing in a collection, and in those within it; what is not a collection is all there is."""
    waiting: list[tuple[Way, Any]] = [(way, value)]
    seen: set[int] = set()  # a list may hold itself
    while waiting:
        way, value = waiting.pop()
        kind: Any = type(value)
        read = _reader(kind)
        items = None if read is None else read(value, age)
        if items is None:
            yield way, value
        elif id(value) not in seen:
            seen.add(id(value))
            waiting += [((*way, key), item) for key, item in reversed(items)]


def _attributes(owner: object) -> Iterator[tuple[str, Any]]:
    """The attributes of an object, those in __slots__ first."""
    kind: Any = type(owner)
    for slot in _slots(kind):
        if hasattr(owner, slot):
            yield slot, getattr(owner, slot)
    yield from vars(owner).items()


@lru_cache(maxsize=512)
def _slots(kind: Any) -> tuple[str, ...]:
    """The __slots__ of a class and its bases; a class never gets others."""
    found: dict[str, None] = {}
    for base in reversed(kind.__mro__):
        names = vars(base).get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            descriptor = vars(base).get(_mangled(name, base))
            if isinstance(descriptor, MemberDescriptorType):
                found[descriptor.__name__] = None
    return tuple(found)


def _mangled(name: str, kind: type) -> str:
    """The name of a private attribute as Python keeps it."""
    private = name.startswith("__") and not name.endswith("__")
    return f"_{kind.__name__.lstrip('_')}{name}" if private else name


@lru_cache(maxsize=512)
def _reader(kind: Any) -> Callable[[Any, Callable[[Any], float]], Items | None] | None:
    """The function that gives the keys and values of a collection of that class; None for whatever is not one."""
    if issubclass(kind, Whole):
        return None
    if issubclass(kind, Mapping):
        return lambda value, age: list(value.items())
    if issubclass(kind, partial):
        return lambda value, age: [*enumerate(value.args), *value.keywords.items()]
    if issubclass(kind, Set):
        return lambda value, age: list(enumerate(sorted(value, key=age)))
    if issubclass(kind, np.ndarray):
        return lambda value, age: list(enumerate(value.flat)) if value.dtype == object else None
    if issubclass(kind, Sequence) and not issubclass(kind, (str, bytes, bytearray, memoryview, range)):
        return lambda value, age: list(enumerate(value))
    return None


def reconstructed(x: Any, memo: dict[Any, Any]) -> Any:
    """A deep copy of an object, as copy.deepcopy makes it where a class has no `__deepcopy__` of its own."""
    make, args, *rest = x.__reduce_ex__(4)
    state, items, pairs = (*rest, None, None, None)[:3]
    other = memo[id(x)] = make(*copy.deepcopy(args, memo))
    state = copy.deepcopy(state, memo)
    if hasattr(other, "__setstate__"):
        other.__setstate__(state)
    elif state is not None:
        attributes, slots = state if isinstance(state, tuple) else (state, {})
        vars(other).update(attributes or {})
        for name, value in slots.items():
            object.__setattr__(other, name, value)
    for item in items or ():
        other.append(copy.deepcopy(item, memo))
    for key, value in pairs or ():
        other[copy.deepcopy(key, memo)] = copy.deepcopy(value, memo)
    return other
