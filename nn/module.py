"""Module: something with parameters that maps a value to a value; Sequential: one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from reprlib import recursive_repr
from typing import Any, overload

import autograd as ag


class Module:
    """A layer or a network. A subclass defines `forward(X)`; Tensors and Modules among its attributes are found, also
    those in lists, tuples and dicts.

    `symbol` is the letter under which Sequential names the layer's result: Z for a linear part, A for an activation.

    >>> import numpy as np, nn
    >>> class Scale(nn.Module):
    ...     def __init__(self):
    ...         self.W = ag.Tensor([[2.0]], name="W")
    ...     def forward(self, X):
    ...         return self.W * X
    >>> Scale()(np.ones((1, 3)))
    Tensor([[2., 2., 2.]])
    """

    symbol = ""
    result_name: str | None = None

    def forward(self, X: Any) -> Any:
        """The value of the layer for input X."""
        raise NotImplementedError(f"{type(self).__name__} must define forward(self, X).")

    def __call__(self, X: Any) -> Any:
        out = self.forward(X)
        if self.result_name is not None and isinstance(out, ag.Tensor):
            out.name = self.result_name
        return out

    def children(self) -> Iterator[Module]:
        """The Modules directly within this one, each once."""
        found = {id(item): item for _, item in _held(self) if isinstance(item, Module)}
        yield from found.values()

    def parameters(self) -> list[ag.Tensor]:
        """The Tensors to be trained, in the order of the layers; one that is shared stands once."""
        found = {id(p): p for module in _below(self, set()) for p in _tensors(module).values() if p.requires_grad}
        return list(found.values())

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters; without that, the next backward() adds to them."""
        for p in self.parameters():
            p.grad = None


def _held(module: Module) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """What the attributes of a module hold, those in lists, tuples and dicts one by one: (the way to it, it)."""
    waiting: list[tuple[tuple[Any, ...], Any]] = [((key,), value) for key, value in reversed(vars(module).items())]
    seen: set[int] = set()
    while waiting:
        way, value = waiting.pop()
        if isinstance(value, (list, tuple, dict)):
            if id(value) in seen:  # it may hold itself
                continue
            seen.add(id(value))
            items = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [((*way, key), item) for key, item in reversed(list(items))]
        else:
            yield way, value


def _tensors(module: Module) -> dict[tuple[Any, ...], ag.Tensor]:
    """The Tensors directly within a module, by the way to them."""
    return {way: item for way, item in _held(module) if isinstance(item, ag.Tensor)}


def _below(module: Module, seen: set[int]) -> Iterator[Module]:
    """A module and all that are within it, each once: one of them may hold the one that it is part of."""
    if id(module) not in seen:
        seen.add(id(module))
        yield module
        for child in module.children():
            yield from _below(child, seen)


class Sequential(Module):
    """Layers one after the other: the value of each is the input of the next.

    Names follow the course: layer numbers count the layers that have weights, so Linear, Tanh, Linear, Sigmoid give
    parameters W1, b1, W2, b2 and values Z1, A1, Z2, A2; the input is X (= A0).

    >>> import numpy as np, nn
    >>> model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1), nn.Sigmoid())
    >>> A2 = model(np.ones((3, 5)))
    >>> A2.name, A2.shape, [p.name for p in model.parameters()]
    ('A2', (1, 5), ['W1', 'b1', 'W2', 'b2'])
    """

    def __init__(self, *layers: Module) -> None:
        for layer in layers:
            if not isinstance(layer, Module):
                raise TypeError(f"Sequential takes Modules, one after the other; given {layer!r}.")
        self.layers = list(layers)
        self._name()

    def _name(self) -> None:
        number, used, numbers = 0, set(), {}
        for layer in self._flat():
            weights = _tensors(layer)
            if weights and id(layer) not in numbers:  # a layer that is used again keeps its number
                numbers[id(layer)] = number = number + 1
                for (key, *further), tensor in reversed(weights.items()):  # held twice, it is called by its first place
                    tensor.name = "_".join([f"{key}{number}", *map(str, further)])
            name = f"{layer.symbol}{number}"
            layer.result_name = name if layer.symbol and name not in used else layer.result_name
            used.add(name)

    def _flat(self, within: tuple[Sequential, ...] = ()) -> Iterator[Module]:
        if self in within:
            raise ValueError(
                "Sequential needs layers that come to an end, but got one that contains itself. Take it out of its own "
                "layers; to run a layer several times, list it several times."
            )
        for layer in self.layers:
            yield from layer._flat((*within, self)) if isinstance(layer, Sequential) else (layer,)

    def forward(self, X: Any) -> Any:
        """X of shape (n_x, m), or what the first layer takes; a plain array is a constant called X."""
        if type(X) is not ag.Tensor:
            X = ag.Tensor(X, name="X", requires_grad=False)
        try:
            for layer in self.layers:
                X = layer(X)
        except RecursionError:
            list(self._flat())  # says so where that is because a Sequential contains itself
            raise
        return X

    @overload
    def __getitem__(self, i: int) -> Module: ...

    @overload
    def __getitem__(self, i: slice) -> Sequential: ...

    def __getitem__(self, i: int | slice) -> Module | Sequential:
        """A layer; or some of them as a Sequential of the very same layers, which keep their names."""
        if not isinstance(i, slice):
            return self.layers[i]
        part = Sequential()
        part.layers = self.layers[i]
        return part

    def __len__(self) -> int:
        return len(self.layers)

    @recursive_repr("Sequential(…)")
    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"
