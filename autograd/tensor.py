"""Tensor: a value, the node that recorded it, and a name.

Operators, methods and NumPy's own functions (through its protocols, NEP 13 and NEP 18) all end in `apply`, which runs
the operation and records it. No derivative stands in this file: those are the rows of `autograd/rules/`.
"""

from __future__ import annotations

import threading
import weakref
from typing import Any

import numpy as np
from numpy import ndarray

from autograd.array.conversions import Conversions
from autograd.array.methods import ArrayMethods
from autograd.array.operators import Operators
from autograd.array.protocols import NumPyProtocols
from autograd.core.convert import (
    as_floats,
    checked_name,
    floating,
    narrow,
    plain_operand,
    plain_values,
    promoting,
    seed_of,
)
from autograd.core.fitting import settle
from autograd.core.modes import MODE, listeners
from autograd.core.node import Constant, Node, leaf
from autograd.core.op import TRACED, WRAP, Op, record
from autograd.core.origins import remember
from autograd.core.reads import note_reading
from autograd.core.sweep import reverse
from autograd.core.types import Value
from autograd.debug.explain import still_there
from autograd.debug.inspection import Inspection
from autograd.errors import GraphError, Unsupported, mismatch
from autograd.rules.arguments import settled
from autograd.rules.calls import bind
from autograd.rules.cancel import reverse_recorded
from autograd.signposts import unexpected

_NO_PARAMS: dict[str, Any] = {}
_ARRAYS = frozenset({ndarray})
_new = object.__new__
_ADDING = threading.Lock()  # threads that add to the gradient of the same leaf do so one after the other


class Tensor(Operators, ArrayMethods, Conversions, NumPyProtocols, Inspection):
    """What you differentiate with respect to, and everything computed from it.

    data           a number, a nested list or an array. Integers become float64: a derivative needs a continuum
    name           shown on graphs, in formulas and in errors
    requires_grad  False makes a named constant

    A scalar is kept as a Python float (float64), so that a scalar graph runs on plain Python arithmetic; everything
    else is a NumPy array. The array is not copied.

    >>> import numpy as np, autograd as ag
    >>> W = ag.Tensor(np.ones((1, 3)), name="W")
    >>> J = np.sum((W - 3) ** 2)
    >>> J.backward()
    >>> W.grad
    array([[-4., -4., -4.]])

    Raises DtypeError for complex numbers, booleans, strings and objects.
    """

    __slots__ = ()
    __hash__ = object.__hash__
    __pandas_priority__ = 5000  # above a DataFrame's: pandas leaves operators to us, as in series * t

    def __init__(self, data: Value, *, name: str | None = None, requires_grad: bool = True, **others: Any) -> None:
        if others:
            unexpected("Tensor()", others)
        name = None if name is None else checked_name(name)
        as_it_is = type(data) is float or (type(data) is ndarray and data.dtype.kind == "f" and data.ndim)
        self._value = data if as_it_is else settle(floating(data, name))
        self.node = leaf(self._value, name) if requires_grad else Constant(self._value, name)
        if (mode := MODE.get()) is not None and mode.scope:
            self.node.scope = mode.scope

    def backward(self, gradient: Value = None, *, create_graph: bool = False, **others: Any) -> None:
        """Find the gradient of this Tensor by everything it was computed from; `.grad` of each then holds it.

        gradient      of the same shape; not needed where this is one number
        create_graph  record the sweep itself: gradients are then Tensors that can be differentiated again. Only leaves
                      keep theirs: on a node inside, its graph would hold that very node, and nothing would be freed

        A second call adds to the gradients of leaves (intermediate ones are found anew each time).

        >>> import autograd as ag
        >>> x = ag.Tensor(3.0)
        >>> y = x * x
        >>> y.backward(); y.backward()
        >>> x.grad
        12.0

        Raises GraphError where nothing was recorded or the gradient is missing, ShapeError where it does not fit.
        """
        if others:
            unexpected("backward()", others)
        root = self.node
        if type(root) is not Node:
            raise GraphError(
                f"backward() starts from {self._called()}, to which no gradient flows: everything it was computed from "
                "is constant. Wrap what you differentiate with respect to as autograd.Tensor(...), outside of "
                "no_grad()."
            )
        seed = seed_of(self, gradient)
        this = (weakref.ref(root), seed), None
        if create_graph:
            found = {node: as_constant(g) for node, g in reverse_recorded(root, as_constant(seed), wrap).items()}
        else:
            found = reverse(root, seed, keep=True)
        past = None
        with _ADDING:
            for node, g in found.items():
                if node.grad is None or node.op is not None:
                    node.grad, node.passes = g, this
                else:
                    if past is None or node.passes is not past[0]:  # leaves of one graph mostly share their past
                        past = node.passes, (this[0], still_there(node.passes))
                    node.grad, node.passes = node.grad + g, past[1]

    def detach(self) -> Tensor:
        """The same value as a constant: no gradient flows through it."""
        note_reading(self.node)
        return Tensor(self._value, name=self.name, requires_grad=False)

    @staticmethod
    def _finish(op: Op, parents: tuple[Any, ...], raws: tuple[Any, ...], params: dict[str, Any], out: Value) -> Tensor:
        """The Tensor of a result, with the node that records it where a gradient can flow and recording is on."""
        tensor = _new(Tensor)
        tensor._value = out
        mode = MODE.get()
        if (mode is None or mode.record) and Node in map(type, parents):
            tensor.node = record(op, parents, raws, params, out)
        else:
            tensor.node = Constant(out)
        if mode is not None:
            for parent in () if mode.record else parents:
                note_reading(parent)
            tensor.node.scope = mode.scope
            for tell in listeners(mode.observers, "recorded") if mode.observers else ():
                tell(tensor.node if type(tensor.node) is Node else None, op.name, parents, raws, out)
        return tensor


