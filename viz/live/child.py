"""One run of a script, in a process of its own: what it leaves is written to a file, as a page or as an error."""

from __future__ import annotations

import json
import linecache
import os
import threading
import traceback
from pathlib import Path
from typing import Any

from autograd import AutogradError, Tensor, names
from autograd.files import write_whole
from autograd.printable import printable, printable_lines
from viz.destination import Refused
from viz.errors import VizError
from viz.script import Script, ScriptFailed
from viz.seen.story import Story, record
from viz.web import page


def main() -> int:
    """Wait for an order (a line of JSON: file, arguments, target, out), and run what it says."""
    parent = _apart()
    page(record(Tensor(2.0) * 3.0))  # loads what every page needs
    order = b""
    while not order.endswith(b"\n"):
        more = os.read(parent, 2**16)
        if not more:
            return 1
        order += more
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    given = json.loads(order)
    write_whole(Path(given["out"]), json.dumps(_result(given)).encode())
    return 0


def _apart() -> int:
    """What the parent writes to standard input; the script itself finds nothing there."""
    parent = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return parent


def _end_with(parent: int) -> None:
    """End when the parent does: nobody waits for this run any more."""
    while os.read(parent, 1):
        pass
    os._exit(1)


def _result(given: dict[str, Any]) -> dict[str, Any]:
    """page, steps (what each is called) and read (files) of a run, or its error."""
    read: list[str] = []
    try:
        script = Script(given["file"], given["arguments"])
        read = script.read
        target = script.target(given["target"])
        with names.asking(names=target.names):
            story = record(target.tensor)
        return {"page": page(story), "steps": _called(story), "read": read}
    except ScriptFailed as failed:
        assert failed.__cause__ is not None
        return {"error": _told(failed.__cause__, Path(given["file"]).resolve().parent), "read": list(failed.read)}
    except KeyboardInterrupt:
        return {"error": _said(f"{given['file']} was interrupted."), "read": read}
    except (Refused, AutogradError, VizError) as error:
        return {"error": _said(str(error)), "read": read}


def _called(story: Story) -> list[str]:
    """A name for each step that it will have in the next run, too."""
    return [f"{step.phase} {step.title}" for step in story.steps]


def _said(words: str) -> dict[str, Any]:
    return {"title": printable_lines(words), "file": "", "line": 0, "text": "", "details": ""}


def _told(error: BaseException, folder: Path) -> dict[str, Any]:
    """An exception of the script's: in which line of the user's it arose, and its traceback."""
    title = "".join(traceback.format_exception_only(error)).strip().split("\n")[-1]
    file, line = _place(error, folder)
    details = "".join(traceback.format_exception(error)).expandtabs()
    return {
        "title": printable(title),
        "file": printable(Path(file).name),
        "line": line,
        "text": printable(linecache.getline(file, line).strip()),
        "details": printable_lines(details.rstrip()),
    }


def _place(error: BaseException, folder: Path) -> tuple[str, int]:
    """The last line of a file in the script's folder; of a syntax error the line that it is in."""
    if isinstance(error, SyntaxError) and error.filename:
        return error.filename, error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).resolve().is_relative_to(folder)]
    last = (own or list(frames))[-1] if frames else None
    return (last.filename, last.lineno or 0) if last else ("", 0)
