"""Op: an operation and its derivative rule; and the registry of all of them.

How an operation is declared stands in declare.py. This file knows no Tensor: NumPy's protocols bring Tensors to the
rules, and Tensor enters itself in TRACED.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from autograd.errors import Undecided
from autograd.fitting import settle, wide
from autograd.node import Node

Rule = Callable[..., Any]
Wrap = Callable[[Any, Any], Any]

NOTHING, SHAPE, VALUE = 0, 1, 2


class Op:
    """An operation: how to run it (`kernel`), and how a derivative passes through it.

    vjps[i](g, out, *inputs, **params) carries the gradient of the result back to operand i;
    pushes[i](t, out, *inputs, **params) carries a tangent of operand i forward to the result.
    Either is None for an operand without derivative (a condition, an index).
    variadic   on a sequence of operands; vjps and pushes are then an Each
    ours       neither NumPy's nor a user's
    declared   file and line of the declaration
    recorded   vjps and pushes for sweeps that are recorded, to be differentiated again
    kinked, quotient, factored   what cancel.py has to know
    """

    declared: tuple[str, int] | None = None
    recorded: tuple[Sequence[Rule | None], Sequence[Rule | None]]

    def __init__(
        self,
        function: Rule,
        kind: str,
        vjps: Sequence[Rule | None],
        pushes: Sequence[Rule | None],
        reads: Sequence[int],
        reads_out: bool,
        params: dict[str, Any],
        kernel: Rule | None = None,
        scalar: Rule | None = None,
        prepare: Rule | None = None,
        name: str | None = None,
        variadic: bool = False,
        kinked: Rule | None = None,
        quotient: Rule | None = None,
        factored: Rule | None = None,
    ) -> None:
        self.function = function
        self.kind = kind
        self.name = name or function.__name__
        self.ours = (getattr(function, "__module__", None) or "").startswith("autograd.rules")
        self.kernel = kernel or function
        self.scalar = scalar
        self.prepare = prepare
        self.kinked = kinked
        self.quotient = quotient
        self.factored = factored
        self.vjps = vjps
        self.pushes = pushes
        self.recorded = vjps, pushes
        self.reads = reads
        self.reads_out = reads_out
        self.reads_all = all(r == VALUE for r in reads)
        self.partly = _partly(reads)
        self.params = params
        self.variadic = variadic
        self.reads_nothing = bool(reads) and not any(reads) and not self.variadic
        # How many operands a call has in which nothing needs to be sorted.
        self.plain = len(reads) if kind != "constant" and not self.variadic and prepare is None else None
        self.unary = self.plain == 1

    def __repr__(self) -> str:
        return f"<Op {self.name}: {self.kind}>"

    def reading(self, n: int) -> Sequence[int]:
        """What the rules read of each of n operands."""
        return tuple(self.reads) * n if self.variadic else self.reads

    def run(self, raws: Sequence[Any], params: dict[str, Any]) -> Any:
        """The result for plain operands, in the form in which a Tensor keeps it."""
        try:
            if self.scalar is not None and all(type(x) is float for x in raws):
                return settle(self.scalar(*raws, **params))
            for x in raws:
                if type(x) in TRACED:  # a value that only stands for one, while a program is read off a function
                    return type(x).run(self, raws, params)
            if self.variadic:
                return settle(self.kernel(raws, **params))
            return settle(self.kernel(*raws, **params))
        except (ValueError, ArithmeticError) as error:  # math.exp(1000) raises where NumPy gives inf: let NumPy say it
            if self.variadic or (isinstance(error, ValueError) and not all(type(x) is float for x in raws)):
                raise
            # A function of the engine's own computes as Python does with Python's floats, so they become NumPy's.
            raws = [np.float64(x) if type(x) is float else x for x in raws]
            return settle(self.function(*raws, **params))

    def pullback(
        self, node: Node, g: Any, active: Collection[Node] | None = None, wrap: Wrap | None = None
    ) -> list[Any]:
        """What each operand of `node` receives of its gradient g; None where none flows. Here all vjps are run.

        active  the nodes that a gradient is wanted for; None: all
        """
        out, inputs, params, vjps = node.out, node.inputs, node.params, self.vjps
        if wrap is not None:
            (out, inputs), vjps = self.wrapped(node, wrap), self.recorded[0]
        if self.variadic:
            vjps, inputs, params = vjps.begin(inputs, params), (), {}  # type: ignore[attr-defined]
        if node.dtype is not None:  # rules count and add up, which float16 cannot
            g = wide(g)
        shares: list[Any] = []
        for i, parent in enumerate(node.parents):
            vjp = vjps[i] if type(parent) is Node and (active is None or parent in active) else None
            share = None
            if vjp is not None:
                try:
                    share = vjp(g, out, *inputs, **params) if params else vjp(g, out, *inputs)
                except (ArithmeticError, Undecided) as cause:
                    share = self._instead(cause, f"vjp_{i}", vjp, (g, out, *inputs), params)
            shares.append(share)
        return shares

    def pushforward(
        self, node: Node, tangents: dict[Node, Any], wrap: Wrap | None = None, apart: bool = False
    ) -> list[tuple[int, Any]]:
        """What the tangents of operands of `node` give for its own: position, share. Here all pushes are run.

        apart  one share for each operand, also where a rule finds the sum of all at once
        """
        out, inputs, pushes = node.out, node.inputs, self.pushes
        if wrap is not None:
            (out, inputs), pushes = self.wrapped(node, wrap), self.recorded[1]
        known = [wide(tangents.get(parent)) if type(parent) is Node else None for parent in node.parents]
        moving = [i for i, t in enumerate(known) if t is not None]
        if moving and not apart and hasattr(pushes, "all_of"):
            return [(moving[0], pushes.all_of(known, *inputs, **node.params))]
        parts = []
        for i in moving:
            push = pushes[i]
            if push is not None:
                try:
                    part = push(known[i], out, *inputs, **node.params)
                except (ArithmeticError, Undecided) as cause:
                    part = self._instead(cause, f"jvp_{i}", push, (known[i], out, *inputs), node.params)
                parts.append((i, part))
        return parts

    def _instead(self, cause: Exception, which: str, rule: Rule, read: tuple[Any, ...], params: dict[str, Any]) -> Any:
        """What a rule gives that could not be run as it stands: on Python's floats 1/0 raises; a Symbol is undecided."""
        if isinstance(cause, Undecided):
            return cause.whole(f"{self.name}_{which}", rule, read, params)
        return by_numpy(rule, read[0], read[1], read[2:], params)

    def wrapped(self, node: Node, wrap: Wrap) -> tuple[Any, tuple[Any, ...]]:
        """What the rules read of `node`, as `wrap` makes it."""
        out = None if node.out is None else wrap(node.out, node)
        reading = zip(node.inputs, node.parents, self.reading(len(node.parents)), strict=True)
        return out, tuple(x if reads == NOTHING else wrap(x, p) for x, p, reads in reading)


