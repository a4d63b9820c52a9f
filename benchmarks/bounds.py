"""The bounds that the project holds itself to, and which of them a run has missed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import images
import roster
import scalars

SMALLEST = ("2-4-1", "64-32-10")
SMALLER = (*SMALLEST, "784-128-10")
HAND, TENSORS, LAYERS, COMPILED = "numpy_by_hand", "chalkgrad_tensors", "chalkgrad_nn", "chalkgrad_compiled"
OURS = (TENSORS, LAYERS, COMPILED)
LARGEST_READ = "12288-20-7-5-1"  # the network that is compiled and derived against the clock
COMPILED_WITHIN, DERIVED_WITHIN = 1.0, 3.0  # seconds
MICROGRAD = "micrograd_scalars"
SCALARS = {"chalkgrad_scalars": 0.67, "chalkgrad_compiled_scalars": 1 / 30}
IMAGES, IMAGES_OF, IMAGES_WITHIN = "chalkgrad_images", "torch_images", 3.0
AHEAD = {TENSORS: ("torch_eager", "mygrad_tensors", "hips_autograd"), COMPILED: ("jax_jit",)}


@dataclass(frozen=True)
class Verdict:
    """One bound, and what the run says of it."""

    text: str
    value: float | None  # None: could not be measured
    bound: float
    unit: str = "×"

    @property
    def missed(self) -> bool:
        """A bound of ours that could not be measured is missed too; a peer that is not there cannot be ahead."""
        return self.value is None or self.value > self.bound


def of_hand(way: str, network: str) -> float:
    """At most how many times the time of the step by hand that way may take."""
    if way == COMPILED:
        return 1.05
    if way == TENSORS:
        return 1.8 if network in SMALLEST else 1.15
    return 2.2 if network in SMALLEST else 1.2


def verdicts(results: dict[str, Any]) -> list[Verdict]:
    """Every bound that the run's measurements touch."""
    found: list[Verdict] = []
    for race in results.get("steps", ()):
        found += of_race(race)
    if "scalars" in results:
        found += of_scalars(results["scalars"])
    for race in results.get("images", ()):
        found += of_images(race)
    if "deriving" in results:
        seconds = results["deriving"].get("seconds")
        found.append(Verdict(f"{LARGEST_READ}: deriving its formulas", seconds, DERIVED_WITHIN, "s"))
    return found


def of_race(race: dict[str, Any]) -> Iterator[Verdict]:
    """The bounds on the training steps of one network in one precision."""
    times = {entry["peer"]: entry for entry in race["entries"]}
    network, which = race["network"], f"{race['network']} {race['dtype']}"
    for way in OURS:
        yield Verdict(
            f"{which}: {roster.titled(way)}, of NumPy by hand", ratio(times, way, HAND), of_hand(way, network)
        )
    if network == LARGEST_READ:
        first = times[COMPILED].get("first")
        yield Verdict(f"{which}: tracing, compiling and the first step", first, COMPILED_WITHIN, "s")
    for way, others in AHEAD.items():
        for other in others:
            if network in SMALLER and "seconds" in times.get(other, {}):
                text = f"{which}: {roster.titled(way)}, of {roster.titled(other)}"
                yield Verdict(text, ratio(times, way, other), 1.0)


def of_scalars(race: dict[str, Any]) -> Iterator[Verdict]:
    """The bounds against micrograd."""
    times = {entry["peer"]: entry for entry in race["entries"]}
    if "seconds" in times.get(MICROGRAD, {}):
        for way, bound in SCALARS.items():
            yield Verdict(f"{scalars.NETWORK}: {roster.titled(way)}, of micrograd", ratio(times, way, MICROGRAD), bound)


def of_images(race: dict[str, Any]) -> Iterator[Verdict]:
    """The bound against PyTorch on a convolutional network."""
    times = {entry["peer"]: entry for entry in race["entries"]}
    if "seconds" in times.get(IMAGES_OF, {}):
        text = f"{images.NETWORK} {race['dtype']}: {roster.titled(IMAGES)}, of {roster.titled(IMAGES_OF)}"
        yield Verdict(text, ratio(times, IMAGES, IMAGES_OF), IMAGES_WITHIN)


def ratio(times: dict[str, dict[str, Any]], way: str, other: str) -> float | None:
    """The time of that way in units of the other's."""
    if "seconds" not in times[way] or "seconds" not in times[other]:
        return None
    return times[way]["seconds"] / times[other]["seconds"]
