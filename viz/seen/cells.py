"""A formula of arrays, taken apart: what each entry of the result was computed from, down to those of named arrays.

The formula is a Term, as an operation's rule gives it when it is run on Terms. Here each of its operations is run again
on single numbers that remember how they were computed (`Cell`): an elementwise one at each place; any other by its own
kernel on an array of Cells, so that a matrix product becomes sums of products. Where a kernel takes nothing but
numbers, what counts is its Jacobian. There is nothing here of any single operation.

>>> from autograd.read import TEXT, Term, write
>>> W, X = Term(np.array([[1.0, 2.0]]), "W"), Term(np.array([[3.0], [4.0]]), "X")
>>> (cell,) = cells(np.matmul(W, X), named).ravel()
>>> write(cell, style=TEXT), cell.value
('W[0, 0] X[0, 0] + W[0, 1] X[1, 0]', 11.0)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.core.op import OPS, Op
from autograd.read import TEXT, Style, Term, expanded, in_order
from autograd.read.notation.style import ATOM, Piece
from autograd.read.printing.formula import FormulaWriter
from autograd.read.term import SMALL, value_of
from viz.seen import jacobian

LARGEST = 4000  # entries of an array on the way
Leaf = Callable[[Term, int], Any]


class Cell(Term):
    """One entry of an array: a number that remembers how it was computed."""

    __slots__ = ()
    made = 0  # how many there have been

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        Cell.made += 1

    def __getattr__(self, name: str) -> Any:
        """np.exp of an array of objects asks each of them for its `exp`."""
        function = getattr(np, name, None)
        if isinstance(function, np.ufunc) and function.nin == 1:
            return lambda: function(self)
        raise AttributeError(name)

    # Sums and products are most of what there is. What is added to nothing, and what is multiplied by 1, is itself.

    def __add__(self, other: Any) -> Any:
        return self if _is(other, 0) else _made(np.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return self if _is(other, 0) else _made(np.add, other, self)

    def __mul__(self, other: Any) -> Any:
        return self if _is(other, 1) else 0.0 if self._vanishes(other) else _made(np.multiply, self, other)

    def __rmul__(self, other: Any) -> Any:
        return self if _is(other, 1) else 0.0 if self._vanishes(other) else _made(np.multiply, other, self)

    def _vanishes(self, other: Any) -> bool:
        return _is(other, 0) and bool(np.isfinite(self.value))


def _is(x: Any, number: int) -> bool:
    return not isinstance(x, Term) and bool(x == number)


def _made(function: np.ufunc, a: Any, b: Any) -> Cell:
    x, y = float(_number(a)), float(_number(b))
    return Cell(x + y if function is np.add else x * y, function=function.__name__, call=function, operands=(a, b))


def _number(x: Any) -> Any:
    return x.value if isinstance(x, Term) else x


def named(s: Term, place: int) -> Cell:
    """The entry of an array that has a name, by that name and its index."""
    index = ", ".join(str(int(i)) for i in np.unravel_index(place, np.shape(s.value)))
    name = f"{'d' if s.gradient else ''}{s.name}[{index}]" if np.ndim(s.value) else s.name
    return Cell(_at(s.value, place), name)


def cells(term: Any, leaf: Leaf) -> np.ndarray[Any, Any]:
    """The entries of a Term: an array of Cells, and of plain numbers where nothing is known of how they came about.

    leaf   makes the Cell of an entry of a Term that has a name
    """
    if not isinstance(term, Term):
        return np.asarray(term, object)
    found: dict[int, np.ndarray[Any, Any]] = {}
    for s in in_order([term]):
        if s.name is not None:
            found[id(s)] = objects(np.shape(s.value), [leaf(s, place) for place in range(np.size(s.value))])
        elif s.call is None:
            found[id(s)] = np.asarray(s.value, object)
        else:
            given = [found[id(x)] if isinstance(x, Term) else x for x in s.operands]
            found[id(s)] = _computed(s, given)
    return found[id(term)]


def _computed(s: Term, operands: list[Any]) -> np.ndarray[Any, Any]:
    """What an operation makes of arrays of Cells."""
    op = OPS.get(s.call)
    known = np.asarray(s.value)
    if op is None or op.kind == "constant" or not any(map(_has_cells, operands)) or known.size > LARGEST:
        return known.astype(object)
    ways = (_elementwise,) if op.kind == "elementwise" else (_by_kernel, _by_definition)
    for way in ways:
        made = way(s, op, operands)
        if made is not None and made.shape == known.shape and agree(made, known):
            return made
    return _by_jacobian(s, op, operands)


def _elementwise(s: Term, op: Op, operands: list[Any]) -> np.ndarray[Any, Any] | None:
    """The operation at each place; None where it is not elementwise after all, as np.unwrap along its axis."""
    shape = np.shape(s.value)
    spread = [np.broadcast_to(np.asarray(x, object), shape).ravel() for x in operands]
    params = value_of(s.params)
    made: list[Any] = []
    for place, given in enumerate(zip(*spread, strict=True)):
        value = _at(s.value, place)
        if not any(isinstance(x, Cell) for x in given):
            made.append(value)
        elif op.function in (np.add, np.multiply):
            made.append(given[0] + given[1] if op.function is np.add else given[0] * given[1])
        else:
            made.append(Cell(value, function=s.function, call=s.call, operands=given, params=s.params))
            if not _is_of(op, [_number(x) for x in given], params, s.value, value):
                return None
    return objects(shape, made)


def _is_of(op: Op, numbers: list[Any], params: dict[str, Any], values: Any, value: Any) -> bool:
    """Whether an operation gives this value of single numbers, too."""
    dtype = np.asarray(values).dtype
    try:
        found = op.run([float(x) for x in numbers], params)
    except Exception:  # whatever it may raise where it takes no single numbers
        return False
    eps = np.finfo(dtype if dtype.kind == "f" else float).eps
    if np.ndim(found):
        return False
    return found == value or (found != found and value != value) or abs(found - value) <= 1e4 * eps * abs(value)


def _by_kernel(s: Term, op: Op, operands: list[Any]) -> np.ndarray[Any, Any] | None:
    """By the operation's own kernel, where that takes Cells."""
    given = (tuple(operands),) if op.variadic else operands
    try:
        with np.errstate(all="ignore"):
            made = op.kernel(*given, **value_of(s.params))
    except Exception:  # whatever a kernel may raise of objects in place of numbers
        return None
    if isinstance(made, Cell):
        return objects((), [made])
    array = np.asarray(made, object)
    # In the place of one entry NumPy keeps an array without axes as it is.
    flat = [x[()] if isinstance(x, np.ndarray) and not x.ndim else x for x in array.ravel()]
    known = all(isinstance(x, (Cell, bool, int, float, np.generic)) for x in flat)
    return objects(array.shape, flat) if known else None


