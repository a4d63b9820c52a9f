"""What an estimator's parameters stand for: layers, activations and optimizers by their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

from nn import optim
from nn.layers import activations
from nn.layers.containers import Sequential
from nn.layers.linear import Linear
from nn.module import Module
from nn.optim import Optimizer


def network(
    hidden: Sequence[int], activation: str | Callable[[], Module], n_in: int, n_out: int, last: str | None, dtype: str
) -> Module:
    """A layer of units for each number in `hidden`, and the output: logits, or what the layer `last` makes of them."""
    if isinstance(hidden, (str, bytes)) or not isinstance(hidden, Sequence):
        raise TypeError(f"hidden must be a tuple of numbers of units, but got {hidden!r:.60}. One layer of 16: (16,).")
    between = named(activations, activation, "activation", Module)
    layers: list[Module] = []
    for n_out_of_layer in hidden:
        layers += [Linear(n_in, n_out_of_layer, dtype=dtype), between()]
        n_in = n_out_of_layer
    layers.append(Linear(n_in, n_out, dtype=dtype))
    return Sequential(*layers, *([getattr(activations, last)()] if last else []))


def optimizer(given: str | Callable[..., Optimizer], model: Module, lr: float, weight_decay: float) -> Optimizer:
    """The optimizer of that name, or that a class or function of the user's makes, with the parameters of a model."""
    options = {"weight_decay": weight_decay} if weight_decay else {}
    made: Optimizer = named(optim, given, "optimizer", Optimizer)(model.parameters(), lr=lr, **options)
    return made


def named(module: ModuleType, given: Any, what: str, kind: type) -> Any:
    """The class of that name in a module, whatever its case; a class or function is taken as it is."""
    if callable(given):
        return given
    values = (getattr(module, name) for name in dir(module))
    classes = (x for x in values if isinstance(x, type) and issubclass(x, kind) and x not in _BASES)
    known = {x.__name__.lower(): x for x in classes}
    if not isinstance(given, str) or given.lower() not in known:
        raise ValueError(f"{what} must be one of {', '.join(known)}, or a class or function, but got {given!r:.60}.")
    return known[given.lower()]


_BASES = (Module, Optimizer, activations.Activation)
