"""What a worker does to measure memory: the peak of its own process, which is why each measurement has a fresh one."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import timing

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
STEPS = 3


def of_steps(peer: str, network: str, dtype: str, samples: int | None = None) -> dict[str, int]:
    """Bytes: the "peak" of the process, and what the "steps" add to what Python, the library and the data take."""
    make, problem = timing.maker(peer, network, dtype, samples)
    before = forget_peak()
    step = make(*problem)
    for _ in range(STEPS):
        step()
    return {"peak": peak(), "steps": peak() - before}


def forget_peak() -> int:
    """Let the peak begin anew where the system can do that; what it begins with, in bytes."""
    if CLEAR.exists():
        CLEAR.write_text("5")
    return peak()


def peak() -> int:
    """The most memory that this process has held, in bytes."""
    if STATUS.exists():  # Linux counts the process that started this one into ru_maxrss
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
