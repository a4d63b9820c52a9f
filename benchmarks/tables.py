"""The results as tables: what stands in which cell, for the terminal and for the page alike."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bounds
from roster import HOME, PEERS, Peer, titled

MISSING = "–"


@dataclass(frozen=True)
class Table:
    """Heads and cells; the first `text` columns are words, the others figures."""

    head: list[str]
    rows: list[list[str]]
    text: int = 1


def steps(results: dict[str, Any], dtype: str) -> Table:
    """Training steps, a column for each network: the time by hand, and all others in units of it, ours with bounds."""
    races = [race for race in results["steps"] if race["dtype"] == dtype]
    columns = [(race["network"], {entry["peer"]: entry for entry in race["entries"]}) for race in races]
    rows = [
        [titled(way), *(step_cell(times, way, network) for network, times in columns)]
        for way in (entry["peer"] for entry in races[0]["entries"])
    ]
    return Table(["way", *(network for network, _ in columns)], rows)


def step_cell(times: dict[str, dict[str, Any]], way: str, network: str) -> str:
    """The ratio to the step by hand. A mark stands where we miss a bound, and at a peer that we are not ahead of."""
    if way == bounds.HAND:
        return duration(times[way].get("seconds"))
    value = bounds.ratio(times, way, bounds.HAND)
    if way in bounds.OURS:
        return bounded(value, bounds.of_hand(way, network))
    if value is None:
        return MISSING
    behind = [ours for ours, others in bounds.AHEAD.items() if way in others and network in bounds.SMALLER]
    ratios = [bounds.ratio(times, ours, way) for ours in behind]
    return marked(figure(value), missed=any(ratio is None or ratio > 1 for ratio in ratios))


def bounded(value: float | None, bound: float) -> str:
    """A ratio beside the bound that it is held to."""
    if value is None:
        return marked(MISSING, missed=True)
    return marked(f"{figure(value)} {'>' if value > bound else '≤'} {figure(bound)}", value > bound)


def marked(text: str, missed: bool) -> str:
    """The cell, in bold and with a cross where a bound is missed."""
    return f"**{text} ✗**" if missed else text


def ways(results: dict[str, Any]) -> Table:
    """Every way that takes part: the library's version, or why there is none, and how the step is written."""
    versions = results["versions"]
    rows = [
        [peer.title, known(versions[peer.environment]), how(peer)]
        for peer in PEERS
        if peer.environment != HOME and peer.environment in versions
    ]
    own = [[peer.title, "", how(peer)] for peer in PEERS if peer.environment == HOME]
    return Table(["way", "version", "how the step is written"], own + rows, text=3)


def known(version: dict[str, str]) -> str:
    """The version, or the reason why the library is not there."""
    return version.get("version") or version["failure"]


def how(peer: Peer) -> str:
    """The first paragraph of the peer's file, which says how the step is written."""
    source = Path(__file__).with_name("peers") / f"{peer.name}.py"
    text = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def scalars(results: dict[str, Any]) -> Table:
    """Forward and backward on scalars, ours with their bounds."""
    times = {entry["peer"]: entry for entry in results["scalars"]["entries"]}
    rows = []
    for way, entry in times.items():
        ratio = bounds.ratio(times, way, bounds.MICROGRAD) if bounds.MICROGRAD in times else None
        cell = bounded(ratio, bounds.SCALARS[way]) if way in bounds.SCALARS else figure(ratio)
        rows.append([titled(way), duration(entry.get("seconds")), cell])
    return Table(["way", "a pass", "÷ micrograd"], rows)


def images(results: dict[str, Any]) -> Table:
    """A training step of a convolutional network, ours with its bound."""
    rows = []
    for race in results["images"]:
        times = {entry["peer"]: entry for entry in race["entries"]}
        for way, entry in times.items():
            ratio = bounds.ratio(times, way, bounds.IMAGES_OF) if bounds.IMAGES_OF in times else None
            cell = bounded(ratio, bounds.IMAGES_WITHIN) if way == bounds.IMAGES else figure(ratio)
            rows.append([titled(way), race["dtype"], duration(entry.get("seconds")), cell])
    return Table(["way", "precision", "a step", "÷ PyTorch eager"], rows, text=2)


