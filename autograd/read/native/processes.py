"""A program of the system's that is run, with others going on meanwhile: what it prints, or why it failed."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from typing import IO, TypeVar

from autograd.errors import AutogradError

Result = TypeVar("Result")
# What is found out by running programs. next() goes on to where it waits for one of them, which works meanwhile;
# close() ends it, with that program.
Work = Generator[None, None, Result]


class NoCompiler(AutogradError, RuntimeError):
    """There is no native code of a program, and why: no C compiler, none that works, or none that can build it."""


class Refused(NoCompiler):
    """The compiler says no, in words."""


def finished(work: Work[Result]) -> Result:
    """What is found out, all of it awaited."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result


def printed(command: Sequence[str], text: str, seconds: float, **environment: str) -> Work[str]:
    """What a program prints that is given this text. It is ended, with all that it has started, when it was awaited for
    so many seconds, or we are interrupted.

    Raises NoCompiler.
    """
    called = shlex.join(command[:1])
    with _readable(text) as given:
        try:
            process = subprocess.Popen(
                command,
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "LC_ALL": "C", **environment},
                start_new_session=True,
            )
        except OSError as error:
            raise NoCompiler(f"{called} cannot be run: {error.strerror or error}.") from None
    try:
        yield
        output, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        _end(process)
        raise NoCompiler(f"{called} took more than {seconds:.0f} s, and was stopped.") from None
    except BaseException:
        _end(process)
        raise
    if process.returncode:
        if words := shortened(said.decode(errors="replace")):
            raise Refused(f"{called} failed. It says: {words}")
        raise Refused(f"{called} failed with exit code {process.returncode}. Name a C compiler in CC, or unset CC.")
    return str(output, errors="replace")


@contextlib.contextmanager
def _readable(text: str) -> Iterator[IO[bytes] | int]:
    """A file with a text, which a program can read while we do something else."""
    if not text:
        yield subprocess.DEVNULL
        return
    with tempfile.TemporaryFile() as file:
        file.write(text.encode())
        file.seek(0)
        yield file


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it has started: a compiler does its work in programs of its own."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdout, process.stderr):
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()


_WORDS = 300  # characters


def shortened(said: str) -> str:
    """What a compiler says, from its first error on, in a few lines."""
    lines = said.strip().splitlines()
    first = next((i for i, line in enumerate(lines) if "error" in line), 0)
    words = " ".join(line.strip() for line in lines[first : first + 3])
    return words if len(words) <= _WORDS else f"{words[:_WORDS]} …"
