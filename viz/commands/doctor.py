"""`chalkgrad doctor`."""

from __future__ import annotations

import argparse
import platform
import shlex
from collections.abc import Iterator

from viz.commands.common import Commands, command
from viz.destination import Refused


def declare(commands: Commands) -> None:
    """See viz.commands."""
    parser = command(
        commands,
        "doctor",
        "say what chalkgrad finds on this machine",
        'The C compiler and what belongs to it: ag.compile(f, backend="c" or "auto") builds programs by them.',
    )
    parser.add_argument("--clear-cache", action="store_true", help="delete what was built; it is built again when used")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """See viz.commands."""
    from autograd.printable import printable

    lines = _cleared() if given.clear_cache else _found()
    for what, said in lines:
        print(f"{what:<16} {printable(said)}")
    return 0


def _found() -> Iterator[tuple[str, str]]:
    """What there is, and what is said of it."""
    import numpy as np

    from autograd.read.native import blas, cpu
    from autograd.read.native.compiler import NoCompiler, compiler
    from viz.picture.layout import LayoutError, find_dot

    yield "Python", f"{platform.python_version()}, with NumPy {np.__version__}"
    try:
        found = compiler()
        yield "C compiler", f"{found}, which works: {found.version}"
        level = (
            found.level if found.level == cpu.level() else f"{cpu.level()}, but the compiler knows {found.level} only"
        )
    except NoCompiler as reason:
        yield "C compiler", f"none, so that programs run by NumPy. {reason}"
        level = cpu.level()
    yield "processor", level
    own = blas.name("float64") if blas.gemm("float64") is not None else None
    yield "matrix products", f"by NumPy's BLAS, from C as well: {own}" if own else "by NumPy: C cannot call its BLAS"
    yield "cache", _cache()
    try:
        yield "layout engine", find_dot()
    except LayoutError as reason:
        yield "layout engine", str(reason).partition("\n")[0]


def _cache() -> str:
    from autograd.read.native import cache

    folder = cache.folder()
    if folder is None:
        return "none, since there is no home: programs are built in each process. Name a folder by CHALKGRAD_CACHE."
    reason = cache.refusal(folder)
    if reason is not None:
        return (
            f"{shlex.quote(str(folder))} is not used: {reason}. Programs are built in each process. "
            "Name another folder by CHALKGRAD_CACHE."
        )
    kept = f"{shlex.quote(str(folder))}: {_amount(cache.usage())} of at most {cache.LIMIT >> 20} MB"
    reason = cache.obstacle(folder)
    if reason is not None:
        kept += (
            f". Nothing new is kept, since {reason}: other programs are built in each process. "
            "Make it writable, or name another folder by CHALKGRAD_CACHE."
        )
    return kept


def _cleared() -> Iterator[tuple[str, str]]:
    """What was deleted. Raises Refused where that cannot be."""
    from autograd.read.native import cache

    try:
        deleted = cache.clear()
    except OSError as error:
        raise Refused(f"The cache cannot be cleared: {error.strerror}: {error.filename!r}.") from None
    yield "cache", f"{_amount(deleted)} deleted from {shlex.quote(str(cache.folder()))}"


def _amount(usage: tuple[int, int]) -> str:
    n, size = usage
    return f"{n} librar{'y' if n == 1 else 'ies'}, {size / 2**20:.1f} MB"
