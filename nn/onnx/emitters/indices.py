"""Indices: slices, integers, arrays of integers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd as ag
from autograd.rules import getitem
from nn.onnx.emitters.table import emits, ndim, operand_kind
from nn.onnx.traced import Value
from nn.onnx.writer import Name, Writer


@emits(getitem)
def _getitem(writer: Writer, step: Value, x: Any, index: Any) -> Name:
    parts = _spelt(index, ndim(x))
    operand = writer.value(x)
    kind = writer.kinds[operand]
    arrays = [p for p in parts if _is_array(p)]
    if any(operand_kind(writer, p) == "b" for p in arrays):
        raise ag.Unsupported("nn.onnx.save needs indices that are integers or slices, but got a mask. Use np.where.")
    slices = [(axis, p) for axis, p in enumerate(p for p in parts if p is not None) if isinstance(p, slice)]
    operand = _sliced(writer, operand, [(axis, s) for axis, s in slices if s != slice(None)], kind)
    if arrays:
        return _picked(writer, operand, parts, kind)
    for axis, p in reversed(list(enumerate(p for p in parts if p is not None))):
        if not isinstance(p, slice):
            operand = writer.node("Gather", operand, writer.value(p, "i"), kind=kind, axis=axis)
    new = [i for i, p in enumerate(q for q in parts if q is None or isinstance(q, slice)) if p is None]
    return writer.node("Unsqueeze", operand, writer.sizes(new), kind=kind) if new else operand


def _spelt(index: Any, n: int) -> list[Any]:
    """The index, one part for each axis, with None for new ones."""
    parts = list(index) if isinstance(index, tuple) else [index]
    given = sum(p is not None and p is not Ellipsis for p in parts)
    at = next((i for i, p in enumerate(parts) if p is Ellipsis), len(parts))
    return [*parts[:at], *[slice(None)] * (n - given), *parts[at + 1 :]]


def _is_array(part: Any) -> bool:
    return isinstance(part, (Value, np.ndarray, list)) and ndim(part) > 0


def _sliced(writer: Writer, x: Name, slices: Sequence[tuple[int, slice]], kind: str) -> Name:
    if not slices:
        return x
    far = np.iinfo(np.int64)
    steps = [s.step or 1 for _, s in slices]
    first = [(-1, far.min) if step < 0 else (0, far.max) for step in steps]  # where a slice without bounds goes
    starts = [a if s.start is None else s.start for (a, _), (_, s) in zip(first, slices, strict=True)]
    ends = [b if s.stop is None else s.stop for (_, b), (_, s) in zip(first, slices, strict=True)]
    return writer.node("Slice", x, *map(writer.sizes, (starts, ends, [a for a, _ in slices], steps)), kind=kind)


def _picked(writer: Writer, x: Name, parts: Sequence[Any], kind: str) -> Name:
    """By integer arrays: of one Gather does it, of several GatherND on axes that are brought to the front."""
    if None in [p for p in parts if not _is_array(p)]:
        raise ag.Unsupported("nn.onnx.save needs an index without None beside integer arrays. Reshape afterwards.")
    chosen = [axis for axis, p in enumerate(parts) if not isinstance(p, slice)]
    if len(chosen) == 1:
        return writer.node("Gather", x, writer.value(parts[chosen[0]], "i"), kind=kind, axis=chosen[0])
    rest = [axis for axis in range(len(parts)) if axis not in chosen]
    front = writer.transpose(x, [*chosen, *rest])
    zero: Any = np.zeros((1,) * max(ndim(parts[axis]) for axis in chosen), np.int64)
    whole = writer.constant(zero, "i")
    for axis in chosen:  # zeros of the shape that all have in common
        nothing = writer.node("Mul", writer.value(parts[axis], "i"), writer.constant(zero, "i"), kind="i")
        whole = writer.node("Add", whole, nothing, kind="i")
    places = [writer.node("Add", whole, writer.value(parts[axis], "i"), kind="i") for axis in chosen]
    last = writer.sizes([-1])
    columns = [writer.node("Unsqueeze", place, last, kind="i") for place in places]
    found = writer.node("GatherND", front, writer.node("Concat", *columns, kind="i", axis=-1), kind=kind)
    if chosen == list(range(chosen[0], chosen[0] + len(chosen))) and chosen[0]:  # they stand where the first one stood
        width = zero.ndim
        before, after = range(chosen[0]), range(chosen[0], len(rest))
        return writer.transpose(found, [*(width + i for i in before), *range(width), *(width + i for i in after)])
    return found
