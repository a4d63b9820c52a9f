"""Judge: goes through a pass in its order, and says of each array whether its line is right for what came before."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.read import LATEX, Term, write
from nn.byhand.checker.comparison import close, fraction_of, nearest_words, ratio, slack_of, worst_entry
from nn.byhand.checker.equation import DATA, GRADIENT, Equation, Key, names_in, text_of, with_values
from nn.byhand.checker.key import AnswerKey
from nn.byhand.checker.mistakes import mistakes
from nn.byhand.checker.report import CAUSE, CONSEQUENCE, RIGHT, WRONG, Finding
from nn.byhand.checker.search import SECONDS, UNFIT, Explanation, one_edit, two_edits, variants
from nn.byhand.checker.submission import Array

WAY_BACK = 12  # lines that were not handed in, through which a cause is looked for


class Judge:
    """One submission against one key."""

    def __init__(self, key: AnswerKey, arrays: Mapping[str, Array], layout: str | None = None) -> None:
        self.key = key
        self._by_name = {eq.name: eq for eq in key.equations}
        self.layout = layout or self._told_layout(arrays)
        self.arrays = {self._by_name[name].key: self._in_columns(name, array) for name, array in arrays.items()}
        self._rounding = {key: array.rounding for key, array in self.arrays.items()}
        self._until = time.monotonic() + 2 * SECONDS
        self.convention, self.works_in = self._told_convention()

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

    def _in_columns(self, name: str, array: Array) -> Array:
        """An array with its samples in columns."""
        eq = self._by_name[name]
        right = np.asarray(self.key.values[eq.key])
        if self.layout == "columns" or array.value.ndim != 2 or right.ndim != 2:
            return array
        if eq.of_samples or array.value.shape == right.shape[::-1] != right.shape:
            return array.turned()
        if array.value.shape == right.shape == right.shape[::-1] and close(array.turned(), right):
            return array.turned()
        return array

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
            slack, own = self._slack(eq), {k for k in names_in(eq.forms[0]) if k[1]}
            if not eq.of_samples:
                if own & self.arrays.keys():
                    _vote(sums, array, self._in_course(eq), self._in_true(eq, m), slack)
            elif own:
                _vote(between, array, key.values[eq.key], key.values[eq.key] / m, slack)
            else:
                _vote(tops, array, self._in_course(eq), self._in_course(eq) / m, slack)
        by_tops, by_sums = _winner(tops), _winner(sums)
        if by_tops and by_sums and by_tops != by_sums and min(sums) == 0 and min(tops) == 0:
            return "mixed", by_tops
        found = by_tops or by_sums or _winner(between) or "course"
        return found, found

    def _in_course(self, eq: Equation) -> Any:
        return _quietly(eq.forms[0], self._current())

    def _in_true(self, eq: Equation, m: int) -> Any:
        """What the line of a parameter gives where the gradients handed in are those of the true convention."""
        values = self._current()
        for key, array in self.arrays.items():
            if key[1] and self._of_samples(key):
                values[key] = array.value * m
        return _quietly(eq.forms[0], values)

    def _of_samples(self, key: Key) -> bool:
        return any(eq.key == key and eq.of_samples for eq in self.key.equations)

    def _current(self) -> dict[Key, Any]:
        return self.key.values | {key: array.value for key, array in self.arrays.items()}

    # --- line by line ---------------------------------------------------------------------------------------------

    def findings(self) -> list[Finding]:
        """One for each array, and for each line between them that is a cause."""
        current = dict(self.key.values)
        found: list[Finding] = []
        for eq in self.key.equations:
            array = self.arrays.get(eq.key)
            if array is None:
                if eq.kind != DATA and eq.key not in self._adopted:
                    current[eq.key] = _quietly(eq.forms[0], current)
                continue
            found += self._of(eq, array, current)
            if array.value.size == np.size(current[eq.key]):
                current[eq.key] = array.value.reshape(np.shape(self.key.values[eq.key]))
        return together(found, self.key)

    _adopted: frozenset[Key] = frozenset()

    def _of(self, eq: Equation, array: Array, current: dict[Key, Any]) -> list[Finding]:
        right = np.asarray(self.key.values[eq.key])
        slack = self._slack(eq, current)
        lost_rank = array.value.ndim < right.ndim and right.size > 1 and self.layout == "columns"
        if not np.all(np.isfinite(array.value)) and np.all(np.isfinite(right)):
            return [self._not_finite(eq, array, current)]
        if not lost_rank:
            if close(array, right, slack):
                return [self._finding(eq, RIGHT, f"{eq.name} is right.")]
            if any(close(array, form.value, slack) for form in eq.forms_at(current)):
                return [self._consequence(eq, array)]
        if eq.kind == DATA:
            return [self._other_data(eq, array)]
        own = eq.at(current)
        explained = one_edit(own, array, slack, self._until + SECONDS)
        upstream = [] if lost_rank else self._upstream(eq, array, current)
        chosen = self._best(eq, explained, upstream, current)
        if chosen is None and time.monotonic() < self._until:
            explained = two_edits(own, array, slack, min(self._until, time.monotonic() + SECONDS))
            chosen = explained[0] if explained else None
        if chosen is None:
            return [self._unexplained(eq, array)]
        if chosen.where.key == eq.key:
            return [self._cause(eq, array, chosen, explained)]
        alike = [e for e in upstream if e.where.key == chosen.where.key]
        return [self._cause(chosen.where, None, chosen, [*alike, *explained]), self._consequence(eq, array)]

    def _slack(self, eq: Equation, current: dict[Key, Any] | None = None) -> float:
        try:
            return slack_of(eq, self._current() if current is None else current, self._rounding)
        except UNFIT:
            return 0.0

    # --- causes in lines that were not handed in ------------------------------------------------------------------

    def _upstream(self, eq: Equation, array: Array, current: dict[Key, Any]) -> list[Explanation]:
        """Edits of the lines before this one, as far back as they were not handed in, that give the array."""
        found: list[Explanation] = []
        for between in self._missing_before(eq):
            seen: set[str] = set()
            placed = between.at(current)
            for form in placed.forms:
                for key, term in variants(placed, form):
                    if time.monotonic() > self._until:
                        return found
                    if key in seen or np.shape(term.value) != np.shape(current[between.key]):
                        continue
                    values = self._follow(between, term.value, current, eq)
                    if values is not None and close(array, values[eq.key], self._slack(eq)):
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
                if before is not None and key not in self.arrays and key not in found and before.kind == GRADIENT:
                    found[key] = before
                    waiting.append(before)
        return list(found.values())[:WAY_BACK]

    def _follow(self, start: Equation, value: Any, current: dict[Key, Any], end: Equation) -> dict[Key, Any] | None:
        """The values up to a line, if an earlier one gives another value."""
        values, touched = dict(current), {start.key}
        values[start.key] = value
        for eq in self.key.equations[self.key.equations.index(start) + 1 :]:
            if touched & eq.reads and (eq.key not in self.arrays or eq is end):
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
            self._adopted |= {best.where.key}
        return best

    def _explained_by(self, e: Explanation, eq: Equation, current: dict[Key, Any]) -> float:
        """How many of the later arrays follow, if this is what happened."""
        if e.where.key == eq.key:
            return 1.0
        values = self._follow(e.where, e.term.value, current, self.key.equations[-1])
        if values is None:
            return 0.0
        count = 0.0
        for later in self.key.equations[self.key.equations.index(e.where) + 1 :]:
            array = self.arrays.get(later.key)
            if array is not None and not close(array, self.key.values[later.key], self._slack(later)):
                count += close(array, _quietly(later.forms[0], values), self._slack(later))
        return count - 0.5  # the line itself is nearer than one that was not handed in

    # --- words ----------------------------------------------------------------------------------------------------

    def _finding(self, eq: Equation, verdict: str, message: str, **facts: Any) -> Finding:
        form = self.key_form(eq)
        return Finding(
            eq.name, verdict, message, expected=f"{eq.name} = {text_of(form)}", expected_latex=_latex(eq, form), **facts
        )  # fmt: skip

    @staticmethod
    def key_form(eq: Equation) -> Term:
        """The line as it is read."""
        return eq.forms[0]

    def _consequence(self, eq: Equation, array: Array) -> Finding:
        right = self.key.values[eq.key]
        blamed = sorted({e.name for e in self.key.equations if e.key in eq.reads and not self._is_right(e)} - {eq.name})
        given = " and ".join(blamed) if blamed else "what was handed in before it"
        message = f"{eq.name} is right for {given} as you have it; what is off comes from there."
        return self._finding(eq, CONSEQUENCE, message, entry=worst_entry(array, right), factor=ratio(array, right))

    def _is_right(self, eq: Equation) -> bool:
        array = self.arrays.get(eq.key)
        if array is None:
            return eq.key not in self._adopted
        return close(array, self.key.values[eq.key], self._slack(eq))

    def _cause(self, eq: Equation, array: Array | None, chosen: Explanation, others: list[Explanation]) -> Finding:
        candidates = tuple(dict.fromkeys("+".join(e.keys) for e in others))
        titles = " and ".join(mistakes[key].title for key in chosen.keys)
        written = f"{eq.name} = {text_of(chosen.term)}"
        right = self.key.values[eq.key]
        entry = None if array is None else worst_entry(array, right)
        parts = [f"{eq.name} is the cause: {titles}. You seem to have written {written}"]
        parts.append(f"; it should be {eq.name} = {text_of(self.key_form(eq))}.")
        if entry is not None:
            parts.append(f" At {_place(entry[0])} you have {entry[1]:.6g}, right is {entry[2]:.6g}.")
        return self._finding(
            eq,
            CAUSE,
            "".join(parts),
            mistake=chosen.keys[0],
            mistakes=chosen.keys,
            candidates=candidates,
            factor=None if array is None else ratio(array, right),
            written=written,
            written_latex=_latex(eq, chosen.term),
            entry=entry,
        )

    def _unexplained(self, eq: Equation, array: Array) -> Finding:
        right = np.asarray(self.key.values[eq.key])
        expected = _quietly(eq.forms[0], self._current())
        found = ratio(array, expected)
        short = None if found is None else fraction_of(found)
        words = nearest_words(array, right)
        if found is not None:
            words = f"It is {short if short is not None else f'{found:.6g}'} times what it should be."
        entry = worst_entry(array, right)
        at = f" At {_place(entry[0])} you have {entry[1]:.6g}, right is {entry[2]:.6g}." if entry else ""
        line = f"It should be {eq.name} = {text_of(self.key_form(eq))}."
        return self._finding(
            eq, CAUSE, f"{eq.name} is a cause. {words} {line}{at}", factor=found, entry=entry,
            mistake="constant_factor" if short is not None else None,
        )  # fmt: skip

    def _other_data(self, eq: Equation, array: Array) -> Finding:
        hint = "" if eq.key[0][:1] not in "Wb" else " To check the parameters after a step, give lr=."
        message = f"{eq.name} is not the {eq.name} that the cost was computed from.{hint}"
        return self._finding(eq, WRONG, message, entry=worst_entry(array, self.key.values[eq.key]))

    def _not_finite(self, eq: Equation, array: Array, current: dict[Key, Any]) -> Finding:
        bad = np.argwhere(~np.isfinite(array.value))
        first = _place(tuple(bad[0].tolist()))
        at = f"{len(bad)} of {array.value.size} entries are nan or infinite, the first at {first}"
        before = [e.name for e in self.key.equations if e.key in eq.reads and not np.all(np.isfinite(self._given(e)))]
        if before:
            return self._finding(eq, CONSEQUENCE, f"{eq.name}: {at}; they come from {' and '.join(before)}.")
        return self._finding(
            eq, CAUSE, f"{eq.name} is the cause: {at}. {mistakes['not_finite'].explanation}",
            mistake="not_finite", mistakes=("not_finite",),
        )  # fmt: skip

    def _given(self, eq: Equation) -> Any:
        array = self.arrays.get(eq.key)
        return np.zeros(()) if array is None else array.value


def together(findings: list[Finding], key: AnswerKey) -> list[Finding]:
    """What several lines say together: every gradient of a matrix transposed, every one several times too large. Where
    some are not, that mistake is taken from the candidates of the others."""
    parameters = [f for f in findings if _is_of_parameter(f.name, key)]
    weights = [f for f in parameters if np.shape(key.values[f.name[1:], False])[1:] > (1,)]
    for mistake, of_all in (("rows_for_columns", weights), ("accumulated", parameters)):
        if len(of_all) > 1:
            change = _renamed if all(mistake in f.candidates for f in of_all) else _without
            findings = [change(f, mistake) if f in of_all else f for f in findings]
            parameters = [f for f in findings if _is_of_parameter(f.name, key)]
    return [_with_doubt(f, key.m) for f in findings]


def _without(finding: Finding, mistake: str) -> Finding:
    """The same finding without a candidate, unless it is the only one."""
    if mistake not in finding.candidates or finding.mistake == mistake:
        return finding
    return replace(finding, candidates=tuple(c for c in finding.candidates if c != mistake))


def _with_doubt(finding: Finding, m: int | None) -> Finding:
    """The same finding, which says what the data cannot tell."""
    if len(finding.candidates) < 2:
        return finding
    others = [c for c in finding.candidates if c != finding.mistake]
    titles = ", ".join(mistakes[c].title if c in mistakes else c for c in others)
    doubt = f" With these data this cannot be told from: {titles}. {advice(m, finding.candidates)}"
    return replace(finding, message=finding.message + doubt)


def _is_of_parameter(name: str, key: AnswerKey) -> bool:
    return any(eq.name == name and eq.of_parameter for eq in key.equations)


def _renamed(finding: Finding, mistake: str) -> Finding:
    """The same finding, with another of its candidates as the mistake."""
    if finding.mistake is None or finding.mistake == mistake:
        return finding
    message = finding.message.replace(mistakes[finding.mistake].title, mistakes[mistake].title, 1)
    return replace(finding, mistake=mistake, mistakes=(mistake,), message=message)


def advice(m: int | None, candidates: tuple[str, ...]) -> str:
    """Data that would tell mistakes apart."""
    said = []
    if m is not None and m <= 2 and {"mean_missing", "mean_twice"} & set(candidates):
        said.append("Take at least 3 samples.")
    if "accumulated" in candidates and "constant_factor" in candidates:
        said.append("Hand in dZ as well, or run check_function, which runs twice.")
    return " ".join(said) or "Take random data with sizes that differ, and m ≥ 5."


def _vote(votes: list[int], array: Array, course: Any, true: Any, slack: float) -> None:
    votes[0] += close(array, course, slack)
    votes[1] += close(array, true, slack)


def _winner(votes: list[int]) -> str | None:
    return None if votes[0] == votes[1] else "course" if votes[0] > votes[1] else "true"


def _is_column(x: Any) -> bool:
    return len(np.shape(x)) == 2 and np.shape(x)[1] == 1 and np.size(x) > 1


def _quietly(term: Term, values: dict[Key, Any]) -> Any:
    """The value of a line; nan where what was handed in has shapes that do not fit."""
    try:
        with np.errstate(all="ignore"):
            return with_values(term, values).value
    except UNFIT:
        return np.full(term.shape, np.nan)


def _latex(eq: Equation, term: Term) -> str:
    return f"{LATEX.name(eq.key[0], eq.key[1])} = {write(term)}"


def _place(at: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, at))}]" if at else "this number"
