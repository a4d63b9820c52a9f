"""The reader's browser."""

from __future__ import annotations

import os
import sys


def opened(url: str) -> bool:
    """Open an address in the reader's browser; False where that is not possible.

    Where there is no display, and BROWSER names none, the standard library would start a browser that draws in the
    terminal, which could not show a page.
    """
    import webbrowser

    displays = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not any(map(os.environ.get, displays)):
        return False
    return webbrowser.open(url)
