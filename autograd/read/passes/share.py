"""Sharing: equal steps become one, whatever they are to be: a formula, a program, a region that is made simpler."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import numpy as np

from autograd.read.sizes import Size
from autograd.read.term import SMALL, Term, never


def sharing(stop: Callable[[Term], bool] = never, by_name: bool = True) -> Callable[[Term], Term]:
    """For `rebuilt`: gives the first Term that was computed as the one it is asked for.

    stop      which Terms are not looked into
    by_name   Terms of one name are one. Otherwise names do not count, since two values may have the same: what has one
              is shared with nothing but itself
    """
    first: dict[Hashable, Term] = {}
    return lambda s: first.setdefault(_key(s, s.call is None or stop(s), by_name), s)


def _key(s: Term, as_it_is: bool, by_name: bool) -> Hashable:
    if as_it_is and s.name is not None and by_name:
        return "name", s.name, s.gradient
    if as_it_is and not by_name:
        return "value", s.name, s.gradient, id(s.value), s.shape
    return id(s) if as_it_is or not (by_name or s.name is None) else how_computed(s)


def how_computed(s: Term) -> Hashable:
    """Equal for Terms that are computed alike. Their operands are one and the same where they are equal."""
    params = [(k, part(v)) for k, v in s.params.items()] if s.params else ()
    return (s.call, s.name, *[part(o) for o in s.operands], *params)


_PLAIN = (bool, int, float, str, type(None), type(Ellipsis), np.generic, np.dtype)


def part(x: Any) -> Hashable:
    """Equal for operands and parameters that are equal to the last bit: repr tells 0.0 from -0.0, and 1 from True."""
    if isinstance(x, Term):
        return id(x)
    if type(x) in (tuple, list):
        return (type(x), *map(part, x))
    if type(x) is slice:
        return (slice, part(x.start), part(x.stop), part(x.step))
    if type(x) is Size:
        return (Size, x.key)
    if type(x) is np.ndarray and x.size <= SMALL:
        return (x.dtype.str, x.shape, x.tobytes())
    return (type(x), repr(x)) if isinstance(x, _PLAIN) else ("id", id(x))
