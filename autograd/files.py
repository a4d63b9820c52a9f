"""Paths that users hand in, and writing files so that no half of one is ever seen."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import Any

from autograd.errors import SaveError


def path_to(path: Any, asker: str) -> Path:
    """The path of a file as users hand it in, to whoever asks for it.

    >>> path_to(3, "nn.load")
    Traceback (most recent call last):
    TypeError: nn.load needs the path of a file, as "model.file", but got 3.
    """
    needs = f'{asker} needs the path of a file, as "model.file", but got'
    if hasattr(path, "read") or hasattr(path, "write"):
        raise TypeError(f"{needs} {path!r:.80}, which is a file itself. Pass its path.")
    try:
        text = os.fspath(path)
    except TypeError:
        raise TypeError(f"{needs} {path!r:.80}.") from None
    if not isinstance(text, str):
        raise TypeError(f"{needs} bytes, {text!r:.80}. Write os.fsdecode(path).")
    if not text or "\0" in text:
        raise ValueError(f"{needs} {text!r:.80}. Give the file a name.")
    return Path(text)


def save_whole(path: Path, content: bytes) -> None:
    """Write a file as write_whole does. Raises SaveError, in words."""
    if not path.parent.exists():
        raise SaveError(
            f"{str(path)!r} cannot be written: there is no folder {str(path.parent)!r}. Make it first, or write "
            "somewhere else."
        )
    if path.is_dir():
        raise SaveError(f"{str(path)!r} cannot be written: it is a folder. Add the name of a file.")
    try:
        write_whole(path, content)
    except OSError as error:
        raise SaveError(f"{str(path)!r} cannot be written: {error.strerror or error}.") from error


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
