"""nn.onnx.load: an ONNX file as a Module."""

from __future__ import annotations

import ast
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import autograd as ag
from autograd.files import path_to
from nn.buffers import check_all_finite
from nn.io.needed import needed
from nn.onnx.graph import Graph, Port, Step
from nn.onnx.network import Network
from nn.onnx.operators.types import DTYPES


def load(
    path: str | os.PathLike[str],
    *,
    outputs: Sequence[str] | None = None,
    trainable: Collection[str] | None = None,
    samples: int | None = 0,
    finite: bool = True,
) -> Network:
    """The network of an ONNX file, to be run, stepped through, drawn, derived and trained. It needs the extra `io`.

    outputs     names of the results that are wanted, in this order; None for those of the file
    trainable   names of the numbers that are parameters to be trained; None for all that are floating and finite arrays
                of at least one axis, but for the running statistics of batch normalization. Others are constants
    samples     the axis of the samples in the file. It is moved to the end, where nn has it, in each input and output
                in which it is not of fixed size; None leaves all axes where the file has them
    finite      refuse NaN in the numbers of the file, and infinity where trainable= names them; False takes them as
                they are. Infinity elsewhere is a constant, as that of a mask

    A file from PyTorch, X (m, 3, 32, 32) -> (m, 10), is a Module X (3, 32, 32, m) -> (10, m).

    >>> import nn, numpy as np, tempfile
    >>> model = nn.Sequential(nn.Linear(3, 4, seed=0), nn.Tanh())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     network = nn.onnx.load(nn.onnx.save(model, folder + "/model.onnx", (3, 5)))
    >>> X = np.ones((3, 2))
    >>> bool(np.allclose(network.predict(X), model.predict(X), atol=1e-6))
    True

    Raises autograd.Unsupported with a list of all operators that are not known, autograd.DataError for what is not an
    ONNX file.
    """
    path = path_to(path, "nn.onnx.load")
    if samples is not None and (type(samples) is not int or samples < 0):
        raise ValueError(f"samples= must be None, or an axis counted from the front, 0, 1 …, but got {samples!r:.60}.")
    return network(_proto(path), outputs=outputs, trainable=trainable, samples=samples, finite=finite, source=str(path))


def network(
    model: Any,
    *,
    outputs: Sequence[str] | None = None,
    trainable: Collection[str] | None = None,
    samples: int | None = 0,
    finite: bool = True,
    source: str = "The model",
) -> Network:
    """The same of an onnx.ModelProto."""
    onnx = needed("onnx", "nn.onnx.load")
    if model.functions:
        model = needed("onnx.inliner", "nn.onnx.load").inline_local_functions(model)
    arrays = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    versions = {entry.domain: entry.version for entry in model.opset_import}
    steps = [_step(node, versions, onnx) for node in model.graph.node]
    wanted = [_port(value, onnx, samples) for value in model.graph.output]
    if outputs is not None:
        wanted = _chosen(outputs, wanted, steps, samples)
    steps = _needed(steps, {port.name for port in wanted})
    _check(steps, model, source)
    for step in [step for step in steps if step.operator == "Constant"]:
        arrays[step.outputs[0]] = step.row.function(**step.attributes)  # type: ignore[union-attr]
    steps = [step for step in steps if step.operator != "Constant"]
    used = {name for step in steps for name in step.inputs} | {port.name for port in wanted}
    arrays = {name: array for name, array in arrays.items() if name in used}
    inputs = [_port(value, onnx, samples) for value in model.graph.input if value.name not in arrays]
    if samples and inputs and all(port.shape is not None and len(port.shape) <= samples for port in inputs):
        raise ValueError(f"samples= must be an axis of an input, but got {samples}, and no input has so many axes.")
    if all(port.samples is None for port in inputs):
        wanted = [Port(port.name, port.dtype, port.shape) for port in wanted]
    initializers = {tensor.name for tensor in model.graph.initializer}
    trained = _trained(arrays, steps, trainable, initializers)
    if finite:
        check_all_finite("nn.onnx.load", _numbers(arrays, initializers, [] if trainable is None else trained))
    found = Network(
        Graph(
            steps,
            inputs,
            wanted,
            {name: (arrays[name].shape, arrays[name].dtype.name) for name in trained},
            {name: array for name, array in arrays.items() if name not in trained},
        )
    )
    for name, tensor in found.weights.items():
        tensor.data = np.array(arrays[name])
    return found


