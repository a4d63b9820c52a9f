"""How steps are written that are not one operator of ONNX's with the same operands: by the function that users call.

    @emits(np.sum)
    def _(writer, step, x, axis=None, keepdims=False): …

An emitter takes the operands of a step and its parameters by name, and gives the name of the result.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from inspect import Signature, signature
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.op import OPS
from nn.onnx.operators import OPERATORS
from nn.onnx.traced import Repeated, Size, Value, kind_of_numbers
from nn.onnx.writer import Name, Writer

Emitter = Callable[..., Name]
EMITTERS: dict[Any, Emitter] = {}


def emits(*functions: Any) -> Callable[[Emitter], Emitter]:
    """A decorator: the emitter of these functions."""

    def declare(emitter: Emitter) -> Emitter:
        EMITTERS.update(dict.fromkeys(functions, emitter))
        return emitter

    return declare


@cache
def rows() -> dict[Any, tuple[str, Callable[..., dict[str, Any]]]]:
    """The functions that are one operator: its name, and what makes its attributes."""
    found: dict[Any, tuple[str, Callable[..., dict[str, Any]]]] = {}
    for (domain, name), versions in OPERATORS.items():
        for row in versions if not domain else ():
            writes = {row.function: dict} if row.function in OPS and not row.writes else row.writes
            for function, attributes in writes.items():
                found.setdefault(function, (name, attributes))
    return found


def can_write(function: Any) -> bool:
    """Whether there is a way to write a step of this function, as it is."""
    return function in EMITTERS or function in rows()


def emit(writer: Writer, step: Value) -> Name:
    """The name of the result of a step."""
    if step.call in EMITTERS:
        emitter = EMITTERS[step.call]
        _check_options(step, signature(emitter))
        return emitter(writer, step, *step.operands, **step.params)
    name, attributes = rows()[step.call]
    return plain(writer, step, name, **attributes(**step.params))


def _check_options(step: Value, known: Signature) -> None:
    """Refuse options of a function that are not written, as initial= of np.max."""
    if any(p.kind is p.VAR_KEYWORD for p in known.parameters.values()):
        return
    lacking = [f"{option}=" for option in step.params if option not in known.parameters]
    if lacking:
        name = getattr(step.call, "__name__", step.call)
        raise ag.Unsupported(
            f"nn.onnx.save needs {name} without {', '.join(lacking)}, for which ONNX has no counterpart. Write it by "
            "other functions."
        )


def plain(writer: Writer, step: Value, operator: str, **attributes: Any) -> Name:
    """One operator on the operands as they are, all of the same kind of numbers."""
    whole = any(isinstance(x, Value) and x.shape == step.shape for x in step.operands)
    operands = [x.array if isinstance(x, Repeated) and whole else x for x in step.operands]  # it is repeated anyway
    kinds = [operand_kind(writer, x) for x in operands]
    if step.call is np.where:
        own = max(kinds[1:], key="bif".index)
        chosen = map(writer.value, operands, ["b", own, own])
        return writer.node(operator, *chosen, kind=own, **attributes)
    common = max([*kinds, step.kind], key="bif".index)
    inputs = [writer.value(x, common) for x in operands]
    return writer.node(operator, *inputs, kind=step.kind, **attributes)


def operand_kind(writer: Writer, x: Any) -> str:
    """What kind of numbers an operand has: "f", "i" or "b"."""
    if isinstance(x, Value):
        return writer.kinds[writer.known[x]]
    if isinstance(x, Size):
        return "i"
    return kind_of_numbers(getattr(x, "array", x))


def ndim(x: Any) -> int:
    """The number of axes of an operand."""
    return len(x.shape) if isinstance(x, Value) else np.ndim(x)


def axes_of(axis: Any, n: int) -> list[int]:
    """Axes counted from the front; None stands for all."""
    if axis is None:
        return list(range(n))
    return [int(a) % n for a in (axis if isinstance(axis, (tuple, list)) else (axis,))]
