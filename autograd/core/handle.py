"""Handle: what a Tensor holds (value, node, name, gradient); and how a leaf is given new data."""

from __future__ import annotations

import operator
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain, starmap
from typing import Any

import numpy as np
from numpy import ndarray

from autograd.core.convert import checked_name, floating
from autograd.core.fitting import settle
from autograd.core.locks import plain
from autograd.core.modes import MODE, listeners
from autograd.core.node import Constant, Node, leaf, next_index, scope_of
from autograd.core.op import WRAP
from autograd.core.reads import READS
from autograd.core.types import Value
from autograd.errors import GraphError, ShapeError, describe
from autograd.printable import printable

Change = tuple[Any, ...]  # a function in C, and what it is called with


class Handle:
    """A value, and the node that recorded it."""

    __slots__ = ("__weakref__", "_value", "node")
    node: Node | Constant
    _value: Any

    @property
    def data(self) -> Value:
        """The value: an array, or a Python float. Setting it gives a leaf new data of the same shape."""
        reads = READS.get()
        if reads is not None:
            reads.note(self.node)
        value, mode = self._value, MODE.get()
        for show in listeners(mode.observers, "shown") if mode is not None and mode.observers else ():
            value = show(value)
        return value

    @data.setter
    def data(self, new: Any) -> None:
        replacing([self], [new])()

    @property
    def grad(self) -> Value:
        """The gradient found by the last `backward()`; None before. A second backward adds to the grads of leaves."""
        return self.node.grad

    @grad.setter
    def grad(self, g: Value) -> None:
        if type(self.node) is not Node:
            raise GraphError(f"{self._called()} is a constant (requires_grad=False): it has no gradient.")
        if g is not None:
            if type(g) not in WRAP:
                g = settle(floating(g, f"the gradient of {self._called()}").astype(self.dtype, copy=False))
            if np.shape(g) != self.shape:
                raise ShapeError(
                    f"The gradient of {self._called()} must have its shape {self.shape}, but got {describe(g)}."
                )
        self.node.grad = g
        self.node.passes = None

    @property
    def name(self) -> str | None:
        """The name on graphs, in formulas and in errors."""
        return self.node.name

    @name.setter
    def name(self, name: str | None) -> None:
        self.node.name = None if name is None else checked_name(name)

    @property
    def scope(self) -> tuple[str, ...]:
        """The names of the blocks `autograd.scope(…)` in which it was computed, from the outermost; () outside."""
        return scope_of(self.node)

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to or through this Tensor. Setting it to False freezes a leaf, True frees it again."""
        return type(self.node) is Node

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        node = self.node
        if not isinstance(wanted, (bool, np.bool_)):
            raise TypeError(f"requires_grad must be True or False, but got {wanted!r}.")
        if wanted == (type(node) is Node):
            return
        if type(node) is Node and node.op is not None:
            raise GraphError(
                f"{self._called()} is the result of {node.op.name}: only a leaf can be frozen. "
                "Use t.detach() for its value as a constant, or freeze the Tensors that it was computed from."
            )
        self.node = leaf(self._value, node.name) if wanted else Constant(self._value, node.name)

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array; () for a scalar."""
        return () if type(self._value) is float else self._value.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of entries."""
        return 1 if type(self._value) is float else self._value.size

    @property
    def dtype(self) -> np.dtype[Any]:
        """As of an array; float64 for a scalar."""
        return np.dtype(float) if type(self._value) is float else self._value.dtype

    def _called(self) -> str:
        shape = np.shape(self._value)
        return printable(self.name) if self.name else f"this Tensor {shape}" if shape else "this Tensor"


def replacing(tensors: Iterable[Handle], new: Iterable[Any]) -> Callable[[], Any]:
    """The function that gives these leaves new data: all of them or, where one cannot have its data, none.

    It is one call into C, which no signal can interrupt: Python runs the handler of Ctrl-C only between steps of its
    own.
    """
    return at_once(
        [
            change
            for tensor, data in zip(tensors, new)
            # Its index becomes newer than that of whatever was computed from the old data.
            for change in _changes(tensor, _fitting(tensor, data), past_of(tensor.node))
        ]
    )


def keeping(tensors: Iterable[Handle]) -> list[Change]:
    """The changes that give these leaves back the data that they have now; what was recorded from it is then true."""
    return [c for tensor in tensors for c in _changes(tensor, tensor._value)]


def _changes(tensor: Handle, value: Value, past: list[Any] | None = None) -> list[Change]:
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


def past_of(node: Node | Constant) -> list[tuple[int, Callable[[], Any]]]:
    """What a leaf is to remember as its past when it is given new data.

    The old array is referred to weakly: it lives as long as a graph that was recorded from it, and no longer. Of a
    number the last one is kept.
    """
    if type(node) is not Node:
        return []
    old = node.out
    if not isinstance(old, np.ndarray):
        return [(node.index, lambda: old)]
    alive = [known for known in getattr(node, "past", ()) if known[1]() is not None]
    return [(node.index, weakref.ref(old)), *alive]


def before(leaf: Node, node: Node) -> Value:
    """The value that a leaf had when `node` was computed from it, where the leaf was given new data since.

    Raises GraphError where nothing has kept it.
    """
    for index, reference in getattr(leaf, "past", ()):
        if index < node.index:
            value = reference()
            if value is not None:
                return value
            break
    raise GraphError(
        f"{leaf.name or 'a leaf'} was given new data after {node.name or node} was computed from it; "
        "look at a graph before the update, or record it again."
    )


def _fitting(tensor: Any, new: Any) -> Value:
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
