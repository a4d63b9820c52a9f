"""The files that a run depends on: the script, the modules of its folder, and what it has read in there.

They are looked at again and again. That needs no library, works on every file system (those of networks and containers
tell of no changes), and costs less than a millisecond for a hundred files; editors that save by renaming look the same.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

LARGE = 16 * 2**20  # bytes; larger files are told apart by their time and size alone
SKIPPED = {"__pycache__", "node_modules", "site-packages"}


class _Look(NamedTuple):
    """A file as it was when it was looked at."""

    time: int
    size: int
    digest: bytes


class Dependencies:
    """What a script depends on. `changed()` tells whether it has to be run again."""

    def __init__(self, script: Path) -> None:
        self._script, self._folder = script, script.parent
        self._read: set[Path] = set()
        self._last = self._run = self._look()

    def changed(self) -> bool:
        """Whether what a file says is not what it said when the script was run, and nobody is still writing it."""
        now = self._look()
        settled, self._last = now == self._last, now
        if not settled or _said(now) == _said(self._run):
            return False
        self._run = now
        return True

    def also(self, read: Iterable[str]) -> None:
        """Other files that a run has read, such as data. They count as they are now: the run may have written them."""
        folder = os.path.realpath(self._folder)
        inside = {Path(name) for name in read if os.path.realpath(name).startswith(folder + os.sep)}
        before = {path: look for path, look in self._run.items() if path not in self._read}
        self._read = {path for path in inside - {self._script} if path.suffix not in (".py", ".pyc")}
        self._last = self._look()
        self._run = before | {path: look for path, look in self._last.items() if path in self._read}

    def _look(self) -> dict[Path, _Look]:
        known: dict[Path, _Look] = getattr(self, "_last", {})
        looks = {}
        for path in {self._script, *_modules(self._folder), *self._read}:
            look = _looked(path, known.get(path))
            if look is not None:
                looks[path] = look
        return looks


def _said(looks: dict[Path, _Look]) -> dict[Path, bytes]:
    return {path: look.digest for path, look in looks.items()}


def _looked(path: Path, known: _Look | None) -> _Look | None:
    """A file as it is now; None where there is none. What has the time and size that it had is not read again."""
    try:
        found = path.stat()
        if known is not None and (known.time, known.size) == (found.st_mtime_ns, found.st_size):
            return known
        if found.st_size > LARGE:
            return _Look(found.st_mtime_ns, found.st_size, str(found.st_mtime_ns).encode())
        return _Look(found.st_mtime_ns, found.st_size, hashlib.blake2b(path.read_bytes()).digest())
    except OSError:
        return None


def _modules(folder: Path) -> Iterator[Path]:
    """The Python files of a folder, and of those folders in it that have some themselves."""
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                found = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError:
            continue
        modules = [Path(entry.path) for entry in found if entry.name.endswith(".py")]
        yield from modules
        if modules:
            folders = (entry for entry in found if entry.is_dir(follow_symlinks=False) and entry.name not in SKIPPED)
            waiting += [Path(entry.path) for entry in folders if not os.path.exists(f"{entry.path}/pyvenv.cfg")]
