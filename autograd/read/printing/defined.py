"""Running the source of a program: its lines are shown in tracebacks for as long as the program is there."""

from __future__ import annotations

import linecache
import weakref
from collections.abc import Callable
from typing import Any


def defined(source: str, name: str, file: str, scope: dict[str, Any]) -> Callable[..., Any]:
    """The function `name` that a source defines; `file` is what tracebacks call the source."""
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), scope)
    function: Callable[..., Any] = scope[name]
    weakref.finalize(function, linecache.cache.pop, file, None).atexit = False
    return function
