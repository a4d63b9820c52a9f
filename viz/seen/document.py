"""A story as JSON: what docs/story.md describes, for a page, a widget or any other program to show.

Arrays and formulas stand in one list each, and are referred to by their place in it: what several steps have in common
(the gradient that leaves a value is what had arrived at it) is written once. The size is linear in that of the story.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from autograd.printable import printable
from autograd.read import Style
from viz.seen import text
from viz.seen.frames import Change, Frames
from viz.seen.graph import Graph, Vertex
from viz.seen.steps import Contribute, Step

VERSION = 1  # of the format; another number is another meaning of what stands there
KEPT = 100  # an array with at most this many entries is kept with all digits


def document(steps: Sequence[Step], frames: Frames, graph: Graph, style: Style, medium: str) -> dict[str, Any]:
    """The data of a story, its formulas set in a Style; `medium` is what that is called in the data."""
    writer = _Document(style)
    return {
        "version": VERSION,
        "title": printable(graph[graph.root].name or ""),
        "root": graph.root,
        "vertices": {v.id: writer.vertex(v, frames) for v in graph},
        "edges": {e.id: [e.source, e.target] for e in graph.edges},
        "steps": [writer.step(step) for step in steps],
        "operations": frames.operations,
        "medium": medium,
        "formulas": list(writer.formulas),
        "arrays": list(writer.arrays.values()),
    }


class _Document:
    """Writes vertices and steps, and collects the formulas and arrays that they refer to."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.formulas: dict[str, int] = {}
        self.arrays: dict[Any, dict[str, Any]] = {}
        self._places: dict[int, int] = {}

    def vertex(self, v: Vertex, frames: Frames) -> dict[str, Any]:
        made = {
            "kind": v.kind,
            "role": v.role,
            "name": printable(v.name or ""),
            "symbol": printable(v.symbol),
            "scope": list(map(printable, v.scope)),
        }
        if v.kind != "value":
            return made
        timeline = frames.timelines[v.id]
        assert timeline.value is not None
        return made | {
            "shape": list(v.shape),
            "dtype": v.dtype,
            "wants_grad": v.wants_grad,
            "value": self._change(timeline.value),
            "gradient": [self._change(change) for change in timeline.gradient],
        }

    def step(self, step: Step) -> dict[str, Any]:
        made = {
            "phase": step.phase,
            "title": step.title,
            "words": step.words,
            "why": step.why,
            "node": step.node,
            "operation": step.operation,
            "changes": step.changes,
            "edges": list(step.edges),
            "line": step.line and asdict(step.line),
            "last": step.last,
            "formula": self._formula(step.formula.names(self.style)),
            "numbers": self._formula(step.formula.numbers(self.style)),
            "shapes": self._formula(step.formula.shapes(self.style)),
            "arrived": self._array(step.arrived),
        }
        return made | self._contribution(step) if isinstance(step, Contribute) else made

    def _contribution(self, step: Contribute) -> dict[str, Any]:
        return {
            "edge": step.edge,
            "incoming": self._array(step.incoming),
            "contribution": self._array(step.contribution),
            "before": self._array(step.before),
            "sum": self._formula(step.accumulation.numbers(self.style)),
            "summed": list(step.summed.numbers),
            "repeated": list(step.repeated.numbers),
            "turn": step.turn,
            "turns": step.turns,
        }

    def _change(self, change: Change) -> dict[str, Any]:
        return {"since": change.since, "array": self._array(change.value)}

    def _formula(self, written: str | None) -> int | None:
        return None if written is None else self.formulas.setdefault(written, len(self.formulas))

    def _array(self, value: Any) -> int | None:
        """The place of an array in the list; None of one that was not kept."""
        if value is None:
            return None
        key = id(value)  # the story keeps the array, so nothing else has this id meanwhile
        if key not in self._places:
            self._places[key] = len(self.arrays)
            self.arrays[key] = shown(value)
        return self._places[key]


def shown(value: Any) -> dict[str, Any]:
    """A value as JSON: its shape, its entries if they are few, and the short texts that stand in pictures.

    >>> shown(np.array([[1.0, 2.5]]))
    {'shape': [1, 2], 'data': [[1.0, 2.5]], 'cells': ['1.0', '2.5']}
    """
    cells = text.cells(value)
    return {
        "shape": list(np.shape(value)),
        "data": _plain(np.asarray(value)) if np.size(value) <= KEPT else None,
        "cells": [text.summary(value)] if cells is None else [x for row in cells for x in row],
    }


def _plain(array: np.ndarray[Any, Any]) -> Any:
    """Nested lists of Python numbers; what JSON has no number for becomes text."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        return _texts(array.tolist())
    return array.tolist()


def _texts(entries: Any) -> Any:
    if isinstance(entries, list):
        return [_texts(x) for x in entries]
    return entries if np.isfinite(entries) else str(entries)
