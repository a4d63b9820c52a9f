"""How steps are written that are not one operator of ONNX's with the same operands: by the function that users call.

    @emits(np.sum)
    def _(writer, step, x, axis=None, keepdims=False): …

An emitter takes the operands of a step and its parameters by name, and gives the name of the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from math import prod
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.op import OPS
from autograd.rules import (
    cast,
    conv1d_input,
    conv2d_input,
    getitem,
    identity,
    patches,
)
from autograd.rules.convolution import per_axis, sides
from autograd.rules.joining import zero_pad
from nn.onnx.operators import OPERATORS
from nn.onnx.traced import Size, Value
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
        return EMITTERS[step.call](writer, step, *step.operands, **step.params)
    name, attributes = rows()[step.call]
    return plain(writer, step, name, **attributes(**step.params))


def plain(writer: Writer, step: Value, operator: str, **attributes: Any) -> Name:
    """One operator on the operands as they are, all of the same kind of numbers."""
    kinds = [_kind(writer, x) for x in step.operands]
    if step.call is np.where:
        own = max(kinds[1:], key="bif".index)
        return writer.node(
            operator, *map(writer.value, step.operands, ["b", own, own]), kind=own, name=step.name, **attributes
        )
    common = max([*kinds, step.kind], key="bif".index)
    inputs = [writer.value(x, common) for x in step.operands]
    return writer.node(operator, *inputs, kind=step.kind, name=step.name, **attributes)


def _kind(writer: Writer, x: Any) -> str:
    if isinstance(x, Value):
        return writer.kinds[writer.known[x]]
    if isinstance(x, Size):
        return "i"
    kind = np.asarray(getattr(x, "array", x)).dtype.kind
    return "i" if kind == "u" else kind


def ndim(x: Any) -> int:
    """The number of axes of an operand."""
    return len(x.shape) if isinstance(x, Value) else np.ndim(x)


def axes_of(axis: Any, n: int) -> list[int]:
    """Axes counted from the front; None stands for all."""
    if axis is None:
        return list(range(n))
    return [int(a) % n for a in (axis if isinstance(axis, (tuple, list)) else (axis,))]


# --- arithmetic -------------------------------------------------------------------------------------------------------


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


@emits(identity, np.positive, np.copy)
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


# --- reductions -------------------------------------------------------------------------------------------------------


def _reduction(operator: str) -> Emitter:
    def emitter(writer: Writer, step: Value, x: Any, axis: Any = None, keepdims: Any = False) -> Name:
        pooled = _pooled(writer, step, x, axis, keepdims)
        if pooled is not None:
            return pooled
        axes = axes_of(axis, ndim(x))
        operand = writer.value(x, "f" if step.kind == "b" else step.kind)
        if not axes:
            return operand
        return writer.node(
            operator,
            operand,
            writer.sizes(axes),
            kind=writer.kinds[operand],
            name=step.name,
            keepdims=int(keepdims is True),
        )

    return emitter


EMITTERS[np.sum] = _reduction("ReduceSum")
EMITTERS[np.mean] = _reduction("ReduceMean")
EMITTERS[np.max] = _reduction("ReduceMax")
EMITTERS[np.min] = _reduction("ReduceMin")
EMITTERS[np.prod] = _reduction("ReduceProd")


@emits(ag.logsumexp)
def _logsumexp(writer: Writer, step: Value, x: Any, axis: Any = None, keepdims: Any = False) -> Name:
    axes = writer.sizes(axes_of(axis, ndim(x)))
    return writer.node("ReduceLogSumExp", writer.value(x, "f"), axes, keepdims=int(bool(keepdims)))


@emits(np.argmax, np.argmin)
def _place(writer: Writer, step: Value, x: Any, axis: Any = None, keepdims: Any = False) -> Name:
    operand = writer.value(x, "f")
    if axis is None:
        operand, axis = writer.node("Reshape", operand, writer.sizes([-1])), 0
    name = "ArgMax" if step.call is np.argmax else "ArgMin"
    return writer.node(name, operand, kind="i", axis=int(axis), keepdims=int(keepdims is True))


@emits(np.cumsum)
def _cumsum(writer: Writer, step: Value, x: Any, axis: Any = None) -> Name:
    return writer.node("CumSum", writer.value(x), writer.constant(np.asarray(int(axis)), "i"), kind=step.kind)


# --- forms ------------------------------------------------------------------------------------------------------------


@emits(np.reshape)
def _reshape(writer: Writer, step: Value, x: Any, **_: Any) -> Name:
    return writer.shape(writer.value(x), step.shape)


@emits(np.squeeze, np.expand_dims)
def _other_axes(writer: Writer, step: Value, x: Any, axis: Any = None) -> Name:
    return writer.shape(writer.value(x), step.shape)


@emits(np.transpose)
def _transpose(writer: Writer, step: Value, x: Any, axes: Any = None) -> Name:
    n = ndim(x)
    order = range(n)[::-1] if axes is None else [int(a) % n for a in axes]
    return writer.transpose(writer.value(x), list(order))


@emits(np.swapaxes)
def _swapaxes(writer: Writer, step: Value, x: Any, axis1: int, axis2: int) -> Name:
    order = list(range(ndim(x)))
    order[axis1], order[axis2] = order[axis2], order[axis1]
    return writer.transpose(writer.value(x), order)


@emits(np.broadcast_to)
def _broadcast(writer: Writer, step: Value, x: Any, shape: Any) -> Name:
    operand = writer.value(x)
    return writer.node("Expand", operand, writer.sizes(step.shape), kind=writer.kinds[operand])


@emits(np.concatenate)
def _concatenate(writer: Writer, step: Value, *arrays: Any, axis: int = 0) -> Name:
    parts = [writer.value(x, step.kind) for x in arrays]
    return writer.node("Concat", *parts, kind=step.kind, name=step.name, axis=int(axis))


@emits(np.stack)
def _stack(writer: Writer, step: Value, *arrays: Any, axis: int = 0) -> Name:
    at = writer.sizes([int(axis) % len(step.shape)])
    parts = [writer.node("Unsqueeze", writer.value(x, step.kind), at, kind=step.kind) for x in arrays]
    return writer.node("Concat", *parts, kind=step.kind, axis=int(axis) % len(step.shape))


@emits(zero_pad)
def _zero_pad(writer: Writer, step: Value, x: Any, widths: Any) -> Name:
    pads = [before for before, _ in widths] + [after for _, after in widths]
    return writer.node("Pad", writer.value(x, "f"), writer.sizes(pads), name=step.name)


@emits(np.flip)
def _flip(writer: Writer, step: Value, x: Any, axis: Any = None) -> Name:
    axes = axes_of(axis, ndim(x))
    operand, n = writer.value(x), len(axes)
    far = np.iinfo(np.int64).min
    bounds = (writer.sizes([-1] * n), writer.sizes([far] * n), writer.sizes(axes), writer.sizes([-1] * n))
    return writer.node("Slice", operand, *bounds, kind=writer.kinds[operand])


@emits(np.tril, np.triu)
def _triangle(writer: Writer, step: Value, x: Any, k: int = 0) -> Name:
    at = writer.constant(np.asarray(k), "i")
    return writer.node("Trilu", writer.value(x, "f"), at, upper=int(step.call is np.triu))


@emits(np.take_along_axis)
def _take_along_axis(writer: Writer, step: Value, x: Any, indices: Any, axis: int) -> Name:
    places = writer.node("Expand", writer.value(indices, "i"), writer.sizes(step.shape), kind="i")
    operand = writer.value(x)
    return writer.node("GatherElements", operand, places, kind=writer.kinds[operand], axis=int(axis) % ndim(x))


# --- indices ----------------------------------------------------------------------------------------------------------


@emits(getitem)
def _getitem(writer: Writer, step: Value, x: Any, index: Any) -> Name:
    parts = _spelt(index, ndim(x))
    operand = writer.value(x)
    kind = writer.kinds[operand]
    arrays = [p for p in parts if _is_array(p)]
    if any(_kind(writer, p) == "b" for p in arrays):
        raise ag.Unsupported("nn.onnx.save needs indices that are integers or slices, but got a mask. Use np.where.")
    slices = [(axis, p) for axis, p in enumerate(p for p in parts if p is not None) if isinstance(p, slice)]
    operand = _sliced(writer, operand, [(axis, s) for axis, s in slices if s != slice(None)], kind)
    if arrays:
        return _picked(writer, operand, parts, kind)
    for axis, p in reversed(list(enumerate(p for p in parts if p is not None))):
        if not isinstance(p, slice):
            operand = writer.node("Gather", operand, writer.value(p, "i"), kind=kind, axis=axis)
    new = [i for i, p in enumerate(q for q in parts if q is None or isinstance(q, slice)) if p is None]
    return writer.node("Unsqueeze", operand, writer.sizes(new), kind=kind) if new else operand


def _spelt(index: Any, n: int) -> list[Any]:
    """The index, one part for each axis, with None for new ones."""
    parts = list(index) if isinstance(index, tuple) else [index]
    given = sum(p is not None and p is not Ellipsis for p in parts)
    at = next((i for i, p in enumerate(parts) if p is Ellipsis), len(parts))
    return [*parts[:at], *[slice(None)] * (n - given), *parts[at + 1 :]]


def _is_array(part: Any) -> bool:
    return isinstance(part, (Value, np.ndarray, list)) and ndim(part) > 0


def _sliced(writer: Writer, x: Name, slices: Sequence[tuple[int, slice]], kind: str) -> Name:
    if not slices:
        return x
    far = np.iinfo(np.int64)
    steps = [s.step or 1 for _, s in slices]
    first = [(-1, far.min) if step < 0 else (0, far.max) for step in steps]  # where a slice without bounds goes
    starts = [a if s.start is None else s.start for (a, _), (_, s) in zip(first, slices, strict=True)]
    ends = [b if s.stop is None else s.stop for (_, b), (_, s) in zip(first, slices, strict=True)]
    return writer.node("Slice", x, *map(writer.sizes, (starts, ends, [a for a, _ in slices], steps)), kind=kind)


def _picked(writer: Writer, x: Name, parts: Sequence[Any], kind: str) -> Name:
    """By integer arrays: of one Gather does it, of several GatherND on axes that are brought to the front."""
    if None in [p for p in parts if not _is_array(p)]:
        raise ag.Unsupported("nn.onnx.save needs an index without None beside integer arrays. Reshape afterwards.")
    chosen = [axis for axis, p in enumerate(parts) if not isinstance(p, slice)]
    if len(chosen) == 1:
        return writer.node("Gather", x, writer.value(parts[chosen[0]], "i"), kind=kind, axis=chosen[0])
    rest = [axis for axis in range(len(parts)) if axis not in chosen]
    front = writer.transpose(x, [*chosen, *rest])
    zero: Any = np.zeros((1,) * max(ndim(parts[axis]) for axis in chosen), np.int64)
    whole = writer.constant(zero, "i")
    for axis in chosen:  # zeros of the shape that all have in common
        nothing = writer.node("Mul", writer.value(parts[axis], "i"), writer.constant(zero, "i"), kind="i")
        whole = writer.node("Add", whole, nothing, kind="i")
    places = [writer.node("Add", whole, writer.value(parts[axis], "i"), kind="i") for axis in chosen]
    last = writer.sizes([-1])
    columns = [writer.node("Unsqueeze", place, last, kind="i") for place in places]
    found = writer.node("GatherND", front, writer.node("Concat", *columns, kind="i", axis=-1), kind=kind)
    if chosen == list(range(chosen[0], chosen[0] + len(chosen))) and chosen[0]:  # they stand where the first one stood
        width = zero.ndim
        before, after = range(chosen[0]), range(chosen[0], len(rest))
        return writer.transpose(found, [*(width + i for i in before), *range(width), *(width + i for i in after)])
    return found


# --- windows: ONNX has the samples first ------------------------------------------------------------------------------


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
        name=step.name,
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


def _pooled(writer: Writer, step: Value, windows: Any, axis: Any, keepdims: Any) -> Name | None:
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
