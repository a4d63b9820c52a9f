"""The words of a story: what a step does, which axes it sums over, where it stands in the program, its values."""

from __future__ import annotations

import linecache
from pathlib import Path
from typing import Any

import numpy as np

from autograd import Node
from autograd.core.op import Op
from autograd.printable import printable
from autograd.read import axes_named, notation
from viz.seen import text

KEPT = 100  # an array with at most this many entries is kept in the data with all digits


def told(node: Node, giver: str | None, taker: str | None, summed: str, repeated: str, turn: int, turns: int) -> str:
    """What happens in one contribution, from the gradient of `giver` to that of `taker`."""
    assert node.op is not None
    said = [f"The gradient of {giver} passes through {spoken(node.op)} to {taker}."]
    if summed:
        over = "it" if summed.startswith("the axis ") else "them"
        said.append(
            f"{taker} was repeated along {summed} on the way forward, so what comes back is summed over {over}."
        )
    if repeated:
        said.append(f"{taker} was added up along {repeated} on the way forward, so each entry receives the same.")
    if turns > 1:
        rest = "its gradient is now complete." if turn == turns else "more is to come."
        said.append(f"This is contribution {turn} of {turns} to {taker}: {rest}")
    return " ".join(said)


def spoken(op: Op) -> str:
    """An operation as a noun, or by its name."""
    return notation.row_of(op.function).noun or printable(op.name.replace("_", " "))


def begun(words: str) -> str:
    """Words at the beginning of a sentence; a name stays as it is."""
    return f"The {words[4:]}" if words.startswith("the ") else words


def listed(words: list[str]) -> str:
    """Words as an enumeration.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def source_line(node: Node) -> dict[str, Any] | None:
    """Where the operation stands in the user's program, if that was recorded."""
    if node.line is None:
        return None
    file, number = node.line
    text = printable(linecache.getline(file, number).strip())
    return {"file": printable(Path(file).name), "number": number, "text": text}


def axes(given: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[str, str]:
    """Along which axes a contribution was summed to fit its operand, and along which it was repeated.

    >>> axes((3, 5), (3, 1)), axes((3,), (3,)), axes((), (2, 2))
    (('the columns', ''), ('', ''), ('', 'all entries'))
    """
    wide, narrow = (given, wanted) if len(given) >= len(wanted) else (wanted, given)
    narrow = (1,) * (len(wide) - len(narrow)) + narrow
    differing = tuple(i for i, (m, n) in enumerate(zip(wide, narrow)) if m != n)
    if not differing:
        return "", ""
    named = axes_named(differing, len(wide))
    words = f"the {named}" if named else "all entries"
    return (words, "") if np.prod(given, dtype=int) > np.prod(wanted, dtype=int) else ("", words)


def shown(value: Any) -> dict[str, Any] | None:
    """A value as JSON: its shape, its entries if they are few, and the short texts that stand in pictures.

    >>> shown(np.array([[1.0, 2.5]]))
    {'shape': [1, 2], 'data': [[1.0, 2.5]], 'cells': ['1.0', '2.5']}
    """
    if value is None:
        return None
    cells = text.cells(value)
    return {
        "shape": list(np.shape(value)),
        "data": _plain(np.asarray(value)) if np.size(value) <= KEPT else None,
        "cells": [text.summary(value)] if cells is None else [x for row in cells for x in row],
    }


def _plain(array: np.ndarray[Any, Any]) -> Any:
    """Nested lists of Python numbers; what JSON has no number for becomes text."""
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        return _texts(array.tolist())
    return array.tolist()


def _texts(entries: Any) -> Any:
    if isinstance(entries, list):
        return [_texts(x) for x in entries]
    return entries if np.isfinite(entries) else str(entries)
