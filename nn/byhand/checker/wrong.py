"""The wrong values that mistakes in one line give: what an answer is compared with, where a line is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import autograd as ag
from autograd.read import Term
from nn.byhand.checker.equation import (
    DATA,
    GRADIENT,
    SLOPES,
    VALUE,
    Activation,
    Equation,
    Key,
    called,
    text_of,
)
from nn.byhand.checker.key import AnswerKey
from nn.byhand.checker.search import Explanation, variants

_SAME = 1e-8


@dataclass(frozen=True, eq=False)
class Wrong:
    """A wrong value of a line.

    mistake   the key of the mistake that gives it
    name      of the line
    term      its right side with the mistake in it
    as_run    whether that is written as the pass runs, and not in the course's convention
    """

    mistake: str
    name: str
    term: Term
    as_run: bool

    @property
    def value(self) -> Any:
        """What it gives."""
        return self.term.value

    @property
    def written(self) -> str:
        """The line in plain text; "" where it would have to be read in another convention."""
        return f"{self.name} = {text_of(self.term)}" if self.as_run else ""


class Pass:
    """The lines of a pass, as it runs: every gradient is a derivative of the cost, 1/m included.

    values   name -> value, and gradients -> gradient: what may stand in a line, or be taken for something else
    kinds    name -> "parameter", "data" or "value"
    m        the number of samples, if the cost is a mean over samples; None where that cannot be told

    >>> W, X = ag.Tensor(np.array([[2.0, 3.0]]), name="W"), np.array([[1.0], [5.0]])
    >>> J = (W @ X).sum()
    >>> found = Pass(J, {"W": W.data}, {}, {"W": "parameter"})
    >>> line = Term(np.ones((1, 1)), "v", gradient=True) @ np.transpose(Term(X, "X"))
    >>> wrong = {wrong.written: wrong.mistake for wrong in found.wrong("W", line, gradient=True)}
    >>> wrong["dW = −dv Xᵀ"], wrong["dW = X dv"], wrong["dW = 2 dv Xᵀ"]
    ('sign', 'transpose', 'constant_factor')
    """

    def __init__(
        self, J: ag.Tensor, values: Mapping[str, Any], gradients: Mapping[str, Any], kinds: Mapping[str, str]
    ) -> None:
        self._known = {(name, False): Term(value, name) for name, value in values.items()}
        self._known |= {(name, True): Term(value, name, gradient=True) for name, value in gradients.items()}
        self._kinds: dict[Key, str] = {(name, False): kind for name, kind in kinds.items()}
        self._kinds |= {key: GRADIENT for key in self._known if key[1]}
        self._keys = list(_keys(J))
        self.m = self._keys[0].m if self._keys else None

    def wrong(
        self,
        name: str,
        term: Term,
        *,
        gradient: bool,
        whole: bool = True,
        activation: tuple[str, Callable[..., Any], Mapping[str, Any]] | None = None,
    ) -> Iterator[Wrong]:
        """The wrong values of a line, of each mistake that can be made in it, the most telling mistakes first.

        name         of the value that the line gives, or (gradient=True) whose gradient it gives
        term         its right side
        whole        whether that is all of the gradient, and not one of several contributions
        activation   where the value goes into an activation: (name of the result, operation, its parameters)
        """
        key = name, gradient
        result = Activation(*activation) if activation and activation[1] in SLOPES else None
        kind = GRADIENT if gradient else VALUE
        own = Equation(key, (term,), False, kind, m=self.m, result=result, known=self._known, kinds=self._kinds)
        lines = [(own, True), *(self._derived(key, term.value) if whole else ())]
        found = [
            (Explanation(eq, (mistake,), made), as_run)
            for eq, as_run in lines
            for form in eq.forms
            for mistake, made in variants(eq, form)
        ]
        for how, as_run in sorted(found, key=lambda pair: pair[0].weight):
            yield Wrong(how.keys[0], called(key), how.term, as_run)

    def keeps_samples(self, name: str) -> bool:
        """Whether the gradient of a value has a column for each sample: those are m times as large in the course."""
        return any(eq.of_samples for k in self._keys for eq in k.equations if eq.key == (name, True))

    def _derived(self, key: Key, right: Any) -> Iterator[tuple[Equation, bool]]:
        """The lines of the answer keys for it, in either convention, if they give the same as the pass; and whether
        they are written as it runs."""
        for answers in self._keys:
            for eq in answers.equations:
                if eq.key == key and eq.kind != DATA and _equal(answers.values[key], right):
                    yield eq, answers.convention == "true" or key[1] is False


def _keys(J: ag.Tensor) -> Iterator[AnswerKey]:
    """The pass in both conventions, if they differ; none where it cannot be derived."""
    try:
        true = AnswerKey(J, "true")
        yield true
        if true.m not in (None, 1):
            yield AnswerKey(J, "course")
    except Exception:  # a rule of the user's, run on what stands for arrays, may raise anything
        return


def _equal(a: Any, b: Any) -> bool:
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.shape != b.shape:
        return False
    return bool(np.allclose(a, b, rtol=_SAME, atol=_SAME * float(np.max(np.abs(b), initial=0.0)), equal_nan=True))
