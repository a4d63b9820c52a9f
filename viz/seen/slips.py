"""Slips: wrong answers that come from misreading a single step, beside the mistakes that are made in whole lines.

`byhand.mistakes` knows what goes wrong in a line of a derivation. Who goes step by step can also take one step for
another: give the gradient so far for what this step adds, or leave out the gradient that arrives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.read import TEXT, Term, in_order, rerun
from viz.seen.formulas import Equation
from viz.seen.steps import Compute, Contribute, Step

if TYPE_CHECKING:
    from viz.seen.story import Story


@dataclass(frozen=True)
class Slip:
    """What was misread, in a few words, and in a sentence or two.

    same   the mistakes of lines beside which it says nothing new
    """

    title: str
    explanation: str
    same: tuple[str, ...] = ()


SLIPS: Mapping[str, Slip] = MappingProxyType(
    {
        "incoming_missing": Slip(
            "the gradient that arrives is left out",
            "The chain rule multiplies: the local derivative, times the gradient that arrives at the result.",
        ),
        "local_missing": Slip(
            "the local derivative is left out",
            "The gradient that arrives does not pass unchanged: the chain rule multiplies it by the local derivative.",
            ("derivative_missing", "output_derivative"),
        ),
        "other_operand": Slip(
            "another value of the same operation",
            "The derivative of a product with respect to one factor has the other factor in it.",
            ("wrong_cache", "wrong_matrix", "derivative_at_wrong_value"),
        ),
        "value": Slip("the value, not its gradient", "Asked is how the cost changes with it, not what it is."),
        "total": Slip(
            "the gradient so far, not what this step adds",
            "A value that is used several times gets a contribution from each use. Asked is this one alone.",
        ),
        "other_contribution": Slip(
            "the contribution along another edge",
            "A value that is used several times gets a contribution from each use. Asked is that of the marked edge.",
        ),
        "course_convention": Slip(
            "the course's convention: m times too large",
            "In the course 1/m is left out of dZ and stands in dW and db. The steps of this page are derivatives of "
            "the cost, with 1/m in them from the start.",
        ),
        "operand": Slip("the operand, before the operation", "Asked is the result of the operation."),
    }
)
UNFIT = (ValueError, TypeError, IndexError, ArithmeticError, RuntimeError)  # what a rule may raise of other values


@dataclass(frozen=True)
class Slipped:
    """A wrong answer: the key of a slip, its value, and how it came about in plain text; "" where nothing is to say."""

    slip: str
    value: Any
    written: str = ""


def slips_of(step: Step, story: Story, m: int | None) -> Iterator[Slipped]:
    """The slips that can be made in a step.

    m   the number of samples, where it matters: the asked gradient keeps a column for each, or a mean is computed
    """
    if isinstance(step, Contribute):
        yield from _of_contribution(step, story)
        if m is not None:
            yield Slipped("course_convention", m * np.asarray(step.contribution))
    elif isinstance(step, Compute):
        yield from (Slipped("operand", value, story.spelling.name(name)) for name, value in operands(step, story))
        if m is not None:
            yield Slipped("mean_missing", m * np.asarray(step.value))  # one of byhand.mistakes


def _of_contribution(step: Contribute, story: Story) -> Iterator[Slipped]:
    names, spelling = story.names, story.spelling
    yield Slipped("local_missing", step.incoming, spelling.gradient(names[step.node]))
    yield Slipped("value", story.graph[step.to].value, TEXT.name(spelling.name(names[step.to])))
    if step.turns > 1:
        yield Slipped("total", step.after)
        yield from (
            Slipped("other_contribution", other.contribution)
            for other in story.steps
            if isinstance(other, Contribute) and other.to == step.to and other is not step
        )
    if isinstance(step.formula, Equation) and isinstance(step.formula.right, Term):
        yield from _of_rule(step, step.formula.right, story)


def _of_rule(step: Contribute, right: Term, story: Story) -> Iterator[Slipped]:
    """The rule without the gradient that arrives, and with other values of its operation in it."""
    read = [s for s in in_order([right]) if s.name is not None]
    for s in read:
        if s.gradient and s.name == story.names[step.node]:
            yield from _rerun("incoming_missing", right, s, Term(np.ones(s.shape) if s.shape else 1.0), story)
        for name, value in operands(step, story):
            if not s.gradient and name != s.name and np.shape(value) == s.shape:
                yield from _rerun("other_operand", right, s, Term(value, name), story)


def _rerun(slip: str, right: Term, old: Term, new: Term, story: Story) -> Iterator[Slipped]:
    try:
        with np.errstate(all="ignore"):
            made = rerun(right, lambda s: new if s is old else None)
            written = story.spelling.write(made, style=TEXT) if new.name is not None else ""
    except UNFIT:
        return
    yield Slipped(slip, made.value if isinstance(made, Term) else made, written)


def operands(step: Step, story: Story) -> list[tuple[str, Any]]:
    """The names, as formulas have them, and the values that a step's operation was applied to, each once."""
    found = {e.source: story.graph[e.source].value for e in story.graph.edges if e.target == step.operation}
    return [(story.names[id], value) for id, value in found.items() if value is not None]
