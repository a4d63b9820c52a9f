"""How much of the gradient gets where: its size on every edge, where it is lost or grows too large, and by what.

>>> import autograd as ag, numpy as np, viz
>>> z = ag.Tensor(np.full((2, 8), 20.0), name="z")
>>> a = ag.sigmoid(z)
>>> a.name = "a"
>>> found = flow(viz.record(a.sum()))
>>> {mark.kind: mark.reason for mark in found.marks.values()}["vanishing"]
'σ is saturated in 100 % of the entries of a, where its slope is below 0.01.'
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from autograd import Node
from autograd.printable import printable
from autograd.read import decimal
from viz.seen.steps import Contribute
from viz.seen.story import Story

TINY, HUGE = 1e-6, 1e3  # gradients whose largest entry is below, or above, vanish, or explode
FLAT, MOST = 0.01, 0.5  # a slope below is flat; an operation is saturated if that holds in so many of its entries
LOSS = 0.01  # a step that leaves less of the norm is told as a reason


@dataclass(frozen=True, slots=True)
class Mark:
    """What is wrong at a vertex.

    kind     of a value: "vanishing", "exploding", "dead" (all zero), "not finite"; of an operation: "saturated"
    reason   by what, in words
    since    the position from which on that is known
    """

    kind: str
    reason: str
    since: int


@dataclass(frozen=True, slots=True)
class Flow:
    """How a gradient flows.

    norms     {edge id: the norm of what has passed it}
    marks     {vertex id: Mark} where something is wrong
    trouble   the positions at which a gradient has become tiny, or not finite
    """

    norms: dict[str, float]
    marks: dict[str, Mark]
    trouble: list[int]

    def data(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "edges": {id: norm if np.isfinite(norm) else str(norm) for id, norm in self.norms.items()},
            "marks": {id: asdict(mark) for id, mark in self.marks.items()},
            "trouble": self.trouble,
        }


def flow(story: Story) -> Flow:
    """How the gradient flows in a story, from its root to its leaves."""
    return _Reader(story).flow()


def size(gradient: Any) -> float:
    """The norm of a gradient: also of one whose squares are beyond what floats hold."""
    entries = np.abs(np.asarray(gradient, dtype=float)).ravel()
    largest = entries.max(initial=0.0)
    return float(largest * np.linalg.norm(entries / largest)) if 0 < largest < np.inf else float(largest)


class _Reader:
    """Goes through the contributions once, in their order; what it knows of a value it has from those before."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.nodes = {id: node for node, id in story.graph.value_ids.items()}
        self.norms: dict[str, float] = defaultdict(float)
        self.marks: dict[str, Mark] = {}
        self.reasons: dict[str, str] = {}  # of a value: why its gradient is small
        self.growth: dict[str, str] = {}  # why it is large
        self.breaks: dict[str, str] = {}  # and by which step it has become nan or inf
        self.largest: dict[str, float] = {}  # of a value: the norm of its largest contribution so far

    def flow(self) -> Flow:
        trouble = []
        for position, step in enumerate(self.story.steps, 1):
            if not isinstance(step, Contribute):
                continue
            self._pass(step, position)
            if step.complete:
                kind = _kind(step.after)
                if kind:
                    self.marks[step.to] = Mark(kind, self._reason(kind, step), position)
                if kind in ("vanishing", "dead", "not finite"):
                    trouble.append(position)
        return Flow(dict(self.norms), self.marks, trouble)

    def _pass(self, step: Contribute, position: int) -> None:
        result, operand = step.edges
        came, went = size(step.incoming), size(step.contribution)
        self.norms[result] = max(self.norms[result], came)
        self.norms[operand] = went
        flat = self._flatness(step)
        if flat:
            assert step.operation is not None
            self.marks.setdefault(step.operation, Mark("saturated", flat, position))
        if not np.isfinite(went):
            self.breaks.setdefault(step.to, self.breaks.get(step.node) or _broken(step))
        if step.to in self.largest and not went > self.largest[step.to]:
            return  # a value's gradient is small, or large, for the reason that its largest contribution is
        self.largest[step.to] = went
        self.reasons[step.to] = flat or self._loss(step, came, went) or self.reasons.get(step.node, "")
        self.growth[step.to] = self._gain(step, came, went) or self.growth.get(step.node, "")

    def _flatness(self, step: Contribute) -> str:
        """Whether the operation is flat in most of its entries, in words."""
        node = self.nodes.get(step.node)  # none of what stands for many (abridged.py)
        slopes = None if node is None else _slopes(node)
        if slopes is None:
            return ""
        share = float(np.mean(np.abs(slopes) < FLAT))
        if share < MOST:
            return ""
        below = "0" if not np.any(slopes[np.abs(slopes) < FLAT]) else f"below {FLAT}"
        where = f"in {100 * share:.0f} % of the entries of {step.called}" if slopes.ndim else f"at {step.called}"
        return f"{self._symbol(step)} is saturated {where}, where its slope is {below}."

    def _loss(self, step: Contribute, came: float, went: float) -> str:
        if not came or went > LOSS * came:
            return ""
        if not went:
            return f"Nothing of the gradient of {step.called} gets through {step.noun} to {step.receiver}."
        return f"{_through(step)} leaves 1/{decimal(came / went)} of its norm."

    def _gain(self, step: Contribute, came: float, went: float) -> str:
        if not came or went < came / LOSS:
            return ""
        return f"{_through(step)} makes its norm {decimal(went / came)} times as large."

    def _reason(self, kind: str, step: Contribute) -> str:
        if kind == "not finite":
            return self.breaks.get(step.to, "Its contributions are finite, but what they add up to is not.")
        if kind == "exploding":
            return self.growth[step.to] or _slowly(step)
        left = size(step.after)
        if not left and self.largest[step.to]:
            return "Everything that arrives here adds up to 0."
        if left < LOSS * self.largest[step.to]:
            part = decimal(self.largest[step.to] / left)
            return f"Its contributions cancel: what they add up to has 1/{part} of the norm of the largest."
        return self.reasons[step.to] or _slowly(step)

    def _symbol(self, step: Contribute) -> str:
        assert step.operation is not None
        return printable(self.story.graph[step.operation].symbol)


def _through(step: Contribute) -> str:
    return f"The step through {step.noun} from {step.called} to {step.receiver}"


def _broken(step: Contribute) -> str:
    return f"It holds nan or inf since the step through {step.noun} from {step.called} to {step.receiver}."


def _slowly(step: Contribute) -> str:
    return f"Its largest entry is {decimal(_largest(step.after))}; it has become so little by little."


def _kind(gradient: Any) -> str:
    largest = _largest(gradient)
    if not np.isfinite(largest):
        return "not finite"
    return "dead" if largest == 0 else "vanishing" if largest < TINY else "exploding" if largest > HUGE else ""


def _largest(gradient: Any) -> float:
    return float(np.max(np.abs(np.asarray(gradient, dtype=float)), initial=0.0))


def _slopes(node: Node) -> Any:
    """The derivative of an elementwise operation of one operand at every entry; None of any other operation."""
    op = node.op
    if op is None or op.kind != "elementwise" or len(node.parents) != 1:
        return None
    with np.errstate(all="ignore"):
        (slopes,) = op.pullback(node, 1.0 if node.dtype is None else np.ones(node.shape, node.dtype))
    return None if slopes is None else np.asarray(slopes, dtype=float)
