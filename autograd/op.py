"""Op: an operation and its derivative rule, declared in one line in one of four ways.

    elementwise(f, local, …)    f works entry by entry; `local(out, *inputs, **params)` is ∂out/∂input at each entry,
                                one for each input; a number stands for a constant one
    linear(f, adjoint, …)       f is linear in each input by itself; `adjoint(g, *inputs, **params)`
    general(f, vjps, jvps)      anything else; `vjp(g, out, *inputs, **params)`, `jvp(t, out, *inputs, **params)`
    constant(f)                 the result carries no gradient

and two for functions that need no rule: composite(f, definition) in terms of functions that have one, and
refuse(why, f, …) for functions that take no Tensor.

A rule is a pure function of what stands in its signature, and calls only functions that are rows of the table
themselves (or functions of shapes and parameters alone: np.zeros(shape), np.eye(n)). The *names* in its signature say
what a node has to keep for it:

    x          the value of the operand
    x_shape    only its shape
    _x         nothing

This file is the registry. It knows no Tensor: NumPy's protocols bring Tensors to the rules.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property, wraps
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
    """

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
    ) -> None:
        self.function = function
        self.kind = kind
        self.name = name or function.__name__
        self.kernel = kernel or function
        self.scalar = scalar
        self.prepare = prepare
        self.vjps = vjps
        self.pushes = pushes
        self.reads = reads
        self.reads_out = reads_out
        self.reads_all = all(r == VALUE for r in reads)
        self.partly = _partly(reads)
        self.params = params
        self.variadic = isinstance(vjps, Each)
        self.unary = kind != "constant" and len(reads) == 1 and not self.variadic and prepare is None

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
                raise Unsupported(f"{self.name} on Tensors: {_keyword(cause)}") from None
        elif len(args) == len(self.reads) and kwargs.keys() <= self.params.keys():
            operands, params = args, kwargs and {k: v for k, v in kwargs.items() if v is not self.params[k]}
        else:
            operands, params = self._bound(args, kwargs)
        return operands, params

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        assert self.signature is not None
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
    def signature(self) -> inspect.Signature | None:
        """The signature of the function that users call, where Python can tell."""
        try:
            return inspect.signature(self.function)
        except (TypeError, ValueError):
            return None


def _keyword(cause: TypeError) -> str:
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
    if len(raws) == 1 and op.partly[0][1] == NOTHING:  # most operations that come here: the loop below, for one operand
        parent = parents[0]
        return (None,) if type(parent) is Node and parent.op is not None else raws
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


def elementwise(function: Rule, *local: Rule | float | None, **how: Any) -> Rule:
    """Declare an entry-by-entry operation by its local derivative for each input; returns the function users call.

    For all kinds: `kernel=` is what is run in place of `function`, `scalar=` what is run on Python floats, `prepare=`
    sorts the arguments of a call into (operands, parameters), `also=` names aliases.
    """
    _rules(function, "local derivative", local, (int, float))
    shown = [rule for rule in local if callable(rule)]
    reads, reads_out, params = _signature(function, shown, len(local), ("out",))
    vjps = tuple(_times_local(rule, len(local)) for rule in local)
    return _register(function, "elementwise", vjps, vjps, reads, reads_out, params, how)


def linear(function: Rule, *adjoints: Rule | None, jointly: bool = False, **how: Any) -> Rule:
    """Declare an operation that is linear in each input by itself; forward mode is then the function itself.

    With `jointly=True` it is linear in all differentiable inputs together (where, for one: the others become 0).
    """
    _rules(function, "adjoint", adjoints)
    reads, _, params = _signature(function, [a for a in adjoints if a], len(adjoints), ("g",))
    reads = _reads_of_linear(reads, adjoints, jointly)
    vjps = tuple(_without_out(a, len(adjoints)) for a in adjoints)
    pushes = tuple(a and _substitute(function, i, adjoints, jointly) for i, a in enumerate(adjoints))
    return _register(function, "linear", vjps, pushes, reads, False, params, how)


