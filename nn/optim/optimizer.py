"""Optimizer: what all of them share. A step is all or nothing, and can be taken back."""

from __future__ import annotations

import inspect
import math
import numbers
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, TypedDict

import numpy as np

import autograd as ag
from autograd.core.fitting import HALF, is_half, settle, wide
from autograd.core.handle import Changes, at_once, exchanging, forget_gradients, keeping, node_of, trained, value_of
from autograd.signposts import answering_class, without_refusals
from nn.optim.clipping import clipped
from nn.optim.hyperparameters import number
from nn.optim.state import copied, loaded, saved


def replaces_state(update: Callable[..., Any]) -> Callable[..., Any]:
    """Says of a rule that it gives its state new arrays and changes none in place, so that a step can be taken back
    without copies of them; and that the array it returns is kept by nobody else."""
    update.replaces_state = True  # type: ignore[attr-defined]
    return update


class Clipping(TypedDict, total=False):
    """How gradients are clipped."""

    clip_norm: float | None
    clip_value: float | None


class Shared(Clipping, total=False):
    """The keywords that every optimizer takes."""

    weight_decay: float


class Optimizer:
    """What optimizers share: parameters, a learning rate, and the state of each parameter (`update` is the rule).

    Arguments:
        parameters    leaves, as model.parameters() gives them
        lr            the learning rate α; it may be set between steps
        weight_decay  λ: the gradient of each parameter becomes dW + λ W, as that of λ/2 ΣW² in the cost. It also makes
                      b smaller; for the course's λ/(2m) ΣW² of the weights alone: nn.losses.l2
        clip_norm     the most that ‖dW‖ over all parameters together may be; longer ones are scaled down to it
        clip_value    the most that an entry of a gradient may be, in absolute value

    Gradients are clipped as backward() left them: first the entries, then the norm, then weight decay is added.
    State and steps of half-precision parameters are kept in single precision: there Adam's ε is not 0.
    A parameter that is frozen (`p.requires_grad = False`) stays where it is.

    An optimizer of one's own defines `update`:

    >>> import autograd as ag, nn
    >>> class SignDescent(nn.optim.Optimizer):
    ...     def update(self, i, g):
    ...         return self.lr * np.sign(g)
    >>> w = ag.Tensor([3.0, -1.0])
    >>> np.sum(w * w).backward()
    >>> optimizer = SignDescent([w], lr=0.5)
    >>> optimizer.step()
    >>> w.data
    array([ 2.5, -0.5])
    >>> optimizer
    SignDescent(1 parameter, lr=0.5)
    """

    def __init_subclass__(cls) -> None:
        answering_class(cls)

    def __dir__(self) -> list[str]:
        return without_refusals(self, super().__dir__())

    def __init__(
        self,
        parameters: Iterable[ag.Tensor],
        lr: float,
        *,
        weight_decay: float = 0.0,
        clip_norm: float | None = None,
        clip_value: float | None = None,
    ) -> None:
        self.parameters = self._checked(parameters)
        self._lr = number("lr, the learning rate,", lr, 0, math.inf)
        self.weight_decay = number("weight_decay", weight_decay, 0, math.inf, inclusive=True)
        self.clip_norm = None if clip_norm is None else number("clip_norm", clip_norm, 0, math.inf)
        self.clip_value = None if clip_value is None else number("clip_value", clip_value, 0, math.inf)
        self.steps = 0
        self._half = any(p.dtype == HALF for p in self.parameters)

    def _checked(self, parameters: Iterable[ag.Tensor]) -> list[ag.Tensor]:
        """The parameters, if they can be moved."""
        mine = type(self).__name__
        iterable = isinstance(parameters, Iterable) and not isinstance(parameters, ag.Tensor)
        found = list(parameters) if iterable else []
        if not found or not all(isinstance(p, ag.Tensor) for p in found):
            raise ValueError(
                f"{mine} needs a list of Tensors, but got {_described(parameters, found)}. Pass model.parameters(); "
                "frozen ones (requires_grad=False) are not among these."
            )
        if len({id(p) for p in found}) < len(found):
            raise ValueError(f"{mine} was given a parameter twice; it would move twice in each step.")
        for p in found:
            op = getattr(p.node, "op", None)
            if op is not None:
                raise ag.GraphError(
                    f"{mine} needs leaves, but {p.name or 'a Tensor'} {p.shape} is the result of "
                    f"{op.name}. Pass model.parameters(), or what it was computed from."
                )
        return found

    @property
    def lr(self) -> float:
        """The learning rate α. A schedule may set it to 0."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        self._lr = number("lr, the learning rate,", lr, 0, math.inf, inclusive=True)

    def step(self) -> None:
        """Move every parameter against its gradient, once. All of them move or, where anything raises, none: then the
        state of the optimizer is as before, too. Ctrl-C within a step is no exception.

        Raises autograd.GraphError where a parameter has no gradient: backward() comes first.
        """
        self.take_step()

    def take_step(self) -> Callable[[], Any]:
        """The same as `step`; returns the function that takes it back, as that of `snapshot`."""
        moving = self._moving()
        restore = self._restoring()
        undo = at_once(restore)
        try:
            self.steps += 1
            forward, back = self._moved(*moving)
            undo = at_once(back, restore)
            at_once(forward)()
            return undo  # here, since after the try an interrupt would find the step taken
        except BaseException:
            undo()
            raise

    def _moving(self) -> tuple[Sequence[int], list[ag.Tensor], list[Any]]:
        """The parameters that are not frozen: their places, they, and their gradients."""
        parameters = self.parameters
        nodes = list(map(node_of, parameters))
        places: Sequence[int] = range(len(nodes))
        if trained(nodes) is not nodes:
            places = [i for i, node in enumerate(nodes) if type(node) is ag.Node]
            nodes, parameters = [nodes[i] for i in places], [parameters[i] for i in places]
        gradients = list(map(_gradient_of, nodes))
        if not places or any(map(operator.is_, gradients, repeat(None))):
            raise self._unmoved(places, gradients)
        if self.clip_norm is not None or self.clip_value is not None:
            gradients = clipped(gradients, self.clip_norm, self.clip_value)
        return places, parameters, gradients

    def _unmoved(self, places: Sequence[int], gradients: list[Any]) -> ag.GraphError:
        """The error where all parameters are frozen, or one has no gradient."""
        if not places:
            return ag.GraphError(
                f"{type(self).__name__} needs a parameter that can move, but all {len(self.parameters)} are frozen. "
                "Set requires_grad = True of those that are to be trained."
            )
        i = next(i for i, g in zip(places, gradients) if g is None)
        p = self.parameters[i]
        return ag.GraphError(
            f"{p.name or f'parameter {i}'} {p.shape} has no gradient. Call J.backward() before step(); "
            "if it is called, the cost does not depend on this parameter."
        )

    def _moved(self, places: Sequence[int], moving: list[ag.Tensor], gradients: list[Any]) -> tuple[Changes, Changes]:
        """The changes that move the parameters, and those that move them back. They are made here, not within the try
        of step(): a signal at the end of a comprehension that Python 3.12 and newer inline there is not caught."""
        return exchanging(moving, self._stepped(places, moving, gradients))

    def _stepped(self, places: Sequence[int], moving: list[ag.Tensor], gradients: list[Any]) -> Iterable[Any]:
        """The values of these parameters after the step."""
        values = list(map(value_of, moving))
        if self.weight_decay:
            values, gradients = map(list, zip(*map(self._decay, values, gradients)))
        updates = map(self.update, places, gradients)
        kept_by_nobody = getattr(self.update, "replaces_state", False)
        return map(_less if self._half else _less_in_place if kept_by_nobody else operator.sub, values, updates)

    def _decay(self, W: Any, g: Any) -> tuple[Any, Any]:
        """A parameter and its gradient, with weight decay."""
        return W, wide(g) + self.weight_decay * wide(W)

    def update(self, i: int, g: Any) -> Any:
        """What is taken away from parameter i, whose gradient is g."""
        raise NotImplementedError(f"{type(self).__name__} must define update(self, i, g).")

    def snapshot(self) -> Callable[[], Any]:
        """The function that gives the parameters, and the state of the optimizer, the values that they have now. It is
        to be called once, and no signal can interrupt it."""
        return at_once(keeping(self.parameters), self._restoring())

    def _restoring(self) -> Changes:
        """The changes that give the optimizer the state that it has now."""
        state = vars(self)
        kept = copied(state, arrays=not getattr(self.update, "replaces_state", False))
        return chain(map(dict.clear, [state]), map(dict.update, [state], [kept]))

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        forget_gradients(self.parameters)

    def state_dict(self) -> dict[str, Any]:
        """All that the next step depends on beside the parameters and the arguments that the optimizer was made with:
        numbers, and copies of arrays, by name. The learning rate is part of it, as it may be set between steps.

        >>> import autograd as ag, nn
        >>> w = ag.Tensor(3.0)
        >>> optimizer = nn.optim.Momentum([w], lr=0.1)
        >>> (w * w).backward()
        >>> optimizer.step()
        >>> {name: round(x, 12) for name, x in optimizer.state_dict().items()}
        {'lr': 0.1, 'steps': 1, 'v.0': 0.6}
        """
        return {"lr": self.lr} | saved(self._state())

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state that `state_dict()` of an optimizer like this one has given: all of it or, where
        something does not fit, none.

        Raises autograd.DataError with a line for everything that does not fit.
        """
        new = loaded(type(self).__name__, {"lr": self.lr} | self._state(), state)
        lr = number("lr, the learning rate,", new.pop("lr"), 0, math.inf, inclusive=True)
        vars(self).update(new, _lr=lr)

    def _state(self) -> dict[str, Any]:
        """The attributes that steps change: all but the parameters, the numbers and words that the optimizer was made
        with, and methods."""
        fixed = {
            name for name in _arguments(type(self)) if isinstance(vars(self).get(name), (numbers.Real, str, type(None)))
        } | {"parameters", "_lr", "_half"}
        return {name: x for name, x in vars(self).items() if name not in fixed and not callable(x)}

    def _zeros(self) -> list[Any]:
        """State of each parameter, which starts as 0, in the precision of steps."""
        values = [p.node.out for p in self.parameters]
        return [settle(np.zeros(np.shape(W), getattr(wide(W), "dtype", float))) for W in values]

    def __repr__(self) -> str:
        shown = [f"{len(self.parameters)} parameter{'s' * (len(self.parameters) > 1)}", f"lr={self.lr:g}"]
        for name, default in _arguments(type(self)).items():
            if name not in ("parameters", "lr") and getattr(self, name, default) != default:
                shown.append(f"{name}={getattr(self, name)!r}")
        return f"{type(self).__name__}({', '.join(shown)})"


