"""A process that measures when told to: a JSON line names a function of this folder, a JSON line gives its result.

It runs in the environment of a peer, so neither this file nor what it calls may need more than NumPy and that peer.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Iterable
from typing import TextIO


def serve(requests: Iterable[str], answers: TextIO) -> None:
    """Answer each request {"function": "timing.turn", "arguments": {…}} with {"result": …} or {"error": "…"}."""
    for line in requests:
        request = json.loads(line)
        try:
            module, name = request["function"].split(".")
            function = getattr(importlib.import_module(module), name)
            answer = {"result": function(**request["arguments"])}
        except Exception as error:  # a peer may fail in any way: the reason belongs in the table
            answer = {"error": reason(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def reason(error: Exception) -> str:
    """An error as one short line."""
    text = str(error).strip() or "no message"
    return f"{type(error).__name__}: {text.splitlines()[0]}"[:200]


if __name__ == "__main__":
    # Whatever a library prints must not get among the answers.
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(sys.stdin, channel)
