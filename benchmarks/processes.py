"""The runner's side of a worker: a process to which functions are sent by name."""

from __future__ import annotations

import json
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

import environments

LIMIT = 120.0  # seconds for an answer: a peer that hangs does not take the others with it


class Failed(Exception):
    """A peer cannot be measured; the message is the reason, as it stands in the table."""


class Worker:
    """A process in that environment, until it is closed.

    Raises Failed where the environment lacks what it should have.
    """

    def __init__(self, environment: str) -> None:
        lacking = environments.lacking(environment)
        if lacking:
            raise Failed(lacking)
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 (close() does)
        self.process = subprocess.Popen(
            [environments.python(environment), Path(__file__).with_name("worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            encoding="utf-8",
            env=environments.variables(environment),
        )

    def ask(self, function: str, **arguments: Any) -> Any:
        """The result of that function, called over there. Raises Failed with the reason."""
        try:
            self.process.stdin.write(json.dumps({"function": function, "arguments": arguments}) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failed(self.last_words()) from None
        limit = threading.Timer(LIMIT, self.process.kill)
        limit.start()
        line = self.process.stdout.readline()
        late = not limit.is_alive()
        limit.cancel()
        if not line:
            raise Failed(f"no answer within {LIMIT:.0f} s" if late else self.last_words())
        answer = json.loads(line)
        if "error" in answer:
            raise Failed(answer["error"])
        return answer["result"]

    def last_words(self) -> str:
        """Why the process ended by itself."""
        code = self.process.wait()
        self.log.seek(0)
        said = [line.strip() for line in self.log if line.strip()]
        return f"its process ended with {code}" + (f": {said[-1][:200]}" if said else "")

    def close(self) -> None:
        """End the process."""
        self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:  # a library's threads keep it alive
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def alone(environment: str, function: str, **arguments: Any) -> dict[str, Any]:
    """What that function gives in a fresh process, or {"failure": the reason}."""
    try:
        with Worker(environment) as worker:
            return worker.ask(function, **arguments)
    except Failed as failure:
        return {"failure": str(failure)}
