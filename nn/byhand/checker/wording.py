"""What is said of each array, and of several together."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from autograd.read import LATEX, Term, in_order, write
from nn.byhand.checker.arrays import Array
from nn.byhand.checker.comparison import fraction_of, nearest_words, ratio, worst_entry
from nn.byhand.checker.equation import Equation, Key, text_of
from nn.byhand.checker.key import AnswerKey
from nn.byhand.checker.mistakes import mistakes, titles
from nn.byhand.checker.report import CAUSE, CONSEQUENCE, RIGHT, WRONG, Finding
from nn.byhand.checker.search import Explanation
from nn.byhand.checker.submission import Submission, quietly

STOPPED = "The search for the mistake stopped when its time was over; hand in fewer arrays at once for more of it."
STOPPED_AT_PAIRS = "The search for two mistakes in this line stopped when its time was over."
_SURE = 8  # times as large as rounding, what is said to be more than that
RUN_TWICE = "Run check_function, which runs the pass twice."


def right(eq: Equation) -> Finding:
    """An array that is right."""
    return _finding(eq, RIGHT, f"{eq.name} is right.")


def _finding(eq: Equation, verdict: str, message: str, **facts: Any) -> Finding:
    form = eq.forms[0]
    return Finding(
        eq.name, verdict, message, value=eq.label or eq.key[0], gradient=eq.key[1],
        expected=f"{eq.name} = {text_of(form)}", expected_latex=_latex(eq, form), **facts
    )  # fmt: skip


def consequence(work: Submission, eq: Equation, array: Array, suspects: Collection[Key]) -> Finding:
    """A line that is right for what was handed in before it."""
    right = work.key.values[eq.key]
    blamed = _blamed(work, eq, suspects)
    given = f"{' and '.join(blamed)} as you have {'it' if len(blamed) == 1 else 'them'}"
    message = f"{eq.name} is right for {given if blamed else 'what comes before it'}; what is off comes from there."
    return _finding(eq, CONSEQUENCE, message, entry=worst_entry(array, right), factor=ratio(array, right))


def _blamed(work: Submission, eq: Equation, suspects: Collection[Key]) -> list[str]:
    """What is wrong of what a line reads; what was not handed in is passed through."""
    by_key = {e.key: e for e in work.key.equations}
    found, waiting = {eq.key}, [eq]
    wrong: list[str] = []
    for e in waiting:
        for key in e.reads - found:
            found.add(key)
            before = by_key.get(key)
            if before is None or before.name == eq.name:
                continue
            if key in suspects or not work.is_right(before):
                wrong.append(before.name)
            elif key not in work.arrays:
                waiting.append(before)
    return sorted(set(wrong))


def cause(
    work: Submission, eq: Equation, array: Array | None, chosen: Explanation, others: list[Explanation]
) -> Finding:
    """A line that is wrong itself, in a way that is known."""
    candidates = tuple(dict.fromkeys("+".join(e.keys) for e in others))
    beside = [e for e in others if e.where.key == chosen.where.key and e.keys != chosen.keys]
    same = [e for e in beside if work.is_one_line(e.term, chosen.term)]
    written, expected = f"{eq.name} = {text_of(chosen.term)}", f"{eq.name} = {text_of(eq.forms[0])}"
    right = work.key.values[eq.key]
    entry = None if array is None else worst_entry(array, right)
    parts = [f"{eq.name} is the cause: {titles(chosen.keys, eq.key[1])}."]
    # A formula does not show what has to do with shapes alone, such as keepdims.
    parts.append(f" You seem to have written {written}; it should be {expected}." if written != expected else "")
    if array is not None and np.shape(array.value) != np.shape(right):
        parts.append(f" Its shape is {np.shape(array.value)}, but should be {np.shape(right)}.")
    elif entry is not None:
        parts.append(f" {_both(entry)}")
    return _finding(
        eq,
        CAUSE,
        "".join(parts),
        mistake=chosen.keys[0],
        mistakes=chosen.keys,
        candidates=candidates,
        inseparable=tuple(dict.fromkeys("+".join(e.keys) for e in same)),
        factor=None if array is None else ratio(array, right),
        written=written,
        written_latex=_latex(eq, chosen.term),
        entry=entry,
    )


def unexplained(work: Submission, eq: Equation, array: Array, stopped: str = "") -> Finding:
    """A line that is wrong in no way that is known, or that was found in time: what can be said of it.

    stopped   what is said of a search that its time did not suffice for
    """
    right = np.asarray(work.key.values[eq.key])
    expected = quietly(eq.forms[0], work.values())
    found = ratio(array, expected)
    short = None if found is None else fraction_of(found)
    words = nearest_words(array, right)
    if short is not None or (found is not None and right.size > 1):  # one number is some multiple of every other
        words = f"It is {short if short is not None else f'{found:.6g}'} times what it should be."
    entry = worst_entry(array, right)
    at = f" {_both(entry)}" if entry else ""
    line = f"It should be {eq.name} = {text_of(eq.forms[0])}."
    end = f" {stopped}" if stopped and found is None else ""
    return _finding(
        eq, CAUSE, f"{eq.name} is a cause. {words} {line}{at}{end}", factor=found, entry=entry,
        mistake="constant_factor" if short is not None else None,
    )  # fmt: skip


def regularized(work: Submission, eq: Equation, array: Array, current: Mapping[Key, Any]) -> Finding | None:
    """A gradient with the share of a regularization that the cost does not have; None where it is not that."""
    name = eq.key[0]
    if not eq.of_parameter or (name, False) in eq.reads:
        return None
    expected, W = np.asarray(quietly(eq.forms[0], current)), np.asarray(work.key.values[name, False])
    if array.value.shape != expected.shape:
        return None
    times = ratio(Array(array.value - expected, array.rounding), W)
    rounding = float(np.max(array.rounding, initial=0.0))
    if times is None or W.size < 2 or abs(times) * float(np.max(np.abs(W))) <= _SURE * rounding:
        return None
    written = f"{eq.name} = {text_of(eq.forms[0])} {'+' if times > 0 else '−'} {abs(times):.4g} {name}"
    words = f"it has {times:.4g} {name}, the derivative of a regularization that the cost does not have"
    return _finding(
        eq, CAUSE, f"{eq.name} is the cause: {words}. You seem to have written {written}; it should be "
        f"{eq.name} = {text_of(eq.forms[0])}.",
        written=written, entry=worst_entry(array, expected),
    )  # fmt: skip


def other_data(work: Submission, eq: Equation, array: Array) -> Finding:
    """Data or parameters that are not those of the cost."""
    hint = "" if eq.key[0][:1] not in "Wb" else " To check the parameters after a step, give lr=."
    message = f"{eq.name} is not the {eq.name} that the cost was computed from.{hint}"
    return _finding(eq, WRONG, message, entry=worst_entry(array, work.key.values[eq.key]))


def not_finite(work: Submission, eq: Equation, array: Array) -> Finding:
    """An array with nan or inf in it."""
    bad = np.argwhere(~np.isfinite(array.value))
    first = _place(tuple(bad[0].tolist()))
    at = f"{len(bad)} of {array.value.size} entries are nan or infinite, the first at {first}"
    before = [e.name for e in work.key.equations if e.key in eq.reads and not np.all(np.isfinite(_given(work, e)))]
    if before:
        return _finding(eq, CONSEQUENCE, f"{eq.name}: {at}; they come from {' and '.join(before)}.")
    why = "Look for a division by 0 or an overflow in this line: what it is computed from is finite."
    why = mistakes["not_finite"].explanation if _may_divide(eq) else why
    return _finding(
        eq, CAUSE, f"{eq.name} is the cause: {at}. {why}",
        mistake="not_finite", mistakes=("not_finite",),
    )  # fmt: skip


def _may_divide(eq: Equation) -> bool:
    """Whether a line divides by a value, takes its logarithm, or is at an output where such a line has cancelled."""
    calls = [s for form in eq.forms for s in in_order([form])]
    return eq.at_output or any(s.call is np.log or (s.call is np.divide and _is_value(s.operands[1])) for s in calls)


def _is_value(x: Any) -> bool:
    return isinstance(x, Term) and any(s.shape for s in in_order([x]))


def _given(work: Submission, eq: Equation) -> Any:
    array = work.arrays.get(eq.key)
    return np.zeros(()) if array is None else array.value


def together(findings: list[Finding], work: Submission) -> list[Finding]:
    """What several lines say together: every gradient of a matrix transposed, every one several times too large. Where
    some are not, that mistake is taken from the candidates of the others."""
    key = work.key
    parameters = [f for f in findings if _is_of_parameter(f.name, key)]
    weights = [f for f in parameters if np.shape(key.values[f.name[1:], False])[1:] > (1,)]
    for mistake, of_all in (("rows_for_columns", weights), ("accumulated", parameters)):
        if len(of_all) > 1:
            change = _renamed if all(mistake in f.candidates for f in of_all) else _without
            findings = [change(f, mistake) if f in of_all else f for f in findings]
            parameters = [f for f in findings if _is_of_parameter(f.name, key)]
    return [_with_doubt(f, work) for f in findings]


def _without(finding: Finding, mistake: str) -> Finding:
    """The same finding without a candidate, unless it is the only one."""
    if mistake not in finding.candidates or finding.mistake == mistake:
        return finding
    return replace(finding, candidates=tuple(c for c in finding.candidates if c != mistake))


def _with_doubt(finding: Finding, work: Submission) -> Finding:
    """The same finding, which says what the data cannot tell, and what no data can."""
    others = [c for c in finding.candidates if c not in (finding.mistake, "+".join(finding.mistakes))]
    never = [c for c in others if c in finding.inseparable]
    here = [c for c in others if c not in never]
    doubt = ""
    if never:
        doubt = f" With any data this cannot be told from: {_titles(never, finding)}."
        doubt += f" {RUN_TWICE}" if {"accumulated", "constant_factor"} <= {*never, finding.mistake} else ""
    if here:
        said = advice(work.key.m, (finding.mistake or "", *here), _has_gradients(finding.name, work))
        doubt += f" With these data this cannot be told from: {_titles(here, finding)}. {said}"
    return replace(finding, message=finding.message + doubt)


def _titles(candidates: list[str], finding: Finding) -> str:
    """Several mistakes; titles have commas in them."""
    return "; ".join(titles(c.split("+"), finding.gradient) for c in candidates)


def _has_gradients(name: str, work: Submission) -> bool:
    """Whether the gradients that a line reads were handed in."""
    return all(key in work.arrays for key in work.key.equation(name).reads if key[1])


def _is_of_parameter(name: str, key: AnswerKey) -> bool:
    return any(eq.name == name and eq.of_parameter for eq in key.equations)


def _renamed(finding: Finding, mistake: str) -> Finding:
    """The same finding, with another of its candidates as the mistake."""
    if finding.mistake is None or finding.mistake == mistake:
        return finding
    message = finding.message.replace(mistakes[finding.mistake].title, mistakes[mistake].title, 1)
    same = finding.inseparable
    if mistake in same:
        same = (finding.mistake, *(other for other in same if other != mistake))
    return replace(finding, mistake=mistake, mistakes=(mistake,), message=message, inseparable=same)


def advice(m: int | None, candidates: tuple[str, ...], with_gradients: bool) -> str:
    """Data that would tell mistakes apart.

    with_gradients   whether the gradients that the line reads were handed in
    """
    said = []
    if m is not None and m <= 2 and {"mean_missing", "mean_twice"} & set(candidates):
        said.append("Take at least 3 samples.")
    if "accumulated" in candidates and "constant_factor" in candidates:
        said.append(RUN_TWICE if with_gradients else "Hand in dZ as well, or run check_function, which runs twice.")
    return " ".join(said) or "Take random data with sizes that differ, and m ≥ 5."


def _latex(eq: Equation, term: Term) -> str:
    return f"{LATEX.name(eq.key[0], eq.key[1])} = {write(term)}"


def _both(entry: tuple[tuple[int, ...], float, float]) -> str:
    """The worst entry, with both numbers."""
    at, given, right = entry
    return f"{f'At {_place(at)} you' if at else 'You'} have {given:.6g}, right is {right:.6g}."


def _place(at: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, at))}]" if at else "this number"
