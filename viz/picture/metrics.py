"""How wide text is in the font of the pictures: Arimo, whose letters are as wide as those of Liberation Sans, Helvetica
and Arial. The table is written by tools/font_widths.py."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

WIDEST = 1400  # thousandths of the type size: as wide as an emoji
_TABLE = Path(__file__).parents[1] / "web" / "fonts" / "widths.json"


def width(words: str, size: float, bold: bool = False) -> float | None:
    """How wide a text is, in the unit of `size`; None where it has a character that the font lacks.

    >>> round(width("value", 9), 1), round(width("W1", 11, bold=True), 1), width("數", 11)
    (21.5, 16.5, None)
    """
    table = _widths()["bold" if bold else "regular"]
    advances = [table.get(character) for character in words]
    return sum(w for w in advances if w is not None) * size / 1000 if None not in advances else None


def room(words: str, size: float, bold: bool = False) -> float:
    """How much room a text needs at most; where the font lacks a character, that is as wide as any other font has it.

    >>> room("W1", 11, bold=True) == width("W1", 11, bold=True), room("數", 10)
    (True, 14.0)
    """
    table = _widths()["bold" if bold else "regular"]
    return sum(table.get(character, WIDEST) for character in words) * size / 1000


@cache
def _widths() -> dict[str, dict[str, int]]:
    return json.loads(_TABLE.read_text(encoding="ascii"))
