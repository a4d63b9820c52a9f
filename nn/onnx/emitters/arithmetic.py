"""Arithmetic: functions that are made of a few operators, and kinds of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd as ag
from autograd.rules import cast, identity
from nn.onnx.emitters.table import EMITTERS, Emitter, emits, plain
from nn.onnx.traced import Value
from nn.onnx.writer import Name, Writer


def composed(function: Callable[..., Any]) -> Emitter:
    """An emitter of a function made of others: it is given a Maker for each operand."""

    def emitter(writer: Writer, step: Value, *operands: Any, **params: Any) -> Name:
        made = function(*(Made(writer, writer.value(x, "f")) for x in operands), **params)
        return made.name

    return emitter


class Made:
    """A floating value in the making, with Python's operators; `made.Exp()` applies an operator of ONNX's."""

    def __init__(self, writer: Writer, name: Name) -> None:
        self.writer = writer
        self.name = name

    def _apply(self, operator: str, *others: Any, kind: str = "f", **attributes: Any) -> Made:
        inputs = [x.name if isinstance(x, Made) else self.writer.constant(x, "f") for x in (self, *others)]
        return Made(self.writer, self.writer.node(operator, *inputs, kind=kind, **attributes))

    def __getattr__(self, operator: str) -> Callable[..., Made]:
        return lambda *others, **attributes: self._apply(operator, *others, **attributes)

    def __add__(self, other: Any) -> Made:
        return self._apply("Add", other)

    def __sub__(self, other: Any) -> Made:
        return self._apply("Sub", other)

    def __mul__(self, other: Any) -> Made:
        return self._apply("Mul", other)

    def __truediv__(self, other: Any) -> Made:
        return self._apply("Div", other)

    def __neg__(self) -> Made:
        return self._apply("Neg")


def log_add_exp(x: Made, y: Made) -> Made:
    """ln(e^x + e^y) = max + ln(1 + e^-|x − y|)."""
    return x.Max(y) + ((-(x - y).Abs()).Exp() + 1.0).Log()


_COMPOSED: dict[Any, Callable[..., Any]] = {
    np.fabs: lambda x: x.Abs(),
    np.square: lambda x: x * x,
    np.expm1: lambda x: x.Exp() - 1.0,
    np.log1p: lambda x: (x + 1.0).Log(),
    np.log2: lambda x: x.Log() / np.log(2.0),
    np.log10: lambda x: x.Log() / np.log(10.0),
    np.exp2: lambda x: (x * np.log(2.0)).Exp(),
    np.logaddexp: log_add_exp,
    np.remainder: lambda x, y: x - (x / y).Floor() * y,
    np.floor_divide: lambda x, y: (x / y).Floor(),
    np.trunc: lambda x: x.Abs().Floor() * x.Sign(),
    np.hypot: lambda x, y: (x * x + y * y).Sqrt(),
    np.cbrt: lambda x: x.Sign() * x.Abs().Pow(1 / 3),
    np.radians: lambda x: x * (np.pi / 180),
    np.degrees: lambda x: x * (180 / np.pi),
    ag.normal_cdf: lambda x: ((x / np.sqrt(2.0)).Erf() + 1.0) * 0.5,
    ag.log_sigmoid: lambda x: -(-x).Softplus(),
}
EMITTERS.update({function: composed(definition) for function, definition in _COMPOSED.items()})
EMITTERS[np.deg2rad], EMITTERS[np.rad2deg] = EMITTERS[np.radians], EMITTERS[np.degrees]


@emits(identity, np.positive, np.copy, np.conjugate)
def _same(writer: Writer, step: Value, x: Any, **_: Any) -> Name:
    return writer.value(x)


@emits(cast, np.float64)
def _cast(writer: Writer, step: Value, x: Any, dtype: Any = float) -> Name:
    return writer.value(x, "f")


@emits(np.clip)
def _clip(writer: Writer, step: Value, x: Any, low: Any = None, high: Any = None) -> Name:
    out = writer.value(x, "f")
    if low is not None:
        out = writer.node("Max", out, writer.value(low, "f"))
    return out if high is None else writer.node("Min", out, writer.value(high, "f"))


@emits(np.power)
def _power(writer: Writer, step: Value, x: Any, y: Any) -> Name:
    return writer.node("Pow", writer.value(x, "f"), writer.value(y, "f"))


@emits(np.not_equal)
def _not_equal(writer: Writer, step: Value, x: Any, y: Any) -> Name:
    return writer.node("Not", plain(writer, step, "Equal"), kind="b")


@emits(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert)
def _of_booleans(writer: Writer, step: Value, *operands: Any) -> Name:
    if step.kind != "b":
        raise ag.Unsupported(f"nn.onnx.save needs booleans for {step.call.__name__}, but got integers.")  # type: ignore[union-attr]
    name = {np.bitwise_and: "And", np.bitwise_or: "Or", np.bitwise_xor: "Xor", np.invert: "Not"}[step.call]  # type: ignore[index]
    return writer.node(name, *(writer.value(x, "b") for x in operands), kind="b")


@emits(np.isfinite)
def _is_finite(writer: Writer, step: Value, x: Any) -> Name:
    operand = writer.value(x, "f")
    infinite, nan = (writer.node(name, operand, kind="b") for name in ("IsInf", "IsNaN"))
    return writer.node("Not", writer.node("Or", infinite, nan, kind="b"), kind="b")


@emits(np.around, np.round)
def _around(writer: Writer, step: Value, x: Any, decimals: int = 0) -> Name:
    scale = writer.constant(10.0**decimals, "f")
    whole = writer.node("Round", writer.node("Mul", writer.value(x, "f"), scale))
    return writer.node("Div", whole, scale)
