"""What stands on the vertices of a picture: Graphviz attributes, HTML-like labels, and the same in plain words.

What a vertex is can be told without colour: a parameter has a thick rounded box, data a dashed one with square corners,
a result a thin rounded one, the output a double one, an operation is a dark circle; and the caption says it in words.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from viz.markup import marked_up
from viz.picture.rows import ROW
from viz.seen import text
from viz.seen.graph import Vertex

TEXT, MUTED, GRADIENT, MARKED = "#1f2937", "#56606e", "#9a3412", "#b91c1c"

STYLES = {
    "parameter": {"style": "rounded,filled", "color": "#1d4ed8", "fillcolor": "#eef4ff", "penwidth": "2.2"},
    "data": {"style": "dashed,filled", "color": "#64748b", "fillcolor": "#f8fafc"},
    "number": {"style": "filled", "color": "#ffffff00", "fillcolor": "#ffffff00", "margin": "0.02,0.01"},
    "result": {"style": "rounded,filled", "color": "#475569", "fillcolor": "#ffffff"},
    "output": {"style": "rounded,filled", "color": "#15803d", "fillcolor": "#f0fdf4", "peripheries": "2"},
}
GROUP = {"style": "rounded,filled", "color": "#475569", "fillcolor": "#e8edf4", "penwidth": "1.6", "shape": "box"}
ROOM = 87  # points for "grad" and a number: also the longest, and "grad…" and "not yet", which the step page writes
OPERATION = {"style": "filled", "color": "#334155", "fillcolor": "#334155", "fontcolor": "#ffffff"}


def attributes(v: Vertex, swept: bool) -> dict[str, str]:
    """The Graphviz attributes of a vertex; `swept` says whether `backward()` has been called."""
    common = {"id": v.id, "class": " ".join(filter(None, [v.kind, v.role, "marked" if v.marked else ""]))}
    marked = {"color": MARKED, "penwidth": "4"} if v.marked else {}
    if v.kind == "operation":
        return common | OPERATION | _operation(v)
    if v.kind == "group":
        return common | GROUP | marked | {"label": _table([*_group_rows(v, swept), *_notes(v)])}
    rows = [*_value_rows(v, swept), *_notes(v)]
    return common | {"shape": "box", "margin": "0.07,0.04"} | STYLES[v.role] | marked | {"label": _table(rows)}


def described(v: Vertex) -> str:
    """One line about a vertex, for tooltips and screen readers."""
    if v.kind == "operation":
        return " ".join([f"operation {v.name}", *_params(v)])
    if v.kind == "group":
        return "; ".join([f"{v.name or 'group'}: {', '.join(_contents(v))}", *v.notes])
    return "; ".join([" ".join(filter(None, [v.name, v.role, text.shape(v.shape), v.dtype])), *v.notes])


# --- operations ----------------------------------------------------------------------------------------------------


def _operation(v: Vertex) -> dict[str, str]:
    params = _params(v)
    if params:
        lines = "".join(f'<BR/><FONT POINT-SIZE="9">{in_label(p)}</FONT>' for p in params)
        return {"shape": "ellipse", "margin": "0.02,0.02", "label": f"<{in_label(v.symbol)}{lines}>"}
    if len(v.symbol) <= 3:
        size = {"fontsize": "14" if len(v.symbol) < 3 else "11"}
        return {"shape": "circle", "fixedsize": "true", "width": "0.46", "label": _plain(v.symbol)} | size
    return {"shape": "ellipse", "margin": "0.04,0.03", "height": "0.4", "label": _plain(v.symbol)}


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


# --- values --------------------------------------------------------------------------------------------------------


def _value_rows(v: Vertex, swept: bool) -> list[str]:
    if v.role == "number":
        return [_wide(_coloured(text.literal(v.value), TEXT))]
    rows = [] if v.name is None and v.role == "result" and not v.shape else [_wide(_caption(v))]
    rows.append(_wide(_note("value: not kept")) if v.value is None else _quantity(v, "value", v.value, TEXT))
    if v.updated:
        rows.append(_wide(_note("its data was set since")))
    if v.wants_grad:
        rows.append(_gradient(v, swept))
    return rows


def _caption(v: Vertex) -> str:
    """Name in bold, then role and shape."""
    name = f"<B>{in_label(v.name)}</B>  " if v.name else ""
    return f"{name}{_note(' '.join(filter(None, [v.role, text.shape(v.shape)])))}"


def _gradient(v: Vertex, swept: bool) -> str:
    if v.grad is None:
        return _wide(_note("grad: none" if swept else "grad: not computed yet"))
    return _quantity(v, "grad", v.grad, GRADIENT)


def _quantity(v: Vertex, what: str, value: Any, colour: str) -> str:
    """A row: what it is, and the numbers, written out or summed up."""
    cells = text.cells(value)
    if cells is None or len(cells) == len(cells[0]) == 1:
        shown = text.summary(value) if cells is None else cells[0][0]
        return _wide(f"{_note(what)}   {_coloured(shown, colour)}", f' WIDTH="{ROOM}"{_mark(v, what)}')
    name, entries = _mark(v, what, "name"), _mark(v, what, "entries")
    numbers = _matrix(cells, colour)
    return f'<TR><TD ALIGN="LEFT"{name}>{_note(what)}</TD><TD ALIGN="LEFT"{entries}>{numbers}</TD></TR>'


def _notes(v: Vertex) -> list[str]:
    return [_wide(_coloured(line, MARKED if v.marked else MUTED)) for line in v.notes]


def _matrix(cells: list[list[str]], colour: str) -> str:
    """Numbers in columns, between the bars of a matrix."""
    rows = "".join(
        "<TR>" + "".join(f'<TD ALIGN="RIGHT">{_coloured(x, colour)}</TD>' for x in row) + "</TR>" for row in cells
    )
    return f'<TABLE BORDER="1" SIDES="LR" COLOR="{MUTED}" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{rows}</TABLE>'


# --- groups --------------------------------------------------------------------------------------------------------


def _group_rows(v: Vertex, swept: bool) -> list[str]:
    title = f"<B>{in_label(v.name)}</B>  " if v.name else ""
    rows = [_wide(title + _note(f"folded {text.shape(v.shape)}"))]
    rows += [_wide(_coloured(line, TEXT)) for line in _contents(v)]
    if v.role == "output":
        rows.append(_quantity(v, "value", v.value, TEXT))
    if v.wants_grad and v.grad is not None and v.shape:
        rows.append(_wide(_coloured(f"grad {text.norm(v.grad)}", GRADIENT), _mark(v, "norm", "entries")))
    elif v.wants_grad:
        rows.append(_gradient(v, swept))
    return rows


def _contents(v: Vertex) -> list[str]:
    """What a group stands for: its operations and its parameters, counted."""
    operations = Counter(m.name for m in v.members if m.kind == "operation")
    common = [f"{n} {name}" if n > 1 else str(name) for name, n in operations.most_common(3)]
    lines = [f"{operations.total()} operations: {', '.join(common)}{', …' if len(operations) > 3 else ''}"]
    parameters = [m.name for m in v.members if m.role == "parameter"]
    if parameters:
        few = len(parameters) <= 4 and None not in parameters
        lines.append(f"parameters: {', '.join(map(str, parameters))}" if few else f"{len(parameters)} parameters")
    return lines


# --- HTML-like labels ----------------------------------------------------------------------------------------------


def in_label(words: str) -> str:
    """Text of the user's in an HTML-like label. There, too, \\N would become the name of the vertex, and so on. The
    fonts that layout engines bring along lack ∗."""
    return marked_up(words).replace("\\", "\\\\").replace("∗", "*")


def _table(rows: list[str]) -> str:
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{"".join(rows)}</TABLE>>'


def _wide(content: str, attributes: str = "") -> str:
    return f'<TR><TD ALIGN="LEFT" COLSPAN="2"{attributes}>{content}</TD></TR>'


def _mark(v: Vertex, row: str, part: str = "") -> str:
    """Attributes by which a row, or a part of it, is found in the SVG (see `rows.py`). They make Graphviz put an anchor
    around it, which without HREF is no link in any format."""
    return f' ID="{v.id}_{row}{part}" TARGET="{ROW}" TITLE="{row} {part}"'


def _note(words: str) -> str:
    return f'<FONT POINT-SIZE="9" COLOR="{MUTED}">{in_label(words)}</FONT>'


def _coloured(words: str, colour: str) -> str:
    return f'<FONT COLOR="{colour}">{in_label(words)}</FONT>'


def _plain(words: str) -> str:
    """An HTML-like label without structure: nothing in it is read as an escape."""
    return f"<{in_label(words)}>"
