"""Where a cost takes means over samples: np.mean, a logistic cost, a sum that is divided by its number of terms.

1/m is what divides a sum over samples, or is called m. A sum has one m: where np.mean or a constant called m has
divided it, a number that happens to be 1/m is a number, as the ½ of (A − Y)²/2 is where there are two samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

import numpy as np

from autograd.core.node import Constant, Node
from autograd.debug import names
from autograd.read.derive.constants import Written
from autograd.read.derive.loops import Scale, scales
from autograd.read.notation import axes_of, row_of
from autograd.read.operands import call_of, is_square, shape_of
from autograd.rules import binary_cross_entropy


class Mean(NamedTuple):
    """A mean over samples: how many, the operand that is summed, along which axis.

    certain    whether it is that of samples, whatever else it might be
    number     the constant that the sum is multiplied or divided by, and what it is as a multiple of 1/m or of m
    scale      where that is done
    total      the sum
    of_total   whether it is done to the sum, not to its terms
    """

    size: int
    operand: Any
    axis: int | None
    certain: bool = False
    number: Any = None
    times: float = 1.0
    divides: bool = False
    scale: Node | None = None
    total: Node | None = None
    of_total: bool = True


def is_called_m(operand: Any) -> bool:
    """Whether it is a number that its user has called m."""
    return type(operand) is Constant and names.of(operand) == "m" and np.ndim(operand.out) == 0


def fixed_means(node: Node) -> Iterator[Mean]:
    """Where a mean is taken by its name, or by that of m."""
    op, shapes = node.op, [shape_of(p) for p in node.parents]
    if op is None:
        return
    if op.function is binary_cross_entropy and shapes[0]:
        for operand, shape in zip(node.parents, shapes):
            yield Mean(shape[-1], operand, len(shape) - 1, certain=True)
    elif op.function is np.mean and shapes[0] and "where" not in node.params:
        axes = reduced(node, shapes[0])
        several = [a for a in axes if shapes[0][a] != 1] or axes[:1]
        for axis in several:
            yield Mean(shapes[0][axis], node.parents[0], axis)
    elif op.function is np.divide and is_called_m(node.parents[1]):
        total, m = node.parents[0], int(node.parents[1].out)
        yield Mean(m, total, None, certain=True)
        for _, of, axes in _sums_below(total):
            yield from (Mean(m, of, axis) for axis in axes if shape_of(of)[axis] == m)


def written_means(nodes: list[Node], fixed: list[Mean], written: Written) -> list[Mean]:
    """Where a sum is multiplied by 1/m or divided by m, as a number that is that of its terms: (1/m) Σ, Σ/(2m).

    Other factors that a mean may have are ½, and the number of units that are summed as well.

    fixed     the means that have a name: what they sum has its m
    written   the numbers of the user's code; one that scales the terms of a sum is what it is
    """
    over_m = [node.parents[0] for node in nodes if call_of(node) is np.divide and is_called_m(node.parents[1])]
    named = {id(of) for x in over_m for _, of, _ in _sums_below(x)}
    said = {(id(mean.operand), mean.axis) for mean in fixed}
    users = users_of(nodes)
    found = [mean for node in nodes for mean in _of_numbers(node, users, written)]
    return [mean for mean in found if id(mean.operand) not in named and (id(mean.operand), mean.axis) not in said]


def halves(nodes: list[Node]) -> set[int]:
    """The numbers, by id, that halve a sum of two terms, or each of them: they may be m as well."""
    users = users_of(nodes)
    return {
        id(scale.number)
        for node in nodes
        for scale in scales(node)
        if abs(scale.factor) == 0.5
        for _, operand, axes in (*_sums_below(scale.of), *sums_above(node, users))
        if any(shape_of(operand)[axis] == 2 for axis in axes)
    }


def _of_numbers(node: Node, users: dict[Node, list[Node]], written: Written) -> Iterator[Mean]:
    for scale in scales(node):
        if is_called_m(scale.number):
            continue
        for total, operand, axes in _sums_below(scale.of):
            yield from _shares(scale, node, Mean(0, operand, 0, total=total), axes)
        literal = abs(scale.value) in (written.divisors if scale.divides else written.numbers)
        for total, operand, axes in () if literal else sums_above(node, users):
            yield from _shares(scale, node, Mean(0, operand, 0, total=total, of_total=False), axes)


def _shares(scale: Scale, node: Node, mean: Mean, axes: list[int]) -> Iterator[Mean]:
    """The axes that one over the number is the size of, but for a factor."""
    shape, c = shape_of(mean.operand), scale.factor
    for axis in axes:
        size, units = shape[axis], prod(shape[a] for a in axes if a != axis)
        known = (1, 0.5, 1 / units, 0.5 / units)
        times = next((k for k in known if size > 1 and np.isclose(abs(c) * size, k, rtol=1e-12, atol=0)), None)
        if times is None or (abs(c) == 0.5 and size == 2 and _is_half(scale, mean)):
            continue
        if size == 2 and times not in (1, 0.5):  # the entries of pairs are more likely to be counted than two samples
            continue
        signed = times if c > 0 else -times
        number = scale.number if type(scale.number) is Constant else None
        yield mean._replace(
            size=size,
            axis=axis,
            number=number,
            times=1 / signed if scale.divides else signed,
            divides=scale.divides,
            scale=node,
        )


def _is_half(scale: Scale, mean: Mean) -> bool:
    """Whether ½ is that of half a square, as the first one of a square is, and that of terms always."""
    above, _ = _factors(scale.of, mean.operand)
    below, core = _factors(mean.operand)
    square = is_square(core) or is_square(mean.operand) or is_square(scale.of)
    return not mean.of_total or (square and not any(abs(c) == 0.5 for c in (*above, *below)))


def _factors(x: Any, until: Any = None) -> tuple[list[float], Any]:
    """The numbers that a value is multiplied by, one after the other, and what is multiplied in the end."""
    factors = []
    while x is not until and type(x) is Node and x.op is not None:
        scale = next(scales(x), None)
        row = row_of(call_of(x))
        if scale is not None:
            factors.append(scale.factor)
            x = scale.of
        elif row.algebra == "sign" or row.moves or call_of(x) is np.sum:
            x = x.parents[0]
        else:
            break
    return factors, x


_FAR = 64  # operations between a number and the sum that it is for


def users_of(nodes: list[Node]) -> dict[Node, list[Node]]:
    """What was computed from each node."""
    users: dict[Node, list[Node]] = {}
    for node in nodes:
        for p in node.parents:
            if type(p) is Node:
                users.setdefault(p, []).append(node)
    return users


def passes(call: Any) -> bool:
    """Whether a number may be carried through an operation to a sum."""
    row = row_of(call)
    return bool(row.algebra) or row.moves


def _sums_below(start: Any) -> Iterator[tuple[Node, Any, list[int]]]:
    """The sums that a value is made of: the sum, what is summed, along which axes, the last one first."""
    waiting, seen = [start], {id(start)}
    while waiting and len(seen) < _FAR:
        node = waiting.pop(0)
        if type(node) is not Node or node.op is None:
            continue
        call, shapes = node.op.function, [shape_of(p) for p in node.parents]
        if call is np.sum and shapes[0] and "where" not in node.params:
            yield node, node.parents[0], reduced(node, shapes[0])
        if call is np.matmul and np.prod(node.shape) == 1:
            yield node, node.parents[0], [len(shapes[0]) - 1]
        if passes(call) or (call is np.sum and np.prod(shapes[0]) == 1):
            new = [p for p in node.parents if id(p) not in seen]
            seen.update(map(id, new))
            waiting += new


def sums_above(
    start: Node, users: dict[Node, list[Node]], but: set[Node] | None = None
) -> Iterator[tuple[Node, Any, list[int]]]:
    """The sums that a value goes into, not by way of some nodes."""
    waiting, seen = [start], {start, *(but or ())}
    while waiting and len(seen) < _FAR + len(but or ()):
        node = waiting.pop(0)
        for user in users.get(node, ()):
            call = call_of(user)
            if call is np.sum and shape_of(node) and "where" not in user.params:
                yield user, node, reduced(user, shape_of(node))
            elif passes(call) and user not in seen:
                seen.add(user)
                waiting.append(user)


def totals(node: Node, size: int) -> Iterator[Mean]:
    """Where a sum is taken over so many entries of the last axis."""
    if call_of(node) is np.sum:
        shape = shape_of(node.parents[0])
        if shape and shape[-1] == size and "where" not in node.params and len(shape) - 1 in reduced(node, shape):
            yield Mean(size, node.parents[0], len(shape) - 1)


def reduced(node: Node, shape: tuple[int, ...]) -> list[int]:
    """The axes that a sum or mean goes over, the last one first."""
    return axes_of(node.params.get("axis"), len(shape))[::-1]
