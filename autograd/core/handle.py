"""Handle: what a Tensor holds (value, node, name, gradient); and how a leaf is given new data."""

from __future__ import annotations

import operator
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, repeat
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

value_of = operator.attrgetter("_value")  # for a look from which nothing is computed: it cuts no gradient off
node_of = operator.attrgetter("node")
Past = tuple[Any, ...]  # () or (index, function that gives the data of then if they are alive, the past before)
Changes = Iterator[Any]  # calls of functions in C, each of which is made as the next item is asked for


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
        value, node = _fitting(self, new), self.node
        if type(node) is Node:
            past = _remembered(node.index, node.out, getattr(node, "past", ()))
            now: tuple[Any, ...] = value, value, next_index(), past
        else:
            now = value, value
        deque(map(setattr, (self, node, node, node), ("_value", "out", "index", "past"), now), 0)  # see at_once

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
        give_name(self.node, None if name is None else checked_name(name))

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
        value = self._value
        return () if type(value) is float else value.shape

    @property
    def ndim(self) -> int:
        """The number of axes."""
        value = self._value
        return 0 if type(value) is float else value.ndim

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


def give_name(node: Node | Constant, name: str | None) -> None:
    """Call what a node holds by that name."""
    node.name = name
    mode = MODE.get()
    if mode is not None and mode.observers:
        for tell in listeners(mode.observers, "named"):
            tell(node)


def replacing(tensors: Iterable[Handle], new: Iterable[Any]) -> Callable[[], Any]:
    """The function that gives these leaves new data: all of them or, where one cannot have its data, none."""
    return at_once(exchanging(tensors, new)[0])


def exchanging(tensors: Iterable[Handle], new: Iterable[Any]) -> tuple[Changes, Changes]:
    """The changes that give these leaves new data, and those that give them back what they have now; what was recorded
    from it is then true."""
    leaves = list(tensors)
    values, holders = list(map(_fitting, leaves, new)), list(map(node_of, leaves))
    nodes = trained(holders)
    indices, pasts = list(map(_index_of, nodes)), _pasts(nodes)
    past = list(map(_remembered, indices, map(_out_of, nodes), pasts))
    return (
        # The new indices are newer than those of whatever was computed from the old data.
        _changes(leaves, holders, values, nodes, _NEW_INDICES, past),
        _changes(leaves, holders, list(map(value_of, leaves)), nodes, indices, pasts),
    )


def keeping(tensors: Iterable[Handle]) -> Changes:
    """The changes that give these leaves back the data that they have now; what was recorded from it is then true."""
    leaves = list(tensors)
    holders = list(map(node_of, leaves))
    nodes = trained(holders)
    indices, pasts = list(map(_index_of, nodes)), _pasts(nodes)
    return _changes(leaves, holders, list(map(value_of, leaves)), nodes, indices, pasts)


def trained(holders: list[Any]) -> list[Node]:
    """Those that gradients are wanted for; the list itself if these are all."""
    if list(map(type, holders)).count(Node) == len(holders):  # the quickest way to ask
        return holders
    return [node for node in holders if type(node) is Node]


def _pasts(nodes: list[Node]) -> list[Past]:
    return list(map(getattr, nodes, repeat("past"), repeat(())))


def _changes(
    leaves: list[Handle],
    holders: list[Node | Constant],
    values: list[Value],
    nodes: list[Node],
    indices: Iterable[int],
    pasts: list[Past],
) -> Changes:
    """What gives leaves and what holds them these values, and those of their nodes that are trained these indices and
    pasts. Each change is made by `map`, in C, when the next one is asked for."""
    return chain(
        map(setattr, leaves, repeat("_value"), values),
        map(setattr, holders, repeat("out"), values),
        map(setattr, nodes, repeat("index"), indices),
        map(setattr, nodes, repeat("past"), pasts),
    )


def at_once(*changes: Changes) -> Callable[[], Any]:
    """The function that makes all these changes. It can be called once.

    It is one call into C, which no signal can interrupt: Python runs the handler of Ctrl-C only between steps of its
    own.
    """
    return partial(deque, chain(*changes), 0)


def forget_gradients(tensors: Iterable[Handle]) -> None:
    """Leave these Tensors without gradients, so that the next backward() does not add to them. Constants have none."""
    for tensor in tensors:
        node = tensor.node
        if type(node) is Node:
            node.grad = node.passes = None


def give_gradients(tensors: Iterable[Handle], gradients: Iterable[Value]) -> None:
    """Give these Tensors gradients of their shapes and dtypes; None leaves one as it is. Constants have none."""
    for tensor, g in zip(tensors, gradients):
        node = tensor.node
        if g is not None and type(node) is Node:
            node.grad, node.passes = g, None


def _remembered(index: int, old: Value, past: Past) -> Past:
    """What a leaf is to remember when it is given new data: the old one, and what it remembers of those before.

    An array is referred to weakly: it lives as long as a graph that was recorded from it, and no longer. Of a number
    the last one is kept.
    """
    if not isinstance(old, ndarray):
        return index, lambda: old, ()
    while past and past[1]() is None:
        past = past[2]
    return index, weakref.ref(old), past


def before(leaf: Node, node: Node) -> Value:
    """The value that a leaf had when `node` was computed from it, where the leaf was given new data since.

    Raises GraphError where nothing has kept it.
    """
    past = getattr(leaf, "past", ())
    while past:
        index, reference, past = past
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
    is_result = type(node) is Node and node.op is not None
    fits = type(new) is type(old) is ndarray and new.shape == old.shape and new.dtype is old.dtype
    if fits and new is not old and not is_result:
        return new
    new = plain(new)
    if is_result:
        raise GraphError(
            f"{tensor._called()} is the result of {node.op.name}; its data cannot be replaced, since what was "
            "recorded from it would no longer be true. Make a new Tensor, or use .detach()."
        )
    if new is old and type(new) is ndarray:
        raise GraphError(
            f"{tensor._called()} was changed in place (as by `.data += …`): graphs recorded from it would give "
            "wrong gradients. Give it a new array: t.data = t.data + …"
        )
    new = new._value if isinstance(new, Handle) else new
    if np.shape(new) != tensor.shape:
        raise ShapeError(f"{tensor._called()} is {tensor.shape}; it cannot be given {describe(new)}.")
    return settle(floating(new, tensor.name).astype(tensor.dtype))


_index_of = operator.attrgetter("index")
_out_of = operator.attrgetter("out")
_NEW_INDICES: Iterator[int] = iter(next_index, None)
