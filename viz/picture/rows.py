"""The rows of a vertex in an SVG, by attributes: whoever writes other numbers into a picture finds them by these.

    <g data-row="value">      the row of the value; "grad" of the gradient, "norm" of the length of a gradient
    <text data-part="name">   what the row is called
    <text data-entry="0">     its entries, in the order in which `text.cells` has them

A row of a matrix is two such groups: one with its name, one with its entries.
"""

from __future__ import annotations

import re
from itertools import chain, count, repeat

ROW = "row"  # the TARGET of a marked cell
_ANCHOR = re.compile(rf'<g id="a_\w+"><a xlink:title="(\w+) (\w*)" target="{ROW}">\n(.*?)</a>\n</g>', re.DOTALL)
_WRITTEN = re.compile(r"<text( [^>]*>)(?=[^<]*[^<\s])(?!(?:\s|&#160;)*</text>)")


def marked(svg: str) -> str:
    """The SVG with attributes in place of the anchors that the labels have asked Graphviz for.

    >>> made = marked('<g id="a_n0_grad"><a xlink:title="grad " target="row">\\n<text x="1">grad</text></a>\\n</g>')
    >>> print(made.replace("\\n", ""))
    <g data-row="grad"><text data-part="name" x="1">grad</text></g>
    """
    return _ANCHOR.sub(_row, svg)


def _row(found: re.Match[str]) -> str:
    row, part, inside = found.groups()
    entries = (f'data-entry="{k}"' for k in count())
    name = 'data-part="name"'
    marks = {"name": repeat(name), "entries": entries, "": chain([name], entries)}[part]
    return f'<g data-row="{row}">\n{_WRITTEN.sub(lambda m: f"<text {next(marks)}{m[1]}", inside)}</g>'
