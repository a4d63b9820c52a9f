"""nn.onnx.save: a Module as an ONNX file."""

from __future__ import annotations

import inspect
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import autograd as ag
from autograd.files import path_to, save_whole
from nn.module import Module
from nn.onnx.emitters import can_write, emit
from nn.onnx.traced import Program, Size, Value, program
from nn.onnx.writer import FORMAT, OPSET, SAMPLES, Name, Writer


def save(model: Module, path: str | os.PathLike[str], X: Any, *, dtype: Any = np.float32) -> Path:
    """Write what a model computes in evaluation as an ONNX file. Returns the path. It needs the extra `io`.

    X      an input, or its shape: X.shape, the samples last. Integers, as indices for nn.Embedding, are given
           themselves. For several inputs a list of these
    dtype  of all floating numbers in the file. Most runtimes compute in single precision

    In the file the axis of the samples is the first one, as other libraries have it, and is called "batch", for any
    number of samples; nothing else is turned: X (channels, height, width, m) is (batch, channels, height, width).

    >>> import nn, numpy as np, tempfile
    >>> model = nn.Sequential(nn.Linear(3, 4), nn.Tanh())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     nn.onnx.save(model, folder + "/model.onnx", (3, 5)).name
    'model.onnx'

    Raises autograd.Unsupported with a list of all functions that cannot be written, SaveError where the file cannot be.
    """
    if not isinstance(model, Module):
        raise TypeError(f"nn.onnx.save needs an nn.Module, but got {type(model).__module__}.{type(model).__name__}.")
    if dtype is None or dtype not in _DTYPES:  # (NumPy takes None for double precision)
        raise ag.DtypeError(f"nn.onnx.save needs a floating dtype, but got {dtype!r:.60}. Use np.float32.")
    path = path_to(path, "nn.onnx.save")
    save_whole(path, proto(model, X, dtype).SerializeToString())
    return path


_DTYPES = (float, "float16", "float32", "float64", np.float16, np.float32, np.float64, *map(np.dtype, "efd"))


def proto(model: Module, X: Any, dtype: Any = np.float32) -> Any:
    """The onnx.ModelProto of a model."""
    names = {id(item.data): name for name, item in model._named_tensors()}
    names |= {id(buffer.value): name for name, buffer in model.named_buffers()}
    writer, examples = Writer(dtype, names), _examples(X)
    try:
        inspect.signature(model.forward).bind(*examples)
    except TypeError as error:
        raise TypeError(
            f"nn.onnx.save needs X to be the input of {type(model).__name__}, or a list of its inputs, but got "
            f"{len(examples)} ({error})."
        ) from None
    try:
        computed = program(model, examples, can_write)
    except ag.DtypeError as error:
        if isinstance(X, (list, tuple)) and any(module.takes_indices for module in model.modules()):
            raise ag.DtypeError(
                f"nn.onnx.save needs integers for a model that takes indices, but got the shape {X}. Pass X itself."
            ) from error
        raise
    inputs = [_entering(writer, x) for x in computed.inputs]
    for step in computed.steps:
        writer.known[step] = emit(writer, step)
    outputs = [_leaving(writer, out, k, len(computed.outputs)) for k, out in enumerate(computed.outputs)]
    return _model(writer, inputs, outputs, computed)


def _examples(X: Any) -> list[Any]:
    """An example with one sample for each input."""
    several = isinstance(X, (list, tuple)) and not all(map(_is_size, X))
    found = []
    for x in X if several else [X]:
        if isinstance(x, (list, tuple)):
            _check(tuple(x))
            rng = np.random.default_rng(0)
            found.append(rng.standard_normal((*x[:-1], 1)))
        else:
            x = np.asarray(x.data if isinstance(x, ag.Tensor) else x)
            if x.dtype.kind not in "fiub":
                raise TypeError(f"nn.onnx.save needs an input, or its shape with the samples last, but got {X!r:.60}.")
            _check(x.shape)
            found.append(x[..., :1])
    return found


def _is_size(n: Any) -> bool:
    return isinstance(n, (int, np.integer)) and not isinstance(n, bool)


def _check(shape: tuple[Any, ...]) -> None:
    if not shape or not all(_is_size(n) and n > 0 for n in shape):
        raise ag.ShapeError(
            f"nn.onnx.save needs an input, or its shape with the samples last, but got {shape}. Pass X.shape, or X."
        )


def _entering(writer: Writer, x: Value) -> Any:
    """An input of the file, and the value that the model has of it."""
    name = writer.free(x.name or "X")
    writer.kinds[name] = x.kind
    n = len(x.shape)
    if "samples" not in writer.known:
        first = writer.node("Shape", name, kind="i", start=0, end=1)
        writer.known["samples"] = first
    writer.known[x] = writer.transpose(name, [*range(1, n), 0])
    return _info(writer, name, x.kind, [SAMPLES, *x.shape[:-1]])


def _leaving(writer: Writer, out: Any, k: int, several: int) -> Any:
    """An output of the file: the samples first, by a name of its own."""
    if not isinstance(out, Value) or not out.shape or not isinstance(out.shape[-1], Size):
        raise ag.Unsupported(
            "nn.onnx.save needs a model whose results have the samples on their last axis, but got one "
            + (f"of shape {_words(out.shape)}." if isinstance(out, Value) else "that does not depend on the input.")
        )
    n = len(out.shape)
    x = writer.transpose(writer.known[out], [n - 1, *range(n - 1)])
    name = writer.output(x, out.name or ("Y" if several == 1 else f"Y{k + 1}"))
    first = SAMPLES if out.shape[-1] == Size(1, 0) else None
    return _info(writer, name, writer.kinds[name], [first, *out.shape[:-1]])


def _words(shape: Sequence[Any]) -> str:
    return f"({', '.join('m' if n == Size(1, 0) else '?' if isinstance(n, Size) else str(n) for n in shape)})"


def _info(writer: Writer, name: Name, kind: str, shape: Sequence[Any]) -> Any:
    helper = writer.onnx.helper
    sizes = [None if isinstance(n, Size) else n for n in shape]
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(writer.dtypes[kind]), sizes)


def _model(writer: Writer, inputs: Sequence[Any], outputs: Sequence[Any], computed: Program) -> Any:
    """The whole, without what nothing needs."""
    helper, needed = writer.onnx.helper, {value.name for value in outputs}
    nodes = []
    for node in reversed(writer.nodes):
        if needed.intersection(node.output):
            nodes.append(node)
            needed.update(node.input)
    arrays = [
        writer.onnx.numpy_helper.from_array(array, name)
        for name, array in writer.initializers.items()
        if name in needed
    ]
    graph = helper.make_graph(nodes[::-1], "chalkgrad", list(inputs), list(outputs), arrays)
    model = helper.make_model(
        graph, producer_name="chalkgrad", opset_imports=[helper.make_opsetid("", OPSET)], ir_version=FORMAT
    )
    writer.onnx.checker.check_model(model, full_check=True)
    return model
