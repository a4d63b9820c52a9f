"""An exercise as a worksheet: a page that prints to one A4 page, and its answer page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from nn.byhand.checker.equation import GRADIENT, VALUE, Equation, text_of
from nn.byhand.checker.mistakes import mistakes
from nn.byhand.exercises import listing

if TYPE_CHECKING:
    from nn.byhand.exercises.exercise import Exercise

_STYLE = """
@page { size: A4 portrait; margin: 12mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; width: 186mm; color: #000; background: #fff; }
body { font: 10pt/1.35 "Helvetica Neue", Arial, "Liberation Sans", sans-serif; }
@media screen { body { padding: 12mm 0; } }
header { display: flex; align-items: baseline; gap: 6mm; border-bottom: 0.5mm solid #000; padding-bottom: 1.5mm; }
h1 { font-size: 13pt; margin: 0; flex: 1; }
.by { white-space: nowrap; }
h2 { font-size: 10.5pt; margin: HEADINGmm 0 1mm; }
p { margin: 1.5mm 0; }
.math { font-family: "STIX Two Text", "Times New Roman", "Liberation Serif", serif; font-size: 1.1em; }
.math { white-space: nowrap; }
.math sub { font-size: 0.72em; line-height: 0; }
.network { display: flex; flex-wrap: wrap; gap: 0 7mm; margin-bottom: 1.5mm; }
.arrays { display: flex; flex-wrap: wrap; gap: GAPmm 5mm; align-items: flex-start; margin-bottom: GAPmm; }
figure { margin: 0; break-inside: avoid; }
figcaption { margin-bottom: 0.8mm; white-space: nowrap; }
.size { color: #555; font-size: 8pt; }
table { border-collapse: separate; border-spacing: 0; padding: 0 0.8mm; }
table { border: solid #000; border-width: 0 0.35mm; border-radius: 1.6mm; }
td { height: CELLmm; min-width: 9.5mm; padding: 0 0.8mm; text-align: center; font-variant-numeric: tabular-nums; }
table.small td { height: 5mm; min-width: 6.5mm; }
table.blanks { border-spacing: 0.8mm; padding: 0; }
td.blank { border: 0.2mm solid #888; min-width: 10.5mm; }
.number { border: 0; padding: 0; }
footer { margin-top: 2.5mm; border-top: 0.2mm solid #999; padding-top: 1mm; font-size: 8pt; color: #333; }
footer p { margin: 0.5mm 0; }
"""
# Height of a cell, and what stands between arrays and above headings, in mm; a deep network has little room.
_ROOM = {1: (10, 5, 6), 2: (9.5, 4.5, 5), 3: (8, 2.5, 3)}
# A name of the pass in plain text: d, a letter, the layer. What stands behind it may be ᵀ or ², so \\b would not do.
_NAME = re.compile(r"(?<![A-Za-z])(d?)([A-Zbm])(\d*)(?![A-Za-z\d])")


def sheet(exercise: Exercise, answers: bool = False) -> str:
    """The HTML of the worksheet, or of its answer page."""
    equations = [eq for eq in exercise.key.equations if eq.kind in (VALUE, GRADIENT)]
    parts = [
        _header(exercise, answers),
        "<h2>Given</h2>",
        f'<div class="network">{"".join(_math(line, "span") for line in listing.network(exercise))}</div>',
        _arrays(
            _array(name, value, small=True) for name, value in exercise.given.items() if not _is_of(name, equations)
        ),
        f"<p>{exercise.m} samples, in columns. {html.escape(listing.CONVENTION)}</p>",
    ]
    for kind, title in ((VALUE, "Forward"), (GRADIENT, "Backward")):
        parts.append(f"<h2>{title}</h2>")
        for layer in _by_layer([eq for eq in equations if eq.kind == kind]):
            parts.append(_arrays(_computed(exercise, eq, answers) for eq in layer))
    parts += [_hidden(exercise)] if answers else []
    title = html.escape(listing.title(exercise) + (" (answers)" if answers else ""))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_style(exercise)}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{chr(10).join(parts)}\n</body></html>\n'


def _by_layer(equations: list[Equation]) -> list[list[Equation]]:
    """The gradients of a layer end with those of its parameters; values stand in one row."""
    rows: list[list[Equation]] = [[]]
    for before, eq in zip([None, *equations], equations):
        if before is not None and before.of_parameter and not eq.of_parameter:
            rows.append([])
        rows[-1].append(eq)
    return rows


def _is_of(name: str, equations: list[Equation]) -> bool:
    return any(eq.name == name for eq in equations)


def _style(exercise: Exercise) -> str:
    cell, gap, heading = _ROOM[len(exercise.task.activations)]
    return _STYLE.replace("CELL", str(cell)).replace("GAP", str(gap)).replace("HEADING", str(heading))


def _header(exercise: Exercise, answers: bool) -> str:
    by = "Answers" if answers else "Name ______________________ Date ____________"
    return f'<header><h1>{html.escape(listing.title(exercise))}</h1><span class="by">{by}</span></header>'


def _computed(exercise: Exercise, eq: Equation, answers: bool) -> str:
    value = np.asarray(exercise.key.values[eq.key])
    line = f"{eq.name} = {text_of(eq.forms[0])}" if answers else ""
    return _array(eq.name, value, blank=eq.name in exercise.to_find and not answers, line=line)


def _arrays(figures: Iterable[str]) -> str:
    return f'<div class="arrays">{"".join(figures)}</div>'


def _array(name: str, value: np.ndarray, *, blank: bool = False, small: bool = False, line: str = "") -> str:
    """An array with its name and size; with a box for each entry where it is to be filled in."""
    rows, columns = value.shape or (1, 1)
    cell = '<td class="blank"></td>'
    entries = value.reshape(rows, columns)
    body = "".join(f"<tr>{''.join(cell if blank else f'<td>{_short(x)}</td>' for x in row)}</tr>" for row in entries)
    kind = " ".join(["small"] * small + ["blanks"] * blank + ["number"] * (not value.shape))
    size = f' <span class="size">{rows} × {columns}</span>' if value.shape else ""
    caption = _math(line or name, "span") + ("" if line else size)
    return f'<figure><figcaption>{caption}</figcaption><table class="{kind}">{body}</table></figure>'


def _short(x: float) -> str:
    """An integer or a fraction.

    >>> _short(-2.0), _short(7 / 3)
    ('−2', '7/3')
    """
    return str(Fraction(float(x)).limit_denominator(100)).replace("-", "−")


def _math(text: str, tag: str) -> str:
    """A formula in plain text, with its names set as mathematics: italic, and the layer as an index."""
    marked = _NAME.sub(_name, html.escape(text)).replace("Σ_columns", "Σ<sub>columns</sub>")
    return f'<{tag} class="math">{marked}</{tag}>'


def _name(match: re.Match[str]) -> str:
    d, name, layer = match.groups()
    return f"{d}<i>{name}</i>" + (f"<sub>{layer}</sub>" if layer else "")


def _hidden(exercise: Exercise) -> str:
    """Where a mistake gives the right numbers, so that nobody can see it."""
    lines: dict[str, list[str]] = {}
    for name, key in exercise.audit.invisible:
        if name in exercise.to_find:
            lines.setdefault(mistakes[key].title, []).append(name)
    said = "; ".join(f"{title}: {', '.join(names)}" for title, names in lines.items())
    parts = (
        [f"These numbers do not show every mistake. In these lines it gives the right ones: {said}."] if said else []
    )
    return f"<footer>{''.join(f'<p>{html.escape(x)}</p>' for x in (*parts, *exercise.audit.advice))}</footer>"
