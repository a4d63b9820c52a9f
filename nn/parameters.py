"""How to run a model with other parameters than its own: so they can be arguments of a function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import autograd as ag


@contextmanager
def parameters_apart(parameters: Sequence[ag.Tensor], values: Sequence[Any]) -> Iterator[None]:
    """Within this block these parameters have these values, in the same order, and gradients flow to what the values
    were computed from; a plain array is a constant. Afterwards the parameters are as before.

    So a function of arrays can run a model, and be differentiated with respect to its parameters or compiled:

    >>> import numpy as np, autograd as ag, nn
    >>> model, X = nn.Linear(2, 1, init="zeros"), np.ones((2, 3))
    >>> def cost(W, b, X):
    ...     with nn.parameters_apart([model.W, model.b], [W, b]):
    ...         return np.mean((model(X) - 1) ** 2)
    >>> step = ag.compile(ag.grad(cost, argnums=(0, 1)))
    >>> step(model.W.data, model.b.data, X)
    (array([[-2., -2.]]), array([[-2.]]))
    >>> float(cost(np.ones((1, 2)), np.ones((1, 1)), X).data), model.W.data
    (4.0, array([[0., 0.]]))

    Raises ShapeError for a value that does not have the shape of its parameter.
    """
    if len(parameters) != len(values):
        raise ValueError(
            f"parameters_apart needs a value for each of the {len(parameters)} parameters, but got {len(values)}. "
            "Pass both in the same order."
        )
    given = [_fitting(p, value) for p, value in zip(parameters, values, strict=True)]
    before = [(p, p._value, p.node) for p in parameters]
    try:
        for p, t in zip(parameters, given, strict=True):
            p._value, p.node = t._value, t.node
        yield
    finally:
        for p, value, node in before:
            p._value, p.node = value, node


def _fitting(p: ag.Tensor, value: Any) -> ag.Tensor:
    t = value if isinstance(value, ag.Tensor) else ag.Tensor(value, requires_grad=False)
    if t.shape != p.shape:
        raise ag.ShapeError(f"{p.name or 'a parameter'} has shape {p.shape}, but got {t.shape}. Pass one of its shape.")
    if t.name is None and getattr(t.node, "op", None) is None:
        t.name = p.name
    return t
