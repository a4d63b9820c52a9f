"""Runs a script again whenever it is saved, and shows each run in the page."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from autograd.printable import printable
from viz.destination import existing
from viz.live.files import Dependencies
from viz.live.process import Run
from viz.live.server import Server
from viz.live.shown import Shown

LOOK = 0.15  # seconds; two looks pass before a run, so that nobody is still writing


def watch(
    file: str, arguments: list[str], target: str | None, port: int = 0, ready: Callable[[str], None] = lambda url: None
) -> None:
    """Serve the page of a script, and follow the script, until interrupted. `ready` is told the page's address."""
    path = existing(file)
    shown = Shown(printable(path.name))
    server = Server(shown, port)
    files = Dependencies(path)
    run, spare = Run(), None
    run.begin(file, arguments, target)
    over = False
    try:
        ready(server.url)
        while True:
            if not over and (result := run.result()) is not None:
                over = True
                files.also(result["read"])
                shown.ended(result)
                _tell(file, result, time.monotonic() - run.started)
                spare = spare or Run()
            time.sleep(LOOK)
            if files.changed():
                run.stop()
                run, spare, over = spare or Run(), None, False
                run.begin(file, arguments, target)
                shown.started()
    finally:
        for each in filter(None, (run, spare)):
            each.stop()
        server.close()


def _tell(file: str, result: dict[str, Any], seconds: float) -> None:
    """A line in the terminal for each run."""
    if "page" in result:
        print(f"{printable(file)}: {len(result['steps'])} steps, {seconds:.1f} s", flush=True)
    else:
        error = result["error"]
        print(f"chalkgrad: {error['details'] or error['title']}", file=sys.stderr, flush=True)
