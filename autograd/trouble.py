"""Finding trouble: what `anomaly()` and `guard()` do when an operation has run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.errors import NumericalError, describe
from autograd.modes import Mode, user_line
from autograd.node import Node


def observe(mode: Mode, node: Node | None, what: str, operands: Any, raws: Any, out: Any) -> None:
    """Whatever the mode asks for after an operation `what` on `raws` gave `out`; node is None if none was recorded."""
    if mode.lines and node is not None:
        node.line = user_line()
    if mode.tracing is not None and node is not None:
        mode.tracing.recorded(node, out)
    if mode.anomaly and not _finite(out) and all(map(_finite, raws)):
        raise NumericalError(
            f"{what} made {_first(out)} from finite numbers.\n{_operands(operands, raws, _where(out))}"
            + _at(user_line())
        )
    if mode.guarded is not None:
        read = (*raws, *operands, out) if node is None else (*raws, *operands, out, node.params)
        for array in _arrays(read):
            mode.guarded.add(array)


def check_contribution(what: str, of: Any, node: Node, i: int, g: Any, contribution: Any) -> None:
    """Under `anomaly()`: what passes between a node and its operand i must be finite if what came in is.

    what, of  "gradient" of the operand, or "tangent" of the node
    """
    plain, incoming = _plain(contribution), _plain(g)
    if _finite(plain) or not _finite(incoming):
        return
    assert node.op is not None
    raise NumericalError(
        f"The {what} of {name_of(of) or 'a value'} by way of {node.op.name} is {_first(plain)}, "
        f"from finite numbers alone.\n{_operands(node.parents, node.inputs, _where(plain))}" + _at(node.line)
    )


class Suspicious:
    """A watcher of a sweep that raises at the first contribution that is not finite; passes on to another watcher."""

    def __init__(self, then: Any = None) -> None:
        self.then = then

    def edge(self, node: Node, position: int, incoming: Any, contribution: Any, fitted: Any, total: Any) -> None:
        """See autograd.sweep.Watcher."""
        check_contribution("gradient", node.parents[position], node, position, incoming, contribution)
        if self.then is not None:
            self.then.edge(node, position, incoming, contribution, fitted, total)


def name_of(operand: Any) -> str | None:
    """The name of an operand, where it can have one."""
    return getattr(operand, "name", None)


def _plain(x: Any) -> Any:
    return getattr(x, "data", x) if hasattr(x, "node") else x


def _finite(x: Any) -> bool:
    return bool(np.all(np.isfinite(x))) if isinstance(x, (float, np.ndarray, np.generic)) else True


def _where(x: Any) -> tuple[int, ...]:
    return tuple(np.argwhere(~np.isfinite(x))[0].tolist())


def _first(x: Any) -> str:
    """The first offending value, and where it stands."""
    at = _where(x)
    return f"{np.asarray(x)[at]} at {at}" if at else f"{x}"


def _operands(operands: Any, raws: Any, at: tuple[int, ...]) -> str:
    """A line for each operand, with its value at the offending entry where the shapes let one say which that is."""
    lines = []
    for operand, raw in zip(operands, raws, strict=True):
        if raw is None or isinstance(raw, tuple):
            continue
        here = ""
        if np.ndim(raw) and np.ndim(raw) == len(at) and all(i < n for i, n in zip(at, np.shape(raw), strict=True)):
            here = f", here {np.asarray(raw)[at]}"
        lines.append(f"  {describe(raw, name_of(operand))}{here}\n")
    return "".join(lines)


def _at(line: tuple[str, int] | None) -> str:
    return (
        f"  {line[0]}, line {line[1]}"
        if line
        else "  The forward pass ran outside of anomaly(), so its line is not known."
    )


def _arrays(read: Any) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays in what an operation read: operands, and parameters such as indices and masks."""
    if isinstance(read, np.ndarray):
        yield read
    elif isinstance(read, (tuple, list, dict)):
        for part in read.values() if isinstance(read, dict) else read:
            yield from _arrays(part)
