"""What a worker does to time training steps: make them, take turns, be quiet in between."""

from __future__ import annotations

import gc
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
    """Make the peer's step in place of its last one: {"values": of the first steps}."""
    end(peer)
    make, problem = maker(peer, network, dtype, samples)
    step = _steps[peer] = make(*problem)
    values = [float(step())]
    check(step)
    for _ in range(WITNESSES - 1):
        values.append(float(step()))
    _lasted[peer] = timed(step, 1)
    become_quiet()
    return {"values": values}


def first(peer: str, network: str, dtype: str) -> dict[str, float]:
    """{"seconds"} that making the step and its first run take: compiling, where it is compiled."""
    make, problem = maker(peer, network, dtype)
    began = time.perf_counter()
    step = make(*problem)
    step()
    seconds = time.perf_counter() - began
    check(step)
    return {"seconds": seconds}


def check(step: networks.Step) -> None:
    """Raises where the step has found out that it is not run as its peer says."""
    getattr(step, "check", lambda: None)()


def end(peer: str) -> None:
    """Let go of the peer's last step, so that its arrays are freed."""
    last = _steps.pop(peer, None)
    getattr(last, "close", lambda: None)()


def maker(peer: str, network: str, dtype: str, samples: int | None = None) -> tuple[Any, tuple[Any, ...]]:
    """The function that makes the peer's step, and its arguments; the peer's library is loaded."""
    module = importlib.import_module(f"peers.{peer}")
    if network in scalars.NETWORKS:
        return module.passes, scalars.problem(network)
    if network == images.NETWORK:
        return module.training, (*images.problem(dtype, samples), networks.RATE)
    return module.training, (*networks.problem(network, dtype, samples), networks.RATE)


def turn(peer: str, seconds: float, collecting: bool = True) -> float:
    """Step that peer for about so many seconds; those of one step. `collecting`: Python's garbage, as usual."""
    step = _steps[peer]
    calls = max(1, round(seconds / _lasted[peer]))
    step()  # after another's turn the caches are cold and the library's threads asleep
    if not collecting:
        gc.collect()
        gc.disable()
    try:
        _lasted[peer] = timed(step, calls) / calls
    finally:
        gc.enable()
    become_quiet()
    return _lasted[peer]


def timed(step: networks.Step, calls: int) -> float:
    """The seconds that so many calls take. A step that knows how to take many at once is asked for that."""
    if hasattr(step, "timed"):
        return step.timed(calls)
    began = time.perf_counter()
    for _ in range(calls):
        step()
    return time.perf_counter() - began


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
