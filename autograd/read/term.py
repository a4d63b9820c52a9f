"""Term: a value that remembers how it was computed, comparisons and all.

A Term answers NumPy's protocols, as Tensor does, so a derivative rule runs on it unchanged. What a Tensor records is
what a gradient flows through; a Term records every step, so that `out > 0` in the rule of relu can be read as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from math import prod
from operator import attrgetter
from types import BuiltinFunctionType
from typing import Any, NoReturn, Self

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from autograd.array.methods import ArrayMethods
from autograd.core.fitting import fit, narrower, settle
from autograd.core.node import Node
from autograd.core.op import COMPOSITES, OPS, TRACED, Op
from autograd.errors import GraphError, Unsupported
from autograd.printable import printable
from autograd.read.notation import row_of
from autograd.read.operands import unwrapped
from autograd.read.variables import unwatched
from autograd.rules import UFUNC_METHODS, getitem
from autograd.rules.calls import bind
from autograd.tensor import Tensor

NameOf = Callable[[Any], str | None]
SMALL = 20  # entries of an array that is written out with its numbers
_NO_PARAMS: dict[str, Any] = {}  # shared by all Terms without parameters; nobody writes into params


class Term(ArrayMethods, NDArrayOperatorsMixin):
    """A value, and how it is written: by its name, or as `function` of its operands.

    value      an array or number, as the rules read it (they look at shapes, some at entries); None where unknown, as
               it is of a program that is read off a function: only shape, dtype and `kind_of` are known of that
    name       what it is called; a Term with a name is written by it
    gradient   whether it is the gradient of what `name` says
    function   the name of the operation, by which its notation is found; "" for what is only a name or a number
    call       the operation as users call it: np.tanh, autograd.sigmoid; None for what is only a name or a number
    operands   what it was applied to, in the order of the rule: Terms and plain values
    params     axis=, keepdims= …; an index may have Terms in it
    decides    whether it is a number that NumPy computed, so that it decides the dtype beside narrower operands

    A subclass gives instances of itself whatever is done with them.
    """

    __slots__ = ("_inner", "call", "decides", "function", "gradient", "name", "operands", "params", "shape", "value")

    def __init__(
        self,
        value: Any,
        name: str | None = None,
        *,
        function: str = "",
        call: Callable[..., Any] | None = None,
        operands: tuple[Any, ...] = (),
        params: dict[str, Any] | None = None,
        shape: tuple[int, ...] | None = None,
        gradient: bool = False,
        decides: bool = False,
    ) -> None:
        self.value = value
        self.name = name
        self.function = function
        self.call = call
        self.operands = operands
        self.params = params or _NO_PARAMS
        self.shape: tuple[int, ...] = _shape(value) if shape is None else shape
        self.gradient = gradient
        self.decides = decides
        self._inner: tuple[Term, ...] | None = None

    def __init_subclass__(cls, **how: Any) -> None:
        super().__init_subclass__(**how)
        TRACED[cls] = _call

    def __repr__(self) -> str:
        return printable(f"<{type(self).__name__} {self.name or self.function} {self.shape}>")

    __hash__ = object.__hash__

    def but(self, **changes: Any) -> Self:
        """A copy with some attributes changed."""
        other: Self = self.as_kind(type(self))
        for name, value in changes.items():
            setattr(other, name, value)
        if "operands" in changes or "params" in changes:
            other._inner = None
        return other

    def as_kind(self, kind: type) -> Any:
        """A copy of another class, whose attributes are among those of this one."""
        other: Any = object.__new__(kind)
        for name, value in zip(slots(kind), _read(kind)(self), strict=True):
            setattr(other, name, value)
        return other

    @property
    def inner(self) -> tuple[Term, ...]:
        """The Terms in its operands and parameters, in their order, each as often as it is there."""
        if self._inner is None:  # asked for by each walk, and there are many
            self._inner = tuple(within((self.operands, self.params) if self.params else self.operands))
        return self._inner

    # --- what rules and the sweep ask of an array; the rest is in ArrayMethods -----------------------------------

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of entries."""
        return prod(self.shape)

    @property
    def is_view(self) -> bool:
        """Whether its entries are those of another array."""
        return getattr(self.value, "base", None) is not None

    def promoted(self) -> Term:
        """A number that decides the dtype beside narrower operands: where Tensors keep a Python float, np.float64."""
        if self.kind is not float:
            return self
        return type(self)(np.float64(self.example), function="float64", call=np.float64, operands=(self,))

    @property
    def dtype(self) -> np.dtype[Any]:
        """As of an array."""
        return np.asarray(self.value).dtype

    @property
    def kind(self) -> type:
        """See kind_of."""
        return type(self.value)

    @property
    def example(self) -> Any:
        """On what an operation is run to see what comes of it: the value, or another one of the same form."""
        return self.value

    def __bool__(self) -> bool:
        return bool(self.value)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of a number")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        return _run(OPS[getitem], (self,), {"index": index})

    # --- NumPy's protocols ---------------------------------------------------------------------------------------

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        raise Unsupported(f"{self!r} would become a plain array here, and could no longer be read as a formula.")

    @classmethod
    def check(cls, op: Op, operands: tuple[Any, ...], params: dict[str, Any]) -> None:
        """For a subclass to refuse an operation."""

    @classmethod
    def outcome(cls, op: Op, raws: tuple[Any, ...], params: dict[str, Any]) -> tuple[Any, tuple[int, ...] | None]:
        """What an operation gives on examples, and its shape if the operands' own would give another one."""
        by_python = op.scalar or (op.kernel if type(op.kernel) is BuiltinFunctionType else None)  # as operator.mul
        if by_python is not None and not params and {*map(type, raws)} == {float}:
            try:
                return settle(by_python(*raws)), None
            except (ValueError, ArithmeticError):
                pass  # NumPy says it, as in Op.run
        with np.errstate(all="ignore"):
            return op.function(*raws, **params) if op.kind == "constant" else op.run(raws, params), None

    @staticmethod
    def run(op: Op, operands: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """Run an operation on the values, and remember it."""
        return _run(op, operands, params)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if Tensor in map(type, inputs):
            return NotImplemented
        if method == "__call__" and ufunc in COMPOSITES and "out" not in kwargs:
            return COMPOSITES[ufunc](*inputs, **kwargs)
        if method == "__call__" and not kwargs:
            return _run(OPS.get(ufunc) or step_of(ufunc), inputs, _NO_PARAMS)
        if (ufunc, method) in UFUNC_METHODS and "out" not in kwargs:
            return UFUNC_METHODS[ufunc, method](*inputs, **kwargs)
        if "out" in kwargs:
            raise Unsupported(
                f"numpy.{ufunc.__name__} in place (a += x, out=a) cannot be read: write a new array, a = a + x."
            )
        raise Unsupported(
            f"numpy.{ufunc.__name__}.{method}({', '.join(f'{k}=…' for k in kwargs)}) cannot be read as a formula."
        )

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        if Tensor in types:
            return NotImplemented
        if function in COMPOSITES:
            return COMPOSITES[function](*args, **kwargs)
        op = OPS.get(function)
        if op is None:
            raise Unsupported(f"{function.__name__} has no rule, so it cannot be read as a formula.")
        return _call(op, args, kwargs)


def _call(op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    if any(type(a) is Tensor for a in (*args, *kwargs.values())):
        return TRACED[Tensor](op, args, kwargs)
    return _run(op, args, kwargs) if op.kind == "constant" else _run(op, *bind(op, args, kwargs))


TRACED[Term] = _call


@cache
def step_of(function: Callable[..., Any], name: str = "") -> Op:
    """A function that has no rule as a step through which no gradient goes, as &, |, ~ of booleans are."""
    return Op(function, "constant", (), (), (), False, {}, name=name)


@unwatched  # on examples, which have no names
def _run(op: Op, operands: Sequence[Any], params: dict[str, Any]) -> Any:
    """Run an operation on the values, and remember it."""
    operands = tuple(operands)
    kinds: set[type[Term]] = {*map(type, within((operands, params) if params else operands))}
    kind = kinds.pop() if len(kinds) == 1 else max(kinds, key=lambda kind: len(kind.__mro__))
    kind.check(op, operands, params)
    raws, plain = _examples(operands), _examples(params) if params else params
    of_floats = {*map(type, raws)} == {float}  # most are, where there are many
    if not of_floats and any(map(narrower, raws)):
        operands = tuple(x.promoted() if isinstance(x, Term) and x.decides else x for x in operands)
        raws = _examples(operands)
    value, shape = kind.outcome(op, raws, plain)
    if row_of(op.function).static:
        return value
    if op.kind == "elementwise":
        shape = _known_sizes(operands, _shape(value) if shape is None else shape)
    decides = type(value) is float and _is_of_numpy(op, operands, () if of_floats else raws)
    symbol = kind(
        value, function=op.name, call=op.function, operands=operands, params=params, shape=shape, decides=decides
    )
    several = type(value) is tuple and any(isinstance(part, np.ndarray) for part in value)
    return tuple(symbol[i] for i in range(len(value))) if several else symbol


def _shape(value: Any) -> tuple[int, ...]:
    return () if type(value) is float else np.shape(value)


def _examples(x: Any) -> Any:
    return mapped(x, lambda s: s.example)


def result_of(s: Term) -> Any:
    """What a step comes to that was applied to plain values alone."""
    op = OPS.get(s.call)
    with np.errstate(all="ignore"):
        if op is None or op.kind == "constant":
            return s.call(*s.operands, **s.params)  # type: ignore[misc]
        return op.run(s.operands, s.params)


def _is_of_numpy(op: Op, operands: tuple[Any, ...], raws: tuple[Any, ...]) -> bool:
    """Whether a number, which Terms and Tensors keep as a Python float, is an np.float64 among plain values."""
    for x in raws:
        if isinstance(x, (np.ndarray, np.generic)):
            return True
    for x in operands:
        if isinstance(x, Term) and x.decides:
            return True
    return not row_of(op.function).weak and not (op.ours and op.scalar is not None)


def _known_sizes(operands: tuple[Any, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with the sizes of the operands' axes: one of them may be written by a name, as m is, or be known to be
    that of an input."""
    for x in operands:
        if isinstance(x, Term) and x.shape and any(type(n) is not int for n in x.shape):
            own = (1,) * (len(shape) - len(x.shape)) + x.shape
            shape = tuple(n if type(of) is int and n == of else of for n, of in zip(own, shape, strict=True))
    return shape


def kind_of(x: Any) -> type:
    """What a Term, or a plain value, is to Python: float, int or bool, a class of NumPy's numbers, or np.ndarray.

    With `shape` and `dtype` this is all that is known of what a program computes: Terms that are read off a function
    have no value. A result of several parts is a tuple, of which each part has a Term of its own.

    >>> x = Term(np.ones(3), "x")
    >>> kind_of(x + 1.0), kind_of(Term(2.0, "a") * 3.0), kind_of(np.argmax(x)), kind_of(3)
    (<class 'numpy.ndarray'>, <class 'float'>, <class 'numpy.int64'>, <class 'int'>)
    """
    return x.kind if isinstance(x, Term) else type(x)


@cache
def slots(kind: type) -> tuple[str, ...]:
    """The attributes of a kind of Term."""
    return tuple(name for base in kind.__mro__ for name in getattr(base, "__slots__", ()))


@cache
def _read(kind: type) -> Callable[[Term], tuple[Any, ...]]:
    return attrgetter(*slots(kind))


def value_of(x: Any) -> Any:
    """The same structure with values in place of Terms."""
    return mapped(x, lambda s: s.value)


def mapped(x: Any, change: Callable[[Term], Any]) -> Any:
    """The same structure with `change` made to the Terms in it."""
    if isinstance(x, Term):
        return change(x)
    if type(x) in (tuple, list):  # the operands of a step, mostly: a loop that calls itself for each is much slower
        parts = [change(v) if isinstance(v, Term) else mapped(v, change) if type(v) in _CONTAINERS else v for v in x]
        return tuple(parts) if type(x) is tuple else parts
    if type(x) is slice:
        return slice(*(mapped(part, change) for part in (x.start, x.stop, x.step)))
    return {k: mapped(v, change) for k, v in x.items()} if type(x) is dict else x


_CONTAINERS = (tuple, list, dict, slice)


def within(x: Any) -> list[Term]:
    """The Terms in a structure, in order."""
    if isinstance(x, Term):
        return [x]
    if type(x) is slice:
        x = x.start, x.stop, x.step
    found: list[Term] = []
    for part in x.values() if type(x) is dict else x if type(x) in (tuple, list) else ():
        if isinstance(part, Term):
            found.append(part)
        elif type(part) in _CONTAINERS:
            found += within(part)
    return found


def repeated(s: Term, shape: tuple[int, ...]) -> Term:
    """A Term in this shape."""
    return s if s.shape == shape else _call(OPS[np.broadcast_to], (s, shape), {})


def named(symbol: Term) -> bool:
    """Whether it is written by its name, whatever it was computed from."""
    return symbol.name is not None


def never(_: Term) -> bool:
    """To go down to what the program begins with, whatever has a name on the way."""
    return False


def in_order(roots: Iterable[Any], stop: Callable[[Term], bool] = named) -> list[Term]:
    """Every Term that has to be written for the roots, operands before what they are operands of. No recursion.

    stop   where not to go on to the operands
    """
    order: list[Term] = []
    done: set[int] = set()
    opened: set[int] = set()  # whose operands are on the stack, or done
    stack = [s for s in roots if isinstance(s, Term)][::-1]
    while stack:
        s = stack[-1]
        key = id(s)
        if key not in opened:
            opened.add(key)
            if s.inner and not stop(s):
                stack += [x for x in reversed(s.inner) if id(x) not in done]
                continue
        stack.pop()
        if key not in done:
            done.add(key)
            order.append(s)
    return order


def applied_to(s: Term, new: Callable[[Term], Any]) -> Term:
    """The Term with other operands; itself where they are the same."""
    for x in s.inner:
        if new(x) is not x:
            break
    else:
        return s
    operands, params = mapped((s.operands, s.params), new)
    return s.but(operands=operands, params=params)


def rebuilt(roots: Sequence[Any], change: Callable[[Term], Any], stop: Callable[[Term], bool] = named) -> list[Any]:
    """The roots with `change` made to every Term, from the operands on: what it is given has changed operands."""
    found: dict[int, Any] = {}
    for s in in_order(roots, stop):
        found[id(s)] = change(s if stop(s) else applied_to(s, lambda x: found[id(x)]))
    return [found[id(r)] if isinstance(r, Term) else r for r in roots]


def rerun(term: Term, change: Callable[[Term], Any]) -> Any:
    """A Term computed once more, where `change` gives something else for some of what it is made of.

    change   what is to stand in the place of a Term; None to leave it

    >>> x = Term(3.0, "x")
    >>> rerun(x * x + 1.0, lambda s: Term(5.0, "x") if s is x else None).value
    26.0

    Raises what the operations raise of values that they do not take.
    """
    found: dict[int, Any] = {}
    for s in in_order([term]):
        new = change(s)
        if new is not None or s.call is None or named(s):
            found[id(s)] = s if new is None else new
            continue
        operands, params = mapped((s.operands, s.params), lambda x: found[id(x)])
        if all(found[id(x)] is x for x in within((s.operands, s.params))):
            found[id(s)] = s
        elif s.call in OPS and within((operands, params)):
            found[id(s)] = _run(OPS[s.call], operands, params)
        else:
            value = s.call(*value_of(operands), **value_of(params))
            found[id(s)] = s.but(operands=operands, params=params, value=value, shape=np.shape(value))
    return found[id(term)]


def evaluate(term: Term, values: Mapping[tuple[str, bool], Any]) -> Any:
    """The value of a Term where names stand for other values than it was recorded with.

    values   (name, whether the gradient of it is meant) -> value; what is not there keeps its own

    >>> x, g = Term(3.0, "x"), Term(1.0, "y", gradient=True)
    >>> evaluate(g * x, {("x", False): 5.0, ("y", True): 2.0})
    10.0
    """
    return value_of(rerun(term, lambda s: revalued(s, values)))


def revalued(s: Term, values: Mapping[tuple[str, bool], Any]) -> Term | None:
    """A Term of the same name with the value that is given for it; None where none is."""
    if s.name is None or (s.name, s.gradient) not in values:
        return None
    value = values[s.name, s.gradient]
    return s.but(value=value, shape=np.shape(value))


# --- reading recorded nodes -------------------------------------------------------------------------------------------


def rule(node: Node, position: int, name: NameOf, incoming: Any = None) -> Term:
    """What `node` contributes to the gradient of its operand `position`: the operation's own rule, run on symbols.

    name       the name of a node or constant
    incoming   the gradient of `node`, where the formula is to show numbers

    The contribution is fitted to the operand's shape as the sweep does it: the sum that undoes broadcasting is in it.

    Raises GraphError for an operand that receives no gradient.
    """
    parent = node.parents[position]
    vjp = node.op.vjps[position] if node.op is not None and type(parent) is Node else None
    if vjp is None:
        raise GraphError(f"Operand {position} of {node} receives no gradient, so there is no rule to read.")
    g = Term(_ones(node) if incoming is None else incoming, name(node), gradient=True)
    out = None if node.out is None else Term(node.out, name(node))
    inputs = [_input(kept, p, name) for kept, p in zip(node.inputs, node.parents, strict=True)]
    with np.errstate(all="ignore"):
        contribution = vjp(g, out, *inputs, **node.params)
    return fit(contribution, parent.shape, parent.dtype)  # type: ignore[no-any-return]


def local(node: Node, name: NameOf, values: dict[Node, Any] | None = None) -> Term:
    """How `node` was computed from its operands, one operation deep."""
    operands = tuple(_operand(p, name, values) for p in node.parents)
    return _applied(node, operands, None if values is None else values[node])


def whole(node: Node, name: NameOf, stop: Callable[[Node], bool], found: dict[Node, Term] | None = None) -> Term:
    """How `node` was computed, down to leaves, constants and the nodes where `stop` says so.

    found   what is known of other nodes; what is found here is entered, so that each node is read once
    """
    found = {} if found is None else found
    wanted, stack = {node} - found.keys(), [node]
    while stack:
        for p in stack.pop().parents:
            if type(p) is Node and p not in wanted and p not in found and not stop(p):
                wanted.add(p)
                stack.append(p)
    for n in sorted(wanted, key=lambda n: n.index):
        if n.op is not None:
            found[n] = _applied(n, tuple(_known(p, found, name) for p in n.parents), None)
    return found[node] if node in found else Term(node.out, name(node))


def _known(parent: Any, found: dict[Node, Term], name: NameOf) -> Any:
    return found[parent] if type(parent) is Node and parent in found else _operand(parent, name, None)


def _applied(node: Node, operands: tuple[Any, ...], value: Any) -> Term:
    assert node.op is not None
    op = node.op
    return Term(value, function=op.name, call=op.function, operands=operands, params=node.params, shape=node.shape)


def _operand(parent: Any, name: NameOf, values: dict[Node, Any] | None) -> Any:
    if type(parent) is Node:
        return Term(None if values is None else values.get(parent), name(parent), shape=parent.shape)
    return _constant(parent, name)


def _input(kept: Any, parent: Any, name: NameOf) -> Any:
    """What the rule is handed for an operand: a Term for a value that it reads, else what the node kept."""
    if kept is None or isinstance(kept, tuple):
        return kept
    return Term(kept, name(parent)) if type(parent) is Node else _constant(parent, name)


def _constant(operand: Any, name: NameOf) -> Any:
    called, value = name(operand), unwrapped(operand)
    return value if called is None else Term(value, called)


def _ones(node: Node) -> Any:
    return 1.0 if node.dtype is None else np.ones(node.shape, node.dtype)
