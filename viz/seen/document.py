"""A story as JSON: what docs/story.md describes, for a page, a widget or any other program to show.

Arrays and formulas stand in one list each, and are referred to by their place in it: what several steps have in common
(the gradient that leaves a value is what had arrived at it) is written once. The size is linear in that of the story.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.printable import printable
from autograd.read import Style
from viz.seen import sources, text
from viz.seen.frames import Change, Frames
from viz.seen.graph import Vertex
from viz.seen.steps import Contribute, Step
from viz.seen.taken_apart import TakenApart

if TYPE_CHECKING:
    from viz.seen.story import Story

VERSION = 2  # of the format; another number is another meaning of what stands there
KEPT = 100  # an array with at most this many entries is kept with all digits
BINS = 20  # of a histogram


def document(story: Story, style: Style, medium: str) -> dict[str, Any]:
    """The data of a story, its formulas set in a Style; `medium` is what that is called in the data."""
    graph, frames, writer = story.graph, story.frames, _Document(story, style)
    return {
        "version": VERSION,
        "title": printable(graph[graph.root].name or ""),
        "root": graph.root,
        "vertices": {v.id: writer.vertex(v, frames) for v in graph},
        "edges": {e.id: [e.source, e.target] for e in graph.edges},
        "steps": [writer.step(i, step) for i, step in enumerate(story.steps)],
        "operations": frames.operations,
        "medium": medium,
        "formulas": list(writer.formulas),
        "arrays": list(writer.arrays.values()),
        "forms": list(writer.apart.forms),
        "left_out": writer.apart.left_out,
        "sources": sources.document(story.sources),
    }


class _Document:
    """Writes vertices and steps, and collects the formulas and arrays that they refer to."""

    def __init__(self, story: Story, style: Style) -> None:
        self.story, self.style = story, style
        self.apart = TakenApart(story)
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
            "gradient_name": self.story.spelling.gradient(self.story.names.get(v.id, "")) if v.wants_grad else "",
            "value": self._change(timeline.value),
            "gradient": [self._change(change) for change in timeline.gradient],
        }

    def step(self, i: int, step: Step) -> dict[str, Any]:
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
            "entries": self.apart.step(i),
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
    """A value as JSON: its shape, its entries if they are few, else a summary, and the short texts of pictures.

    >>> shown(np.array([[1.0, 2.5]]))
    {'shape': [1, 2], 'data': [[1.0, 2.5]], 'cells': ['1.0', '2.5'], 'summary': None}
    """
    cells, few = text.cells(value), np.size(value) <= KEPT
    return {
        "shape": list(np.shape(value)),
        "data": _plain(np.asarray(value)) if few else None,
        "cells": [text.summary(value)] if cells is None else [x for row in cells for x in row],
        "summary": None if few else summed_up(np.asarray(value)),
    }


def summed_up(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    """A large array in a few numbers, and how often it has which values.

    >>> made = summed_up(np.array([0.0, 1.0, 1.0, np.nan]))
    >>> made["low"], made["high"], made["zeros"], made["undefined"], made["counts"][0], made["counts"][-1]
    (0.0, 1.0, 1, 1, 1, 2)
    """
    numbers = array.ravel().astype(float)
    finite = numbers[np.isfinite(numbers)]
    if not finite.size:
        finite = np.zeros(1)
    with np.errstate(all="ignore"):  # of numbers near the end of the range
        mean, norm = float(np.mean(finite)), float(np.linalg.norm(finite))
    low, high = float(finite.min()), float(finite.max())
    return {
        "low": low,
        "high": high,
        "mean": mean if np.isfinite(mean) else None,
        "norm": norm if np.isfinite(norm) else None,
        "zeros": int(np.sum(numbers == 0)),
        "undefined": int(numbers.size - np.isfinite(numbers).sum()),
        "counts": _counts(finite, low, high),
    }


def _counts(finite: np.ndarray[Any, Any], low: float, high: float) -> list[int]:
    """How many numbers there are in each of the parts, equally wide, of the range from low to high."""
    if low == high:
        return [int(finite.size)]
    with np.errstate(all="ignore"):
        places = (finite / 2 - low / 2) / (high / 2 - low / 2) * BINS  # halved, since high − low may be out of range
    return np.bincount(np.clip(np.nan_to_num(places), 0, BINS - 1).astype(int), minlength=BINS).tolist()


def _plain(array: np.ndarray[Any, Any]) -> Any:
    """Nested lists of Python numbers; what JSON has no number for becomes text."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        return _texts(array.tolist())
    return array.tolist()


def _texts(entries: Any) -> Any:
    if isinstance(entries, list):
        return [_texts(x) for x in entries]
    return entries if np.isfinite(entries) else str(entries)
