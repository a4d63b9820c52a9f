"""A graph of ONNX as a Module, run by the engine's functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

import autograd as ag
from nn.buffers import Buffer
from nn.module import Module
from nn.onnx.graph import Graph, Port, Step


class Network(Module):
    """A network of an ONNX file, as nn.onnx.load gives it. Its parameters are called as in the file.

    Samples are on the last axis, as everywhere in nn: X (n_x, m), images (channels, height, width, m). The graph itself
    has them where the file has them, mostly first; the axis is moved once before it and once after it, and nothing else
    is turned: (m, channels, height, width) in the file is (channels, height, width, m) here. Weights, and all axes
    within the graph, are those of the file.

    A file that was exported for training has Dropout and batch normalization that do so in training, and in evaluation,
    as in `predict`, do not: nothing is dropped, and running statistics normalize. These are Buffers here.

    graph   the graph as JSON, without the numbers of the parameters
    """

    def __init__(self, graph: str | Graph) -> None:
        self._graph = graph if isinstance(graph, Graph) else Graph.from_json(graph)
        self.weights = {
            name: ag.Tensor(np.zeros(shape, dtype), name=name)
            for name, (shape, dtype) in self._graph.parameters.items()
        }
        replaced = {name for step in self._graph.steps for name in step.statistics}
        self.statistics = {
            name: Buffer(value, name=name) for name, value in self._graph.constants.items() if name in replaced
        }

    @property
    def graph(self) -> str:
        """The graph as JSON."""
        return self._graph.to_json()

    def forward(self, *inputs: Any) -> Any:
        """The outputs of the graph: one value, or a tuple of several."""
        ports = self._graph.inputs
        if len(inputs) != len(ports):
            raise ag.ShapeError(
                f"This network takes {len(ports)} input{'s' * (len(ports) != 1)} ({', '.join(map(_form, ports))}), but "
                f"got {len(inputs)}. Pass one value for each, in this order."
            )
        values = dict(self._graph.constants) | self.weights
        values |= {name: buffer.value for name, buffer in self.statistics.items()}
        values |= {port.name: _entering(x, port) for port, x in zip(ports, inputs, strict=True)}
        for step in self._graph.steps:
            arguments = [values[name] if name else None for name in step.inputs]
            try:
                with ag.scope(*step.scope):
                    given = step.row.function(*arguments, **step.options(self.training))  # type: ignore[union-attr]
            except Exception as error:
                error.add_note(f"This is the step {step.operator} of the file, which gives {step.outputs[0]!r}.")
                raise
            results = given if isinstance(given, tuple) else (given,)
            if self.training:
                self._keep(step, results)
            values.update(zip(step.outputs, results, strict=False))
        found = tuple(_leaving(values[port.name], port) for port in self._graph.outputs)
        return found[0] if len(found) == 1 else found

    def _keep(self, step: Step, results: Sequence[Any]) -> None:
        """Replace the running statistics of a step by the new ones."""
        pairs = list(zip(step.statistics, results[1:], strict=False))
        for name, new in reversed(pairs):  # first the variance: it is not finite wherever the mean is not
            if name in self.statistics:
                self.statistics[name].update(new)

    def __repr__(self) -> str:
        counts = Counter(step.operator for step in self._graph.steps)
        steps = ", ".join(name if n == 1 else f"{name} × {n}" for name, n in counts.items())
        ins, outs = (", ".join(map(_form, ports)) for ports in (self._graph.inputs, self._graph.outputs))
        return f"Network({ins} -> {outs}: {steps})"


def _entering(x: Any, port: Port) -> Any:
    """An input as the graph takes it; a plain array of real numbers is a constant by the name of the input."""
    if isinstance(x, (list, tuple)) and port.shape is None:  # a sequence of arrays
        return x
    dtype = None if port.dtype is None else np.dtype(port.dtype)
    x = x if hasattr(x, "dtype") else np.asarray(x)
    if port.shape is not None and np.ndim(x) != len(port.shape):
        raise ag.ShapeError(
            f"The input {_form(port)} has {len(port.shape)} axes, but got {ag.describe(x)}. Samples are on the last "
            "axis: one sample x is x[..., None]."
        )
    x = _typed(x, dtype, port)
    if type(x) is not ag.Tensor and x.dtype.kind == "f":
        x = ag.Tensor(x, name=port.name, requires_grad=False)
    x = x if port.samples is None else np.moveaxis(x, -1, port.samples)
    if port.shape is not None and any(n not in (None, own) for n, own in zip(port.shape, np.shape(x), strict=True)):
        raise ag.ShapeError(
            f"The input {_form(port)} does not fit one in which that is {np.shape(x)} in the file's order."
        )
    return x


def _typed(x: Any, dtype: Any, port: Port) -> Any:
    """In the type that the file declares, if its numbers survive that."""
    if dtype is None or x.dtype == dtype:
        return x
    if dtype.kind == "f" and x.dtype.kind in "fiub":
        return x.astype(dtype)
    if x.dtype.kind in "iub" and dtype.kind in "iu":
        return x.astype(dtype)
    if x.dtype.kind == "f" and type(x) is np.ndarray and dtype.kind in "iu" and np.array_equal(x, np.trunc(x)):
        return x.astype(dtype)
    raise ag.DtypeError(
        f"The input {port.name} must be {dtype}, but got {ag.describe(x)}. Convert it: x.astype({dtype})."
    )


def _leaving(x: Any, port: Port) -> Any:
    """An output of the graph as users see it, called by its name."""
    if port.samples is not None and np.ndim(x) > port.samples:
        x = np.moveaxis(x, port.samples, -1)
    if isinstance(x, ag.Tensor) and isinstance(x.node, ag.Node) and x.node.op is not None:
        x.node.name = x.node.name or port.name
    return x


def _form(port: Port) -> str:
    """An input or output in words, with its shape as users see it."""
    if port.shape is None:
        return port.name
    sizes = ["any" if n is None else str(n) for n in port.shape]
    if port.samples is not None:
        sizes.append("m")
        del sizes[port.samples]
    return f"{port.name} ({', '.join(sizes)}{',' * (len(sizes) == 1)})"
