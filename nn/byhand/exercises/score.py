"""Score: what arrays are worth. A line is worth a point; what only follows from an earlier mistake keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn.byhand.checker.mistakes import mistakes
from nn.byhand.checker.report import CAUSE, CONSEQUENCE, MARKS, RIGHT, WRONG, Finding, Report
from nn.byhand.checker.submission import Array

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
            {"name": mark.name, "score": mark.points, "max_score": 1, "verdict": mark.verdict, "output": mark.message}
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


def scored(report: Report, arrays: Mapping[str, Array], right: Mapping[str, Any]) -> Score:
    """The score for a report.

    arrays   what was handed in, as far as it is an array
    right    the right values of what was to be found
    """
    by_name: dict[str, Finding] = {}
    for finding in report.findings:
        by_name.setdefault(finding.name, finding)
    marks = [_mark(name, by_name.get(name), arrays.get(name), value) for name, value in right.items()]
    return Score(tuple(marks), tuple(_beside(report.findings, right)))


def _beside(findings: Iterable[Finding], right: Mapping[str, Any]) -> Iterable[str]:
    return (f.message for f in findings if f.verdict == WRONG and f.name not in right)


def _mark(name: str, finding: Finding | None, array: Array | None, right: Any) -> Mark:
    if finding is None or (array is None and finding.verdict != WRONG):
        return Mark(name, 0, MISSING, "It was not handed in.")
    if finding.verdict == CONSEQUENCE and array is not None and _shows_nothing(array, right):
        return Mark(name, 0, CONSEQUENCE, "It follows from what came before, but zeros and nan do not show how.")
    return Mark(name, int(finding.verdict in _CREDITED), finding.verdict, said_of(finding))


def _shows_nothing(array: Array, right: Any) -> bool:
    """Whether any line would give this, once an array before it is zero or not finite."""
    return not np.all(np.isfinite(array.value)) or (not np.any(array.value) and bool(np.any(right)))


def said_of(finding: Finding) -> str:
    """What was found, without the line as it should be and without the right numbers."""
    if finding.verdict == CAUSE:
        titles = (
            " and ".join(mistakes[key].title for key in finding.mistakes) or "none of the known mistakes gives this"
        )
        return f"A mistake was made here: {titles}."
    if finding.verdict == CONSEQUENCE:
        return "The line is right for what came before it."
    return "It is right." if finding.verdict == RIGHT else finding.message
