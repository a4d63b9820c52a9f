"""check_function: a student's backward pass as a function, run twice on copies."""

from __future__ import annotations

import copy
import inspect
import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from autograd import AutogradError
from nn.byhand.checker import limit
from nn.byhand.checker.arrays import Array, NotAnArray, matched, read
from nn.byhand.checker.check import Checker, LossOf, cost_of
from nn.byhand.checker.comparison import close, ratio, worst_entry
from nn.byhand.checker.equation import UNFIT
from nn.byhand.checker.key import AnswerKey
from nn.byhand.checker.limit import TooLong, time_limit
from nn.byhand.checker.mistakes import mistakes
from nn.byhand.checker.report import CAUSE, CONSEQUENCE, RIGHT, WRONG, Finding, Report

Arrays = dict[str, Any]
Backward = Callable[[Arrays, Any, Any], Any]
_AGREE = 1e-4  # relative: what a gradient check by central differences reaches easily
_OURS = (__file__, limit.__file__)  # whose lines are not the student's
_LOCATED = ("matmul", "broadcast", "shape", "dimension")
_CELL = re.compile(r"ipykernel_\d+|<ipython-input")


def check_function(
    fn: Backward,
    model: Any,
    X: Any,
    Y: Any,
    *,
    loss: LossOf | None = None,
    lr: float | None = None,
    gradient_check: Backward | None = None,
    timeout: float | None = 10.0,
) -> Report:
    """Check a backward pass that is written as a function fn(parameters, X, Y) -> gradients.

    fn              is given {"W1": …, "b1": …} and the data, and returns {"dW1": …, "db1": …}, and whatever else has a
                    name of the pass: {"dZ1": …} says more. It is run twice, each time on copies
    gradient_check  the student's own gradients by differences, numeric(parameters, X, Y) -> gradients
    timeout         the seconds that each call may take before it is stopped; None for no limit. There is none outside
                    of the main thread, and on Windows

    Besides what `check` finds: exceptions, with the line of the student's file; arrays that are changed in place; what
    is kept from one call to the next, such as gradients that are added up.

    >>> import numpy as np, nn
    >>> from nn import byhand
    >>> X, Y = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]]), np.array([[1.0, 0.0, 1.0]])
    >>> model = nn.Sequential(nn.Linear(2, 1, seed=0), nn.Sigmoid())
    >>> def backward(parameters, X, Y):
    ...     A = 1 / (1 + np.exp(-(parameters["W1"] @ X + parameters["b1"])))
    ...     A -= Y
    ...     X *= 1 / 3
    ...     return {"dW1": A @ X.T}
    >>> report = byhand.check_function(backward, model, X, Y)
    >>> [(finding.name, finding.mistake) for finding in report.causes]
    [('X', 'in_place')]

    Raises what `check` raises.
    """
    _need_callable("check_function", "fn(parameters, X, Y) -> gradients", fn)
    if gradient_check is not None:
        _need_callable("gradient_check", "numeric(parameters, X, Y) -> gradients", gradient_check)
    checker = Checker(cost_of(model, X, Y, loss), lr)
    key = checker.key("course")
    parameters = {p.name: p.data for p in model.parameters() if p.name}
    called = getattr(fn, "__name__", "the function")
    findings: list[Finding] = []
    runs: list[Arrays] = []
    left: tuple[Any, Any] = X, Y  # as the first run leaves them
    for _ in range(2):
        given = copy.deepcopy(parameters), np.array(X), np.array(Y)
        try:
            with np.errstate(all="ignore"), time_limit(timeout):
                runs.append(_gathered(fn(*given), key, updated=lr is not None))
        except (Exception, SystemExit, TooLong) as error:  # whatever a student's function does is a finding
            findings.append(_raised(fn, called, error, second=bool(runs), timeout=timeout))
            break
        if len(runs) == 1:
            findings += _damaged(called, given, (parameters, np.asarray(X), np.asarray(Y)))
            left = given[1], given[2]
    report = checker.check(runs[0] if runs else {})
    changed = [f.name for f in findings if f.name in ("X", "Y") and f.mistake == "in_place"]
    if changed and not report.ok:
        report = _of_changed_data(
            report, runs[0], lambda: cost_of(model, left[0], left[1], loss), f"{' and '.join(changed)}", called
        )
    if not runs:
        return replace(report, findings=tuple(findings))
    if len(runs) == 2:
        findings += _kept(called, runs[0], runs[1], checker.key("course"))
    if gradient_check is not None:
        findings += _of_gradient_check(gradient_check, parameters, X, Y, key, timeout)
    return replace(report, findings=(*findings, *report.findings))


