"""The results as tables: what stands in which cell, for the terminal and for the page alike.

A table of several machines has all of them next to each other; one machine is a list of one.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bounds
import scalars as scalars_problem
from roster import HOME, PEERS, Peer, titled

MISSING = "–"
Results = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """Heads and cells; the first `text` columns are words, the others figures."""

    head: list[str]
    rows: list[list[str]]
    text: int = 1


def steps(results: Results, dtype: str) -> Table:
    """Training steps of one run, a column for each network: by hand the times, all others in units of these."""
    columns = [(race["network"], bounds.by_peer(race)) for race in results["steps"] if race["dtype"] == dtype]
    rows = [
        [titled(way), *(step_cell(times, way, network) for network, times in columns)] for way in known_ways(columns)
    ]
    return Table(["way", *(network for network, _ in columns)], rows)


def steps_of(network: str, machines: Sequence[Results]) -> Table:
    """Training steps of one network: the bound, and a column for each machine and precision."""
    columns = [
        (f"{results['machine']['name']}, {race['dtype']}", bounds.by_peer(race))
        for results in machines
        for race in results["steps"]
        if race["network"] == network
    ]
    rows = []
    for way in known_ways(columns):
        bound = bounds.of_hand(way, network)
        cells = [step_cell(times, way, network) for _, times in columns]
        rows.append([titled(way), "" if bound is None else f"≤ {figure(bound)}", *cells])
    return Table(["way", "bound", *(head for head, _ in columns)], rows)


def known_ways(columns: Sequence[tuple[str, bounds.Times]]) -> list[str]:
    """The ways that stand in any of the columns, in the roster's order."""
    there = set().union(*(times for _, times in columns)) if columns else set()
    return [peer.name for peer in PEERS if peer.name in there]


def step_cell(times: bounds.Times, way: str, network: str) -> str:
    """Best and mean. A mark stands where we miss a bound, and at a peer that we mean to be ahead of and are not."""
    if way == bounds.HAND:
        return both([duration(times.get(way, {}).get(key)) for key in bounds.COUNTED])
    ratios = {key: bounds.ratio(times, way, bounds.HAND, key) for key in bounds.COUNTED}
    bound = bounds.of_hand(way, network) if way in times else None
    missed = bound is not None and any(ratio is None or ratio > bound for ratio in ratios.values())
    ahead = [ours for ours in bounds.AHEAD if any(way in rival for rival in bounds.rivals(ours, network))]
    for ours in ahead:
        behind = [bounds.ratio(times, ours, way, key) for key in bounds.COUNTED if key in times.get(way, {})]
        missed |= ours in times and any(ratio is None or ratio > 1 for ratio in behind)
    return marked(both([figure(ratio) for ratio in ratios.values()]), missed)


def both(cells: Sequence[str]) -> str:
    """The best and the mean in one cell."""
    return MISSING if set(cells) == {MISSING} else " / ".join(cells)


def bounded(value: float | None, bound: float) -> str:
    """A ratio beside the bound that it is held to."""
    if value is None:
        return marked(MISSING, missed=True)
    return marked(f"{figure(value)} {'>' if value > bound else '≤'} {figure(bound)}", value > bound)


def marked(text: str, missed: bool) -> str:
    """The cell, in bold and with a cross where a bound is missed."""
    return f"**{text} ✗**" if missed else text


def ways(machines: Sequence[Results]) -> Table:
    """Every way that takes part: how the step is written, and on each machine the library's version or why not."""
    rows = []
    for peer in PEERS:
        versions = [
            "" if peer.environment == HOME else known(results["versions"].get(peer.environment)) for results in machines
        ]
        rows.append([peer.title, how(peer), *versions])
    names = [f"version, {results['machine']['name']}" for results in machines]
    return Table(["way", "how the step is written", *names], rows, text=2 + len(names))


def known(version: dict[str, str] | None) -> str:
    """The version, or the reason why the library is not there."""
    return MISSING if version is None else version.get("version") or version["failure"]


def how(peer: Peer) -> str:
    """The first paragraph of the peer's file, which says how the step is written."""
    source = Path(__file__).with_name("peers") / f"{peer.name}.py"
    text = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())


def scalars(machines: Sequence[Results]) -> Table:
    """Forward and backward on scalars, ours with their bounds: the best pass, and the mean."""
    columns = [(results["machine"]["name"], bounds.by_peer(results["scalars"])) for results in machines]
    rows = []
    for way in known_ways(columns):
        row = [titled(way)]
        for _, times in columns:
            row.append(both([duration(times.get(way, {}).get(key)) for key in bounds.COUNTED]))
            for key in bounds.COUNTED:
                ratio = bounds.ratio(times, way, bounds.MICROGRAD, key)
                row.append(bounded(ratio, bounds.SCALARS[way][key]) if way in bounds.SCALARS else figure(ratio))
        rows.append(row)
    heads = [
        head
        for name, _ in columns
        for head in (f"{name}: a pass", "÷ micrograd, best, without gc", "÷ micrograd, mean, with gc")
    ]
    return Table(["way", *heads], rows)


