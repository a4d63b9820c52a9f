"""What there is to see: the page of the last run that succeeded, and how the newest run stands. Threads may ask."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple


class Newest(NamedTuple):
    """The page of the last run that succeeded: its id ("" while there is none), its text, and what its steps are
    called."""

    id: str = ""
    text: str = ""
    steps: tuple[str, ...] = ()


class Shown:
    """name   of the script"""

    def __init__(self, name: str) -> None:
        self.name = name
        self._page = Newest()
        self._token, self._count = secrets.token_hex(4), 0  # pages of another server are others
        self._status: dict[str, Any] = {"status": "running", "error": None}
        self._since = time.monotonic()
        self._changes = threading.Condition()
        self._version = 0

    @property
    def page(self) -> Newest:
        """See Newest."""
        with self._changes:
            return self._page

    def started(self) -> None:
        """A run has begun."""
        with self._changed():
            self._since = time.monotonic()
            self._status = {"status": "running", "error": None}

    def ended(self, result: Mapping[str, Any]) -> None:
        """A run has ended; result: see child.py."""
        with self._changed():
            if "page" in result:
                self._count += 1
                self._page = Newest(f"{self._token}-{self._count}", result["page"], tuple(result["steps"]))
            self._status = {"status": "failed" if "error" in result else "done", "error": result.get("error")}

    def status(self) -> dict[str, Any]:
        """What a page is told: whose page is the newest, and how the newest run stands."""
        with self._changes:
            seconds = time.monotonic() - self._since
            return {"shown": self._page.id, "name": self.name, "seconds": seconds, **self._status}

    def wait(self, version: int, seconds: float) -> int:
        """Wait for the next change after a version, but not for ever; returns the version that there is now."""
        with self._changes:
            self._changes.wait_for(lambda: self._version != version, seconds)
            return self._version

    @contextmanager
    def _changed(self) -> Iterator[None]:
        with self._changes:
            yield
            self._version += 1
            self._changes.notify_all()
