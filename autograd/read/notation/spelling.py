"""How an operation is spelled in NumPy: operators, and functions that NumPy has under another name.

A spelling takes the writer, the Term and its written operands, and gives the code and how tightly it binds. One that
is not the plain call gives the same values as the engine does, to the last bit: no formula here is only nearly right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from autograd.read.notation.axes import order_of_axes
from autograd.read.notation.style import AND, ATOM, COMPARISON, OR, POWER, PRODUCT, SIGN, SUM, Piece
from autograd.rules.norms import euclidean

if TYPE_CHECKING:
    from autograd.read.printing.source import NumPyWriter
    from autograd.read.term import Term

# Operators on one level are read from the left.
_LEVELS = {"|": OR, "&": AND, **dict.fromkeys("+-", SUM), **dict.fromkeys(("*", "/", "//", "%", "@"), PRODUCT)}


Spelling = Callable[["NumPyWriter", "Term", Sequence[Piece]], Piece]


def infix(sign: str) -> Spelling:
    """An operator. What stands on its right is in parentheses also on the same level: sums depend on their order."""
    level = _LEVELS.get(sign, COMPARISON)
    left = level + 1 if level == COMPARISON else level
    return lambda w, _, args: Piece(f"{w.within(args[0], left)} {sign} {w.within(args[1], level + 1)}", level)


def prefix(sign: str) -> Spelling:
    """A sign in front."""
    return lambda w, _, args: Piece(f"{sign}{w.within(args[0], POWER if args[0].text[0] == sign else SIGN)}", SIGN)


def spelled(pattern: str) -> Spelling:
    """A function that NumPy does not have, in terms of one that it has."""
    return lambda w, s, args: Piece(pattern.format(args[0].text, *(w.literal(v) for v in s.params.values())))


def times(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """Twice the same floating array is its square: of those NumPy forms x**2 as x*x, of scalars it does not."""
    if args[0] == args[1] and s.shape and s.dtype.kind == "f":
        return square(w, s, args)
    return infix("*")(w, s, args)


def square(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """x**2 of arrays."""
    return Piece(f"{w.within(args[0], ATOM)}**2", POWER) if s.shape and s.dtype.kind == "f" else w.called(s, args)


def power(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """Of Python's floats (-8)**(1/3) would be complex."""
    exponent = s.operands[1]
    if s.shape == () and not (isinstance(exponent, (int, float)) and exponent == round(exponent)):
        return w.called(s, args)
    return Piece(f"{w.within(args[0], ATOM)}**{w.within(args[1], SIGN)}", POWER)


def power_of_integers(w: NumPyWriter, _s: Term, args: Sequence[Piece]) -> Piece:
    """Of Python's integers, which have no end."""
    return Piece(f"{w.within(args[0], ATOM)}**{w.within(args[1], POWER)}", POWER)


def as_operand(_w: NumPyWriter, _s: Term, args: Sequence[Piece]) -> Piece:
    """Nothing is done."""
    return args[0]


def astype(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """A method of arrays; a number is made by its class."""
    dtype = w.literal(np.dtype(s.params["dtype"]))
    return Piece(f"{w.within(args[0], ATOM)}.astype({dtype})" if s.shape else f"{dtype}({args[0].text})")


def total(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """Over all axes without saying so, where no axis stays."""
    if s.shape == () and s.params.keys() <= {"axis", "keepdims"}:
        return Piece(f"np.sum({args[0].text})")
    return w.called(s, args)


def einsum(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """np.einsum takes the subscripts before the operands."""
    how = {k: v for k, v in s.params.items() if k != "subscripts"}
    return w.called(s, [Piece(repr(s.params["subscripts"])), *args], params=how)


def norm(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """‖x‖ of all entries as np.linalg.norm has it, otherwise as np.linalg.vector_norm does."""
    params = {"ord" if k == "p" else k: v for k, v in s.params.items() if v is not None and v is not False}
    whole = s.call is euclidean and "axis" not in params
    return w.called(s, args, np.linalg.norm if whole else np.linalg.vector_norm, params)


def transpose(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """Of a matrix it is .T, if it turns it at all."""
    of_matrix = order_of_axes(s.params, len(s.shape)) == [1, 0]
    return Piece(f"{w.within(args[0], ATOM)}.T") if of_matrix else w.called(s, args)


def new_axis(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """A vector stood up as a column, or laid down as a row."""
    if len(s.shape) != 2 or type(s.params["axis"]) is not int:
        return w.called(s, args)
    return Piece(f"{w.within(args[0], ATOM)}[{'None, :' if s.params['axis'] in (0, -2) else ':, None'}]")


def of_list(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """A function of a list of arrays."""
    return w.called(s, [Piece(f"[{', '.join(a.text for a in args)}]")])


def getitem(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """array[index]."""
    array = w.within(args[0], ATOM) if np.shape(s.operands[0]) else f"np.asarray({args[0].text})"
    return Piece(f"{array}[{w.index(s.params['index'])}]")


def put(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """The index stands between the operands."""
    return w.called(s, [args[0], Piece(w.literal(s.params["index"])), args[1]], params={})


def invert(w: NumPyWriter, s: Term, args: Sequence[Piece]) -> Piece:
    """Of Python's booleans ~ makes -1 and -2."""
    return prefix("~")(w, s, args) if s.shape else w.called(s, args)
