"""What the processor can do, as far as compiled code depends on it."""

from __future__ import annotations

import ctypes
import platform
import sys
from functools import cache
from typing import NamedTuple


class Level(NamedTuple):
    """What a processor of Intel's or AMD's may have: its name, what compilers and systems call all that belongs to it.

    march     how a compiler is asked for it, the better way first: gcc knows the first since 11, clang since 12
    windows   the feature that IsProcessorFeaturePresent is asked for; None where no single one says it
    """

    name: str
    march: tuple[str, ...]
    linux: frozenset[str]
    macos: tuple[str, ...]
    windows: int | None


LEVEL_3 = Level(  # AVX2 and FMA: Intel since 2013, AMD since 2015
    "x86-64-v3",
    ("x86-64-v3", "haswell"),
    frozenset({"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"}),  # lzcnt is in "abm"
    ("avx2_0", "bmi1", "bmi2", "f16c", "fma"),
    40,  # PF_AVX2_INSTRUCTIONS_AVAILABLE; every processor that has it so far has the others
)
_WIDE = ("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl")
LEVEL_4 = Level(  # AVX-512: servers of Intel's since 2017, AMD since 2022
    "x86-64-v4", ("x86-64-v4", "skylake-avx512"), LEVEL_3.linux | {*_WIDE}, (*LEVEL_3.macos, *_WIDE), None
)
LEVELS = (LEVEL_4, LEVEL_3)  # each has all that the next one has


@cache
def level() -> str:
    """The name of the first of LEVELS that the processor has, else the architecture alone: "x86_64", "aarch64"."""
    machine = platform.machine()
    if machine.lower() not in ("x86_64", "amd64") or sys.maxsize < 2**32:
        return machine
    return next((it.name for it in LEVELS if _has(it)), machine)


def and_below(name: str) -> tuple[Level, ...]:
    """The level of that name and those that a processor with it has, too; () for what is no level."""
    names = [it.name for it in LEVELS]
    return LEVELS[names.index(name) :] if name in names else ()


def _has(level: Level) -> bool:
    """Whether the processor has it. Linux says it in a file; the other systems have to be asked."""
    try:
        if sys.platform == "linux":
            return _linux_flags() >= level.linux
        if sys.platform == "darwin":
            return all(_asked_macos(f"hw.optional.{feature}") for feature in level.macos)
        if sys.platform == "win32" and level.windows is not None:
            return bool(ctypes.windll.kernel32.IsProcessorFeaturePresent(level.windows))
    except (OSError, AttributeError):  # no such file, no such function: a system that hides its processor
        pass
    return False


def _linux_flags() -> set[str]:
    """What the first processor has; the others have the same."""
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        return next((set(line.partition(":")[2].split()) for line in file if line.startswith("flags")), set())


def _asked_macos(name: str) -> bool:
    answer, size = ctypes.c_int(0), ctypes.c_size_t(ctypes.sizeof(ctypes.c_int))
    system = ctypes.CDLL(None)
    return system.sysctlbyname(name.encode(), ctypes.byref(answer), ctypes.byref(size), None, 0) == 0 and bool(answer)