def by_numpy(rule: Rule, g: Any, out: Any, inputs: tuple[Any, ...], params: dict[str, Any]) -> Any:
    """The rule on NumPy's numbers: Python's raise at 1/0, where NumPy gives inf and a warning."""
    g, out, *inputs = (np.float64(x) if type(x) in (float, int) else x for x in (g, out, *inputs))  # type: ignore[assignment]
    return rule(g, out, *inputs, **params)


def _partly(reads: Sequence[int]) -> list[tuple[int, int]]:
    """The operands that are not read in full: position, and what is read."""
    return [(i, r) for i, r in enumerate(reads) if r != VALUE]


def kept(op: Op, parents: tuple[Any, ...], raws: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a node holds of its operands: what the rule reads.

    Constants and the data of leaves are held in any case: somebody else holds them anyway, and pictures and formulas
    show them. So no result of an operation is kept alive that no rule reads.
    """
    if op.reads_nothing and len(raws) <= 2:  # most operations that come here: the loop below, written out
        p = parents[0]
        first = None if type(p) is Node and p.op is not None else raws[0]
        if len(raws) == 1:
            return (first,)
        p = parents[1]
        return first, (None if type(p) is Node and p.op is not None else raws[1])
    inputs = list(raws)
    for i, reads in op.partly if not op.variadic else _partly(op.reading(len(raws))):
        parent = parents[i]
        if reads == SHAPE:
            inputs[i] = np.shape(raws[i])
        elif type(parent) is Node and parent.op is not None:
            inputs[i] = None
    return tuple(inputs)


OPS: dict[Any, Op] = {}
COMPOSITES: dict[Any, Rule] = {}
REFUSED: dict[Any, str] = {}
TRACED: dict[type, Rule] = {}
WRAP: dict[type, Rule] = {}
