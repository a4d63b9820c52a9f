"""Timing side by side: machines are noisy, so the ways take turns. Of each way its best turn counts, and the mean.

A race is run in several launches of the processes, and the best counts again: where a process's memory happens to lie
makes some of the difference, and what else the machine does meanwhile the rest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import fmean
from types import TracebackType
from typing import Any, NamedTuple

from processes import Failed, Worker
from roster import Peer

TOLERANCE = {"float64": 1e-6, "float32": 1e-4}


class Turn(NamedTuple):
    """What is done in a turn: seconds, whether Python collects its garbage meanwhile, and what the time counts for."""

    seconds: float
    collecting: bool = True
    for_best: bool = True
    for_mean: bool = True


# Short enough that some turns go undisturbed, long enough for many of the small steps.
ARRAYS = (Turn(0.005),)
# Graphs of scalars are many small objects: the best pass is one without garbage collection, and the mean is one of
# turns of thousands of passes, which hold their share of it.
SCALARS = (Turn(0.1, collecting=False, for_mean=False), Turn(1.0, for_best=False))


class Crew:
    """The processes of one launch, each begun when a way needs it first, until all are ended."""

    def __init__(self) -> None:
        self.stack = ExitStack()
        self.workers: dict[str, Worker] = {}

    def worker(self, peer: Peer) -> Worker:
        """The process that this way runs in. Raises Failed where there can be none."""
        if peer.process not in self.workers:
            self.workers[peer.process] = self.stack.enter_context(Worker(peer.environment))
        return self.workers[peer.process]

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stack.close()


@dataclass
class Runner:
    """A peer in its process, and how it does."""

    peer: Peer
    worker: Worker | None = None
    values: list[float] = field(default_factory=list)
    best: float = math.inf
    all: list[float] = field(default_factory=list)
    failure: str = ""

    def take(self, turn: Turn) -> None:
        """Step for a while; note the time. A peer that fails now takes no more turns."""
        if self.failure:
            return
        try:
            time = self.worker.ask("timing.turn", peer=self.peer.name, seconds=turn.seconds, collecting=turn.collecting)
        except Failed as failure:
            self.failure = str(failure)
            return
        if turn.for_best:
            self.best = min(self.best, time)
        if turn.for_mean:
            self.all.append(time)

    def entry(self) -> dict[str, Any]:
        """What is kept of it."""
        found = {"failure": self.failure} if self.failure else {"seconds": self.best, "mean": fmean(self.all)}
        return {"peer": self.peer.name, **found}


def race(
    crew: Crew,
    peers: Sequence[Peer],
    network: str,
    dtype: str,
    rounds: int,
    samples: int | None = None,
    turns: Sequence[Turn] = ARRAYS,
) -> list[dict[str, Any]]:
    """Of each peer {"peer", "seconds": of its best step, "mean"}, or {"peer", "failure"} with the reason."""
    runners = start(crew, peers, {"network": network, "dtype": dtype, "samples": samples})
    for i in range(rounds):
        for runner in runners if i % 2 else reversed(runners):  # so that nobody always follows the same one
            for turn in turns:
                runner.take(turn)
    return [runner.entry() for runner in runners]


def together(entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Of several launches' entries for one peer the best, and the mean; a failure stays."""
    failed = [entry for entry in entries if "failure" in entry]
    if failed:
        return failed[0]
    best, mean = min(entry["seconds"] for entry in entries), fmean(entry["mean"] for entry in entries)
    return {**entries[0], "seconds": best, "mean": mean}


def start(crew: Crew, peers: Sequence[Peer], problem: dict[str, Any]) -> list[Runner]:
    """The peers with their steps made. Where one cannot be made, or disagrees with the first, the failure is noted."""
    runners = [Runner(peer) for peer in peers]
    for runner in runners:
        try:
            runner.worker = crew.worker(runner.peer)
            runner.values = runner.worker.ask("timing.start", peer=runner.peer.name, **problem)["values"]
            compare(runners[0], runner, TOLERANCE[problem["dtype"]])
        except Failed as failure:
            runner.failure = str(failure)
    return runners


def compare(reference: Runner, runner: Runner, tolerance: float) -> None:
    """Raises Failed where a way does not compute what the first one does."""
    for step, (value, right) in enumerate(zip(runner.values, reference.values), start=1):
        if not abs(value - right) <= tolerance * abs(right):
            raise Failed(f"at step {step} it computes {value:.9g}, {reference.peer.title} {right:.9g}")
