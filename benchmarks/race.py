"""Timing side by side: machines are noisy, so the ways take turns, and of many turns the best of each counts.

A race is one launch of the processes. It is run several times, and the best counts again: where a process's memory
happens to lie makes some of the difference, and what else the machine does meanwhile the rest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from processes import Failed, Worker
from roster import Peer

TURN = 0.005  # seconds: short enough that some turns go undisturbed, long enough for many of the small steps
TOLERANCE = {"float64": 1e-6, "float32": 1e-4}


@dataclass
class Runner:
    """A peer in its process, and how it does."""

    peer: Peer
    worker: Worker | None = None
    values: list[float] = field(default_factory=list)
    first: float = math.inf
    best: float = math.inf
    failure: str = ""

    def take_turn(self, seconds: float = TURN) -> None:
        """Step for about so many seconds; keep the best time. A peer that fails now takes no more turns."""
        if self.failure:
            return
        try:
            self.best = min(self.best, self.worker.ask("timing.turn", peer=self.peer.name, seconds=seconds))
        except Failed as failure:
            self.failure = str(failure)


def race(
    peers: Sequence[Peer], network: str, dtype: str, rounds: int, samples: int | None = None, turn: float = TURN
) -> list[dict[str, Any]]:
    """The best time of a step of each peer: {"peer", "seconds", "first"}, or {"peer", "failure"} with the reason."""
    with ExitStack() as stack:
        runners = start(peers, {"network": network, "dtype": dtype, "samples": samples}, stack)
        take_turns(runners, rounds, turn)
    return [
        {"peer": runner.peer.name}
        | ({"failure": runner.failure} if runner.failure else {"seconds": runner.best, "first": runner.first})
        for runner in runners
    ]


def better(entry: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Of two races' entries for one peer the best of each time; a failure stays."""
    if "failure" in entry or "failure" in other:
        return entry if "failure" in entry else other
    return {**entry, **{key: min(entry[key], other[key]) for key in ("seconds", "first")}}


def start(peers: Sequence[Peer], problem: dict[str, Any], stack: ExitStack) -> list[Runner]:
    """The peers with their steps made. Where one cannot be made, or disagrees with the first, the failure is noted."""
    workers: dict[str, Worker] = {}
    runners = [Runner(peer) for peer in peers]
    for runner in runners:
        peer = runner.peer
        try:
            if peer.process not in workers:
                workers[peer.process] = stack.enter_context(Worker(peer.environment))
            runner.worker = workers[peer.process]
            made = runner.worker.ask("timing.start", peer=peer.name, **problem)
            runner.values, runner.first = made["values"], made["first"]
            compare(runners[0], runner, TOLERANCE[problem["dtype"]])
        except Failed as failure:
            runner.failure = str(failure)
    return runners


def compare(reference: Runner, runner: Runner, tolerance: float) -> None:
    """Raises Failed where a way does not compute what the first one does."""
    for step, (value, right) in enumerate(zip(runner.values, reference.values), start=1):
        if not abs(value - right) <= tolerance * abs(right):
            raise Failed(f"at step {step} it computes {value:.9g}, {reference.peer.title} {right:.9g}")


def take_turns(runners: list[Runner], rounds: int, seconds: float = TURN) -> None:
    """Every runner's turns, in an order that alternates, so that nobody always follows the same one."""
    for i in range(rounds):
        for runner in runners if i % 2 else reversed(runners):
            runner.take_turn(seconds)
