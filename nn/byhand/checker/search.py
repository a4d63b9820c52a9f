"""The search for the edits of a line that give what was handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd.read import Term, in_order
from nn.byhand.checker.arrays import Array
from nn.byhand.checker.budget import Budget
from nn.byhand.checker.comparison import close, ratio
from nn.byhand.checker.equation import PARAMETER, UNFIT, Equation, put
from nn.byhand.checker.mistakes import mistakes

# Where the data cannot tell, the more telling name comes first.
_BY_WEIGHT = (
    "mean_missing", "mean_twice", "output_derivative", "softmax_jacobian", "derivative_missing",
    "derivative_at_wrong_value", "other_activation", "wrong_sum", "sign", "extra_factor", "reused_parameter",
    "wrong_cache", "wrong_matrix",
    "updated_too_early", "transpose", "rows_for_columns", "accumulated", "wrong_product",
    "constant_factor", "wrong_count", "rank_one", "keepdims",
)  # fmt: skip
_OF_SHAPES = ("transpose", "rows_for_columns", "keepdims", "rank_one")  # in which an axis of length 1 matters
_OF_NUMBERS = ("mean_missing", "mean_twice", "constant_factor", "sign", "wrong_count")


FURTHER = 0.25  # seconds for further edits that give the same
_ANY = ("constant_factor", "wrong_count", "accumulated")


@dataclass(frozen=True)
class Explanation:
    """How a wrong array may have come about.

    where      the equation whose line was edited
    keys       the mistakes made in it
    term       the line as it seems to have been written
    """

    where: Equation
    keys: tuple[str, ...]
    term: Term

    @property
    def weight(self) -> tuple[int, ...]:
        """Which comes first among several."""
        return (len(self.keys), *(_BY_WEIGHT.index(key) for key in self.keys))


def variants(eq: Equation, term: Term, keys: tuple[str, ...] = _BY_WEIGHT) -> Iterator[tuple[str, Term]]:
    """The wrong lines that single edits make of a right side: (mistake, Term)."""
    for key in keys:
        edit = mistakes[key].edit
        if edit is None:
            continue
        for wrong in edit(eq, term):
            found = computed(wrong)
            if found is not None:
                yield key, found


def computed(wrong: Callable[..., Any]) -> Term | None:
    """A wrong line, if it can be computed at all."""
    try:
        with np.errstate(all="ignore"):
            found = wrong()
    except (*UNFIT, MemoryError):
        return None
    return found if isinstance(found, Term) else Term(found)


def one_edit(eq: Equation, array: Array, slack: float, budget: Budget) -> list[Explanation]:
    """The single edits of a line that give an array; as many as can be tried in time.

    Of large arrays each takes long. So once one is known, not all of the time is spent on what else it might be.
    """
    found: dict[str, Explanation] = {}
    for form in eq.forms:
        for key, term in variants(with_rate(eq, form, array), form):
            if budget.spent:
                break
            if key not in found and _gives(key, term, array, slack):
                budget = budget if found else budget.part(FURTHER)
                found[key] = Explanation(eq, (key,), term)
    return sorted(found.values(), key=lambda e: e.weight)


def _gives(key: str, term: Term, array: Array, slack: float) -> bool:
    if key in _OF_SHAPES and np.shape(term.value) != array.value.shape:
        return False
    return close(array, term.value, slack)


def with_rate(eq: Equation, form: Term, array: Array) -> Equation:
    """The equation with the learning rate that fits best, where none is known and weights stand in the line."""
    if eq.lr is not None:
        return eq
    for s in in_order([form]):
        if s.name is None or eq.kinds.get((s.name, s.gradient)) != PARAMETER:
            continue
        step = eq.gradient(s.name)
        moved = None if step is None else computed(lambda s=s, step=step: put(form, s, step))
        if moved is not None and moved.shape == array.value.shape == form.shape:
            b = np.ravel(moved.value)
            rate = float(np.ravel(form.value - array.value) @ b) / max(float(b @ b), 1e-300)
            if np.isfinite(rate) and 0 < rate < 100:
                return replace(eq, lr=rate)
    return eq


def two_edits(eq: Equation, array: Array, slack: float, budget: Budget) -> list[Explanation]:
    """The pairs of edits of a line that give an array, found within a time; those with a number first."""
    firsts: list[tuple[str, Term]] = []
    for form in eq.forms:
        for key, term in variants(eq, form):
            if budget.spent:
                return []
            firsts.append((key, term))
    numbers = ((key, term, _numbers_after(key)) for key, term in firsts if ratio(array, term.value) is not None)
    found = _pairs(eq, array, slack, numbers, budget)
    if not found:
        for key, term in firsts:
            found = _pairs(eq, array, slack, [(key, term, _BY_WEIGHT)], budget)
            if found or budget.spent:
                break
    return sorted(found.values(), key=lambda e: e.weight)


def _numbers_after(key: str) -> tuple[str, ...]:
    """The edits by a number that may follow on one: of numbers, two that may be any would make every number."""
    return () if key in _ANY else ("sign", "constant_factor") if key in _OF_NUMBERS else _OF_NUMBERS


def _pairs(
    eq: Equation, array: Array, slack: float, firsts: Iterable[tuple[str, Term, tuple[str, ...]]], budget: Budget
) -> dict[tuple[str, ...], Explanation]:
    """What gives the array: an edit of each line, which has been edited before, by one of the mistakes beside it."""
    found: dict[tuple[str, ...], Explanation] = {}
    for first, term, seconds in firsts:
        for second, whole in variants(eq, term, seconds):
            if budget.spent:
                return found
            keys = tuple(sorted((first, second), key=_BY_WEIGHT.index))
            if keys not in found and close(array, whole.value, slack):
                found[keys] = Explanation(eq, keys, whole)
    return found