def _described(given: Any, found: list[Any]) -> str:
    """What was given in place of a list of Tensors."""
    if isinstance(given, ag.Tensor):
        return "a Tensor that is not in a list"
    if callable(given) and not found:
        return f"the method {given.__name__}, which is not called" if hasattr(given, "__name__") else f"{given!r:.60}"
    if not found:
        return "none" if isinstance(given, Iterable) else f"{given!r:.60}"
    other = next(p for p in found if not isinstance(p, ag.Tensor))
    return f"{type(given).__name__}, in which there is {other!r:.60}"


_LARGE = 1 << 18  # bytes from which a further array costs more than to ask
_gradient_of = operator.attrgetter("grad")


def _arguments(kind: type[Optimizer]) -> dict[str, Any]:
    """What an optimizer of this class is made with, and the defaults: the arguments of its `__init__`, and of those
    before it, to which it passes others on."""
    found: dict[str, Any] = {}
    for base in kind.__mro__[:-1]:
        if "__init__" in vars(base):
            for name, argument in inspect.signature(vars(base)["__init__"]).parameters.items():
                found.setdefault(name, argument.default)
    return found


def _less(W: Any, update: Any) -> Any:
    """The data less the update, in its own precision; of half precision the difference is rounded once."""
    if is_half(getattr(W, "dtype", None)):
        return (wide(W) - update).astype(HALF)
    return W - update


def _less_in_place(W: Any, update: Any) -> Any:
    """The same where the array of the update is kept by nobody else: a large one becomes the new data."""
    if type(update) is np.ndarray and update.nbytes >= _LARGE and update.dtype is W.dtype and update.shape == W.shape:
        return np.subtract(W, update, update)
    return W - update
