"""How far rounding may move the values of a derivation: they are computed again, each step rounded at random.

`autograd.check.rounding` says the same of one number, from the gradients of all that it was computed from. Here are
many arrays, gradients themselves, so each result on the way is moved by up to one rounding of its precision instead,
and what comes out is how far the end moves.

Where terms cancel that is much more than a rounding of the end, which may be 0.
Comparisons, and what else is not smooth, are not decided anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from autograd.core.node import Node
from autograd.core.op import OPS, Op
from autograd.read.derive.backward import Recorded
from autograd.read.derive.copied import Copied
from autograd.read.derive.running import values_by_name
from autograd.read.operands import unwrapped
from autograd.read.term import Term, in_order, mapped, never, rebuilt

_RUNS = 4
_ALLOWED = 64  # times what the runs differ by


class Rounded:
    """The values of Terms, from the inputs of a graph on: as they are, moved by rounding, and in a wider format."""

    def __init__(self, graph: Recorded, roots: Sequence[Term]) -> None:
        values = values_by_name(graph)
        linked = rebuilt(list(roots), lambda s: values.get(s, s), never)
        self._of = {id(root): s for root, s in zip(roots, linked, strict=True)}
        self._roots = list(roots)  # so that no id is given to another
        self._order = in_order(linked, never)
        self._graph = graph
        self._exact = _evaluated(self._order)

    @cached_property
    def _recorded(self) -> dict[Node, Any]:
        return _noise_of_recorded(self._graph.copied)

    @cached_property
    def _runs(self) -> list[dict[int, Any]]:
        """The values, moved by rounding: computed when they are first asked for, since most lines agree without."""
        named = self._graph.named.items()
        moved = {s.name: self._recorded[n] for n, s in named if s.name and n in self._recorded}
        random = np.random.default_rng(0)
        return [_evaluated(self._order, random, moved) for _ in range(_RUNS)]

    @cached_property
    def _wide(self) -> dict[int, Any]:
        return _evaluated(self._order, wide=True)

    def value(self, s: Term) -> Any:
        """What it is in the precision of the graph."""
        return self._exact[id(self._of[id(s)])]

    def wide(self, s: Term) -> Any:
        """What it is in the widest format; None where an operation does not take that."""
        return self._wide.get(id(self._of[id(s)]))

    def noise(self, s: Term) -> float:
        """How far its entries may be off."""
        key = id(self._of[id(s)])
        value = np.asarray(self._exact[key], float)
        with np.errstate(all="ignore"):
            moved = [np.broadcast_to(np.asarray(run[key], float), value.shape) for run in self._runs]
            away = np.abs(np.stack(moved) - value)
        return _ALLOWED * float(np.max(away, initial=0.0, where=np.isfinite(away)))

    def noise_of_recorded(self, node: Node) -> float:
        """How far the value of a node may be off as it was recorded, if that is not how it is computed here."""
        return _ALLOWED * float(np.max(self._recorded.get(node, 0.0), initial=0.0))


def _noise_of_recorded(copied: Copied) -> dict[Node, Any]:
    """How far rounding moves each entry that was recorded, by the nodes of a copy that computes some in another way."""
    if not copied.is_recognized:
        return {}
    values = copied.recorded
    random = np.random.default_rng(0)
    away: dict[Node, Any] = {node: np.zeros(np.shape(value)) for node, value in values.items()}
    for _ in range(_RUNS):
        moved: dict[Node, Any] = {}
        for node in values:  # oldest first
            if node.op is None or _decides_op(node.op):
                moved[node] = values[node]
                continue
            raws = tuple(moved[p] if type(p) is Node else unwrapped(p) for p in node.parents)
            with np.errstate(all="ignore"):
                moved[node] = _moved(node.op.run(raws, node.params), random)
                step = np.abs(np.asarray(moved[node], float) - np.asarray(values[node], float))
            away[node] = np.maximum(away[node], np.where(np.isfinite(step), step, 0.0))
    return {copy: away[node] for node, copy in copied.of.items()}


def _evaluated(
    order: Sequence[Term], random: Any = None, moved: Mapping[str, Any] | None = None, wide: bool = False
) -> dict[int, Any]:
    """The values by the ids of the Terms. In the wide format, of those alone that can be computed in it.

    moved   by the names of values that were recorded as they came out of another computation: by how much those move
    """
    moved = moved or {}
    found: dict[int, Any] = {}
    with np.errstate(all="ignore"):
        for s in order:
            if s.call is None or s.dtype.kind != "f" or _decides(s):
                found[id(s)] = _widened(s.value) if wide and s.dtype.kind == "f" else s.value
            elif not wide:
                value = _run(s, found)
                found[id(s)] = value if random is None else _moved(value, random)
                if s.name is not None and s.name in moved and not s.gradient:
                    found[id(s)] = _by(found[id(s)], moved[s.name] * random.uniform(-1, 1, np.shape(value)))
            else:
                try:
                    found[id(s)] = _run(s, found)
                except (TypeError, KeyError):  # no linear algebra in it, and nothing that was made of that
                    continue
    return found


def _decides(s: Term) -> bool:
    return _decides_op(OPS.get(s.call))


def _decides_op(op: Op | None) -> bool:
    return op is None or op.kind == "constant"


def _run(s: Term, found: dict[int, Any]) -> Any:
    op = OPS[s.call]
    operands, params = mapped((s.operands, s.params), lambda x: found[id(x)])
    return op.run(operands, params)


def _moved(value: Any, random: np.random.Generator) -> Any:
    if np.asarray(value).dtype.kind != "f":
        return value
    eps = np.finfo(np.asarray(value).dtype).eps
    factor = 1 + 2 * eps * random.uniform(-1, 1, np.shape(value))
    return value * (factor.astype(value.dtype) if np.shape(value) else type(value)(factor))


def _by(value: Any, step: Any) -> Any:
    """The value and a step, in its precision."""
    return value + (step.astype(value.dtype) if np.shape(value) else type(value)(step))


def _widened(value: Any) -> Any:
    return np.asarray(value, np.longdouble)[()]
