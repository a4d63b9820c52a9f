"""The Jacobian of one recorded operation, or of what its rule makes of a gradient, row by row.

It is asked of the rules of the table themselves: the operation, or its rule, runs on Tensors, and the engine's sweep is
started at one entry of the result after the other. There is nothing here of any single operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from autograd import Constant, Node, Tensor, reverse
from autograd.core.fitting import fit
from autograd.core.op import Op
from autograd.tensor import apply


def rows(function: Callable[..., Any], values: Sequence[Any]) -> Iterator[list[Any]]:
    """For each entry of function(*values), in order: its derivative with respect to each value; None where it is zero.
    The function is called at once, each sweep when its row is asked for.

    >>> [row[0].tolist() for row in rows(lambda x: x * x, [np.array([1.0, 3.0])])]
    [[2.0, 0.0], [0.0, 6.0]]
    """
    leaves = [Tensor(value) for value in values]
    with np.errstate(all="ignore"):
        return _swept(function(*leaves), leaves)


def _swept(result: Any, leaves: Sequence[Tensor]) -> Iterator[list[Any]]:
    if not isinstance(result, Tensor) or isinstance(result.node, Constant):
        yield from ([None] * len(leaves) for _ in range(np.size(result)))
        return
    nodes = [leaf.node for leaf in leaves if isinstance(leaf.node, Node)]  # all of them
    for entry in range(result.size):
        with np.errstate(all="ignore"):
            found = reverse(result.node, _one(result.node, entry), targets=nodes)
        yield [found.get(node) for node in nodes]


def of_operation(op: Op, operands: Sequence[Any], params: dict[str, Any]) -> tuple[list[int], Iterator[list[Any]]]:
    """The Jacobian of an operation: the positions of the operands that it is of, and its rows."""
    vjps = [None] * len(operands) if op.kind == "constant" else op.vjps
    moving = [i for i, x in enumerate(operands) if is_float(x) and (op.variadic or vjps[i] is not None)]

    def run(*leaves: Any) -> Any:
        given = dict(zip(moving, leaves, strict=True))
        return apply(op, tuple(given.get(i, x) for i, x in enumerate(operands)), params)

    return moving, rows(run, [operands[i] for i in moving])


def of_rule(node: Node, position: int, incoming: Any) -> tuple[list[Any], Iterator[list[Any]]]:
    """The Jacobian of what a node's rule makes of its gradient for one operand: by the gradient, and by all values that
    the rule reads. They are told as None for the gradient, the node itself for its result, else the operand.

    Raises whatever a rule of the user's raises, which takes nothing but arrays.
    """
    read: dict[int, tuple[Any, Any]] = {}
    parent = node.parents[position]
    made: dict[int, Tensor] = {}

    def wrap(x: Any, operand: Any) -> Any:
        if not is_float(x):
            return x
        if id(operand) not in read:
            read[id(operand)] = operand, x
        return made.get(id(operand), x)

    def run(gradient: Any) -> Any:
        assert node.op is not None
        share = node.op.pullback(node, gradient, {parent}, wrap)[position]
        return fit(share, parent.shape, parent.dtype)

    with np.errstate(all="ignore"):
        run(Tensor(incoming))  # asks for what it reads
    operands = [operand for operand, _ in read.values()]

    def of_values(gradient: Any, *leaves: Any) -> Any:
        made.update(zip(read, leaves, strict=True))
        return run(gradient)

    return [None, *operands], rows(of_values, [incoming, *(x for _, x in read.values())])


def is_float(x: Any) -> bool:
    """Whether a derivative with respect to it can be asked for."""
    return isinstance(x, float) or (isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "f")


def _one(node: Node, entry: int) -> Any:
    """The gradient that asks for one entry."""
    if node.dtype is None:
        return 1.0
    seed = np.zeros(node.shape, node.dtype)
    seed.flat[entry] = 1
    return seed if node.shape else seed[()]
