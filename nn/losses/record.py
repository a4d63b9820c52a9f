"""Loss: a record of all there is to know about a loss, and how one is declared."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property, partial
from inspect import Parameter, signature
from types import MappingProxyType
from typing import Any

import numpy as np

import autograd as ag
from autograd.signposts import answer, here_it_is
from nn.losses.checks import Advice, check_classes, check_finite, check_probable, fitting, looked_at, of_kind
from nn.losses.labels import check_labels
from nn.losses.targets import ANYTHING, Target
from nn.losses.weighting import weights_of_samples

Function = Callable[..., Any]


@dataclass(frozen=True)
class Loss:
    """A loss, called as loss(A, Y) with predictions and targets of shape (n, m): summed over the n units, averaged over
    the m columns.

    With weights=(m,), one for each sample, it is J = (1/m) Σ w⁽ⁱ⁾ L⁽ⁱ⁾. The sum is divided by m, not by Σ w: weights
    of mean 1, as nn.losses.class_weights gives them, leave the cost as large as it was. With smoothing=s, where
    targets are probabilities, a share s of each is spread over all n classes: (1−s) Y + s/n; over both where a unit
    is a question of its own: (1−s) Y + s/2 (Szegedy et al., 2016).

    function   (A, Y) -> the losses of all entries, of shape (n, m)
    is_mean    whether it gives the cost itself instead, summed and averaged
    entries    of one that does: a function that gives the losses of all entries, which weights need
    name       by which `nn.fit(loss=…)` finds it
    target     the kind of its targets
    logits     whether predictions are logits, of which a probability is still to be made
    threshold  from which prediction on a single unit says "yes"
    own        whether it is a function of the user's, which is called as it is

    >>> import nn
    >>> nn.losses.cross_entropy_logits.target.name, nn.losses.cross_entropy_logits.logits
    ('one-hot columns', True)
    >>> nn.losses.mse([[3.0, 1.0]], [[1.0, 1.0]], weights=[0.5, 1.5]).item()
    1.0
    >>> round(nn.losses.cross_entropy([[0.9], [0.1]], [0], smoothing=0.2).item(), 6)
    0.325083
    """

    function: Function
    name: str
    target: Target = ANYTHING
    logits: bool = False
    threshold: float = 0.5
    is_mean: bool = False
    own: bool = False
    entries: Function | None = None
    smoothing: float = 0.0

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

    @cached_property
    def of_class_logits(self) -> bool:
        """Whether predictions are logits of which a softmax makes probabilities."""
        return self.logits and self.target.activation == "Softmax"

    def __call__(self, A: Any, Y: Any, *, weights: Any = None, smoothing: float | None = None, **options: Any) -> Any:
        if options:
            answer(self.name, "Loss()", options, (Loss.__call__, self.function))
        if self.own:
            return self._own(A, Y, weights, options if smoothing is None else options | {"smoothing": smoothing})
        A, Y = fitting(A, Y, self.target, self.name)
        known = not ag.tracing()  # whether there are values to look at
        if known:
            of_kind(self.target, self.name, Y)
        if self.target.labels and not self.logits:
            check_classes(A, self.name, self._advice)
        Y = self._smoothed(Y, self.smoothing if smoothing is None else smoothing)
        if self.is_mean and weights is None:
            J = self.function(A, Y, **options)
            self._check_result(J, A.shape, self.is_mean)
        else:
            losses = self._entries()(A, Y, **options)  # a compiled program calls its values by these names
            self._check_result(losses, A.shape)
            J = _mean(losses if weights is None else losses * weights_of_samples(weights, losses))
        if known:
            advice = self._advice if self.of_probabilities else None
            check_finite(J, A, Y, advice)
            if advice is not None:
                check_probable(A, advice)
        return J

    def _own(self, A: Any, Y: Any, weights: Any, options: dict[str, Any]) -> Any:
        """The cost by a function of the user's, which has to weigh samples by itself."""
        if weights is None:
            return self.function(A, Y, **options)
        if not _takes(self.function, "weights"):
            raise TypeError(
                f"Weights of samples need a loss that takes them, but {self.name} has no argument called weights. "
                "Write def cost(A, Y, weights=None), or declare the losses of all entries by nn.losses.loss."
            )
        return self.function(A, Y, weights=weights, **options)

    def _entries(self) -> Function:
        """The function that gives the losses of all entries."""
        if self.is_mean and self.entries is None:
            raise TypeError(
                f"Weights of samples need the losses of all entries, but the loss {self.name} is declared as their "
                "mean (is_mean=True). Declare it without, or with entries=, the function that gives them."
            )
        return self.entries if self.is_mean and self.entries is not None else self.function

    def _smoothed(self, Y: Any, smoothing: float) -> Any:
        """Targets, a share of which is spread over all classes."""
        if smoothing == 0 and type(smoothing) is not bool:
            return Y
        if not self.target.probabilities:
            raise TypeError(
                f"smoothing= is for targets that are probabilities, but those of {self.name} are {self.target.name}. "
                "Leave it out."
            )
        real = isinstance(smoothing, numbers.Real) and not isinstance(smoothing, (bool, np.bool_))
        if not real or not 0 <= smoothing <= 1:
            raise ValueError(f"smoothing must be a number from 0 to 1, but got {smoothing!r:.60}.")
        classes = Y.shape[0] if self.target.labels else 2
        spread = float(smoothing)
        return (1 - spread) * Y + spread / classes

    def _check_result(self, result: Any, shape: tuple[int, ...], is_mean: bool = False) -> None:
        """Refuse a result of the function that would be broadcast, or averaged over the wrong axis."""
        if is_mean:
            needs, fix = "the cost, a single number", "Take is_mean=True out if it returns that of each entry."
        else:
            needs = f"the losses of all entries, of shape {shape} as A"
            fix = "Summing over units and averaging over columns is done around it."
        given = () if type(result) is float else getattr(result, "shape", None)
        if given == (() if is_mean else shape):
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
        """Raise DataError or ShapeError for targets that it cannot be used with, such as -1 and 1 for probabilities.
        Where class numbers may stand for columns, integers are taken for them."""
        plain = np.asarray(looked_at(Y))
        if self.target.labels and plain.dtype.kind in "iu":
            check_labels(self.name, plain)
        else:
            self.target.check(self.name, plain)

    def __repr__(self) -> str:
        function: Any = self.function
        options = (function.keywords if isinstance(function, partial) else {}) | (
            {"smoothing": self.smoothing} if self.smoothing else {}
        )
        return f"<loss {self.name}{''.join(f', {name}={value!r}' for name, value in options.items())}>"

    def __reduce__(self) -> Any:
        """For pickle: by its name, as functions are, and its options; one of a user's function by what it holds."""
        known = KNOWN.get(self.name)
        if known is self:
            return self.name
        function: Any = self.function
        options = {"smoothing": self.smoothing}
        if isinstance(function, partial):
            function, options = function.func, options | function.keywords
        if known is not None and known.function is function:
            return _with_options, (known, options)
        return Loss, tuple(getattr(self, field.name) for field in fields(self))


