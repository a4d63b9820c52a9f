"""A training run: some steps of training, each recorded as a story of its own, and what the cost becomes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import nn
from autograd import Node, Tensor, ancestors
from viz.errors import ArgumentError
from viz.seen.story import Story, record
from viz.seen.text import number

MOST = 100  # steps of training
SEARCHED = 10_000  # values that are looked at for parameters
LONGEST = 20_000  # steps of all stories together


@dataclass(frozen=True, eq=False)
class Training:
    """Some steps of training.

    stories   of each step: the forward and the backward pass, before the parameters are moved; the last one is of what
              the training has arrived at
    """

    stories: tuple[Story, ...]

    def __repr__(self) -> str:
        first, last = number(self.costs[0]), number(self.costs[-1])
        return f"<Training of {self.title or 'a cost'}: {len(self.stories) - 1} steps, from {first} to {last}>"

    @property
    def title(self) -> str:
        """The name of the cost."""
        return self.stories[0].title

    @property
    def costs(self) -> list[float]:
        """The cost before each step, and after the last one."""
        return [float(story.graph[story.graph.root].value) for story in self.stories]

    def parameters(self, step: int) -> dict[str, Any]:
        """The parameters before a step, by name."""
        return {v.name or "": v.value for v in self.stories[step].graph if v.role == "parameter"}

    def __len__(self) -> int:
        """The number of steps of training."""
        return len(self.stories) - 1


def record_training(
    cost: Callable[..., Any],
    /,
    *args: Any,
    optimizer: nn.optim.Optimizer | None = None,
    lr: float | None = None,
    loss: Any = None,
    steps: int = 10,
    **kwargs: Any,
) -> Training:
    """Train for some steps, and record each: forward, backward, and what the parameters become.

    cost        a function that gives the cost, called with the other arguments at each step; or a model, where `loss`
                says what its output is compared by: record_training(model, X, Y, loss="mse", optimizer=…)
    optimizer   one of nn.optim, which moves its parameters
    lr          without one: the learning rate of plain gradient descent on all parameters of the cost

    The parameters are moved, as in any training.

    >>> import autograd as ag
    >>> w = ag.Tensor(4.0, name="w")
    >>> run = record_training(lambda: (w - 1.0) ** 2, lr=0.25, steps=3)
    >>> run.costs, [float(run.parameters(k)["w"]) for k in range(4)]
    ([9.0, 2.25, 0.5625, 0.140625], [4.0, 2.5, 1.75, 1.375])

    Raises ValueError for too many steps, or where neither optimizer nor learning rate is given, and what `viz.record`
    and the optimizer raise.
    """
    if (optimizer is None) == (lr is None):
        raise ArgumentError("record_training needs either an optimizer or a learning rate. Give optimizer= or lr=.")
    if isinstance(steps, bool) or not isinstance(steps, int) or not 1 <= steps <= MOST:
        raise ArgumentError(f"steps= must be an integer between 1 and {MOST}, but got {steps!r}.")
    run = cost if loss is None else _compared(cost, loss)
    stories: list[Story] = []
    for k in range(steps + 1):
        stories.append(record(run, *args, **kwargs))
        if sum(map(len, stories)) > LONGEST:
            raise ArgumentError(
                f"This run has more than {LONGEST:,} steps in {k + 1} steps of training. Take a smaller network, or "
                "fewer steps."
            )
        if k < steps:
            J = stories[-1].tensor
            if optimizer is None:
                optimizer = nn.optim.SGD(_parameters(J, run, [args, kwargs, cost]), lr=lr or 0.0)
            for p in optimizer.parameters:
                p.grad = None
            J.backward()
            optimizer.step()
    return Training(tuple(stories))


def _compared(model: Callable[..., Any], loss: Any) -> Callable[..., Any]:
    """The cost of a model on data."""
    compare = nn.losses.find(loss)

    def cost(X: Any, Y: Any) -> Any:
        J = compare(model(X), Y)
        J.name = J.name or "J"
        return J

    return cost


def _parameters(J: Tensor, cost: Callable[..., Any], given: Any) -> list[Tensor]:
    """The Tensors that the cost depends on, found among the arguments of a function and in what it refers to."""
    assert isinstance(J.node, Node)
    wanted = {node: node.name for node in ancestors(J.node) if node.op is None}
    found: dict[Node, Tensor] = {}
    waiting, seen = [given, *_referred(cost)], 0
    while waiting and seen < SEARCHED:
        x, seen = waiting.pop(), seen + 1
        if isinstance(x, Tensor):
            if isinstance(x.node, Node) and x.node in wanted:
                found[x.node] = x
        elif isinstance(x, nn.Module):
            waiting += x.parameters()
        elif isinstance(x, dict):
            waiting += x.values()
        elif isinstance(x, (list, tuple)):
            waiting += x
    if len(found) < len(wanted):
        raise ArgumentError(
            f"record_training found {len(found)} of the {len(wanted)} parameters of the cost. Give them as arguments "
            "of the function, or give optimizer=nn.optim.SGD([...], lr=...) with all of them."
        )
    return [found[node] for node in wanted]


def _referred(function: Callable[..., Any]) -> list[Any]:
    """What a function finds outside of itself by name."""
    try:
        outside = inspect.getclosurevars(function)
    except TypeError:  # not written in Python: a model, a partial
        return [function]
    return [*outside.nonlocals.values(), *outside.globals.values()]
