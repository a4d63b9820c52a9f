"""Whether a function that is compiled does the same at every call, which a program of it would.

It is called twice. What differs between the two calls depends neither on the arguments nor on declared random numbers:
undeclared ones, a counter, a clock. A program would keep that of its first call for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd.errors import GraphError
from autograd.read.term import Term
from autograd.read.trace import Trace

_NUMBERS = (bool, int, float, np.ndarray, np.generic)


def check_repeatable(first: Trace, second: Trace, called: str) -> None:
    """Raise GraphError where the two calls of a function did not do the same."""
    for what, one, other in _differences(first, second):
        if isinstance(one, _NUMBERS) and isinstance(other, _NUMBERS) and np.shape(one) == np.shape(other):
            size = f"an array of shape {np.shape(one)}" if np.ndim(one) else f"{one!r}, then {other!r}"
            seen = f"two calls gave {what} different numbers ({size})"
        else:
            seen = f"two calls did different things from {what} on"
        raise GraphError(
            f"A compiled function must do the same at every call, but of {called} {seen}. The program would keep those "
            "of the first call for ever. Make what changes an argument; draw random numbers by "
            "autograd.drawn(lambda rng: rng.random(shape), rng), which a program draws anew at each call."
        )


def _differences(first: Trace, second: Trace) -> Iterator[tuple[str, Any, Any]]:
    pairs = [("the result", a, b) for a, b in zip(first.outputs, second.outputs)]
    if len(first.outputs) != len(second.outputs):
        yield "the result", first.outputs, second.outputs
    known = dict(zip(map(id, first.inputs), map(id, second.inputs), strict=True))
    known |= dict(zip((id(s) for s, _ in first.draws), (id(s) for s, _ in second.draws)))
    while pairs:
        what, a, b = pairs.pop()
        if isinstance(a, Term) and isinstance(b, Term):
            if id(a) in known:
                if known[id(a)] != id(b):
                    yield what, a, b
                continue
            known[id(a)] = id(b)
            if a.function != b.function or len(a.operands) != len(b.operands) or a.params.keys() != b.params.keys():
                yield what, a, b
                continue
            where = f"an operand of {a.function}" if a.function else what
            pairs += [(where, x, y) for x, y in zip(a.operands, b.operands, strict=True)]
            pairs += [(f"{k}= of {a.function}", x, b.params[k]) for k, x in a.params.items()]
            if a.call is None:
                pairs.append((what, a.value, b.value))
        elif isinstance(a, (list, tuple)) and type(a) is type(b) and len(a) == len(b):
            pairs += [(what, x, y) for x, y in zip(a, b, strict=True)]
        elif isinstance(a, Term) or isinstance(b, Term) or not _same(a, b):
            yield what, a, b


def _same(a: Any, b: Any) -> bool:
    """Whether two constants are the same, as far as numbers go."""
    if a is b or not (isinstance(a, _NUMBERS) or isinstance(b, _NUMBERS)):
        return True
    if np.shape(a) != np.shape(b) or getattr(a, "dtype", None) != getattr(b, "dtype", None):
        return False
    return bool(np.all(np.equal(a, b) | (np.not_equal(a, a) & np.not_equal(b, b))))
