"""Keys of a terminal, read one by one, without Enter and without being shown; afterwards it is as before."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Iterator
from types import TracebackType

PAUSE = 0.05  # seconds after which an escape is the key, and not the beginning of another key's sequence
_NAMED = {
    sequence: name
    for name, sequences in (
        *(("up", "A"), ("down", "B"), ("right", "C"), ("left", "D"), ("home", "H 1~ 7~"), ("end", "F 4~ 8~")),
        *(("pageup", "5~"), ("pagedown", "6~"), ("delete", "3~")),
    )
    for sequence in sequences.split()
}
_PLAIN = {"\r": "enter", "\n": "enter", "\x7f": "backspace", "\x08": "backspace", "\x1b": "escape"}
# A sequence (ESC [ parameters final, ESC O final), a key together with Alt, or a character.
_KEY = re.compile(r"\x1b\[([0-?]*[ -/]*[@-~])|\x1bO(.)|\x1b[^\x1b\[O]|(.)", re.DOTALL)
_BEGUN = re.compile(r"\x1b(?:O|\[[0-?]*[ -/]*)?\Z")


def keys(text: str) -> Iterator[str]:
    r"""The keys that a terminal's text means: names of keys, and characters. What has no meaning is left out.

    >>> list(keys("\x1b[C\x1bODn/\x1b[5~ é\x1b[1;5C\x1bx\x1b"))
    ['right', 'left', 'n', '/', 'pageup', ' ', 'é', 'escape']
    """
    for found in _KEY.finditer(text):
        sequence, keypad, character = found.groups()
        if character is not None:
            key = _PLAIN.get(character, character)
            if len(key) > 1 or key.isprintable():
                yield key
        elif name := _NAMED.get(sequence or keypad or ""):
            yield name


class Keyboard:
    """The keys of the terminal at standard input, as a context manager."""

    def __enter__(self) -> Keyboard:
        raise NotImplementedError

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError

    def wait(self, seconds: float) -> list[str]:
        """The keys that are pressed within so many seconds: as soon as there is one; [] if there is none."""
        raise NotImplementedError


if sys.platform == "win32":
    import msvcrt

    _SPECIAL = {
        "H": "up",
        "P": "down",
        "M": "right",
        "K": "left",
        "G": "home",
        "O": "end",
        "I": "pageup",
        "Q": "pagedown",
    }

    class _Windows(Keyboard):
        def __enter__(self) -> Keyboard:
            return self

        def __exit__(self, *error: object) -> None:
            pass

        def wait(self, seconds: float) -> list[str]:
            end = time.monotonic() + seconds
            while not msvcrt.kbhit():
                if time.monotonic() > end:
                    return []
                time.sleep(0.02)
            character = msvcrt.getwch()
            if character == "\x03":
                raise KeyboardInterrupt
            if character in "\0\xe0":
                return [name] if (name := _SPECIAL.get(msvcrt.getwch())) else []
            return list(keys(character))

    keyboard = _Windows
else:
    import termios

    class _Posix(Keyboard):
        def __enter__(self) -> Keyboard:
            self._fd = sys.stdin.fileno()
            self._before = termios.tcgetattr(self._fd)
            mode = termios.tcgetattr(self._fd)
            mode[3] &= ~(termios.ICANON | termios.ECHO)
            mode[6][termios.VSUSP] = b"\0"  # a shell that got the terminal back would find it in this state
            mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
            termios.tcsetattr(self._fd, termios.TCSADRAIN, mode)
            return self

        def __exit__(self, *error: object) -> None:
            termios.tcsetattr(self._fd, termios.TCSAFLUSH, self._before)

        def wait(self, seconds: float) -> list[str]:
            if not self._ready(seconds):
                return []
            data = self._read()
            while _unfinished(data) and self._ready(PAUSE):
                data += self._read()
            return list(keys(data.decode(errors="ignore")))

        def _ready(self, seconds: float) -> bool:
            return bool(select.select([self._fd], [], [], seconds)[0])

        def _read(self) -> bytes:
            data = os.read(self._fd, 1024)
            if not data:
                raise EOFError  # the terminal has gone
            return data

    keyboard = _Posix


def _unfinished(data: bytes) -> bool:
    """Whether more of the last key is to come: of a sequence, or of a character of several bytes."""
    try:
        return bool(_BEGUN.search(data.decode()))
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
