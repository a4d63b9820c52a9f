"""The results as charts: SVG files, the same for the same results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bounds
import matplotlib
import tables
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter
from networks import SAMPLES
from roster import HOME, PEERS, titled

matplotlib.use("Agg")
HAND, OURS, OTHERS, GRID, FASTER = "#444444", "#0b6e4f", "#8a4f7d", "#dddddd", "#e9f5ec"
FILLS = {"float64": "full", "float32": "none"}
INKS = (HAND, OURS, "#c2571a", "#3b5bdb")
STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.labelsize": 8,
    "svg.hashsalt": "chalkgrad",  # otherwise ids, and so the files, differ from run to run
}
WIDE = 100  # beyond this ratio of largest to least there is room for the powers of 10 only


def draw(results: dict[str, Any], folder: Path, slug: str) -> None:
    """Write all charts of a machine's run into that folder."""
    with plt.rc_context(STYLE):
        for name, figure in (("steps", steps(results)), ("depth", depth(results)), ("size", sizes(results))):
            path = folder / f"bench-{name}-{slug}.svg"
            figure.savefig(path, metadata={"Date": None}, facecolor="white")
            plt.close(figure)


def steps(results: dict[str, Any]) -> Figure:
    """A panel for each network, a line for each way: the best step, in units of the step by hand."""
    networks = list(dict.fromkeys(race["network"] for race in results["steps"]))
    ways = ordered({entry["peer"] for race in results["steps"] for entry in race["entries"]})
    figure, panels = plt.subplots(
        1, len(networks), sharex=True, sharey=True, squeeze=False, figsize=(12, 5.2), layout="constrained"
    )
    panels = panels[0]
    for panel, network in zip(panels, networks):
        races = [race for race in results["steps"] if race["network"] == network]
        for race in races:
            dots(panel, race, races, ways)
        panel.set_title(f"{network}\n{SAMPLES[network]} samples\nby hand {by_hand(races)}", fontsize=8.5)
        panel.grid(axis="x", color=GRID)
        panel.axhline(ways.index(bounds.HAND) + 0.5, color=GRID, linewidth=1)
    panels[0].set_xscale("log")
    least, most = panels[0].get_xlim()
    least, most = least / 4, most * 3  # room for the figures
    panels[0].set_xlim(least, most)
    for panel in panels:
        panel.axvspan(least, 1, color=FASTER, linewidth=0, zorder=0)
        panel.axvline(1, color=HAND, linewidth=1)
    panels[0].xaxis.set_major_locator(LogLocator(10, subs=(1.0,) if most / least > WIDE else (1.0, 3.0), numticks=20))
    panels[0].xaxis.set_major_formatter(StrMethodFormatter("{x:g}×"))
    panels[0].xaxis.set_minor_locator(NullLocator())
    panels[0].set_yticks(range(len(ways)), [named(way) for way in ways])
    for label, way in zip(panels[0].get_yticklabels(), ways):
        label.set_color(ink(way))
    panels[0].set_ylim(len(ways) - 0.5, -0.5)
    here = results["machine"]
    figure.suptitle(
        f"How long a training step takes, as a multiple of the fastest step by hand in NumPy ({here['name']})",
        fontsize=11,
    )
    figure.supxlabel(
        "on green: faster than by hand; right of it: slower. Logarithmic; best turns; figures are those of float64",
        fontsize=9,
    )
    handles = [panels[0].plot([], [], "o", color=HAND, fillstyle=fill, label=dtype)[0] for dtype, fill in FILLS.items()]
    figure.legend(handles=handles, loc="outside lower right", ncols=2, frameon=False)
    return figure


def ordered(there: set[str]) -> list[str]:
    """The ways from top to bottom: by hand, ours from the fastest kind on, the others."""
    first = (bounds.COMPILED_C, bounds.FIT, bounds.COMPILED, bounds.FIT_NUMPY, bounds.TENSORS, bounds.LAYERS)
    hand = [peer.name for peer in PEERS if peer.name not in first and peer.environment == HOME]
    others = [peer.name for peer in PEERS if peer.environment != HOME]
    return [way for way in (*first, *reversed(hand), *others) if way in there]


