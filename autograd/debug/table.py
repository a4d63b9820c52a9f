"""A recorded graph as a table in plain text: one row for each operation, oldest first."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograd.core.node import Constant, Node, ancestors
from autograd.core.types import Value
from autograd.debug import names
from autograd.printable import printable

ROWS = 60  # a longer graph is cut in the middle,
OPERANDS = 8  # and so are the operands of one operation
HEAD = ("#", "name", "shape", "dtype", "operation", "line")


class Graph:
    """The operations that a result was computed from, and the leaves they began with; prints as a table.

    nodes   oldest first; the last one is the result

    Operands are called by their names, or those of the variables that hold them, or by their numbers in the table;
    `name#3` where several have one name. A plain array without a name shows its shape only.

    >>> import numpy as np, autograd as ag
    >>> W, b = ag.Tensor(np.ones((1, 3)), name="W"), ag.Tensor(0.5, name="b")
    >>> J = np.sum((W + b) ** 2, axis=0)
    >>> J.graph()
    #  name  shape   dtype    operation
    0  W     (1, 3)  float64  leaf
    1  b     ()      float64  leaf
    2        (1, 3)  float64  add(W, b)
    3        (1, 3)  float64  power(#2, 2)
    4  J     (3,)    float64  sum(#3, axis=0)
    """

    def __init__(self, root: Node) -> None:
        self.nodes = ancestors(root)
        self._names = names.asked().within(root)

    def __len__(self) -> int:
        return len(self.nodes)

    def __repr__(self) -> str:
        numbers = {node: i for i, node in enumerate(self.nodes)}
        name = self._names.of
        often = Counter(map(name, self.nodes))

        def called(operand: Value) -> str | None:
            own = name(operand)
            if type(operand) is not Node:
                return own and printable(own)
            if own is None:
                return f"#{numbers[operand]}"
            return printable(own if often[own] == 1 else f"{own}#{numbers[operand]}")

        def row(node: Node) -> tuple[str, ...]:
            dtype = "float64" if node.dtype is None else str(node.dtype)
            what = "leaf" if node.op is None else _operation(node, called)
            return str(numbers[node]), printable(name(node) or ""), str(node.shape), dtype, what, _line(node)

        first, last = _ends(self.nodes, ROWS)
        lines = _table([HEAD, *map(row, first), *map(row, last)])
        if last:
            lines.insert(1 + len(first), f"… {len(self.nodes) - ROWS} more …")
        return "\n".join(lines)


def _operation(node: Node, called: Callable[[Any], str | None]) -> str:
    """`function(operands, parameter=value)`."""
    assert node.op is not None

    def operand(x: Value) -> str:
        return called(x) or _plain(x)

    first, last = _ends(node.parents, OPERANDS)
    middle = [f"… {len(node.parents) - OPERANDS} more …"] if last else []
    given = [*map(operand, first), *middle, *map(operand, last)]
    params = [f"{k}={printable(_param(v))}" for k, v in node.params.items()]
    return f"{printable(node.op.name)}({', '.join([*given, *params])})"


def _plain(x: Value) -> str:
    """An operand without gradient or name: the number itself, or the shape of the array."""
    value = x.out if type(x) is Constant else x
    if np.ndim(value):
        return f"array {np.shape(value)}"
    return str(value) if np.asarray(value).dtype == bool else f"{float(value):.6g}"


def _param(value: Value) -> str:
    """The value of a parameter; slices as they are written between brackets."""
    if isinstance(value, slice):
        ends = ["" if end is None else str(end) for end in (value.start, value.stop)]
        return ":".join(ends if value.step is None else [*ends, str(value.step)])
    if isinstance(value, tuple):
        return f"({', '.join(map(_param, value))}{',' * (len(value) == 1)})"
    if isinstance(value, np.ndarray) and value.ndim:
        return f"array {value.shape}"
    text = "..." if value is Ellipsis else str(value) if isinstance(value, np.generic) else repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _line(node: Node) -> str:
    return f"{printable(os.path.basename(node.line[0]))}:{node.line[1]}" if node.line else ""


def _ends(items: Sequence[Any], most: int) -> tuple[Sequence[Any], Sequence[Any]]:
    """All items, or the first and the last where there are too many."""
    return (items, ()) if len(items) <= most else (items[: most // 2], items[-(most - most // 2) :])


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Cells in columns; a column with nothing beneath its head is left out."""
    columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
    widths = [max(map(len, column)) for column in columns]
    return ["  ".join(f"{c:<{w}}" for c, w in zip(cells, widths, strict=True)).rstrip() for cells in zip(*columns)]
