"""Module: something with parameters that maps a value to a value; Sequential: one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import partial
from reprlib import recursive_repr
from types import MemberDescriptorType
from typing import Any, overload

import numpy as np

import autograd as ag


class Module:
    """A layer or a network. A subclass defines `forward(X)`; Tensors and Modules among its attributes are found, also
    those in __slots__, in lists, tuples, dicts, sets and whatever else is a collection, and among the arguments of a
    functools.partial. What only a closure or a property holds is not: `nn.fit` refuses to leave it untrained.

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
    result_name: str | None = None  # what the result is called where the layer is called by itself
    number: int | None = None  # the W2 of its parameters, given by the first Sequential that holds it

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


Way = tuple[Any, ...]


def _held(module: Module) -> Iterator[tuple[Way, Any]]:
    """What the attributes of a module hold, those in collections one by one: (the way to it, it)."""
    waiting: list[tuple[Way, Any]] = [((key,), value) for key, value in reversed(list(_attributes(module)))]
    seen: set[int] = set()  # a list may hold itself
    while waiting:
        way, value = waiting.pop()
        items = _items(value)
        if items is None:
            yield way, value
        elif id(value) not in seen:
            seen.add(id(value))
            waiting += [((*way, key), item) for key, item in reversed(items)]


def _attributes(module: Module) -> Iterator[tuple[str, Any]]:
    """The attributes of an object, those in __slots__ first."""
    for kind in reversed(type(module).__mro__):
        slots = vars(kind).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            descriptor = vars(kind).get(_mangled(name, kind))
            if isinstance(descriptor, MemberDescriptorType) and hasattr(module, descriptor.__name__):
                yield name, getattr(module, descriptor.__name__)
    yield from vars(module).items()


def _mangled(name: str, kind: type) -> str:
    """The name of a private attribute as Python keeps it."""
    private = name.startswith("__") and not name.endswith("__")
    return f"_{kind.__name__.lstrip('_')}{name}" if private else name


def _items(value: Any) -> list[tuple[Any, Any]] | None:
    """The keys and values of a collection; None for whatever is none."""
    if isinstance(value, Mapping):
        return list(value.items())
    if isinstance(value, partial):
        return [*enumerate(value.args), *value.keywords.items()]
    if isinstance(value, Set):  # the order in which its Tensors were made: that of a set changes from run to run
        return list(enumerate(sorted(value, key=_age)))
    if isinstance(value, np.ndarray):
        return list(enumerate(value.flat)) if value.dtype == object else None
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview, range, Module)):
        return list(enumerate(value))
    return None


def _age(item: Any) -> float:
    """When the first Tensor of a Module, or this one, was made or last given data."""
    tensors = item.parameters() if isinstance(item, Module) else [item] if isinstance(item, ag.Tensor) else []
    return min((getattr(t.node, "index", 0) for t in tensors), default=0)


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
    parameters W1, b1, W2, b2 and values Z1, A1, Z2, A2; the input is X (= A0). A value is called by its place: an
    activation that stands twice gives A1 and A2. Parameters are named once: a layer that stands twice, or in several
    models, keeps the number that it was given first.

    >>> import numpy as np, nn
    >>> model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1), nn.Sigmoid())
    >>> A2 = model(np.ones((3, 5)))
    >>> A2.name, A2.shape, [p.name for p in model.parameters()]
    ('A2', (1, 5), ['W1', 'b1', 'W2', 'b2'])
    """

    def __init__(self, *layers: Module) -> None:
        for layer in layers:
            if not isinstance(layer, Module):
                raise TypeError(f"Sequential needs Modules, one after the other, but got {layer!r}.")
        self.layers = list(layers)
        flat = list(self._flat())
        _name_parameters(flat, {id(layer) for layer in layers})
        self.names = _value_names(flat)
        for layer, name in zip(flat, self.names, strict=True):
            layer.result_name = name or layer.result_name

    def _flat(self, within: tuple[Sequential, ...] = ()) -> Iterator[Module]:
        if self in within:
            raise ValueError(
                "Sequential needs layers that come to an end, but got one that contains itself. Take it out of its own "
                "layers; to run a layer several times, list it several times."
            )
        for layer in self.layers:
            yield from Sequential._flat_of(layer, (*within, self))

    @staticmethod
    def _flat_of(layer: Module, within: tuple[Sequential, ...] = ()) -> Iterator[Module]:
        """The layers that stand in the place of one: those of a Sequential that runs them one after the other."""
        plain = isinstance(layer, Sequential) and type(layer).forward is Sequential.forward
        yield from layer._flat(within) if plain else (layer,)  # type: ignore[attr-defined]

    def forward(self, X: Any) -> Any:
        """X of shape (n_x, m), or what the first layer takes; a plain array is a constant called X."""
        if type(X) is not ag.Tensor:
            X = ag.Tensor(X, name="X", requires_grad=False)
        flat = list(self._flat())
        if len(flat) != len(self.names):  # the list of layers was changed
            self.names = _value_names(flat)
        for layer, name in zip(flat, self.names, strict=True):
            out = layer(X)
            if layer.symbol and isinstance(out, ag.Tensor) and out is not X:
                out.name = name
            X = out
        return X

    @overload
    def __getitem__(self, i: int) -> Module: ...

    @overload
    def __getitem__(self, i: slice) -> Sequential: ...

    def __getitem__(self, i: int | slice) -> Module | Sequential:
        """A layer; or some of them as a Sequential of the very same layers, which keep their names."""
        if not isinstance(i, slice):
            return self.layers[i]
        part, sizes = Sequential(), [len(list(Sequential._flat_of(layer))) for layer in self.layers]
        ends = [sum(sizes[: k + 1]) for k in range(len(sizes))]
        part.layers = self.layers[i]
        part.names = [name for size, end in zip(sizes[i], ends[i]) for name in self.names[end - size : end]]
        return part

    def __len__(self) -> int:
        return len(self.layers)

    @recursive_repr("Sequential(…)")
    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"


def _name_parameters(flat: list[Module], own: set[int]) -> None:
    """Call the parameters of each layer with weights by a number: its place, unless it has one of its own already.

    A layer within a Sequential that is part of this one has lost its own: `own` are those that stand here directly.
    """
    weighted = list({id(layer): layer for layer in flat if _tensors(layer)}.values())
    taken = {layer.number for layer in weighted if id(layer) in own and layer.number is not None}
    place = 0
    for layer in weighted:
        place += 1
        if id(layer) in own and layer.number is not None:
            continue
        while place in taken:
            place += 1
        layer.number = place
        for (key, *further), tensor in reversed(_tensors(layer).items()):  # held twice, it is called by its first place
            tensor.name = "_".join([f"{key}{place}", *map(str, further)])


def _value_names(flat: list[Module]) -> list[str | None]:
    """What the value of each place is called; None where the name is taken: two activations, one after the other."""
    names: list[str | None] = []
    number = 0
    for layer in flat:
        number += bool(_tensors(layer))
        name = f"{layer.symbol}{number}" if layer.symbol else None
        names.append(None if name in names else name)
    return names
