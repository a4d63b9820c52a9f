"""What a declaration says: what its rules read, from the names in their signatures; and whether it can be right."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd.core.op import NOTHING, SHAPE, VALUE
from autograd.core.types import Rule, Value


def reading(
    function: Rule,
    rules: Sequence[Rule],
    n: int,
    leading: tuple[str, ...],
    of_products: tuple[str, ...] = (),
) -> tuple[list[int], bool, dict[str, Any]]:
    """What the rules read of each input and of `out`, and their parameters: all from their signatures.

    What an argument is, its place says; a name that begins with _ says that it is not read.

    leading       what a rule takes before the inputs
    of_products   the same of local derivatives that are told what they are multiplied with
    """
    reads, reads_out = [NOTHING] * n, False
    params: dict[str, Any] = {}
    for rule in rules:
        names = list(inspect.signature(rule).parameters.values())
        by_place = [p for p in names if p.kind <= p.POSITIONAL_OR_KEYWORD]
        if len(by_place) < len(leading) + n and not any(p.kind == p.VAR_POSITIONAL for p in names):
            raise TypeError(
                f"{called(function)}: a rule takes ({', '.join(leading)}, …) and then an argument for each of "
                f"{several(n, 'array operand')}, but got one that takes ({', '.join(p.name for p in names)}). An "
                "argument that it does not read begins with _."
            )
        takes = of_products if of_products and is_product(rule, n) else leading
        before = len(takes)
        head, inputs, rest = names[:before], names[before : before + n], names[before + n :]
        reads_out |= any(
            what == "out" and p.kind <= p.POSITIONAL_OR_KEYWORD and not p.name.startswith("_")
            for what, p in zip(takes, head, strict=False)
        )
        for i, p in enumerate(inputs):
            wanted = NOTHING if p.name.startswith("_") else SHAPE if p.name.endswith("_shape") else VALUE
            if NOTHING != wanted != reads[i] != NOTHING:
                raise TypeError(f"{p.name}: one rule reads the value and another only the shape; let both read one")
            reads[i] = max(reads[i], wanted)
        for p in rest:
            name = p.name.lstrip("_")
            if not _same(params.setdefault(name, p.default), p.default):
                raise TypeError(
                    f"{called(function)}: the parameter {name} has {_default(params[name])} in one rule and "
                    f"{_default(p.default)} in another; they have to be the same."
                )
    return reads, reads_out, params


def is_product(rule: Rule, n: int) -> bool:
    """Whether a rule for n inputs takes (g, out, …): the product of g and a local derivative, not that alone."""
    names = [p.name for p in inspect.signature(rule).parameters.values() if p.kind <= p.POSITIONAL_OR_KEYWORD]
    return len(names) >= 2 + n and names[0] == "g"


def check_rules(function: Rule, what: str, rules: Any, numbers: tuple[type, ...] = ()) -> None:
    """Raise TypeError unless these are rules: a sequence of functions or None, at least one of them a function."""
    if not isinstance(rules, (list, tuple)):
        raise TypeError(f"{called(function)}: give a list of {what}s, one for each array operand, not {rules!r}.")
    for rule in rules:
        if rule is not None and not callable(rule) and not isinstance(rule, numbers):
            raise TypeError(f"{called(function)}: each {what} must be a function or None, but got {rule!r}.")
    if all(rule is None for rule in rules):
        raise TypeError(
            f"{called(function)}: no {what} given, so there is no rule; give one for each array operand. "
            "(What carries no gradient at all is declared by `constant`.)"
        )


def check_fits(function: Rule, n: int, params: dict[str, Any]) -> None:
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
        takes = several(least if n < least else most, "array operand")
        raise TypeError(
            f"{called(function)} takes {takes}, but {several(n, 'rule')} {'is' if n == 1 else 'are'} given: one for "
            "each is needed (None for one without derivative). What is not an operand is a parameter of every rule."
        )
    for name, default in params.items():
        own = given[name].default if name in given else default
        if own is not np._NoValue and not _same(own, default):
            raise TypeError(
                f"{called(function)}: the parameter {name} has {_default(own)} in the function, but "
                f"{_default(default)} in its rules; they have to be the same."
            )


def _same(a: Value, b: Value) -> bool:
    """Whether two defaults are the same; whatever cannot be compared is not, unless it is one object."""
    try:
        return a is b or (type(a) is type(b) and bool(a == b))
    except (TypeError, ValueError):
        return False


def _default(value: Value) -> str:
    return "no default" if value is inspect.Parameter.empty else f"the default {value!r}"


def called(function: Rule) -> str:
    """The name of a function, for people."""
    return getattr(function, "__name__", None) or repr(function)


def several(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"
