"""Derivatives of functions: `grad` and its kin, with the signatures that JAX users know.

Arguments may be numbers, arrays, Tensors, and nested lists, tuples and dicts of them; a result has the structure of the
argument. Plain arguments give plain results. Where the function also depends on a Tensor from outside (an argument of
an enclosing `grad`, a captured parameter), the result is a Tensor that depends on it too, so nesting is always right.

With `has_aux=True` a function returns a pair (value, aux): aux is whatever else it has to say, such as predictions. No
derivative is taken of it, and it comes back in a pair with the value, or last where there is none: plain as the value,
or a Tensor where it depends on one from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any
from weakref import WeakSet

import numpy as np

from autograd.core.modes import recording
from autograd.core.node import Node, ancestors, next_index
from autograd.core.op import TRACED
from autograd.core.reads import READS, Reads, warn_of_a_cut
from autograd.core.sweep import forward, reverse
from autograd.core.types import Value
from autograd.errors import DtypeError, GraphError, ShapeError, describe
from autograd.rules import identity
from autograd.rules.cancel import reverse_recorded
from autograd.signposts import answering
from autograd.tensor import Tensor, as_constant, wrap
from autograd.transforms.kinks import recorded_tangent
from autograd.transforms.made import made_by
from autograd.transforms.tree import flatten, paths, rebuild

Function = Callable[..., Any]
_FRESH: WeakSet[Node] = WeakSet()  # the leaves that calls of grad and its kin have made for plain arguments


def vjp(f: Function, *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of f, and the function that carries a cotangent of it back to each argument.

    Returns (out, vjp_fn), or (out, vjp_fn, aux) with has_aux; vjp_fn(g) takes g of out's shape and gives a tuple, one
    gradient per primal.

    >>> import numpy as np, autograd as ag
    >>> out, back = ag.vjp(lambda W, x: W @ x, np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]))
    >>> out
    array([[11.]])
    >>> back(np.ones((1, 1)))
    (array([[3., 4.]]), array([[1.],
           [2.]]))
    """
    run = _Run(f, primals, has_aux=has_aux)
    return run.with_aux(run.value, lambda g: tuple(run.pull(g)))


