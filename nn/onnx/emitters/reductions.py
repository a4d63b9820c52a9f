"""Reductions, and what runs along an axis."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from autograd.rules.norms import euclidean
from nn.onnx.emitters.table import EMITTERS, Emitter, axes_of, emits, ndim
from nn.onnx.emitters.windows import pooled
from nn.onnx.traced import Value
from nn.onnx.writer import Name, Writer


def _reduction(operator: str) -> Emitter:
    def emitter(writer: Writer, step: Value, x: Any, axis: Any = None, keepdims: Any = False) -> Name:
        found = pooled(writer, step, x, axis, keepdims)
        if found is not None:
            return found
        axes = axes_of(axis, ndim(x))
        operand = writer.value(x, "f" if step.kind == "b" else step.kind)
        if not axes:
            return operand
        return writer.node(
            operator,
            operand,
            writer.sizes(axes),
            kind=writer.kinds[operand],
            keepdims=int(keepdims is True),
        )

    return emitter


EMITTERS[np.sum] = _reduction("ReduceSum")
EMITTERS[np.mean] = _reduction("ReduceMean")
EMITTERS[np.max] = _reduction("ReduceMax")
EMITTERS[np.min] = _reduction("ReduceMin")
EMITTERS[euclidean] = _reduction("ReduceL2")
EMITTERS[np.prod] = _reduction("ReduceProd")


@emits(ag.logsumexp)
def _logsumexp(writer: Writer, step: Value, x: Any, axis: Any = None, keepdims: Any = False) -> Name:
    axes = writer.sizes(axes_of(axis, ndim(x)))
    return writer.node("ReduceLogSumExp", writer.value(x, "f"), axes, keepdims=int(bool(keepdims)))


@emits(ag.softmax)
def _softmax(writer: Writer, step: Value, x: Any, axis: Any = 0) -> Name:
    axes, operand = axes_of(axis, ndim(x)), writer.value(x, "f")
    if len(axes) == 1:
        return writer.node("Softmax", operand, axis=axes[0])
    total = writer.node("ReduceLogSumExp", operand, writer.sizes(axes), keepdims=1)
    return writer.node("Exp", writer.node("Sub", operand, total))


@emits(np.argmax, np.argmin)
def _place(writer: Writer, step: Value, x: Any, axis: Any = None, keepdims: Any = False) -> Name:
    operand = writer.value(x, "f")
    if axis is None:
        operand, axis = writer.node("Reshape", operand, writer.sizes([-1])), 0
    name = "ArgMax" if step.call is np.argmax else "ArgMin"
    return writer.node(name, operand, kind="i", axis=int(axis), keepdims=int(keepdims is True))


@emits(np.cumsum)
def _cumsum(writer: Writer, step: Value, x: Any, axis: Any = None) -> Name:
    operand = writer.value(x)
    if axis is None:
        operand, axis = writer.node("Reshape", operand, writer.sizes([-1]), kind=writer.kinds[operand]), 0
    return writer.node("CumSum", operand, writer.constant(np.asarray(int(axis)), "i"), kind=step.kind)


@emits(np.all, np.any)
def _of_booleans(writer: Writer, step: Value, x: Any, axis: Any = None, keepdims: Any = False) -> Name:
    ones = writer.cast(writer.value(x, "b"), "i")
    name = "ReduceMin" if step.call is np.all else "ReduceMax"
    axes = writer.sizes(axes_of(axis, ndim(x)))
    return writer.cast(writer.node(name, ones, axes, kind="i", keepdims=int(keepdims is True)), "b")
