"""Arrays as heat maps: zero is neutral, the two signs have two colours that colour-blind readers tell apart, too."""

from __future__ import annotations

from typing import Any

import numpy as np

from viz.picture.theme import Theme
from viz.seen import text

ROWS, COLUMNS = 16, 24  # an array of at most this size is drawn
SIDE = 8  # points of one cell
MARKED = 0.05  # entries of less than this part of the largest have no sign: they are near zero


def shades(value: Any, theme: Theme) -> list[str]:
    """The colour of each entry; the largest in magnitude has the full one, what is not finite has none.

    >>> from viz.picture.theme import THEMES
    >>> shades(np.array([0.0, -2.0, np.nan]), THEMES["light"])
    ['#ffffff', '#7fb0e6', '']
    """
    return ["" if np.isnan(part) else theme.shade(part) for part in _parts(np.asarray(value, float)).ravel().tolist()]


def heat_map(value: Any, theme: Theme, size: float) -> str | None:
    """An array as a table of shades with + and −, and what the full shade stands for; None of one that is too large.

    >>> from viz.picture.theme import THEMES
    >>> heat_map(np.ones((40, 40)), THEMES["light"], 9) is None
    True
    """
    array = np.asarray(value)
    if array.dtype.kind not in "fiub" or not 1 <= array.ndim <= 2 or array.size == 0:
        return None
    rows = array.reshape(-1, array.shape[-1]).astype(float)
    if len(rows) > ROWS or rows.shape[1] > COLUMNS:
        return None
    side = theme.points(SIDE)
    cells = "".join(f"<TR>{''.join(_cell(part, side, theme) for part in line)}</TR>" for line in _parts(rows).tolist())
    scale = f'<FONT POINT-SIZE="{theme.points(size)}" COLOR="{theme.muted}">±{text.number(_largest(rows))}</FONT>'
    grid = f'<TABLE BORDER="1" COLOR="{theme.muted}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{cells}</TABLE>'
    lines = f'<TR><TD ALIGN="LEFT">{grid}</TD></TR><TR><TD ALIGN="LEFT">{scale}</TD></TR>'
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{lines}</TABLE>'


def _cell(part: float, side: str, theme: Theme) -> str:
    sign = "×" if np.isnan(part) else "+" if part > MARKED else "−" if part < -MARKED else ""
    fill = "" if np.isnan(part) else f' BGCOLOR="{theme.shade(part)}"'
    mark = f'<FONT POINT-SIZE="{theme.points(6)}" COLOR="{theme.text}">{sign}</FONT>' if sign else ""
    return f'<TD FIXEDSIZE="TRUE" WIDTH="{side}" HEIGHT="{side}"{fill}>{mark}</TD>'


def _largest(array: np.ndarray[Any, Any]) -> float:
    finite = np.abs(array[np.isfinite(array)])
    return float(finite.max()) if finite.size else 0.0


def _parts(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Each entry as a part of the largest magnitude, from -1 to 1; nan of what is not finite."""
    parts = np.where(np.isfinite(array), array, np.nan)
    return parts / (_largest(array) or 1.0)