@answering
def value_and_grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """A function that gives (f(*args), gradient of f by argument `argnums`); f must return one number.

    has_aux  f returns a pair (number, aux), and so the function gives ((number, aux), gradient), as in JAX

    >>> import autograd as ag
    >>> ag.value_and_grad(lambda x: x**3)(2.0)
    (8.0, 12.0)
    >>> ag.value_and_grad(lambda x: (x**3, {"x²": x * x}), has_aux=True)(2.0)
    ((8.0, {'x²': 4.0}), 12.0)
    """

    def with_gradient(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        run = _Run(f, args, kwargs, _numbers(argnums, len(args)), has_aux)
        nested = isinstance(run.value, (list, tuple, dict))
        if nested or np.size(run.value) != 1:
            given = f"a {type(run.value).__name__}" if nested else describe(run.value)
            raise GraphError(
                f"grad needs a function that returns one number; {_called(f)} returned {given}. "
                "Reduce it (sum, mean), or use jacobian or vjp. For more results beside the number, return "
                "(number, more) and set has_aux=True."
            )
        gradients = run.pull(np.ones(np.shape(run.value)) if np.ndim(run.value) else 1.0)
        value = (run.value, run.aux) if has_aux else run.value
        return value, gradients[0] if isinstance(argnums, (int, np.integer)) else tuple(gradients)

    return _as(value_and_grad, f, argnums, has_aux)(with_gradient)


@answering
def grad(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """The gradient of f by argument `argnums` (a tuple of them gives a tuple), as a function of the same arguments.

    has_aux  f returns a pair (number, aux), and so the function gives (gradient, aux), as in JAX

    >>> import numpy as np, autograd as ag
    >>> bool(ag.grad(ag.grad(np.sin))(0.5) == -np.sin(0.5))
    True
    """
    both = value_and_grad(f, argnums, has_aux)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, g = both(*args, **kwargs)
        return (g, value[1]) if has_aux else g

    return _as(grad, f, argnums, has_aux)(gradient)


def jvp(f: Function, primals: Sequence[Any], tangents: Sequence[Any], has_aux: bool = False) -> tuple[Any, ...]:
    """The value of f at `primals`, and its derivative in the direction `tangents`: forward mode, in one pass.

    Returns (out, tangent), or (out, tangent, aux) with has_aux.

    >>> import numpy as np, autograd as ag
    >>> ag.jvp(lambda x: x * x, (3.0,), (1.0,))
    (9.0, 6.0)
    """
    run = _Run(f, _tuple(primals), has_aux=has_aux)
    return run.with_aux(run.value, run.push(tangents))


@answering
def jacobian(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """All partial derivatives: result of shape (*shape of f's value, *shape of the argument).

    Reverse mode where the value has fewer entries than the argument, forward mode otherwise. With has_aux the result is
    (Jacobian, aux).

    >>> import numpy as np, autograd as ag
    >>> ag.jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """

    def of(*args: Any, **kwargs: Any) -> Any:
        numbers = _numbers(argnums, len(args))
        run = _Run(f, args, kwargs, numbers, has_aux)
        blocks = [run.jacobian(k) for k in range(len(run.outs))]
        result = rebuild(
            run.out_structure, [b[0] if isinstance(argnums, (int, np.integer)) else tuple(b) for b in blocks]
        )
        return (result, run.aux) if has_aux else result

    return _as(jacobian, f, argnums, has_aux)(of)


@answering
def hessian(f: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """Second derivatives of a function that returns one number: shape (*shape of the argument, twice).

    With has_aux the result is (Hessian, aux).

    >>> import numpy as np, autograd as ag
    >>> ag.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]))
    array([[6., 2.],
           [2., 0.]])
    """
    return jacobian(grad(f, argnums, has_aux), argnums, has_aux)


def hvp(f: Function, primals: Sequence[Any], vectors: Sequence[Any]) -> tuple[Any, Any]:
    """The gradient of f at `primals`, and the Hessian times `vectors` (forward over reverse; no Hessian is formed).

    >>> import numpy as np, autograd as ag
    >>> ag.hvp(lambda x: np.sum(x**3), (np.array([1.0, 2.0]),), (np.array([1.0, 0.0]),))
    (array([ 3., 12.]), array([6., 0.]))
    """
    primals = _tuple(primals)
    numbers = tuple(range(len(primals)))
    of_all = grad(f, numbers)
    value, tangent = jvp(of_all, primals, vectors)
    return (value[0], tangent[0]) if len(primals) == 1 else (value, tangent)


def per_example_grad(f: Callable[..., Any], argnums: int = 0, over: Sequence[int] = (1, 2)) -> Callable[..., Any]:
    """The gradients for each sample by itself: f is called with one column at a time of the arguments `over`.

    f(*args) returns one number; arguments `over` have samples on their last axis (m). The result has the structure of
    argument `argnums`, each array with a last axis of m. It costs m forward and backward passes.

    >>> import numpy as np, autograd as ag
    >>> cost = lambda w, X, Y: np.sum((w @ X - Y) ** 2)
    >>> ag.per_example_grad(cost)(np.array([[1.0, 2.0]]), np.ones((2, 3)), np.array([[3.0, 2.0, 1.0]])).shape
    (1, 2, 3)
    """
    one = grad(f, argnums)

    @made_by(per_example_grad, f, argnums, over)
    def of_each(*args: Any) -> Any:
        batched = _numbers(over, len(args), "over")
        sizes = {np.shape(args[k])[-1] if np.ndim(args[k]) else None for k in batched}
        if len(sizes) != 1 or None in sizes or 0 in sizes:
            raise ShapeError(
                f"per_example_grad: arguments {tuple(over)} must share a last axis of m > 0 samples, but got {sizes}."
            )
        columns = []
        for i in range(sizes.pop()):  # type: ignore[arg-type]
            column = slice(i, i + 1)
            sample = (_array(a)[..., column] if k in batched else a for k, a in enumerate(args))
            columns.append(flatten(one(*sample)))
        each = zip(*(leaves for leaves, _ in columns), strict=True)
        return rebuild(columns[0][1], [np.stack(parts, axis=-1) for parts in each])

    return of_each


class _Run:
    """One recorded call of a function: its value, and sweeps over the graph between chosen arguments and the value."""

    def __init__(
        self,
        f: Function,
        args: tuple[Any, ...],
        kwargs: dict[str, Any] | None = None,
        numbers: Sequence[int] | None = None,
        has_aux: bool = False,
    ) -> None:
        numbers = range(len(args)) if numbers is None else numbers
        self.args = [args[i] for i in numbers]
        flat = [flatten(a) for a in self.args]
        self.structures = [structure for _, structure in flat]
        self.start = next_index()
        with recording():
            try:
                self.inputs = [[_fresh(x) for x in leaves] for leaves, _ in flat]
            except DtypeError as cause:
                raise _no_number(zip(numbers, self.args, strict=True)) or cause from None
            called = list(args)
            for i, tensors, structure in zip(numbers, self.inputs, self.structures, strict=True):
                called[i] = rebuild(structure, tensors)
            reads = Reads(READS.get())
            listening = READS.set(reads)
            try:
                self.out = f(*called, **(kwargs or {}))
            finally:
                READS.reset(listening)
        self.has_aux, aux = has_aux, None
        if has_aux:
            self.out, aux = _pair(f, self.out)
        self.nodes: list[Any] = [t.node for tensors in self.inputs for t in tensors]
        outs, self.out_structure = returned(f, self.out)
        self.outs = [o if isinstance(o, Tensor) else as_constant(o) for o in outs]
        if reads.nodes:
            self._warn_of_cuts(f, reads, numbers)
        self.outer = self._depends_on_more(self.outs)
        self.value = rebuild(self.out_structure, [self._given(o, self.outer) for o in self.outs])
        more, structure = flatten(aux)
        self.aux = rebuild(
            structure, [self._given(x, self._depends_on_more([x])) if isinstance(x, Tensor) else x for x in more]
        )

    def with_aux(self, *results: Any) -> tuple[Any, ...]:
        """Results, and last what f returned beside its value, if that was asked for."""
        return (*results, self.aux) if self.has_aux else results

    def _warn_of_cuts(self, f: Function, reads: Reads, numbers: Sequence[int]) -> None:
        """Warn of arguments whose values were read, and on which nothing that f returned depends."""
        reached = {node for out in self.outs if type(out.node) is Node for node in ancestors(out.node)}
        lost = reads.cut(set(self.nodes) - reached)
        names = [n for i, a in zip(numbers, self.args, strict=True) for n in paths(a, f"argument {i}")]
        cut = [name for name, node in zip(names, self.nodes, strict=True) if node in lost]
        if cut:
            warn_of_a_cut(
                f"The derivative of {_called(f)} with respect to {', '.join(cut[:4])}{', …' if cut[4:] else ''} is 0, "
                "because the value was read as plain numbers (.data, .detach(), .item(), no_grad), which cuts the "
                "gradient. Compute with the Tensor itself: np.sum(x**2), not np.sum(x.data**2). If 0 is intended, "
                "leave that argument out of argnums."
            )

    def pull(self, cotangent: Any) -> list[Any]:
        """The gradients of the arguments for a cotangent of the value, in the structures of the arguments."""
        leaves, _ = flatten(cotangent)
        if len(leaves) != len(self.outs):
            raise GraphError(
                f"A cotangent must have the structure of the value, {len(self.outs)} arrays, but got {len(leaves)}."
            )
        traced = self.outer or any(isinstance(g, Tensor) for g in leaves)
        found = self._pulled(zip(self.outs, leaves, strict=True), traced)
        return self._shaped(lambda t: _found(found, t), traced)

    def _pulled(self, cotangents: Iterable[tuple[Tensor, Any]], traced: bool) -> dict[Node, Any]:
        """The gradients of the leaves, by node, for cotangents of some of the values."""
        found: dict[Node, Any] = {}
        for out, g in cotangents:
            if type(out.node) is Node:
                seed = _like(g, out, traced)
                sweep = partial(reverse_recorded, wrap=wrap) if traced else reverse
                part = sweep(out.node, seed, targets=self.nodes)
                for node in self.nodes:
                    if node in part:
                        found[node] = found[node] + part[node] if node in found else part[node]
        return found

    def push(self, tangents: Sequence[Any]) -> Value:
        """The tangent of the value for tangents of the arguments."""
        if not isinstance(tangents, (list, tuple)) or len(tangents) != len(self.inputs):
            raise GraphError(
                f"There must be one tangent for each of the {len(self.inputs)} arguments, in a tuple; "
                f"given {str(tangents)[:100]}."
            )
        given = [flatten(t)[0] for t in tangents]
        traced = self.outer or any(isinstance(t, Tensor) for leaves in given for t in leaves)
        seeds: dict[Node, Any] = {}
        for tensors, leaves in zip(self.inputs, given, strict=True):
            if len(tensors) != len(leaves):
                raise GraphError(
                    f"A tangent must have the structure of its argument, {len(tensors)} arrays, but got {len(leaves)}."
                )
            for x, t in zip(tensors, leaves, strict=True):
                seeds[x.node] = _like(t, x, traced)  # type: ignore[index]
        results, sweep = [], recorded_tangent if traced else forward
        for out in self.outs:
            t = sweep(out.node, seeds) if type(out.node) is Node else None
            results.append(_zero(out) if t is None else t)
        return rebuild(
            self.out_structure,
            [as_constant(t) if traced and not isinstance(t, Tensor) else t for t in results],
        )

    def jacobian(self, k: int) -> list[Any]:
        """The Jacobian of the k-th value by each leaf of the arguments, by the cheaper of the two modes."""
        out = self.outs[k]
        if out.size > sum(t.size for tensors in self.inputs for t in tensors):
            return self._shaped(lambda x: self._columns(out, x), traced=False)
        rows = [self._pulled([(out, e)], self.outer) for e in _basis(out)]
        return self._shaped(lambda x: _stacked([_found(row, x) for row in rows], 0, out.shape + x.shape), traced=False)

    def _columns(self, out: Tensor, x: Tensor) -> Value:
        """The Jacobian by one leaf, a column for each of its entries (forward mode)."""
        columns, sweep = [], recorded_tangent if self.outer else forward
        for e in _basis(x):
            seed: dict[Any, Any] = {x.node: as_constant(e) if self.outer else e}
            t = sweep(out.node, seed) if type(out.node) is Node else None
            columns.append(_zero(out) if t is None else t)
        return _stacked(columns, -1, out.shape + x.shape)

    def _shaped(self, of: Callable[[Tensor], Any], traced: bool) -> list[Any]:
        def leaf(t: Tensor) -> Value:
            g = of(t)
            return as_constant(g) if traced and not isinstance(g, Tensor) else g

        return [rebuild(s, [leaf(t) for t in tensors]) for s, tensors in zip(self.structures, self.inputs, strict=True)]

    def _depends_on_more(self, outs: Iterable[Tensor]) -> bool:
        """Whether results depend on a Tensor that is not an argument, or an argument was a Tensor itself."""
        mine = set(self.nodes)
        for out in outs:
            if type(out.node) is Node:
                for node in ancestors(out.node):
                    # The arguments of a grad() within f were made while f ran: they are nobody's outside.
                    inside = node in mine or (node in _FRESH and node.index > self.start)
                    if node.op is None and not inside:
                        return True
        return False

    def _given(self, out: Tensor, connected: bool) -> Any:
        return out if connected else out._value


def _pair(f: Function, out: Value) -> tuple[Any, Any]:
    """The value and aux, which f returns where has_aux is set."""
    if type(out) is tuple and len(out) == 2:
        return out
    given = f"a {type(out).__name__} of {len(out)}" if isinstance(out, (tuple, list)) else f"{out!r:.60}"
    raise GraphError(
        f"has_aux=True needs a function that returns a pair (value, aux), but {_called(f)} returned {given}. "
        "Write `return value, aux`, or leave has_aux out."
    )


def returned(f: Function, out: Value) -> tuple[list[Any], Any]:
    """What f returned, flattened, and its structure. Raises GraphError where these are not numbers."""
    outs, structure = flatten(out)
    if any(o is None or isinstance(o, str) for o in outs):
        raise GraphError(f"{_called(f)} must return numbers or arrays, but returned {out!r}. Is a `return` missing?")
    return outs, structure


def _fresh(x: Value) -> Tensor:
    """A Tensor of its own for one leaf of the arguments; connected to x where x is a Tensor that wants a gradient."""
    if isinstance(x, Tensor) and x.requires_grad:
        return identity(x)  # type: ignore[no-any-return]
    t = Tensor(x._value if isinstance(x, Tensor) else x)
    _FRESH.add(t.node)  # type: ignore[arg-type]
    return t


def _no_number(arguments: Iterable[tuple[int, Any]]) -> DtypeError | None:
    """The error for the first leaf of the arguments that is neither a number nor an array of numbers."""
    for i, tree in arguments:
        for x, name in zip(flatten(tree)[0], paths(tree, f"argument {i}"), strict=True):
            if np.asarray(x._value if isinstance(x, Tensor) else x).dtype.kind not in "fiu":
                return DtypeError(
                    f"{name} is {repr(x)[:60]}; derivatives are with respect to real numbers and arrays. Anything else "
                    "goes into an argument that argnums leaves out, or is captured: lambda x: f(x, …)."
                )
    return None


def _like(g: Value, t: Tensor, traced: bool) -> Value:
    if g is None or isinstance(g, str) or np.shape(g) != t.shape:
        given = repr(g) if g is None or isinstance(g, str) else describe(g)
        raise ShapeError(
            f"A tangent or cotangent must have the shape of what it belongs to, {t.shape}, but got {given}."
        )
    if isinstance(g, Tensor):
        return g
    if type(g) in TRACED:  # an array that only stands for one
        g = g.astype(t.dtype)
        return as_constant(g) if traced else g
    g = float(g) if t.ndim == 0 and t.dtype == float else np.asarray(g, dtype=t.dtype)
    return as_constant(g) if traced else g


def _array(x: Value) -> Value:
    return x if type(x) in TRACED else np.asarray(x)


def _zero(t: Tensor) -> Value:
    return 0.0 if isinstance(t._value, float) else np.zeros(t.shape, t.dtype)


def _found(gradients: dict[Node, Any], t: Tensor) -> Value:
    return gradients[t.node] if t.node in gradients else _zero(t)


def _stacked(parts: list[Any], axis: int, shape: tuple[int, ...]) -> Value:
    """Rows or columns of a Jacobian as one array of its shape."""
    if shape == ():
        return parts[0]
    return np.reshape(np.stack(parts, axis=axis), shape) if parts else np.zeros(shape)


def _basis(t: Tensor) -> list[Any]:
    if t.ndim == 0:
        return [1.0 if isinstance(t._value, float) else np.ones((), t.dtype)]
    return [row.reshape(t.shape) for row in np.eye(t.size, dtype=t.dtype)]


def _numbers(argnums: int | Sequence[int], n: int, called: str = "argnums") -> tuple[int, ...]:
    """The positions of the arguments to differentiate with respect to, counted from 0."""
    numbers = (argnums,) if isinstance(argnums, (int, str, np.integer)) else tuple(argnums)
    if not all(isinstance(i, (int, np.integer)) and -n <= i < n for i in numbers):
        raise GraphError(f"{called}={argnums}: the function was called with {n} positional argument(s), from 0 on.")
    numbers = tuple(i % n for i in numbers)
    if len(set(numbers)) < len(numbers):
        raise GraphError(f"{called}={argnums} names an argument twice.")
    return numbers


def _tuple(primals: Sequence[Any]) -> tuple[Any, ...]:
    if not isinstance(primals, (list, tuple)):
        raise GraphError("The arguments of the function are given in a tuple, also a single one: (x,).")
    return tuple(primals)


def _as(transform: Function, f: Function, *how: Any) -> Callable[[Function], Function]:
    """A decorator of the derivative, which gets the signature of f, and a name that says what it is."""

    def named(derivative: Function) -> Function:
        derivative.__wrapped__ = f  # type: ignore[attr-defined]
        called = getattr(f, "__name__", "f").strip("<>")
        derivative.__name__ = derivative.__qualname__ = f"{transform.__name__}_of_{called}"
        return made_by(transform, f, *how)(derivative)

    return named


def _called(f: Function) -> str:
    return getattr(f, "__name__", "the function")
