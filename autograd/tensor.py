"""Tensor: a value, the node that recorded it, and a name.

Everything that can be done with a NumPy array can be done with a Tensor: operators, methods and NumPy's own functions
(through its protocols, NEP 13 and NEP 18) all end in `apply`, which runs the operation and records it. No derivative
stands in this file: those are the rows of `autograd/rules/`.
"""

from __future__ import annotations

import operator
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, starmap
from typing import Any, NoReturn

import numpy as np
from numpy import ndarray

from autograd import rules
from autograd.arguments import settled
from autograd.convert import (
    as_floats,
    floating,
    is_array_like,
    narrow,
    plain_array,
    plain_index,
    plain_operand,
    promoting,
)
from autograd.errors import ConversionError, DtypeError, GraphError, ShapeError, Unsupported, describe, mismatch
from autograd.ledger import Ledger, ledger, still_there
from autograd.listing import Graph
from autograd.locks import plain
from autograd.methods import ArrayMethods
from autograd.modes import MODE
from autograd.names import asking, of
from autograd.node import HOOKS, Constant, Node, leaf, next_index, past_of
from autograd.op import COMPOSITES, OPS, REFUSED, TRACED, WRAP, Op, kept, settle
from autograd.origins import remember
from autograd.printable import printable
from autograd.reads import READS, note_reading
from autograd.sweep import fit, reverse
from autograd.trouble import observe

_NO_PARAMS: dict[str, Any] = {}
_OPERANDS = (ndarray, complex, bool, int, float, list, tuple, np.generic)
_PLAIN = frozenset({float, int})
_ARRAYS = frozenset({ndarray})
_new = object.__new__
Change = tuple[Any, ...]  # a function in C, and what it is called with
_ADDING = threading.Lock()  # threads that add to the gradient of the same leaf do so one after the other


# --- operators: what the methods of Tensor with two underscores are made of ------------------------------------------


def _binary(function: Callable[..., Any]) -> tuple[Callable[[Tensor, Any], Any], Callable[[Tensor, Any], Any]]:
    """The methods of a binary operator, as in t + x and as in x + t."""
    return _operator(function, reflected=False), _operator(function, reflected=True)


def _operator(function: Callable[..., Any], reflected: bool) -> Callable[[Tensor, Any], Any]:
    """`apply` for two operands, written out because everything passes here."""
    op = OPS[function]
    kernel = op.kernel

    def method(self: Tensor, other: Any) -> Any:
        x, p = self._value, self.node
        y: Any
        q: Any
        if type(other) is Tensor:
            y, q = other._value, other.node
            if type(x) is not type(y) or (type(x) is not ndarray and type(x) is not float):
                x, y = promoting((self, other), (x, y))
        elif type(other) in _PLAIN:
            y = q = other
        elif type(other) is ndarray and other.dtype.kind == "f":
            y = q = other
            if type(x) is not ndarray:
                x, y = promoting((self, other), (x, y))
        elif isinstance(other, _OPERANDS) or is_array_like(other):
            y = plain_operand(other)
            if narrow(y):
                return apply(op, (y, self) if reflected else (self, y))
            x, y = promoting((self, other), (x, y))
            q = y
        else:
            return NotImplemented
        if reflected:
            x, y, p, q = y, x, q, p
        try:
            out = kernel(x, y)
        except ArithmeticError:  # 1.0 / 0.0 raises where NumPy gives inf: let NumPy say it
            out = function(x, y)
        except ValueError as cause:
            raise mismatch(op.name, (x, y), (_name(p), _name(q)), cause) from None
        if type(out) is float and (type(p) is Node or type(q) is Node) and MODE.get() is None:
            # Numbers: what _finish and Node's constructor come to, without their questions and calls. A scalar graph
            # lives of these lines.
            tensor = _new(Tensor)
            tensor._value = out
            tensor.node = node = _new(Node)
            node.op, node.params = op, _NO_PARAMS
            node.parents, node.inputs = (p, q), (x, y)
            node.out, node.shape, node.dtype = out, (), None
            node.index = next_index()
            node.grad = node.name = node.line = None
            return tensor
        return _finish(op, (p, q), (x, y), _NO_PARAMS, out if type(out) is ndarray else settle(out))

    method.__qualname__ = f"Tensor.{op.name}"  # as Python says where it was given too many operands: pow(t, 2, 3)
    return method


