"""A model as a table: what each layer gives, and what it costs in parameters and memory."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from inspect import signature
from typing import Any

import numpy as np

import autograd as ag
from nn import data, random
from nn.buffers import Buffer, buffers_apart
from nn.module import WATCH, Module

HEADS = "layer", "output", "parameters", "memory"


@dataclass(frozen=True)
class Line:
    """A layer: its way in the model and within how many others it runs, how it is printed, the shape of its result or
    the shapes of several, its own parameters, trained and frozen, and the bytes of these, its buffers and results."""

    name: str
    depth: int
    layer: str
    output: tuple[Any, ...]
    parameters: int
    frozen: int
    memory: int


@dataclass(frozen=True, repr=False)
class Summary:
    """The layers of a model in the order in which they run; prints as a table.

    parameters  how many numbers are trained; frozen: how many are not
    memory      bytes of all parameters, buffers and results
    input       the shape of what it was run on, or of each of several
    """

    lines: tuple[Line, ...]
    parameters: int
    frozen: int
    input: str

    @property
    def memory(self) -> int:
        return sum(line.memory for line in self.lines)

    def __repr__(self) -> str:
        from rich.console import Console
        from rich.table import Table

        table = Table(*HEADS)
        for column in table.columns[2:]:
            column.justify = "right"
        for line in self.lines:
            table.add_row(*_cells(line))
        out = io.StringIO()
        Console(file=out, width=110, markup=False, highlight=False, color_system=None).print(table)
        return f"{out.getvalue()}{self._total()}"

    def _repr_html_(self) -> str:
        heads = "".join(f"<th>{head}</th>" for head in HEADS)
        rows = "".join(f"<tr>{''.join(f'<td>{escape(c)}</td>' for c in _cells(line))}</tr>" for line in self.lines)
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table><p>{escape(self._total())}</p>"

    def _total(self) -> str:
        frozen = f" and {self.frozen:,} frozen" if self.frozen else ""
        return f"X {self.input}: {self.parameters:,} parameters{frozen}, {_bytes(self.memory)} with all results"


def summary(model: Module, X: Any) -> Summary:
    """Run the model once in evaluation, on zeros of a shape or on an input as it is, and list what each layer gives."""
    given = _input(model, X)
    calls = _calls(model, given)
    names = {id(module): ".".join(map(str, way)) for way, module, _ in model._walk()}
    counted: set[int] = set()
    lines = tuple(_line(call, names.get(id(call.module), ""), counted) for call in calls)
    tensors = [t for _, t in model._named_tensors()]
    trained, frozen = (sum(t.size for t in tensors if t.requires_grad is wanted) for wanted in (True, False))
    return Summary(lines, trained, frozen, " and ".join(str(np.shape(x)) for x in given))


def _input(model: Module, X: Any) -> tuple[Any, ...]:
    """What the model is run on: zeros, in the precision of its parameters, for a shape or each of several."""
    if isinstance(X, (tuple, list)) and any(n is None for n in X):
        raise ag.ShapeError(
            f"summary needs the shape of an input with its number of columns, but got {tuple(X)}. Write "
            f"{tuple(1 if n is None else n for n in X)}: samples are columns, on the last axis."
        )
    if _is_shape(X):
        X = [tuple(X)]
    if isinstance(X, (tuple, list)) and all(_is_shape(x) or hasattr(x, "dtype") for x in X) and any(map(_is_shape, X)):
        dtype = next((p.dtype for p in model.parameters()), float)
        names = [*signature(model.forward).parameters, *[""] * len(X)]
        return tuple(_example(name, x, dtype) if _is_shape(x) else x for name, x in zip(names, X))
    return data.inputs(tuple(X) if isinstance(X, list) and any(hasattr(x, "dtype") for x in X) else X)


def _is_shape(x: Any) -> bool:
    return isinstance(x, (tuple, list)) and bool(x) and all(isinstance(n, (int, np.integer)) for n in x)


def _example(name: str, shape: Any, dtype: Any) -> Any:
    """An input of that shape: zeros, or a mask under which everything is seen."""
    return np.ones(shape, bool) if name == "mask" else np.zeros(shape, dtype)


@dataclass
class _Call:
    """A Module that ran: within how many others, whether others ran within it, and what it gave."""

    module: Module
    depth: int
    has_parts: bool = False
    out: Any = None


def _calls(model: Module, given: tuple[Any, ...]) -> list[_Call]:
    """The calls of Modules within the model, in order; that of the model itself where there are no others."""
    calls: list[_Call] = []
    running: list[_Call] = []

    def watch(module: Module) -> Callable[[Any], None]:
        call = _Call(module, len(running) - 1)
        if running:
            running[-1].has_parts = True
        calls.append(call)
        running.append(call)

        def leave(out: Any) -> None:
            running.pop().out = out

        return leave

    token = WATCH.set(watch)
    try:
        with ag.no_grad(), model.mode(training=False), buffers_apart(), random.seeded(0):
            model(*given)
    finally:
        WATCH.reset(token)
    return calls[1:] or calls


def _line(call: _Call, name: str, counted: set[int]) -> Line:
    """The line of a call; what a layer holds is counted where it runs first."""
    held = [
        item for _, item in call.module._held() if isinstance(item, (ag.Tensor, Buffer)) and id(item) not in counted
    ]
    counted.update(map(id, held))
    tensors = [t for t in held if isinstance(t, ag.Tensor)]
    trained, frozen = (sum(t.size for t in tensors if t.requires_grad is wanted) for wanted in (True, False))
    values = [np.asarray(t.data if isinstance(t, ag.Tensor) else t.value) for t in held]
    results = [] if call.has_parts else _arrays(call.out)
    memory = sum(x.nbytes for x in values) + sum(x.size * np.dtype(x.dtype).itemsize for x in results)
    text = repr(call.module)
    layer = type(call.module).__name__ if call.has_parts or "\n" in text or len(text) > 60 else text
    return Line(name, max(call.depth, 0), layer, _shape(call.out), trained, frozen, memory)


def _arrays(out: Any) -> list[Any]:
    """The arrays of a result, which may be several in a tuple."""
    if isinstance(out, (tuple, list)):
        return [x for part in out for x in _arrays(part)]
    return [out] if hasattr(out, "dtype") else []


def _shape(out: Any) -> tuple[Any, ...]:
    return tuple(map(_shape, out)) if isinstance(out, (tuple, list)) else np.shape(out)


def _cells(line: Line) -> tuple[str, ...]:
    frozen = f" {line.frozen:,} frozen" if line.frozen else ""
    parameters = f"{line.parameters:,}" if line.parameters or not frozen else ""
    name = f"{line.name}: " if line.name else ""
    return "  " * line.depth + name + line.layer, str(line.output), f"{parameters}{frozen}".strip(), _bytes(line.memory)


def _bytes(n: float) -> str:
    """A size for people.

    >>> _bytes(512), _bytes(20000)
    ('512 B', '19.5 KiB')
    """
    for unit in ("B", "KiB", "MiB"):
        if n < 1024:
            return f"{n:.0f} {unit}" if unit == "B" else f"{n:.1f} {unit}"
        n /= 1024
    return f"{n:.1f} GiB"
