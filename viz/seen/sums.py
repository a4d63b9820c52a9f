"""Long sums of entries, written by Σ: dZ1[2,0]·X[0,0] + dZ1[2,1]·X[0,1] + … as Σₖ dZ1[2,k]·X[0,k].

The addends have to be of one form, and what is different in them has to be indices that run over whole ranges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from math import prod
from typing import Any

import numpy as np

from autograd.read import Term
from autograd.read.notation.style import STAR
from autograd.read.printing.text import Text
from viz.seen.cells import Cell, EntryWriter, walk

FEWEST = 3  # addends of what is called long
_LETTERS = "kljh"
_LOWERED = str.maketrans("kljh", "ₖₗⱼₕ")
Place = Callable[[str], tuple[int, tuple[int, ...]] | None]
Named = Callable[[str, Sequence[str]], str]


class Sums:
    """Writes the long sums of one step's entries.

    place   the array and the index of an entry, by its name
    named   that name with some other index
    """

    def __init__(self, place: Place, named: Named) -> None:
        self.place, self.named = place, named
        self._forms: dict[Any, int] = {}
        self._known: dict[int, tuple[Any, int]] = {}

    def shortened(self, cell: Cell) -> str | None:
        """The formula of a Cell with Σ; None where no sum in it is long."""
        order = walk(cell)
        if sum(map(_is_sum, order)) < FEWEST - 1:
            return None
        inner = {id(x) for s in order if _is_sum(s) for x in s.operands}
        short: dict[int, Any] = {}
        sums = 0
        for s in order:
            now = s
            if any(short.get(id(x), x) is not x for x in s.operands):
                now = s.but(operands=tuple(short.get(id(x), x) for x in s.operands))
            if _is_sum(s) and id(s) not in inner and (text := self._written(_addends(now))) is not None:
                sums += 1
                now = Cell(s.value, text if s is cell else f"({text})")
            short[id(s)] = now
        return _Named(self.place, self.named)(short[id(cell)]) if sums else None

    def _written(self, addends: list[Any]) -> str | None:
        """A sum by Σ, each run of addends of one form by its own; None where there is no long one."""
        runs = [list(run) for _, run in groupby(addends, self._form)]
        texts = [_run(run, self.place, self.named) if len(run) >= FEWEST else None for run in runs]
        if not any(texts):
            return None
        plain = _Named(self.place, self.named)
        parts = [[text] if text else list(map(plain, run)) for run, text in zip(runs, texts, strict=True)]
        return " + ".join(text for part in parts for text in part)

    def _form(self, addend: Any) -> int:
        """A number that two formulas share where they differ in nothing but the indices of entries."""
        for s in walk(addend):
            if id(s) not in self._known:
                found = self.place(s.name or "")
                made = tuple(self._known[id(x)][1] if isinstance(x, Cell) else ("number", x) for x in s.operands)
                form = ("entry", found[0]) if found else (s.name, s.function, s.call, str(s.params), made)
                self._known[id(s)] = s, self._forms.setdefault(form, len(self._forms))
        return self._known[id(addend)][1] if isinstance(addend, Cell) else -1


class _Whole(Text):
    beside = "·"
    dot = "·"
    star = "·"

    def name(self, name: str, gradient: bool = False) -> str:
        return name  # they are whole formulas already


_WHOLE = _Whole()


class _Named(EntryWriter):
    """Writes entries by the names of their arrays; `letters` has the index of some."""

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


def _run(addends: list[Any], place: Place, named: Named) -> str | None:
    """Addends of one form by Σ; None where their indices are no ranges."""
    leaves = [[s for s in _leaves(a) if place(s.name or "") is not None] for a in addends]
    if not leaves[0]:
        return None
    indices = [[place(s.name or "") for s in row] for row in leaves]
    loops: dict[tuple[int, ...], str] = {}
    letters: dict[int, Sequence[str]] = {}
    for position, s in enumerate(leaves[0]):
        column = [row[position][1] for row in indices]  # type: ignore[index]
        letters[id(s)] = [_running(values, loops) for values in zip(*column, strict=True)]
    if not loops or "" in {letter for index in letters.values() for letter in index}:
        return None
    if prod(max(loop) + 1 for loop in loops) != len(addends) or len(set(zip(*loops, strict=True))) != len(addends):
        return None
    writer = _Named(place, named, letters)
    text = writer(addends[0])
    below = "".join(loops.values()).translate(_LOWERED)
    return f"Σ{below} {text if writer.operand(addends[0]).level >= STAR else f'({text})'}"


def _leaves(cell: Any) -> list[Cell]:
    """The entries in a formula in their order, each as often as it occurs."""
    waiting, found = [cell], []
    while waiting:
        one = waiting.pop()
        if isinstance(one, Cell):
            if one.name is not None:
                found.append(one)
            waiting += reversed(one.operands)
    return found


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