def _comparison(function: Callable[[Any, Any], Any], ufunc: np.ufunc) -> Callable[[Tensor, Any], Any]:
    """Comparisons give plain booleans: they carry no gradient. Where an array of them came from is remembered."""

    def method(self: Tensor, other: Any) -> Any:
        tensor = type(other) is Tensor
        other = other if tensor else plain_array(other)
        x, y = self._value, other._value if tensor else other
        if type(x) is not type(y):
            y = np.asarray(y) if type(y) in (list, tuple) else y
            x, y = promoting((self, other), (x, y))
        out = function(x, y)
        if type(out) is ndarray:
            remember(out, ufunc, self.node, other.node if tensor else other)
        return out

    return method


def _unary(function: Callable[..., Any]) -> Callable[[Tensor], Any]:
    op = OPS[function]
    return lambda self: _apply_one(op, self)


class Tensor(ArrayMethods):
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

    __slots__ = ("__weakref__", "_value", "node")
    __hash__ = object.__hash__
    __pandas_priority__ = 5000  # above a DataFrame's: pandas leaves operators to us, as in series * t
    node: Node | Constant
    _value: Any

    def __init__(self, data: Any, *, name: str | None = None, requires_grad: bool = True) -> None:
        name = None if name is None else _name_given(name)
        self._value = data if type(data) is float else settle(floating(data, name))
        self.node = leaf(self._value, name) if requires_grad else Constant(self._value, name)

    # --- what it is ---------------------------------------------------------------------------------------------

    @property
    def data(self) -> Any:
        """The value: an array, or a Python float. Setting it gives a leaf new data of the same shape."""
        reads = READS.get()
        if reads is not None:
            reads.note(self.node)
        mode = MODE.get()
        if mode is not None and mode.guarded is not None and type(self._value) is ndarray:
            return mode.guarded.shown(self._value)
        return self._value

    @data.setter
    def data(self, new: Any) -> None:
        replacing([self], [new])()

    def _fitting(self, new: Any) -> Any:
        """New data for this leaf, in the form in which it is kept."""
        old, node = self._value, self.node
        new = plain(new)
        if type(node) is Node and node.op is not None:
            raise GraphError(
                f"{self._called()} is the result of {node.op.name}; its data cannot be replaced, since what was "
                "recorded from it would no longer be true. Make a new Tensor, or use .detach()."
            )
        if new is old and type(new) is ndarray:
            raise GraphError(
                f"{self._called()} was changed in place (as by `.data += …`): graphs recorded from it would give "
                "wrong gradients. Give it a new array: t.data = t.data + …"
            )
        if type(new) is type(old) is ndarray and new.shape == old.shape and new.dtype is old.dtype:
            return new
        new = new._value if type(new) is Tensor else new
        if np.shape(new) != self.shape:
            raise ShapeError(f"{self._called()} is {self.shape}; it cannot be given {describe(new)}.")
        return settle(floating(new, self.name).astype(self.dtype))

    @property
    def grad(self) -> Any:
        """The gradient found by the last `backward()`; None before. A second backward adds to the grads of leaves."""
        return self.node.grad

    @grad.setter
    def grad(self, g: Any) -> None:
        if type(self.node) is not Node:
            raise GraphError(f"{self._called()} is a constant (requires_grad=False): it has no gradient.")
        if g is not None:
            if type(g) is not Tensor:
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
        self.node.name = None if name is None else _name_given(name)

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

    def __repr__(self) -> str:
        value = (
            repr(self._value)
            if type(self._value) is float
            else np.array2string(self._value, threshold=20, separator=", ", prefix="Tensor(")
        )
        name = f", name={self.name!r}" if self.name else ""
        return f"Tensor({value}{name}{'' if self.requires_grad else ', requires_grad=False'})"

    def _called(self) -> str:
        return printable(self.name) if self.name else ("this Tensor" if self.ndim == 0 else f"this Tensor {self.shape}")

    # --- gradients ----------------------------------------------------------------------------------------------

    def backward(self, gradient: Any = None, *, create_graph: bool = False) -> None:
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
        root = self.node
        if type(root) is not Node:
            raise GraphError(
                f"backward() starts from {self._called()}, to which no gradient flows: everything it was computed from "
                "is constant. Wrap what you differentiate with respect to as autograd.Tensor(...), outside of "
                "no_grad()."
            )
        seed = _seed(self, gradient)
        this = (weakref.ref(root), seed), None
        if create_graph:
            found = reverse(root, as_constant(seed), wrap=wrap)
        else:
            found = reverse(root, seed, keep=this)
        past = None
        with _ADDING:
            for node, g in found.items():
                g = as_constant(g) if create_graph else g
                if node.grad is None:
                    node.grad, node.passes = g, this
                else:
                    if past is None or node.passes is not past[0]:  # leaves of one graph mostly share their past
                        past = node.passes, (this[0], still_there(node.passes))
                    node.grad, node.passes = node.grad + g, past[1]

    def explain_grad(self) -> Ledger:
        """Where `.grad` comes from: a row for each operation that this Tensor went into, with what it contributed.

        >>> import autograd as ag
        >>> b = ag.Tensor(2.0, name="b")
        >>> J = b * b + 3 * b
        >>> J.backward()
        >>> print(b.explain_grad())
        b.grad = 7.0, from 3 contributions
          multiply   incoming 1.0 × local 3.0 = 3.0
          multiply   incoming 1.0 × local 2.0 = 2.0
          multiply   incoming 1.0 × local 2.0 = 2.0

        Raises GraphError where there is no gradient, or the graph it came from is gone.
        """
        with asking(self.node):
            return ledger(self.node, of(self) or self._called())

    def graph(self) -> Graph:
        """What this Tensor was computed from: a table of the recorded operations, oldest first, to print.

        >>> import autograd as ag
        >>> x = ag.Tensor(3.0, name="x")
        >>> print((2 * x).graph())
        #  name  shape  dtype    operation
        0  x     ()     float64  leaf
        1        ()     float64  multiply(2, x)

        Raises GraphError where nothing was recorded.
        """
        if type(self.node) is not Node:
            raise GraphError(
                f"{self._called()} has no graph: everything it was computed from is constant. Wrap what you "
                "differentiate with respect to as autograd.Tensor(...), outside of no_grad()."
            )
        with asking(self.node):
            return Graph(self.node)

    def register_hook(self, hook: Callable[[Any], Any]) -> Callable[[], None]:
        """Have `hook(gradient)` called by every sweep when the gradient of this Tensor is complete.

        What the hook returns takes the gradient's place, None leaves it. Returns the function that removes the hook.

        >>> import autograd as ag
        >>> x = ag.Tensor(3.0)
        >>> remove = x.register_hook(lambda g: min(g, 1.0))
        >>> (x * x).backward()
        >>> x.grad
        1.0
        """
        if type(self.node) is not Node:
            raise GraphError(f"{self._called()} is a constant (requires_grad=False): it has no gradient to hook into.")
        if not callable(hook):
            raise TypeError(f"A hook must be a function of the gradient, but got {hook!r}.")
        return HOOKS.add(self.node, hook)

    def detach(self) -> Tensor:
        """The same value as a constant: no gradient flows through it."""
        note_reading(self.node)
        return Tensor(self._value, name=self.name, requires_grad=False)

    def item(self, *index: Any) -> float:
        """The value, or as in ndarray.item the one at `index`, as a Python float without gradient.

        Raises ShapeError where that is not one number.
        """
        note_reading(self.node)
        if index:
            return float(np.asarray(self._value).item(*index))
        if not isinstance(self._value, ndarray):
            return float(self._value)
        if self.size != 1:
            raise ShapeError(f"item() needs a single number; {self._called()} has shape {self.shape}.")
        return float(self._value.item())

    def __reduce__(self) -> tuple[Any, ...]:
        """What pickle and copy do with a Tensor: a leaf or a constant goes with its name and plain gradient, as one of
        its own; a result is refused, since the graph that it belongs to cannot go along."""
        if type(self.node) is Node and self.node.op is not None:
            raise GraphError(
                f"{self._called()} is the result of {self.node.op.name}, and its graph cannot be copied or pickled; "
                "use .detach() for the value, or copy the Tensors that it was computed from."
            )
        grad = None if type(self.grad) is Tensor else self.grad
        return _restored, (self._value, self.name, self.requires_grad, grad)

    # --- NumPy's protocols --------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        op = OPS.get(ufunc)
        if op is not None and method == "__call__" and not kwargs:
            return _apply_one(op, self) if op.unary else _call(op, inputs, kwargs)
        if method == "__call__" and ufunc in COMPOSITES:
            return COMPOSITES[ufunc](*map(plain_array, inputs), **kwargs)
        if (ufunc, method) in rules.UFUNC_METHODS and "out" not in kwargs:
            return rules.UFUNC_METHODS[ufunc, method](*inputs, **kwargs)
        return _refuse_ufunc(op, ufunc, method, kwargs)

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        op = OPS.get(function)
        if op is None:
            if function in COMPOSITES:
                return COMPOSITES[function](*map(plain_array, args), **kwargs)
            raise Unsupported(_without_rule(function))
        return _call(op, args, kwargs)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if self.requires_grad:
            raise ConversionError(
                f"{self._called()} must stay a Tensor to keep its gradient, but would become a plain array here. "
                "To build an array out of Tensors: np.stack([...]) or np.concatenate([...]); for c[i] = t: "
                "c = autograd.put(c, i, t), or np.where(mask, t, c); for rng.normal(t, s): t + s * rng.standard_normal"
                "(t.shape); beside a table of pandas: df.to_numpy(). Where no gradient is needed, pass `t.data`."
            )
        return np.array(self._value, dtype=dtype, copy=copy)

    def _to_number(self, kind: type) -> Any:
        if self.requires_grad:
            raise ConversionError(
                f"{kind.__name__}() of {self._called()} would lose its gradient; c[i] = t, np.fromiter and the "
                "functions of math and cmath call it, too. For math.exp(t): np.exp(t). For c[i] = t and np.fromiter: "
                "collect the Tensors in a list and join them by np.stack([...]), or c = autograd.put(c, i, t). Only to "
                "look at the number: `t.item()`."
            )
        return kind(self.item())

    def __index__(self) -> int:
        raise DtypeError(
            f"A count or an index must be an integer, but got {self._called()}, whose numbers are floating. "
            "Use range(len(t)) for its entries, int(t.item()) for a count that needs no gradient."
        )

    def __float__(self) -> float:
        return self._to_number(float)  # type: ignore[no-any-return]

    def __int__(self) -> int:
        return self._to_number(int)  # type: ignore[no-any-return]

    def __format__(self, spec: str) -> str:
        """A number as Python formats it, `f"{J:.3f}"`: what is printed carries no gradient anyway."""
        if spec and self.ndim == 0:
            return format(self.item(), spec)
        try:
            return format(repr(self), spec)
        except ValueError:
            raise TypeError(
                f"{spec!r} is a format for a single number, but {self._called()} has shape {self.shape}."
            ) from None

    def __bool__(self) -> bool:
        return bool(self._value)

    def __complex__(self) -> complex:
        return self._to_number(complex)  # type: ignore[no-any-return]

    def __divmod__(self, other: Any) -> Any:
        return np.divmod(self, other)

    def __rdivmod__(self, other: Any) -> Any:
        return np.divmod(other, self)

    def __round__(self, digits: int = 0) -> Any:
        return np.round(self, digits)

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self._value == (value._value if type(value) is Tensor else value)))

    def __len__(self) -> int:
        if self.ndim == 0:
            raise TypeError("len() of a scalar Tensor")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if self.ndim == 0:
            raise TypeError("iteration over a scalar Tensor")
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Tensor:
        """Whatever NumPy takes as an index.

        The gradient of each use is an array of this one's size, so n entries that are picked one by one out of n cost
        a sweep n² additions (about 2 s for 16,000); one index for all of them, t[[…]] or t[mask], costs n.
        """
        return rules.getitem(self, plain_index(index))  # type: ignore[no-any-return]

    def __setitem__(self, index: Any, value: Any) -> NoReturn:
        raise GraphError(
            f"Assignment into {self._called()} is not recorded, so its gradient would be wrong. "
            "Use np.where(mask, value, t), or build the result with np.stack / np.concatenate."
        )

    # --- operators ----------------------------------------------------------------------------------------------

    __add__, __radd__ = _binary(np.add)
    __sub__, __rsub__ = _binary(np.subtract)
    __mul__, __rmul__ = _binary(np.multiply)
    __truediv__, __rtruediv__ = _binary(np.divide)
    __floordiv__, __rfloordiv__ = _binary(np.floor_divide)
    __mod__, __rmod__ = _binary(np.remainder)
    __pow__, __rpow__ = _binary(np.power)
    __matmul__, __rmatmul__ = _binary(np.matmul)
    __neg__ = _unary(np.negative)
    __pos__ = _unary(np.positive)
    __abs__ = _unary(np.absolute)
    __lt__ = _comparison(operator.lt, np.less)
    __le__ = _comparison(operator.le, np.less_equal)
    __gt__ = _comparison(operator.gt, np.greater)
    __ge__ = _comparison(operator.ge, np.greater_equal)
    __eq__ = _comparison(operator.eq, np.equal)
    __ne__ = _comparison(operator.ne, np.not_equal)


