"""Hints in three steps: where, what kind, the line."""

from __future__ import annotations

from nn.byhand.checker.equation import Equation, called, names_in, text_of
from nn.byhand.checker.key import AnswerKey
from nn.byhand.checker.mistakes import mistakes
from nn.byhand.checker.report import CAUSE, CONSEQUENCE, WRONG, Finding, Report

STEPS = WHERE, KIND, LINE = (1, 2, 3)
DONE = "Everything is right."


def hint_of(report: Report, key: AnswerKey, to_find: tuple[str, ...], step: int) -> str:
    """The hint for the first mistake in the order of the pass; where there is none, for what is missing."""
    found = {f.name: f for f in reversed(report.findings)}
    for name in to_find:
        if name in found and found[name].verdict in (CAUSE, WRONG):
            return _of_mistake(found[name], report, key.equation(name), step)
    for name in to_find:
        if name not in found:
            return _of_missing(key.equation(name), key, step)
    return DONE


def _of_mistake(finding: Finding, report: Report, eq: Equation, step: int) -> str:
    if finding.verdict == WRONG:
        return finding.message
    if step == WHERE:
        return f"Look at {finding.name}.{_followers(finding, report)}"
    if step == LINE:
        return f"The line is {finding.expected}."
    kinds = [
        f"{mistakes[key].called(eq.key[1])}. {mistakes[key].explanation}" for key in dict.fromkeys(finding.mistakes)
    ]
    return f"{finding.name}: {' '.join(kinds)}" if kinds else _kind(eq)


def _followers(finding: Finding, report: Report) -> str:
    after = report.findings[report.findings.index(finding) + 1 :]
    names = [f.name for f in after if f.verdict == CONSEQUENCE]
    verb = "follows" if len(names) == 1 else "follow"
    return f" {', '.join(names)} only {verb} from an earlier mistake." if names else ""


def _of_missing(eq: Equation, key: AnswerKey, step: int) -> str:
    if step == WHERE:
        shape = getattr(key.values[eq.key], "shape", ())
        return f"Next is {eq.name}, {f'of shape {shape}' if shape else 'a number'}."
    return f"The line is {eq.name} = {text_of(eq.forms[0])}." if step == LINE else _kind(eq)


def _kind(eq: Equation) -> str:
    """What a line is computed from."""
    names = sorted(called(key) for key in names_in(eq.forms[0]))
    return f"{eq.name} is computed from {', '.join(names)}."
