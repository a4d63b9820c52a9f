"""What constants are read as: a number by the name of the variable that holds it, an array 1 − Y as that.

NumPy leaves no trace of how a plain array was computed. But where the targets Y have a name, and an array without one
is 1 − Y in every entry, that is what the student wrote; that it holds in these data is said with the derivation.
"""

from __future__ import annotations

import dis
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from types import CodeType, FunctionType, MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from autograd.core.node import Constant
from autograd.core.op import OPS, Op
from autograd.debug import names
from autograd.read.operands import unwrapped
from autograd.read.term import step_of
from autograd.rules import getitem, identity

_ROUND = 1024  # a multiple of 1/1024 is a number with few digits in binary


class Reading(NamedTuple):
    """A constant as a function of an array that has a name."""

    function: Any  # np.subtract, of 1 and the array; np.negative; identity, np.transpose, getitem of a view; one_hot
    array: Any
    index: Any = None
    turn: str | None = None  # in words, of a number that was looked up in a turn of a loop
    settings: Mapping[str, Any] = MappingProxyType({})  # of one_hot

    @property
    def operands(self) -> tuple[Any, ...]:
        """What the function is applied to."""
        return (1, self.array) if self.function is np.subtract else (self.array,)

    @property
    def params(self) -> dict[str, Any]:
        """The parameters of the function."""
        return dict(self.settings) if self.index is None else {"index": self.index}

    @property
    def op(self) -> Op:
        """The operation of the function."""
        return OPS.get(self.function) or step_of(self.function)

    @property
    def said(self) -> str | None:
        """The expression in words, for a note; None for a part of the array itself, which needs none."""
        name = names.of(self.array)
        if self.turn is not None:
            return self.turn
        return {np.subtract: f"1 − {name}", np.negative: f"−{name}"}.get(self.function)


class Share(NamedTuple):
    """A number as a multiple of another, or of that over m."""

    of: Constant
    times: Fraction
    over_m: bool

    @property
    def said(self) -> str:
        """The expression in words, for a note."""
        sign = "−" if self.times < 0 else ""
        of = names.of(self.of) or f"{self.of.out:.4g}"
        n, k = abs(self.times.numerator), self.times.denominator
        under = ("m" if k == 1 else f"({k}m)") if self.over_m else str(k)
        over = of if n == 1 else f"{n} {of}"
        return f"{sign}{over}" if under == "1" else f"{sign}{over}/{under}"


class Written(NamedTuple):
    """The numbers that code has written out, without their signs, and those that it divides by."""

    known: bool
    numbers: frozenset[int | float] = frozenset()
    divisors: frozenset[int | float] = frozenset()


