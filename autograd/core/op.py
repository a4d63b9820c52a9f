"""Op: an operation and its derivative rule; and the registry of all of them.

How an operation is declared stands in declare.py. This file knows no Tensor: NumPy's protocols bring Tensors to the
rules, and Tensor enters itself in TRACED.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from autograd.core.fitting import in_single, is_half, settle, wide
from autograd.core.node import Node, noted
from autograd.core.types import Params, Rule, Value, Wrap
from autograd.errors import Undecided

NOTHING, SHAPE, VALUE = 0, 1, 2


@dataclasses.dataclass(eq=False, repr=False)
class Op:
    """An operation: how to run it (`kernel`), and how a derivative passes through it.

    vjps[i](g, out, *inputs, **params) carries the gradient of the result back to operand i;
    pushes[i](t, out, *inputs, **params) carries a tangent of operand i forward to the result.
    Either is None for an operand without derivative (a condition, an index).
    recorded is vjps and pushes for sweeps that are recorded, to be differentiated again.
    """

    function: Rule
    kind: str
    vjps: Sequence[Rule | None]
    pushes: Sequence[Rule | None]
    reads: Sequence[int]
    reads_out: bool
    params: Params
    kernel: Rule = None  # type: ignore[assignment]  # the function itself, if not given
    scalar: Rule | None = None
    prepare: Rule | None = None
    name: str = ""
    variadic: bool = False  # on a sequence of operands; vjps and pushes are then an Each
    probabilities: bool = False  # all entries of its result are between 0 and 1
    both: Rule | None = None  # what both vjps of two operands give, by one call
    kinked: Rule | None = None  # this, quotient and factored are what cancel.py has to know
    quotient: Rule | None = None
    factored: Rule | None = None
    declared: tuple[str, int] | None = None  # file and line
    in_one_step: dict[tuple[int, Any], tuple[Rule, Rule]] = dataclasses.field(
        default_factory=dict
    )  # see declare.in_one_step

    def __post_init__(self) -> None:
        self.name = self.name or self.function.__name__
        self.kernel = self.function if self.kernel is None else self.kernel
        # Neither NumPy's nor a user's.
        self.ours = (getattr(self.function, "__module__", None) or "").startswith("autograd.rules")
        self.recorded = self.vjps, self.pushes
        self.reads_all, self.reads_some = all(r == VALUE for r in self.reads), any(self.reads)
        # How many operands a call has in which nothing needs to be sorted.
        self.plain = None if self.kind == "constant" or self.variadic or self.prepare else len(self.reads)
        self.direct = self.plain in (1, 2) and None not in self.vjps
        self.of_numbers = self.direct and self.kind == "elementwise"

    def __repr__(self) -> str:
        return f"<Op {self.name}: {self.kind}>"

    def reading(self, n: int) -> Sequence[int]:
        """What the rules read of each of n operands."""
        return tuple(self.reads) * n if self.variadic else self.reads

    def run(self, raws: Sequence[Any], params: Params) -> Value:
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
        self, node: Node, g: Value, active: Collection[Node] | None = None, wrap: Wrap | None = None
    ) -> list[Any]:
        """What each operand of `node` receives of its gradient g; None where none flows. Here all vjps are run.

        active  the nodes that a gradient is wanted for; None: all
        """
        out, inputs, params, vjps = node.out, node.inputs, node.params, self.vjps
        as_is = wrap is None and not is_half(node.dtype)
        if as_is and active is None and not params and (self.of_numbers if node.dtype is None else self.direct):
            # Most operations, without the questions that follow: a sweep over numbers takes 10 % less time.
            try:
                if len(inputs) == 1:
                    return [vjps[0](g, out, inputs[0])]  # type: ignore[misc]
                (p, q), (x, y), (v, w) = node.parents, inputs, vjps
                if type(p) is not Node or type(q) is not Node:
                    return [v(g, out, x, y), None] if type(p) is Node else [None, w(g, out, x, y)]  # type: ignore[misc]
                return [v(g, out, x, y), w(g, out, x, y)] if self.both is None else [*self.both(g, out, x, y)]  # type: ignore[misc]
            except (ArithmeticError, Undecided):
                pass  # one by one
        if not as_is:
            g, (out, inputs), vjps = wide(g), self.read(node, wrap), vjps if wrap is None else self.recorded[0]
        if self.variadic:
            vjps, inputs, params = vjps.begin(inputs, params), (), {}  # type: ignore[attr-defined]
        shares: list[Any] = [None] * len(node.parents)
        for i, p in enumerate(node.parents):
            if type(p) is Node and (active is None or p in active) and (vjp := vjps[i]) is not None:
                shares[i] = self._ran("vjp", i, vjp, (g, out, *inputs), params, p.dtype)
        return shares

    def pushforward(
        self, node: Node, tangents: dict[Node, Any], wrap: Wrap | None, apart: bool = False, done: Sequence[int] = ()
    ) -> list[tuple[int, Any]]:
        """What the tangents of operands of `node` give for its own: position, share. Here all pushes are run.

        apart  one share for each operand, also where a rule finds the sum of all at once
        done   operands whose share is known
        """
        (out, inputs), pushes = self.read(node, wrap), self.pushes if wrap is None else self.recorded[1]
        known = [wide(tangents.get(parent)) if type(parent) is Node else None for parent in node.parents]
        moving = [i for i, t in enumerate(known) if t is not None and i not in done]
        if moving and not apart and hasattr(pushes, "all_of"):
            return [(moving[0], pushes.all_of(known, *inputs, **node.params))]
        read = [(i, push, (known[i], out, *inputs)) for i in moving if (push := pushes[i]) is not None]
        return [(i, self._ran("jvp", i, push, r, node.params, node.dtype)) for i, push, r in read]

    def read(self, node: Node, wrap: Wrap | None) -> tuple[Any, tuple[Any, ...]]:
        """What the rules read of `node`, as `wrap` makes it; of half precision in single, since rules count and sum."""
        out, inputs = node.out, node.inputs
        if wrap is not None:
            out = None if out is None else wrap(out, node)
            reading = zip(inputs, node.parents, self.reading(len(node.parents)), strict=True)
            inputs = tuple(x if reads == NOTHING else wrap(x, p) for x, p, reads in reading)
        return (wide(out), tuple(map(wide, inputs))) if is_half(node.dtype) else (out, inputs)

    def _ran(self, which: str, i: int, rule: Rule, read: tuple[Any, ...], params: Params, dtype: Any) -> Value:
        """What a rule gives for a receiver of this dtype; on NumPy's numbers where Python's do not do."""
        try:
            found = rule(*read, **params)
            return by_numpy(rule, read, params) if type(read[0]) is float and in_single(found, dtype) else found
        except ArithmeticError:
            return by_numpy(rule, read, params)
        except Undecided as undecided:
            return undecided.whole(f"{self.name}_{which}_{i}", rule, read, params)


def by_numpy(rule: Rule, read: tuple[Any, ...], params: Params) -> Value:
    """The rule on NumPy's numbers: Python's raise at 1/0, and have no precision of their own beside float32."""
    return rule(*(np.float64(x) if type(x) in (float, int) else x for x in read), **params)


def record(op: Op, parents: tuple[Any, ...], raws: tuple[Any, ...], params: Params, out: Value) -> Node:
    """The node of a result.

    It holds what the rule reads. Constants and the data of leaves it holds in any case: somebody else does anyway, and
    pictures and formulas show them. So no result of an operation is kept alive that no rule reads; but numbers are.
    """
    inputs = raws if op.reads_all or (type(out) is float and op.kind == "elementwise") else kept(op, parents, raws)
    if type(out) is float:
        return noted(op, parents, inputs, params, out, (), None)
    return noted(op, parents, inputs, params, out if op.reads_out else None, out.shape, out.dtype)


def kept(op: Op, parents: tuple[Any, ...], raws: tuple[Any, ...]) -> tuple[Any, ...]:
    """What a node holds of its operands."""
    if not op.reads_some:  # as of a sum
        return tuple([None if getattr(p, "op", None) else x for p, x in zip(parents, raws)])
    of = zip(op.reading(len(raws)), parents, raws)  # every operation comes here: no strict=, no generator
    return tuple(
        [np.shape(x) if r == SHAPE else None if r == NOTHING and getattr(p, "op", None) else x for r, p, x in of]
    )


OPS: dict[Any, Op] = {}
COMPOSITES: dict[Any, Rule] = {}
REFUSED: dict[Any, str] = {}
TRACED: dict[type, Rule] = {}
WRAP: dict[type, Rule] = {}
