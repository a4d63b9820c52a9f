"""The bounds that the project holds itself to, and which of them a run has missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import images
import networks
import roster
import scalars

SMALLER = ("2-4-1", "64-32-10", "784-128-10")
HAND, TENSORS, LAYERS, COMPILED = "numpy_by_hand", "chalkgrad_tensors", "chalkgrad_nn", "chalkgrad_compiled"
COMPILED_C, FIT, FIT_NUMPY = "chalkgrad_compiled_c", "chalkgrad_fit", "chalkgrad_fit_numpy"
OURS = (TENSORS, LAYERS, COMPILED, COMPILED_C, FIT_NUMPY, FIT)
OF_HAND = {  # at most how many times the time of the step by hand, for each of the five networks
    COMPILED_C: (0.20, 0.40, 0.80, 1.0, 0.95),
    COMPILED: (1.0, 1.0, 1.0, 1.03, 1.03),
    FIT: (0.5, 0.6, 0.9, 1.05, 1.0),
    TENSORS: (1.8, 1.6, 1.15, 1.05, 1.03),
    LAYERS: (2.1, 1.8, 1.2, 1.05, 1.03),
}
COUNTED = {"seconds": "best", "mean": "mean"}  # every ratio is held in the best turn and in the mean of all
LARGEST_READ = "12288-20-7-5-1"  # the network that is compiled and derived against the clock
LARGEST = "784-1024-1024-10"
COMPILED_WITHIN, DERIVED_WITHIN, SCALARS_WITHIN = 1.0, 3.0, 8.0  # seconds
MEMORY_WITHIN = 1.3  # times that of eager steps
MICROGRAD = "micrograd_scalars"
COMPILED_SCALARS = ("chalkgrad_compiled_scalars", "chalkgrad_compiled_scalars_c")
SCALARS = {  # of micrograd: in the best pass, without garbage collection, and in the mean, with it
    "chalkgrad_scalars": {"seconds": 1.0, "mean": 0.4},
    "chalkgrad_compiled_scalars": {"seconds": 1 / 30, "mean": 1 / 30},
    "chalkgrad_compiled_scalars_c": {"seconds": 0.01, "mean": 0.01},
}
IMAGES, IMAGES_OF, IMAGES_WITHIN = "chalkgrad_images", "torch_images", 3.0
# What a way means to be ahead of, where a rival has several modes in the better one: on the smaller networks, and as C
# on all.
AHEAD = {
    COMPILED_C: (("jax_jit", "jax_jit_inline"), ("torch_compile",)),
    COMPILED: (("jax_jit",),),
    TENSORS: (("torch_eager",), ("mygrad_tensors",), ("hips_autograd",)),
}
Times = dict[str, dict[str, Any]]  # of a race, by peer


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


def of_hand(way: str, network: str) -> float | None:
    """At most how many times the time of the step by hand that way may take, if it has a bound."""
    return dict(zip(networks.SAMPLES, OF_HAND[way])).get(network) if way in OF_HAND else None


def rivals(way: str, network: str) -> Sequence[tuple[str, ...]]:
    """What that way means to be ahead of on that network."""
    return AHEAD.get(way, ()) if way == COMPILED_C or network in SMALLER else ()


def verdicts(results: dict[str, Any]) -> list[Verdict]:
    """Every bound that the run's measurements touch."""
    found: list[Verdict] = []
    for race in results.get("steps", ()):
        found += of_race(race)
    if "scalars" in results:
        found += of_scalars(results["scalars"])
    for race in results.get("images", ()):
        found += of_images(race)
    for entry in results.get("compiling", ()):
        found += of_compiling(entry)
    for race in results.get("memory", ()):
        found += of_memory(race)
    if "deriving" in results:
        seconds = results["deriving"].get("seconds")
        found.append(Verdict(f"{LARGEST_READ}: deriving its formulas", seconds, DERIVED_WITHIN, "s"))
    return found


def of_race(race: dict[str, Any]) -> Iterator[Verdict]:
    """The bounds on the training steps of one network in one precision."""
    times, network = by_peer(race), race["network"]
    for key, counted in COUNTED.items():
        which = f"{network} {race['dtype']}, {counted}"
        for way in OURS:
            bound = of_hand(way, network)
            if bound is not None:
                text = f"{which}: {roster.titled(way)}, of {roster.titled(HAND)}"
                yield Verdict(text, ratio(times, way, HAND, key), bound)
            for rival in rivals(way, network):
                modes = [mode for mode in rival if key in times.get(mode, {})]
                if modes:
                    better = min(modes, key=lambda mode: times[mode][key])
                    text = f"{which}: {roster.titled(way)}, of {roster.titled(better)}"
                    yield Verdict(text, ratio(times, way, better, key), 1.0)


def of_scalars(race: dict[str, Any]) -> Iterator[Verdict]:
    """The bounds against micrograd."""
    times = by_peer(race)
    if "seconds" in times.get(MICROGRAD, {}):
        for way, bound in SCALARS.items():
            for key, counted in COUNTED.items():
                text = f"{scalars.NETWORK}, {counted}: {roster.titled(way)}, of micrograd"
                yield Verdict(text, ratio(times, way, MICROGRAD, key), bound[key])


def of_images(race: dict[str, Any]) -> Iterator[Verdict]:
    """The bound against PyTorch on a convolutional network."""
    times = by_peer(race)
    if "seconds" in times.get(IMAGES_OF, {}):
        for key, counted in COUNTED.items():
            which = f"{images.NETWORK} {race['dtype']}, {counted}"
            text = f"{which}: {roster.titled(IMAGES)}, of {roster.titled(IMAGES_OF)}"
            yield Verdict(text, ratio(times, IMAGES, IMAGES_OF, key), IMAGES_WITHIN)


def of_compiling(entry: dict[str, Any]) -> Iterator[Verdict]:
    """The bound on the time until a compiled way of ours has its first result."""
    bound = compiled_within(entry["peer"])
    if bound is not None:
        text = f"{entry['network']} {entry['dtype']}: {roster.titled(entry['peer'])}, until its first result"
        yield Verdict(text, entry.get("seconds"), bound, "s")


def compiled_within(way: str) -> float | None:
    """Within how many seconds that way has its first result."""
    if way in COMPILED_SCALARS:
        return SCALARS_WITHIN
    return COMPILED_WITHIN if way in (COMPILED, COMPILED_C) else None


def of_memory(race: dict[str, Any]) -> Iterator[Verdict]:
    """The bound on the peak of memory while the largest network is compiled."""
    if race["network"] == LARGEST:
        used = by_peer(race)
        for way in (COMPILED, COMPILED_C):
            text = f"{LARGEST}: memory of {roster.titled(way)}, of {roster.titled(TENSORS)}"
            yield Verdict(text, ratio(used, way, TENSORS, "steps"), MEMORY_WITHIN)


def by_peer(race: dict[str, Any]) -> Times:
    """The entries of a race, by peer."""
    return {entry["peer"]: entry for entry in race["entries"]}


def ratio(times: Times, way: str, other: str, key: str = "seconds") -> float | None:
    """What that way takes in units of the other."""
    if key not in times.get(way, {}) or key not in times.get(other, {}):
        return None
    return times[way][key] / times[other][key]
