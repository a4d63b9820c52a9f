"""What a worker does to measure how costs grow with the depth of a graph: a chain of scalar operations."""

from __future__ import annotations

import gc
import time
import tracemalloc

import autograd as ag

FACTOR = 1.0000001
REPEATED = 30_000  # operations: a short chain is repeated until it has as many, and the best time counts


def costs(n: int) -> dict[str, float]:
    """Seconds to record n multiplications, with and without Python's collector, to sweep back, to free; and bytes."""
    repeats = max(2, REPEATED // n)
    runs = [passes(n) for _ in range(repeats)]
    gc.disable()
    without = min(passes(n)["forward"] for _ in range(repeats))
    gc.enable()
    best = {part: min(run[part] for run in runs) for part in runs[0]}
    return {**best, "without gc": without, "bytes": traced(n)}


def traced(n: int) -> int:
    """The most that Python has allocated meanwhile: exact, where a process grows by whole pages."""
    tracemalloc.start()
    passes(n)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def passes(n: int) -> dict[str, float]:
    """Seconds to record the chain, to sweep back through it, and to free it."""
    x = y = ag.Tensor(1.0)
    times = [time.perf_counter()]
    for _ in range(n):
        y = y * FACTOR
    times.append(time.perf_counter())
    y.backward()
    times.append(time.perf_counter())
    del y
    times.append(time.perf_counter())
    assert abs(x.grad / FACTOR**n - 1) < 1e-9
    return {"forward": times[1] - times[0], "backward": times[2] - times[1], "freed": times[3] - times[2]}
