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
    leaves = list(tensors)
    values = list(map(_fitting, leaves, new))
    nodes = _trained(leaves)
    # Their indices become newer than those of whatever was computed from the old data.
    return at_once(_changes(leaves, values, nodes, _NEW_INDICES, list(map(past_of, nodes))))


def keeping(tensors: Iterable[Handle]) -> Changes:
    """The changes that give these leaves back the data that they have now; what was recorded from it is then true."""
    leaves = list(tensors)
    nodes = _trained(leaves)
    pasts = list(map(getattr, nodes, repeat("past"), repeat([])))
    return _changes(leaves, list(map(value_of, leaves)), nodes, list(map(_index_of, nodes)), pasts)


def _trained(leaves: list[Handle]) -> list[Node]:
    """The nodes of those that gradients are wanted for."""
    return [node for node in map(_node_of, leaves) if type(node) is Node]


def _changes(
    leaves: list[Handle], values: list[Value], nodes: list[Node], indices: Iterable[int], pasts: list[Any]
) -> Changes:
    """What gives leaves these values, and those of their nodes that are trained these indices and pasts.

    Each change is made by `map`, in C, when the next one is asked for.
    """
    holders = nodes if len(nodes) == len(leaves) else list(map(_node_of, leaves))
    setters = repeat(_set_out) if holders is nodes else [_SET_OUT[type(node)] for node in holders]
    return chain(
        map(_set_value, leaves, values),
        map(operator.call, setters, holders, values),
        map(_set_index, nodes, indices),
        map(_set_past, nodes, pasts),
    )


def at_once(*changes: Changes) -> Callable[[], Any]:
    """The function that makes all these changes within one call into C. It can be called once."""
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


def past_of(node: Node | Constant) -> list[tuple[int, Callable[[], Any]]]:
    """What a leaf is to remember as its past when it is given new data.

    The old array is referred to weakly: it lives as long as a graph that was recorded from it, and no longer. Of a
    number the last one is kept.
    """
    if type(node) is not Node:
        return []
    old = node.out
    if not isinstance(old, ndarray):
        return [(node.index, lambda: old)]
    now, past = (node.index, weakref.ref(old)), getattr(node, "past", None)
    return [now, *[known for known in past if known[1]() is not None]] if past else [now]


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


_node_of = operator.attrgetter("node")
_index_of = operator.attrgetter("index")
_NEW_INDICES: Iterator[int] = iter(next_index, None)
_set_value: Any = Handle.__dict__["_value"].__set__
_set_out: Any = Node.__dict__["out"].__set__
_set_index: Any = Node.__dict__["index"].__set__
_set_past: Any = Node.__dict__["past"].__set__
_SET_OUT: dict[type, Any] = {Node: _set_out, Constant: Constant.__dict__["out"].__set__}
