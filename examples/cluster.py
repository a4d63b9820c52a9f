"""Training that several processes share: `python examples/cluster.py`. Needs the extra `dask`.

Here the workers are processes of this machine. On real machines, start `dask scheduler` on one and `dask worker
ADDRESS` on each, and write `Client("tcp://ADDRESS:8786")` in place of the LocalCluster.
"""

import dask.array as da
import numpy as np
from dask.distributed import Client, LocalCluster

import nn


def columns(block_info=None):
    """One chunk of the data, made where it is needed: no machine ever has all of them."""
    (_, (start, stop)) = block_info[None]["array-location"]
    return np.random.default_rng(start).standard_normal((20, stop - start))


def main():
    X = da.map_blocks(columns, chunks=((20,), (5_000,) * 8), dtype=float)  # (20, 40000), samples on the last axis
    Y = (da.sin(X[:1]) + X[1:2] * X[2:3] > 0).astype(float)

    model = nn.Sequential(nn.Linear(20, 32, seed=0), nn.Tanh(), nn.Linear(32, 1, seed=1), nn.Sigmoid())
    optimizer = nn.optim.Adam(model.parameters(), lr=0.01)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster, Client(cluster) as client:
        history = nn.fit(model, X, Y, loss="binary_cross_entropy", optimizer=optimizer, epochs=60, cluster=client)
    print(f"cost {history.cost[0]:.3f} -> {history.cost[-1]:.3f}, accuracy {history.accuracy[-1]:.1%}")


if __name__ == "__main__":  # the processes of a LocalCluster import this file
    main()
