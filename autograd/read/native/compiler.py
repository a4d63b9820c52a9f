"""The system's C compiler: found, tried once, and run; what it built is loaded by ctypes.

Floating-point numbers are those that the source says, operation by operation, as NumPy computes them: no -ffast-math,
and no contraction. With `a*b - a*b` contracted to one fused operation the difference is the rounding error of a*b
instead of 0. Functions that are made for a fused operation call `fma` themselves.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import math
import os
import platform
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograd.errors import AutogradError
from autograd.read.native import cache, cpu, objects

NAMES = ("cc", "gcc", "clang")
FLAGS = (
    "-std=gnu11",
    "-fPIC",
    "-shared",
    # What CC may ask for and would change numbers, or end the process, is taken back. It would set some of the flags
    # below, which therefore come later.
    "-fno-fast-math",
    "-fno-unsafe-math-optimizations",
    "-fno-associative-math",
    "-fno-reciprocal-math",
    "-fno-finite-math-only",
    "-fsigned-zeros",
    "-fno-sanitize=all",
    "-ffp-contract=off",
    "-fno-math-errno",  # errno is not read: sqrt is an instruction
    "-fwrapv",  # integers wrap around, as NumPy's do
    "-fopenmp-simd",  # loops say that their turns do not depend on each other, and which sums have several strands
    "-fno-trapping-math",  # nor are exceptions: both sides of a choice may be computed, so that loops become vectors
    "-w",
    "-pipe",
)
SECONDS = 60.0  # a program that takes longer to build is given up
_TRIAL_SECONDS = 20.0
# For compilers that know them, as gcc does. It jumps past a choice that an earlier one decides, and takes one boolean
# for another. The loop of a cost with two logarithms of floats, or one that counts what is right as well, then has
# branches that it has no vectors for, and takes three times as long.
_CHOICES = ("-fno-thread-jumps", "-fno-ssa-phiopt")
_TRIAL = """\
#include <math.h>
#include <stdint.h>
#include <string.h>

