"""How an operation is spelled in NumPy: operators, and functions that NumPy has under another name.

A spelling takes the Writer, the Symbol and its written operands, and gives the code and how tightly it binds. One that
is not the plain call gives the same values as the engine does, to the last bit: no formula here is only nearly right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from autograd.read.code.source import Writer
    from autograd.read.symbol import Symbol

# How tightly Python binds; operators on one level are read from the left.
COMPARISON, OR, AND, SUM, PRODUCT, SIGN, POWER, ATOM = range(8)
_LEVELS = {"|": OR, "&": AND, **dict.fromkeys("+-", SUM), **dict.fromkeys(("*", "/", "//", "%", "@"), PRODUCT)}


class Code(NamedTuple):
    """A written operand, and how tightly it binds."""

    text: str
    level: int = ATOM


Spelling = Callable[["Writer", "Symbol", Sequence[Code]], Code]


def within(code: Code, level: int) -> str:
    """The operand, in parentheses where it binds less tightly than `level`."""
    return code.text if code.level >= level else f"({code.text})"


def infix(sign: str) -> Spelling:
    """An operator. What stands on its right is in parentheses also on the same level: sums depend on their order."""
    level = _LEVELS.get(sign, COMPARISON)
    left = level + 1 if level == COMPARISON else level
    return lambda _, _s, args: Code(f"{within(args[0], left)} {sign} {within(args[1], level + 1)}", level)


def prefix(sign: str) -> Spelling:
    """A sign in front."""
    return lambda _, _s, args: Code(f"{sign}{within(args[0], POWER if args[0].text[0] == sign else SIGN)}", SIGN)


def spelled(pattern: str) -> Spelling:
    """A function that NumPy does not have, in terms of one that it has."""
    return lambda w, s, args: Code(pattern.format(args[0].text, *(w.literal(v) for v in s.params.values())))
