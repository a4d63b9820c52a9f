"""Operators that pick entries out, and put entries in."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd as ag
from autograd.rules import scatter
from nn.onnx.operators.row import along, defines, ints, operator, plain

operator("Gather", lambda x, indices, axis=0: np.take(x, plain(indices), axis=axis))
operator("GatherElements", lambda x, indices, axis=0: x[grid(indices, axis)])
operator("NonZero", lambda x: np.asarray(np.nonzero(plain(x))))


@defines("Compress")
def compress(x: Any, condition: Any, *, axis: int | None = None) -> Any:
    """The slices where the condition is true; without an axis the entries."""
    x = np.reshape(x, -1) if axis is None else x
    return np.take(x, np.flatnonzero(plain(condition)), axis=0 if axis is None else axis)


def grid(indices: Any, axis: int) -> tuple[Any, ...]:
    """The index that picks along one axis, and counts through the others."""
    places = list(np.indices(np.shape(indices), sparse=True))
    places[axis] = plain(indices)
    return tuple(places)


def points(indices: Any, first: int = 0) -> tuple[Any, ...]:
    """The index of tuples that stand along the last axis; before it `first` axes are counted through."""
    indices = plain(indices)
    counted = np.indices(np.shape(indices)[:first] + (1,) * (np.ndim(indices) - 1 - first), sparse=True)[:first]
    return (*counted, *np.moveaxis(indices, -1, 0))


operator("GatherND", lambda x, indices, batch_dims=0: x[points(indices, batch_dims)])
operator("Scatter", lambda x, indices, updates, axis=0: scattered(x, grid(indices, axis), updates))
operator(
    "ScatterElements",
    lambda x, indices, updates, axis=0, reduction="none": scattered(x, grid(indices, axis), updates, reduction),
)
operator("ScatterND", lambda x, indices, updates, reduction="none": scattered(x, points(indices), updates, reduction))


_COMBINED = {"mul": np.multiply, "max": np.maximum, "min": np.minimum}


def scattered(x: Any, index: tuple[Any, ...], updates: Any, reduction: str = "none") -> Any:
    """x with updates at an index, put there or combined with what is there."""
    if reduction == "none":
        return ag.put(x, index, updates)
    if reduction == "add":
        return x + scatter(updates, index, np.shape(x))
    shape = np.shape(x)
    places = np.arange(np.size(plain(x))).reshape(shape)[index].ravel()
    flat, updates = np.reshape(x, -1), np.reshape(updates, -1)
    for turn in turns(places):  # an entry that stands several times is combined several times
        flat = ag.put(flat, places[turn], _COMBINED[reduction](flat[places[turn]], updates[turn]))
    return np.reshape(flat, shape)


def turns(places: Any) -> list[Any]:
    """Positions in groups, in each of which every place stands once.

    >>> [turn.tolist() for turn in turns(np.array([3, 5, 3]))]
    [[0, 1], [2]]
    """
    order = np.argsort(places, kind="stable")
    starts = np.searchsorted(places[order], places[order])
    nth = np.empty(places.size, int)
    nth[order] = np.arange(places.size) - starts
    return [np.flatnonzero(nth == k) for k in range(nth.max(initial=-1) + 1)]


@defines("TopK")
def top_k(x: Any, k: Any, *, axis: int = -1, largest: int = 1, sorted: int = 1) -> Any:
    """The k largest or smallest entries along an axis in their order, and where they are; the first of equal ones."""
    values, axis = plain(x), axis % np.ndim(x)
    if largest:  # so that of equal ones the first comes first, also of unsigned integers
        order = np.shape(x)[axis] - 1 - np.argsort(np.flip(values, axis), axis=axis, kind="stable")
        order = np.flip(order, axis)
    else:
        order = np.argsort(values, axis=axis, kind="stable")
    chosen = order[along(axis, slice(0, ints(k)[0]))]
    return np.take_along_axis(x, chosen, axis=axis), chosen
