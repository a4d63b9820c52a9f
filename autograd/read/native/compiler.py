"""The system's C compiler: found, tried once, and run; what it built is loaded by ctypes.

Floating-point numbers are those that the source says, operation by operation, as NumPy computes them: no -ffast-math,
and no contraction. With `a*b - a*b` contracted to one fused operation the difference is the rounding error of a*b
instead of 0. Functions that are made for a fused operation call `fma` themselves.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import hashlib
import math
import os
import platform
import shlex
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograd.read.native import cache, cpu, interface, objects
from autograd.read.native.processes import NoCompiler, Refused, Work, finished, printed, shortened

__all__ = ["Compiler", "NoCompiler", "ahead", "build", "compiler"]

NAMES = ("cc", "gcc", "clang")
FLAGS = (
    "-O3",
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
_ADVICE = (
    "Install one (Debian, Ubuntu: apt install gcc libc6-dev; macOS: xcode-select --install; Windows: MinGW-w64), or "
    "name one in the environment variable CC."
)


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


def build(source: str) -> ctypes.CDLL:
    """The library that C source is built to, from the cache if it was built before. Raises NoCompiler."""
    return finished(_library(compiler(), source, SECONDS))


def compiler() -> Compiler:
    """The first compiler that works: that in the environment variable CC, or else cc, gcc or clang.

    Each is tried once in a process. Raises NoCompiler, with the reason in words.
    """
    asked = _asked()
    found = _KNOWN.get(asked)
    if found is None:
        begun = _AHEAD.searches.pop(asked) if asked in _AHEAD.searches else _found(*asked)
        found = _KNOWN.setdefault(asked, finished(begun))
    if isinstance(found, str):
        raise NoCompiler(found)
    return found


@contextlib.contextmanager
def ahead() -> Iterator[None]:
    """Let the compiler be tried meanwhile, if it was not yet: it then builds its trial while we do something else. What
    nobody has asked for in the end is given up."""
    asked = _asked()
    if asked in _KNOWN or asked in _AHEAD.searches:
        yield
        return
    search = _found(*asked)
    try:
        next(search)
        _AHEAD.searches[asked] = search
    except StopIteration as end:  # there is nothing to build
        _KNOWN.setdefault(asked, end.value)
    try:
        yield
    finally:
        _AHEAD.searches.pop(asked, None)
        search.close()


class _Ahead(threading.local):
    """What a thread has begun, by what it was asked with."""

    def __init__(self) -> None:
        self.searches: dict[tuple[str, str, str], Work[Compiler | str]] = {}


_KNOWN: dict[tuple[str, ...], Compiler | str] = {}
_LOADED: dict[str, ctypes.CDLL] = {}
_AHEAD = _Ahead()


def _asked() -> tuple[str, str, str]:
    """What it depends on which compiler is found."""
    return os.environ.get("CC", ""), os.environ.get("PATH", os.defpath), cpu.level()


# --- finding one ------------------------------------------------------------------------------------------------------


def _found(chosen: str, path: str, level: str) -> Work[Compiler | str]:
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
            return (yield from _tried((os.path.abspath(program), *options), level))
        except NoCompiler as error:
            reasons.append(str(error))
    return " ".join(reasons) or f"No C compiler was found, by none of the names {', '.join(NAMES)}. {_ADVICE}"


def _tried(command: tuple[str, ...], level: str) -> Work[Compiler]:
    """A compiler, if what it builds first gives what it should."""
    _refuse_stub(command)
    version = finished(printed([*command, "--version"], "", _TRIAL_SECONDS)).strip().partition("\n")[0]
    modified = os.stat(command[0]).st_mtime_ns
    levels = [([f"-march={march}"], of.name) for of in cpu.and_below(level) for march in of.march]
    *better, last = (
        Compiler(command, version, modified, (*flags, *more), of)
        for flags, of in [*levels, ([], platform.machine())]
        for more in (_CHOICES, ())
    )
    for candidate in better:
        with contextlib.suppress(Refused):  # it does not know these flags
            return (yield from _working(candidate))
    return (yield from _working(last))


def _working(candidate: Compiler) -> Work[Compiler]:
    """That compiler. Raises NoCompiler where what it builds does not work."""
    trial = (yield from _library(candidate, interface.text("entry.h"), _TRIAL_SECONDS)).cg_trial
    given, got = (ctypes.c_double * 9)(*range(1, 10)), (ctypes.c_double * 9)()
    trial(given, got, ctypes.c_int64(9))
    if not all(math.isclose(y, math.sqrt(x) + math.log(x), rel_tol=1e-15) for x, y in zip(given, got, strict=True)):
        raise NoCompiler(f"{candidate} does not work: a program that it built gives wrong numbers.")
    return candidate


def _refuse_stub(command: Sequence[str]) -> None:
    """On macOS without the developer tools, /usr/bin/cc is a program that opens a window and offers to install them."""
    if sys.platform == "darwin" and os.path.dirname(command[0]) == "/usr/bin":
        try:
            finished(printed(["/usr/bin/xcode-select", "-p"], "", _TRIAL_SECONDS))
        except NoCompiler:
            raise NoCompiler(f"{command[0]} needs the developer tools of macOS. Run: xcode-select --install") from None


# --- running it -------------------------------------------------------------------------------------------------------


def _library(compiler: Compiler, source: str, seconds: float) -> Work[ctypes.CDLL]:
    """The library for a source: loaded already, or kept from an earlier time, or built now."""
    key = _key(compiler, source)
    library = _LOADED.get(key)
    if library is None:
        found = _kept(key) or (yield from _built(key, compiler, source, seconds))
        library = _LOADED.setdefault(key, found)
    return library


def _key(compiler: Compiler, source: str) -> str:
    """What a library depends on, in 32 digits."""
    told = (compiler, FLAGS, _system_flags(), sys.platform, platform.machine(), sys.maxsize, source)
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


def _built(key: str, compiler: Compiler, source: str, seconds: float) -> Work[ctypes.CDLL]:
    """Build a library, load it, and keep it if that can be: what is loaded goes on when its file is deleted."""
    try:
        with _folder() as folder:
            path = folder / f"program{cache.SUFFIX}"
            yield from _compile(compiler, source, path, seconds)
            kept = cache.store(key, path.read_bytes())
            library = None if kept is None else _loaded(kept)
            return ctypes.CDLL(str(path)) if library is None else library
    except OSError as error:
        raise NoCompiler(f"What {compiler} built cannot be loaded: {shortened(str(error))}") from None


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A folder for a while. Unlike one of tempfile's, it is not deleted by a process that was forked off meanwhile and
    ends."""
    path, owner = tempfile.mkdtemp(prefix="chalkgrad-"), os.getpid()

    def delete() -> None:
        if os.getpid() == owner:
            shutil.rmtree(path, ignore_errors=True)

    atexit.register(delete)  # where a thread of ours ends with its process
    try:
        yield Path(path)
    finally:
        delete()
        atexit.unregister(delete)


def _compile(compiler: Compiler, source: str, path: Path, seconds: float) -> Work[None]:
    command = [*compiler.command, *compiler.flags, *FLAGS, *_system_flags(), "-x", "c", "-", "-o", str(path)]
    yield from printed([*command, "-lm"], source, seconds, TMPDIR=str(path.parent))
    if not path.exists():
        raise NoCompiler(f"{compiler} does not work: it says nothing, and writes nothing.")


def _system_flags() -> tuple[str, ...]:
    if sys.platform == "darwin":  # a Python for Intel on a processor of Apple's needs a library for Intel
        return "-arch", platform.machine(), "-undefined", "dynamic_lookup"
    return ()
