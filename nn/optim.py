"""Optimizers: after backward(), `step()` gives every parameter new data; the arrays themselves are never changed."""

from __future__ import annotations

import math
import numbers
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

import autograd as ag
from autograd.core.fitting import HALF, wide
from autograd.core.handle import at_once, keeping, replacing
from autograd.signposts import answering_class, without_refusals


class Optimizer:
    """What optimizers share: parameters, a learning rate, and the state of each parameter (`update` is the rule).

    State and steps of half-precision parameters are kept in single precision: there Adam's ε is not 0.
    A parameter that is frozen (`p.requires_grad = False`) stays where it is.
    """

    def __init_subclass__(cls) -> None:
        answering_class(cls)

    def __dir__(self) -> list[str]:
        return without_refusals(self, super().__dir__())

    def __init__(self, parameters: Iterable[ag.Tensor], lr: float) -> None:
        self.parameters = [] if isinstance(parameters, ag.Tensor) else list(parameters)
        if not self.parameters or not all(isinstance(p, ag.Tensor) for p in self.parameters):
            got = "none" if self.parameters == [] and not isinstance(parameters, ag.Tensor) else "something else"
            raise ValueError(
                f"{type(self).__name__} needs a list of Tensors, but got {got}. Pass model.parameters(); frozen ones "
                "(requires_grad=False) are not among these."
            )
        if len({id(p) for p in self.parameters}) < len(self.parameters):
            raise ValueError(f"{type(self).__name__} was given a parameter twice; it would move twice in each step.")
        for p in self.parameters:
            op = getattr(p.node, "op", None)
            if op is not None:
                raise ag.GraphError(
                    f"{type(self).__name__} needs leaves, but {p.name or 'a Tensor'} {p.shape} is the result of "
                    f"{op.name}. Pass model.parameters(), or what it was computed from."
                )
        self.lr = _number("lr, the learning rate,", lr, 0, math.inf)
        self.steps = 0

    def step(self) -> None:
        """Move every parameter against its gradient, once. All of them move or, where anything raises, none: then the
        state of the optimizer is as before, too. Ctrl-C within a step is no exception.

        Raises autograd.GraphError where a parameter has no gradient: backward() comes first.
        """
        moving = [(i, p, self._gradient(i, p)) for i, p in enumerate(self.parameters) if p.requires_grad]
        undo = self.snapshot()
        try:
            self.steps += 1
            self._moved(moving)()
        except BaseException:
            undo()
            raise

    def _moved(self, moving: list[tuple[int, ag.Tensor, Any]]) -> Callable[[], Any]:
        """The call that moves the parameters. It is made here, not within the try of step(): a signal at the end of a
        comprehension that Python 3.12 and newer inline there is not caught."""
        return replacing([p for _, p, _ in moving], [_moved(p.data, self.update(i, g)) for i, p, g in moving])

    def _gradient(self, i: int, p: ag.Tensor) -> Any:
        if p.grad is None:
            raise ag.GraphError(
                f"{p.name or f'parameter {i}'} {p.shape} has no gradient. Call J.backward() before step(); "
                "if it is called, the cost does not depend on this parameter."
            )
        return p.grad

    def snapshot(self) -> Callable[[], Any]:
        """The function that gives the parameters, and the state of the optimizer, the values that they have now. It is
        to be called once, and no signal can interrupt it."""
        state = vars(self)
        restore: Any = [(dict.clear, state), (dict.update, state, _copied(state))]
        return at_once(keeping(self.parameters), restore)

    def update(self, i: int, g: Any) -> Any:
        """What is taken away from parameter i, whose gradient is g."""
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for p in self.parameters:
            if p.requires_grad:
                p.grad = None


def _moved(data: Any, update: Any) -> Any:
    """The data less the update, in its own precision; of half precision the difference is rounded once."""
    if getattr(data, "dtype", None) == HALF:
        return (wide(data) - update).astype(HALF)
    return data - update


def _copied(state: Any) -> Any:
    """The state of an optimizer, in containers and arrays of its own; Tensors and whatever else as they are."""
    if type(state) in (ag.Tensor, float, int):  # most of it
        return state
    if isinstance(state, dict):
        return {k: _copied(v) for k, v in state.items()}
    if type(state) in (list, tuple, set, deque):
        return type(state)([_copied(v) for v in state])
    return state.copy() if isinstance(state, np.ndarray) else state


def _number(called: str, given: Any, low: float, high: float, inclusive: bool = False) -> Any:
    """A hyperparameter, if it lies between these."""
    real = isinstance(given, numbers.Real) and not isinstance(given, (bool, np.bool_))
    if not real or not (low < given < high or (inclusive and given == low)):
        most = f" and less than {high}" if high < math.inf else ""
        least = f"at least {low}" if inclusive else "positive"
        raise ValueError(f"{called} must be {least}{most or ' and finite'}, but got {given!r}.")
    return given


class SGD(Optimizer):
    """W := W − α dW (document 001, formula 3).

    >>> import autograd as ag, nn
    >>> w = ag.Tensor(3.0)
    >>> (w * w).backward()
    >>> nn.optim.SGD([w], lr=0.1).step()
    >>> round(w.data, 12)
    2.4
    """

    def update(self, i: int, g: Any) -> Any:
        return self.lr * g


class Momentum(Optimizer):
    """v := β v + (1−β) dW; W := W − α v, as in the course."""

    def __init__(self, parameters: Iterable[ag.Tensor], lr: float, beta: float = 0.9) -> None:
        super().__init__(parameters, lr)
        self.beta = _number("beta", beta, 0, 1, inclusive=True)
        self.v: list[Any] = [0.0] * len(self.parameters)

    def update(self, i: int, g: Any) -> Any:
        g = wide(g)
        self.v[i] = self.beta * self.v[i] + (1 - self.beta) * g
        return self.lr * self.v[i]


class Adam(Optimizer):
    """W := W − α v̂ / (√ŝ + ε), with bias-corrected averages of the gradient and of its square (Kingma and Ba, 2015)."""

    def __init__(
        self,
        parameters: Iterable[ag.Tensor],
        lr: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        eps: float = 1e-8,
    ) -> None:
        super().__init__(parameters, lr)
        self.beta1 = _number("beta1", beta1, 0, 1, inclusive=True)
        self.beta2 = _number("beta2", beta2, 0, 1, inclusive=True)
        self.eps = _number("eps", eps, 0, math.inf, inclusive=True)
        self.v: list[Any] = [0.0] * len(self.parameters)
        self.s: list[Any] = [0.0] * len(self.parameters)

    def update(self, i: int, g: Any) -> Any:
        g = wide(g)
        self.v[i] = self.beta1 * self.v[i] + (1 - self.beta1) * g
        self.s[i] = self.beta2 * self.s[i] + (1 - self.beta2) * g * g
        v = self.v[i] / (1 - self.beta1**self.steps)
        s = self.s[i] / (1 - self.beta2**self.steps)
        return self.lr * v / (np.sqrt(s) + self.eps)
