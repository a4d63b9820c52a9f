"""Sizes of arrays that remember which they are: a program for any number of rows has `X.shape[0]` where the run had 4.

>>> import numpy as np
>>> from autograd.read.term import Term
>>> from autograd.read.sizes import sized
>>> rows, columns = sized(Term(np.ones((4, 6)), "X")).shape
>>> rows, (2 * columns + 1).written(lambda s: s.name)
(4, '2 * X.shape[1] + 1')
>>> (2 * ((columns + 1) // 2)).written(lambda s: s.name)
'2 * ((X.shape[1] + 1) // 2)'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograd.read.term import Term, in_order, never, rebuilt

Form = tuple[Any, ...]  # ("shape", symbol, axis), or ("+", x, y) of numbers and sizes


class Formed(int):
    """An integer that remembers how it was formed, also in sums."""

    def __add__(self, other: Any) -> Any:
        return combined("+", self, other)

    def __radd__(self, other: Any) -> Any:
        return combined("+", other, self)

    def __sub__(self, other: Any) -> Any:
        return combined("-", self, other)

    def __rsub__(self, other: Any) -> Any:
        return combined("-", other, self)


class Size(Formed):
    """A size of this run, and how it comes from the sizes of inputs."""

    form: Form

    def __new__(cls, value: int, form: Form) -> Size:
        size = super().__new__(cls, value)
        size.form = form
        return size

    def __mul__(self, other: Any) -> Any:
        return combined("*", self, other)

    def __rmul__(self, other: Any) -> Any:
        return combined("*", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return combined("//", self, other)

    @property
    def key(self) -> Form:
        """Equal for sizes that come from inputs in one way."""
        kind, *parts = self.form
        return (kind, *(x.name if isinstance(x, Term) else getattr(x, "key", x) for x in parts))

    @property
    def is_single(self) -> bool:
        """Whether it is the size of one axis, as it stands."""
        return bool(self.form[0] == "shape")

    @property
    def is_of_inputs(self) -> bool:
        """Whether it is computed from sizes of inputs and numbers alone, not from what has a name of its own, as m."""
        return all(x.is_of_inputs if isinstance(x, Size) else type(x) in (int, str, Term) for x in self.form)

    def written(self, variable: Callable[[Term], str], literal: Callable[[Any], str] = repr) -> str:
        """As code: X.shape[1].

        literal   writes a number that is not one of these
        """
        kind, first, second = self.form
        if kind == "shape":
            return f"{variable(first)}.shape[{second}]"
        texts = [x.written(variable, literal) if isinstance(x, Size) else literal(x) for x in (first, second)]
        inner = [x.form[0] if isinstance(x, Size) else "" for x in (first, second)]
        left = f"({texts[0]})" if inner[0] in ("+", "-") and kind in ("*", "//") else texts[0]
        closed = inner[1] in ("", "shape") or (kind == "*" == inner[1]) or (kind in "+-" and inner[1] in ("*", "//"))
        right = texts[1] if closed else f"({texts[1]})"
        return f"{left} {kind} {right}"


_RUN: dict[str, Callable[[int, int], int]] = {
    "+": int.__add__,
    "-": int.__sub__,
    "*": int.__mul__,
    "//": int.__floordiv__,
}


def combined(kind: str, x: Any, y: Any) -> Any:
    """What two integers come to, as a Size where it may be another one for other inputs."""
    if not isinstance(x, int) or not isinstance(y, int):
        return NotImplemented
    if kind == "*" and not {type(x), type(y)} <= {int, Size}:  # products of m say so themselves
        return NotImplemented
    if type(y) is int and y == (kind in "*//"):  # x·1, x + 0
        return x
    if (kind == "*" and type(x) is int and x == 1) or (kind == "+" and type(x) is int and x == 0):
        return y
    return Size(_RUN[kind](int(x), int(y)), (kind, x, y))


def sized(s: Term) -> Term:
    """A Term of an input whose shape says that it is the input's. A size of 1 stays: it is repeated elsewhere."""
    shape = tuple(n if n == 1 or type(n) is not int else Size(n, ("shape", s, k)) for k, n in enumerate(s.shape))
    return s.but(shape=shape)


def has_sizes(s: Term, but: Callable[[Term], bool] = never) -> bool:
    """Whether a computation has a size of an input as a number in it, in other parts of it than those."""
    parts = (part for part in in_order([s]) if not but(part))
    return any(map(_is_sized, (x for part in parts for x in (*part.operands, *part.params.values()))))


def _is_sized(x: Any) -> bool:
    """Whether it is a size that may be another one, or has such a size in it, as a shape has."""
    if type(x) is slice:
        return any(map(_is_sized, (x.start, x.stop, x.step)))
    return any(map(_is_sized, x)) if type(x) in (tuple, list) else isinstance(x, int) and type(x) not in (int, bool)


def as_numbers(roots: Sequence[Term]) -> list[Term]:
    """The same computations with the numbers of this run in place of sizes. What they share stays shared."""

    def plain(part: Term) -> Term:
        if not any(type(x) is Size for x in part.operands):
            return part
        return part.but(operands=tuple(int(x) if type(x) is Size else x for x in part.operands))

    return rebuilt(roots, plain, never)
