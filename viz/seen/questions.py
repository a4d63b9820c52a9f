"""Questions: what a reader who practises is asked at each step, and what each wrong answer would mean.

Everything is computed here, beforehand, and shipped as data: a page only compares what is typed with it. The wrong
values are those of the mistakes that the checker of hand-derived arrays knows (`nn.byhand.checker`), and of slips.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from autograd.printable import printable
from autograd.read import TEXT, Term, evaluate, in_order
from nn.byhand import mistakes
from nn.byhand.checker import Pass
from viz.errors import ArgumentError
from viz.seen import text
from viz.seen.formulas import Equation
from viz.seen.slips import SLIPS, UNFIT, operands, slips_of
from viz.seen.steps import Compute, Contribute, Start, Step
from viz.seen.story import Story

ALL = 12  # an array with at most this many entries is asked for as a whole; of a larger one, one entry
_OF_VALUES = ", in a value"
MOST = 250  # questions of a story
SHOWN = 100  # an array with at most this many entries is shown beside a question
_NEAR = 5e-3  # a wrong answer that differs by no more than this from the right one would be taken for it
_DIGITS = 4  # with which numbers are shown, and so with which a reader computes
_KINDS = {"parameter": "parameter", "data": "data", "result": "value", "output": "value"}


def questions(story: Story) -> dict[str, Any]:
    """What is asked at each step, as JSON.

    steps    for each step of the story a question, or null where nothing can be asked
    causes   {key: {"title", "explanation"}} of what wrong answers come from

    A question has
    asked    in words                      label     what stands before the field: "dW1"
    entries  the indices that are asked    right     their values
    slack    how far an answer may be off because the numbers on the page are rounded
    given    [{"name", "shape", "cells"}]: what it is computed from; cells null where it is too large to be shown
    wrong    [{"values", "causes": [{"key", "written"}]}]: wrong answers that are recognized

    Raises ValueError for a story of too many steps.
    """
    if len(story) > MOST:
        raise ArgumentError(
            f"A page to practise on asks at most {MOST} questions, but this run has {len(story):,} steps. Take a "
            "smaller network, or leave out ask=True."
        )
    asking = _Asking(story)
    made = [asking.question(step, seed) for seed, step in enumerate(story.steps)]
    keys = {cause["key"] for q in made if q for wrong in q["wrong"] for cause in wrong["causes"]}
    return {"steps": made, "causes": {key: _cause(key) for key in sorted(keys)}}


def _key(mistake: str, gradient: bool) -> str:
    """By which a page knows a mistake: in a value it may be called something else."""
    return mistake if gradient or not mistakes[mistake].of_values else f"{mistake}{_OF_VALUES}"


def _cause(key: str) -> dict[str, str]:
    if key in SLIPS:
        return {"title": SLIPS[key].title, "explanation": SLIPS[key].explanation}
    known = mistakes[key.removesuffix(_OF_VALUES)]
    return {"title": known.called(not key.endswith(_OF_VALUES)), "explanation": known.explanation}


class _Likely(NamedTuple):
    """A wrong answer that is likely: its cause, its value, and the line as it was written."""

    key: str
    value: Any
    written: Callable[[], str]


class _Asking:
    """Makes the questions of one story."""

    def __init__(self, story: Story) -> None:
        self.story, self.graph = story, story.graph
        named = [v for v in self.graph if v.kind == "value" and v.name and v.role in _KINDS]
        self._pass = Pass(
            story.tensor,
            {story.names[v.id]: v.value for v in named if v.value is not None},
            {story.names[v.id]: v.grad for v in named if v.grad is not None},
            {story.names[v.id]: _KINDS[v.role] for v in named},
        )
        self._into = {e.id: node for (node, _), e in self.graph.operand_edges.items()}

    def question(self, step: Step, seed: int) -> dict[str, Any] | None:
        """The question of a step; None of a value that was not kept, or that cannot be typed.

        seed   for what is drawn
        """
        right = step.contribution if isinstance(step, Contribute) else step.arrived
        array = np.asarray(right if right is not None else [])
        if array.dtype.kind != "f" or not array.size:
            return None
        wrongs = _grouped(self._wrongs(step, array), array)
        entries = _entries(array, wrongs, seed)
        picked = [array[at] for at in entries]
        slack = self._slack(step, array)
        told = [([w["value"][at] for at in entries], w["causes"]) for w in wrongs]
        label = self._label(step)
        entry = f"[{', '.join(map(str, entries[0]))}]" if array.size > ALL else ""
        return {
            "asked": step.asked(label + entry),
            "label": label,
            "entries": [list(map(int, at)) for at in entries],
            "shape": list(array.shape),
            "right": list(map(_plain, picked)),
            "slack": slack,
            "given": list(self._given(step)),
            "wrong": [
                {"values": list(map(float, values)), "causes": causes}
                for values, causes in told
                if np.isfinite(values).all() and any(values) and _differs(values, picked)  # nothing but 0 says nothing
            ],
        }

    def _wrongs(self, step: Step, right: np.ndarray) -> Iterator[_Likely]:
        """What is likely to be answered."""
        gradient = isinstance(step, Contribute)
        name = self.story.names[step.changes]
        term = step.formula.right if isinstance(step.formula, Equation) else None
        if isinstance(term, Term) and not isinstance(step, Start):
            whole = not isinstance(step, Contribute) or step.turns == 1
            with np.errstate(all="ignore"):
                for wrong in self._pass.wrong(
                    name, term.but(value=right), gradient=gradient, whole=whole, activation=self._activation(step)
                ):
                    yield _Likely(_key(wrong.mistake, gradient), wrong.value, partial(self._written, wrong))
        averages = self._pass.keeps_samples(name) if gradient else step.node == self.graph.root
        for slip in slips_of(step, self.story, self._pass.m if averages else None):
            written = f"{self._label(step)} = {slip.written}" if slip.written else ""
            yield _Likely(slip.slip, slip.value, partial(str, written))

    def _written(self, wrong: Any) -> str:
        """The line that has a mistake in it."""
        return self.story.spelling.told(wrong.written)

    def _activation(self, step: Step) -> tuple[str, Any, dict[str, Any]] | None:
        """What the gradient goes through, if that may be an activation."""
        node = self._into.get(step.edge) if isinstance(step, Contribute) else None
        if node is None or node.op is None or len(node.parents) != 1:
            return None
        return self.story.names[step.node], node.op.function, dict(node.params)

    def _slack(self, step: Step, right: np.ndarray) -> float:
        """Twice what it makes to compute with the rounded numbers that are shown."""
        term = step.formula.right if isinstance(step.formula, Equation) else None
        if not isinstance(term, Term):
            return 0.0
        read = {(s.name, s.gradient): s.value for s in in_order([term]) if s.name is not None}
        rounded = {key: _rounded(value) for key, value in read.items() if np.asarray(value).dtype.kind == "f"}
        try:
            with np.errstate(all="ignore"):
                off = np.abs(np.asarray(evaluate(term, rounded), float) - right)
        except UNFIT:
            return 0.0
        largest = float(np.max(np.abs(right[np.isfinite(right)]), initial=0.0))
        return min(2 * float(np.max(off[np.isfinite(off)], initial=0.0)), 0.05 * largest)

    def _label(self, step: Step) -> str:
        """What is asked for, as it is called."""
        name = self.story.names[step.changes]
        return self._called(name) if isinstance(step, Compute) else self.story.spelling.gradient(name)

    def _given(self, step: Step) -> Iterator[dict[str, Any]]:
        """What the answer can be computed from: the gradient that arrives, the operands and the result."""
        if isinstance(step, Contribute):
            yield _shown(self.story.spelling.gradient(self.story.names[step.node]), step.incoming)
        if isinstance(step, (Contribute, Compute)):
            yield from (_shown(self._called(name), value) for name, value in operands(step, self.story))
        if isinstance(step, Contribute) and self.graph[step.node].value is not None:
            yield _shown(self._called(self.story.names[step.node]), self.graph[step.node].value)

    def _called(self, name: str) -> str:
        return TEXT.name(self.story.spelling.name(name)) if name else ""


def _grouped(wrongs: Iterator[_Likely], right: np.ndarray) -> list[dict[str, Any]]:
    """Wrong values of the right's shape, each with everything that gives it; the right one is not among them."""
    fitting = [w for w in wrongs if np.shape(w.value) == right.shape and np.all(np.isfinite(w.value))]
    rows = np.array([np.ravel(w.value) for w in fitting], float).reshape(len(fitting), right.size)
    waiting = ~_near(rows, np.ravel(right))
    found = []
    for i, row in enumerate(rows):
        if not waiting[i]:
            continue
        alike = waiting & _near(rows, row)
        waiting &= ~alike
        first: dict[str, _Likely] = {}
        for k in np.flatnonzero(alike):
            first.setdefault(fitting[k].key, fitting[k])
        causes = [{"key": key, "written": printable(w.written())} for key, w in first.items()]
        found.append({"value": row.reshape(right.shape), "causes": _without_echoes(causes)})
    return found


