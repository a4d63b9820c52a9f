"""A derivative rule is declared in one line, in one of four ways.

    elementwise(f, local, …)    f works elementwise; `local(out, *inputs, **params)` is ∂out/∂input at each entry,
                                one for each input; a number stands for a constant one. `local(g, out, *inputs, …)` is
                                its product with g, where the order of the factors counts: g / x is in range where
                                1 / x and g · (1 / x) may not be
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
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np

from autograd.core.convert import narrow
from autograd.core.fitting import settle
from autograd.core.op import COMPOSITES, OPS, REFUSED, TRACED, VALUE, WRAP, Op
from autograd.core.types import Rule, Value
from autograd.errors import AutogradError, Unsupported, mismatch
from autograd.rules.arguments import COUNTS, refused, settled
from autograd.rules.calls import keyword
from autograd.rules.cancel import carried, times
from autograd.rules.signatures import called, check_fits, check_rules, is_product, reading, several
from autograd.rules.variadic import Each


def elementwise(function: Rule, *local: Rule | float | None, **how: Any) -> Rule:
    """Declare an entry-by-entry operation by its local derivative for each input; returns the function users call.

    For all kinds: `kernel=` is what is run in place of `function`, `scalar=` what is run on Python floats, `prepare=`
    sorts the arguments of a call into (operands, parameters), `also=` names aliases; `both=` is what both vjps of two
    operands give, `both(g, out, x, y)`, a pair of floats where these are; `kinked=`, `quotient=` and `factored=` are
    for cancel.py; with `keeps=True` the operands are kept although no rule reads them.
    """
    check_rules(function, "local derivative", local, (int, float))
    shown = [rule for rule in local if callable(rule)]
    reads, reads_out, params = reading(function, shown, len(local), ("out",), of_products=("g", "out"))
    if how.pop("keeps", False):
        reads = [VALUE] * len(local)
    vjps = tuple(_times_local(rule, len(local)) for rule in local)
    how.setdefault("both", _BOTH.get(local))
    declared = _register(function, "elementwise", vjps, vjps, reads, reads_out, params, how)
    op = OPS[declared]
    pushes = tuple(
        _cancelled(rule, vjp, times if op.kinked else carried, len(local))
        for rule, vjp in zip(local, vjps, strict=True)
    )
    op.recorded = pushes if op.kinked else vjps, pushes
    return declared


def linear(function: Rule, *adjoints: Rule | None, jointly: bool = False, **how: Any) -> Rule:
    """Declare an operation that is linear in each input by itself; forward mode is then the function itself.

    With `jointly=True` it is linear in all differentiable inputs together (where, for one: the others become 0).
    """
    check_rules(function, "adjoint", adjoints)
    reads, _, params = reading(function, [a for a in adjoints if a], len(adjoints), ("g",))
    reads = _reads_of_linear(reads, adjoints, jointly)
    vjps = tuple(_without_out(a, len(adjoints)) for a in adjoints)
    public: Rule = function if _is_numpy(function) else lambda *args, **params: declared(*args, **params)
    pushes = tuple(a and _substitute(public, i, adjoints, jointly) for i, a in enumerate(adjoints))
    declared: Rule = _register(function, "linear", vjps, pushes, reads, False, params, how)
    return declared


def general(function: Rule, vjps: Sequence[Rule | None], jvps: Sequence[Rule | None], **how: Any) -> Rule:
    """Declare any other operation by its rules for each input, one list for each direction."""
    check_rules(function, "vjp", vjps)
    check_rules(function, "jvp", jvps)
    if len(vjps) != len(jvps):
        raise TypeError(
            f"{called(function)}: {several(len(vjps), 'vjp')} but {several(len(jvps), 'jvp')}; give one of each for "
            "each array operand, None for an operand without derivative."
        )
    shown = [rule for rule in (*vjps, *jvps) if rule]
    reads, reads_out, params = reading(function, shown, len(vjps), ("g", "out"))
    return _register(function, "general", tuple(vjps), tuple(jvps), reads, reads_out, params, how)


def variadic(
    function: Rule, vjp: Rule | Each, jvp: Rule | Each, reads: int, params: dict[str, Any], **how: Any
) -> Rule:
    """Declare an operation on a sequence of operands: `vjp(i, g, *inputs, **params)` for the i-th, `jvp` alike.

    Either may be a Together, for operations on as many operands as there may be.
    """
    back, push = (rule if isinstance(rule, Each) else Each(rule) for rule in (vjp, jvp))
    return _register(function, "linear", back, push, (reads,), False, params, how)


def in_one_step(function: Rule, i: int, before: Rule, vjp: Rule, jvp: Rule) -> None:
    """Declare how a gradient passes through a function and, at its operand i, the one before it in one step of a sweep:
    `vjp(g, *inputs of the function, **params of the one before)`; `jvp(t, …)` for the tangent of what that one is
    applied to. So is A − Y for the logistic loss at a sigmoid.

    It is what the rules of the two give one after the other, or its limit where that is 0·∞. Formulas show both.
    """
    OPS[function].in_one_step[i, OPS[before]] = vjp, jvp


def constant(*functions: Rule | str) -> Value:
    """Declare functions whose result carries no gradient (comparisons, argmax, shape …): they run on plain values.

    Returns the function users call; of several functions, a tuple of them. A function that not every NumPy has is given
    by its name, as in `composite`.
    """
    named = (_of_numpy(f) if isinstance(f, str) else f for f in functions)
    declared = tuple(_register(f, "constant", (), (), (), False, {}, {}) for f in named if f is not None)
    return declared[0] if len(declared) == 1 else declared


def composite(function: Rule | str, definition: Rule, of_values: tuple[str, ...] = ()) -> Rule:
    """Define a function by others that have a rule; `definition` has its signature. Returns the function users call.

    A function that older versions of NumPy lack is given by its name: "np.unstack". It is a row where NumPy has it.
    A keyword that the definition lacks is refused in words. `of_values` names arguments that hold values here, where
    those of other functions count (arguments.py). (A function of one's own that is made of functions with
    rules needs no declaration; this is for one that Tensors cannot pass through, compiled code for one.)
    """
    if isinstance(function, str):
        found = _of_numpy(function)
        return definition if found is None else composite(found, definition, of_values)
    if not callable(definition):
        raise TypeError(f"{called(function)}: its definition must be a function, but got {definition!r}.")
    signature = inspect.signature(definition)

    @wraps(definition)
    def checked(*args: Any, **kwargs: Any) -> Value:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as cause:
            raise Unsupported(f"{called(function)} on Tensors: {keyword(cause)}") from None
        given = {k: v for k, v in bound.arguments.items() if k not in of_values}
        plain = settled(function, given, args, kwargs)
        try:
            if plain is given:
                return definition(*args, **kwargs)
            bound.arguments.update(plain)
            return definition(*bound.args, **bound.kwargs)
        except TypeError as cause:
            counting = {k: v for k, v in given.items() if k in COUNTS and v is not None}
            if isinstance(cause, AutogradError) or not counting:
                raise
            raise refused(function, counting, cause) from None
        except (ValueError, IndexError) as cause:
            operands = _operands(args, kwargs)
            raise mismatch(called(function), operands, [getattr(x, "name", None) for x in operands], cause) from None

    public = function if _is_numpy(function) else _dispatching_composite(function, checked)
    COMPOSITES[public] = checked
    return public


def defined(*functions: Rule | str) -> Callable[[Rule], Rule]:
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
        check_fits(function, len(vjps), params)
    variadic = isinstance(vjps, Each)
    made: type[Op] = how.pop("op", Op)
    op = made(function, kind, vjps, pushes, reads, reads_out, params, name=called(function), variadic=variadic, **how)
    op.declared = _declared()
    if not _is_numpy(function):
        op.function = _dispatching(function, op)
    OPS.update(dict.fromkeys((op.function, *aliases), op))
    return op.function


_NOT_ROWS = {__file__, str(Path(__file__).parents[1] / "extend" / "primitive.py")}


def _declared() -> tuple[str, int]:
    """File and line of the row, or of the user's own declaration."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename in _NOT_ROWS and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno


