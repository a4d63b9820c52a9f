"""Starts a run in a process of its own, and stops it: whatever the script does, the server goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

# The process finds modules where this one does: with -m it would find them in the current folder first.
_CODE = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from viz.live.child import main
sys.exit(main())
"""


class Run:
    """A process that runs a script, once it is told which: until then it loads what every run needs.

    started   when it was told, by time.monotonic()
    """

    def __init__(self) -> None:
        self._file = ""
        self._folder = tempfile.TemporaryDirectory(prefix="chalkgrad-")
        self._out = Path(self._folder.name) / "result.json"
        self.started = 0.0
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _CODE, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            start_new_session=True,  # so that all that the script starts can be stopped with it
        )

    def begin(self, file: str, arguments: list[str], target: str | None) -> None:
        """Run this script."""
        self._file, self.started = file, time.monotonic()
        order = {"file": file, "arguments": arguments, "target": target, "out": str(self._out)}
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended, which is the result
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()

    def result(self) -> dict[str, Any] | None:
        """What the run has left (see child.py); None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        try:
            made: dict[str, Any] = json.loads(self._out.read_bytes())
        except OSError:
            made = {"error": _crashed(self._file, code), "read": []}
        self._close()
        return made

    def stop(self) -> None:
        """End it, with all that it has started."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()
        self._close()

    def _close(self) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._folder.cleanup()


def _crashed(file: str, code: int) -> dict[str, Any]:
    from autograd.printable import printable

    how = f"with exit code {code}"
    with suppress(ValueError):
        how = f"by {signal.Signals(-code).name}" if code < 0 else how
    title = f"The process of {printable(os.path.basename(file))} ended by itself, {how}. The terminal may say more."
    return {"title": title, "file": "", "line": 0, "text": "", "details": ""}
