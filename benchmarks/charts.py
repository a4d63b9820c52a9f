"""The results as charts: SVG files, the same for the same results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bounds
import matplotlib
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, StrMethodFormatter
from roster import titled

matplotlib.use("Agg")
HAND, OURS, OTHERS, GRID = "#444444", "#0b6e4f", "#8a4f7d", "#e6e6e6"
INKS = (HAND, OURS, "#c2571a", "#3b5bdb")
STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.labelsize": 8,
    "svg.hashsalt": "chalkgrad",  # otherwise ids, and so the files, differ from run to run
}
OCTAVES_FIT = 128  # up to this ratio of largest to least there is room for a label at every power of 2


def draw(results: dict[str, Any], folder: Path) -> None:
    """Write all charts into that folder."""
    with plt.rc_context(STYLE):
        for name, figure in (
            ("bench-steps", steps(results)),
            ("bench-depth", depth(results)),
            ("bench-size", sizes(results)),
        ):
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None}, facecolor="white")
            plt.close(figure)


def steps(results: dict[str, Any]) -> Figure:
    """A panel for each network, a line for each way: the times of a step, in units of the step by hand."""
    networks = list(dict.fromkeys(race["network"] for race in results["steps"]))
    ways = [entry["peer"] for entry in results["steps"][0]["entries"]]
    figure, panels = plt.subplots(1, len(networks), sharex=True, sharey=True, figsize=(11, 3.8), layout="constrained")
    for panel, network in zip(panels, networks):
        panel.axvline(1, color=HAND, linewidth=1)
        for race in results["steps"]:
            if race["network"] == network:
                dots(panel, race, ways)
        panel.set_title(network, fontsize=9)
        panel.grid(axis="x", color=GRID)
    panels[0].set_xscale("log")
    least, most = panels[0].get_xlim()
    panels[0].xaxis.set_major_locator(LogLocator(2 if most / least < OCTAVES_FIT else 10, numticks=20))
    panels[0].xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    panels[0].xaxis.set_minor_locator(NullLocator())
    panels[0].set_yticks(range(len(ways)), [titled(way) for way in ways])
    panels[0].invert_yaxis()
    figure.supxlabel("time of a training step ÷ that of NumPy by hand (logarithmic; less is faster)", fontsize=9)
    handles = [
        panels[0].plot([], [], "o", color=HAND, fillstyle=fill, label=dtype)[0]
        for fill, dtype in (("full", "float64"), ("none", "float32"))
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=2, frameon=False)
    return figure


def dots(panel: Axes, race: dict[str, Any], ways: list[str]) -> None:
    """The ratios of one race: full dots for float64, hollow ones for float32."""
    times = {entry["peer"]: entry for entry in race["entries"]}
    for i, way in enumerate(ways):
        ratio = bounds.ratio(times, way, bounds.HAND)
        if ratio is not None:
            color = OURS if way in bounds.OURS else HAND if way == bounds.HAND else OTHERS
            fill = "full" if race["dtype"] == "float64" else "none"
            panel.plot(ratio, i, "o", markersize=6, color=color, fillstyle=fill)


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
            for (way, points), ink, marker in zip(lines(results["growth"][what], key), INKS, "osD"):
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
