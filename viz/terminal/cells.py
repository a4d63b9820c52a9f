"""Arrays as shaded cells: the shade says how large an entry is, the sign which way; colour only repeats the sign.

>>> import numpy as np
>>> for line in shaded(np.array([[0.0, -1.0, 0.4], [2.0, 0.1, np.nan]]), 80): print(line.plain)
· 0.0  ▒ −1.0  ░ 0.4
█ 2.0  ░  0.1  ? nan
>>> for line in shaded(np.linspace(-1, 1, 12).reshape(1, 12), 80): print(line.plain)
−█−█−▓−▒−▒−░+░+▒+▒+▓+█+█
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.cells import cell_len
from rich.text import Text

from viz.seen import text

ROWS = 6  # of a large array; several of its entries share a cell where it has more
SHADES = "░▒▓█"
POSITIVE, NEGATIVE, WRONG = "dodger_blue1", "dark_orange", "bold reverse"  # told apart by every kind of eye


def shaded(value: Any, width: int) -> list[Text]:
    """The lines that show an array: with its numbers where it is small, else one shade for each entry, or for several
    entries, where it has more than fit."""
    array = np.asarray(value)
    if array.size == 0 or array.dtype.kind not in "biuf":
        return []
    written = text.cells(value)
    if written is not None:
        lines = _with_numbers(written, array)
        if all(cell_len(line.plain) <= width for line in lines):
            return lines
    drawn, largest = _reduced(_matrix(array), width // 2), _largest(array)
    return [Text().join(_cell(x, largest) for x in row) for row in drawn.tolist()]


def explained(value: Any, width: int) -> str:
    """What the shades of an array mean; "" where each has its number beside it.

    >>> explained(np.full((1, 200), -2.0), 80)
    '█ 2.0, cell: largest of 1 × 5'
    """
    array = np.asarray(value)
    if array.size == 0 or array.dtype.kind not in "biuf" or text.cells(value) is not None:
        return ""
    rows, columns = _block(_matrix(array), width // 2)
    scale = f"█ {text.number(_largest(array))}"
    return scale if rows == columns == 1 else f"{scale}, cell: largest of {rows} × {columns}"


def _with_numbers(written: list[list[str]], array: NDArray[Any]) -> list[Text]:
    widths = [max(map(len, column)) for column in zip(*written)]
    largest = _largest(array)
    lines = []
    for numbers, entries in zip(written, _matrix(array).tolist()):
        cells = []
        for number, entry, width in zip(numbers, entries, widths):
            shade, style = _shade(entry, largest)
            cells.append(Text(f"{shade} {number:>{width}}", style))
        lines.append(Text("  ").join(cells))
    return lines


def _cell(entry: float, largest: float) -> Text:
    shade, style = _shade(entry, largest)
    sign = " " if entry == 0 else "−" if entry < 0 else "+" if entry > 0 else ""
    return Text(f"{sign}{shade}" if sign else "??", style)


def _shade(entry: float, largest: float) -> tuple[str, str]:
    """The shade of an entry and its style; an infinity has a sign of its own, and nan a question mark."""
    if np.isnan(entry):
        return "?", WRONG
    if np.isinf(entry):
        return "∞", WRONG
    if entry == 0:
        return "·", "dim"
    level = max(1, math.ceil(abs(entry) / largest * len(SHADES)))
    return SHADES[level - 1], POSITIVE if entry > 0 else NEGATIVE


def _largest(array: NDArray[Any]) -> float:
    """The largest absolute value that is finite; 1 where there is none."""
    sizes = np.abs(array[np.isfinite(array)].astype(float))
    return float(sizes.max(initial=0.0)) or 1.0


def _matrix(array: NDArray[Any]) -> NDArray[Any]:
    """The array in rows along its last axis."""
    return array.reshape(-1, array.shape[-1] if array.ndim else 1).astype(float)


def _block(matrix: NDArray[Any], columns: int) -> tuple[int, int]:
    """How many entries share a cell, in each direction."""
    return -(-matrix.shape[0] // ROWS), -(-matrix.shape[1] // max(1, columns))


def _reduced(matrix: NDArray[Any], columns: int) -> NDArray[Any]:
    """At most so many columns, and ROWS rows: of the entries that share a cell, the one that matters most."""
    high, wide = _block(matrix, columns)
    if high == wide == 1:
        return matrix
    rows = range(0, matrix.shape[0], high)
    return np.array(
        [[_most(matrix[i : i + high, j : j + wide]) for j in range(0, matrix.shape[1], wide)] for i in rows]
    )


def _most(part: NDArray[Any]) -> float:
    """nan, or else the entry with the largest absolute value."""
    flat = part.ravel()
    return math.nan if np.isnan(flat).any() else float(flat[np.argmax(np.abs(flat))])