def _need_callable(called: str, signature: str, given: Any) -> None:
    if not callable(given):
        raise TypeError(
            f"{called} needs a function {signature}, but got {type(given).__name__}. For arrays: byhand.check."
        )


def _gathered(returned: Any, key: AnswerKey, updated: bool = False) -> Arrays:
    """What a function returned, by name and copied. A gradient that stands under the name of its parameter is dW1,
    unless dW1 is there, too, or parameters are `updated`."""
    parts = returned if isinstance(returned, (tuple, list)) else [returned]
    dicts = [part for part in parts if isinstance(part, Mapping)]
    if not dicts:
        raise TypeError(
            f'it must return a dict of gradients, but returned {type(returned).__name__}. Return {{"dW1": dW1, …}}.'
        )
    of_parameters = {eq.key[0]: eq.name for eq in key.equations if eq.of_parameter}
    own = matched([str(name) for part in dicts for name in part], of_parameters.values())[0].values()
    gradients = {} if updated else {W: dW for W, dW in of_parameters.items() if dW not in own}
    found: Arrays = {}
    for part in dicts:
        for name, value in part.items():
            meant, _ = matched([str(name)], gradients)
            found[gradients[meant[str(name)]] if meant else str(name)] = copy.deepcopy(value)
    return found


def _raised(fn: Any, called: str, error: BaseException, second: bool, timeout: float | None) -> Finding:
    """An exception, with the line of the student's file."""
    frames = traceback.extract_tb(error.__traceback__)
    try:
        own = inspect.getsourcefile(inspect.unwrap(fn))
    except TypeError:
        own = None
    mine = [f for f in frames if f.filename == own] or [f for f in frames if f.filename not in _OURS]
    at = f" in line {mine[-1].lineno} of {_file(mine[-1].filename)}" if mine else ""
    line = f", `{mine[-1].line}`" if mine and mine[-1].line else ""
    when = " when it was called a second time" if second else ""
    if isinstance(error, TooLong):
        message = f"{called} did not end within {timeout:g} s{when}; it was stopped{at}{line}. Look for a loop that "
        return Finding(called, WRONG, f"{message}never ends, or allow more time with timeout=.")
    hint = " Compare the shapes there: a transpose may be missing." if any(w in str(error) for w in _LOCATED) else ""
    message = f"{called} raised {type(error).__name__}{at}{line}{when}: {error}.".replace("..", ".")
    return Finding(called, WRONG, message + hint, mistake="transpose" if hint else None)


def _file(filename: str) -> str:
    """A file by its name; a cell of a notebook has only a made-up one."""
    return "the cell" if _CELL.search(filename) else Path(filename).name


def _damaged(called: str, given: tuple[Arrays, Any, Any], original: tuple[Arrays, Any, Any]) -> list[Finding]:
    """A finding for each array of the caller's that a call has changed."""
    pairs: dict[str, tuple[Any, Any]] = {
        name: (np.asarray(given[0].get(name)), value) for name, value in original[0].items()
    }
    pairs |= {"X": (given[1], original[1]), "Y": (given[2], original[2])}
    changed = [name for name, (now, before) in pairs.items() if not _same(now, before)]
    return [
        Finding(
            name,
            CAUSE,
            f"{called} changes the {name} that it is given. Write a new array, {name} = {name} - …, in place of "
            f"{name} -= …{'; and update parameters after all gradients are found' * (name in original[0])}.",
            mistake="in_place",
            mistakes=("in_place",),
        )
        for name in changed
    ]


def _of_changed_data(report: Report, arrays: Arrays, cost: Callable[[], Any], data: str, called: str) -> Report:
    """The report, in which what is right for data that were changed in place is not a cause."""
    try:
        other = Checker(cost()).check(arrays)
    except (*UNFIT, AutogradError):  # what was left may be anything
        return report
    right = {f.name for f in other.findings if f.verdict in (RIGHT, CONSEQUENCE)}
    message = f" is right for {data} as {called} has changed it; what is off comes from there."
    return replace(
        report,
        findings=tuple(
            replace(
                f, verdict=CONSEQUENCE, message=f.name + message, mistake=None, mistakes=(), candidates=(), written=""
            )
            if f.verdict == CAUSE and f.name in right
            else f
            for f in report.findings
        ),
    )


def _same(now: Any, before: Any) -> bool:
    now = np.asarray(now)
    return now.dtype.kind in "fiub" and np.array_equal(now, before, equal_nan=True)