def _by_definition(s: Term, op: Op, operands: list[Any]) -> np.ndarray[Any, Any] | None:
    """By what a reader is shown in place of the kernel, if its row of the notation has that."""
    given = {f"{i}": x for i, x in enumerate(operands) if _has_cells(x)}
    stand_ins = tuple(
        Term(x.value, f"{i}") if isinstance(x, Term) and f"{i}" in given else x for i, x in enumerate(s.operands)
    )
    (written,) = expanded([s.but(operands=stand_ins)], exact=False)
    if not isinstance(written, Term) or any(x.call is s.call for x in in_order([written])):
        return None
    return cells(written, lambda stand_in, place: given[stand_in.name or ""].ravel()[place])


def _by_jacobian(s: Term, op: Op, operands: list[Any]) -> np.ndarray[Any, Any]:
    """By the Jacobian: a weighted sum where the operation is linear in the one operand that has Cells; else the whole
    function, of the entries that count."""
    values = [value_of(x) if isinstance(x, Term) else x for x in s.operands]
    moving, rows = jacobian.of_operation(op, values, value_of(s.params))
    varying = [i for i, x in enumerate(operands) if _has_cells(x)]
    linear = op.kind == "linear" and len(varying) == 1 and varying[0] in moving
    whole = _whole(s)
    made: list[Any] = []
    for place, row in enumerate(rows):
        weights = [
            (weight, cell)
            for i, derivative in zip(moving, row, strict=True)
            if derivative is not None and i in varying
            for weight, cell in zip(np.ravel(derivative).tolist(), np.ravel(operands[i]), strict=True)
            if weight != 0
        ]
        if linear and all(np.isfinite(weight) for weight, _ in weights):
            made.append(_weighted(weights))
        else:
            made.append(opaque(whole, np.shape(s.value), place, _at(s.value, place), [cell for _, cell in weights]))
    return objects(np.shape(s.value), made)


