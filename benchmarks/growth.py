"""How time and memory grow: with the depth of a graph of scalars, with the width of a network, with the batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from processes import alone
from race import Crew, race
from roster import HOME, PEERS

DEPTHS = tuple(10**k for k in range(2, 7))
WIDTHS = tuple(4**k for k in range(2, 7))  # of the inner layer of 64-…-10, 64 samples
BATCHES = tuple(10**k for k in range(6))  # of 64-32-10
WAYS = ("numpy_by_hand", "chalkgrad_tensors", "chalkgrad_compiled", "chalkgrad_compiled_c")


def with_depth(depths: Sequence[int] = DEPTHS) -> list[dict[str, Any]]:
    """Of a chain of scalar operations: seconds for each part, and bytes. Every length has a process of its own."""
    return [{"size": n, **alone(HOME, "chain.costs", n=n)} for n in depths]


def with_size(sizes: Sequence[int], rounds: int, problem: Callable[[int], tuple[str, int]]) -> list[dict[str, Any]]:
    """Of a training step: seconds of each way, for networks and samples that depend on a size."""
    peers = [peer for peer in PEERS if peer.name in WAYS]
    with Crew() as crew:
        return [
            {"size": size, **entry}
            for size, (network, samples) in ((size, problem(size)) for size in sizes)
            for entry in race(crew, peers, network, "float64", rounds, samples)
        ]


def memory(entry: dict[str, Any], problem: Callable[[int], tuple[str, int]]) -> dict[str, Any]:
    """An entry of `with_size`, and the bytes that the step takes."""
    if "failure" in entry:
        return entry
    network, samples = problem(entry["size"])
    used = alone(HOME, "memory.of_steps", peer=entry["peer"], network=network, dtype="float64", samples=samples)
    return {**entry, "bytes": used["steps"]} if "steps" in used else entry


def wide(width: int) -> tuple[str, int]:
    """The network of that width, and its samples."""
    return f"64-{width}-10", 64


def batch(samples: int) -> tuple[str, int]:
    """The network of that batch, and its samples."""
    return "64-32-10", samples