def _kept(called: str, first: Arrays, second: Arrays, key: AnswerKey) -> list[Finding]:
    """What differs between two calls on equal arguments."""
    found = []
    for name in first:
        try:
            before, now = read(first[name]), read(second.get(name))
        except NotAnArray:
            continue
        if close(now, before.value) or not np.all(np.isfinite(before.value)):
            continue
        times = ratio(now, before.value)
        if _is_added_up(name, before, now, key):
            mistake, why = "accumulated", "larger by one gradient in a second call: it is added up. Start at 0 in each."
        else:
            mistake, why = "in_place", "different in a second call on equal arguments: something is kept, or random."
        found.append(Finding(name, CAUSE, f"{name} of {called} is {why}", mistake, (mistake,), factor=times))
    return found


def _is_added_up(name: str, before: Array, now: Array, key: AnswerKey) -> bool:
    """Whether a second call gave one gradient more than the first: twice as much, or what is right for one pass."""
    if now.value.shape != before.value.shape:
        return False
    more = Array(now.value - before.value, now.rounding)
    right = [key.values[eq.key] for eq in key.equations if eq.name == name]
    return any(close(more, value) for value in (before.value, *right))


def _of_gradient_check(
    numeric: Backward, parameters: Arrays, X: Any, Y: Any, key: AnswerKey, timeout: float | None
) -> list[Finding]:
    """What is wrong with a student's own gradient check."""
    called = getattr(numeric, "__name__", "the gradient check")
    runs: list[Arrays] = []
    try:
        with np.errstate(all="ignore"):
            for _ in range(2):
                with time_limit(timeout):
                    runs.append(_gathered(numeric(copy.deepcopy(parameters), np.array(X), np.array(Y)), key))
    except (Exception, SystemExit, TooLong) as error:  # as above
        return [_raised(numeric, called, error, second=bool(runs), timeout=timeout)]
    found: list[Finding] = []
    cost = float(np.ravel(key.values[key.cost, False])[0])
    for name, value in runs[0].items():
        eq = next((eq for eq in key.equations if eq.name == name and eq.of_parameter), None)
        if eq is None:
            continue
        try:
            array, again = read(value), read(runs[1].get(name))
        except NotAnArray as error:
            found.append(Finding(name, WRONG, f"{name} {error}"))
            continue
        right = np.asarray(key.values[eq.key])
        if array.value.shape != right.shape:
            words = f"has shape {array.value.shape}, but should have {right.shape}."
        else:
            words = _why_differences_are_off(array, again, right, key.values[eq.key[0], False], cost)
        if words:
            message = f"{called}: {name} {words}"
            facts: dict[str, Any] = {"mistake": "gradient_check", "mistakes": ("gradient_check",)}
            found.append(Finding(name, CAUSE, message, entry=worst_entry(array, right), **facts))
    return found


def _why_differences_are_off(array: Array, again: Array, right: np.ndarray, W: Any, cost: float) -> str:
    """What is wrong with derivatives by differences; "" if nothing is."""
    if not np.array_equal(array.value, again.value):
        return "differs from call to call. Fix what is random, such as a dropout mask, by a seed."
    off = array.value - right
    size = float(np.max(np.abs(right), initial=0.0)) or 1.0
    if float(np.max(np.abs(off), initial=0.0)) <= _AGREE * size:
        return ""
    share = ratio(Array(off, np.zeros(off.shape)), W)
    if share is not None and off.size > 1:  # one number is some multiple of every other
        return f"is off by {share:.4g} times the weights: a regularization is in one of the two costs only."
    wrong = np.abs(off) > _AGREE * size
    halves = wrong & np.isclose(array.value, right / 2, rtol=1e-3)
    if wrong.any() and np.array_equal(halves, wrong):
        return "is half of the derivative in some entries: there the cost has a kink, and both sides are averaged."
    if _is_of_few_steps(array.value, cost):
        return (
            "has only the digits that rounding leaves. The step is too small, or the cost is computed in float32: take "
            "float64 and a step of 1e-6 on both sides."
        )
    return f"does not agree with the derivative of the cost. {mistakes['gradient_check'].explanation}"


def _is_of_few_steps(x: np.ndarray, cost: float) -> bool:
    """Whether derivatives are a few times the last digit of the cost, divided by a power of ten: a difference of two
    costs, that is, which agree in nearly all of their digits."""
    for digit in (np.spacing(cost) / 2, float(np.spacing(np.float32(cost))) / 2):
        for power in range(2, 17):
            for sides in (1, 2):
                steps = np.ravel(x) * 10.0**-power * sides / digit
                off, lost = np.abs(steps - np.round(steps)), (np.round(steps) == 0) & (steps != 0)
                if np.max(np.abs(steps)) < 1e5 and np.max(off) < 1e-2 and not lost.any():
                    return True
    return False
