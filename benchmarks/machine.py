"""The machine that a run was made on, as it is named beside the figures; and of what state of the code they are."""

from __future__ import annotations

import datetime
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

INFO = Path("/proc/cpuinfo")
VECTORS = {"avx512f": "AVX-512", "avx2": "AVX2"}  # what NumPy, BLAS and compilers have made use of
# Who sets one of these changes the figures, so they are named where they are set.
SETTINGS = (
    "OMP_NUM_THREADS",
    "OMP_WAIT_POLICY",
    "OPENBLAS_NUM_THREADS",
    "OPENBLAS_CORETYPE",
    "MKL_NUM_THREADS",
    "XLA_FLAGS",
)


def described() -> dict[str, Any]:
    """Processor, threads, versions, and the settings that libraries read."""
    return {
        "name": " ".join(filter(None, (cpu(), vectors()))),
        "threads": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "settings": {name: os.environ[name] for name in SETTINGS if name in os.environ},
    }


def made() -> dict[str, str]:
    """The commit, with a plus where files were changed since, and the day."""
    commit = _git("rev-parse", "--short=7", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no")
    today = datetime.datetime.now(datetime.UTC).date()
    return {"commit": commit + ("+" if changed else "") if commit else "unknown", "date": today.isoformat()}


def slug(name: str) -> str:
    """The machine's name as that of a file."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def cpu() -> str:
    """The processor's model."""
    return _line("model name") or platform.processor() or platform.machine()


def vectors() -> str:
    """The widest vectors that the processor has, where it makes a difference."""
    flags = _line("flags").split()
    return next((name for flag, name in VECTORS.items() if flag in flags), "")


def _line(key: str) -> str:
    """What the system says of the first processor."""
    lines = INFO.read_text().splitlines() if INFO.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")


def _git(*words: str) -> str:
    """What git says, if it is there and this is a clone."""
    try:
        said = subprocess.run(["git", *words], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""
