"""Writing files so that no half of one is ever seen."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

TEMPORARY = ".chalkgrad-"  # what temporary names begin with


def write_whole(path: Path, content: bytes, mode: int = 0o666) -> None:
    """Write a file under a temporary name in its folder, then give it its own. Raises OSError.

    mode   the permissions of a new file, before the process's umask

    A file that is there already keeps its permissions; a symbolic link goes on pointing at it. What is not a regular
    file (a device, a pipe) is written to as it is.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            file.write(content)
        return
    temporary, handle = _created(path, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        if path.exists():
            os.chmod(temporary, stat.S_IMODE(path.stat().st_mode))
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _created(path: Path, mode: int) -> tuple[Path, int]:
    """A new file beside `path`, and its descriptor. It gets those of the permissions that the process's umask admits,
    which the system applies, so that nothing needs to change it."""
    while True:
        temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
        try:
            return temporary, os.open(
                temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode
            )
        except FileExistsError:
            continue
