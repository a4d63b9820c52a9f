"""Text of the user's as markup: in HTML, in SVG, and in the HTML-like labels of Graphviz."""

from __future__ import annotations

from html import escape

from autograd.printable import printable


def marked_up(words: str) -> str:
    """Text in which nothing is markup, and nothing that XML lacks.

    >>> marked_up("<b>"), marked_up("a\\x00\\ud800")
    ('&lt;b&gt;', 'a\\\\x00\\\\ud800')
    """
    return escape(printable(words))
