"""Loss: a record of all there is to know about a loss, and how one is declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import numpy as np

import autograd as ag
from nn.losses.checks import Advice, check_finite, check_probable, fitting, of_kind
from nn.losses.targets import ANYTHING, Target

Function = Callable[..., Any]


@dataclass(frozen=True)
class Loss:
    """A loss, called as loss(A, Y) with predictions and targets of shape (n, m): summed over the n units, averaged over
    the m columns.

    function   (A, Y) -> the losses of all entries, of shape (n, m)
    is_mean    whether it gives the cost itself instead, summed and averaged
    name       by which `nn.fit(loss=…)` finds it
    target     the kind of its targets
    logits     whether predictions are logits, of which a probability is still to be made
    threshold  from which prediction on a single unit says "yes"
    own        whether it is a function of the user's, which is called as it is

    >>> import nn
    >>> nn.losses.cross_entropy_logits.target.name, nn.losses.cross_entropy_logits.logits
    ('one-hot columns', True)
    """

    function: Function
    name: str
    target: Target = ANYTHING
    logits: bool = False
    threshold: float = 0.5
    is_mean: bool = False
    own: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.target, Target):
            raise TypeError(
                f"target must be a kind of targets, as nn.losses.QUANTITIES, but got {self.target!r}. There are "
                "ANYTHING, ONE_HOT, PROBABILITIES and QUANTITIES."
            )
        for attribute in ("__doc__", "__module__"):
            object.__setattr__(self, attribute, getattr(self.function, attribute, None))
        object.__setattr__(self, "__name__", self.name)
        object.__setattr__(self, "__wrapped__", self.function)

    @cached_property
    def of_probabilities(self) -> bool:
        """Whether predictions have to be probabilities."""
        return self.target.probabilities and not self.logits

    def __call__(self, A: Any, Y: Any, **options: Any) -> Any:
        if self.own:
            return self.function(A, Y, **options)
        A, Y = fitting(A, Y)
        if self.is_mean:
            J = self.function(A, Y, **options)
            self._check_result(J, A.shape)
        else:
            losses = self.function(A, Y, **options)  # a compiled program calls its values by these names
            self._check_result(losses, A.shape)
            J = _mean(losses)
        if not ag.tracing():  # else no values are known
            advice = self._advice if self.of_probabilities else None
            check_finite(J, A, Y, advice)
            of_kind(self.target, self.name, Y)
            if advice is not None:
                check_probable(A, advice)
        return J

    def _check_result(self, result: Any, shape: tuple[int, ...]) -> None:
        """Refuse a result of the function that would be broadcast, or averaged over the wrong axis."""
        if self.is_mean:
            needs, fix = "the cost, a single number", "Take is_mean=True out if it returns that of each entry."
        else:
            needs = f"the losses of all entries, of shape {shape} as A"
            fix = "Summing over units and averaging over columns is done around it."
        given = () if type(result) is float else getattr(result, "shape", None)
        if given == (() if self.is_mean else shape):
            return
        got = f"shape {given}" if isinstance(result, (ag.Tensor, np.ndarray)) else f"{result!r:.60}"
        raise ag.ShapeError(f"The function of the loss {self.name} must return {needs}, but returned {got}. {fix}")

    @cached_property
    def _advice(self) -> Advice:
        layer, logits = self.target.activation, f"{self.name}_logits"
        if logits not in KNOWN:
            return Advice(f"End the model with {layer}.", "Keep predictions away from 0 and 1.")
        return Advice(
            f"End the model with {layer}, or take the loss on logits, {logits}, without it.",
            f"Leave the last activation out, and take the loss on logits, {logits}.",
        )

    def check_targets(self, Y: Any) -> None:
        """Raise DataError or ShapeError for targets that it cannot be used with, such as -1 and 1 for probabilities."""
        plain = Y.data if isinstance(Y, ag.Tensor) else np.asarray(Y)
        self.target.check(self.name, plain)

    def __repr__(self) -> str:
        return f"<loss {self.name}>"

    def __reduce__(self) -> Any:
        """For pickle: by its name, as functions are; one of a user's function, or with options, by what it holds."""
        if KNOWN.get(self.name) is self:
            return self.name
        return Loss, tuple(getattr(self, field.name) for field in fields(self))


_KNOWN: dict[str, Loss] = {}
KNOWN: Mapping[str, Loss] = MappingProxyType(_KNOWN)


def loss(
    *, target: Target, logits: bool = False, threshold: float = 0.5, is_mean: bool = False
) -> Callable[[Function], Loss]:
    """Declares the loss that a function computes; see Loss. What it takes beside A and Y are options of the loss."""

    def declare(function: Function) -> Loss:
        declared = Loss(function, function.__name__, target, logits, threshold, is_mean)
        other = KNOWN.get(declared.name)
        if other is not None and _origin(other.function) != _origin(function):
            raise ValueError(
                f"A loss needs a name of its own, but {declared.name!r} is that of "
                f"{'.'.join(_origin(other.function))}. Give the function another name."
            )
        _KNOWN[declared.name] = declared
        return declared

    return declare


def _origin(function: Function) -> tuple[str, str]:
    """Where a function is defined. A cell of a notebook that is run again defines it anew at the same place."""
    return function.__module__, function.__qualname__


def find(given: str | Function) -> Loss:
    """The loss of that name; a function (A, Y) -> Tensor becomes a loss that is called as it is.

    >>> import nn
    >>> nn.losses.find("mse")
    <loss mse>
    """
    if isinstance(given, Loss):
        return given
    if isinstance(given, partial) and isinstance(given.func, Loss) and not given.args:
        return replace(given.func, function=partial(given.func.function, **given.keywords))
    if callable(given):
        return Loss(given, getattr(given, "__name__", "it"), own=True)
    if not isinstance(given, str):
        raise TypeError(f"A loss must be a name or a function (A, Y) -> Tensor, but got {given!r:.60}.")
    if given not in KNOWN:
        raise ValueError(f"There is no loss {given!r}; known: {', '.join(KNOWN)}, or give a function (A, Y) -> Tensor.")
    return KNOWN[given]


def _mean(losses: Any) -> ag.Tensor:
    """Σ / m."""
    total = countable(losses).sum()
    return like(total / named("m", losses.shape[-1], total), losses)


def countable(x: Any) -> Any:
    """x in a precision that can count: numbers of half precision end at 65504."""
    return x.astype(np.float32) if x.dtype == np.float16 else x


def like(J: ag.Tensor, x: Any) -> ag.Tensor:
    """The cost in half precision, if that was counted for it."""
    return J.astype(np.float16) if x.dtype == np.float16 else J


def named(name: str, value: float, total: ag.Tensor) -> ag.Tensor:
    """A number that formulas show by its name, in the precision of another."""
    return ag.Tensor(total.dtype.type(value), name=name, requires_grad=False)
