"""The text of an exercise, as code and in words: what notebook, script and worksheet have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.printable import printable
from nn.byhand.checker.equation import VALUE, text_of
from nn.byhand.checker.report import SAID

if TYPE_CHECKING:
    from nn.byhand.exercises.exercise import Exercise

CONVENTION = SAID["course"]
ANSWERS = "answers = {name: globals().get(name) for name in exercise.to_find}"


def title(exercise: Exercise) -> str:
    """One line that names the exercise."""
    layers = len(exercise.task.activations)
    return f"Backpropagation by hand, {layers} layer{'s' * (layers > 1)} ({printable(str(exercise.seed))})"


def network(exercise: Exercise) -> list[str]:
    """The forward pass, a formula for each value."""
    return [f"{eq.name} = {text_of(eq.forms[0])}" for eq in exercise.key.equations if eq.kind == VALUE]


def size(shape: tuple[int, ...]) -> str:
    """The shape of an array in words.

    >>> size((2, 3)), size(())
    ('(2, 3)', 'a number')
    """
    return str(shape) if shape else "a number"


def given(exercise: Exercise) -> str:
    """The lines that define what is given."""
    return "\n".join(f"{name} = {_literal(value)}" for name, value in exercise.given.items())


def blanks(exercise: Exercise) -> list[str]:
    """A line for each array that is to be found."""
    return [f"{name} = None  # {size(shape)}" for name, shape in exercise.shapes.items()]


def _literal(value: np.ndarray) -> str:
    """An array as code, a row on a line, as formatters leave it."""
    if not value.shape:
        return repr(_number(value))
    rows = [f"[{', '.join(repr(_number(x)) for x in row)}]" for row in value]
    if len(rows) == 1:
        return f"np.array([{rows[0]}], dtype=float)"
    body = "".join(f"        {row},\n" for row in rows)
    return f"np.array(\n    [\n{body}    ],\n    dtype=float,\n)"


def _number(x: Any) -> int | float:
    """An integer where it is one."""
    return int(x) if float(x).is_integer() else float(x)
