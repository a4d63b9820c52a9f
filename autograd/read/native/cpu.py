"""What the processor can do, as far as compiled code depends on it."""

from __future__ import annotations

import ctypes
import platform
import sys
from functools import cache

LEVEL_3 = "x86-64-v3"  # AVX2 and FMA: Intel since 2013, AMD since 2015
# As Linux calls what belongs to it; lzcnt is in "abm".
_LINUX = frozenset({"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"})
_MACOS = ("avx2_0", "bmi1", "bmi2", "f16c", "fma")
_WINDOWS_AVX2 = 40  # PF_AVX2_INSTRUCTIONS_AVAILABLE; every processor that has it so far has the others


@cache
def level() -> str:
    """ "x86-64-v3" where the processor has all that belongs to it, else the architecture alone: "x86_64", "aarch64"."""
    machine = platform.machine()
    if machine.lower() not in ("x86_64", "amd64") or sys.maxsize < 2**32:
        return machine
    return LEVEL_3 if _has_level_3() else machine


def _has_level_3() -> bool:
    """Whether it has. Linux says it in a file; the other systems have to be asked."""
    try:
        if sys.platform == "linux":
            return _linux_flags() >= _LINUX
        if sys.platform == "darwin":
            return all(_asked_macos(f"hw.optional.{feature}") for feature in _MACOS)
        if sys.platform == "win32":
            return bool(ctypes.windll.kernel32.IsProcessorFeaturePresent(_WINDOWS_AVX2))
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