def named(way: str) -> str:
    """A way, with whose it is."""
    return f"chalkgrad: {titled(way)}" if way in bounds.OURS else titled(way)


def ink(way: str) -> str:
    """Ours, NumPy, and the others."""
    ours = next(peer.environment == HOME for peer in PEERS if peer.name == way)
    return OURS if way in bounds.OURS else HAND if ours else OTHERS


def by_hand(races: list[dict[str, Any]]) -> str:
    """The times that are 1."""
    first, *others = (
        (race["dtype"], tables.duration(bounds.by_peer(race)[bounds.HAND].get("seconds"))) for race in races
    )
    return first[1] + "".join(f"\n({dtype}: {time})" for dtype, time in others)


def dots(panel: Axes, race: dict[str, Any], races: list[dict[str, Any]], ways: list[str]) -> None:
    """The ratios of one race: full dots for float64, with their figures beside all dots, hollow ones for float32."""
    times, fill = bounds.by_peer(race), FILLS[race["dtype"]]
    for i, way in enumerate(ways):
        ratio = bounds.ratio(times, way, bounds.HAND)
        if ratio is None:
            continue
        panel.plot(ratio, i, "o", markersize=5.5, color=ink(way), fillstyle=fill)
        if race["dtype"] == "float64" and way != bounds.HAND:
            away, side, furthest = (-7, "right", min) if ratio < 1 else (7, "left", max)  # of the line at 1
            found = [bounds.ratio(bounds.by_peer(other), way, bounds.HAND) for other in races]
            at = furthest(other for other in found if other is not None)
            figure = panel.annotate(
                tables.figure(ratio),
                (at, i),
                xytext=(away, 0),
                textcoords="offset points",
                ha=side,
                va="center",
                fontsize=6.5,
                color=ink(way),
            )
            figure.set_in_layout(False)


def depth(results: dict[str, Any]) -> Figure:
    """Time and memory against the number of recorded scalar operations."""
    rows = [row for row in results["growth"]["depth"] if "failure" not in row]
    figure, (time, memory) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    n = [row["size"] for row in rows]
    for part, ink in zip(("forward", "without gc", "backward", "freed"), INKS):
        label = {"without gc": "forward, without gc", "freed": "freeing the graph"}.get(part, part)
        time.plot(n, [row[part] for row in rows], "o-", color=ink, markersize=4, label=label)
    memory.plot(n, [row["bytes"] for row in rows], "o-", color=INKS[1], markersize=4)
    for panel, what in ((time, "seconds"), (memory, "bytes at the peak")):
        logarithmic(panel, "recorded scalar operations", what)
    time.legend(frameon=False)
    return figure


def sizes(results: dict[str, Any]) -> Figure:
    """Time and memory of a training step, against width and batch."""
    figure, panels = plt.subplots(2, 2, sharex="col", figsize=(9, 5.6), layout="constrained")
    for column, (what, label) in enumerate((("width", "width of the inner layer"), ("batch", "samples in the batch"))):
        for row, (key, unit) in enumerate((("seconds", "seconds for a step"), ("bytes", "bytes at the peak"))):
            panel = panels[row][column]
            for (way, points), ink, marker in zip(lines(results["growth"][what], key), INKS, "osD^"):
                panel.plot(*zip(*points), marker=marker, color=ink, markersize=4, linewidth=1.2, label=titled(way))
            logarithmic(panel, label if row else "", unit if column == 0 else "")
    panels[0][0].legend(frameon=False)
    return figure


def lines(grown: list[dict[str, Any]], key: str) -> Iterator[tuple[str, list[tuple[float, float]]]]:
    """For each way that was measured the points (size, key)."""
    for way in dict.fromkeys(entry["peer"] for entry in grown):
        points = [(entry["size"], entry[key]) for entry in grown if entry["peer"] == way and key in entry]
        if points:
            yield way, points


def logarithmic(panel: Axes, below: str, beside: str) -> None:
    """Both axes logarithmic, with these labels."""
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_xlabel(below)
    panel.set_ylabel(beside)
    panel.grid(color=GRID)
