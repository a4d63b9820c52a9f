"""What things are called in the C of a program."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from autograd.read.native.functions import names as own_functions
from autograd.read.notation import row_of
from autograd.read.notation.native import LIBM
from autograd.read.term import Term, within

LOOPS = "ijkl"  # what loops are called; those further inside are i4, i5 …
_INDICES = frozenset(f"{i}{end}" for i in (*LOOPS, *(f"i{axis}" for axis in range(64))) for end in ("", "1", "2"))
# What a variable must not be called: words of C, what a function has variables for itself, types and functions that are
# named in it, macros in small letters. Other functions of C's headers may be hidden by a variable.
_WORDS = """
    auto break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while bool true false
    asm typeof main objects numbers values scratch whole linux unix malloc free memset PyObject
    int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t uintptr_t
"""
RESERVED = frozenset({*_WORDS.split(), *_INDICES, *LIBM, *own_functions()})
_MACRO = re.compile(r"[A-Z][A-Z0-9_]{2,}")  # as NAN, INT64_MAX
UNNAMED = "t"
_NEAR = 50  # steps within which an update is looked through


def c_name(name: str) -> str:
    """A name in the letters that C has everywhere, and not one of ours.

    >>> c_name("σ1"), c_name("dZ2"), c_name("a b"), c_name("M_PI"), c_name("cg_exp")
    ('sigma1', 'dZ2', 'a_b', 'M_PI_', 'xcg_exp')
    """
    spelled = "".join(c if c.isascii() else unicodedata.name(c, "u").split()[-1].lower() for c in name)
    text = re.sub(r"\W", "_", spelled, flags=re.ASCII)
    if _MACRO.fullmatch(text):
        text += "_"
    return f"x{text}" if not text or text[0].isdigit() or text.lower().startswith("cg_") else text


def loop_name(depth: int) -> str:
    """The variable of a loop inside so many others."""
    return LOOPS[depth] if depth < len(LOOPS) else f"i{depth}"


def wanted_name(s: Term) -> str:
    """What the variable of a Term is to be called: by its name, or by what is gathered in it.

    >>> import numpy as np
    >>> X = Term(np.ones((2, 5)), "X")
    >>> wanted_name(X), wanted_name(np.sum(X)), wanted_name(np.max(X, axis=0)), wanted_name(np.exp(X))
    ('X', 'sum', 'max', 't')
    """
    if s.name is not None:
        return c_name(s.name)
    if s.call is None:
        return "constant"
    return s.function if row_of(s.call).gathers is not None else UNNAMED


def result_name(s: Term) -> str:
    """The same of a result, which may be the new value of an argument.

    >>> import numpy as np
    >>> W, X = Term(np.ones(3), "W"), Term(np.ones(5), "X")
    >>> result_name(W - 0.1 * np.sum(X)), result_name(np.tanh(W))
    ('new_W', 't')
    """
    updated = _updated(s) if s.name is None and row_of(s.call).algebra == "sum" else None
    return wanted_name(s) if updated is None else f"new_{c_name(updated.name or '')}"


def _updated(s: Term) -> Term | None:
    """The one argument of the same shape that it is computed from elementwise, beside what has names of its own."""
    found: dict[Term, None] = {}
    stack, seen = [s] if s.shape else [], {s}
    while stack and len(seen) < _NEAR:
        for x in within(stack.pop().operands):
            if x in seen or x.shape != s.shape:
                continue
            seen.add(x)
            if x.name is None and row_of(x.call).native is not None:
                stack.append(x)
            elif x.name is not None and x.call is None:
                found[x] = None
    return next(iter(found)) if len(found) == 1 and not stack else None


def distinct(terms: Iterable[Term], known: dict[Term, str]) -> None:
    """Enter names of what several functions of a program hand on to each other: all without a name are told apart."""
    counts = Counter(name.rstrip("0123456789") for name in known.values())
    for s in terms:
        if s not in known:
            name = result_name(s)
            counts[name] += 1
            known[s] = f"{name}{counts[name]}" if name in (UNNAMED, s.function) else name