def readings(results: dict[str, Any]) -> Table:
    """What compiling costs, until the first step is done, and what deriving costs."""
    races = [race for race in results["steps"] if race["network"] == bounds.LARGEST_READ]
    rows = []
    for way in [bounds.COMPILED, "jax_jit", "torch_compile"]:
        found = [entry.get("first") for race in races for entry in race["entries"] if entry["peer"] == way]
        within = bounds.COMPILED_WITHIN if way == bounds.COMPILED else None
        rows.append([f"{titled(way)}, until the first step is done", *(timely(value, within) for value in found)])
    derived = timely(results["deriving"].get("seconds"), bounds.DERIVED_WITHIN)
    rows.append(["ag.derive", derived, *[""] * (len(races) - 1)])
    return Table(["what", *(race["dtype"] for race in races)], rows)


def timely(seconds: float | None, within: float | None) -> str:
    """A duration, beside its bound if it has one."""
    if seconds is None or within is None:
        return marked(duration(seconds), missed=within is not None)
    return marked(f"{duration(seconds)} {'>' if seconds > within else '≤'} {duration(within)}", seconds > within)


def memory(results: dict[str, Any]) -> Table:
    """What training steps add to a process, and in brackets all that it has, in MB; a column for each network."""
    races = results["memory"]
    rows = [
        [titled(entries[0]["peer"]), *(memory_cell(entry) for entry in entries)]
        for entries in zip(*(race["entries"] for race in races))
    ]
    return Table(["way", *(race["network"] for race in races)], rows)


def memory_cell(entry: dict[str, Any]) -> str:
    """Of the steps, and of the whole process."""
    return f"{megabytes(entry['steps'])} ({entry['peak'] / 1e6:.0f})" if "steps" in entry else MISSING


def depth(results: dict[str, Any]) -> Table:
    """The chain of scalars, per operation."""
    parts = ("forward", "without gc", "backward", "freed")
    rows = []
    for row in results["growth"]["depth"]:
        if "failure" in row:
            rows.append([f"{row['size']:,}", row["failure"], *[MISSING] * 5])
            continue
        times = [f"{row[part] / row['size'] * 1e6:.2f} µs" for part in parts]
        rows.append(
            [f"{row['size']:,}", *times, f"{megabytes(row['bytes'])} MB", f"{row['bytes'] / row['size']:.0f} B"]
        )
    return Table(["operations", "forward", "without gc", "backward", "freeing", "memory", "per operation"], rows)


def size(results: dict[str, Any], what: str) -> Table:
    """Time and memory of a training step, against width or batch."""
    grown = results["growth"][what]
    ways = list(dict.fromkeys(entry["peer"] for entry in grown))
    rows = []
    for amount in dict.fromkeys(entry["size"] for entry in grown):
        entries = [entry for entry in grown if entry["size"] == amount]
        times = [duration(entry.get("seconds")) for entry in entries]
        used = [f"{megabytes(entry['bytes'])} MB" if "bytes" in entry else MISSING for entry in entries]
        rows.append([f"{amount:,}", *times, *used])
    return Table([what, *map(titled, ways), *(f"{titled(way)}, memory" for way in ways)], rows)


def failures(results: dict[str, Any]) -> list[str]:
    """One line for each reason why a way has no figure."""
    races = [*results.get("steps", ()), *([results["scalars"]] if "scalars" in results else ())]
    races += results.get("images", ())
    failed = [
        (f"{titled(entry['peer'])}: {entry['failure']}", f"{race['network']} {race['dtype']}")
        for race in races
        for entry in race["entries"]
        if "seconds" not in entry
    ]
    if "failure" in results.get("deriving", {}):
        failed.append((f"ag.derive: {results['deriving']['failure']}", bounds.LARGEST_READ))
    where: dict[str, list[str]] = {}
    for reason, place in failed:
        where.setdefault(reason, []).append(place)
    return [f"{reason} (at {', '.join(places)})" for reason, places in where.items()]


def figure(value: float | None) -> str:
    """A ratio."""
    if value is None:
        return MISSING
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def duration(seconds: float | None) -> str:
    """A time, in the unit that suits it."""
    if seconds is None:
        return MISSING
    factor, unit = (1e6, "µs") if seconds < 1e-3 else (1e3, "ms") if seconds < 1 else (1, "s")
    return f"{seconds * factor:.3g} {unit}"


def megabytes(count: float) -> str:
    """Bytes, in units of a million."""
    return f"{count / 1e6:.1f}" if count < 1e8 else f"{count / 1e6:.0f}"
