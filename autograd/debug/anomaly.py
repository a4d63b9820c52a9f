"""anomaly(): the first NaN or Inf that an operation makes out of finite numbers is an error."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd.core.modes import Mode, Switched
from autograd.core.node import Node
from autograd.core.types import Value
from autograd.debug.lines import LineRecorder, user_line
from autograd.errors import NumericalError, describe


class anomaly(Switched):
    """Within this block the first operation, forward or backward, that makes a NaN or Inf out of finite numbers raises
    NumericalError: with the operation, its operands and their names, the offending entry, and the user's file and line.
    NumPy's own warnings of the same are silent meanwhile.

    >>> import numpy as np, autograd as ag
    >>> x = ag.Tensor([4.0, 0.0], name="x")
    >>> with ag.anomaly():
    ...     np.sqrt(x).sum().backward()
    Traceback (most recent call last):
        ...
    autograd.errors.NumericalError: The gradient of x by way of sqrt is inf at (1,), from finite numbers alone.
      x (2,) float64, here 0.0
      ...
    """

    def __init__(self, *settings: Any) -> None:
        super().__init__(observer=Suspicious())

    def _begin(self) -> Any:
        return np.seterr(all="ignore")

    def _end(self, kept: Any, later: list[Mode]) -> None:
        for mode in later:
            if isinstance(mode.owner, anomaly):
                mode.kept.update(kept)  # it is the one now after which NumPy speaks again
                return
        np.seterr(**kept)


class Suspicious(LineRecorder):
    """Raises at the first result, gradient or tangent that is not finite although all that it was made of is."""

    def recorded(self, node: Node | None, what: str, operands: Any, raws: Any, out: Value) -> None:
        """See autograd.core.modes.Observer."""
        super().recorded(node, what, operands, raws, out)
        if not _finite(out) and all(map(_finite, raws)):
            raise NumericalError(
                f"{what} made {_first(out)} from finite numbers.\n{_operands(operands, raws, _where(out))}"
                + _at(user_line())
            )

    def edge(self, node: Node, position: int, incoming: Value, contribution: Value, fitted: Any, total: Value) -> None:
        """See autograd.core.modes.Observer."""
        _check("gradient", node.parents[position], node, incoming, contribution)

    def pushed(self, node: Node, position: int, incoming: Value, contribution: Value) -> None:
        """See autograd.core.modes.Observer."""
        _check("tangent", node, node, incoming, contribution)


def _check(what: str, of: Any, node: Node, incoming: Value, contribution: Value) -> None:
    """Under `anomaly()`: what passes between a node and its operand must be finite if what came in is.

    what, of  "gradient" of the operand, or "tangent" of the node
    """
    plain = _plain(contribution)
    if _finite(plain) or not _finite(_plain(incoming)):
        return
    assert node.op is not None
    raise NumericalError(
        f"The {what} of {_name(of) or 'a value'} by way of {node.op.name} is {_first(plain)}, "
        f"from finite numbers alone.\n{_operands(node.parents, node.inputs, _where(plain))}" + _at(node.line)
    )


def _name(operand: Value) -> str | None:
    """The name of an operand, where it can have one."""
    return getattr(operand, "name", None)


def _plain(x: Value) -> Value:
    return getattr(x, "data", x) if hasattr(x, "node") else x


def _finite(x: Value) -> bool:
    return bool(np.all(np.isfinite(x))) if isinstance(x, (float, np.ndarray, np.generic)) else True


def _where(x: Value) -> tuple[int, ...]:
    return tuple(np.argwhere(~np.isfinite(x))[0].tolist())


def _first(x: Value) -> str:
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
        lines.append(f"  {describe(raw, _name(operand))}{here}\n")
    return "".join(lines)


def _at(line: tuple[str, int] | None) -> str:
    return (
        f"  {line[0]}, line {line[1]}"
        if line
        else "  The forward pass ran outside of anomaly(), so its line is not known."
    )
