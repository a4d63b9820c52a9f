"""Layers made of layers: Sequential, one after the other; Residual, beside its input; Lambda, of a function."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple, TypeGuard, overload

import numpy as np

import autograd as ag
from nn.held import Way
from nn.layers.sequences import boolean
from nn.module import NO_OPTIONS, Module, given_from_outside, name_tensors, tensors_of
from nn.naming import layer_scope

__all__ = ["Lambda", "Residual", "Sequential"]


class Place(NamedTuple):
    """A layer where it stands: whether the Sequentials around it were the first to hold it, what its value is called,
    how many layers with weights there are up to it, and how many axes its input must have."""

    layer: Module
    own: bool
    name: str | None = None
    number: int = 0
    ndim: int | None = None


class Places:
    """The places of a Sequential, found once for the layers that it and those within it have. It is not searched for
    layers."""

    def __init__(self, places: list[Place], own: Iterable[Module] = (), opened: Iterable[Sequential] = ()) -> None:
        self.all = places
        self.by_scope = [
            (ag.scope(layer_scope(number)), list(some)) for number, some in groupby(places, lambda place: place.number)
        ]
        self.own = list(own)
        self.opened = [(part, list(part.layers)) for part in opened]

    def are_of(self, layers: list[Module]) -> bool:
        """Whether these are the layers that they were found for."""
        return _same(layers, self.own) and (
            not self.opened or all(_same(part.layers, before) for part, before in self.opened)
        )


class Sequential(Module):
    """Layers one after the other: the value of each is the input of the next.

    Names follow the course: layer numbers count the layers that have weights, so Linear, Tanh, Linear, Sigmoid give
    parameters W1, b1, W2, b2 and values Z1, A1, Z2, A2; the input is X (= A0). Each layer is run in a scope: "layer 1",
    "layer 2" …. Values and scopes go by the place: an activation that stands twice gives A1 and A2. Parameters are
    named once: a layer that stands twice, or in several models, keeps the number that it was given first.

    Sequences of different lengths stand in one array with a mask (T, m), True where a sample has that step (see
    nn.data.pad): `model(X, mask)` gives it to each layer whose `forward` has an argument `mask`: RNN, LSTM and GRU,
    attention, for which it says what may be looked at, GlobalAvgPool and GlobalMaxPool, and Modules of one's own. The
    other layers compute with all steps, also with those of padding. The mask is an input of the model like X:
    `nn.fit(model, (X, mask), Y, …)`, `model.predict((X, mask))`.

    Arguments:
        layers  Modules
        ndim    how many axes X must have; None for what the first layer takes

    >>> import numpy as np, nn
    >>> model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1), nn.Sigmoid())
    >>> A2 = model(np.ones((3, 5)))
    >>> A2.name, A2.shape, A2.scope, [p.name for p in model.parameters()]
    ('A2', (1, 5), ('layer 2',), ['W1', 'b1', 'W2', 'b2'])

    Raises autograd.Unsupported for a mask where no layer takes one, autograd.ShapeError or DtypeError for a mask that
    is not boolean (T, m).
    """

    ndim: int | None = None

    def __init__(self, *layers: Module, ndim: int | None = None) -> None:
        self.layers = list(layers)
        self.ndim = ndim
        self._claimed = Places([])
        self._places = Places([])
        self._name()

    def _name(self) -> None:
        """Name what the layers compute, and what they hold, by their places."""
        flat = [
            Place(layer, own, ndim=ndim)
            for layer, own, ndim in zip(self._flat(), self._flat_owned(), self._flat_ndim(), strict=True)
        ]
        self._places = Places(_named(flat), self.layers, self._opened())
        _name_parameters(self._places.all)
        for place in reversed(self._places.all):  # of a layer that stands twice, the first place
            if place.own and place.name:
                place.layer.result_name = place.name

    def _owned(self) -> list[bool]:
        """Of each layer whether this Sequential is the first to hold it; the list of layers may have been changed."""
        if not self._claimed.are_of(self.layers):
            known = {id(place.layer): place.own for place in self._claimed.all}
            places = [Place(layer, known.get(id(layer), not layer._placed)) for layer in map(_checked, self.layers)]
            self._claimed = Places(places, self.layers)
            for layer in self.layers:
                layer._placed = True
        return [place.own for place in self._claimed.all]

    def _label(self, name: str, value: Any) -> None:
        if name != "layers":  # they have their places as scopes
            super()._label(name, value)

    def _held(self) -> list[tuple[Way, Any]]:
        """As of any Module, with layers by their numbers alone."""
        return [(way[1:] if way[0] == "layers" else way, item) for way, item in super()._held()]

    def _flat(self, within: tuple[Sequential, ...] = ()) -> Iterator[Module]:
        """The layers, with those of a Sequential that runs them one after the other in its place."""
        if self in within:
            raise ValueError(
                "Sequential needs layers that come to an end, but got one that contains itself. Take it out of its own "
                "layers; to run a layer several times, list it several times."
            )
        for layer in self.layers:
            if _is_opened(layer):
                yield from layer._flat((*within, self))
            else:
                yield layer

    def _flat_owned(self, own: bool = True) -> Iterator[bool]:
        """Of each of these layers whether the Sequentials around it were the first to hold it."""
        for layer, first in zip(self.layers, self._owned(), strict=True):
            if _is_opened(layer):
                yield from layer._flat_owned(own and first)
            else:
                yield own and first

    def _flat_ndim(self, ndim: int | None = None) -> Iterator[int | None]:
        """Of each of these layers how many axes its input must have, as the Sequentials say that begin with it."""
        ndim = ndim if self.ndim is None else self.ndim
        for layer in self.layers:
            if _is_opened(layer):
                yield from layer._flat_ndim(ndim)
            else:
                yield ndim
            ndim = None

    def _opened(self) -> Iterator[Sequential]:
        """The Sequentials within, of any depth, whose layers are run in their places."""
        for layer in self.layers:
            if _is_opened(layer):
                yield layer
                yield from layer._opened()

    def _takes_mask(self) -> bool:
        if not _is_opened(self):
            return super()._takes_mask()
        return any(layer._takes_mask() for layer in self._flat())

    def forward(self, X: Any, mask: Any = None) -> Any:
        """X of shape (n_x, m), or what the first layer takes; a plain array is a constant called X. A mask of steps
        (T, m) goes to the layers that take one."""
        if mask is not None:
            mask = self._checked_mask(mask, X)
        if type(X) is not ag.Tensor and not self._takes_indices(X):
            X = ag.Tensor(X, name="X", requires_grad=False)
            given_from_outside(X)
        if not self._places.are_of(self.layers):  # the list of layers was changed
            self._name()
        for scope, places in self._places.by_scope:
            with scope:
                for layer, _, name, _, ndim in places:
                    if ndim is not None and np.ndim(X) != ndim:
                        raise _other_ndim(X, ndim)
                    options = NO_OPTIONS if mask is None or not layer._takes_mask() else {"mask": layer._mask(mask)}
                    X = layer._named(name if layer.symbol else layer.result_name, (X,), options)
        return X

    def _checked_mask(self, mask: Any, X: Any) -> Any:
        """A mask of steps, if it is one and a layer takes it."""
        if not self._takes_mask():
            raise ag.Unsupported(
                "Sequential takes one input X, and a mask of its steps where one of its layers takes a mask, but got "
                f"{_described(mask)} beside X, and none of its layers takes it. For several inputs write a Module "
                "whose forward(self, X1, X2) runs the parts."
            )
        mask = boolean("Sequential, beside X,", mask, "np.arange(T)[:, None] < lengths, or nn.data.pad")
        shape, m = np.shape(mask), np.shape(X)[-1:]
        if len(shape) != 2 or shape[1:] != m:
            fix = "Use mask.T." if len(shape) == 2 and shape[:1] == m else "Compare it with X."
            if len(shape) == 3:
                fix = "A mask of pairs of steps is an argument of the layer alone: call it in a Module of your own."
            raise ag.ShapeError(
                f"Sequential needs a mask of shape (T, m), a column for each sample of X {np.shape(X)}, but got "
                f"{shape}. {fix}"
            )
        return mask

    def _takes_indices(self, X: Any) -> bool:
        """Whether X stays as it is, integers, which a Tensor would make floats of."""
        if getattr(getattr(X, "dtype", None), "kind", "i") not in "iu":
            return False
        first = next(self._flat(), None)
        return first is not None and first.takes_indices

    @overload
    def __getitem__(self, i: int) -> Module: ...

    @overload
    def __getitem__(self, i: slice) -> Sequential: ...

    def __getitem__(self, i: int | slice) -> Module | Sequential:
        """A layer; or some of them as a Sequential of the very same layers, which keep their names."""
        if not isinstance(i, slice):
            try:
                return self.layers[i]
            except (IndexError, TypeError):
                raise self._no_layer(i) from None
        part, start, places = Sequential(), 0, []
        for layer in self.layers:
            end = start + (len(list(layer._flat())) if isinstance(layer, Sequential) else 1)
            places.append(self._places.all[start:end])
            start = end
        part.layers = self.layers[i]
        part._places = Places([place for group in places[i] for place in group], part.layers, part._opened())
        return part

    def __setitem__(self, i: int, layer: Module) -> None:
        """Put a layer in the place of another one."""
        try:
            self.layers[i] = _checked(layer)
        except IndexError:
            raise self._no_layer(i) from None
        self._name()

    def _no_layer(self, i: Any) -> IndexError | TypeError:
        kind = IndexError if isinstance(i, (int, np.integer)) else TypeError
        return kind(
            f"Sequential has {len(self.layers)} layers, which are model[0] to model[{len(self.layers) - 1}], but got "
            f"model[{i!r:.60}]. dict(model.named_parameters()) has parameters by name."
        )

    def __len__(self) -> int:
        return len(self.layers)


class Residual(Module):
    """X + f(X): what f computes is added to its input, so that a gradient reaches X directly, too. (He et al., 2016.)

    Arguments:
        f  a Module that keeps the shape of its input

    X of any shape that f takes -> the same shape.

    >>> import numpy as np, nn
    >>> nn.Residual(nn.Linear(3, 3, init="zeros"))(np.ones((3, 1))).shape
    (3, 1)
    """

    def __init__(self, f: Module) -> None:
        self.f = _checked(f, "Residual needs a Module")

    def _takes_mask(self) -> bool:
        return self.f._takes_mask()

    def forward(self, X: Any, *, mask: Any = None) -> Any:
        """X -> X + f(X). A mask of steps (T, m) goes to f."""
        return residual(X, self.f if mask is None else partial(self.f, mask=self.f._mask(mask)))


def residual(X: Any, f: Callable[[Any], Any]) -> Any:
    """X + f(X), of a function that keeps the shape of X.

    >>> import numpy as np
    >>> residual(np.array([1.0, 2.0]), np.square)
    array([2., 6.])
    """
    out = f(X)
    if np.shape(out) != np.shape(X):
        raise ag.ShapeError(
            f"Residual needs a function that keeps the shape of X {np.shape(X)}, but "
            f"{f.func if isinstance(f, partial) else f!r} gave {np.shape(out)}. "
            "End it with a layer of the size of its input; of a convolution, use padding."
        )
    return X + out


class Lambda(Module):
    """A function of one's own as a layer: X -> f(X). What it computes is differentiated as everything is.

    Arguments:
        f  a function of one argument, made of NumPy's functions and autograd's; parameters are found where f is a
           Module or holds them in a functools.partial, not in a closure

    >>> import numpy as np, nn
    >>> nn.Sequential(nn.Lambda(np.square), nn.Lambda(lambda X: X - 1)).predict(np.array([[3.0]]))
    array([[8.]])
    """

    def __init__(self, f: Callable[[Any], Any]) -> None:
        if not callable(f):
            raise TypeError(f"Lambda needs a function X -> f(X), but got {f!r:.60}.")
        self.f = f

    def forward(self, X: Any) -> Any:
        """X -> f(X)."""
        return self.f(X)


def _checked(layer: Any, needs: str = "Sequential needs Modules, one after the other") -> Module:
    if isinstance(layer, Module):
        return layer
    fix = "A function becomes one by nn.Lambda(function)."
    if isinstance(layer, type) and issubclass(layer, Module):
        fix = f"Make one of the class: nn.{layer.__name__}(…)."
    elif isinstance(layer, Mapping):
        fix = "They are numbered, and have no names: nn.Sequential(*layers.values())."
    elif isinstance(layer, Iterable):
        fix = "Of a list of them: nn.Sequential(*layers)."
    raise TypeError(f"{needs}, but got {layer!r:.200}. {fix}")


def _described(x: Any) -> str:
    dtype, shape = getattr(x, "dtype", None), getattr(x, "shape", None)
    return f"{type(x).__name__}" if dtype is None else f"{dtype} {shape}"


def _other_ndim(X: Any, ndim: int) -> ag.ShapeError:
    return ag.ShapeError(
        f"Sequential(…, ndim={ndim}) takes X of {ndim} axes, the samples last, but got {np.shape(X)}. With another "
        "number of axes its layers would not compute what they are meant to: reshape X."
    )


def _is_opened(layer: Module) -> TypeGuard[Sequential]:
    """Whether its layers are run in its place."""
    return isinstance(layer, Sequential) and type(layer).forward is Sequential.forward


def _same(some: list[Module], others: list[Module]) -> bool:
    return len(some) == len(others) and all(map(operator.is_, some, others))


def _named(flat: list[Place]) -> list[Place]:
    """The places with the number of each, and what its value is called: None where the name is taken, as by the first
    of two activations one after the other."""
    places: list[Place] = []
    taken: set[str] = set()
    count = _Count()
    for place in flat:
        number = count.up_to(place.layer)
        name = f"{place.layer.symbol}{number}" if place.layer.symbol else None
        places.append(place._replace(name=None if name in taken else name, number=number))
        taken.add(name or "")
    return places


def _name_parameters(places: list[Place]) -> None:
    """Call the parameters of each layer with weights by a number: its place, unless somebody else has numbered it."""
    weighted = list({id(place.layer): place for place in reversed(places) if tensors_of(place.layer)}.values())[::-1]
    taken = {place.layer._number for place in weighted if not place.own and place.layer._number is not None}
    count = _Count()
    for layer, own, *_ in weighted:
        number = count.up_to(layer, () if layer._number is not None and not own else taken)
        if not own and layer._number is not None:
            continue
        layer._number = number
        name_tensors(layer, number)


class _Count:
    """Counts layers: one with parameters begins a new one, unless it belongs to the one before, as BatchNorm does. A
    second one that belongs there begins one of its own if it would give the same names."""

    def __init__(self) -> None:
        self.number = 0
        self.names: set[Any] = set()

    def up_to(self, layer: Module, taken: Collection[int | None] = ()) -> int:
        """The number of the next layer, other than those that are taken."""
        names = set(tensors_of(layer))
        if names and (layer.begins_layer or names & self.names):
            self.number += 1
            self.names = set()
            while self.number in taken:
                self.number += 1
        self.names |= names
        return self.number
