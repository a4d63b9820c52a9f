"""Where a command writes: decided and checked before a script runs, so that no file of the user's is ever replaced."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

OURS = b"derived by chalkgrad"  # stands at the head of every text that a command writes


class Refused(Exception):
    """What the user asked for cannot be done; the message says why and what to do."""


class Destination:
    """The file that a command will write.

    out        the name that the user gave, None for the default: `default`, in the folder of the caller
    suffixes   what the name may end in
    inputs     files that the command reads; the file must not be one of them
    path       the file, whatever folder the script goes to
    shown      its name as the user gave it
    """

    def __init__(self, out: str | None, default: str, suffixes: Sequence[str], inputs: Iterable[str]) -> None:
        self.shown = default if out is None else out
        if not self.shown.strip():
            raise Refused(f"--out needs the name of a file, but got {self.shown!r}. Write a name, or leave --out away.")
        self.path = Path(os.path.abspath(self.shown))
        refuse_impossible(self.shown, "--out")
        self._refuse_folders()
        if self.path.suffix.lower() not in suffixes:
            known = " or ".join(filter(None, [", ".join(suffixes[:-1]), suffixes[-1]]))
            raise Refused(f"--out needs a file name that ends in {known}, but got {self.shown!r}. Change the suffix.")
        self.refuse(inputs)
        self._refuse_sources()
        folder = _folder(self.path)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise Refused(
                f"--out needs a folder that can be written, but {str(folder)!r} is not writable. Choose another folder."
            )

    def _refuse_folders(self) -> None:
        if self.path.is_dir():
            raise Refused(f"--out needs the name of a file, but {self.shown!r} is a folder. Add a file name.")
        folder = _folder(self.path)
        if not folder.is_dir():
            shown = str(folder) if self.path.is_symlink() else os.path.dirname(self.shown)
            what = "is not a folder" if folder.exists() else "does not exist"
            raise Refused(f"--out needs a folder that exists, but {shown!r} {what}. Create it, or choose another.")

    def _refuse_sources(self) -> None:
        """Refuse a program or document that somebody else wrote; what a command wrote may be written again."""
        if self.path.suffix.lower() not in (".py", ".tex") or not self.path.is_file():
            return
        try:
            with self.path.open("rb") as file:
                head = file.read(2000)
        except OSError:  # it cannot be read, so that nobody knows what it is
            head = b"unknown"
        if head.strip() and OURS not in head:
            raise Refused(
                f"--out needs a new file, but {self.shown!r} is there already and was not written by chalkgrad. "
                "Choose another name."
            )

    def refuse(self, inputs: Iterable[str]) -> None:
        """Raise Refused if the file is one of these, under whatever name."""
        for name in inputs:
            if _same(self.path, name):
                raise Refused(
                    f"--out needs a file of its own, but {self.shown!r} is {_described(name, self.shown)}, which would "
                    "be replaced. Choose another name."
                )


def existing(file: str) -> Path:
    """The path of a script. Raises Refused where there is no such file."""
    if not file:
        raise Refused("FILE.py needs to be the name of a script, but got ''. Write its name.")
    refuse_impossible(file, "FILE.py")
    path = Path(os.path.abspath(file))
    if not path.exists():
        raise Refused(f"There is no file {file!r}.")
    if not path.is_file():
        raise Refused(f"{file!r} is a folder." if path.is_dir() else f"{file!r} is not a regular file.")
    return path


def refuse_impossible(name: str, what: str) -> None:
    """Refuse a name that no file can have: one that is too long, links that go round in a circle."""
    try:
        os.stat(name)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return  # a file may be there, or could be
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) == errno.ENAMETOOLONG:
            longest = max(map(len, name.split(os.sep)))
            raise Refused(
                f"{what} needs a name that the system accepts, but got {longest} characters. Choose a shorter one."
            ) from None
        said = getattr(error, "strerror", None) or error
        raise Refused(f"{what} needs the name of a file, but {name!r} cannot be one: {said}. Choose another.") from None


def _folder(path: Path) -> Path:
    """The folder that the file is in, or the file that a link points at."""
    return Path(os.path.realpath(path)).parent


def _same(path: Path, other: str) -> bool:
    """Whether two names are of one file: by links of either kind, in capitals on a disk that ignores them."""
    try:
        return os.path.samefile(path, other)
    except (OSError, ValueError):  # one of them does not exist, or cannot be the name of a file
        return False


def _described(name: str, shown: str) -> str:
    return "an input of this command" if os.path.normpath(name) == os.path.normpath(shown) else f"the input {name!r}"
