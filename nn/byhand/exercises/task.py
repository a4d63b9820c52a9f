"""Task: a network with its data, drawn so that everything can be seen in it; by hand, with small integers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

import numpy as np

from nn.byhand.checker.check import cost_of
from nn.byhand.checker.equation import VALUE, Key, with_values
from nn.byhand.checker.key import AnswerKey
from nn.byhand.exercises.draw import Draw
from nn.layers.activations import LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from nn.layers.containers import Sequential
from nn.layers.linear import Linear

RELU, LINEAR = "relu", "linear"
LAYERS: Mapping[str, Any] = {
    RELU: ReLU,
    "tanh": Tanh,
    "sigmoid": Sigmoid,
    "leaky_relu": partial(LeakyReLU, 0.1),
    "softmax": Softmax,
    LINEAR: None,
}
LOSSES = {"sigmoid": "binary_cross_entropy", "softmax": "cross_entropy"}  # of the last layer; else squared_error
MOST_ON_PAPER, MOST = 3, 5

# (n_x, n_1 …) and m on paper: no array is square, so that a missing transpose shows.
_SIZES_ON_PAPER = {
    1: (((4, 2), 3), ((3, 4), 2), ((2, 4), 3)),
    2: (((2, 4, 1), 3), ((4, 2, 1), 3), ((3, 4, 1), 2), ((4, 3, 1), 2)),
    3: (((2, 4, 2, 1), 3), ((4, 2, 4, 1), 3)),
}
_INPUTS, _WEIGHTS, _BIASES, _ERRORS = (-3, -2, -1, 1, 2, 3), (-2, -1, 1, 2), (-2, -1, 0, 1, 2), (-3, -2, -1, 1, 2, 3)
_LARGEST = 18  # of what a reader is to multiply by hand
_HUNDREDTHS = [n / 100 for n in range(-150, 151) if n]
_LARGEST_Z = 3.0  # where tanh and σ are not flat
_TRIES = 12
_FEWEST = 0.2  # of the entries of an array are not zero


@dataclass(frozen=True, eq=False)
class Task:
    """A network and its data.

    activations   of the layers: "relu", "tanh" …
    parameters    W1, b1 … by name
    X, Y          (n_x, m) and (n_L, m)
    """

    activations: tuple[str, ...]
    parameters: Mapping[str, np.ndarray] = field(repr=False)
    X: np.ndarray = field(repr=False)
    Y: np.ndarray = field(repr=False)

    @property
    def on_paper(self) -> bool:
        """Whether every result is an integer or a short fraction."""
        return fits_paper(self.activations)

    @property
    def loss(self) -> str:
        """The name of the loss in nn.losses."""
        return LOSSES.get(self.activations[-1], "squared_error")

    @property
    def sizes(self) -> tuple[int, ...]:
        """n_x, n_1 …"""
        weights = [self.parameters[f"W{l}"] for l in range(1, len(self.activations) + 1)]
        return (self.X.shape[0], *(len(W) for W in weights))

    def model(self) -> Sequential:
        """The network as layers of nn."""
        model = _model(self.activations, self.sizes)
        for p in model.parameters():
            p.data = np.array(self.parameters[p.name or ""])
        return model


def fits_paper(activations: tuple[str, ...]) -> bool:
    """Whether a network of these layers can be computed by hand."""
    return set(activations) <= {RELU, LINEAR} and len(activations) <= MOST_ON_PAPER


@lru_cache(maxsize=64)
def draw_task(seed: int | str, activations: tuple[str, ...]) -> Task:
    """The task that belongs to a seed."""
    draw = Draw(seed)
    kind = _OnPaper if fits_paper(activations) else _OnComputer
    return kind(draw, activations).task()


class _Search:
    """Draws numbers until they will do. The pass is derived once, and computed for each draw."""

    inputs: Any
    biases: Any

    def __init__(self, draw: Draw, activations: tuple[str, ...]) -> None:
        self.draw, self.activations = draw, activations
        self.sizes, self.m = self.drawn_sizes()
        model = _model(activations, self.sizes)
        X, Y = np.ones((self.sizes[0], self.m)), np.ones((self.sizes[-1], self.m))
        if activations[-1] == "softmax":
            Y /= len(Y)
        loss = LOSSES.get(activations[-1], "squared_error")
        self.key = AnswerKey(cost_of(model, X, Y, loss))
        self.shapes = {p.name or "": p.shape for p in model.parameters()}
        last = len(activations)
        self.output: Key = (f"Z{last}" if activations[-1] == LINEAR else f"A{last}", False)

    def task(self) -> Task:
        """The first numbers that will do. Each layer is drawn by itself, until its units take part."""
        while True:
            values = dict(self.key.values)
            if all(self._drawn(part, values) for part in (self._inputs, *self._layers(), self._targets)):
                drawn = {name: values[name, False] for name in (*self.shapes, "X", "Y")}
                for array in drawn.values():
                    array.setflags(write=False)  # several exercises share it
                return Task(self.activations, X=drawn.pop("X"), Y=drawn.pop("Y"), parameters=drawn)

    def _drawn(self, part: Callable[[dict[Key, Any]], bool], values: dict[Key, Any]) -> bool:
        """Whether a part was drawn in a few tries."""
        return any(part(values) for _ in range(_TRIES))

    def _inputs(self, values: dict[Key, Any]) -> bool:
        values["X", False] = self.draw.array((self.sizes[0], self.m), self.inputs)
        return _no_two_alike(values["X", False]) and _no_two_alike(values["X", False].T)

    def _layers(self) -> list[Callable[[dict[Key, Any]], bool]]:
        return [partial(self._layer, l) for l in range(1, len(self.activations) + 1)]

    def _layer(self, l: int, values: dict[Key, Any]) -> bool:
        """Draw W and b of a layer, and compute Z and A; whether they will do."""
        for name, options in ((f"W{l}", self.weights(self.sizes[l - 1])), (f"b{l}", self.biases)):
            values[name, False] = self.draw.array(self.shapes[name], options)
        if not _no_two_alike(values[f"W{l}", False]):
            return False
        for eq in self.key.equations:
            if eq.kind == VALUE and eq.name in (f"Z{l}", f"A{l}"):
                values[eq.key] = with_values(eq.forms[0], values).value
        return self.layer_will_do(self.activations[l - 1], values[f"Z{l}", False])

    def _targets(self, values: dict[Key, Any]) -> bool:
        """Draw Y, and compute the gradients; whether everything will do."""
        values["Y", False] = self.targets(values[self.output])
        self.key.recompute(values, set())
        return self.will_do(values)

    def drawn_sizes(self) -> tuple[tuple[int, ...], int]:
        raise NotImplementedError

    def weights(self, n_in: int) -> Any:
        raise NotImplementedError

    def targets(self, A: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def layer_will_do(self, g: str, Z: np.ndarray) -> bool:
        """Whether every unit takes part, and each kind of case is there."""
        if g == RELU:
            return bool(np.all(Z != 0) and np.any(Z < 0) and np.all(np.any(Z > 0, axis=1)))
        return True

    def will_do(self, values: dict[Key, Any]) -> bool:
        """Whether no two arrays are equal, none is mostly zero, and every unit learns something."""
        for name in self.shapes:
            slope = np.asarray(values[name, True])
            if not np.any(slope) or (name.startswith("W") and not np.all(np.any(slope, axis=1))):
                return False
        computed = [np.asarray(values[eq.key]) for eq in self.key.equations if np.size(values[eq.key]) > 1]
        different = all(a.shape != b.shape or np.any(a != b) for i, a in enumerate(computed) for b in computed[:i])
        return different and all(np.mean(a != 0) >= _FEWEST for a in computed)


class _OnPaper(_Search):
    """Integers, with ReLU and squared error: only 1/m makes fractions."""

    inputs, biases = _INPUTS, _BIASES

    def drawn_sizes(self) -> tuple[tuple[int, ...], int]:
        sizes = _SIZES_ON_PAPER[len(self.activations)]
        if self.activations[-1] == RELU:  # which leaves out a sample, so that there have to be three
            sizes = tuple(option for option in sizes if option[1] > 2)
        return self.draw.one_of(sizes)

    def weights(self, n_in: int) -> Any:
        return _WEIGHTS

    def targets(self, A: np.ndarray) -> np.ndarray:
        return A - self.draw.array(A.shape, _ERRORS)

    def layer_will_do(self, g: str, Z: np.ndarray) -> bool:
        return bool(np.max(np.abs(Z)) <= _LARGEST) and super().layer_will_do(g, Z)

    def will_do(self, values: dict[Key, Any]) -> bool:
        sizes = [np.max(np.abs(value)) for (name, _), value in values.items() if name != self.key.cost]
        if max(sizes) > _LARGEST or (self.activations[-1] == RELU and np.min(values["Y", False]) < 0):
            return False
        return super().will_do(values)


class _OnComputer(_Search):
    """Two decimals; sizes that are pairwise different, and m at least 5, so that the data tell most mistakes apart."""

    inputs = biases = _HUNDREDTHS

    def drawn_sizes(self) -> tuple[tuple[int, ...], int]:
        last = 3 if self.activations[-1] == "softmax" else 1
        sizes = [n for n in self.draw.order((2, 3, 4, 6, 8, 9)) if n != last]
        return (*sizes[: len(self.activations)], last), self.draw.one_of((5, 7))

    def weights(self, n_in: int) -> Any:
        """So that the sum over many inputs is no larger than that over few."""
        largest = round(250 / n_in**0.5)
        return [n / 100 for n in range(-largest, largest + 1) if n]

    def targets(self, A: np.ndarray) -> np.ndarray:
        if self.activations[-1] == "softmax":
            return np.eye(len(A))[:, self.draw.order([i % len(A) for i in range(self.m)])]
        if self.activations[-1] == "sigmoid":
            return np.array([[float(i % 2) for i in self.draw.order(range(self.m))]])
        return self.draw.array(A.shape, _HUNDREDTHS)

    def layer_will_do(self, g: str, Z: np.ndarray) -> bool:
        flat = g in ("tanh", "sigmoid", "softmax") and np.max(np.abs(Z)) > _LARGEST_Z
        return not flat and super().layer_will_do(g, Z)


def _no_two_alike(x: np.ndarray) -> bool:
    """Whether the rows differ."""
    return len(np.unique(x, axis=0)) == len(x)


def _model(activations: tuple[str, ...], sizes: tuple[int, ...]) -> Sequential:
    found: list[Any] = []
    for g, (n_in, n_out) in zip(activations, pairwise(sizes), strict=True):
        found.append(Linear(n_in, n_out, seed=0))
        found += [] if LAYERS[g] is None else [LAYERS[g]()]
    return Sequential(*found)
