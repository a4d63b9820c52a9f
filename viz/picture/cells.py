"""HTML-like labels of Graphviz, made of spans of text in rows of a table.

Layout engines know how wide the letters of ASCII are, and take every other one to be as narrow as a blank. A cell with
others therefore says how much room it needs, so that no text is ever wider than its box.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from viz.markup import marked_up
from viz.picture.metrics import room

PADDING = 2  # points on each side of what stands in a cell


@dataclass(frozen=True)
class Span:
    """A piece of text.

    >>> Span("∂J", 9, "#000000").html
    '<FONT POINT-SIZE="9" COLOR="#000000">∂J</FONT>'
    """

    words: str
    size: float
    colour: str
    bold: bool = False
    fill: str = ""  # the colour behind it, where it is a tag

    @property
    def html(self) -> str:
        """As it stands in a label."""
        text = f'<FONT POINT-SIZE="{self.size:g}" COLOR="{self.colour}">{in_label(self.words)}</FONT>'
        return f"<B>{text}</B>" if self.bold else text

    @property
    def width(self) -> float:
        """In points."""
        return room(self.words, self.size, self.bold)


def in_label(words: str) -> str:
    """Text of the user's in an HTML-like label. There, too, \\N would become the name of the vertex, and so on. The
    fonts that layout engines bring along lack ∗."""
    return marked_up(words).replace("\\", "\\\\").replace("∗", "*")


def cell(spans: Sequence[Span], attributes: str = "", *, align: str = "LEFT", least: float = 0) -> str:
    """A cell of a table; `least` is how wide it is at least, in points."""
    needs = 0.0 if all(s.words.isascii() for s in spans) else sum(s.width for s in spans) + 2 * PADDING
    width = f' WIDTH="{ceil(max(least, needs))}"' if least or needs else ""
    return f'<TD ALIGN="{align}"{width}{attributes}>{"".join(s.html for s in spans)}</TD>'


def row(spans: Sequence[Span], attributes: str = "", *, least: float = 0) -> str:
    """A row of a box: one cell over both columns."""
    made = cell(spans, f' COLSPAN="2"{attributes}', least=least)
    return f"<TR>{made}</TR>"


def table(rows: Iterable[str], attributes: str = 'BORDER="0"', padding: int = PADDING) -> str:
    """A table of rows, without any space between its cells."""
    return f'<TABLE {attributes} CELLBORDER="0" CELLSPACING="0" CELLPADDING="{padding}">{"".join(rows)}</TABLE>'


def plain(words: str) -> str:
    """A label without structure: nothing in it is read as an escape."""
    return f"<{in_label(words)}>"