def _proto(path: Path) -> Any:
    """The content of a file."""
    onnx = needed("onnx", "nn.onnx.load")
    try:
        model = onnx.load(path)
    except FileNotFoundError as error:
        if path.exists():
            raise ag.DataError(f"{str(path)!r} has its numbers in a second file, which is missing: {error}") from None
        raise FileNotFoundError(f"nn.onnx.load needs an ONNX file, but there is no {str(path)!r}.") from None
    except OSError as error:
        raise ag.DataError(f"{str(path)!r} cannot be read: {error.strerror or error}.") from error
    except Exception as error:  # whatever a damaged file makes of the library that reads protocol buffers
        raise ag.DataError(
            f"{str(path)!r} is not an ONNX file, or is damaged ({error}). Export the model as ONNX again."
        ) from error
    if not model.graph.output:
        raise ag.DataError(f"{str(path)!r} is empty, or not an ONNX file: it has no output. Export the model again.")
    return model


# --- what a file says -------------------------------------------------------------------------------------------------


def _step(node: Any, versions: dict[str, int], onnx: Any) -> Step:
    domain = "" if node.domain == "ai.onnx" else node.domain
    outputs = list(node.output)
    while outputs and not outputs[-1]:
        outputs.pop()
    return Step(
        node.op_type,
        list(node.input),
        outputs,
        {attribute.name: _attribute(attribute, onnx) for attribute in node.attribute},
        domain,
        versions.get(node.domain, versions.get(domain or "ai.onnx", 1)),
        _scope(node),
    )


def _attribute(attribute: Any, onnx: Any) -> Any:
    """The value of an attribute as Python has it."""
    value = onnx.helper.get_attribute_value(attribute)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, onnx.TensorProto):
        return onnx.numpy_helper.to_array(value)
    if attribute.type == onnx.AttributeProto.STRINGS:
        return [text.decode("utf-8", "replace") for text in value]
    if attribute.type == onnx.AttributeProto.FLOAT:
        return _shortest(value)
    if attribute.type in (onnx.AttributeProto.INTS, onnx.AttributeProto.FLOATS):
        return list(map(_shortest, value)) if attribute.type == onnx.AttributeProto.FLOATS else list(value)
    return value


def _shortest(value: float) -> float:
    """A number that the file has in single precision, as it was written: 0.1, rather than 0.10000000149."""
    return float(str(np.float32(value)))


def _scope(node: Any) -> list[str]:
    """The parts of a network that a node is in, as PyTorch's exporters tell them."""
    if node.name.startswith("/"):
        return [part for part in node.name.split("/")[1:-1] if part]
    for entry in node.metadata_props:
        if entry.key == "pkg.torch.onnx.name_scopes":
            try:
                scopes = list(map(str, ast.literal_eval(entry.value)))
            except (ValueError, SyntaxError, TypeError):
                return []
            return [part for part in "".join(scopes[-2:-1]).split(".") if part]
    return []


def _port(value: Any, onnx: Any, samples: int | None) -> Port:
    """An input or output as the file declares it."""
    tensor = value.type.tensor_type
    if value.type.WhichOneof("value") != "tensor_type":
        return Port(value.name, samples=samples)
    dtype: Any = DTYPES.get(tensor.elem_type)
    shape = None
    if tensor.HasField("shape"):
        shape = [d.dim_value if d.WhichOneof("value") == "dim_value" else None for d in tensor.shape.dim]
    free = samples is not None and (shape is None or (len(shape) > samples and shape[samples] is None))
    return Port(value.name, None if dtype is None else dtype.name, shape, samples if free else None)


