"""Convolution and pooling: ONNX has the samples first."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

import autograd as ag
from autograd.rules import conv1d_input, conv2d_input, patches
from autograd.rules.convolution import per_axis, sides
from nn.onnx.emitters.table import axes_of, emits, ndim
from nn.onnx.traced import Value
from nn.onnx.writer import Name, Writer


def samples_first(writer: Writer, x: Any) -> Name:
    """(channels, …, m) -> (m, channels, …)."""
    n = ndim(x)
    return writer.transpose(writer.value(x, "f"), [n - 1, *range(n - 1)])


def samples_last(writer: Writer, x: Name, n: int) -> Name:
    """(m, channels, …) -> (channels, …, m)."""
    return writer.transpose(x, [*range(1, n), 0])


def frame(n: int, stride: Any, padding: Any, dilation: Any) -> dict[str, Any]:
    """The attributes of windows on n axes."""
    borders = sides(padding, n)
    return {
        "strides": list(per_axis(stride, "stride", n)),
        "dilations": list(per_axis(dilation, "dilation", n)),
        "pads": [before for before, _ in borders] + [after for _, after in borders],
    }


@emits(ag.conv1d, ag.conv2d)
def _conv(
    writer: Writer, step: Value, x: Any, W: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Name:
    n = ndim(x) - 2
    z = writer.node(
        "Conv",
        samples_first(writer, x),
        writer.value(W, "f"),
        group=groups,
        **frame(n, stride, padding, dilation),
    )
    return samples_last(writer, z, n + 2)


@emits(conv1d_input, conv2d_input)
def _conv_transpose(
    writer: Writer,
    step: Value,
    u: Any,
    W: Any,
    shape: Any,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Name:
    n, size = ndim(u) - 2, (W.shape if isinstance(W, Value) else np.shape(W))[2:]
    attributes = frame(n, stride, padding, dilation)
    spans = [(k - 1) * gap + 1 for k, gap in zip(size, attributes["dilations"], strict=True)]
    least = [
        step * (length - 1) + span - before - after
        for step, length, span, (before, after) in zip(
            attributes["strides"], u.shape[1:-1], spans, sides(padding, n), strict=True
        )
    ]
    missing = [wanted - n for wanted, n in zip(shape, least, strict=True)]
    operands = samples_first(writer, u), writer.value(W, "f")
    z = writer.node("ConvTranspose", *operands, group=groups, output_padding=missing, **attributes)
    return samples_last(writer, z, n + 2)


_POOLING: dict[Any, str] = {np.max: "MaxPool", np.mean: "AveragePool", np.sum: "AveragePool"}


def pooled(writer: Writer, step: Value, windows: Any, axis: Any, keepdims: Any) -> Name | None:
    """What a reduction of windows is: pooling; None for any other."""
    if not isinstance(windows, Value) or windows.call is not patches or keepdims is True:
        return None
    (x,) = windows.operands
    n = ndim(x) - 2
    name = _POOLING.get(step.call)
    if name is None or axis is None or axes_of(axis, ndim(windows)) != list(range(1, n + 1)):
        return None
    given = {"stride": 1, "padding": 0, "dilation": 1, **windows.params}
    size = list(per_axis(given.pop("size"), "size", n))
    attributes = frame(n, **given)
    if name == "MaxPool" and any(attributes["pads"]):
        return None
    if name == "AveragePool":
        if any(gap != 1 for gap in attributes.pop("dilations")):
            return None
        attributes["count_include_pad"] = 1
    out = writer.node(name, samples_first(writer, x), kernel_shape=size, **attributes)
    if step.call is np.sum:
        out = writer.node("Mul", out, writer.constant(prod(size), "f"))
    return samples_last(writer, out, n + 2)


@emits(patches)
def _patches(
    writer: Writer, step: Value, x: Any, size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1
) -> Name:
    """Axis by axis, entries of the kernel by places are picked."""
    n = ndim(x) - 2
    attributes = frame(n, stride, padding, dilation)
    out = writer.value(x, "f")
    if any(attributes["pads"]):
        pads = [0, *attributes["pads"][:n], 0, 0, *attributes["pads"][n:], 0]
        out = writer.node("Pad", out, writer.sizes(pads))
    kernel, places = step.shape[1 : n + 1], step.shape[n + 1 : -1]
    for i in range(n):
        at = (
            np.arange(kernel[i])[:, None] * attributes["dilations"][i] + np.arange(places[i]) * attributes["strides"][i]
        )
        out = writer.node("Gather", out, writer.constant(at, "i"), axis=1 + 2 * i)
    return writer.transpose(out, [0, *range(1, 2 * n, 2), *range(2, 2 * n + 1, 2), 2 * n + 1])
