"""The machine that a run was made on, as it is named beside the figures."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import numpy as np

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
        "cpu": cpu(),
        "threads": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "settings": {name: os.environ[name] for name in SETTINGS if name in os.environ},
    }


def cpu() -> str:
    """The processor's model."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()
