"""Giving leaves new data: all of several or none, also where Ctrl-C comes in between."""

from __future__ import annotations

import operator
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain, starmap
from typing import Any

import numpy as np
from numpy import ndarray

from autograd.convert import floating
from autograd.errors import GraphError, ShapeError, describe
from autograd.fitting import settle
from autograd.locks import plain
from autograd.node import Constant, Handle, Node, next_index
from autograd.values import past_of

Change = tuple[Any, ...]  # a function in C, and what it is called with


def replacing(tensors: Iterable[Handle], new: Iterable[Any]) -> Callable[[], Any]:
    """The function that gives these leaves new data: all of them or, where one cannot have its data, none.

    It is one call into C, which no signal can interrupt: Python runs the handler of Ctrl-C only between steps of its
    own.
    """
    return at_once(
        [
            change
            for tensor, data in zip(tensors, new, strict=True)
            # Its index becomes newer than that of whatever was computed from the old data.
            for change in _changes(tensor, _fitting(tensor, data), past_of(tensor.node))
        ]
    )


def keeping(tensors: Iterable[Handle]) -> list[Change]:
    """The changes that give these leaves back the data that they have now; what was recorded from it is then true."""
    return [c for tensor in tensors for c in _changes(tensor, tensor._value)]


def _changes(tensor: Handle, value: Any, past: list[Any] | None = None) -> list[Change]:
    """What gives a leaf this value: with a new index and past or, without one, those that it has now."""
    node = tensor.node
    if type(node) is not Node:
        return [(_set_value, tensor, value), (_set_constant, node, value)]
    index = node.index if past is None else next_index()
    past = getattr(node, "past", []) if past is None else past
    return [(_set_value, tensor, value), (_set_out, node, value), (_set_index, node, index), (_set_past, node, past)]


def at_once(*changes: list[Change]) -> Callable[[], Any]:
    """The function that makes all these calls, of functions in C, within one call into C. It can be called once."""
    return partial(deque, starmap(operator.call, chain(*changes)), 0)


def _fitting(tensor: Any, new: Any) -> Any:
    """New data for this leaf, in the form in which it is kept."""
    old, node = tensor._value, tensor.node
    new = plain(new)
    if type(node) is Node and node.op is not None:
        raise GraphError(
            f"{tensor._called()} is the result of {node.op.name}; its data cannot be replaced, since what was "
            "recorded from it would no longer be true. Make a new Tensor, or use .detach()."
        )
    if new is old and type(new) is ndarray:
        raise GraphError(
            f"{tensor._called()} was changed in place (as by `.data += …`): graphs recorded from it would give "
            "wrong gradients. Give it a new array: t.data = t.data + …"
        )
    if type(new) is type(old) is ndarray and new.shape == old.shape and new.dtype is old.dtype:
        return new
    new = new._value if isinstance(new, Handle) else new
    if np.shape(new) != tensor.shape:
        raise ShapeError(f"{tensor._called()} is {tensor.shape}; it cannot be given {describe(new)}.")
    return settle(floating(new, tensor.name).astype(tensor.dtype))


_set_value: Any = Handle.__dict__["_value"].__set__
_set_out: Any = Node.__dict__["out"].__set__
_set_index: Any = Node.__dict__["index"].__set__
_set_past: Any = Node.__dict__["past"].__set__
_set_constant: Any = Constant.__dict__["out"].__set__