class Constants:
    """The plain arrays and numbers that a user's variables hold.

    numbers   the names of floats, by identity
    written   the numbers of the user's code
    """

    def __init__(
        self,
        arrays: Iterable[Any] = (),
        numbers: Mapping[int, str] | None = None,
        variables: Mapping[str, Any] = MappingProxyType({}),
        written: Written | None = None,
    ) -> None:
        self._arrays = list(arrays)
        self.numbers = dict(numbers or {})
        self.written = written or Written(False)
        floats = {name: x for name, x in variables.items() if type(x) is float and not name.startswith("_")}
        self._floats = [Constant(x, name) for name, x in floats.items()]
        self._read: dict[int, tuple[Any, Reading | None]] = {}
        self._made: dict[Any, Any] = {}

    def read_in_turn(self, rows: Sequence[Sequence[Any]]) -> None:
        """Read the different numbers of the turns of a loop as x[i], where the entries of an array are equal to them,
        and others as 1 − x[i].

        The array is one of as many entries, or a row or column of a matrix.
        """
        numbers = [(row, [unwrapped(x) for x in row]) for row in rows if all(_is_number(unwrapped(x)) for x in row)]
        known: list[tuple[Sequence[Any], list[Any], str]] = []
        for row, values in numbers:
            found = self._looked_up(values) if len(set(values)) > 1 else None
            if found is not None:
                array, indices, said = found
                known.append((row, values, said))
                for constant, index in zip(row, indices, strict=True):
                    self._read[id(constant)] = constant, Reading(getitem, array, index, said)
        for row, values in numbers:
            for other, of, said in known:
                if id(row[0]) not in self._read and all(v == 1 - x for v, x in zip(values, of, strict=True)):
                    for constant, x in zip(row, other, strict=True):
                        self._read[id(constant)] = constant, Reading(np.subtract, x, None, f"1 − {said}")

    def _looked_up(self, values: list[Any]) -> tuple[Any, list[Any], str] | None:
        """The array whose entries these are, the index of each, and how that is written."""
        for array, indices, said in self._of_length(len(values)):
            if all(unwrapped(array)[index] == v for index, v in zip(indices, values, strict=True)):
                return array, indices, f"{names.of(array)}{said}"
        return None

    def _of_length(self, n: int) -> Iterator[tuple[Any, list[Any], str]]:
        """The arrays of n numbers, the rows and the columns of so many: each with the indices of the entries."""
        shaped = [(array, np.shape(unwrapped(array))) for array in self._arrays]
        for array, shape in shaped:
            if shape == (n,):
                yield array, list(range(n)), "[i]"
        for array, shape in shaped:
            for k in range(shape[0]) if len(shape) == 2 and shape[1] == n else ():
                yield array, [(k, i) for i in range(n)], f"[{k}, i]"
            for k in range(shape[1]) if len(shape) == 2 and shape[0] == n else ():
                yield array, [(i, k) for i in range(n)], f"[i, {k}]"

    def share(self, number: Any, m: int) -> Share | None:
        """What a number is of a λ: λ/(km), λ/k, for a λ that a variable holds or that the code has; None of others.

        It has to be equal to the last bit, in one of the ways to compute it. A λ with few digits in binary, as 0.5 and
        1.0 have, gives numbers that may be something else as well, and so does one that two variables hold.
        """
        if type(number) is not float or not self.written.known or number in self.written.numbers:
            return None
        names_of: dict[float, list[Constant]] = {}
        for constant in self._floats:
            names_of.setdefault(constant.out, []).append(constant)
        of = {x: named[0] for x, named in names_of.items() if len(named) == 1}
        of |= {x: Constant(x) for x in self.written.numbers if type(x) is float and x not in names_of}
        sign = -1 if number < 0 else 1
        found = [
            Share(constant, sign * k, over)
            for x, constant in of.items()
            if not float(x * _ROUND).is_integer()
            for k, over, ways in _shares(x, m)
            if abs(number) in ways and (over or names.of(constant) is not None)
        ]
        return found[0] if len(found) == 1 else None

    def may_be_computed(self, number: Any, sizes: Collection[int]) -> bool:
        """Whether a number may be a multiple of 1/m, or of what a variable holds, although that cannot be told."""
        if type(number) is not float or not self.written.known or float(2 * number).is_integer():
            return False
        if abs(number) in self.written.numbers or not np.isfinite(number):
            return False
        held = [1.0, *(c.out for c in self._floats if c.out > 0)]
        ratios = [number * m / x for m in sizes for x in held] + [number / x for x in held[1:]]
        return any(np.isclose(abs(ratio), k, rtol=1e-12, atol=0) for ratio in ratios for k in (0.5, 1, 2))

    def read_as(self, reading: Reading) -> Any:
        """The array that a reading gives, from now on read as that; one and the same for equal readings."""
        key = reading.function, id(reading.array), *reading.settings.items()
        if key not in self._made:
            made = reading.function(unwrapped(reading.array), **reading.settings)
            self._made[key] = made
            self._read[id(made)] = made, reading
        return self._made[key]

    def reading(self, constant: Any) -> Reading | None:
        """What an array without a name is read as; None where it is nothing but itself."""
        if id(constant) in self._read:
            return self._read[id(constant)][1]
        value = unwrapped(constant)
        if not isinstance(value, np.ndarray) or value.ndim == 0 or names.of(constant) is not None:
            return None
        if id(value) not in self._read:
            self._read[id(value)] = value, self._found(value)
        return self._read[id(value)][1]

    def _found(self, value: Any) -> Reading | None:
        for array in self._arrays:
            plain = unwrapped(array)
            if value.base is not None and value.base is (plain if plain.base is None else plain.base):
                part = _part_of(value, plain)
                if part is not None:
                    return Reading(part[0], array, part[1])
        for array in self._arrays:
            plain = unwrapped(array)
            if plain.dtype.kind not in "fiu" or plain.dtype.kind != value.dtype.kind or plain.shape != value.shape:
                continue
            if plain.any() and np.array_equal(value, 1 - plain):
                return Reading(np.subtract, array)
            if plain.any() and np.array_equal(value, -plain):
                return Reading(np.negative, array)
        return None


