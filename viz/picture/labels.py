"""What stands on the vertices of a picture: Graphviz attributes, HTML-like labels, and the same in plain words.

What a vertex is can be told without colour: a parameter has a thick rounded box, data a dashed one with square corners,
a result a thin rounded one, the output a double one, an operation is a circle, a gradient and its rule are dashed; and
the caption says it in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from math import ceil
from typing import Any

from viz.picture.cells import PADDING, Span, cell, in_label, plain, row, table
from viz.picture.heat import heat_map, shades
from viz.picture.metrics import room
from viz.picture.rows import APART, ROW
from viz.picture.theme import Look
from viz.seen import text
from viz.seen.graph import Vertex

BODY, SMALL = 11, 9  # points of names and numbers, and of everything that is said of them
ROOM = 87  # points for "grad" and a number: also the longest, and "grad…" and "not yet", which the step page writes
LONGEST = 40  # characters of a rule in a picture


def described(v: Vertex) -> str:
    """One line about a vertex, for tooltips and screen readers."""
    if v.kind == "rest":
        return f"{v.name or ''} left out"
    if v.kind == "operation":
        return " ".join([f"operation {v.name}" if v.role != "rule" else f"rule {v.name}", *_params(v)])
    if v.kind == "group":
        sole = v.sole_operation
        shown = [f"{v.name or 'group'}: {', '.join(_contents(v))}"] if sole is None else [_called(v), f"by {sole.name}"]
        return "; ".join([*shown, *v.notes])
    return "; ".join([" ".join(filter(None, [v.name, v.role, text.shape(v.shape), v.dtype])), *v.notes])


@dataclass(frozen=True)
class Labels:
    """Writes the labels of one picture; `swept` says whether `backward()` has been called."""

    look: Look
    swept: bool

    def attributes(self, v: Vertex) -> dict[str, str]:
        """The Graphviz attributes of a vertex."""
        theme = self.look.theme
        common = {"id": v.id, "class": " ".join(filter(None, [v.kind, v.role, "marked" if v.marked else ""]))}
        marked = {"color": theme.marked, "penwidth": "4"} if v.marked else {}
        if v.kind == "rest":
            return common | {"shape": "plaintext", "fontcolor": theme.muted, "label": plain(v.name or "")}
        if v.kind == "operation":
            return common | dict(theme.roles[v.role or "operation"]) | self._operation(v)
        rows = [*(self._group_rows(v) if v.kind == "group" else self._value_rows(v)), *self._notes(v)]
        style = dict(theme.roles["group" if v.kind == "group" and v.sole_operation is None else v.role])
        margin = "0.02,0.01" if v.role == "number" else "0.11,0.055" if v.kind == "group" else "0.07,0.04"
        return common | {"shape": "box", "margin": margin} | style | marked | {"label": f"<{table(rows)}>"}

    def _operation(self, v: Vertex) -> dict[str, str]:
        theme, params = self.look.theme, _params(v)
        if params:
            small = theme.points(SMALL)
            lines = "".join(f'<BR/><FONT POINT-SIZE="{small}">{in_label(p)}</FONT>' for p in params)
            return {"shape": "ellipse", "margin": "0.02,0.02", "label": f"<{in_label(v.symbol)}{lines}>"}
        symbol = v.symbol if len(v.symbol) <= LONGEST else f"{v.symbol[: LONGEST - 1]}…"
        if len(symbol) <= (1 if v.role == "rule" else 3):
            size = {"fontsize": theme.points(14 if len(symbol) < 3 else BODY)}
            width = theme.points(0.46)
            return {"shape": "circle", "fixedsize": "true", "width": width, "label": plain(symbol)} | size
        made = {"shape": "ellipse", "margin": "0.04,0.03", "height": theme.points(0.4), "label": plain(symbol)}
        if not symbol.isascii():  # engines take its letters for narrower than they are
            made["width"] = f"{room(symbol, BODY * theme.scale) * 2**0.5 / 72 + 0.1:.3f}"
        return made

    # --- values -------------------------------------------------------------------------------------------------------

    def _value_rows(self, v: Vertex) -> list[str]:
        theme, look = self.look.theme, self.look
        if v.role == "number":
            return [row([self._said(text.literal(v.value), theme.text)])]
        if v.role == "gradient":
            return [
                row(self._caption(v)),
                *([self._quantity(v, "grad", v.grad, theme.gradient)] if look.gradients else []),
            ]
        rows = [] if v.name is None and v.role == "result" and not v.shape else [row(self._caption(v))]
        if look.values:
            rows.append(self._value(v))
        if v.updated:
            rows.append(row([self._note("its data was set since")]))
        if v.wants_grad and look.gradients:
            rows.append(self._gradient(v))
        return rows or [row(self._caption(v))]

    def _caption(self, v: Vertex) -> list[Span]:
        """Name in bold, then role and shape."""
        said = " ".join(filter(None, [v.role, self._shape(v)]))
        return [*self._name(v), self._note(said)]

    def _name(self, v: Vertex) -> list[Span]:
        return [self._said(f"{v.name}", self.look.theme.text, bold=True), self._note("  ")] if v.name else []

    def _shape(self, v: Vertex) -> str:
        return text.shape(v.shape) if self.look.shapes else ""

    def _value(self, v: Vertex) -> str:
        if v.value is None:
            return row([self._note("value: not kept")])
        return self._quantity(v, "value", v.value, self.look.theme.text)

    def _gradient(self, v: Vertex) -> str:
        if v.grad is None:
            return row([self._note("grad: none" if self.swept else "grad: not computed yet")])
        return self._quantity(v, "grad", v.grad, self.look.theme.gradient)

    def _quantity(self, v: Vertex, what: str, value: Any, colour: str) -> str:
        """A row: what it is, and the numbers, written out, as shades, or summed up."""
        cells = text.cells(value)
        drawn = heat_map(value, self.look.theme, SMALL) if self.look.heat and cells is None else None
        if drawn is not None:
            return f'<TR>{cell([self._note(what)])}<TD ALIGN="LEFT">{drawn}</TD></TR>'
        sums = v.sums if what == "grad" else []
        if cells is None or len(cells) == len(cells[0]) == 1:
            called = [self._note(what), self._note("   ")]
            shown, *others = ([*called, self._said(text.summary(x), colour)] for x in [value, *sums])
            least = max((sum(span.width for span in said) + 2 * PADDING for said in others), default=0.0)
            return row(shown, _mark(v, what), least=max(least, ROOM * self.look.theme.scale))
        name, matrices = _mark(v, what, "name"), [cells, *filter(None, map(text.cells, sums))]
        widths = [ceil(self._widest(column)) + 2 * APART for column in zip(*chain(*matrices), strict=True)]
        entries = _mark(v, what, f"entries {' '.join(map(str, widths))}")
        numbers = self._matrix(cells, colour, value, widths)
        return f'<TR>{cell([self._note(what)], name)}<TD ALIGN="LEFT"{entries}>{numbers}</TD></TR>'

    def _widest(self, numbers: Iterable[str]) -> float:
        return max(self._said(x, "").width for x in numbers)

    def _matrix(self, cells: list[list[str]], colour: str, value: Any, widths: list[int]) -> str:
        """Numbers in columns of these widths, between the bars of a matrix."""
        theme = self.look.theme
        fills = shades(value, theme) if self.look.heat else [""] * sum(map(len, cells))
        colour = theme.text if self.look.heat else colour
        shaded = iter(f' BGCOLOR="{fill}"' if fill else "" for fill in fills)
        rows = (
            "".join(
                cell([self._said(x, colour)], next(shaded), align="RIGHT", least=wide)
                for x, wide in zip(line, widths, strict=True)
            )
            for line in cells
        )
        bars = f'BORDER="1" SIDES="LR" COLOR="{theme.muted}"'
        return table((f"<TR>{line}</TR>" for line in rows), bars, padding=APART)

    # --- groups -------------------------------------------------------------------------------------------------------

    def _group_rows(self, v: Vertex) -> list[str]:
        look, sole = self.look, v.sole_operation
        if sole is not None:
            said = [self._said(sole.symbol, look.theme.text, bold=True), self._note("  "), *self._caption(v)]
            rows = [row(said), *(row([self._note(line)]) for line in _params(sole))]
        else:
            rows = [row([*self._name(v), self._note(f"folded {self._shape(v)}".rstrip())])]
            rows += [row([self._said(line, look.theme.text)]) for line in _contents(v)]
        if look.values and v.shape != () and sole is None:
            spans = [self._note("value"), self._note("   "), self._said(_ranged(v.value), look.theme.text)]
            rows.append(row(spans, _mark(v, "value"), least=ROOM * look.theme.scale))
        elif look.values:
            rows.append(self._value(v))
        if not look.gradients or not v.wants_grad:
            return rows
        if v.grad is not None and v.shape and sole is None:
            words = f"grad {text.norm(v.grad)}"
            rows.append(row([self._said(words, look.theme.gradient)], _mark(v, "norm", "entries")))
        else:
            rows.append(self._gradient(v))
        return rows

    # --- words --------------------------------------------------------------------------------------------------------

    def _notes(self, v: Vertex) -> list[str]:
        theme = self.look.theme
        return [row([self._said(line, theme.marked if v.marked else theme.muted)]) for line in v.notes]

    def _note(self, words: str) -> Span:
        return Span(words, SMALL * self.look.theme.scale, self.look.theme.muted)

    def _said(self, words: str, colour: str, bold: bool = False) -> Span:
        return Span(words, BODY * self.look.theme.scale, colour, bold)


def _called(v: Vertex) -> str:
    return " ".join(filter(None, [v.name, v.role, text.shape(v.shape)]))


def _ranged(value: Any) -> str:
    return "not kept" if value is None else text.summary(value)


def _contents(v: Vertex) -> list[str]:
    """What a group stands for: its operations and its parameters, counted."""
    operations = Counter(m.name for m in v.members if m.kind == "operation")
    common = [f"{n} {name}" if n > 1 else str(name) for name, n in operations.most_common(3)]
    counted = f"{operations.total():,} operation{'s' if operations.total() != 1 else ''}"
    lines = [f"{counted}: {', '.join(common)}{', …' if len(operations) > 3 else ''}" if operations else "no operations"]
    parameters = [m.name for m in v.members if m.role == "parameter"]
    if parameters:
        few = len(parameters) <= 4 and None not in parameters
        lines.append(f"parameters: {', '.join(map(str, parameters))}" if few else f"{len(parameters):,} parameters")
    return lines


def _params(v: Vertex) -> list[str]:
    """The parameters worth showing: not those that were left out or are off."""
    return [f"{k} {_short(x)}".rstrip() for k, x in v.params.items() if not _off(x)]


def _off(x: Any) -> bool:
    return x is None or x is False or (isinstance(x, str) and not x)


def _short(x: Any) -> str:
    """A parameter in few characters; `True` says nothing more than its name does."""
    if x is True:
        return ""
    if hasattr(x, "shape") and x.shape:
        return f"array {text.shape(x.shape)}"
    shown = ", ".join(map(_short, x)) if isinstance(x, (tuple, list)) else _slice(x) if isinstance(x, slice) else str(x)
    return shown if len(shown) <= 24 else shown[:23] + "…"


def _slice(s: slice) -> str:
    parts = ["" if x is None else str(x) for x in (s.start, s.stop, s.step)]
    return ":".join(parts if s.step is not None else parts[:2])


def _mark(v: Vertex, row: str, part: str = "") -> str:
    """Attributes by which a row, or a part of it, is found in the SVG (see `rows.py`). They make Graphviz put an anchor
    around it, which without HREF is no link in any format."""
    return f' ID="{v.id}_{row}{part.partition(" ")[0]}" TARGET="{ROW}" TITLE="{row} {part}"'
