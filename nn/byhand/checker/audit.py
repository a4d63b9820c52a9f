"""audit: which mistakes given data cannot tell apart, found by making them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd as ag
from nn.byhand.checker.check import LossOf, cost_of
from nn.byhand.checker.equation import GRADIENT, Equation
from nn.byhand.checker.key import AnswerKey
from nn.byhand.checker.mistakes import mistakes
from nn.byhand.checker.search import variants

_SAME = 1e-9
_GENERIC_M = 7


@dataclass(frozen=True)
class Audit:
    """Which mistakes these data hide.

    invisible   (line, mistake): made there in one way or another, it gives the right values
    confused    (line, mistakes): they give the same wrong values
    advice      what to change, in words
    data        X and Y with which fewer are hidden; the parameters have to be random, too
    cured       what these data hide, and `data` with random parameters do not
    """

    invisible: tuple[tuple[str, str], ...]
    confused: tuple[tuple[str, frozenset[str]], ...]
    advice: tuple[str, ...]
    data: tuple[np.ndarray, np.ndarray]
    cured: tuple[tuple[str, str], ...]

    @property
    def ok(self) -> bool:
        """Whether other data would not tell more."""
        return not self.cured

    def __str__(self) -> str:
        lines = [f"{line}: {mistakes[key].title} cannot be seen" for line, key in self.invisible]
        for line, keys in self.confused:
            titles = "; ".join(sorted(mistakes[key].title for key in keys))
            lines.append(f"{line}: these cannot be told apart: {titles}")
        better = f"Other data would show {len(self.cured)} of them, such as those in .data with random parameters."
        end = better if self.cured else "Other data would not show more."
        return "\n".join([*lines, *self.advice, end])


def audit(model: Any, X: Any, Y: Any, *, loss: LossOf | None = None, lr: float = 0.1) -> Audit:
    """Which mistakes these data cannot tell apart, or do not show at all; and data that do.

    Every mistake is made in every line, and the values compared. What no data can tell, such as ReLU(z) for
    ReLU′(z) z, is among what is confused, but `cured` has only what other data would tell.

    >>> import numpy as np, nn
    >>> from nn import byhand
    >>> model = nn.Sequential(nn.Linear(2, 1, seed=0), nn.Sigmoid())
    >>> one = byhand.audit(model, np.array([[0.5], [2.0]]), np.array([[1.0]]))
    >>> ("dW1", "mean_missing") in one.invisible, one.advice[0]
    (True, 'm = 1 hides every mistake about 1/m: take at least 3 samples.')
    """
    X, Y = np.asarray(X, float), np.asarray(Y, float)
    here = _Hidden(AnswerKey(cost_of(model, X, Y, loss), lr=lr), X.shape[-1])
    generic = _generic_model(model)
    X2, Y2 = _generic_data(X, Y)
    there = _Hidden(AnswerKey(cost_of(generic, X2, Y2, loss), lr=lr), X2.shape[-1])
    cured = tuple(pair for pair in here.invisible if pair not in there.invisible)
    return Audit(tuple(here.invisible), tuple(here.confused), tuple(_advice(model, X, here)), (X2, Y2), cured)


class _Hidden:
    """What one set of data hides."""

    def __init__(self, key: AnswerKey, m: int) -> None:
        self.key, self.m = key, m
        self.invisible: list[tuple[str, str]] = []
        self.confused: list[tuple[str, frozenset[str]]] = []
        for eq in key.equations:
            if eq.kind == GRADIENT:
                self._line(eq)

    def is_of_relu(self, line: str) -> bool:
        """Whether it is the gradient of what goes into a ReLU, whose value is positive where its operand is."""
        result = self.key.equation(line).result
        return result is not None and result.operation in (ag.relu, ag.leaky_relu)

    def _line(self, eq: Equation) -> None:
        if self.m == 1:  # there is no 1/m in the line, so none to leave out
            self.invisible += [(eq.name, "mean_missing")] * eq.of_parameter + [(eq.name, "mean_twice")]
        made = [(name, np.asarray(term.value, float)) for form in eq.forms for name, term in variants(eq, form)]
        for keys, value in _groups(made):
            if _same(value, np.asarray(self.key.values[eq.key], float)):
                self.invisible += [(eq.name, key) for key in sorted(keys)]
            elif len(keys) > 1 and (eq.name, keys) not in self.confused:
                self.confused.append((eq.name, keys))


def _groups(made: list[tuple[str, np.ndarray]]) -> Iterator[tuple[frozenset[str], np.ndarray]]:
    """The mistakes that give the same values, together."""
    by_shape: dict[tuple[int, ...], list[tuple[str, np.ndarray]]] = {}
    for name, value in made:
        by_shape.setdefault(value.shape, []).append((name, value))
    for alike in by_shape.values():
        names, values = np.array([name for name, _ in alike]), np.array([np.ravel(value) for _, value in alike])
        waiting = np.ones(len(alike), bool)
        for i, (_, value) in enumerate(alike):
            if waiting[i]:
                same = waiting & _equal_rows(values, values[i])
                waiting &= ~same
                yield frozenset(map(str, names[same])), value


def _equal_rows(rows: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Which rows are equal to one, up to rounding; nan and inf in the same places."""
    finite = np.isfinite(one)
    size = float(np.max(np.abs(one[finite]), initial=0.0))
    near = np.abs(np.where(finite, rows, 0.0) - np.where(finite, one, 0.0)) <= _SAME * size
    alike = (rows == one) | (np.isnan(rows) & np.isnan(one))
    return np.asarray(np.all(np.where(finite, near, alike), axis=1))


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two results are equal, also in shape."""
    return a.shape == b.shape and bool(_equal_rows(np.ravel(a)[None], np.ravel(b))[0])


def _generic_model(model: Any) -> Any:
    """The model with random parameters."""
    other, rng = copy.deepcopy(model), np.random.default_rng(0)
    for p in other.parameters():
        p.data = rng.normal(size=p.shape)
    return other


def _generic_data(X: np.ndarray, Y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Random data of the same kind, with targets drawn from those that are there."""
    rng = np.random.default_rng(0)
    m = next(n for n in range(_GENERIC_M, 100) if n not in (*X.shape[:1], *Y.shape[:1]))
    return rng.normal(size=(X.shape[0], m)), Y[:, rng.integers(0, Y.shape[1], size=m)]


def _advice(model: Any, X: np.ndarray, hidden: _Hidden) -> Iterator[str]:
    if hidden.m == 1:
        yield "m = 1 hides every mistake about 1/m: take at least 3 samples."
    if hidden.m == 2:
        yield "m = 2 makes a missing 1/m equal to gradients that were added up twice: take at least 3 samples."
    weights = [p for p in model.parameters() if len(p.shape) == 2 and p.shape[1] > 1]
    square = [p.name for p in weights if p.shape[0] == p.shape[1]]
    if square:
        yield f"{', '.join(square)}: square, so that a missing transpose does not show in a shape. Let sizes differ."
    zero = [p.name for p in weights if not np.any(p.data)]
    if zero:
        yield f"{', '.join(zero)}: zero, which hides most mistakes in earlier layers. Draw random numbers."
    if any(key == "derivative_at_wrong_value" and hidden.is_of_relu(line) for line, key in hidden.invisible):
        yield "ReLU hides whether its derivative was taken at z or at a: let one layer have tanh or sigmoid."