# --- running an operation -------------------------------------------------------------------------------------------


def apply(op: Op, args: Any, params: dict[str, Any] = _NO_PARAMS) -> Any:
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
        parents = tuple(p if type(p) in (Node, Constant) else x for p, x in zip(parents, raws, strict=True))
    if whole and op.ours:  # its kernel computes as its rules do
        raws = as_floats(op, raws, np.result_type(*(getattr(x, "dtype", x) for x in raws)))
    try:
        out = op.run(raws, params)
    except (ValueError, IndexError) as cause:
        raise mismatch(op.name, raws, map(_name, parents), cause) from None
    if whole:
        raws = as_floats(op, raws, float if type(out) is float else out.dtype)
    return _finish(op, parents, raws, params, out)


def _finish(op: Op, parents: tuple[Any, ...], raws: tuple[Any, ...], params: dict[str, Any], out: Any) -> Tensor:
    """Wrap a result, with the node that records it where a gradient can flow and recording is on."""
    tensor = _new(Tensor)
    tensor._value = out
    mode = MODE.get()
    for parent in parents:
        if type(parent) is Node and (mode is None or mode.record):
            inputs = raws if op.reads_all else kept(op, parents, raws)
            if type(out) is float:
                tensor.node = Node(op, parents, inputs, params, out, (), None)
            else:
                tensor.node = Node(op, parents, inputs, params, out if op.reads_out else None, out.shape, out.dtype)
            if mode is not None:
                observe(mode, tensor.node, op.name, parents, raws, out)
            return tensor
    tensor.node = Constant(out)
    if mode is not None:
        if not mode.record:
            for parent in parents:
                note_reading(parent)
        observe(mode, None, op.name, parents, raws, out)
    return tensor


