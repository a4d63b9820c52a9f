"""Submission: what was handed in, with its samples in columns, and the convention that it is in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from autograd.read import Term
from nn.byhand.checker.arrays import Array
from nn.byhand.checker.comparison import close, slack_of
from nn.byhand.checker.equation import GRADIENT, UNFIT, VALUE, Equation, Key, names_in, with_values
from nn.byhand.checker.key import AnswerKey

_SMALL = 1000  # entries
_EXACT = 1e-13  # relative to the largest entry


class Submission:
    """One submission beside its key.

    arrays       key -> Array, with samples in columns
    layout       "columns" or "rows": how the samples lay
    convention   "course", "true" or "mixed"
    judged_in    the convention in which its lines are judged
    """

    def __init__(self, key: AnswerKey, arrays: Mapping[str, Array], in_columns: Collection[str] = ()) -> None:
        """in_columns: the names of arrays that are not the student's, whose samples are in columns."""
        self.key = key
        self._by_name = {eq.name: eq for eq in key.equations}
        self._of_samples = {eq.key for eq in key.equations if eq.of_samples}
        own = {name: array for name, array in arrays.items() if name not in in_columns}
        self.layout = self._told_layout(own)
        turned = self.layout == "rows" and self._has_turned_weights(own)
        own = {name: self._in_columns(name, array, turned) for name, array in own.items()}
        self.arrays = {self._by_name[name].key: own.get(name, array) for name, array in arrays.items()}
        self._round_to_one_decimal({self._by_name[name].key for name in own})
        self.rounding = {k: 0.0 if self._is_exact(k, array) else array.rounding for k, array in self.arrays.items()}
        self.convention, self.judged_in = self._told_convention()

    def judged_by(self, key: AnswerKey) -> Submission:
        """The same beside the key of another convention."""
        other = object.__new__(Submission)
        other.__dict__.update(self.__dict__)
        other.key = key
        return other

    def _round_to_one_decimal(self, own: Collection[Key]) -> None:
        """One place after the point may be all that a number has, as in textbooks. Where several arrays have no
        more, and nothing is exactly right, they were rounded."""
        made = [key for key in own if self.key.kinds.get(key) in (VALUE, GRADIENT)]
        short = [k for k in made if np.any(self.arrays[k].rounding) and self.arrays[k].has_one_decimal]
        if len(short) > 1 and not any(self._is_exact(key, self.arrays[key]) for key in made):
            self.arrays |= {key: self.arrays[key].to_one_decimal() for key in short}

    def _is_exact(self, key: Key, array: Array) -> bool:
        """Whether an array has all digits of the right values, in one of the conventions. Then it was not rounded, even
        where it has few digits, as textbook numbers do; and a line that reads it is off by nothing."""
        right, m = np.asarray(self.key.values[key]), self.key.m or 1
        if array.value.shape != right.shape or not np.all(np.isfinite(right)):
            return False
        size = _EXACT * float(np.max(np.abs(right), initial=0.0))
        return any(bool(np.all(np.abs(array.value * times - right) <= size)) for times in (1, m))

    def values(self) -> dict[Key, Any]:
        """What was handed in, and the right values of the rest."""
        return self.key.values | self.given

    @cached_property
    def given(self) -> dict[Key, Any]:
        """What was handed in. A large array in another shape than it should have is left out: of a row and a column
        broadcasting would make a matrix too large for the memory."""
        right = self.key.values
        return {
            key: array.value
            for key, array in self.arrays.items()
            if array.value.shape == np.shape(right[key]) or array.value.size <= _SMALL
        }

    def slack(self, eq: Equation, values: Mapping[Key, Any] | None = None) -> float:
        """How far the value of a line may be off because of rounding."""
        try:
            return slack_of(eq, self.values() if values is None else values, self.rounding)
        except UNFIT:
            return 0.0

    def is_right(self, eq: Equation) -> bool:
        """Whether what was handed in for a line is right; None was handed in, so nothing is wrong with it."""
        array = self.arrays.get(eq.key)
        return array is None or close(array, self.key.values[eq.key], self.slack(eq))

    def is_one_line(self, a: Term, b: Term) -> bool:
        """Whether two right sides give the same for all data."""
        try:
            with np.errstate(all="ignore"):
                x, y = (np.asarray(with_values(term, self.key.elsewhere).value, float) for term in (a, b))
        except UNFIT:
            return False
        return x.shape == y.shape and bool(np.allclose(x, y, rtol=1e-9, atol=0.0, equal_nan=True))

    # --- how the samples lie --------------------------------------------------------------------------------------

    def _told_layout(self, arrays: Mapping[str, Array]) -> str:
        straight = turned = 0
        square: list[tuple[Array, Any]] = []
        for name, array in arrays.items():
            eq = self._by_name[name]
            right = self.key.values[eq.key]
            if array.value.ndim != 2 or len(np.shape(right)) != 2 or not (eq.of_samples or _is_column(right)):
                continue
            shape = np.shape(right)
            if shape[0] == shape[1]:
                square.append((array, right))
            else:
                straight += array.value.shape == shape
                turned += array.value.shape == shape[::-1]
        if not straight and not turned:
            straight = sum(close(array, right) for array, right in square)
            turned = sum(close(array.turned(), right) for array, right in square)
        return "rows" if turned > straight else "columns"

    def _has_turned_weights(self, arrays: Mapping[str, Array]) -> bool:
        """Whether matrices of weights are handed in as (n_in, n_out)."""
        turned = 0
        for name, array in arrays.items():
            eq, shape = self._by_name[name], np.shape(self.key.values[self._by_name[name].key])
            if not eq.of_samples and len(shape) == 2 and min(shape) > 1 and shape[0] != shape[1]:
                turned += 1 if array.value.shape == shape[::-1] else -1
        return turned > 0

    def _in_columns(self, name: str, array: Array, turned: bool) -> Array:
        """An array with its samples in columns."""
        eq = self._by_name[name]
        right = np.asarray(self.key.values[eq.key])
        if self.layout == "columns" or array.value.ndim != 2 or right.ndim != 2:
            return array
        if right.shape[0] == right.shape[1] and not eq.of_samples:
            return array.turned() if turned or close(array.turned(), right) else array
        return array.turned() if eq.of_samples or array.value.shape == right.shape[::-1] else array

    # --- the two conventions --------------------------------------------------------------------------------------

    def _told_convention(self) -> tuple[str, str]:
        """Which one the submission is in, and which one its lines are judged in."""
        key, m = self.key, self.key.m
        if m is None or m == 1 or key.convention == "true":
            return key.convention, key.convention
        tops, sums, between = [0, 0], [0, 0], [0, 0]
        for eq in key.equations:
            array = self.arrays.get(eq.key)
            if array is None or eq.kind != GRADIENT:
                continue
            own = {k for k in names_in(eq.forms[0]) if k[1]}
            if not eq.of_samples:
                if own & self.arrays.keys():
                    self._vote(sums, eq, array, self._in_course(eq), self._in_true(eq, m))
            elif own:
                self._vote(between, eq, array, key.values[eq.key], key.values[eq.key] / m)
            else:
                self._vote(tops, eq, array, self._in_course(eq), self._in_course(eq) / m)
        by_tops, by_sums = _winner(tops), _winner(sums)
        if by_tops and by_sums and by_tops != by_sums and min(sums) == 0 and min(tops) == 0:
            return "mixed", by_tops
        found = by_tops or by_sums or _winner(between) or "course"
        return found, found

    def _vote(self, votes: list[int], eq: Equation, array: Array, course: Any, true: Any) -> None:
        """Count an array for the convention that gives it; the slack is computed only where neither does without it."""
        hits = close(array, course), close(array, true)
        if not any(hits):
            slack = self.slack(eq)
            hits = close(array, course, slack), close(array, true, slack)
        for i, hit in enumerate(hits):
            votes[i] += hit

    def _in_course(self, eq: Equation) -> Any:
        return quietly(eq.forms[0], self.values())

    def _in_true(self, eq: Equation, m: int) -> Any:
        """What the line of a parameter gives where the gradients handed in are those of the true convention."""
        values = self.values()
        for key, array in self.arrays.items():
            if key[1] and key in self._of_samples:
                values[key] = array.value * m
        return quietly(eq.forms[0], values)


def _winner(votes: list[int]) -> str | None:
    return None if votes[0] == votes[1] else "course" if votes[0] > votes[1] else "true"


def _is_column(x: Any) -> bool:
    return len(np.shape(x)) == 2 and np.shape(x)[1] == 1 and np.size(x) > 1


def quietly(term: Term, values: Mapping[Key, Any]) -> Any:
    """The value of a line; nan where what was handed in has shapes that do not fit."""
    try:
        with np.errstate(all="ignore"):
            return with_values(term, values).value
    except UNFIT:
        return np.full(term.shape, np.nan)