_KNOWN: dict[str, Loss] = {}
KNOWN: Mapping[str, Loss] = MappingProxyType(_KNOWN)


def loss(
    *,
    target: Target,
    logits: bool = False,
    threshold: float = 0.5,
    is_mean: bool = False,
    entries: Function | None = None,
) -> Callable[[Function], Loss]:
    """Declares the loss that a function computes; see Loss. What it takes beside A and Y are options of the loss."""

    def declare(function: Function) -> Loss:
        declared = Loss(function, function.__name__, target, logits, threshold, is_mean, entries=entries)
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
        return _with_options(given.func, dict(given.keywords))
    if callable(given):
        return Loss(given, getattr(given, "__name__", "it"), own=True)
    if not isinstance(given, str):
        raise TypeError(f"A loss must be a name or a function (A, Y) -> Tensor, but got {given!r:.60}.")
    if given not in KNOWN:
        raise ValueError(
            f"There is no loss {given!r}{here_it_is('nn.losses', given, KNOWN)}; known: {', '.join(KNOWN)}, or give a "
            "function (A, Y) -> Tensor."
        )
    return KNOWN[given]


def _with_options(declared: Loss, options: dict[str, Any]) -> Loss:
    """A loss with options of its own."""
    if "weights" in options:
        raise TypeError(
            "Weights belong to the samples of one call, but got a loss with weights of its own. Give them where it is "
            "called: loss(A, Y, weights=…)."
        )
    smoothing = options.pop("smoothing", declared.smoothing)
    if not options:
        return replace(declared, smoothing=smoothing)
    entries = None if declared.entries is None else partial(declared.entries, **options)
    return replace(declared, function=partial(declared.function, **options), entries=entries, smoothing=smoothing)


def _takes(function: Function, name: str) -> bool:
    """Whether a function takes an argument of this name."""
    try:
        arguments = signature(function).parameters
    except (TypeError, ValueError):  # not written in Python
        return True
    return name in arguments or any(x.kind is Parameter.VAR_KEYWORD for x in arguments.values())


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
