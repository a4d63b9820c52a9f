"""Libraries that were built, kept in the user's cache folder: each is whole or not there, and the user's own.

A file is called `<key>-<digest>.so`. The key says what it was built from and for, the digest what is in it: a file that
was cut off or changed is not loaded (to load half of a library ends the process), and two processes that build the same
at once disturb nobody, whichever is last. Nothing waits for a lock.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from autograd.files import TEMPORARY, write_whole

LIMIT = 64 * 2**20  # bytes in all; what was not used for longest goes first
SUFFIX = ".dll" if sys.platform == "win32" else ".so"
_NAME = re.compile(rf"[0-9a-f]{{32}}-[0-9a-f]{{32}}{re.escape(SUFFIX)}")
_STALE = 3600  # seconds after which a temporary file belongs to nobody any more


class Usage(NamedTuple):
    """How many libraries are kept, and how many bytes they have."""

    libraries: int
    bytes: int


def folder() -> Path | None:
    """Where libraries are kept: $CHALKGRAD_CACHE, or chalkgrad's folder where the system has its caches.

    None where the user has no home, and there is no such folder, or where it would lie in a folder that is gone.
    """
    chosen = os.environ.get("CHALKGRAD_CACHE")
    try:
        if chosen:
            return Path(os.path.abspath(chosen))
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        else:
            wanted = os.environ.get("XDG_CACHE_HOME", "")  # to be ignored unless absolute, as its specification says
            base = Path(wanted) if os.path.isabs(wanted) else Path.home() / ".cache"
    except (RuntimeError, FileNotFoundError):
        return None
    return base / "chalkgrad" if base.is_absolute() else None


def find(key: str) -> Path | None:
    """The library for a key, if there is one that is whole and nobody else's. It counts as used now."""
    at = folder()
    if at is None or refusal(at) is not None:
        return None
    for path in _libraries(at):
        if path.name.startswith(f"{key}-"):
            content = _own_content(path)
            if content is not None and path.stem == _stem(key, content):
                with contextlib.suppress(OSError):
                    os.utime(path)
                return path
            with contextlib.suppress(OSError):
                path.unlink()
    return None


def store(key: str, content: bytes) -> Path | None:
    """Keep a library; None where that cannot be: nowhere to write, no space left."""
    at = folder()
    if at is None or not _made(at) or refusal(at) is not None:
        return None
    path = at / f"{_stem(key, content)}{SUFFIX}"
    try:
        path.unlink(missing_ok=True)  # what is there is not whole, and its permissions are not to be kept
        write_whole(path, content, 0o700)
    except OSError:
        return None
    _prune(at, path)
    return path


def refusal(at: Path) -> str | None:
    """Why a folder cannot be used, or None. A folder that is not there yet is none to object to."""
    try:
        status = at.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if not stat.S_ISDIR(status.st_mode):
        return "it is not a folder"
    return None if _is_own(status) else "another user owns it, or can write to it"


def obstacle(at: Path) -> str | None:
    """Why nothing new can be kept in a folder, or None. It is not made, if it is not there yet."""
    if not at.is_dir():
        above = next((parent for parent in at.parents if parent.exists()), at)
        if _is_foreign(above):
            return f"{above} belongs to another user"
        return None if os.access(above, os.W_OK | os.X_OK) else f"{above} cannot be written to"
    try:
        with tempfile.TemporaryFile(prefix=TEMPORARY, dir=at) as file:
            file.write(b"0")
            file.flush()
    except OSError as error:
        return f"it cannot be written to: {error.strerror}"
    return None


def usage() -> Usage:
    """What is kept now."""
    at = folder()
    sizes = [] if at is None else [size for _, size, _ in _by_age(at)]
    return Usage(len(sizes), sum(sizes))


def clear() -> Usage:
    """Delete every library; what was deleted. Nothing else in the folder is touched. Raises OSError."""
    at, deleted = folder(), []
    for _, size, path in [] if at is None else _by_age(at):
        path.unlink(missing_ok=True)
        deleted.append(size)
    return Usage(len(deleted), sum(deleted))


# --- files ------------------------------------------------------------------------------------------------------------


def _stem(key: str, content: bytes) -> str:
    return f"{key}-{hashlib.sha256(content).hexdigest()[:32]}"


def _is_own(status: os.stat_result) -> bool:
    """Whether nobody else can change it, except root, who can change everything. On Windows the system sees to that."""
    if sys.platform == "win32":
        return True
    return status.st_uid in (os.geteuid(), 0) and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _own_content(path: Path) -> bytes | None:
    """What is in a file, if it is a regular one of the user's."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            return file.read() if stat.S_ISREG(status.st_mode) and _is_own(status) else None
    except OSError:
        return None


def _made(at: Path) -> bool:
    """Whether the folder is there, made if need be. In a home of somebody else's (sudo keeps HOME) none is made: it
    would be in its owner's way."""
    if at.is_dir():
        return True
    try:
        above = next((parent for parent in at.parents if parent.exists()), None)
        if above is not None and _is_foreign(above):
            return False
        at.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return True


def _is_foreign(above: Path) -> bool:
    """Whether a folder is somebody else's, in which none is made unless it was chosen."""
    chosen = os.environ.get("CHALKGRAD_CACHE")
    return sys.platform != "win32" and not chosen and above.stat().st_uid != os.geteuid()


def _libraries(at: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from [at / name for name in os.listdir(at) if _NAME.fullmatch(name)]


def _by_age(at: Path) -> list[tuple[float, int, Path]]:
    """When each library was last used, how large it is, and where; the oldest first."""
    found = []
    for path in _libraries(at):
        with contextlib.suppress(OSError):  # another process has deleted it meanwhile
            status = path.lstat()
            found.append((status.st_mtime, status.st_size, path))
    return sorted(found)


def _prune(at: Path, newest: Path) -> None:
    """Keep the folder within its bound, and free of what a process left that was ended while it wrote."""
    kept = _by_age(at)
    total = sum(size for _, size, _ in kept)
    for _, size, path in kept:
        if total > LIMIT and path != newest:
            with contextlib.suppress(OSError):  # Windows keeps a library that is loaded
                path.unlink()
                total -= size
    with contextlib.suppress(OSError):
        for path in at.glob(f"{TEMPORARY}*"):
            if path.lstat().st_mtime < time.time() - _STALE:
                path.unlink()
