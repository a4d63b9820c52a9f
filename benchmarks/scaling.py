"""What a step costs that workers of a Dask cluster share: `python benchmarks/scaling.py [--write-docs]`.

The workers are processes of this machine, each with one thread, so what is measured is what sharing costs; more workers
than cores compute nothing faster. The best of several turns counts, since machines are shared and noisy.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from itertools import pairwise
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"  # as in the workers: before NumPy is imported

import numpy as np

import nn

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scaling.md"
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->"
NETWORKS = {"20-32-1, 4,096 columns": ((20, 32, 1), 4096), "784-256-10, 2,048 columns": ((784, 256, 10), 2048)}
WORKERS = (1, 2, 4)
SECONDS = 15.0  # for each figure


def measured(sizes: tuple[int, ...], m: int, client: object = None) -> float:
    """The seconds of the fastest step."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((sizes[0], m))
    Y = rng.random((sizes[-1], m))
    layers = [nn.Linear(sizes[0], sizes[1], seed=0), nn.Tanh(), nn.Linear(sizes[1], sizes[2], seed=1)]
    model = nn.Sequential(*layers)
    ends = [time.perf_counter()]

    def is_enough(trainer: nn.train.Trainer, history: nn.History) -> bool:
        ends.append(time.perf_counter())
        return len(ends) > 20 and ends[-1] - ends[1] > SECONDS

    nn.fit(
        model,
        X,
        Y,
        loss="mse",
        optimizer=nn.optim.SGD(model.parameters(), lr=0.001),
        epochs=100_000,
        callbacks=is_enough,
        cluster=client,
        progress=False,
    )
    return float(np.min(np.diff(ends[1:])))  # the first epoch is that of setting up


def tables() -> str:
    """The measurements as Markdown."""
    from dask.distributed import Client, LocalCluster

    rows = {name: [measured(*network)] for name, network in NETWORKS.items()}
    for n in WORKERS:
        with LocalCluster(n, threads_per_worker=1, dashboard_address=":0") as cluster, Client(cluster) as client:
            for name, network in NETWORKS.items():
                rows[name].append(measured(*network, client))
    heads = ["one process, no cluster", *(f"{n} worker{'s' * (n > 1)}" for n in WORKERS)]
    lines = [f"| network | parameters | {' | '.join(heads)} |", f"| --- | ---: |{' ---: |' * len(heads)}"]
    for name, times in rows.items():
        sizes, _ = NETWORKS[name]
        parameters = sum(a * b + b for a, b in pairwise(sizes))
        lines.append(f"| {name} | {parameters:,} | {' | '.join(f'{1e3 * t:.1f} ms' for t in times)} |")
    where = f"{os.cpu_count()} cores, Python {platform.python_version()}, NumPy {np.__version__}"
    load = os.getloadavg()[0]
    said = f"Time of a step in float64, the fastest within {SECONDS:.0f} s; {where}; {load:.0f} programs ran beside it."
    return f"{said}\n\n" + "\n".join(lines)


if __name__ == "__main__":  # the processes of a LocalCluster import this file
    found = tables()
    print(found)
    if "--write-docs" in sys.argv:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}{found}\n{END}{rest.partition(END)[2]}", encoding="utf-8")
