"""Op: an operation and its derivative rule; and the registry of all of them.

How an operation is declared stands in declare.py. This file knows no Tensor: NumPy's protocols bring Tensors to the
rules, and Tensor enters itself in TRACED.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy import ndarray

from autograd.errors import Unsupported
from autograd.node import Node

Rule = Callable[..., Any]

NOTHING, SHAPE, VALUE = 0, 1, 2


class Op:
    """An operation: how to run it (`kernel`), and how a derivative passes through it.

    vjps[i](g, out, *inputs, **params) carries the gradient of the result back to operand i;
    pushes[i](t, out, *inputs, **params) carries a tangent of operand i forward to the result.
    Either is None for an operand without derivative (a condition, an index).
    own        a user's, not a row of the table: what its rules give is checked
    ours       neither NumPy's nor a user's
    declared   file and line of the declaration
    recorded   the vjps for sweeps that are recorded, to be differentiated again; and the pushes, after a kinked one
    probabilities   all entries of its result are between 0 and 1
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
        own: bool = False,
        probabilities: bool = False,
        kinked: Rule | None = None,
        quotient: Rule | None = None,
        factored: Rule | None = None,
    ) -> None:
        self.function = function
        self.kind = kind
        self.name = name or function.__name__
        self.own = own
        self.probabilities = probabilities
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
        self.variadic = isinstance(vjps, Each)
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

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a call as (operands, parameters), without parameters that have their default.

        Raises Unsupported for a keyword that the rule does not know.
        """
        if self.prepare is None and not kwargs and len(args) == len(self.reads):
            return args, kwargs
        if self.prepare is not None:
            try:
                operands, params = self.prepare(*args, **kwargs)
            except Unsupported:
                raise
            except TypeError as cause:  # a keyword that the signature of `prepare` does not have
                raise Unsupported(f"{self.name} on Tensors: {keyword(cause)}") from None
        elif len(args) == len(self.reads) and kwargs.keys() <= self.params.keys():
            operands, params = args, kwargs and {k: v for k, v in kwargs.items() if v is not self.params[k]}
        else:
            operands, params = self._bound(args, kwargs)
        return operands, params

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        given = self.signature.bind(*args, **kwargs).arguments
        named = self.signature.parameters
        operands = tuple(given.pop(name) for name in list(named)[: len(self.reads)] if name in given)
        params = {k: v for k, v in given.items() if v is not named[k].default}
        unknown = [f"{k}=" for k in params if k not in self.params]
        if unknown:
            known = ", ".join(self.params) or "no keyword"
            raise Unsupported(f"{self.name}({', '.join(unknown)}…) is not supported on Tensors; supported: {known}.")
        return operands, params

    @cached_property
    def signature(self) -> inspect.Signature:
        """The signature of the function that users call."""
        try:
            return inspect.signature(self.function)
        except (TypeError, ValueError):  # compiled functions have none before NumPy 2.4
            return _positional(
                len(self.reads), {**self.params, **(UFUNC if isinstance(self.function, np.ufunc) else {})}
            )


UFUNC: dict[str, Any] = {
    "out": None,
    "where": True,
    "casting": "same_kind",
    "order": "K",
    "dtype": None,
    "subok": True,
    "signature": None,
}


def _positional(n: int, keywords: dict[str, Any]) -> inspect.Signature:
    """That of a function of n arrays and these keywords."""
    arrays = [inspect.Parameter(f"x{i + 1}", inspect.Parameter.POSITIONAL_ONLY) for i in range(n)]
    named = [inspect.Parameter(k, inspect.Parameter.KEYWORD_ONLY, default=v) for k, v in keywords.items()]
    return inspect.Signature([*arrays, *named])


def keyword(cause: TypeError) -> str:
    """What a TypeError about a call says, in the user's terms rather than those of the function that raised it."""
    unknown = re.search(r"unexpected keyword argument '(\w+)'", str(cause))
    return f"the keyword {unknown[1]}= is not supported." if unknown else str(cause).partition("() ")[2] or str(cause)


def settle(out: Any) -> Any:
    """A result in the form in which Tensors keep it: a float64 scalar as a Python float, which is much the faster."""
    if type(out) is ndarray:
        return out if out.ndim else settle(out[()])
    return float(out) if isinstance(out, float) else out


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


class Each(Sequence[Rule]):
    """The rules of a variadic operation: one function that is told the position of the operand."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __getitem__(self, i: Any) -> Any:
        return lambda g, _out, *inputs, **params: self.rule(i, g, *inputs, **params)

    def begin(self, inputs: Sequence[Any], params: dict[str, Any]) -> Sequence[Rule]:
        """The rules for one visit of a node, which are told (g, out) alone: what is the same for all is done once."""
        return Each(lambda i, g: self.rule(i, g, *inputs, **params))

    def __len__(self) -> int:
        raise TypeError("a variadic operation takes any number of operands")

    def __iter__(self) -> Iterator[Rule]:
        raise TypeError("a variadic operation takes any number of operands")


class Together(Each):
    """The same where `begins(*inputs, **params)` gives the rule: for as many operands as there may be.

    So a sweep takes as many steps as there are operands, where rules that are each told all of them take the square.
    """

    def __init__(self, begins: Rule) -> None:
        super().__init__(lambda i, g, *inputs, **params: begins(*inputs, **params)(i, g))
        self.begins = begins

    def begin(self, inputs: Sequence[Any], params: dict[str, Any]) -> Sequence[Rule]:
        """The rules for one visit of a node."""
        return Each(self.begins(*inputs, **params))


class AtOnce(Each):
    """Rules for tangents: `all_of(tangents, *inputs, **params)` is told those of all operands, or None."""

    def __init__(self, all_of: Rule) -> None:
        super().__init__(
            lambda i, t, *inputs, **params: all_of(
                [t if k == i else None for k in range(len(inputs))], *inputs, **params
            )
        )
        self.all_of = all_of


OPS: dict[Any, Op] = {}
COMPOSITES: dict[Any, Rule] = {}
REFUSED: dict[Any, str] = {}
TRACED: dict[type, Rule] = {}
WRAP: dict[type, Rule] = {}