def apply(op: Op, args: Any, params: dict[str, Any] = _NO_PARAMS) -> Value:
    """Run an operation on operands of which some are Tensors, and record it if a gradient may be asked for."""
    values, nodes, whole = [], [], False
    for a in args:
        if type(a) is Tensor:
            values.append(a._value)
            nodes.append(a.node)
        else:
            if type(a) is not float and not (type(a) is ndarray and a.dtype.kind == "f"):
                a = plain_operand(a)
                whole = whole or narrow(a)
            values.append(a)
            nodes.append(a)
    raws, parents = tuple(values), tuple(nodes)
    kinds = {*map(type, raws)}
    if kinds != _ARRAYS and (float in kinds or not kinds.isdisjoint(TRACED)):
        raws = promoting(args, raws)
        parents = tuple(p if type(p) in (Node, Constant) else x for p, x in zip(parents, raws))
    if whole and op.ours:  # its kernel computes as its rules do
        raws = as_floats(op, raws, np.result_type(*(getattr(x, "dtype", x) for x in raws)))
    try:
        out = op.run(raws, params)
    except (ValueError, IndexError) as cause:
        raise mismatch(op.name, raws, [getattr(p, "name", None) for p in parents], cause) from None
    if whole:
        raws = as_floats(op, raws, float if type(out) is float else out.dtype)
    return Tensor._finish(op, parents, raws, params, out)


def _apply_one(op: Op, t: Tensor, params: dict[str, Any] = _NO_PARAMS) -> Value:
    """`apply` for a single operand and no parameters, written out because most operations are of this kind."""
    x, out = t._value, None
    if type(x) is float and op.scalar is not None and not params:
        try:
            out = op.scalar(x)
        except (ArithmeticError, ValueError):
            out = None  # `run` lets NumPy say it
    try:
        if out is None:
            out = op.kernel(x) if type(x) is ndarray and not params else op.run((x,), params)
    except (ValueError, IndexError) as cause:
        raise mismatch(op.name, (x,), (t.name,), cause) from None
    return Tensor._finish(op, (t.node,), (x,), params, settle(out))


def _call(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Value:
    """A call in NumPy's own signature: sort the arguments into operands and parameters."""
    if not kwargs and len(args) == op.plain:
        return _apply_one(op, args[0]) if op.plain == 1 else apply(op, args)
    if op.kind == "constant":
        out = op.function(*plain_values(args), **plain_values(kwargs))
        if type(out) is ndarray and out.dtype.kind == "b" and not kwargs:
            remember(out, op.function, *(a.node if type(a) is Tensor else a for a in args))
        return out
    called = args, kwargs
    args, kwargs = bind(op, args, kwargs)
    for k in [k for k, v in kwargs.items() if type(v) is Tensor]:
        raise Unsupported(f"{op.name}({k}=…) takes no Tensor: there is no derivative with respect to it. Pass numbers.")
    kwargs = settled(op.function, kwargs, *called)
    if len(args) == 1 and not op.variadic and type(args[0]) is Tensor:
        return _apply_one(op, args[0], kwargs or _NO_PARAMS)
    return apply(op, args, kwargs or _NO_PARAMS)


TRACED[Tensor] = _call


def wrap(value: Value, node: Any) -> Value:
    """The Tensor for a value that a node has recorded, for rules run on Tensors; a shape or a constant as it is."""
    if type(node) is not Node or type(value) is tuple:
        return value
    tensor = _new(Tensor)
    tensor._value = value
    tensor.node = node
    return tensor


WRAP[Tensor] = wrap


def as_constant(value: Value) -> Tensor:
    """A Tensor that no gradient flows to."""
    return value if type(value) is Tensor else Tensor(value, requires_grad=False)
