"""Compare training steps side by side, in one run: `make bench`.

Machines are shared and noisy, so the ways of writing a step take turns, and of many turns the best of each counts.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import resource
import time
from collections.abc import Callable, Sequence

import networks
import numpy as np
import scalars
from rich.console import Console
from rich.table import Table

import autograd as ag

# The bounds that each figure is held to: with Tensors, through nn.
BOUNDS = {"2-4-1": (1.8, 2.2), "64-32-10": (1.8, 2.2)}
OTHERS = (1.15, 1.2)
SCALAR_BOUND = 0.67


def best_of(ways: Sequence[Callable[[], object]], rounds: int, seconds: float = 0.002) -> list[float]:
    """The best time of one call of each, in seconds; the ways take turns of about `seconds` each."""
    calls = []
    for way in ways:
        way()
        start = time.perf_counter()
        way()
        calls.append(max(1, int(seconds / (time.perf_counter() - start))))
    best = [float("inf")] * len(ways)
    for _ in range(rounds):
        for i, way in enumerate(ways):
            start = time.perf_counter()
            for _ in range(calls[i]):
                way()
            best[i] = min(best[i], (time.perf_counter() - start) / calls[i])
    return best


def machine() -> str:
    """The processor and the number of threads."""
    model = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), model)
    return f"{model}, {os.cpu_count()} threads; Python {platform.python_version()}, NumPy {np.__version__}"


def against_micrograd(rounds: int) -> bool:
    """Print the ratio to micrograd's time for the same scalar network; whether it is above the bound."""
    try:
        ways = scalars.chalkgrad(), scalars.micrograd()
    except ImportError:
        print("micrograd is not installed, so scalars are not compared: pip install 'chalkgrad[bench]'")
        return False
    assert abs(ways[0]() - ways[1]()) < 1e-12
    ours, theirs = best_of(ways, rounds, seconds=0.02)
    ratio = ours / theirs
    print(f"scalar 2-16-16-1 network: {ours * 1e6:.0f} µs, {ratio:.2f} × micrograd's time (bound {SCALAR_BOUND})")
    return ratio > SCALAR_BOUND


def growth(depths: Sequence[int]) -> Table:
    """Time per operation of a chain of scalar operations: forward, backward, and freeing it."""
    table = Table(title="a chain of scalar operations: µs per operation")
    for head in ("operations", "forward", "without gc", "backward", "freed", "peak memory, MB"):
        table.add_column(head, justify="right")
    for n in depths:
        forward, backward, freed = chain(n)
        gc.disable()
        bare = chain(n)[0]
        gc.enable()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        table.add_row(f"{n:,}", *(f"{t / n * 1e6:.2f}" for t in (forward, bare, backward, freed)), f"{peak:.0f}")
    return table


def chain(n: int) -> tuple[float, float, float]:
    """Seconds to record n multiplications, to sweep back, and to free the graph."""
    x = y = ag.Tensor(1.0)
    times = [time.perf_counter()]
    for _ in range(n):
        y = y * 1.0000001
    times.append(time.perf_counter())
    y.backward()
    times.append(time.perf_counter())
    del y
    times.append(time.perf_counter())
    assert abs(x.grad / 1.0000001**n - 1) < 1e-9
    return times[1] - times[0], times[2] - times[1], times[3] - times[2]


def main() -> int:
    """Measure, print the tables; exit code 1 where a ratio is above its bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="turns of each way of writing the step")
    rounds = parser.parse_args().rounds
    console = Console(width=100)
    table = Table(title=machine())
    for head in ("network", "dtype", "NumPy by hand", "Tensors", "bound", "nn", "bound"):
        table.add_column(head, justify="right")
    missed = 0
    for dtype in (np.float64, np.float32):
        for name in networks.SIZES:
            ways = [way(name, dtype) for way in (networks.by_hand, networks.with_tensors, networks.with_nn)]
            hand, tensors, layers = best_of(ways, rounds)
            bounds = BOUNDS.get(name, OTHERS)
            missed += (tensors / hand > bounds[0]) + (layers / hand > bounds[1])
            row = (
                f"{hand * 1e6:.1f} µs",
                f"{tensors / hand:.2f}",
                str(bounds[0]),
                f"{layers / hand:.2f}",
                str(bounds[1]),
            )
            table.add_row(name, dtype.__name__, *row)
    console.print(table)
    missed += against_micrograd(rounds)
    console.print(growth([10**3, 10**4, 10**5, 10**6]))
    print(f"{missed} of {4 * len(networks.SIZES) + 1} ratios above their bound.")
    return int(missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
