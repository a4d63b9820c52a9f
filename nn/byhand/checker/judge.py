"""Judge: goes through a pass in its order, and says of each array whether its line is right for what came before."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from nn.byhand.checker import wording
from nn.byhand.checker.arrays import Array
from nn.byhand.checker.budget import Budget, Clock
from nn.byhand.checker.comparison import close, is_zero
from nn.byhand.checker.equation import DATA, GRADIENT, UNFIT, Equation, Key, with_values
from nn.byhand.checker.report import Finding
from nn.byhand.checker.search import Explanation, one_edit, two_edits, variants
from nn.byhand.checker.submission import Submission, quietly

SECONDS = 2.1  # for all that is searched in one submission
AT_LEAST = 0.8  # of these, however long what came before the search has taken
ALL = 2.3  # for that and the search
OF_PAIRS = 0.7  # of these: for the pairs of edits of one line
OF_SINGLE = 0.7  # of these: kept for single edits, which are looked for in each line first
WAY_BACK = 12  # lines that were not handed in, through which a cause is looked for


class Judge:
    """The findings of one submission.

    spent   the seconds that have gone by before the search
    """

    def __init__(self, work: Submission, clock: Clock = time.thread_time, spent: float = 0.0) -> None:
        self.work, self.key = work, work.key
        self._budget = Budget(max(AT_LEAST, min(SECONDS, ALL - spent)), clock)
        self._further = self._budget.part(SECONDS - OF_SINGLE)  # for more than single edits of a line
        self._adopted: set[Key] = set()  # lines that were not handed in, and are taken to be the cause

    def findings(self) -> list[Finding]:
        """One for each array, and for each line between them that is a cause."""
        current = dict(self.key.values)
        found: list[Finding] = []
        for eq in self.key.equations:
            array = self.work.arrays.get(eq.key)
            if array is None:
                if eq.kind != DATA and eq.key not in self._adopted:
                    current[eq.key] = quietly(eq.forms[0], current)
                continue
            found += self._of(eq, array, current)
            if array.value.size == np.size(current[eq.key]):
                current[eq.key] = array.value.reshape(np.shape(self.key.values[eq.key]))
        return wording.together(found, self.work)

    def _of(self, eq: Equation, array: Array, current: dict[Key, Any]) -> list[Finding]:
        right = np.asarray(self.key.values[eq.key])
        lost_rank = array.value.ndim < right.ndim and right.size > 1 and self.work.layout == "columns"
        if not np.all(np.isfinite(array.value)) and np.all(np.isfinite(right)):
            return [wording.not_finite(self.work, eq, array)]
        if not lost_rank and close(array, right):
            return [wording.right(eq)]
        if eq.kind == DATA:
            return [wording.other_data(self.work, eq, array)]
        slack = self.work.slack(eq, current)
        if not lost_rank:
            if close(array, right, slack):
                return [wording.right(eq)]
            as_given = current | {key: x for key, x in self.work.given.items() if key in eq.reads}
            if any(close(array, quietly(form, values), slack) for form in eq.forms for values in (current, as_given)):
                return [wording.consequence(self.work, eq, array, self._adopted)]
        if is_zero(array):  # which many edits give, and none is what was written
            return [wording.unexplained(self.work, eq, array)]
        own = eq.at(current)
        explained = one_edit(own, array, slack, self._budget)
        upstream = [] if lost_rank else self._upstream(eq, array, current)
        chosen = self._best(eq, explained, upstream, current)
        regularized = None if explained or lost_rank else wording.regularized(self.work, eq, array, current)
        if regularized is not None:
            return [regularized]
        if chosen is None:
            budget = self._further.part(OF_PAIRS)
            explained = two_edits(own, array, slack, budget)
            if not explained:
                stopped = wording.STOPPED if self._further.spent else wording.STOPPED_AT_PAIRS
                return [wording.unexplained(self.work, eq, array, stopped if budget.spent else "")]
            chosen = explained[0]
        if chosen.where.key == eq.key:
            return [wording.cause(self.work, eq, array, chosen, explained)]
        alike = [e for e in upstream if e.where.key == chosen.where.key]
        before = wording.cause(self.work, chosen.where, None, chosen, [*alike, *explained])
        return [before, wording.consequence(self.work, eq, array, self._adopted)]

    # --- causes in lines that were not handed in ------------------------------------------------------------------

    def _upstream(self, eq: Equation, array: Array, current: dict[Key, Any]) -> list[Explanation]:
        """Edits of the lines before this one, as far back as they were not handed in, that give the array."""
        found: list[Explanation] = []
        for between in self._missing_before(eq):
            seen: set[str] = set()
            placed = between.at(current)
            for form in placed.forms:
                for key, term in variants(placed, form):
                    if self._further.spent:
                        return found
                    if key in seen or np.shape(term.value) != np.shape(current[between.key]):
                        continue
                    values = self._follow(between, term.value, current, eq)
                    if values is not None and close(array, values[eq.key], self.work.slack(eq)):
                        seen.add(key)
                        found.append(Explanation(between, (key,), term))
        return found

    def _missing_before(self, eq: Equation) -> list[Equation]:
        """The lines that this one comes from, nearest first, none of which was handed in."""
        by_key = {e.key: e for e in self.key.equations}
        found: dict[Key, Equation] = {}
        waiting = [eq]
        for e in waiting:
            for key in sorted(e.reads, reverse=True):
                before = by_key.get(key)
                if before is not None and key not in self.work.arrays and key not in found and before.kind == GRADIENT:
                    found[key] = before
                    waiting.append(before)
        return list(found.values())[:WAY_BACK]

    def _follow(self, start: Equation, value: Any, current: dict[Key, Any], end: Equation) -> dict[Key, Any] | None:
        """The values up to a line, if an earlier one gives another value."""
        values, touched = dict(current), {start.key}
        values[start.key] = value
        for eq in self.key.equations[self.key.equations.index(start) + 1 :]:
            if touched & eq.reads and (eq.key not in self.work.arrays or eq is end):
                try:
                    values[eq.key] = with_values(eq.forms[0], values).value
                except UNFIT:
                    return None
                touched.add(eq.key)
            if eq is end:
                break
        return values

    def _best(
        self, eq: Equation, own: list[Explanation], upstream: list[Explanation], current: dict[Key, Any]
    ) -> Explanation | None:
        """The explanation that leaves the least unexplained; if it is one of an earlier line, that line is adopted."""
        if any(e.keys == ("mean_missing",) for e in own):  # rather than a number in a line that was not handed in
            upstream = [e for e in upstream if e.keys != ("constant_factor",)]
        options = [*own, *upstream]
        if not options:
            return None
        scores = [self._explained_by(e, eq, current) for e in options]
        best = options[int(np.argmax(scores))]
        if best.where.key != eq.key:
            current |= self._follow(best.where, best.term.value, current, self.key.equations[-1]) or {}
            self._adopted.add(best.where.key)
        return best

    def _explained_by(self, e: Explanation, eq: Equation, current: dict[Key, Any]) -> float:
        """How many of the later arrays follow, if this is what happened."""
        if e.where.key == eq.key:
            return 1.0
        if self._budget.spent:
            return 0.0
        values = self._follow(e.where, e.term.value, current, self.key.equations[-1])
        if values is None:
            return 0.0
        count = 0.0
        for later in self.key.equations[self.key.equations.index(e.where) + 1 :]:
            array = self.work.arrays.get(later.key)
            if array is not None and not close(array, self.key.values[later.key], self.work.slack(later)):
                count += close(array, quietly(later.forms[0], values), self.work.slack(later))
        return count - 0.5  # the line itself is nearer than one that was not handed in
