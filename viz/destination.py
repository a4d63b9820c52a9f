"""Where a command writes: decided and checked before a script runs, so that no file of the user's is ever replaced."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path


class Refused(Exception):
    """What the user asked for cannot be done; the message says why and what to do."""


class Destination:
    """The file that a command will write.

    out        the name that the user gave, None for the default: `default`, in the folder of the caller
    suffixes   what the name may end in
    inputs     files that the command reads; the file may be none of them
    path       the file, whatever folder the script goes to
    shown      its name as the user gave it
    """

    def __init__(self, out: str | None, default: str, suffixes: Sequence[str], inputs: Iterable[str]) -> None:
        self.shown = default if out is None else out
        self.path = Path(os.path.abspath(self.shown))
        self._refuse_folders()
        if self.path.suffix.lower() not in suffixes:
            known = " or ".join(filter(None, [", ".join(suffixes[:-1]), suffixes[-1]]))
            raise Refused(f"--out needs a file name that ends in {known}, but got {self.shown!r}. Change the suffix.")
        self.refuse(inputs)
        if not os.access(self.path.parent, os.W_OK | os.X_OK):
            raise Refused(f"The folder {str(self.path.parent)!r} is not writable. Choose another with --out FILE.")

    def _refuse_folders(self) -> None:
        folder = os.path.dirname(self.shown) or "."
        if self.path.is_dir():
            raise Refused(f"--out needs the name of a file, but {self.shown!r} is a folder. Add a file name.")
        if not self.path.parent.is_dir():
            what = "is not a folder" if self.path.parent.exists() else "does not exist"
            raise Refused(f"--out needs a folder that exists, but {folder!r} {what}. Create it, or choose another.")

    def refuse(self, inputs: Iterable[str]) -> None:
        """Raise Refused if the file is one of these, under whatever name."""
        for name in inputs:
            if _same(self.path, name):
                raise Refused(
                    f"--out needs a file of its own, but {self.shown!r} is {_described(name, self.shown)}, which would "
                    "be replaced. Choose another name."
                )


def _same(path: Path, other: str) -> bool:
    """Whether two names are of one file: by links of either kind, in capitals on a disk that ignores them."""
    try:
        return os.path.samefile(path, other)
    except (OSError, ValueError):  # one of them does not exist, or is no name of a file
        return False


def _described(name: str, shown: str) -> str:
    return "an input of this command" if os.path.normpath(name) == os.path.normpath(shown) else f"the input {name!r}"
