"""Arrays seen in another form, as arithmetic with indices: transposed, reshaped, repeated, a part of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from autograd.read.notation import order_of_axes, row_of
from autograd.read.term import Term, within
from autograd.rules import getitem


class View(NamedTuple):
    """The entries of an array that is kept in memory without gaps, in some form.

    base     what is kept
    shape    in this form
    strides  how many entries further on the next one along each axis is; 0 along an axis of size 1
    offset   where the first one is
    """

    base: Term
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    offset: int = 0

    def onto(self, shape: Sequence[int]) -> tuple[int, ...]:
        """The strides where it is broadcast to a shape."""
        if not shape:  # of a number: a long calculation has nothing else
            return ()
        new = len(shape) - len(self.shape)
        assert new >= 0 and all(n in (1, m) for n, m in zip(self.shape, shape[new:], strict=True))
        return (0,) * new + tuple(0 if n == 1 else st for n, st in zip(self.shape, self.strides, strict=True))


def whole(base: Term) -> View:
    """An array as it is kept."""
    return View(base, base.shape, without_gaps(base.shape))


def without_gaps(shape: Sequence[int]) -> tuple[int, ...]:
    """The strides of an array without gaps.

    >>> without_gaps((2, 1, 3))
    (3, 0, 1)
    """
    return tuple(0 if n == 1 else prod(shape[i + 1 :]) for i, n in enumerate(shape))


def is_view(s: Term) -> bool:
    """Whether it shows entries of its operand, which it leaves where they are."""
    row = row_of(s.call)
    if row.shows:
        return bool(s.operands[0].shape) and takes_no_copy(s.params)
    moves = row.moves or row.turns or row.repeats
    return moves and s.params.get("order", "C") == "C" and isinstance(s.operands[0], Term)


def takes_no_copy(params: dict[str, Any]) -> bool:
    """Whether parts are taken by a basic index, and windows without padding, so that NumPy would give a view."""
    padding = params.get("padding", 0)
    if within(params) or isinstance(padding, str) or np.any(padding):
        return False
    index = params.get("index", ())
    parts = index if type(index) is tuple else (index,)
    return all(type(p) in (int, slice, type(None), type(Ellipsis)) for p in parts)


def viewed(s: Term, x: View) -> View | None:
    """A step that `is_view` as a view of what its operand is one of; None where the entries have to be copied."""
    row = row_of(s.call)
    if row.shows:
        return shown(x, lambda array: [_applied(s, array)])[0]
    if row.turns:
        order = order_of_axes(s.params, len(x.shape))
        return View(x.base, s.shape, tuple(x.strides[a] for a in order), x.offset)
    if row.repeats:
        return View(x.base, s.shape, x.onto(s.shape), x.offset)
    strides = _reshaped(x, s.shape)
    return None if strides is None else View(x.base, s.shape, strides, x.offset)


def shown(x: View, parts: Callable[[Any], Sequence[Any]]) -> list[View]:
    """Parts of it: what NumPy makes of the strides, of an array that is none."""
    return [_seen(x, part) for part in parts(np.lib.stride_tricks.as_strided(_START, x.shape, x.strides))]


def _seen(x: View, part: np.ndarray[Any, Any]) -> View:
    strides = tuple(0 if n == 1 else st for n, st in zip(part.shape, part.strides, strict=True))
    return View(x.base, part.shape, strides, x.offset + (_address(part) - _address(_START) if part.size else 0))


_START = np.zeros(1, np.int8)  # entries of one byte, of which none is read


def _applied(s: Term, array: Any) -> Any:
    """The step, of an array; even where it takes a single number out of it, that is a view."""
    if s.call is not getitem:
        return s.call(array, **s.params)  # type: ignore[misc]
    index = s.params["index"] if type(s.params["index"]) is tuple else (s.params["index"],)
    return array[index if Ellipsis in index else (*index, ...)]


def _address(x: np.ndarray[Any, Any]) -> int:
    return int(x.__array_interface__["data"][0])


def _reshaped(x: View, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The strides in another shape, axis by axis; None where there are none."""
    if prod(shape) == 0 or x.onto(x.shape) == without_gaps(x.shape):
        return without_gaps(shape)
    if [n for n in shape if n != 1] != [n for n in x.shape if n != 1]:
        return None
    rest = iter(st for n, st in zip(x.shape, x.strides, strict=True) if n != 1)
    return tuple(0 if n == 1 else next(rest) for n in shape)
