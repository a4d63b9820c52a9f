"""What a worker does to time training steps: make them, take turns, be quiet in between."""

from __future__ import annotations

import importlib
import importlib.metadata
import time
from typing import Any

import images
import networks
import scalars

WITNESSES = 3  # the first values, by which ways of writing the same step must agree
NAP, QUIET, PATIENCE = 0.005, 0.1, 10.0
_steps: dict[str, networks.Step] = {}
_lasted: dict[str, float] = {}  # seconds that a step of each peer lately took


def start(peer: str, network: str, dtype: str, samples: int | None = None) -> dict[str, Any]:
    """Make the peer's step: {"values": of the first steps, "first": seconds until the first is done}."""
    make, problem = maker(peer, network, dtype, samples)
    began = time.perf_counter()
    step = _steps[peer] = make(*problem)
    values = [float(step())]
    first = time.perf_counter() - began
    for _ in range(WITNESSES - 1):
        again = time.perf_counter()
        values.append(float(step()))
        _lasted[peer] = time.perf_counter() - again
    become_quiet()
    return {"values": values, "first": first}


def maker(peer: str, network: str, dtype: str, samples: int | None = None) -> tuple[Any, tuple[Any, ...]]:
    """The function that makes the peer's step, and its arguments; the peer's library is loaded."""
    module = importlib.import_module(f"peers.{peer}")
    if network == scalars.NETWORK:
        return module.passes, scalars.problem()
    if network == images.NETWORK:
        return module.training, (*images.problem(dtype, samples), networks.RATE)
    return module.training, (*networks.problem(network, dtype, samples), networks.RATE)


def turn(peer: str, seconds: float) -> float:
    """Step that peer for about so many seconds; those of one step."""
    step = _steps[peer]
    calls = max(1, round(seconds / _lasted[peer]))
    step()  # after another's turn the caches are cold and the library's threads asleep
    began = time.perf_counter()
    for _ in range(calls):
        step()
    _lasted[peer] = (time.perf_counter() - began) / calls
    become_quiet()
    return _lasted[peer]


def become_quiet() -> None:
    """Return when no thread of this process computes: those of BLAS and OpenMP spin on, into the next one's turn."""
    deadline = time.perf_counter() + PATIENCE
    while time.perf_counter() < deadline:
        used, began = time.process_time(), time.perf_counter()
        time.sleep(NAP)
        if time.process_time() - used < QUIET * (time.perf_counter() - began):
            return
    raise RuntimeError(f"threads of the library were still computing {PATIENCE:.0f} s after its turn")


def version(distribution: str) -> dict[str, str]:
    """{"version"} of what is compared with."""
    return {"version": importlib.metadata.version(distribution)}
