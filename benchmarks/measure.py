"""All that a run measures, as the data that `results.json` holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import bounds
import growth
import images
import machine
import scalars
from networks import SAMPLES
from processes import alone
from race import better, race
from roster import ENVIRONMENTS, HOME, Peer, chosen

DTYPES = ("float64", "float32")


@dataclass(frozen=True)
class Plan:
    """How much: `rounds` turns of each way in each of `launches` of a race, for these networks and peers."""

    rounds: int = 20
    launches: int = 2
    depths: Sequence[int] = growth.DEPTHS
    networks: Sequence[str] = tuple(SAMPLES)
    environments: Sequence[str] = tuple(ENVIRONMENTS)

    def peers(self, kind: str = "arrays") -> list[Peer]:
        """The ways that take part."""
        return chosen(self.environments, kind)


QUICK = {"rounds": 5, "launches": 1, "depths": growth.DEPTHS[:-1]}


def steps(plan: Plan) -> list[dict[str, Any]]:
    """Training steps of every network in both precisions."""
    problems = [(network, dtype) for dtype in DTYPES for network in plan.networks]
    races = best_of(plan, lambda: [raced(plan, *problem) for problem in problems])
    return [
        {"network": network, "dtype": dtype, "entries": entries}
        for (network, dtype), entries in zip(problems, races, strict=True)
    ]


def on_scalars(plan: Plan) -> dict[str, Any]:
    """micrograd's benchmark."""
    (entries,) = best_of(plan, lambda: [raced(plan, scalars.NETWORK, "float64")])
    return {"network": scalars.NETWORK, "dtype": "float64", "entries": entries}


def on_images(plan: Plan) -> list[dict[str, Any]]:
    """A convolutional network in both precisions."""
    races = best_of(plan, lambda: [raced(plan, images.NETWORK, dtype) for dtype in DTYPES])
    return [
        {"network": images.NETWORK, "dtype": dtype, "entries": entries}
        for dtype, entries in zip(DTYPES, races, strict=True)
    ]


def raced(plan: Plan, network: str, dtype: str) -> list[dict[str, Any]]:
    """One race; that it was run is said."""
    began = time.perf_counter()
    if network == scalars.NETWORK:
        entries = race(plan.peers("scalars"), network, dtype, max(3, plan.rounds // 4), turn=scalars.TURN)
    else:
        entries = race(plan.peers("images" if network == images.NETWORK else "arrays"), network, dtype, plan.rounds)
    print(f"{network} {dtype}: {time.perf_counter() - began:.0f} s", flush=True)
    return entries


def best_of(plan: Plan, races: Callable[[], list[list[dict[str, Any]]]]) -> list[list[dict[str, Any]]]:
    """The best of several launches. Every race is run before any is run again, so a busy spell hits each only once."""
    best = races()
    for _ in range(plan.launches - 1):
        best = [[better(*pair) for pair in zip(*both, strict=True)] for both in zip(best, races(), strict=True)]
    return best


def memory(plan: Plan) -> list[dict[str, Any]]:
    """The peak memory of training steps, every way of every network in a fresh process."""
    table = []
    for network in plan.networks:
        entries = [
            {"peer": peer.name}
            | alone(peer.environment, "memory.of_steps", peer=peer.name, network=network, dtype="float64")
            for peer in plan.peers()
        ]
        table.append({"network": network, "entries": entries})
    print("memory", flush=True)
    return table


def deriving(plan: Plan) -> dict[str, Any]:
    """The time of deriving the formulas of a network."""
    return alone(HOME, "deriving.costs", network=bounds.LARGEST_READ, dtype="float64")


def grown(plan: Plan) -> dict[str, Any]:
    """Growth with depth, width and batch."""
    kinds = {"width": (growth.WIDTHS, growth.wide), "batch": (growth.BATCHES, growth.batch)}
    races = best_of(plan, lambda: [growth.with_size(sizes, plan.rounds, problem) for sizes, problem in kinds.values()])
    sizes = {
        what: [growth.memory(entry, problem) for entry in entries]
        for (what, (_, problem)), entries in zip(kinds.items(), races, strict=True)
    }
    found = {"depth": growth.with_depth(plan.depths), **sizes}
    print("growth", flush=True)
    return found


PARTS: dict[str, Callable[[Plan], Any]] = {
    "steps": steps,
    "scalars": on_scalars,
    "images": on_images,
    "memory": memory,
    "deriving": deriving,
    "growth": grown,
}


def whole(plan: Plan, parts: Sequence[str]) -> bool:
    """Whether nothing is left out."""
    return plan == Plan() and set(parts) == set(PARTS)


def everything(plan: Plan, parts: Sequence[str]) -> dict[str, Any]:
    """The results of these parts, with the machine and the versions they come from."""
    return {
        "machine": machine.described(),
        "plan": {"rounds": plan.rounds, "launches": plan.launches},
        "whole": whole(plan, parts),
        "versions": {name: alone(name, "timing.version", distribution=name) for name in plan.environments},
        **{part: PARTS[part](plan) for part in parts},
    }
