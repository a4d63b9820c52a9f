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
import race
import scalars
from networks import SAMPLES
from processes import alone
from roster import ENVIRONMENTS, HOME, PEERS, Peer, chosen

DTYPES = ("float64", "float32")
RIVAL_COMPILERS = ("jax_jit", "torch_compile")


@dataclass(frozen=True)
class Plan:
    """How much: `rounds` turns of each way in each of `launches` of a race, for these networks and peers."""

    rounds: int = 10
    launches: int = 1
    depths: Sequence[int] = growth.DEPTHS
    networks: Sequence[str] = tuple(SAMPLES)
    environments: Sequence[str] = tuple(ENVIRONMENTS)
    long_compiling: bool = True  # torch.compile, and 6,500 operations on scalars, take most of a minute each

    def peers(self, kind: str = "arrays") -> list[Peer]:
        """The ways that take part."""
        return chosen(self.environments, kind)


QUICK = {"rounds": 3, "depths": growth.DEPTHS[:-1], "long_compiling": False}
QUICK_PARTS = ("steps", "scalars", "images", "compiling", "deriving")


def steps(plan: Plan) -> list[dict[str, Any]]:
    """Training steps of every network in both precisions."""
    return raced(plan, [(network, dtype) for dtype in DTYPES for network in plan.networks])


def on_scalars(plan: Plan) -> dict[str, Any]:
    """micrograd's benchmark."""
    return raced(plan, [(scalars.NETWORK, "float64")])[0]


def on_images(plan: Plan) -> list[dict[str, Any]]:
    """A convolutional network in both precisions."""
    return raced(plan, [(images.NETWORK, dtype) for dtype in DTYPES])


def raced(plan: Plan, problems: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Races for these networks and precisions, in several launches.

    Every race is run before any is run again, so a busy spell hits each only once.
    """
    launches = []
    for _ in range(plan.launches):
        with race.Crew() as crew:
            launches.append([timed(crew, plan, *problem) for problem in problems])
    return [
        {"network": network, "dtype": dtype, "entries": [race.together(entries) for entries in zip(*found)]}
        for (network, dtype), *found in zip(problems, *launches, strict=True)
    ]


def timed(crew: race.Crew, plan: Plan, network: str, dtype: str) -> list[dict[str, Any]]:
    """One race; that it was run is said."""
    began = time.perf_counter()
    if network == scalars.NETWORK:
        rounds = max(1, plan.rounds // 4)
        entries = race.race(crew, plan.peers("scalars"), network, dtype, rounds, turns=race.SCALARS)
    else:
        kind = "images" if network == images.NETWORK else "arrays"
        entries = race.race(crew, plan.peers(kind), network, dtype, plan.rounds)
    said(f"{network} {dtype}", began)
    return entries


def memory(plan: Plan) -> list[dict[str, Any]]:
    """The peak memory of training steps, every way of every network in a fresh process."""
    began, table = time.perf_counter(), []
    for network in plan.networks:
        entries = [
            {"peer": peer.name}
            | alone(peer.environment, "memory.of_steps", peer=peer.name, network=network, dtype="float64")
            for peer in plan.peers()
        ]
        table.append({"network": network, "entries": entries})
    said("memory", began)
    return table


def deriving(plan: Plan) -> dict[str, Any]:
    """The time of deriving the formulas of a network."""
    return alone(HOME, "deriving.costs", network=bounds.LARGEST_READ, dtype="float64")


def compiling(plan: Plan) -> list[dict[str, Any]]:
    """The time until a compiled way has done its first step, in a fresh process; scalars, too."""
    began = time.perf_counter()
    problems = [(bounds.COMPILED_C, network, dtype) for dtype in DTYPES for network in plan.networks]
    problems += [(bounds.COMPILED, bounds.LARGEST_READ, dtype) for dtype in DTYPES]
    if plan.long_compiling:
        problems += [(way, bounds.LARGEST_READ, "float64") for way in RIVAL_COMPILERS]
        problems += [(way, scalars.LONG, "float64") for way in bounds.COMPILED_SCALARS]
    environment = {peer.name: peer.environment for peer in PEERS if peer.environment in (HOME, *plan.environments)}
    found = [
        {"peer": way, "network": network, "dtype": dtype}
        | alone(environment[way], "compiling.first", peer=way, network=network, dtype=dtype)
        for way, network, dtype in problems
        if way in environment
    ]
    said("compiling", began)
    return found


def grown(plan: Plan) -> dict[str, Any]:
    """Growth with depth, width and batch."""
    began = time.perf_counter()
    kinds = {"width": (growth.WIDTHS, growth.wide), "batch": (growth.BATCHES, growth.batch)}
    sizes = {
        what: [growth.memory(entry, problem) for entry in growth.with_size(sizes, plan.rounds, problem)]
        for what, (sizes, problem) in kinds.items()
    }
    found = {"depth": growth.with_depth(plan.depths), **sizes}
    said("growth", began)
    return found


def said(what: str, began: float) -> None:
    """Tell how long it has taken."""
    print(f"{what}: {time.perf_counter() - began:.0f} s", flush=True)


PARTS: dict[str, Callable[[Plan], Any]] = {
    "steps": steps,
    "scalars": on_scalars,
    "images": on_images,
    "compiling": compiling,
    "deriving": deriving,
    "memory": memory,
    "growth": grown,
}


def whole(plan: Plan, parts: Sequence[str]) -> bool:
    """Whether nothing is left out."""
    return plan == Plan() and set(parts) == set(PARTS)


def everything(plan: Plan, parts: Sequence[str]) -> dict[str, Any]:
    """The results of these parts, with the machine, the state of the code and the versions they come from."""
    return {
        "machine": machine.described(),
        "made": machine.made(),
        "plan": {"rounds": plan.rounds, "launches": plan.launches},
        "whole": whole(plan, parts),
        "versions": {name: alone(name, "timing.version", distribution=name) for name in plan.environments},
        **{part: PARTS[part](plan) for part in parts},
    }