def general(function: Rule, vjps: Sequence[Rule | None], jvps: Sequence[Rule | None], **how: Any) -> Rule:
    """Declare any other operation by its rules for each input, one list for each direction."""
    _rules(function, "vjp", vjps)
    _rules(function, "jvp", jvps)
    if len(vjps) != len(jvps):
        raise TypeError(
            f"{_called(function)}: {_several(len(vjps), 'vjp')} but {_several(len(jvps), 'jvp')}; give one of each for "
            "each array operand, None for an operand without derivative."
        )
    shown = [rule for rule in (*vjps, *jvps) if rule]
    reads, reads_out, params = _signature(function, shown, len(vjps), ("g", "out"))
    return _register(function, "general", tuple(vjps), tuple(jvps), reads, reads_out, params, how)


def variadic(function: Rule, vjp: Rule, jvp: Rule, reads: int, params: dict[str, Any], **how: Any) -> Rule:
    """Declare an operation on a sequence of operands: `vjp(i, g, *inputs, **params)` for the i-th, `jvp` alike."""
    return _register(function, "linear", Each(vjp), Each(jvp), (reads,), False, params, how)


def constant(*functions: Rule) -> None:
    """Declare functions whose result carries no gradient (comparisons, argmax, shape …): they run on plain values."""
    for function in functions:
        OPS[function] = Op(function, "constant", (), (), (), False, {})


def composite(function: Rule, definition: Rule) -> Rule:
    """Define a function by others that have a rule; `definition` has its signature. Returns the function users call.

    A keyword that the definition lacks is refused in words. (A function of one's own that is made of functions with
    rules needs no declaration; this is for one that Tensors cannot pass through, compiled code for one.)
    """
    if not callable(definition):
        raise TypeError(f"{_called(function)}: its definition is a function, not {definition!r}.")
    signature = inspect.signature(definition)

    @wraps(definition)
    def checked(*args: Any, **kwargs: Any) -> Any:
        try:
            signature.bind(*args, **kwargs)
        except TypeError as cause:
            raise Unsupported(f"{function.__name__} on Tensors: {_keyword(cause)}") from None
        return definition(*args, **kwargs)

    COMPOSITES[function] = checked
    return function if _is_numpy(function) else _dispatching_composite(function, checked)


def defined(*functions: Rule) -> Callable[[Rule], Rule]:
    """A decorator: composite(f, definition) for each f."""

    def declare(definition: Rule) -> Rule:
        for function in functions:
            composite(function, definition)
        return definition

    return declare


def refuse(why: str, *functions: Rule) -> None:
    """Functions of NumPy's that take no Tensor: the error says why, and what to use in their place."""
    REFUSED.update(dict.fromkeys(functions, why))


# --- below: how a declaration becomes an Op ---------------------------------------------------------------------


def _register(
    function: Rule,
    kind: str,
    vjps: Sequence[Rule | None],
    pushes: Sequence[Rule | None],
    reads: Sequence[int],
    reads_out: bool,
    params: dict[str, Any],
    how: dict[str, Any],
) -> Rule:
    aliases = how.pop("also", ())
    if kind != "constant" and not isinstance(vjps, Each) and how.get("prepare") is None:
        _fits(function, len(vjps), params)
    op = Op(function, kind, vjps, pushes, reads, reads_out, params, **how)
    if not _is_numpy(function):
        op.function = _dispatching(function, op)
    OPS.update(dict.fromkeys((op.function, *aliases), op))
    return op.function


def _is_numpy(function: Rule) -> bool:
    return isinstance(function, np.ufunc) or (getattr(function, "__module__", None) or "").startswith("numpy")


def _dispatching(function: Rule, op: Op) -> Rule:
    """Our own functions take Tensors as NumPy's do: by asking the operands."""

    def public(*args: Any, **kwargs: Any) -> Any:
        for a in args:
            traced = TRACED.get(type(a))
            if traced is not None:
                return traced(op, args, kwargs)
        for a in kwargs.values():
            traced = TRACED.get(type(a))
            if traced is not None:
                return traced(op, args, kwargs)
        return function(*args, **kwargs)

    return _as(function, public)


