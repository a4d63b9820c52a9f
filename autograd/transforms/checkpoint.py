"""checkpoint: recompute a piece of a program in the backward pass instead of keeping what its rules read."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, cast

import numpy as np

from autograd.core.modes import MODE, Observer, Switched, no_grad, recording, tracing
from autograd.core.node import Node, next_index
from autograd.core.op import VALUE, Op, record
from autograd.core.sweep import forward, reverse
from autograd.core.types import Value
from autograd.errors import GraphError
from autograd.rules import identity
from autograd.rules.cancel import depends, has_kink, reverse_recorded
from autograd.rules.special import undetermined
from autograd.rules.variadic import Each
from autograd.tensor import Tensor, wrap
from autograd.transforms.kinks import forward_recorded
from autograd.transforms.made import made_by
from autograd.transforms.tree import flatten, rebuild


def checkpoint(f: Callable[..., Any]) -> Callable[..., Any]:
    """A function with the value and derivatives of f that keeps none of its intermediate values: the sweep reruns f.

    f must be deterministic, but for what it draws by `autograd.drawn`, and return one Tensor; its arguments may be
    nested, and it may use Tensors from outside (parameters), which receive their gradients as well. It costs one more
    forward pass of f.

    >>> import numpy as np, autograd as ag
    >>> x = ag.Tensor(0.5)
    >>> ag.checkpoint(lambda t: np.sin(np.exp(t)))(x).backward()
    >>> bool(x.grad == np.cos(np.exp(0.5)) * np.exp(0.5))
    True

    Raises GraphError where f returns something else, or a parameter was given new data before the sweep.
    """

    @made_by(checkpoint, f)
    @functools.wraps(f)
    def remembered_by_its_arguments(*args: Any, **kwargs: Any) -> Any:
        mode = MODE.get()
        if mode is not None and (not mode.record or tracing()):
            return f(*args, **kwargs)
        return _Piece(functools.partial(f, **kwargs), args).result()

    return remembered_by_its_arguments


class _Piece:
    """One call of f: its arguments, the outside nodes that it uses, and how to run it again."""

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.f = f
        leaves, self.structure = flatten(args)
        self.plain = [None if _differentiable(x) else x for x in leaves]
        self.given = [x for x in leaves if _differentiable(x)]
        self.draws: list[Any] = []

    def result(self) -> Any:
        """Run f, and record the call as a single node."""
        start = next_index()
        inner = [Tensor(x._value) for x in self.given]
        out = self._run(inner)
        if isinstance(out, (list, tuple, dict)):
            raise GraphError(
                f"checkpoint needs a function that returns one Tensor; it returned a {type(out).__name__}."
            )
        if not _differentiable(out):
            return out
        self.outside = _used_from_outside(out.node, start, {x.node for x in inner})
        parents = (*(x.node for x in self.given), *self.outside)
        raws = (*(x._value for x in self.given), *(node.out for node in self.outside))
        rules = _Shares(self._shares), Each(self._push), (VALUE,), False
        op = Op(self.f, "general", *rules, params={}, kernel=self._again, name="checkpoint", variadic=True)
        op.kinked = undetermined if depends(out.node, has_kink) else None
        self.recorded_at, self.print = next_index(), _fingerprint(out)
        return wrap(out._value, record(op, parents, raws, {}, out._value))

    def _run(self, tensors: Sequence[Tensor]) -> Any:
        values = iter(tensors)
        with Switched(record=True, observer=_Drawn(self.draws)):
            return self.f(*rebuild(self.structure, [next(values) if x is None else x for x in self.plain]))

    def _again(self, raws: Sequence[Any]) -> Value:
        """The value for plain operands."""
        with no_grad():
            return self._run([Tensor(x, requires_grad=False) for x in raws[: len(self.given)]]).data

    def _recorded(self, inputs: Sequence[Any]) -> tuple[Tensor, list[Any]]:
        """f run again: its result, and the nodes that stand for the operands."""
        for node in self.outside:
            if node.index > self.recorded_at:
                raise GraphError(
                    f"{node.name or 'A parameter'} was given new data after a checkpointed function used it, so the "
                    "function cannot be run again as it was. Call backward() before the step."
                )
        inner = [identity(x) if isinstance(x, Tensor) else Tensor(x) for x in inputs[: len(self.given)]]
        out = self._run(inner)
        if _fingerprint(out) != self.print:
            raise GraphError(
                "A checkpointed function gave another value when it was run again: it must be deterministic."
            )
        return out, [*(x.node for x in inner), *self.outside]

    def _shares(self, g: Value, inputs: Sequence[Any]) -> list[Any]:
        """The gradients with respect to all operands, by one sweep over the piece run again."""
        out, targets = self._recorded(inputs)
        with recording():
            sweep = functools.partial(reverse_recorded, wrap=wrap) if isinstance(g, Tensor) else reverse
            found = sweep(cast(Node, out.node), g, targets=targets, through=False)
        return [found[node] if node in found else np.zeros(node.shape) for node in targets]

    def _push(self, i: int, t: Value, *inputs: Any) -> Value:
        """The tangent of the result for a tangent of operand i."""
        out, targets = self._recorded(inputs)
        tangents = {node: t if k == i else np.zeros(node.shape) for k, node in enumerate(targets)}
        if not isinstance(t, Tensor):
            return forward(cast(Node, out.node), tangents)
        return forward_recorded(cast(Node, out.node), tangents)


class _Drawn(Observer):
    """Keeps the random numbers of the first run, and gives them to the next ones."""

    def __init__(self, draws: list[Any]) -> None:
        self.draws, self.place = draws, count()

    def drawn(self, draw: Callable[..., Any], rng: Any, name: str | None) -> Callable[..., Any]:
        """See autograd.core.modes.Observer."""

        def kept(rng: Any) -> Any:
            if (i := next(self.place)) == len(self.draws):
                self.draws.append(draw(rng))
            return self.draws[i]

        return kept


class _Shares(Each):
    """Rules that find all operands' gradients at their first call of each visit, and hand them out one by one."""

    def __init__(self, shares: Callable[[Any, Sequence[Any]], list[Any]], inputs: Sequence[Any] | None = None) -> None:
        self.shares = shares
        self.inputs = inputs
        self.found: list[Any] = []

    def begin(self, inputs: Sequence[Any], params: dict[str, Any]) -> Sequence[Any]:
        """Rules for one visit, which belong to this sweep alone."""
        return _Shares(self.shares, inputs)

    def __getitem__(self, i: Any) -> Any:
        def share(g: Value, _out: Value, *inputs: Any) -> Value:
            self.found = self.found or self.shares(g, inputs if self.inputs is None else self.inputs)
            return self.found[i]

        return share


def _fingerprint(out: Tensor) -> tuple[tuple[int, ...], int]:
    """Enough of a value to notice that a second run gave another one."""
    return out.shape, hash(np.asarray(out._value).tobytes())


def _differentiable(x: Value) -> bool:
    return isinstance(x, Tensor) and x.requires_grad


def _used_from_outside(root: Any, start: int, inner: set[Any]) -> list[Node]:
    """The nodes recorded before `start` (and leaves) that a piece of graph rests on."""
    found: dict[Node, None] = {}
    seen, stack = {root}, [root]
    while stack:
        node = stack.pop()
        if type(node) is not Node or node in inner:
            continue
        if node.index < start:
            found[node] = None
            continue
        for parent in node.parents:
            if type(parent) is Node and parent not in seen:
                seen.add(parent)
                stack.append(parent)
    return sorted(found, key=lambda node: node.index)