def _is_numpy(function: Rule) -> bool:
    return isinstance(function, np.ufunc) or (getattr(function, "__module__", None) or "").split(".")[0] == "numpy"


def _dispatching(function: Rule, op: Op) -> Rule:
    """Our own functions take Tensors as NumPy's do: by asking the operands."""

    plain = function if op.scalar is None else _with_scalar(function, op.scalar)
    # How many of the first arguments are operands that it computes with; what only moves them keeps their dtype.
    computes = op.kind in ("elementwise", "general") and not op.variadic and (op.prepare is None or len(op.reads) == 1)
    operands = len(op.reads) if computes else 0

    def in_floats(args: tuple[Any, ...]) -> tuple[Any, ...]:
        if not any(map(_is_narrow, args[:operands])):
            return args
        common = np.result_type(*(getattr(x, "dtype", x) for x in args[:operands]))
        dtype = common if common.kind == "f" else float
        wanted = (_is_narrow(x) and vjp is not None for x, vjp in zip(args, op.vjps))  # 1 - y of an uint8 would wrap
        floats = (x.astype(dtype) if wide else x for x, wide in zip(args, wanted))
        return (*floats, *args[operands:])

    def public(*args: Any, **kwargs: Any) -> Value:
        for a in args:
            traced = TRACED.get(type(a))
            if traced is not None:  # of Tensors it sees to that itself
                return traced(op, args if type(a) in WRAP else in_floats(args), kwargs)
        for a in kwargs.values():
            traced = TRACED.get(type(a))
            if traced is not None:
                return traced(op, args, kwargs)
        return plain(*in_floats(args), **kwargs)

    return _as(function, public)