def _dispatching_composite(function: Rule, definition: Rule) -> Rule:
    """The same for a function that is defined by others: its definition where an operand is a Tensor."""

    def public(*args: Any, **kwargs: Any) -> Any:
        traced = any(type(a) in TRACED for a in (*args, *kwargs.values()))
        return (definition if traced else function)(*args, **kwargs)

    return _as(function, public)


def _as(function: Rule, public: Rule) -> Rule:
    """`public` under the name, the documentation and the signature of `function`."""
    public.__name__ = public.__qualname__ = _called(function)
    public.__doc__ = function.__doc__
    public.__module__ = getattr(function, "__module__", None) or __name__
    with suppress(ValueError):  # compiled functions need not have one
        public.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return public


def _called(function: Rule) -> str:
    """The name of a function, for people."""
    return getattr(function, "__name__", None) or repr(function)


def _several(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _rules(function: Rule, what: str, rules: Any, numbers: tuple[type, ...] = ()) -> None:
    """Raise TypeError unless these are rules: a sequence of functions or None, at least one of them a function."""
    if not isinstance(rules, (list, tuple)):
        raise TypeError(f"{_called(function)}: give a list of {what}s, one for each array operand, not {rules!r}.")
    for rule in rules:
        if rule is not None and not callable(rule) and not isinstance(rule, numbers):
            raise TypeError(f"{_called(function)}: one {what} is a function or None, not {rule!r}.")
    if all(rule is None for rule in rules):
        raise TypeError(
            f"{_called(function)}: no {what} given, so there is no rule; give one for each array operand. "
            "(What carries no gradient at all is declared by `constant`.)"
        )


def _fits(function: Rule, n: int, params: dict[str, Any]) -> None:
    """Raise TypeError where n rules with these parameters cannot belong to the function, as far as can be told."""
    given: dict[str, inspect.Parameter] = {}
    if isinstance(function, np.ufunc):
        least = most = function.nin
    else:
        try:
            given.update(inspect.signature(function).parameters)
        except (TypeError, ValueError):
            return
        arrays = [p for p in given.values() if p.kind <= p.POSITIONAL_OR_KEYWORD and p.name not in params]
        least = sum(p.default is p.empty for p in arrays)
        most = n if any(p.kind == p.VAR_POSITIONAL for p in given.values()) else len(arrays)
    if not least <= n <= most:
        takes = _several(least if n < least else most, "array operand")
        raise TypeError(
            f"{_called(function)} takes {takes}, but {_several(n, 'rule')} {'is' if n == 1 else 'are'} given: one for "
            "each is needed (None for one without derivative). What is no operand is a parameter of every rule."
        )
    for name, default in params.items():
        own = given[name].default if name in given else default
        if own is not np._NoValue and not _same(own, default):
            raise TypeError(
                f"{_called(function)}: the parameter {name} has {_default(own)} in the function, but "
                f"{_default(default)} in its rules; they have to be the same."
            )


def _same(a: Any, b: Any) -> bool:
    """Whether two defaults are the same; whatever cannot be compared is not, unless it is one object."""
    try:
        return a is b or (type(a) is type(b) and bool(a == b))
    except (TypeError, ValueError):
        return False


def _default(value: Any) -> str:
    return "no default" if value is inspect.Parameter.empty else f"the default {value!r}"


def _signature(
    function: Rule, rules: Sequence[Rule], n: int, leading: tuple[str, ...]
) -> tuple[list[int], bool, dict[str, Any]]:
    """What the rules read of each input and of `out`, and their parameters: all from the names in their signatures."""
    reads, reads_out = [NOTHING] * n, False
    params: dict[str, Any] = {}
    for rule in rules:
        names = list(inspect.signature(rule).parameters.values())
        head, inputs, rest = (
            names[: len(leading)],
            names[len(leading) : len(leading) + n],
            names[len(leading) + n :],
        )
        reads_out |= any(p.name == "out" for p in head)
        for i, p in enumerate(inputs):
            wanted = NOTHING if p.name.startswith("_") else SHAPE if p.name.endswith("_shape") else VALUE
            if NOTHING != wanted != reads[i] != NOTHING:
                raise TypeError(f"{p.name}: one rule reads the value and another only the shape; let both read one")
            reads[i] = max(reads[i], wanted)
        for p in rest:
            name = p.name.lstrip("_")
            if not _same(params.setdefault(name, p.default), p.default):
                raise TypeError(
                    f"{_called(function)}: the parameter {name} has {_default(params[name])} in one rule and "
                    f"{_default(p.default)} in another; they have to be the same."
                )
    return reads, reads_out, params


# The two adapters below are written out for one and two operands: they stand between the sweep and every rule, and a
# call with a fixed number of arguments takes less time than one with *args.


def _times_local(local: Rule | float | None, n: int) -> Rule | None:
    """The product of the incoming gradient (or tangent) with the local derivative."""
    if local is None:
        return None
    if not callable(local):
        if local not in (1, -1, 0):
            raise TypeError(f"a constant local derivative is 1, -1 or 0, not {local}")
        if local == 0:
            return lambda g, *_, **__: np.zeros_like(g)
        if n == 2:
            return (lambda g, _out, _x, _y: g) if local == 1 else (lambda g, _out, _x, _y: -g)
        return (lambda g, *_: g) if local == 1 else (lambda g, *_: -g)
    rule = local
    if _takes(rule, 1 + n) and n == 1:
        return lambda g, out, x: g * rule(out, x)
    if _takes(rule, 1 + n) and n == 2:
        return lambda g, out, x, y: g * rule(out, x, y)
    return lambda g, *args, **params: g * rule(*args, **params)


def _without_out(adjoint: Rule | None, n: int) -> Rule | None:
    """The adjoint of a linear map does not need its result."""
    if adjoint is None:
        return None
    if _takes(adjoint, 1 + n) and n == 1:
        return lambda g, _out, x: adjoint(g, x)
    if _takes(adjoint, 1 + n) and n == 2:
        return lambda g, _out, x, y: adjoint(g, x, y)
    return lambda g, _out, *inputs, **params: adjoint(g, *inputs, **params)


def _takes(rule: Rule, n: int) -> bool:
    """Whether the rule has exactly n arguments, so no parameters."""
    return len(inspect.signature(rule).parameters) == n


def _reads_of_linear(reads: list[int], adjoints: Sequence[Rule | None], jointly: bool) -> list[int]:
    """Forward mode calls the function with a tangent for one operand, so it reads the others as well."""
    if jointly:
        return reads
    several = len(adjoints) > 1
    return [VALUE if several else r for r in reads]


def _substitute(function: Rule, i: int, adjoints: Sequence[Rule | None], jointly: bool) -> Rule:
    """Forward mode of a function that is linear in operand i: the function itself, with the tangent in its place."""

    def push(t: Any, _out: Any, *inputs: Any, **params: Any) -> Any:
        operands = [0.0 if jointly and adjoints[k] else x for k, x in enumerate(inputs)]
        operands[i] = t
        return function(*operands, **params)

    return push


class Each(Sequence[Rule]):
    """The rules of a variadic operation: one function that is told the position of the operand."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule

    def __getitem__(self, i: Any) -> Any:
        return lambda g, _out, *inputs, **params: self.rule(i, g, *inputs, **params)

    def begin(self) -> Sequence[Rule]:
        """The rules for one visit of a node: a subclass may find the shares of all operands at once."""
        return self

    def __len__(self) -> int:
        raise TypeError("a variadic operation takes any number of operands")

    def __iter__(self) -> Iterator[Rule]:
        raise TypeError("a variadic operation takes any number of operands")