def images(machines: Sequence[Results]) -> Table:
    """A training step of a convolutional network, ours with its bound."""
    columns = [
        (f"{results['machine']['name']}, {race['dtype']}", bounds.by_peer(race))
        for results in machines
        for race in results["images"]
    ]
    rows = []
    for way in known_ways(columns):
        row = [titled(way)]
        for _, times in columns:
            ratio = bounds.ratio(times, way, bounds.IMAGES_OF)
            mean = bounds.ratio(times, way, bounds.IMAGES_OF, "mean")
            row.append(duration(times.get(way, {}).get("seconds")))
            row += (
                [bounded(value, bounds.IMAGES_WITHIN) for value in (ratio, mean)]
                if way == bounds.IMAGES
                else [figure(ratio), figure(mean)]
            )
        rows.append(row)
    heads = [head for name, _ in columns for head in (f"{name}: a step", "÷ PyTorch eager", "÷ PyTorch eager, mean")]
    return Table(["way", *heads], rows)


def compiling(machines: Sequence[Results]) -> Table:
    """What compiling costs until the first result, and what deriving costs."""
    asked = list(
        dict.fromkeys(
            (entry["network"], entry["peer"], entry["dtype"]) for results in machines for entry in results["compiling"]
        )
    )
    rows = []
    for network, way, dtype in asked:
        times = [found(results, network=network, peer=way, dtype=dtype) for results in machines]
        within = bounds.compiled_within(way)
        rows.append([network, titled(way), dtype, *(timely(time, within) for time in times)])
    derived = [timely(results["deriving"].get("seconds"), bounds.DERIVED_WITHIN) for results in machines]
    rows.append([bounds.LARGEST_READ, "ag.derive", "float64", *derived])
    rows.sort(key=lambda row: (row[0] == scalars_problem.LONG, row[0] == bounds.LARGEST_READ, row[0]))
    return Table(["network", "what", "precision", *(results["machine"]["name"] for results in machines)], rows, text=3)


def found(results: Results, **wanted: str) -> float | None:
    """The seconds of that entry of `compiling`, if there is one."""
    for entry in results["compiling"]:
        if wanted.items() <= entry.items():
            return entry.get("seconds")
    return None


def timely(seconds: float | None, within: float | None) -> str:
    """A duration, beside its bound if it has one."""
    if seconds is None or within is None:
        return marked(duration(seconds), missed=within is not None)
    return marked(f"{duration(seconds)} {'>' if seconds > within else '≤'} {duration(within)}", seconds > within)


def memory(results: Results) -> Table:
    """What training steps add to a process, and in brackets all that it has, in MB; a column for each network."""
    columns = [(race["network"], bounds.by_peer(race)) for race in results["memory"]]
    rows = [
        [titled(way), *(memory_cell(used, way, network) for network, used in columns)] for way in known_ways(columns)
    ]
    return Table(["way", *(network for network, _ in columns)], rows)


def memory_cell(used: bounds.Times, way: str, network: str) -> str:
    """Of the steps, and of the whole process; marked where compiling takes more than it may."""
    entry = used.get(way, {})
    if "steps" not in entry:
        return MISSING
    of_eager = bounds.ratio(used, way, bounds.TENSORS, "steps")
    missed = (
        network == bounds.LARGEST
        and way in (bounds.COMPILED, bounds.COMPILED_C)
        and (of_eager is None or of_eager > bounds.MEMORY_WITHIN)
    )
    return marked(f"{megabytes(entry['steps'])} ({entry['peak'] / 1e6:.0f})", missed)


def depth(results: Results) -> Table:
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


def size(results: Results, what: str) -> Table:
    """Time and memory of a training step, against width or batch."""
    grown = results["growth"][what]
    there = list(dict.fromkeys(entry["peer"] for entry in grown))
    rows = []
    for amount in dict.fromkeys(entry["size"] for entry in grown):
        entries = [entry for entry in grown if entry["size"] == amount]
        times = [duration(entry.get("seconds")) for entry in entries]
        used = [f"{megabytes(entry['bytes'])} MB" if "bytes" in entry else MISSING for entry in entries]
        rows.append([f"{amount:,}", *times, *used])
    return Table([what, *map(titled, there), *(f"{titled(way)}, memory" for way in there)], rows)


def failures(results: Results) -> list[str]:
    """One line for each reason why a way has no figure."""
    races = [*results.get("steps", ()), *([results["scalars"]] if "scalars" in results else ())]
    races += results.get("images", ())
    failed = [
        (f"{titled(entry['peer'])}: {entry['failure']}", f"{race['network']} {race['dtype']}")
        for race in races
        for entry in race["entries"]
        if "failure" in entry
    ]
    failed += [
        (f"{titled(entry['peer'])}, compiling: {entry['failure']}", f"{entry['network']} {entry['dtype']}")
        for entry in results.get("compiling", ())
        if "failure" in entry
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
