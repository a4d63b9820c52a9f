"""Score: what arrays are worth. A line is worth a point; what only follows from an earlier mistake keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from nn.byhand.checker.arrays import Array
from nn.byhand.checker.equation import Key
from nn.byhand.checker.key import AnswerKey
from nn.byhand.checker.mistakes import titles
from nn.byhand.checker.report import CAUSE, CONSEQUENCE, MARKS, RIGHT, WRONG, Finding, Report

MISSING = "missing"
_CREDITED = (RIGHT, CONSEQUENCE)


@dataclass(frozen=True)
class Mark:
    """What one array is worth.

    name      as the course calls it: "dZ1"
    points    0 or 1
    verdict   as in a Finding, or "missing"
    message   why, without the answer
    """

    name: str
    points: int
    verdict: str
    message: str


@dataclass(frozen=True)
class Score:
    """The marks of all arrays that were to be found, in the order of the pass.

    notes   what was handed in beside them

    >>> score = Score((Mark("dZ1", 0, "cause", "a wrong sign"), Mark("dW1", 1, "consequence", "follows")))
    >>> score.points, score.out_of, score["dW1"].points
    (1, 2, 1)
    """

    marks: tuple[Mark, ...]
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        """The sum of all points."""
        return sum(mark.points for mark in self.marks)

    @property
    def out_of(self) -> int:
        """How many points there are."""
        return len(self.marks)

    @property
    def fraction(self) -> float:
        """The points, of 1."""
        return self.points / self.out_of

    def __getitem__(self, name: str) -> Mark:
        """The mark of that name."""
        for mark in self.marks:
            if mark.name == name:
                return mark
        raise KeyError(f"There is no mark {name!r}; there are {', '.join(mark.name for mark in self.marks)}.")

    def json(self) -> str:
        """As results.json of Gradescope, which otter writes as well: score, max_score, and a test for each array."""
        tests = [
            {
                "name": mark.name,
                "score": mark.points,
                "max_score": 1,
                "output": mark.message,
                "extra_data": {"verdict": mark.verdict},
            }
            for mark in self.marks
        ]
        output = "\n".join([f"{self.points} of {self.out_of} points", *self.notes])
        found = {"score": self.points, "max_score": self.out_of, "output": output, "tests": tests}
        return json.dumps(found, indent=2, ensure_ascii=False)

    def __str__(self) -> str:
        width = max(len(mark.name) for mark in self.marks)
        marks = MARKS | {MISSING: MISSING}
        lines = [f"{m.name:<{width}}  {m.points}  {marks[m.verdict]:<8} {m.message}" for m in self.marks]
        return "\n".join([*lines, *self.notes, f"{self.points} of {self.out_of} points."])


def scored(report: Report, arrays: Mapping[str, Array], key: AnswerKey, to_find: Iterable[str]) -> Score:
    """The score for a report.

    arrays    what was handed in, as far as it is an array
    to_find   the names of what was to be found
    """
    by_name = {finding.name: finding for finding in reversed(report.findings)}
    idle: set[Key] = set()  # zeros and nan that were not computed: what follows from them shows nothing
    marks = []
    for name in to_find:
        eq, finding, array = key.equation(name), by_name.get(name), arrays.get(name)
        computed = finding is not None and finding.verdict in _CREDITED and not eq.reads & idle
        if array is not None and not computed and _is_empty(array):
            idle.add(eq.key)
        marks.append(_mark(name, finding, array, eq.key in idle))
    return Score(tuple(marks), tuple(f.message for f in report.findings if _is_beside(f, marks)))


def _is_beside(finding: Finding, marks: list[Mark]) -> bool:
    return finding.verdict == WRONG and all(mark.name != finding.name for mark in marks)


def _mark(name: str, finding: Finding | None, array: Array | None, idle: bool) -> Mark:
    if finding is None or (array is None and finding.verdict != WRONG):
        return Mark(name, 0, MISSING, "It was not handed in.")
    if idle and finding.verdict == CONSEQUENCE:
        return Mark(name, 0, CONSEQUENCE, "It follows from what came before, but zeros and nan do not show how.")
    return Mark(name, int(finding.verdict in _CREDITED), finding.verdict, said_of(finding))


def _is_empty(array: Array) -> bool:
    """Whether it is zero throughout, or not finite somewhere."""
    return not np.any(array.value) or not np.all(np.isfinite(array.value))


def said_of(finding: Finding) -> str:
    """What was found, without the line as it should be and without the right numbers."""
    if finding.verdict == CAUSE:
        what = titles(finding.mistakes, finding.gradient) or "none of the known mistakes gives this"
        return f"A mistake was made here: {what}."
    if finding.verdict == CONSEQUENCE:
        return "The line is right for what came before it."
    return "It is right." if finding.verdict == RIGHT else finding.message