def _shares(x: float, m: int) -> list[tuple[Fraction, bool, tuple[float, ...]]]:
    """The multiples of x that costs have, each with the numbers that the ways to compute it give."""
    return [
        (Fraction(1), True, (x / m, x * (1 / m))),
        (Fraction(1, 2), True, (x / (2 * m), x / 2 / m, x / m / 2, x * (1 / (2 * m)), x * (1 / m) / 2, x * (0.5 / m))),
        (Fraction(2), True, (2 * x / m, 2 * (x / m), x * (2 / m))),
        (Fraction(1, 2), False, (x / 2,)),
        (Fraction(2), False, (2 * x,)),
    ]


def _is_number(x: Any) -> bool:
    return isinstance(x, (int, float, np.number)) and np.ndim(x) == 0


def _part_of(view: Any, array: Any) -> tuple[Any, Any] | None:
    """What a view of a matrix is of it, as a function and an index: its transpose, a row, a column."""
    if array.ndim != 2 or not array.size or view.dtype != array.dtype:
        return None
    shift = view.__array_interface__["data"][0] - array.__array_interface__["data"][0]
    if shift == 0 and view.shape == array.shape and view.strides == array.strides:
        return identity, None
    if shift == 0 and view.shape == array.shape[::-1] and view.strides == array.strides[::-1]:
        return np.transpose, None
    for axis in (1, 0):
        k, rest = divmod(shift, array.strides[axis]) if array.strides[axis] else (0, 1)
        if rest or not 0 <= k < array.shape[axis]:
            continue
        for one in (k, slice(k, k + 1)):
            index = (slice(None), one) if axis else (one, slice(None))
            same = array[index]
            if same.shape == view.shape and same.strides == view.strides:
                return getitem, index if axis or one is not k else k
    return None


def numbers_of(code: CodeType, variables: Mapping[str, Any]) -> dict[int, str]:
    """The names of the floats that variables hold, by identity.

    A number that the code has written out in more places than one is one object for all of them, so it has no name; nor
    has an int, which Python keeps only once.
    """
    written = [i.argval for i in dis.get_instructions(code) if i.opname == "LOAD_CONST"]
    floats = [(name, x) for name, x in variables.items() if type(x) is float and not name.startswith("_")]
    once = {id(x): name for name, x in floats if sum(x is c for c in written) <= 1}
    return {key: name for key, name in once.items() if sum(id(x) == key for _, x in floats) == 1}


def written_in(code: CodeType, variables: Mapping[str, Any]) -> Written:
    """The numbers in the code of whoever asks, and of the functions that its variables hold."""
    codes = [code, *(f.__code__ for f in variables.values() if type(f) is FunctionType)]
    numbers: set[int | float] = set()
    divisors: set[int | float] = set()
    seen: set[CodeType] = set()
    while codes:
        code = codes.pop()
        if code in seen:
            continue
        seen.add(code)
        codes += [c for c in code.co_consts if isinstance(c, CodeType)]
        numbers |= {abs(c) for c in code.co_consts if type(c) in (int, float)}
        steps = list(dis.get_instructions(code))
        for step, after in pairwise(steps):
            if step.opname == "LOAD_CONST" and type(step.argval) in (int, float) and _divides(after):
                divisors.add(step.argval)
    return Written(True, frozenset(numbers), frozenset(divisors))


def _divides(step: dis.Instruction) -> bool:
    return step.opname == "BINARY_TRUE_DIVIDE" or (step.opname == "BINARY_OP" and step.argrepr in ("/", "/="))
