"""The chain rule from the cost to each step of a story: one factor for each contribution, and what it follows.

The product along the way of a step is read by going back from it: `via` is the contribution by which the gradient that
it passes on was completed. So the whole is linear in the number of steps, however deep the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd.read import Style, Term
from viz.seen import text
from viz.seen.flow import size
from viz.seen.steps import Contribute
from viz.seen.story import Story


@dataclass(frozen=True, slots=True)
class Factor:
    """What one contribution multiplies by.

    via      the place, among the steps, of the contribution that it follows; None where the sweep starts
    written  the derivative of the result with respect to the operand
    number   its value, where both are plain numbers, as text
    norm     the norm of the contribution, as text
    """

    via: int | None
    written: str
    number: str | None
    norm: str

    def data(self, places: dict[str, int]) -> dict[str, Any]:
        """The same for JSON; `places` has the place of every formula."""
        return {"via": self.via, "factor": places[self.written], "number": self.number, "norm": self.norm}


def chains(story: Story, style: Style) -> list[Factor | None]:
    """The factor of each step; None of those that are no contribution."""
    completed: dict[str, int] = {}
    factors: list[Factor | None] = []
    for i, step in enumerate(story.steps):
        if not isinstance(step, Contribute):
            factors.append(None)
            continue
        written = style.derivative(_called(step.node, story, style), _called(step.to, story, style))
        factors.append(Factor(completed.get(step.node), written, _number(step), text.number(size(step.contribution))))
        completed[step.to] = i
    return factors


def _called(id: str, story: Story, style: Style) -> str:
    """A value by its name; one that is called as it was computed in parentheses: ∂(W1 X)."""
    name = story.names[id]
    written = story.spelling.write(Term(None, name), style=style)
    return style.parens(written) if name in story.spelling.made else written


def _number(step: Contribute) -> str | None:
    """The factor between plain numbers: what leaves by what arrives, unless that tells nothing."""
    went, came = step.contribution, step.incoming
    if np.ndim(went) or np.ndim(came) or not np.isfinite(came) or not came:
        return None
    return text.number(float(went) / float(came))
