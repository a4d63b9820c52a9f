"""The logistic loss, recognized by what it is: −(y ln a + (1−y) ln(1−a)), elementwise or summed up.

Whatever the spelling, it is a sum of two parts c·y·ln p, with p = a and y, and p = 1 − a and 1 − y.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from autograd.core.node import Node
from autograd.debug import names
from autograd.read.derive.recognizer import (
    DEEPEST,
    Found,
    Recognizer,
    both,
    exact_number,
    is_log,
    plain_float,
    transpose_of,
)
from autograd.read.notation import row_of
from autograd.read.operands import call_of, shape_of, unwrapped
from autograd.rules import identity, log_loss


def logistic_loss(known: Recognizer, node: Node) -> Found | None:
    """−(y ln a + (1−y) ln(1−a)) times a number, elementwise; or summed up, each part by itself."""
    combined = call_of(node) in (np.add, np.subtract, np.negative, np.multiply, np.divide)
    parts = _parts(known, node) if combined and node in known.of_logs else None
    if parts is None or len(parts) != 2:
        return None
    for first, second in (parts, parts[::-1]):
        same = first.summed == second.summed and _close(first.c, second.c)
        if same and _is_complement(known, second.p, first.p) and _completes(known, second.y, first.y, node):
            return _assembled(known, node, first)
    return None


def _assembled(known: Recognizer, node: Node, part: _Part) -> Found | None:
    loss = Found(log_loss, (part.p, part.y))
    if part.summed:
        loss = Found(np.sum, (loss,))
        loss = Found(np.reshape, (loss,), {"shape": node.shape}) if node.shape else loss
    elif part.p.shape != node.shape:
        return None
    if part.c == -1:
        return loss
    return Found(np.negative, (loss,)) if part.c == 1 else Found(np.multiply, (-float(part.c), loss))


def _parts(known: Recognizer, top: Node) -> list[_Part] | None:
    """A value as a sum of c·y·ln p; None where it is something else."""
    found: list[_Part] = []
    waiting: list[tuple[Any, Any, bool]] = [(top, 1, False)]
    steps = 0
    while waiting:
        steps += 1
        x, c, summed = waiting.pop()
        if len(found) > 2 or steps > DEEPEST or not (x is top or known.is_inside(x, top)):
            return None
        call, parents = x.op.function, x.parents
        if row_of(call).algebra == "sum" and all(shape_of(p) == x.shape for p in parents):
            waiting += [(parents[1], c if call is np.add else -c, summed), (parents[0], c, summed)]
        elif call is np.negative:
            waiting.append((parents[0], -c, summed))
        elif call is np.divide and plain_float(parents[1]):
            waiting.append((parents[0], c / plain_float(parents[1]), summed))
        elif not summed and np.size(known.values[x]) == 1 and _is_whole_sum(x):
            waiting.append((parents[0], c, True))
        elif row_of(call).moves and np.size(known.values[x]) == 1 and not summed:
            waiting.append((parents[0], c, summed))
        elif call is np.matmul and np.size(known.values[x]) == 1 and not summed and x.shape in ((1, 1), ()):
            found.append(_of_product(known, x, c))
        elif (scaled := _scaled(x)) is not None and not is_log(scaled[1]):
            waiting.append((scaled[1], c * scaled[0], summed))
        else:
            found.append(_weighted(known, x, c, summed))
        if found and found[-1].p is None:
            return None
    return found


def _weighted(known: Recognizer, x: Node, c: Any, summed: bool) -> _Part:
    """c·y·ln p of a product with a logarithm in it."""
    for y, log in both(x.parents) if call_of(x) is np.multiply else ():
        while call_of(log) is np.negative:
            c, log = -c, log.parents[0]
        if is_log(log) and _repeats_to(shape_of(y), log.shape):
            return _signed(known, c, y, log.parents[0], summed)
    return _Part(c, 1, x.parents[0], summed) if is_log(x) else _NO_PART


def _of_product(known: Recognizer, x: Node, c: Any) -> _Part:
    """c·Σ y·ln p, where that is a row times a column, or two vectors."""
    for y, column in both(x.parents):
        log = transpose_of(column)
        for factor in (y, transpose_of(y)):
            for of in (column, log):
                if is_log(of) and shape_of(factor) == of.shape and np.size(known.values[of]) == max(of.shape):
                    return _signed(known, c, *_upright(known, y, factor, of.parents[0], x), True)
    return _NO_PART


def _upright(known: Recognizer, y: Any, factor: Any, p: Any, top: Node) -> tuple[Any, Any]:
    """y and p of Σ y·ln p, where p is aᵀ or 1 − aᵀ: y as it goes with a, and a for aᵀ."""
    if not known.is_inside(p, top) or names.of(p) is not None:
        return factor, p
    less = p.op.function is np.subtract
    inner = transpose_of(p.parents[1] if less else p)
    if inner is None:
        return factor, p
    return (y if shape_of(y) == shape_of(inner) else transpose_of(factor)), (p if less else inner)


def _signed(known: Recognizer, c: Any, y: Any, p: Any, summed: bool) -> _Part:
    """With Y for −Y."""
    reading = known.constants.reading(y)
    if reading is not None and reading.function in (np.negative, identity):
        c, y = (-c if reading.function is np.negative else c), reading.array
    return _Part(c, y, p, summed)


def _is_complement(known: Recognizer, x: Any, a: Any) -> bool:
    """Whether x was computed as 1 − a."""
    if call_of(x) is not np.subtract or names.of(x) is not None:
        return False
    of = x.parents[1]
    inner = transpose_of(of) if type(of) is Node else None  # as in 1 − aᵀ, beside a
    same = known.key(of) == known.key(a) or (type(inner) is Node and known.key(inner) == known.key(a))
    return exact_number(x.parents[0]) == 1 and same


def _completes(known: Recognizer, x: Any, y: Any, node: Node) -> bool:
    """Whether x is 1 − y: computed so, or equal to it in every entry."""
    if type(y) is Node or type(x) is Node:
        return _is_complement(known, x, y)
    with np.errstate(all="ignore"):
        equal = shape_of(x) == shape_of(y) and np.array_equal(unwrapped(x), 1 - np.asarray(unwrapped(y)))
    if equal and names.of(x) is None and np.ndim(unwrapped(x)):
        reading = known.constants.reading(y)
        name = names.of(y if reading is None else reading.array) or "the targets"
        known.noted[node] = (
            f"1 − {name}: the cost uses a value that has no name, and in these data it is equal to 1 − {name}"
        )
    return bool(equal)


class _Part(NamedTuple):
    """c·y·ln p, or the sum of its entries."""

    c: Any
    y: Any
    p: Any
    summed: bool


_NO_PART = _Part(0, None, None, False)


def _scaled(x: Node) -> tuple[float, Node] | None:
    """The number and the node of a product of these."""
    if call_of(x) is not np.multiply:
        return None
    for number, of in both(x.parents):
        k = plain_float(number)
        if k is not None and type(of) is Node:
            return k, of
    return None


def _is_whole_sum(x: Node) -> bool:
    return call_of(x) is np.sum and "where" not in x.params and type(x.parents[0]) is Node


def _close(c: Any, d: Any) -> bool:
    return c == d or bool(np.isclose(float(c), float(d), rtol=1e-15, atol=0))


def _repeats_to(shape: tuple[int, ...], of: tuple[int, ...]) -> bool:
    """Whether broadcasting brings an array of this shape to that one."""
    return len(shape) <= len(of) and all(n in (1, m) for n, m in zip(shape[::-1], of[::-1]))