void trial(const double *x, double *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++) out[i] = sqrt(x[i]) + log(x[i]);
}
"""
_ADVICE = (
    "Install one (Debian, Ubuntu: apt install gcc libc6-dev; macOS: xcode-select --install; Windows: MinGW-w64), or "
    "name one in the environment variable CC."
)


class NoCompiler(AutogradError, RuntimeError):
    """There is no native code of a program, and why: no C compiler, none that works, or none that can build it."""


@dataclass(frozen=True)
class Compiler:
    """A C compiler that works.

    command   the program, and options that CC gives it
    version   as it says itself
    modified  when the program was installed, in nanoseconds
    flags     for the level of the processor, and those that only some compilers know
    level     of the processor, that it builds for
    """

    command: tuple[str, ...]
    version: str
    modified: int
    flags: tuple[str, ...]
    level: str

    def __str__(self) -> str:
        return shlex.join(self.command)


def build(source: str, optimize: str = "-O3") -> ctypes.CDLL:
    """The library that C source is built to, from the cache if it was built before.

    optimize   how hard the compiler tries; a program that is long and without loops takes it minutes by -O2

    Raises NoCompiler.
    """
    return _library(compiler(), source, optimize, SECONDS)


def compiler() -> Compiler:
    """The first compiler that works: that in the environment variable CC, or else cc, gcc or clang.

    Each is tried once in a process. Raises NoCompiler, with the reason in words.
    """
    asked = (os.environ.get("CC", ""), os.environ.get("PATH", os.defpath), cpu.level())
    found = _KNOWN.get(asked) or _KNOWN.setdefault(asked, _found(*asked))
    if isinstance(found, str):
        raise NoCompiler(found)
    return found


_KNOWN: dict[tuple[str, ...], Compiler | str] = {}
_LOADED: dict[str, ctypes.CDLL] = {}


# --- finding one ------------------------------------------------------------------------------------------------------


def _found(chosen: str, path: str, level: str) -> Compiler | str:
    """A compiler that works, or why there is none."""
    unreadable = objects.refusal()
    if unreadable is not None:
        return unreadable
    reasons = []
    try:
        commands = [tuple(shlex.split(chosen))] if chosen.strip() else [(name,) for name in NAMES]
    except ValueError as error:
        return f"CC needs to be a command, but {chosen!r} is not one: {error}. Name a C compiler, or unset CC."
    for command, *options in commands:
        program = shutil.which(command, path=path)
        if program is None:
            if chosen.strip():
                return f"CC needs to name a C compiler, but {command!r} was not found. Install it, or unset CC."
            continue
        try:
            return _tried((os.path.abspath(program), *options), level)
        except NoCompiler as error:
            reasons.append(str(error))
    return " ".join(reasons) or f"No C compiler was found, by none of the names {', '.join(NAMES)}. {_ADVICE}"


def _tried(command: tuple[str, ...], level: str) -> Compiler:
    """A compiler, if it builds a tiny program that then gives what it should."""
    _refuse_stub(command)
    version = _run([*command, "--version"], "", _TRIAL_SECONDS).strip().partition("\n")[0]
    modified = os.stat(command[0]).st_mtime_ns
    levels = [([f"-march={march}"], of.name) for of in cpu.and_below(level) for march in of.march]
    *better, last = (
        Compiler(command, version, modified, (*flags, *more), of)
        for flags, of in [*levels, ([], platform.machine())]
        for more in (_CHOICES, ())
    )
    for candidate in better:
        with contextlib.suppress(_Refused):  # it does not know these flags
            return _working(candidate)
    return _working(last)


def _working(candidate: Compiler) -> Compiler:
    """That compiler. Raises NoCompiler where what it builds does not work."""
    trial = _library(candidate, _TRIAL, "-O3", _TRIAL_SECONDS).trial
    given, got = (ctypes.c_double * 9)(*range(1, 10)), (ctypes.c_double * 9)()
    trial(given, got, ctypes.c_int64(9))
    if not all(math.isclose(y, math.sqrt(x) + math.log(x), rel_tol=1e-15) for x, y in zip(given, got, strict=True)):
        raise NoCompiler(f"{candidate} does not work: a program that it built gives wrong numbers.")
    return candidate


def _refuse_stub(command: Sequence[str]) -> None:
    """On macOS without the developer tools, /usr/bin/cc is a program that opens a window and offers to install them."""
    if sys.platform == "darwin" and os.path.dirname(command[0]) == "/usr/bin":
        try:
            _run(["/usr/bin/xcode-select", "-p"], "", _TRIAL_SECONDS)
        except NoCompiler:
            raise NoCompiler(f"{command[0]} needs the developer tools of macOS. Run: xcode-select --install") from None


# --- running it -------------------------------------------------------------------------------------------------------


class _Refused(NoCompiler):
    """The compiler says no, in words."""


def _library(compiler: Compiler, source: str, optimize: str, seconds: float) -> ctypes.CDLL:
    """The library for a source: loaded already, or kept from an earlier time, or built now."""
    key = _key(compiler, source, optimize)
    library = _LOADED.get(key)
    if library is None:
        library = _LOADED.setdefault(key, _kept(key) or _built(key, compiler, source, optimize, seconds))
    return library


def _key(compiler: Compiler, source: str, optimize: str) -> str:
    """What a library depends on, in 32 digits."""
    told = (compiler, optimize, FLAGS, _system_flags(), sys.platform, platform.machine(), sys.maxsize, source)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


def _kept(key: str) -> ctypes.CDLL | None:
    path = cache.find(key)
    return None if path is None else _loaded(path)


def _loaded(path: Path) -> ctypes.CDLL | None:
    """What is kept there; it is not kept any more if it cannot be loaded, as from a disk whose files do not run."""
    try:
        return ctypes.CDLL(str(path))
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        return None


def _built(key: str, compiler: Compiler, source: str, optimize: str, seconds: float) -> ctypes.CDLL:
    """Build a library, load it, and keep it if that can be: what is loaded goes on when its file is deleted."""
    try:
        with tempfile.TemporaryDirectory(prefix="chalkgrad-", ignore_cleanup_errors=True) as folder:
            path = Path(folder) / f"program{cache.SUFFIX}"
            _compile(compiler, source, optimize, path, seconds)
            kept = cache.store(key, path.read_bytes())
            library = None if kept is None else _loaded(kept)
            return ctypes.CDLL(str(path)) if library is None else library
    except OSError as error:
        raise NoCompiler(f"What {compiler} built cannot be loaded: {_shortened(str(error))}") from None


def _compile(compiler: Compiler, source: str, optimize: str, path: Path, seconds: float) -> None:
    command = [*compiler.command, optimize, *compiler.flags, *FLAGS, *_system_flags(), "-x", "c", "-", "-o", str(path)]
    _run([*command, "-lm"], source, seconds, TMPDIR=str(path.parent))
    if not path.exists():
        raise NoCompiler(f"{compiler} does not work: it says nothing, and writes nothing.")


def _system_flags() -> tuple[str, ...]:
    if sys.platform == "darwin":  # a Python for Intel on a processor of Apple's needs a library for Intel
        return "-arch", platform.machine(), "-undefined", "dynamic_lookup"
    return ()


def _run(command: Sequence[str], text: str, seconds: float, **environment: str) -> str:
    """What a program prints. It is ended, with all that it has started, when its time is over or we are interrupted."""
    called = shlex.join(command[:1])
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C", **environment},
            start_new_session=True,
        )
    except OSError as error:
        raise NoCompiler(f"{called} cannot be run: {error.strerror or error}.") from None
    try:
        printed, said = process.communicate(text.encode(), timeout=seconds)
    except subprocess.TimeoutExpired:
        _end(process)
        raise NoCompiler(f"{called} took more than {seconds:.0f} s, and was stopped.") from None
    except BaseException:
        _end(process)
        raise
    if process.returncode:
        if words := _shortened(said.decode(errors="replace")):
            raise _Refused(f"{called} failed. It says: {words}")
        raise _Refused(f"{called} failed with exit code {process.returncode}. Name a C compiler in CC, or unset CC.")
    return str(printed, errors="replace")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and what it has started: a compiler does its work in programs of its own."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()


_WORDS = 300  # characters


def _shortened(said: str) -> str:
    """What a compiler says, from its first error on, in a few lines."""
    lines = said.strip().splitlines()
    first = next((i for i, line in enumerate(lines) if "error" in line), 0)
    words = " ".join(line.strip() for line in lines[first : first + 3])
    return words if len(words) <= _WORDS else f"{words[:_WORDS]} …"
