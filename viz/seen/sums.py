"""Long sums of entries, written by Σ: dZ1[2,0]·X[0,0] + dZ1[2,1]·X[0,1] + … as Σₖ dZ1[2,k]·X[0,k].

The addends have to be of one form, and what is different in them has to be indices that run over whole ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from math import prod
from typing import Any

import numpy as np

from autograd.read import Term, in_order
from autograd.read.notation.style import STAR
from autograd.read.printing.text import Text
from viz.seen.cells import Cell, EntryWriter

FEWEST = 3  # addends of what is called long
_LETTERS = "kljh"
_LOWERED = str.maketrans("kljh", "ₖₗⱼₕ")
Place = Callable[[str], tuple[int, tuple[int, ...]] | None]
Named = Callable[[str, Sequence[str]], str]


def shortened(cell: Cell, place: Place, named: Named) -> str | None:
    """The formula of a Cell with Σ; None where no sum in it is long.

    place   the array and the index of an entry, by its name
    named   that name with some other index
    """
    short: dict[int, Any] = {}
    sums = 0
    inner = {id(x) for s in in_order([cell]) if _is_sum(s) for x in s.operands}
    for s in in_order([cell]):
        now = s if s.name is not None else s.but(operands=tuple(short.get(id(x), x) for x in s.operands))
        if _is_sum(s) and id(s) not in inner and (text := _written(_addends(now), place, named)) is not None:
            sums += 1
            now = Cell(s.value, text if s is cell else f"({text})")
        short[id(s)] = now
    if not sums:
        return None
    writer = _Named(place, named)
    return writer(short[id(cell)])


class _Dotted(Text):
    beside = "·"
    dot = "·"
    star = "·"

    def name(self, name: str, gradient: bool = False) -> str:
        return name  # they are whole formulas already


_WHOLE = _Dotted()


class _Named(EntryWriter):
    """Writes entries by the names of their arrays."""

    def __init__(self, place: Place, named: Named, letters: dict[int, Sequence[str]] | None = None) -> None:
        super().__init__(_WHOLE)
        self._place, self._as, self._letters = place, named, letters or {}

    def named(self, s: Term) -> Any:
        """See Writer.named."""
        piece = super().named(s)
        found = self._place(s.name or "")
        if found is None:
            return piece
        index = self._letters.get(id(s), list(map(str, found[1])))
        return piece._replace(text=self._as(s.name or "", index))


def _is_sum(s: Any) -> bool:
    return isinstance(s, Cell) and s.call is np.add


def _addends(s: Any) -> list[Any]:
    waiting, found = [s], []
    while waiting:
        one = waiting.pop()
        if _is_sum(one):
            waiting += reversed(one.operands)
        else:
            found.append(one)
    return found


def _written(addends: list[Any], place: Place, named: Named) -> str | None:
    """A sum by Σ, each run of addends of one form by its own; None where there is no long one."""
    runs = [list(run) for _, run in groupby(addends, lambda a: _form(a, place))]
    texts = [_run(run, place, named) if len(run) >= FEWEST else None for run in runs]
    if not any(texts):
        return None
    written = [
        [text] if text else [_plain(a, place, named) for a in run] for run, text in zip(runs, texts, strict=True)
    ]
    return " + ".join(text for part in written for text in part)


def _plain(addend: Any, place: Place, named: Named) -> str:
    return _Named(place, named)(addend)


def _run(addends: list[Any], place: Place, named: Named) -> str | None:
    """Addends of one form by Σ; None where their indices are no ranges."""
    if not all(isinstance(a, Cell) for a in addends):
        return None
    leaves = [[s for s in _leaves(a) if place(s.name or "") is not None] for a in addends]
    if not leaves[0]:
        return None
    indices = [[place(s.name or "") for s in row] for row in leaves]
    loops: dict[tuple[int, ...], str] = {}
    letters: dict[int, Sequence[str]] = {}
    for position, s in enumerate(leaves[0]):
        column = [row[position][1] for row in indices]  # type: ignore[index]
        letters[id(s)] = [_running(values, loops) for values in zip(*column, strict=True)]
    if "" in {letter for index in letters.values() for letter in index} or not loops:
        return None
    if prod(max(loop) + 1 for loop in loops) != len(addends) or len(set(zip(*loops, strict=True))) != len(addends):
        return None
    writer = _Named(place, named, letters)
    text = writer(addends[0])
    below = "".join(loops.values()).translate(_LOWERED)
    return f"Σ{below} {text if writer.operand(addends[0]).level >= STAR else f'({text})'}"


def _leaves(cell: Cell) -> list[Term]:
    """The entries in a formula in their order, each as often as it occurs."""
    if cell.name is not None:
        return [cell]
    return [s for x in cell.operands if isinstance(x, Cell) for s in _leaves(x)]


def _form(addend: Any, place: Place) -> str:
    """The formula with only the arrays of its entries."""
    return _Named(place, lambda name, _: f"#{place(name)[0]}")(addend)  # type: ignore[index]


def _running(values: tuple[int, ...], loops: dict[tuple[int, ...], str]) -> str:
    """How an index is written that has these values one after the other; "" where they are no range."""
    low, high = min(values), max(values)
    if low == high:
        return str(low)
    up, down = tuple(v - low for v in values), tuple(high - v for v in values)
    if down in loops and up not in loops:
        return f"{high}-{loops[down]}"
    if set(up) != set(range(high - low + 1)):
        return ""
    letter = loops.setdefault(up, _LETTERS[len(loops)]) if up in loops or len(loops) < len(_LETTERS) else ""
    return letter if not low or not letter else f"{letter}+{low}"