def _is_narrow(x: Any) -> bool:
    """Whether it is converted before it is computed with; what stands for a boolean of Python's is a number."""
    return narrow(x) and getattr(x, "kind", None) is not bool


def _with_scalar(function: Rule, scalar: Rule) -> Rule:
    """On a number what a Tensor of it has, to the last bit: rules are run on both."""

    def plain(x: Value) -> Value:
        if isinstance(x, float):
            with suppress(ArithmeticError):  # math.exp(1000) raises where NumPy gives inf
                return settle(scalar(x))
        return function(x)

    return plain


def _dispatching_composite(function: Rule, definition: Rule) -> Rule:
    """The same for a function that is defined by others: its definition where an operand is a Tensor."""

    def public(*args: Any, **kwargs: Any) -> Value:
        traced = any(type(a) in TRACED for a in (*args, *kwargs.values()))
        return (definition if traced else function)(*args, **kwargs)

    return _as(function, public)


def _operands(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """What of a call an error describes: Tensors and arrays, also those in lists and tuples; and lists of numbers."""
    found: list[Any] = []
    for x in args:
        arrays = list(_arrays(x))
        numbers = isinstance(x, list) and not arrays and not any(isinstance(v, (list, tuple)) for v in x)
        found += [x] if numbers else arrays
    return [*found, *_arrays(tuple(kwargs.values()))]


def _arrays(x: Value) -> Iterator[Any]:
    """The Tensors and arrays in nested lists and tuples."""
    if type(x) in TRACED or isinstance(x, np.ndarray):
        yield x
    elif isinstance(x, (list, tuple)):
        for part in x:
            yield from _arrays(part)


def _of_numpy(name: str) -> Rule | None:
    """The function "np.NAME", or None where this NumPy does not have it."""
    found: Rule | None = getattr(np, name.removeprefix("np."), None)
    return found


def _as(function: Rule, public: Rule) -> Rule:
    """`public` under the name, the documentation and the signature of `function`."""
    public.__name__ = public.__qualname__ = called(function)
    public.__doc__ = function.__doc__
    public.__module__ = getattr(function, "__module__", None) or __name__
    with suppress(ValueError):  # compiled functions need not have one
        public.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]
    return public


# What two constant local derivatives give, by one call.
_BOTH: dict[Any, Rule] = {
    (1, 1): lambda g, _out, _x, _y: (g, g),
    (1, -1): lambda g, _out, _x, _y: (g, -g),
}

# The two adapters below are written out for one and two operands: they stand between the sweep and every rule, and a
# call with a fixed number of arguments takes less time than one with *args.


def _times_local(local: Rule | float | None, n: int) -> Rule | None:
    """The product of the incoming gradient (or tangent) with the local derivative."""
    if local is None:
        return None
    if not callable(local):
        if local not in (1, -1, 0):
            raise TypeError(f"a constant local derivative must be 1, -1 or 0, but got {local}")
        if local == 0:
            return lambda g, *_, **__: np.zeros_like(g)
        if n == 2:
            return (lambda g, _out, _x, _y: g) if local == 1 else (lambda g, _out, _x, _y: -g)
        return (lambda g, *_: g) if local == 1 else (lambda g, *_: -g)
    rule = local
    if is_product(rule, n):
        return rule
    if _takes(rule, 1 + n) and n == 1:
        return lambda g, out, x: g * rule(out, x)
    if _takes(rule, 1 + n) and n == 2:
        return lambda g, out, x, y: g * rule(out, x, y)
    return lambda g, *args, **params: g * rule(*args, **params)


def _cancelled(local: Rule | float | None, plain: Rule | None, product: Rule, n: int) -> Rule | None:
    """The same product in a sweep that is recorded: what the next derivative at 0 hangs on is cancelled."""
    if local is None or not callable(local):
        return plain
    if is_product(local, n):
        return lambda g, *args, **params: product(g, local(1.0, *args, **params), lambda: local(g, *args, **params))
    return lambda g, *args, **params: product(g, local(*args, **params))


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

    def push(t: Value, _out: Value, *inputs: Any, **params: Any) -> Value:
        operands = [0.0 if jointly and adjoints[k] else x for k, x in enumerate(inputs)]
        operands[i] = t
        return function(*operands, **params)

    return push
