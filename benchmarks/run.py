"""Compare training steps side by side, in one run: `make bench`.

Machines are shared and noisy, so the ways of writing a step take turns, and of many turns the best of each counts.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable, Sequence

import networks
import numpy as np
from rich.console import Console
from rich.table import Table

# The bounds that each figure is held to: with Tensors, through nn.
BOUNDS = {"2-4-1": (1.8, 2.2), "64-32-10": (1.8, 2.2)}
OTHERS = (1.15, 1.2)


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


def main() -> int:
    """Measure, print the table; exit code 1 where a ratio is above its bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60, help="turns of each way of writing the step")
    rounds = parser.parse_args().rounds
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
    Console(width=100).print(table)
    print(f"{missed} of {4 * len(networks.SIZES)} ratios above their bound.")
    return int(missed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
