"""Text of the user's as it may be shown: a name is any text, and terminals obey some characters.

>>> printable("W1, σ², Größe"), printable("\\x1b[31m\\t\\u202e\\ud800")
('W1, σ², Größe', '\\\\x1b[31m\\\\t\\\\u202e\\\\ud800')
"""

from __future__ import annotations


def printable(text: str) -> str:
    """The text on one line; a character that is not shown (a control or formatting character, half of a pair, a line
    break, a blank other than the space) as the escape that Python writes for it."""
    return text if text.isprintable() else "".join(c if c.isprintable() else _escape(c) for c in text)


def printable_lines(text: str) -> str:
    """The same for a text that may have several lines."""
    return "\n".join(map(printable, text.split("\n")))


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
