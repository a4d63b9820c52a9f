"""The rows of a vertex in an SVG, by attributes: whoever writes other numbers into a picture finds them by these.

    <g data-row="value">      the row of the value; "grad" of the gradient, "norm" of the length of a gradient
    <text data-part="name">   what the row is called
    <text data-entry="0">     its entries, in the order in which `text.cells` has them

A row of a matrix is two such groups: one with its name, one with its entries. These end where their column does, so
that digits stand under digits whatever is written there: engines know the width of a column, but guess that of a text.
"""

from __future__ import annotations

import re
from itertools import accumulate, chain, count, repeat

APART = 3  # points on each side of an entry in its column
ROW = "row"  # the TARGET of a marked cell
_ANCHOR = re.compile(rf'<g id="a_\w+"><a xlink:title="(\w+) (\w*)([ \d]*)" target="{ROW}">\n(.*?)</a>\n</g>', re.DOTALL)
_WRITTEN = re.compile(r"<text( [^>]*>)(?=[^<]*[^<\s])(?!(?:\s|&#160;)*</text>)")


def marked(svg: str) -> str:
    """The SVG with attributes in place of the anchors that the labels have asked Graphviz for.

    >>> made = marked('<g id="a_n0_grad"><a xlink:title="grad " target="row">\\n<text x="1">grad</text></a>\\n</g>')
    >>> print(made.replace("\\n", ""))
    <g data-row="grad"><text data-part="name" x="1">grad</text></g>
    """
    return _ANCHOR.sub(_row, svg)


def _row(found: re.Match[str]) -> str:
    row, part, widths, inside = found.groups()
    entries = (f'data-entry="{k}"' for k in count())
    name = 'data-part="name"'
    marks = {"name": repeat(name), "entries": entries, "": chain([name], entries)}[part]
    written = _WRITTEN.sub(lambda m: f"<text {next(marks)}{m[1]}", inside)
    return f'<g data-row="{row}">\n{_in_columns(written, list(map(int, widths.split())))}</g>'


_BAR = re.compile(r'<polyline[^>]* points="([^"]*)"')
_ENTRY = re.compile(r'data-entry="(\d+)"([^>]*?) text-anchor="\w+" x="[-\d.]+"')


def _in_columns(row: str, widths: list[int]) -> str:
    """A row of a matrix with columns of these widths, whose entries end where their column does; any other as it is."""
    ends = [float(x) for points in _BAR.findall(row) for x in re.findall(r"([-\d.]+),", points)]
    if not widths or not ends:
        return row
    more = (max(ends) - min(ends) - sum(widths)) / len(widths)  # what each gets where the matrix is to be wider
    right = [end - APART for end in accumulate((wide + more for wide in widths), initial=min(ends))][1:]

    def ended(entry: re.Match[str]) -> str:
        at = right[int(entry[1]) % len(right)]
        return f'data-entry="{entry[1]}"{entry[2]} text-anchor="end" x="{at:.2f}"'

    return _ENTRY.sub(ended, row)
