"""What constants are read as: a number by the name of the variable that holds it, an array 1 − Y as that.

NumPy leaves no trace of how a plain array was computed. But where the targets Y have a name, and an array without one
is 1 − Y in every entry, that is what the student wrote; that it holds in these data is said with the derivation.
"""

from __future__ import annotations

import dis
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import CodeType, MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from autograd import names
from autograd.node import Constant
from autograd.op import OPS, Op
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
        return OPS.get(self.function) or Op(self.function, "constant", (), (), (), False, {})

    @property
    def said(self) -> str | None:
        """The expression in words, for a note; None for a part of the array itself, which needs none."""
        name = names.of(self.array)
        if self.turn is not None:
            return self.turn
        return {np.subtract: f"1 − {name}", np.negative: f"−{name}"}.get(self.function)


class Constants:
    """The plain arrays and numbers that a user's variables hold.

    numbers   the names of floats, by identity
    """

    def __init__(
        self,
        arrays: Iterable[Any] = (),
        numbers: Mapping[int, str] | None = None,
        variables: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        self._arrays = list(arrays)
        self.numbers = dict(numbers or {})
        self._floats = [Constant(x, self.numbers[id(x)]) for x in variables.values() if id(x) in self.numbers]
        self._read: dict[int, tuple[Any, Reading | None]] = {}
        self._made: dict[Any, Any] = {}

    def read_in_turn(self, rows: Sequence[Sequence[Any]]) -> None:
        """Read the different numbers of the turns of a loop as x[i], where the entries of an array are equal to them,
        and others as 1 − x[i].

        The array is one of as many entries, or a row or column of a matrix.
        """
        numbers = [(row, [_value(x) for x in row]) for row in rows if all(_is_number(_value(x)) for x in row)]
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
            if all(_value(array)[index] == v for index, v in zip(indices, values, strict=True)):
                return array, indices, f"{names.of(array)}{said}"
        return None

    def _of_length(self, n: int) -> Iterator[tuple[Any, list[Any], str]]:
        """The arrays of n numbers, the rows and the columns of so many: each with the indices of the entries."""
        shaped = [(array, np.shape(_value(array))) for array in self._arrays]
        for array, shape in shaped:
            if shape == (n,):
                yield array, list(range(n)), "[i]"
        for array, shape in shaped:
            for k in range(shape[0]) if len(shape) == 2 and shape[1] == n else ():
                yield array, [(k, i) for i in range(n)], f"[{k}, i]"
            for k in range(shape[1]) if len(shape) == 2 and shape[0] == n else ():
                yield array, [(i, k) for i in range(n)], f"[i, {k}]"

    def share(self, number: Any, m: int) -> tuple[Constant, int] | None:
        """For the number λ/(km) the constant λ that a variable holds, and k: 1 or 2; None for every other number.

        It has to be equal to the last bit, in one of the ways to compute it. A λ with few digits in binary, as 0.5 and
        1.0 have, gives numbers that may be something else as well.
        """
        if type(number) is not float:
            return None
        for constant in self._floats:
            x = constant.out
            if float(x * _ROUND).is_integer():
                continue
            if number in (x / m, x * (1 / m)):
                return constant, 1
            halves = (x / (2 * m), x / 2 / m, x / m / 2, x * (1 / (2 * m)), x * (1 / m) / 2, x * (0.5 / m))
            if number in halves:
                return constant, 2
        return None

    def read_as(self, reading: Reading) -> Any:
        """The array that a reading gives, from now on read as that; one and the same for equal readings."""
        key = reading.function, id(reading.array), *reading.settings.items()
        if key not in self._made:
            made = reading.function(_value(reading.array), **reading.settings)
            self._made[key] = made
            self._read[id(made)] = made, reading
        return self._made[key]

    def reading(self, constant: Any) -> Reading | None:
        """What an array without a name is read as; None where it is nothing but itself."""
        if id(constant) in self._read:
            return self._read[id(constant)][1]
        value = _value(constant)
        if not isinstance(value, np.ndarray) or value.ndim == 0 or names.of(constant) is not None:
            return None
        if id(value) not in self._read:
            self._read[id(value)] = value, self._found(value)
        return self._read[id(value)][1]

    def _found(self, value: Any) -> Reading | None:
        for array in self._arrays:
            plain = _value(array)
            if value.base is not None and value.base is (plain if plain.base is None else plain.base):
                part = _part_of(value, plain)
                if part is not None:
                    return Reading(part[0], array, part[1])
        for array in self._arrays:
            plain = _value(array)
            if plain.dtype.kind not in "fiu" or plain.dtype.kind != value.dtype.kind or plain.shape != value.shape:
                continue
            if plain.any() and np.array_equal(value, 1 - plain):
                return Reading(np.subtract, array)
            if plain.any() and np.array_equal(value, -plain):
                return Reading(np.negative, array)
        return None


def _value(x: Any) -> Any:
    return x.out if type(x) is Constant else x


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
