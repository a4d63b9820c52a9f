"""AnswerKey: a pass as it should be, line by line, in double precision."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

import autograd as ag
from autograd.read import Term, in_order, rerun
from autograd.rules import log_loss_slope
from nn.byhand.checker.equation import (
    DATA,
    GRADIENT,
    PARAMETER,
    SLOPES,
    VALUE,
    Activation,
    Equation,
    Key,
    names_in,
    with_values,
)
from nn.byhand.checker.fewer import Fewer

AFTER = " after the step"


class AnswerKey:
    """The equations of a cost and its gradients, in the order of the two sweeps, and their values.

    equations    in order: values, gradients, updated parameters
    values       key -> the right value
    convention   "course" or "true"
    """

    def __init__(
        self, J: ag.Tensor, convention: str = "course", lr: float | None = None, fewer: Fewer | None = None
    ) -> None:
        """fewer: the same cost with fewer samples, to derive in its place."""
        derivation = _derived(J if fewer is None else fewer.cost, convention)
        self.convention, self.m = derivation.convention, derivation.m
        self.cost = derivation.forward[-1].name if derivation.forward else "J"
        self._lr = lr
        lines = [*derivation.forward, *derivation.lines]
        terms = [s for line in lines for s in in_order([line.term, line.draft]) if s.name is not None]
        self._found: dict[Key, Term] = {(s.name or "", s.gradient): _precise(s) for s in terms}
        gradients = {line.name[1:] for line in derivation.lines}
        forward = {line.name for line in derivation.forward}
        leaves = [key for key in self._found if not key[1] and key[0] not in forward]
        self.kinds: dict[Key, str] = {key: PARAMETER if key[0] in gradients else DATA for key in leaves}
        self.kinds |= {(name, False): VALUE for name in forward}
        self.kinds |= {(name, True): GRADIENT for name in gradients}
        self.equations: list[Equation] = []
        for key in leaves:
            if self._found[key].shape:
                self.equations.append(Equation(key, (self._found[key],), False, DATA))
        for line in derivation.forward:
            self._add(Equation((line.name, False), (line.term,), line.of_samples, VALUE))
        results = {key: g for key, g in map(_activation, derivation.forward) if g is not None}
        read_by_cost = names_in(derivation.forward[-1].term) if derivation.forward else set()
        for line in derivation.lines:
            name = line.name[1:]
            g = results.get(name)
            at_output = g is not None and (g.name, False) in read_by_cost
            forms = (line.term, line.draft)
            self._add(Equation((name, True), forms, line.of_samples, GRADIENT, result=g, at_output=at_output))
        if lr is not None:
            self._updates(lr)
        self.values: dict[Key, Any] = {key: s.value for key, s in self._found.items()}
        if fewer is not None:
            self._take_all_samples(fewer)
        self.equations = [self._complete(eq) for eq in self.equations]
        if fewer is None:
            self.recompute(self.values, set())

    def _take_all_samples(self, fewer: Fewer) -> None:
        self.m = None if self.m is None else fewer.m
        inputs = {key: fewer.inputs[key[0]] for key in self.kinds if key[0] in fewer.inputs and not key[1]}
        self.values |= {key: np.asarray(x, float) if x.dtype.kind == "f" else x for key, x in inputs.items()}
        self.equations = [replace(e, forms=tuple(map(fewer.with_all_sizes, e.forms))) for e in self.equations]
        if ("m", False) in self.values:
            self.values["m", False] = float(fewer.m)
        self.recompute(self.values, set())
        self._found = {key: s.but(value=(x := self.values[key]), shape=np.shape(x)) for key, s in self._found.items()}

    def _add(self, eq: Equation) -> None:
        self.equations.append(eq)
        if eq.key not in self._found:
            self._found[eq.key] = _precise(eq.forms[0].but(name=eq.key[0], gradient=eq.key[1]))

    def _updates(self, lr: float) -> None:
        self.equations = [eq for eq in self.equations if self.kinds[eq.key] != PARAMETER]
        for key, kind in list(self.kinds.items()):
            if kind == PARAMETER:
                W, dW = self._found[key], self._found[key[0], True]
                after = W - Term(float(lr), "alpha") * dW
                self._add(Equation((key[0] + AFTER, False), (after,), False, PARAMETER, label=key[0]))

    def _complete(self, eq: Equation) -> Equation:
        known = {key: s for key, s in self._found.items() if not key[0].endswith(AFTER)}
        forms = tuple(with_values(form, self.values) for form in (*eq.forms, *_written_out(eq.forms[0])))
        return replace(eq, forms=forms, m=self.m, lr=self._lr, known=known, kinds=self.kinds)

    def recompute(self, values: dict[Key, Any], fixed: set[Key]) -> dict[Key, Any]:
        """What follows from these values, line by line; what is fixed is kept."""
        for eq in self.equations:
            if eq.kind != DATA and eq.key not in fixed:
                values[eq.key] = with_values(eq.forms[0], values).value
        return values

    @cached_property
    def elsewhere(self) -> dict[Key, Any]:
        """The values of the same pass for other data, parameters and m: lines that agree here as well are one line."""
        values, rng = dict(self.values), np.random.default_rng(0)
        for key in self.kinds:
            x = np.asarray(values[key])
            if self.kinds[key] in (PARAMETER, DATA) and x.dtype.kind == "f" and x.shape:
                values[key] = rng.normal(size=x.shape)
        if ("m", False) in values:
            values["m", False] = 1.37 * float(self.m or 1)
        with np.errstate(all="ignore"):
            return self.recompute(values, set())

    def last_parameters(self) -> set[str]:
        """The parameters of the last layer: they meet no value that a further parameter meets later."""
        forward = {eq.key: eq for eq in self.equations if eq.kind == VALUE}
        parameters = {key for key, kind in self.kinds.items() if kind == PARAMETER}
        later: set[Key] = set()  # values that come after a parameter
        hidden: set[Key] = set()
        for eq in forward.values():
            before = eq.reads & later
            own = eq.reads & parameters
            if before and own:
                for value in before:
                    hidden |= self._above(value, forward) & parameters
            if own or before:
                later.add(eq.key)
        return {name for name, _ in parameters - hidden}

    def _above(self, key: Key, forward: dict[Key, Equation]) -> set[Key]:
        """What a value was computed from."""
        found, waiting = {key}, [key]
        for k in waiting:
            if k in forward:
                new = forward[k].reads - found
                found |= new
                waiting += new
        return found

    def equation(self, name: str) -> Equation:
        """The equation that a student means by this name."""
        return next(eq for eq in self.equations if eq.name == name)


def _derived(J: ag.Tensor, convention: str) -> Any:
    """The derivation; in the true convention where the course's has no meaning."""
    try:
        return ag.derive(J, convention=convention)
    except ag.AutogradError:
        if convention == "true":
            raise
        return ag.derive(J, convention="true")


def _written_out(form: Term) -> list[Term]:
    """The form that books write, where the one that is read has the derivative of the log loss in one piece."""

    def written(s: Term) -> Any:
        if s.call is not log_loss_slope:
            return None
        a, y = s.operands
        return -(y / a) + (1 - y) / (1 - a)

    made = rerun(form, written)
    return [] if made is form or not isinstance(made, Term) else [made]


def _precise(s: Term) -> Term:
    """A Term in double precision; integers and booleans as they are, since they may be an index."""
    value = np.asarray(s.value)
    if value.dtype.kind != "f":
        return s
    return s.but(value=value.astype(float) if value.shape else float(value))


def _activation(line: Any) -> tuple[str, Activation | None]:
    """Which value goes into the activation that a line of the forward pass is."""
    term = line.term
    if term.call in SLOPES and len(term.operands) == 1:
        (z,) = term.operands
        if isinstance(z, Term) and z.name is not None and not z.gradient:
            return z.name, Activation(line.name, term.call, dict(term.params))
    return "", None