def _near(rows: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Which rows are the same as one, up to rounding."""
    with np.errstate(invalid="ignore"):
        return np.asarray(np.all(np.abs(rows - one) <= 1e-7 * np.abs(one) + 1e-12, axis=1))


def _without_echoes(causes: list[dict[str, str]]) -> list[dict[str, str]]:
    """The causes without slips that say what a mistake among them says."""
    keys = {cause["key"] for cause in causes}
    return [cause for cause in causes if not keys & set(SLIPS[cause["key"]].same if cause["key"] in SLIPS else ())]


def _entries(array: np.ndarray, wrongs: list[dict[str, Any]], seed: int) -> list[tuple[int, ...]]:
    """The indices that are asked for: all, or one that is drawn among those that tell the most mistakes."""
    indices = list(np.ndindex(array.shape))
    if array.size <= ALL:
        return indices
    tells = np.zeros(array.shape)
    for wrong in wrongs:
        tells += np.abs(wrong["value"] - array) > _NEAR * np.abs(array)
    best = np.flatnonzero(tells == tells.max())
    return [indices[np.random.default_rng(seed).choice(best)]]


def _differs(wrong: list[Any], right: list[Any]) -> bool:
    """Whether a wrong answer would not be taken for the right one."""
    return any(abs(w - r) > _NEAR * abs(r) or not np.isfinite(r) for w, r in zip(wrong, right, strict=True))


def _rounded(value: Any) -> Any:
    """The numbers as they are shown."""
    return np.vectorize(lambda x: float(f"{x:.{_DIGITS - 1}e}"), otypes=[float])(np.asarray(value, float))


def _shown(name: str, value: Any) -> dict[str, Any]:
    array = np.asarray(value)
    cells = [text.literal(x) for x in array.ravel().tolist()] if array.size <= SHOWN else None
    return {"name": name, "shape": list(array.shape), "cells": cells}


def _plain(x: Any) -> float | str:
    return float(x) if np.isfinite(x) else str(float(x))
