"""A Tensor as notebooks show it at the end of a cell: what it is, its numbers and its gradient."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
from numpy import ndarray

from autograd.core.handle import Handle
from autograd.core.node import Node
from autograd.debug.names import of
from autograd.printable import printable

_WRITTEN = 100  # entries of an array that is written out
_NOTE = ' style="opacity: 0.75"'


def html_of(tensor: Handle) -> str | None:
    """The summary as HTML without colours of its own, for light and dark; None of a value that holds no numbers."""
    value = tensor._value
    if not isinstance(value, (float, np.floating, ndarray)):
        return None
    name = f"<b>{escape(printable(of(tensor) or 'Tensor'))}</b>"
    what = f"<span{_NOTE}>{escape(' · '.join(_described(tensor)))}</span>"
    rows = [_row("value", value), *([_row("grad", grad)] if (grad := _gradient(tensor)) is not None else [])]
    return f"<div>{name} {what}<table>{''.join(rows)}</table></div>"


def _described(tensor: Handle) -> list[str]:
    """Shape, dtype, where it comes from, and what is to be said of its gradient."""
    node, shape = tensor.node, np.shape(tensor._value)
    said = [f"Tensor {shape}" if shape else "Tensor", str(getattr(tensor._value, "dtype", "float64"))]
    if type(node) is not Node:
        return [*said, "constant: no gradient flows to it"]
    said.append("leaf" if node.op is None else f"result of {printable(node.op.name)}")
    return said if node.grad is not None else [*said, "grad: not computed yet"]


def _gradient(tensor: Handle) -> Any:
    grad = tensor.node.grad if type(tensor.node) is Node else None
    return grad._value if isinstance(grad, Handle) else grad


def _row(what: str, value: Any) -> str:
    alone = not isinstance(value, ndarray)
    numbers = str(value) if alone else np.array2string(value, threshold=_WRITTEN, separator=", ")
    cell = 'style="text-align: left; vertical-align: top"'
    spread = f"<div{_NOTE}>{_range(value)}</div>" if np.size(value) > _WRITTEN else ""
    pre = f'<pre style="margin: 0">{escape(numbers)}</pre>'
    return f'<tr><th scope="row" {cell}>{what}</th><td {cell}>{pre}{spread}</td></tr>'


def _range(value: Any) -> str:
    """What cannot be seen of an array that is cut short."""
    finite = value[np.isfinite(value)]
    bad = value.size - finite.size
    said = [f"{bad} of {value.size} entries are nan or inf"] if bad else []
    if finite.size:
        said.append(f"min {finite.min():.4g}, max {finite.max():.4g}, mean {finite.mean():.4g}")
    return "; ".join(said)