def _names(given: Any, argument: str) -> list[str]:
    """Several names, or a single one."""
    names = [given] if isinstance(given, str) else list(given) if isinstance(given, Iterable) else [given]
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"{argument}= must be a list of names, but got {given!r:.80}.")
    return names


def _chosen(names: Iterable[str], ports: Sequence[Port], steps: Sequence[Step], samples: int | None) -> list[Port]:
    """The outputs of these names: those of the file, or values within its graph."""
    known = {port.name: port for port in ports}
    inner = {name for step in steps for name in step.outputs if name}
    wanted = _names(names, "outputs")
    unknown = [name for name in wanted if name not in known and name not in inner]
    if unknown:
        raise ValueError(
            f"outputs= must be names of values of the graph, but got {', '.join(map(repr, unknown))}. "
            f"Its outputs are {', '.join(map(repr, known))}."
        )
    return [known.get(name, Port(name, samples=samples)) for name in wanted]


def _needed(steps: Sequence[Step], wanted: set[str]) -> list[Step]:
    """The steps that these values depend on."""
    found, needed_ = [], set(wanted)
    for step in reversed(steps):
        if needed_.intersection(step.outputs):
            found.append(step)
            needed_.update(step.inputs)
    return found[::-1]


def _check(steps: Sequence[Step], model: Any, source: str) -> None:
    """Refuse what is not in the table, all at once."""
    lacking = Counter(text for step in steps for text in _lacking(step))
    if model.graph.sparse_initializer:
        lacking["sparse initializers"] += len(model.graph.sparse_initializer)
    if lacking:
        listed = ", ".join(f"{text} × {n}" if n > 1 else text for text, n in sorted(lacking.items()))
        raise ag.Unsupported(
            f"{source} needs operators that nn.onnx.load does not know: {listed}. Export the model without them, or "
            "load the part before them: nn.onnx.load(path, outputs=[…])."
        )


def _lacking(step: Step) -> Iterator[str]:
    """In words what of a step has no row in the table."""
    name = f"{step.domain}.{step.operator}" if step.domain else step.operator
    if step.row is None:
        yield name
    else:
        yield from (name + misfit for misfit in step.row.misfits(step.inputs, step.attributes))


def _numbers(arrays: dict[str, Any], initializers: set[str], named: Collection[str]) -> dict[str, Any]:
    """The numbers of a file that must be finite; where they are not named, infinity is that of a mask."""
    floating = {name: x for name, x in arrays.items() if name in initializers and x.dtype.kind == "f"}
    return {name: x if name in named else np.where(np.isinf(x), 0, x) for name, x in floating.items()}


def _trained(
    arrays: dict[str, Any], steps: Sequence[Step], wanted: Collection[str] | None, initializers: set[str]
) -> list[str]:
    """The names of the numbers that are parameters."""
    if wanted is not None:
        wanted = _names(wanted, "trainable")
        unknown = [name for name in wanted if name not in arrays or arrays[name].dtype.kind != "f"]
        if unknown:
            floating = [name for name, array in arrays.items() if array.dtype.kind == "f"]
            raise ValueError(
                f"trainable= must be names of floating numbers of the graph, but got {', '.join(map(repr, unknown))}. "
                f"It has {', '.join(map(repr, floating)) or 'none'}."
            )
        return [name for name in arrays if name in wanted]
    state = {step.inputs[i] for step in steps if step.row for i in step.row.state if i < len(step.inputs)}
    return [
        name
        for name, array in arrays.items()
        if name in initializers
        and name not in state
        and array.dtype.kind == "f"
        and array.ndim
        and np.isfinite(array).all()
    ]
