"""A user's own operations, declared as the built-in ones are: see `autograd/rules/declare.py` for what a rule may read.

>>> import numpy as np, autograd as ag
>>> def cube(x):
...     return x**3
>>> cube = ag.primitive.elementwise(cube, lambda out, x: 3 * x**2)
>>> ag.grad(ag.grad(cube))(2.0)
12.0

A function that Tensors cannot pass through, but that can be written with operations that have a rule:

>>> import math
>>> logistic = ag.primitive.composite(lambda x: 1 / (1 + math.exp(-x)), lambda x: 1 / (1 + np.exp(-x)))
>>> logistic(0.0), ag.grad(logistic)(0.0)
(0.5, 0.25)

A function whose result is a constant:

>>> largest = ag.primitive.constant(lambda x: int(np.argmax(x)))
>>> largest(ag.Tensor([1.0, 3.0, 2.0]))
1

What a rule gives is checked whenever it runs: its type and its shape. Function and rules are shown arrays that cannot
be written into. So a mistake in them is an error with the function's name, not a wrong gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import autograd.rules  # noqa: F401  (the table, to know what has a rule)
from autograd.core.op import COMPOSITES, OPS
from autograd.core.types import Rule
from autograd.extend import validate
from autograd.rules import declare
from autograd.rules.signatures import called

__all__ = ["composite", "constant", "elementwise", "general", "linear"]


_TABLE = frozenset((*OPS, *COMPOSITES))


def composite(function: Rule, definition: Rule) -> Rule:
    """See autograd.rules.declare.composite."""
    _free(function)
    return declare.composite(function, definition)


def constant(*functions: Rule) -> Any:
    """See autograd.rules.declare.constant."""
    for function in functions:
        _free(function)
    return declare.constant(*functions)


def elementwise(function: Rule, *local: Rule | float | None, **how: Any) -> Rule:
    """See autograd.rules.declare.elementwise."""
    _free(function)
    return declare.elementwise(function, *_checked(function, "local derivative", local), **_run(function, how))


def linear(function: Rule, *adjoints: Rule | None, jointly: bool = False, **how: Any) -> Rule:
    """See autograd.rules.declare.linear."""
    _free(function)
    rules = _checked(function, "adjoint", adjoints)
    return declare.linear(function, *rules, jointly=jointly, **_run(function, how))


def general(function: Rule, vjps: Sequence[Rule | None], jvps: Sequence[Rule | None], **how: Any) -> Rule:
    """See autograd.rules.declare.general."""
    _free(function)
    rules = _checked(function, "vjp", vjps), _checked(function, "jvp", jvps)
    return declare.general(function, *rules, **_run(function, how))


def _free(function: Rule) -> None:
    """Raise TypeError where a function has a rule in the table: another would change it for the whole process."""
    if function in _TABLE:
        raise TypeError(
            f"{called(function)} has a rule already, which everything in this process uses. For another one, declare a "
            f"function of your own: def my_{called(function)}(x): return {called(function)}(x)."
        )


def _checked(function: Rule, what: str, rules: Any) -> Any:
    """The rules, checked as they run; what is not a rule is left to the declaration, which refuses it in words."""
    if not isinstance(rules, (list, tuple)):
        return rules
    name = called(function)
    return [validate.rule(r, f"{what} of {name} for operand {i}") if callable(r) else r for i, r in enumerate(rules)]


def _run(function: Rule, how: dict[str, Any]) -> dict[str, Any]:
    """How the operation is run: as a user's own, with its kernels checked as well."""
    name = called(function)
    kernels = {"kernel": function} | {k: f for k, f in how.items() if k in ("kernel", "scalar") and callable(f)}
    return how | {k: validate.kernel(f, name) for k, f in kernels.items()} | {"op": validate.OwnOp}
