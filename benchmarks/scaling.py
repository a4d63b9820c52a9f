"""What a step costs that workers of a Dask cluster share: `python benchmarks/scaling.py [--write-docs]`.

The workers are processes of this machine, each with one thread, so what is measured is what sharing costs; more workers
than cores compute nothing faster. Of the time that passes the fastest step counts, since machines are shared and noisy;
processor time, of this process and of each worker, depends on that far less.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # as in the workers: before NumPy is imported

import numpy as np

import nn

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scaling.md"
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->"
NETWORKS = {"20-32-1, 4,096 columns": ((20, 32, 1), 4096), "784-256-10, 2,048 columns": ((784, 256, 10), 2048)}
WORKERS = (1, 2, 4)
STEPS = 40


class Cost(NamedTuple):
    """Seconds for one step: the fastest, and on average of processor time here and in each worker."""

    fastest: float
    here: float
    there: float | None


def measured(sizes: tuple[int, ...], m: int, client: Any = None) -> Cost:
    """Train for a while, and take the times."""
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((sizes[0], m)), rng.random((sizes[-1], m))
    model = nn.Sequential(nn.Linear(sizes[0], sizes[1], seed=0), nn.Tanh(), nn.Linear(sizes[1], sizes[2], seed=1))
    ends: list[float] = []
    used: list[tuple[float, float]] = []

    def look(trainer: nn.train.Trainer, history: nn.History) -> None:
        if history.epochs in (5, 5 + STEPS):  # the first epochs are those of setting up
            there = sum(client.run(time.process_time).values()) if client else 0.0
            used.append((time.process_time(), there))
        ends.append(time.perf_counter())

    nn.fit(
        model,
        X,
        Y,
        loss="mse",
        optimizer=nn.optim.SGD(model.parameters(), lr=0.001),
        epochs=5 + STEPS,
        callbacks=look,
        cluster=client,
        progress=False,
    )
    (here, there), (later_here, later_there) = used
    workers = len(client.nthreads()) if client else 1
    fastest = float(np.min(np.diff(ends[5:])))
    return Cost(fastest, (later_here - here) / STEPS, (later_there - there) / STEPS / workers if client else None)


def tables() -> str:
    """The measurements as Markdown."""
    import dask
    from dask.distributed import Client, LocalCluster

    # What workers do all the time for the dashboard would count as time of steps, the more the slower these are.
    dask.config.set({"distributed.worker.profile.enabled": False, "distributed.admin.system-monitor.interval": "60s"})
    costs = {(name, 0): measured(*network) for name, network in NETWORKS.items()}
    for n in WORKERS:
        with (
            LocalCluster(n_workers=n, threads_per_worker=1, dashboard_address=":0") as cluster,
            Client(cluster) as client,
        ):
            costs |= {(name, n): measured(*network, client) for name, network in NETWORKS.items()}
    heads = ["network", "parameters", "workers", "fastest step", "processor time here", "in each worker"]
    lines = [f"| {' | '.join(heads)} |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for name, (sizes, _) in NETWORKS.items():
        parameters = sum(a * b + b for a, b in pairwise(sizes))
        for n in (0, *WORKERS):
            times = ["" if t is None else f"{1e3 * t:.1f} ms" for t in costs[name, n]]
            lines.append(f"| {name} | {parameters:,} | {n or 'no cluster'} | {' | '.join(times)} |")
    where = f"{os.cpu_count()} cores, Python {platform.python_version()}, NumPy {np.__version__}"
    said = f"One step in float64, of {STEPS}; {where}; {os.getloadavg()[0]:.0f} other programs were running."
    return f"{said}\n\n" + "\n".join(lines)


if __name__ == "__main__":  # the processes of a LocalCluster import this file
    found = tables()
    print(found)
    if "--write-docs" in sys.argv:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}{found}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