def _apply_one(op: Op, t: Tensor, params: dict[str, Any] = _NO_PARAMS) -> Any:
    """`apply` for a single operand and no parameters, written out because most operations are of this kind."""
    x = t._value
    try:
        out = op.kernel(x) if type(x) is ndarray and not params else op.run((x,), params)
    except (ValueError, IndexError) as cause:
        raise mismatch(op.name, (x,), (_name(t.node),), cause) from None
    return _finish(op, (t.node,), (x,), params, out if type(out) is ndarray and out.ndim else settle(out))


def _call(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A call in NumPy's own signature: sort the arguments into operands and parameters."""
    if not kwargs and len(args) == op.plain:
        return _apply_one(op, args[0]) if op.unary else apply(op, args)
    if op.kind == "constant":
        out = op.function(*_unwrapped(args), **_unwrapped(kwargs))
        if type(out) is ndarray and out.dtype.kind == "b" and not kwargs:
            remember(out, op.function, *(a.node if type(a) is Tensor else a for a in args))
        return out
    called = args, kwargs
    args, kwargs = op.bind(args, kwargs)
    for k, v in kwargs.items():
        if type(v) is Tensor:
            raise Unsupported(
                f"{op.name}({k}=…) takes no Tensor: there is no derivative with respect to it. Pass plain numbers."
            )
    kwargs = settled(op.function, kwargs, *called)
    if len(args) == 1 and not op.variadic and type(args[0]) is Tensor:
        return _apply_one(op, args[0], kwargs or _NO_PARAMS)
    return apply(op, args, kwargs or _NO_PARAMS)


TRACED[Tensor] = _call


def _without_rule(function: Any) -> str:
    """What is said of a function that takes no Tensor."""
    start = f"{getattr(function, '__module__', None) or 'numpy'}.{function.__name__} takes no Tensor: "
    if function in REFUSED:
        return start + REFUSED[function]
    return (
        f"{start}it has no derivative rule here. Where no gradient is needed, pass `t.data`; "
        "a rule of your own is one line: autograd.primitive."
    )


def _refuse_ufunc(op: Op | None, ufunc: np.ufunc, method: str, kwargs: dict[str, Any]) -> NoReturn:
    if op is None:
        raise Unsupported(_without_rule(ufunc))
    if method == "at":
        raise Unsupported(
            f"numpy.{ufunc.__name__}.at writes into its operand, which is not recorded; autograd.put(t, index, values) "
            "gives a new Tensor."
        )
    if method != "__call__":
        raise Unsupported(f"numpy.{ufunc.__name__}.{method} is not recorded on Tensors; np.sum and np.prod are.")
    advice = {
        "out": "An operation makes a new Tensor: a = a + t, where `a += t` would write into the array a.",
        "where": "Use np.where(mask, …, …).",
        "dtype": "t.astype(…) gives another precision.",
    }
    raise Unsupported(
        f"numpy.{ufunc.__name__}({', '.join(k + '=' for k in kwargs)}…) is not supported on Tensors. "
        + " ".join(advice[k] for k in kwargs if k in advice)
    )


# --- in and out of plain values -------------------------------------------------------------------------------------


def wrap(value: Any, node: Any) -> Any:
    """The Tensor for a value that a node has recorded; what the sweep is given to run rules on Tensors.

    A shape or a constant stays as it is.
    """
    if type(node) is not Node or type(value) is tuple:
        return value
    tensor = _new(Tensor)
    tensor._value = value
    tensor.node = node
    return tensor


WRAP[Tensor] = wrap


def replacing(tensors: Iterable[Tensor], new: Iterable[Any]) -> Callable[[], Any]:
    """The function that gives these leaves new data: all of them or, where one cannot have its data, none.

    It is one call into C, which no signal can interrupt: Python runs the handler of Ctrl-C only between steps of its
    own.
    """
    return at_once(
        [
            change
            for tensor, data in zip(tensors, new, strict=True)
            # Its index becomes newer than that of whatever was computed from the old data.
            for change in _changes(tensor, tensor._fitting(data), past_of(tensor.node))
        ]
    )


def keeping(tensors: Iterable[Tensor]) -> list[Change]:
    """The changes that give these leaves back the data that they have now; what was recorded from it is then true."""
    return [c for tensor in tensors for c in _changes(tensor, tensor._value)]


def _changes(tensor: Tensor, value: Any, past: list[Any] | None = None) -> list[Change]:
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


_set_value: Any = Tensor.__dict__["_value"].__set__
_set_out: Any = Node.__dict__["out"].__set__
_set_index: Any = Node.__dict__["index"].__set__
_set_past: Any = Node.__dict__["past"].__set__
_set_constant: Any = Constant.__dict__["out"].__set__


def _restored(data: Any, name: str | None, requires_grad: bool, grad: Any) -> Tensor:
    tensor = Tensor(data, name=name, requires_grad=requires_grad)
    if grad is not None:
        tensor.grad = grad
    return tensor


def as_constant(value: Any) -> Tensor:
    """A Tensor that no gradient flows to."""
    return value if type(value) is Tensor else Tensor(value, requires_grad=False)


def _unwrapped(value: Any) -> Any:
    """The same structure with plain values in place of Tensors, as NumPy would have them."""
    if type(value) is Tensor:
        return np.float64(value._value) if type(value._value) is float else value._value
    if is_array_like(value):
        return np.asarray(value)
    if isinstance(value, dict):
        return {k: _unwrapped(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)) and any(isinstance(v, (Tensor, list, tuple)) for v in value):
        return type(value)(_unwrapped(v) for v in value)
    return value


def _name_given(name: Any) -> str | None:
    """Any string is a name; how it is shown is up to whatever shows it. An empty one is none."""
    if not isinstance(name, str):
        raise TypeError(f"A name must be a string, but got {name!r}.")
    return str.__str__(name) or None


def _name(operand: Any) -> str | None:
    return operand.name if type(operand) in (Node, Constant) else None


def _seed(tensor: Tensor, gradient: Any) -> Any:
    """The gradient that a sweep starts with, in the form of the Tensor's own data."""
    if gradient is None:
        if type(tensor._value) is not float and tensor._value.size != 1:
            raise GraphError(
                f"backward() of {tensor._called()} with shape {tensor.shape}: gradients are those of one number. "
                "Reduce it to a cost first (.sum() or .mean()), or pass gradient= with that shape."
            )
        data = tensor._value
        return 1.0 if type(data) is float else fit(1.0, data.shape, data.dtype) if data.ndim else type(data)(1.0)
    if np.shape(gradient) != tensor.shape:
        raise ShapeError(
            f"gradient= must have the shape {tensor.shape} of {tensor._called()}, but got {describe(gradient)}."
        )
    if type(gradient) is Tensor:
        return gradient
    plain = floating(gradient, "gradient=")
    return float(plain) if type(tensor._value) is float else np.array(plain, dtype=tensor.dtype)
