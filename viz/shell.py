"""The HTML of a page: what is around every one of them, and the parts that each puts into its own."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_WEB = Path(__file__).parent / "web"


def shell(title: str, kind: str, body: str, style: str = "") -> str:
    """A whole page.

    title   as HTML
    kind    the class of its <body>
    body    what is in that, as HTML
    style   its style sheet
    """
    return filled("shell.html", title=title, kind=kind, body=body, style=style)


def filled(template: str, **parts: str) -> str:
    """A file of viz/web, with `{{name}}` replaced by the part of that name."""
    pieces = re.split(r"\{\{(\w+)\}\}", _read(template))
    return "".join(parts[piece] if i % 2 else piece for i, piece in enumerate(pieces))


@cache
def _read(name: str) -> str:
    return (_WEB / name).read_text(encoding="utf-8")
