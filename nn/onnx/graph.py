"""A graph of ONNX as data: its steps in order, what goes in and out, its parameters and constants."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from nn.onnx.operators import Operator, operator_of

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Step:
    """A node: an operator of one version of ONNX, by the names of what it is applied to ("" for nothing) and gives.

    scope   the parts of the network within which it is, as far as the file says so
    """

    operator: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    attributes: dict[str, Any] = field(default_factory=dict)
    domain: str = ""
    version: int = 1
    scope: Sequence[str] = ()

    def __post_init__(self) -> None:
        row = operator_of(self.domain, self.operator, self.version)
        n = {"n_outputs": len(self.outputs)} if row and row.takes("n_outputs") else {}
        # Found once, here: what a model holds must not change when it is run, or a training step is not compiled.
        object.__setattr__(self, "_row", row)
        object.__setattr__(self, "_options", {**self.attributes, **n})
        object.__setattr__(self, "_has_modes", row is not None and row.takes("training"))

    @property
    def row(self) -> Operator | None:
        """Its row in the table of operators; None for an operator that has none."""
        return self._row  # type: ignore[attr-defined]

    def options(self, training: bool) -> dict[str, Any]:
        """What its function is told beside its inputs."""
        options: dict[str, Any] = self._options  # type: ignore[attr-defined]
        return options | {"training": training} if self._has_modes else options  # type: ignore[attr-defined]

    @property
    def statistics(self) -> list[str]:
        """The inputs that are replaced in training, as running means, by its outputs after the first one."""
        if self.row is None or not self.attributes.get("training_mode"):
            return []
        return [self.inputs[i] for i in self.row.state]


@dataclass(frozen=True)
class Port:
    """An input or output of the graph.

    shape     as declared, None for an axis of any size; None where nothing is declared
    samples   the axis of the samples; None for one that has none
    """

    name: str
    dtype: str | None = None
    shape: Sequence[int | None] | None = None
    samples: int | None = None


@dataclass(frozen=True)
class Graph:
    """What a Network runs.

    parameters   by name, (shape, dtype) of the numbers that are trained, or may be
    constants    by name, the numbers that are not
    """

    steps: Sequence[Step]
    inputs: Sequence[Port]
    outputs: Sequence[Port]
    parameters: dict[str, tuple[Sequence[int], str]]
    constants: dict[str, Any]

    def __reduce__(self) -> tuple[Any, ...]:
        """As text for pickle, which has no form for the functions of the table."""
        return Graph.from_json, (self.to_json(),)

    def to_json(self) -> str:
        """All of it as text."""
        return json.dumps(asdict(self), default=_written)

    @classmethod
    def from_json(cls, text: str) -> Graph:
        """The graph of such a text."""
        told = json.loads(text, object_hook=_read)
        return cls(
            [Step(**step) for step in told["steps"]],
            [Port(**port) for port in told["inputs"]],
            [Port(**port) for port in told["outputs"]],
            {name: (tuple(shape), dtype) for name, (shape, dtype) in told["parameters"].items()},
            told["constants"],
        )


def _written(x: Any) -> Any:
    """An array as JSON."""
    x = np.asarray(x)
    if x.dtype.kind in "OUS":
        return {"strings": x.ravel().tolist(), "shape": x.shape}
    return {"array": base64.b64encode(x.tobytes()).decode(), "dtype": x.dtype.str, "shape": x.shape}


def _read(told: dict[str, Any]) -> Any:
    if told.keys() == {"array", "dtype", "shape"}:
        return np.frombuffer(base64.b64decode(told["array"]), told["dtype"]).reshape(told["shape"])
    if told.keys() == {"strings", "shape"}:
        return np.array(told["strings"], object).reshape(told["shape"])
    return told
