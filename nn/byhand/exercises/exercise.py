"""Exercise: a pass of a small network, of which some arrays are to be found."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from autograd.errors import SaveError
from autograd.files import path_to, save_whole
from nn.byhand.checker.arrays import Array, NotAnArray, matched, read
from nn.byhand.checker.audit import Audit, audit
from nn.byhand.checker.check import Checker, cost_of
from nn.byhand.checker.equation import GRADIENT, VALUE, Equation
from nn.byhand.checker.key import AnswerKey
from nn.byhand.checker.report import Report
from nn.byhand.exercises.hints import STEPS, hint_of
from nn.byhand.exercises.score import Score, scored
from nn.byhand.exercises.task import LAYERS, LINEAR, MOST, MOST_ON_PAPER, RELU, Task, draw_task

KINDS = {"all": (VALUE, GRADIENT), "values": (VALUE,), "gradients": (GRADIENT,)}
_PLACES = 7  # to which a value that is shown is rounded
_LONGEST = 60  # characters of a seed, which stands in a heading
_AT_THE_END = ("softmax", LINEAR)


def exercise(seed: int | str = 0, layers: int | Iterable[str] = 2, hide: str | Iterable[str] = "all") -> Exercise:
    """An exercise: a network, its data, and the arrays of its pass, some of which are to be found.

    seed     an integer, or a string such as the name of a student. The same seed gives the same numbers, everywhere
    layers   how many, up to 5; or the activation of each: "relu", "tanh", "sigmoid", "leaky_relu", "softmax", "linear".
             Up to 3 layers of "relu" and "linear" have small integers, which a pencil is enough for
    hide     what is to be found: "all" that is computed, only its "values" or "gradients", or a list of names

    >>> from nn import byhand
    >>> exercise = byhand.exercise(seed="Ada", layers=2, hide=["dZ2", "dW2"])
    >>> exercise.to_find, exercise.given["W2"].shape == exercise.shapes["dW2"]
    (('dZ2', 'dW2'), True)
    >>> score = exercise.grade({"dZ2": exercise.answers()["dZ2"], "dW2": -exercise.answers()["dW2"]})
    >>> score.points, score.out_of, score["dW2"].message
    (1, 2, 'A mistake was made here: a wrong sign.')

    Raises TypeError and ValueError where there is no such exercise.
    """
    seed = _seed(seed)
    found = Exercise(seed, draw_task(seed, _activations(layers)), _hidden(hide))
    _ = found.to_find  # which refuses names that are not in the pass
    return found


@dataclass(frozen=True, eq=False)
class Exercise:
    """An exercise. It keeps no answers: they are computed when they are asked for, and never copied or pickled.

    seed      that it was made from
    task      the network and its data
    hide      what is to be found, as it was asked for
    """

    seed: int | str
    task: Task
    hide: str | tuple[str, ...]

    @cached_property
    def _checker(self) -> Checker:
        return _checker_of(self.task)

    @property
    def key(self) -> AnswerKey:
        """The pass as it should be: equations and values."""
        return self._checker.key("course")

    def __getstate__(self) -> dict[str, Any]:
        return {"seed": self.seed, "task": self.task, "hide": self.hide}

    def __repr__(self) -> str:
        hide = _code(self.hide if isinstance(self.hide, str) else list(self.hide))
        return f"byhand.exercise(seed={_code(self.seed)}, layers={_code(list(self.task.activations))}, hide={hide})"

    @cached_property
    def _computed(self) -> list[Equation]:
        return [eq for eq in self.key.equations if eq.kind in (VALUE, GRADIENT)]

    @property
    def m(self) -> int:
        """The number of samples."""
        return self.task.X.shape[1]

    @property
    def given(self) -> Mapping[str, np.ndarray]:
        """The arrays that are not to be found: the data, the parameters, and what is shown of the pass, rounded."""
        values = {eq.name: self.key.values[eq.key] for eq in self._computed if eq.name not in self.to_find}
        shown = {name: np.round(np.array(value), _PLACES) for name, value in values.items()}
        return MappingProxyType({"X": self.task.X, "Y": self.task.Y, **self.task.parameters, **shown})

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """The shapes of the arrays that are to be found."""
        return {eq.name: np.shape(self.key.values[eq.key]) for eq in self._hidden}

    @property
    def _hidden(self) -> list[Equation]:
        return [eq for eq in self._computed if eq.name in self.to_find]

    @cached_property
    def to_find(self) -> tuple[str, ...]:
        """The names of the arrays that are to be found, in the order of the pass."""
        if isinstance(self.hide, str):
            return tuple(eq.name for eq in self._computed if eq.kind in KINDS[self.hide])
        found, unknown = matched(self.hide, [eq.name for eq in self._computed])
        for name, said in unknown.items():
            raise ValueError(f'hide needs "all", "values", "gradients" or names of the pass, but got {name!r}. {said}')
        return tuple(eq.name for eq in self._computed if eq.name in found.values())

    # --- answers --------------------------------------------------------------------------------------------------

    def answers(self) -> dict[str, np.ndarray]:
        """The right values of what is to be found. For teachers."""
        return {eq.name: np.array(self.key.values[eq.key]) for eq in self._hidden}

    def report(self, answers: Mapping[str, Any]) -> Report:
        """What `byhand.check` says of the answers, with the lines as they should be. For teachers."""
        handed_in = self._handed_in(answers)
        repeated = matched(handed_in, self.given)[0]  # no mistake is looked for in what is given
        own = {name: array for name, array in handed_in.items() if name not in repeated}
        return self._checker.check(own, self.given)

    def grade(self, answers: Mapping[str, Any]) -> Score:
        """What the answers are worth: a point for each line that is right for what came before it.

        answers   arrays by their names, as in `byhand.check`; None is not handed in
        """
        meant = matched(self._handed_in(answers), self.to_find)[0]
        arrays: dict[str, Array] = {}
        for name, known in meant.items():
            try:
                arrays[known] = read(answers[name])
            except NotAnArray:
                continue  # the report has a finding of it
        return scored(self.report(answers), arrays, self.key, self.to_find)

    def hint(self, answers: Mapping[str, Any] | None = None, step: int = 1) -> str:
        """A hint for the first mistake, or for what is to be found next, in three steps.

        step   1: where it is; 2: what kind of mistake it is; 3: the line as it should be

        >>> from nn import byhand
        >>> exercise = byhand.exercise(seed=1, hide=["dZ2", "dW2", "db2"])
        >>> dZ2 = -exercise.answers()["dZ2"]
        >>> for step in (1, 2, 3):
        ...     print(exercise.hint({"dZ2": dZ2, "dW2": dZ2 @ exercise.given["A1"].T / exercise.m}, step))
        Look at dZ2. dW2 only follows from an earlier mistake.
        dZ2: a wrong sign. Y − A for A − Y, or a minus of the log loss that was lost.
        The line is dZ2 = dA2 ∗ [A2 > 0].
        """
        if step not in STEPS:
            raise ValueError(
                f"step needs 1 (where), 2 (what kind) or 3 (the line), but got {step!r}. Give one of them."
            )
        return hint_of(self.report({} if answers is None else answers), self.key, self.to_find, step)

    def _handed_in(self, answers: Any) -> dict[str, Any]:
        """The answers, without what is left open."""
        if not isinstance(answers, Mapping):
            raise TypeError(
                f"answers needs a dict of arrays by their names, but got {type(answers).__name__}. "
                f'Write {{"{self.to_find[0]}": {self.to_find[0]}, …}}.'
            )
        return {name: array for name, array in answers.items() if array is not None and array is not ...}

    @cached_property
    def audit(self) -> Audit:
        """Which mistakes these numbers do not show. For teachers."""
        return audit(self.task.model(), self.task.X, self.task.Y, loss=self.task.loss)

    # --- files ----------------------------------------------------------------------------------------------------

    def notebook(self, path: str | os.PathLike[str]) -> Path:
        """Write a Jupyter notebook for a student; its last cell gives the points to nbgrader. Returns the path.

        Raises SaveError where the file cannot be written.
        """
        from nn.byhand.exercises.notebook import notebook

        return _written(path, ".ipynb", notebook(self))

    def script(self, path: str | os.PathLike[str]) -> Path:
        """Write a Python script for a student, which prints a hint and the score when it is run. Returns the path.

        Raises SaveError where the file cannot be written.
        """
        from nn.byhand.exercises.script import script

        return _written(path, ".py", script(self))

    def sheet(self, path: str | os.PathLike[str], *, answers: bool = False) -> Path:
        """Write a worksheet that prints to one A4 page, to be filled in by hand; or its answer page. Returns the path.

        Raises ValueError where the numbers are not made for a pencil, SaveError where the file cannot be written.
        """
        from nn.byhand.exercises.sheet import sheet

        if not self.task.on_paper:
            raise ValueError(
                f"A worksheet needs at most {MOST_ON_PAPER} layers of relu and linear, so that its numbers are short, "
                f"but got {', '.join(self.task.activations)}. Use layers=2, or .notebook and .script for this exercise."
            )
        return _written(path, ".html", sheet(self, answers))


@lru_cache(maxsize=16)
def _checker_of(task: Task) -> Checker:
    return Checker(cost_of(task.model(), task.X, task.Y, task.loss))


def _code(x: Any) -> str:
    """A string, a list of strings or a number as code, with the quotes that formatters prefer."""
    if isinstance(x, list):
        return f"[{', '.join(map(_code, x))}]"
    return f'"{repr(x)[1:-1]}"' if isinstance(x, str) and not {'"', "'"} & set(x) else repr(x)


def _written(path: str | os.PathLike[str], suffix: str, text: str) -> Path:
    path = path_to(path, "An exercise")
    if path.suffix != suffix:
        raise SaveError(f"This file needs the suffix {suffix}, but got {str(path)!r}. Change the suffix.")
    save_whole(path, text.encode())
    return path


def _hidden(hide: Any) -> str | tuple[str, ...]:
    if isinstance(hide, str):
        return hide if hide in KINDS else (hide,)
    names = tuple(hide) if isinstance(hide, Iterable) else ()
    if not names or not all(isinstance(name, str) for name in names):
        raise TypeError(f'hide needs "all", "values", "gradients" or a list of names, but got {hide!r}. Write ["dZ2"].')
    return names


def _seed(seed: Any) -> int | str:
    if isinstance(seed, bool) or not isinstance(seed, (int, str, np.integer)):
        raise TypeError(
            f"seed needs an integer or a string, but got {seed!r}. Use the number or the name of a student."
        )
    if isinstance(seed, str) and len(seed) > _LONGEST:
        raise ValueError(f"seed needs at most {_LONGEST} characters, but got {len(seed)}. Shorten it.")
    return seed if isinstance(seed, str) else int(seed)


def _activations(layers: Any) -> tuple[str, ...]:
    known = ", ".join(LAYERS)
    if isinstance(layers, (int, np.integer)) and not isinstance(layers, bool):
        if not 1 <= layers <= MOST:
            raise ValueError(f"layers needs 1 to {MOST} layers, but got {layers}. Choose fewer or more.")
        return (RELU,) * int(layers)
    if isinstance(layers, str) or not isinstance(layers, Iterable):
        raise TypeError(f"layers needs an integer or a list of activations, but got {layers!r}. Known are {known}.")
    names = tuple(layers)
    if not 1 <= len(names) <= MOST:
        raise ValueError(f"layers needs 1 to {MOST} activations, but got {len(names)}. Choose fewer or more.")
    for name in names:
        if not isinstance(name, str) or name not in LAYERS:
            raise ValueError(f"layers needs activations that are known, but got {name!r}. Known are {known}.")
    for name in names[:-1]:
        if name in _AT_THE_END:
            raise ValueError(f"{name} needs to be the last of the layers, but got {list(names)!r}. Move it to the end.")
    return names