def _weighted(weights: list[tuple[float, Any]]) -> Any:
    """A weighted sum. The weight of a mean stands once, as what the sum is divided by."""
    one = weights[0][0] if weights else 1.0
    count = round(1 / one) if one and np.isfinite(1 / one) else 0
    if len(weights) > 1 and count > 1 and 1 / count == one and all(weight == one for weight, _ in weights):
        return sum(cell for _, cell in weights) / float(count)
    return sum(weight * cell for weight, cell in weights)


def _whole(s: Term) -> str:
    """The formula of the whole array, so that an index may follow."""
    writer = FormulaWriter("names", SMALL, TEXT)
    text = writer(s)
    return TEXT.within(Piece(text, writer.operand(s).level), ATOM) if np.ndim(s.value) else text


def opaque(whole: str, shape: tuple[int, ...], place: int, value: Any, read: list[Any]) -> Any:
    """An entry of which no more is said than what it was read off, and from which entries."""
    read = [cell for cell in read if isinstance(cell, Cell)]
    if not read:
        return value
    index = ",".join(str(int(i)) for i in np.unravel_index(place, shape))
    return Cell(value, function=f"{whole}[{index}]" if shape else whole, call=_entry, operands=tuple(read))


def _entry(*_: Any) -> None:
    """Stands for the function of an opaque Cell."""


def is_opaque(s: Term) -> bool:
    """Whether it is written by the formula of the whole array."""
    return s.call is _entry


def agree(made: np.ndarray[Any, Any], values: Any) -> bool:
    """Whether entries are what was recorded, up to rounding; of sums up to that of their largest part."""
    recorded = np.asarray(values)
    eps = np.finfo(recorded.dtype if recorded.dtype.kind == "f" else float).eps
    for cell, value in zip(made.ravel(), recorded.ravel().tolist(), strict=True):
        own = _number(cell)
        if own == value or (own != own and value != value):
            continue
        if not np.isfinite(value) or not abs(own - value) <= 64 * eps * max(_largest(cell), abs(value)):
            return False
    return True


def _largest(cell: Any) -> float:
    """The largest number that occurs on the way to a Cell, times how many there are."""
    parts = [abs(float(s.value)) for s in walk(cell) if math.isfinite(s.value)]
    return max(parts, default=0.0) * max(len(parts), 1)


def _has_cells(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype == object and any(isinstance(cell, Cell) for cell in x.flat)


def objects(shape: tuple[int, ...], entries: list[Any]) -> np.ndarray[Any, Any]:
    """An array of objects; NumPy would look into them if they were given as a list."""
    flat = np.empty(len(entries), object)
    for i, entry in enumerate(entries):
        flat[i] = entry
    return flat.reshape(shape)


def _at(value: Any, place: int) -> Any:
    found = np.asarray(value).ravel()[place]
    return found.item()


def walk(root: Any) -> list[Cell]:
    """The Cells of a formula, each once, after those that it is made of. in_order, which looks into indices, too, takes
    several times as long."""
    order: list[Cell] = []
    done: set[int] = set()
    stack = [(root, False)]
    while stack:
        s, ready = stack.pop()
        if not isinstance(s, Cell) or id(s) in done:
            continue
        if ready or not s.operands:
            done.add(id(s))
            order.append(s)
        else:
            stack.append((s, True))
            stack += [(x, False) for x in reversed(s.operands)]
    return order


class EntryWriter(FormulaWriter):
    """Formulas of entries."""

    def __init__(self, style: Style) -> None:
        super().__init__("names", SMALL, style)

    def __call__(self, symbol: Any) -> str:
        for s in walk(symbol):
            self.write(s, self.piece(s))
        return self.operand(symbol).text

    def computed(self, s: Term) -> Piece:
        """See Writer.computed."""
        return Piece(s.function, ATOM) if is_opaque(s) else super().computed(s)
