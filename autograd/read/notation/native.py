"""How an elementwise operation is spelled in C: operators, functions of libm, and our own.

A spelling takes the written operands, which have been converted to the type that the operation computes in, and the
suffix that functions have there: "" for double, "_f" for float. It gives the code and how tightly it binds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd.read.notation.style import CHOICE, POWER, PRODUCT, SIGN, SUM, Parenthesized, Piece

# How tightly the operators bind that C has others of than Python; the other levels are those of every dialect.
EITHER, BOTH, RELATION = range(CHOICE + 1, CHOICE + 4)
_LEVELS = {**dict.fromkeys("+-", SUM), **dict.fromkeys("*/", PRODUCT)}
_PAREN = Parenthesized()

# The type that an operation computes in: that of its result; the one that its operands have in common; booleans.
# Of where, the first operand is a boolean and the others have the type of the result. CAST takes an operand as it is.
RESULT, COMMON, BOOLEAN, CHOSEN, CAST = "result", "common", "boolean", "chosen", "cast"


class Native(NamedTuple):
    """An elementwise operation in C.

    write   the code
    reads   the type that it computes in
    kinds   the kinds of that type for which this gives what NumPy gives: b(oolean), i(nteger), u(nsigned), f(loat)
    by_constant   it does so only of an array and a constant
    twice   its first operand may be written twice, so that is to be a name
    """

    write: Callable[[Sequence[Piece], str], Piece]
    reads: str = RESULT
    kinds: str = "f"
    by_constant: bool = False
    twice: bool = False


class Gathering(NamedTuple):
    """How the entries along axes become one, in C.

    sign    as the clause for vectors says it: "+", "max" or "min"
    first   what is gathered from, before there is an entry
    so_far  what a variable is called for what was gathered so far
    wins    the comparison with that by which an entry takes its place; "" where all are added up
    """

    sign: str
    first: str
    so_far: str
    wins: str = ""


class Placing(NamedTuple):
    """How entries of the operands become entries of the result, in C.

    places   what each operand is written to: views of the result, given that, the operands' shapes and the parameters
    zeros    the rest is 0
    adds     several may have the same place, and are added up there
    over     an operand may be written over those before it
    """

    places: Callable[..., Sequence[Any]]
    zeros: bool = False
    adds: bool = False
    over: bool = False


TOTAL = Gathering("+", "0", "total")
LARGEST = Gathering("max", "-INFINITY", "largest", ">")
SMALLEST = Gathering("min", "INFINITY", "smallest", "<")


def infix(sign: str, kinds: str = "fiu") -> Native:
    """An operator of arithmetic. What stands on its right is in parentheses on the same level: order counts."""
    level = _LEVELS[sign]
    return Native(lambda a, _: Piece(f"{_of(a[0], level)} {sign} {_of(a[1], level + 1)}", level), kinds=kinds)


def prefix(sign: str, kinds: str = "fiu") -> Native:
    """A sign in front."""
    return Native(lambda a, _: Piece(f"{sign}{_of(a[0], POWER)}", SIGN), kinds=kinds)


def relation(sign: str) -> Native:
    """A comparison."""
    return Native(_between(sign, SUM, RELATION), reads=COMMON, kinds="fiub")


def logic(sign: str, reads: str = BOOLEAN) -> Native:
    """An operation of two booleans."""
    if sign == "!=":
        return Native(_between(sign, SUM, RELATION), reads=reads, kinds="b")
    return Native(_between(sign, RELATION, BOTH if sign == "&&" else EITHER), reads=reads, kinds="b")


def negation(reads: str = BOOLEAN) -> Native:
    """The opposite of a boolean."""
    return prefix("!", "b")._replace(reads=reads)


def _between(sign: str, operands: int, level: int) -> Callable[[Sequence[Piece], str], Piece]:
    return lambda a, _: Piece(f"{_of(a[0], operands)} {sign} {_of(a[1], operands)}", level)


def called(name: str) -> Native:
    """A function of our own: cg_exp, cg_exp_f."""
    return Native(lambda a, suffix: Piece(f"{name}{suffix}({', '.join(x.text for x in a)})"))


LIBM: set[str] = set()  # the functions of the C library that rows name: no variable may be called so


def libm(name: str) -> Native:
    """A function of the C library: floor, floorf."""
    LIBM.update((name, f"{name}f"))
    return Native(lambda a, suffix: Piece(f"{name}{'f' if suffix else ''}({', '.join(x.text for x in a)})"))


def question(name: str) -> Native:
    """A question put to floating-point numbers: a macro of the C library, of all precisions."""
    LIBM.add(name)
    return Native(lambda a, _: Piece(f"{name}({a[0].text})"), reads=COMMON)


def _choice(a: Sequence[Piece], _: str) -> Piece:
    """In parentheses where it chooses by a choice, or one of two choices; the last of a row of choices is not."""
    return Piece(f"{_of(a[0], EITHER)} ? {_of(a[1], EITHER)} : {a[2].text}", CHOICE)


def _square(a: Sequence[Piece], _: str) -> Piece:
    return Piece(f"{_of(a[0], PRODUCT)} * {_of(a[0], PRODUCT + 1)}", PRODUCT)


def _reciprocal(a: Sequence[Piece], _: str) -> Piece:
    return Piece(f"1 / {_of(a[0], PRODUCT + 1)}", PRODUCT)


def _quotients(a: Sequence[Piece], suffix: str) -> Piece:
    """A quotient, multiplied by what else there is, each time divided once more."""
    divisor, x, *factors = a
    found = _RATIO.write([x, divisor], suffix)
    for factor in factors:
        found = _RATIO.write([_TIMES.write([found, factor], suffix), divisor], suffix)
    return found


def _power(a: Sequence[Piece], suffix: str) -> Piece:
    """By an exponent that NumPy looks at: with 0.5 it takes a root, of -0 and -inf too, where pow gives 0 and inf."""
    exponent = float(a[1].text.rstrip("f"))
    if exponent == 2:
        return _square(a, suffix)
    if exponent == -1:
        return _reciprocal(a, suffix)
    known = _POWERS.get(exponent)
    return _POW.write(a, suffix) if known is None else known.write(a[:1], suffix)


_RATIO, _TIMES = called("cg_ratio"), infix("*")
_POW, _POWERS = libm("pow"), {0.5: libm("sqrt"), 3.0: called("cg_cube")}


def _as_it_is(a: Sequence[Piece], _: str) -> Piece:
    return a[0]


CHOICE_OF_TWO = Native(_choice, reads=CHOSEN, kinds="fiub")
SQUARE = Native(_square, kinds="fiu", twice=True)
RECIPROCAL = Native(_reciprocal)
QUOTIENTS = Native(_quotients)
POWER_BY_CONSTANT = Native(_power, by_constant=True, twice=True)
CONVERSION = Native(_as_it_is, reads=CAST, kinds="fiub")


def _of(piece: Piece, level: int) -> str:
    return _PAREN.within(piece, level)
