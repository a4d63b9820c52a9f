"""Program: a cost computed line by line, and its derivatives found in two ways that share nothing.

- *autograd*: the lines run on Tensors, then one reverse sweep;
- *complex step*: the lines run in plain NumPy, with functions written out by hand, on complex numbers. The derivative
  of J by an entry x is Im J(x + ih) / h, exact to rounding since nothing is subtracted. It judges autograd itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

import autograd as ag

Scope = dict[str, Any]  # values by name

# The cases in which a formula is judged. With m examples there are two conventions for 1/m: in the course's, dZ and dA
# are derivatives of m·J and the 1/m stands in dW and db; in the true one all are derivatives of J.
ONE, COURSE, TRUE = "one example", "course", "true"

AUTOGRAD, COMPLEX_STEP = "autograd", "complex step"

ENGINE: Scope = {"sigmoid": ag.sigmoid, "tanh": np.tanh, "relu": ag.relu, "leaky_relu": ag.leaky_relu}
ENGINE["log_loss"] = ag.log_loss

BY_HAND: Scope = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "relu": lambda z: np.where(z.real > 0, z, 0),
    "leaky_relu": lambda z, slope=0.01: np.where(z.real > 0, z, slope * z),
    "log_loss": lambda a, y: -(y * np.log(a) + (1 - y) * np.log(1 - a)),
}


def _slope_of_sigmoid(z: Any) -> Any:
    a = BY_HAND["sigmoid"](z)
    return a * (1 - a)


# g′(z), as 002-23 has them.
SLOPES: dict[str, Callable[..., Any]] = {
    "sigmoid": _slope_of_sigmoid,
    "tanh": lambda z: 1 - BY_HAND["tanh"](z) ** 2,
    "relu": lambda z: np.where(z > 0, 1.0, 0.0),
    "leaky_relu": lambda z, slope=0.01: np.where(z > 0, 1.0, slope),
}


def names_read(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names in a function's signature: what a formula reads.

    >>> names_read(lambda W, dZ: W.T @ dZ)
    ('W', 'dZ')
    """
    return tuple(name for name, p in inspect.signature(function).parameters.items() if p.default is p.empty)


def evaluate(function: Callable[..., Any], scope: Mapping[str, Any]) -> Any:
    """The function, given from the scope what its signature names."""
    return function(*(scope[name] for name in names_read(function)))


@dataclass(frozen=True)
class Step:
    """One line of a program: the names that it reads, and what it does with their values."""

    reads: tuple[str, ...]
    does: Callable[..., Any]

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Step:
        """The step that reads what the function's signature names."""
        return cls(names_read(function), function)


@dataclass(eq=False)
class Program:
    """A cost computed line by line from named values, so that any of them can be differentiated with respect to.

    leaves      what it starts from: parameters and input
    steps       name -> Step, in order; the last one is the cost
    constants   what else the steps read: targets, m
    functions   further names for functions: g1 for tanh …
    parameters  those leaves whose derivatives sum over the examples, so that 1/m stands in them in every convention
    """

    name: str
    leaves: Scope
    steps: dict[str, Step]
    constants: Scope = field(default_factory=lambda: {"m": 1})
    functions: dict[str, str] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()

    @property
    def m(self) -> int:
        """The number of examples."""
        return int(self.constants["m"])

    @property
    def target(self) -> str:
        """The name of the cost."""
        return list(self.steps)[-1]

    @property
    def differentiated(self) -> list[str]:
        """What there are derivatives with respect to: everything but the loss and the cost."""
        return [name for name in (*self.leaves, *self.steps) if name not in ("L", "J")]

    def run(self, functions: Scope, given: Scope) -> Scope:
        """All values by name; what is `given` is taken as it is, the other leaves and steps are computed."""
        scope = functions | {g: functions[name] for g, name in self.functions.items()} | self.constants
        scope |= self.leaves | given
        for name, step in self.steps.items():
            if name not in given:
                scope[name] = step.does(*(scope[r] for r in step.reads))
        return scope

    def recorded(self, constants: tuple[str, ...] = (), named: bool = False) -> Scope:
        """All values as named Tensors, on one recorded graph; the leaves in `constants` stay plain arrays.

        named   the program's constants are Tensors as well, for formulas to show them by their names
        """
        tensors = {n: ag.Tensor(x, name=n) for n, x in self.leaves.items() if n not in constants}
        if named:
            tensors |= {n: ag.Tensor(x, name=n, requires_grad=False) for n, x in self.constants.items()}
        scope = self.run(ENGINE, tensors)
        for name in self.steps:
            scope[name].name = name
        return scope

    def by_autograd(self, scale: float = 1) -> tuple[Scope, Scope]:
        """Values, and derivatives of scale · cost, by one reverse sweep."""
        scope = self.recorded()
        (scale * scope[self.target]).backward()
        values = {name: x.data if isinstance(x, ag.Tensor) else x for name, x in scope.items()}
        return values, {name: scope[name].grad for name in self.differentiated}

    def by_complex_step(self, scale: float = 1) -> tuple[Scope, Scope]:
        """Values, and derivatives of scale · cost, without the engine."""
        values = self.run(BY_HAND, {})
        return values, {n: scale * self._complex_steps(n, np.asarray(values[n])) for n in self.differentiated}

    def _complex_steps(self, name: str, x: np.ndarray, h: float = 1e-30) -> np.ndarray:
        derivative = np.empty(x.shape)
        for i in np.ndindex(x.shape):
            moved = x.astype(complex)
            moved[i] += 1j * h
            cost = self.run(BY_HAND, {name: moved})[self.target]
            derivative[i] = np.imag(cost).item() / h
        return derivative

    def at(self, case: str) -> Program:
        """The program for one example, or for all of them."""
        if case != ONE and self.m == 1:
            raise ValueError(f"{self.name} has one example only; there is no {case} convention.")
        return self

    def scope(self, case: str, witness: str) -> Scope:
        """Values and derivatives under their names, in the convention of the case; functions as written by hand.

        The course's derivatives are those of m·J; what has summed over the examples then gets its 1/m back.
        """
        scale = self.m if case == COURSE else 1
        values, derivatives = _found(self, witness, scale)
        summed = {name: 1 / scale if name in self.parameters else 1 for name in derivatives}
        named = {f"d{name}": summed[name] * d for name, d in derivatives.items()}
        return values | BY_HAND | named | {"network": self}

    def layers(self, scope: Scope) -> Iterator[Scope]:
        """A scope for each layer, with names that have no number: W, A_prev, dZ_next …"""
        return iter(())

    def path(self, name: str, start: str = "L") -> list[str]:
        """The names from `start` down to what it was computed from, `name`, both included.

        >>> from nn.byhand.networks import DEEP
        >>> DEEP.path("W3")
        ['L', 'A4', 'Z4', 'A3', 'Z3', 'W3']
        """
        if start == name:
            return [name]
        for read in self.steps[start].reads if start in self.steps else ():
            rest = self.path(name, read)
            if rest:
                return [start, *rest]
        return []

    def chain(self, name: str) -> ag.Chain:
        """The chain rule from the loss down to `name`, read off the recorded graph."""
        recorded = self.recorded()
        return ag.chain(recorded["L"], recorded[name])


@lru_cache(maxsize=64)
def _found(program: Program, witness: str, scale: float) -> tuple[Scope, Scope]:
    return program.by_autograd(scale) if witness == AUTOGRAD else program.by_complex_step(scale)
